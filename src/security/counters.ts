import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { Store } from '../core/store.js';
import { webRandom } from './random.js';

/** The highest value that is ever given out for sending is one less: at this value the key is used up. */
export const counterLimit = 0xffffffff;
/** Moment from which the first value of a new sequence is counted, in seconds: 2025-01-01T00:00:00Z. */
export const counterEpoch: number = /* @__PURE__ */ Date.UTC(2025, 0, 1);

/** One received value to be remembered. Transaction-ids are remembered like counters, as a bigint. */
export interface ReceivedValue {
  readonly name: string;
  readonly value: number | bigint;
}

export interface CounterOptions {
  /** Values reserved at a time, from 1: a restart wastes up to this many, and a store that writes to disk writes once for them. Default 32. */
  readonly block?: number;
  /**
   * The first value of a sequence that the store does not know. Only for tests and for peers that are known to want it: whoever loses the store and
   * begins with the same value uses values twice. Default: seconds since {@link counterEpoch}, so that a sender of less than one message a second never
   * meets a value again; when the clock says that it is earlier, a random value from 2^24 to 2^28 - 1.
   */
  readonly initial?: number;
  /** Milliseconds since 1970, for the default of `initial`. Default: the clock of this machine. */
  readonly now?: () => number;
}

/**
 * Counters of messages, on a store: deals out those for sending one at a time, and remembers those that were received. A name stands for one key and one
 * sender (see `SecurityContext.sendName`), so that a new key begins a sequence of its own and a key that returns finds its own again. Values only grow.
 *
 * Share one instance among all contexts that may use the same key: the order of use is then the order of the values.
 */
export class InvocationCounters {
  readonly store: Store;
  readonly #block: number;
  readonly #initial: number | undefined;
  readonly #now: () => number;
  readonly #hands = new Map<string, Hand>();

