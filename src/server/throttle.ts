import type { Clock } from '../core/clock.js';

/** Guesses that are checked at once, for people who mistype. */
const burst = 10;

/** Somebody who wants a password or a proof checked. */
export interface Guesser {
  /** Whether the connection is gone: nobody waits for the result any more, so the guess is dropped at no cost. */
  readonly gone: boolean;
}

/**
 * Slows down guessing the passwords and secrets of one association, over all connections together: ten at once, then so
 * many per second. Any further guess waits for its turn rather than being refused, so nobody can lock out the right
 * client: it waits behind at most one guess from each other connection, because a connection gets its next turn only
 * after the answer. Correct guesses cost nothing.
 */
export class GuessThrottle {
  readonly #clock: Clock;
  readonly #interval: number;
  #tokens = burst;
  #refilled: number;
  readonly #waiting: { readonly guesser: Guesser; readonly go: (mayGuess: boolean) => void }[] = [];
  #timer: (() => void) | undefined;

  /** @param perSecond guesses checked per second in the long run */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#interval = 1000 / perSecond;
    this.#refilled = clock.now();
  }
  /** Waits for the turn of a guess. @returns false if the guesser is gone by then */
  async turn(guesser: Guesser): Promise<boolean> {
    this.#refill();
    if (this.#waiting.length === 0 && this.#tokens >= 1) {
      this.#tokens--;
      return true;
    }
    return new Promise((go) => {
      this.#waiting.push({ guesser, go });
      this.#schedule();
    });
  }
  /** Refunds a guess that was right. */
  right(): void {
    this.#tokens = Math.min(burst, this.#tokens + 1);
    this.#serve();
  }
  /** Called when somebody who was waiting may be gone. */
  gone(): void {
    this.#serve();
  }
  #refill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#refilled) / this.#interval);
    this.#refilled = now;
  }
  #serve(): void {
    this.#refill();
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined) break;
      if (!first.guesser.gone && this.#tokens < 1) break;
      this.#waiting.shift();
      if (!first.guesser.gone) this.#tokens--;
      first.go(!first.guesser.gone);
    }
    // Whoever is gone must not wait behind the others, so that what they hold is released.
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      const other = this.#waiting[i];
      if (other?.guesser.gone !== true) continue;
      this.#waiting.splice(i, 1);
      other.go(false);
    }
    this.#schedule();
  }
  #schedule(): void {
    this.#timer?.();
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    // Rounded up, because a real timer may fire early.
    this.#timer = this.#clock.after(Math.max(1, Math.ceil((1 - this.#tokens) * this.#interval)), () => {
      this.#timer = undefined;
      this.#serve();
    });
  }
}
