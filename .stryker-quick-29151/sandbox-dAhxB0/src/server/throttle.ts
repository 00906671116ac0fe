import type { Clock } from '../core/clock.js';

/** Guesses that are judged at once, for people who mistype. */
const burst = 10;

/** Somebody who wants a password or a proof judged. */
export interface Guesser {
  /** The connection is gone: nobody waits for the judgement any more, and it costs nothing. */
  readonly gone: boolean;
}

/**
 * Slows the guessing of passwords and secrets of one association, over all connections together: ten at once, then so many a second. A guess above that waits
 * for its turn, it is not refused, so nobody can keep the right client out: it waits behind at most one guess of every other connection, because a connection
 * has its next turn only after the answer. What proves right costs nothing.
 */
export class GuessThrottle {
  readonly #clock: Clock;
  readonly #interval: number;
  #tokens = burst;
  #refilled: number;
  readonly #waiting: { readonly guesser: Guesser; readonly go: (mayGuess: boolean) => void }[] = [];
  #timer: (() => void) | undefined;

  /** @param perSecond guesses judged in a second, in the long run */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#interval = 1000 / perSecond;
    this.#refilled = clock.now();
  }
  /** Waits for the turn of a guess. @returns false when the guesser is gone by then */
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
  /** The guess was right: it is given back. */
  right(): void {
    this.#tokens = Math.min(burst, this.#tokens + 1);
    this.#serve();
  }
  /** Somebody who waited may be gone. */
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
    // Whoever is gone must not wait behind the others: what he holds is let go.
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
    // A hair more than the moment: the timer of a real clock may fire early.
    this.#timer = this.#clock.after(Math.max(1, Math.ceil((1 - this.#tokens) * this.#interval)), () => {
      this.#timer = undefined;
      this.#serve();
    });
  }
}