  constructor(store: Store, options: CounterOptions = {}) {
    this.store = store;
    this.#block = options.block ?? 32;
    this.#initial = options.initial;
    this.#now = options.now ?? Date.now;
    if (!Number.isInteger(this.#block) || this.#block < 1 || this.#block > counterLimit)
      throw new DlmsError('encode/invalid-value', { expected: 'a block of at least one counter', actual: String(options.block) });
    if (this.#initial !== undefined && (!Number.isInteger(this.#initial) || this.#initial < 0 || this.#initial > counterLimit))
      throw new DlmsError('encode/invalid-value', { expected: 'a first counter from 0 to 2^32 - 1', actual: String(options.initial) });
  }

  // ── sending ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The next value for sending; reserved durably before it is given out, and never given out again, whatever happens to the message.
   * @throws DlmsError `security/counter-exhausted`, `security/counter-store`
   */
  next(name: string): MaybePromise<number> {
    const hand = this.#hand(name);
    if (hand.waiting !== undefined) return hand.waiting.then(() => this.next(name));
    if (hand.next < hand.end) return hand.next++;
    return this.#reserve(name, hand);
  }
  #reserve(name: string, hand: Hand): MaybePromise<number> {
    const reserved = this.#block;
    const first = this.store.update([name], (get) => {
      const sent = counterOf(get(name));
      const value = Math.max(sent === undefined ? this.#first() : sent + 1, hand.floor);
      if (value + reserved > counterLimit) throw new DlmsError('security/counter-exhausted', { last: sent ?? value });
      return { result: value, set: new Map([[name, String(value + reserved - 1)]]) };
    });
    if (!(first instanceof Promise)) {
      // Nothing could come in between, so what was reserved is at least as high as the floor.
      hand.next = first + 1;
      hand.end = first + reserved;
      return first;
    }
    const dealt = first.then((value) => {
      hand.waiting = undefined;
      hand.next = value;
      hand.end = value + reserved;
      // The floor may have risen meanwhile, beyond all that was reserved.
      if (hand.floor > hand.next) hand.next = hand.floor;
      return this.next(name);
    });
    const over = (): void => {
      hand.waiting = undefined;
    };
    hand.waiting = first.then(over, over);
    return dealt;
  }
  /** No value below `atLeast` is given out from now on, also by a reservation that is under way. Never goes back. */
  advance(name: string, atLeast: number): void {
    const hand = this.#hand(name);
    if (!Number.isInteger(atLeast) || atLeast < 0 || atLeast > counterLimit)
      throw new DlmsError('encode/invalid-value', { expected: 'a counter from 0 to 2^32 - 1', actual: String(atLeast) });
    hand.floor = Math.max(hand.floor, atLeast);
    hand.next = Math.max(hand.next, atLeast);
  }
  /**
   * Moves the sequence up because somebody who proved nothing says so, and keeps account of it: all such moves of one sequence together are at most
   * `furthest`, over restarts too, so that forged reports cannot use the key up however many there are.
   * @param reported the value that the peer reported: the last one it accepted, or the one it expects
   * @returns the lowest value that will be given out from now on
   * @throws DlmsError `security/policy` beyond `furthest`, `security/counter-exhausted`; then nothing has changed
   */
  raise(name: string, reported: number, furthest: number): MaybePromise<number> {
    const hand = this.#hand(name);
    const moves = movesOf(name);
    const next = reported + 1;
    if (next >= counterLimit) throw new DlmsError('security/counter-exhausted', { last: reported });
    const raised = this.store.update([name, moves], (get) => {
      const sent = counterOf(get(name));
      // What is in hand is reserved but not used: the sequence stands where the next message would.
      const standing = hand.next < hand.end ? hand.next : Math.max(sent === undefined ? this.#first() : sent + 1, hand.floor);
      if (next <= standing) return { result: standing, set: nothing };
      const moved = (counterOf(get(moves)) ?? 0) + next - standing;
      if (moved > furthest)
        throw new DlmsError('security/policy', {
          required: `reports in clear that move the counter (${standing}) by at most ${furthest} in all`,
          actual: `${reported}, ${moved} in all`,
        });
      return {
        result: next,
        set: new Map([
          [name, String(Math.max(sent ?? 0, next - 1))],
          [moves, String(moved)],
        ]),
      };
    });
    return andThen(raised, (value) => {
      this.advance(name, value);
      return value;
    });
  }
  #hand(name: string): Hand {
    let hand = this.#hands.get(name);
    if (hand === undefined) {
      hand = { next: 0, end: 0, floor: 0, waiting: undefined };
      this.#hands.set(name, hand);
    }
    return hand;
  }
  #first(): number {
    if (this.#initial !== undefined) return this.#initial;
    const seconds = Math.floor((this.#now() - counterEpoch) / 1000);
    if (seconds > 0) return Math.min(seconds, counterLimit);
    const [a, b, c, d] = webRandom(4) as unknown as [number, number, number, number];
    return 2 ** 24 + ((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % (2 ** 28 - 2 ** 24));
  }

  // ── receiving ────────────────────────────────────────────────────────────────────────────────────────

  /** The highest value recorded as received; undefined when nothing was received yet, so that 0 is a valid first value. */
  last(name: string): MaybePromise<number | bigint | undefined> {
    const text = this.store.get(name);
    return text instanceof Promise ? text.then(receivedOf) : receivedOf(text);
  }
  /**
   * Remembers what was received and verified, in one step, comparing again: of two racing receivers of one message, one loses.
   * In each group at least one value must be higher than the one remembered, and each name keeps its maximum.
   * @param options `durable: false` only where a replay after a crash is excluded by other means
   * @throws DlmsError `security/replay`; then nothing is changed
   */
  record(groups: readonly (readonly ReceivedValue[])[], options?: { readonly durable?: boolean }): MaybePromise<void> {
    const [only] = groups;
    if (groups.length === 1 && only?.length === 1) return this.#recordOne(only[0] as ReceivedValue, options);
    const names = groups.flatMap((group) => group.map(({ name }) => name));
    return this.store.update(names, (get) => ({ result: undefined, set: recorded(get, groups) }), options);
  }
  /** Once per message: the rule of {@link recorded} without its lists. */
  #recordOne(value: ReceivedValue, options: { readonly durable?: boolean } | undefined): MaybePromise<void> {
    const { name } = value;
    return this.store.update(
      [name],
      (get) => {
        const last = receivedOf(get(name));
        if (last !== undefined && value.value <= last) throw replayed(value, last);
        return { result: undefined, set: new Map([[name, value.value.toString()]]) };
      },
      options,
    );
  }
}

interface Hand {
  next: number;
  end: number;
  floor: number;
  /** A reservation under way; it never rejects. */
  waiting: Promise<void> | undefined;
}
const nothing: ReadonlyMap<string, string | undefined> = /* @__PURE__ */ new Map();
/** Where the sum of the moves of a sequence by {@link InvocationCounters.raise} is kept. */
const movesOf = (name: string): string => `moved ${name}`;

/** The rule of {@link InvocationCounters.record}: what is to be written, or `security/replay`. */
function recorded(get: (name: string) => string | undefined, groups: readonly (readonly ReceivedValue[])[]): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const group of groups) {
    let grown = group.length === 0;
    let highest: number | bigint = 0;
    for (const { name, value } of group) {
      const last = receivedOf(out.get(name) ?? get(name));
      if (last !== undefined && value <= last) {
        highest = last;
        continue;
      }
      grown = true;
      out.set(name, value.toString());
    }
    if (!grown) throw replayed(group[0] as ReceivedValue, highest);
  }
  return out;
}
/** The error of a message that was seen before, or comes too late. */
export function replayed({ value }: ReceivedValue, last: number | bigint): DlmsError {
  return new DlmsError('security/replay', { received: Number(value), last: Number(last) });
}

/** A value that is no number was not written by us: never taken for a sequence that has not begun. */
function receivedOf(text: string | undefined): number | bigint | undefined {
  if (text === undefined) return undefined;
  if (text.length <= 15) {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 0 && String(value) === text) return value;
  } else if (/^[1-9]\d{15,77}$/.test(text)) return BigInt(text);
  throw new DlmsError('security/counter-store', { reason: 'a counter that is not a number' });
}
function counterOf(text: string | undefined): number | undefined {
  const value = receivedOf(text);
  if (value === undefined || value <= counterLimit) return value as number | undefined;
  throw new DlmsError('security/counter-store', { reason: 'a counter that is too large' });
}
