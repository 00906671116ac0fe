import { type Clock, systemClock } from '../../core/clock.js';
import type { Transport } from '../transport.js';
import { intercept } from './intercept.js';

/** What goes wrong in one direction. Probabilities (0 to 1) are per chunk as written, which is usually a frame. */
export interface FaultRates {
  readonly loss?: number;
  readonly duplicate?: number;
  /** Probability that the chunk is held back by `reorderMs` while later ones overtake it. */
  readonly reorder?: number;
  /** Milliseconds by which a reordered chunk is held back. Default: 20. */
  readonly reorderMs?: number;
  /** Probability that one to three bits of the chunk are inverted. */
  readonly flip?: number;
  /** Minimum and maximum delay of each chunk in milliseconds; the order is kept. */
  readonly delayMs?: readonly [number, number];
  /** Splits chunks into pieces of 1 to this many octets. */
  readonly chunk?: number;
  /** Probability that from this chunk on, nothing passes for `stallMs`. */
  readonly stall?: number;
  /** Milliseconds of a stall. Default: 1000. */
  readonly stallMs?: number;
}

/** Options of {@link faults}. */
export interface FaultOptions {
  /** The same seed and octets give the same faults. */
  readonly seed: number;
  readonly clock?: Clock;
  readonly sent?: FaultRates;
  readonly received?: FaultRates;
  /** Simulates a half-duplex line: everything sent also comes back, intact or (with `received` rates) damaged. */
  readonly echo?: boolean;
  /** Called with each fault, to help explain a failure. */
  readonly onFault?: (fault: {
    readonly direction: 'sent' | 'received';
    readonly kind: string;
    readonly at: number;
  }) => void;
}

/** Simulates a bad line in a reproducible way, for simulations and tests. */
export function faults(transport: Transport, options: FaultOptions): Transport {
  const { clock = systemClock, seed, onFault } = options;
  const lane = (direction: 'sent' | 'received', salt: number) =>
    new Lane(options[direction] ?? {}, clock, random(seed ^ salt), (kind) =>
      onFault?.({ direction, kind, at: clock.now() }),
    );
  const out = lane('sent', 0x5e4d);
  const back = lane('received', 0x2ec1);
  let deliver: ((octets: Uint8Array) => void) | undefined;
  return intercept(transport, {
    sent(octets, pass) {
      out.push(octets, pass);
      if (options.echo === true && deliver !== undefined) back.push(octets, deliver);
    },
    received: (octets, pass) => back.push(octets, pass),
    closing: () => out.flush(),
    ended(error, pass) {
      out.stop();
      back.flush();
      pass(error);
    },
    started(pass) {
      deliver = pass;
    },
  });
}

/** Random numbers from 0 to 1 (exclusive), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface InFlight {
  readonly at: number;
  readonly octets: Uint8Array;
  readonly pass: (octets: Uint8Array) => unknown;
}

/** One direction. What is in flight is kept in the order of arrival; one timer waits for the first. */
class Lane {
  readonly #rates: FaultRates;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #tell: (kind: string) => void;
  #flying: InFlight[] = [];
  #stopTimer: () => void = () => {};
  /** Unless reordered, nothing arrives before this time, when what was sent earlier arrives. */
  #last = 0;

  constructor(rates: FaultRates, clock: Clock, random: () => number, tell: (kind: string) => void) {
    this.#rates = rates;
    this.#clock = clock;
    this.#random = random;
    this.#tell = tell;
  }

  push(octets: Uint8Array, pass: (octets: Uint8Array) => unknown): void {
    const rates = this.#rates;
    const now = this.#clock.now();
    // Every number is drawn, needed or not, so that one rate can be changed without affecting the other faults.
    const happens = (kind: string, rate: number | undefined): boolean => {
      const hit = this.#random() < (rate ?? 0);
      if (hit) this.#tell(kind);
      return hit;
    };
    const lost = happens('loss', rates.loss);
    const twice = happens('duplicate', rates.duplicate);
    const late = happens('reorder', rates.reorder);
    const flipped = happens('flip', rates.flip);
    const stalled = happens('stall', rates.stall);
    const [least, most] = rates.delayMs ?? [0, 0];
    const delay = least + this.#random() * (most - least);
    if (stalled) this.#last = Math.max(this.#last, now + (rates.stallMs ?? 1000));
    if (lost) return;
    let at = Math.max(now + delay, this.#last);
    if (late) at += rates.reorderMs ?? 20;
    else this.#last = at;
    const content = flipped ? this.#flip(octets) : octets;
    for (let copies = twice ? 2 : 1; copies > 0; copies--)
      for (const piece of this.#cut(content)) this.#fly({ at, octets: piece, pass });
    this.#arrive();
  }

  /** Delivers everything at once, because the other side has closed. */
  flush(): void {
    this.#stopTimer();
    const flying = this.#flying;
    this.#flying = [];
    for (const { octets, pass } of flying) pass(octets);
  }

  stop(): void {
    this.#stopTimer();
    this.#flying = [];
  }

  #flip(octets: Uint8Array): Uint8Array {
    const damaged = octets.slice();
    for (let bits = 1 + Math.floor(this.#random() * 3); bits > 0 && damaged.length > 0; bits--) {
      const bit = Math.floor(this.#random() * damaged.length * 8);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    }
    return damaged;
  }

  #cut(octets: Uint8Array): Uint8Array[] {
    const { chunk } = this.#rates;
    if (chunk === undefined) return [octets];
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < octets.length; ) {
      const n = 1 + Math.floor(this.#random() * chunk);
      pieces.push(octets.subarray(at, at + n));
      at += n;
    }
    return pieces;
  }

  #fly(item: InFlight): void {
    let i = this.#flying.length;
    while (i > 0 && (this.#flying[i - 1] as InFlight).at > item.at) i--;
    this.#flying.splice(i, 0, item);
  }

  #arrive(): void {
    this.#stopTimer();
    for (;;) {
      const first = this.#flying[0];
      if (first === undefined) return;
      const left = first.at - this.#clock.now();
      if (left > 0) {
        this.#stopTimer = this.#clock.after(left, () => this.#arrive());
        return;
      }
      this.#flying.shift();
      first.pass(first.octets);
    }
  }
}
