import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { type Store, VolatileStore } from '../store/store.js';
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

/** Options of {@link InvocationCounters}. */
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
  readonly #reservations = new Map<string, Reservation>();
  /** Names of which this process knows exactly what was received; common to all who count on this store. */
  readonly #exact: Set<string>;

  constructor(store: Store, options: CounterOptions = {}) {
    this.store = store;
    this.#exact = exactNames(store);
    this.#block = options.block ?? 32;
    this.#initial = options.initial;
    this.#now = options.now ?? Date.now;
    if (!Number.isInteger(this.#block) || this.#block < 1 || this.#block > counterLimit)
      throw new DlmsError('encode/invalid-value', {
        expected: 'a block of at least one counter',
        actual: String(options.block),
      });
    if (
      this.#initial !== undefined &&
      (!Number.isInteger(this.#initial) || this.#initial < 0 || this.#initial > counterLimit)
    )
      throw new DlmsError('encode/invalid-value', {
        expected: 'a first counter from 0 to 2^32 - 1',
        actual: String(options.initial),
      });
  }

  // ── sending ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The next value for sending; reserved durably before it is given out, and never given out again, whatever happens to the message.
   * @throws DlmsError `security/counter-exhausted`, `security/counter-store`
   */
  next(name: string): MaybePromise<number> {
    const reservation = this.#reservation(name);
    if (reservation.waiting !== undefined) return reservation.waiting.then(() => this.next(name));
    if (reservation.next < reservation.end) return reservation.next++;
    return this.#reserve(name, reservation);
  }
  #reserve(name: string, hand: Reservation): MaybePromise<number> {
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
      // The floor may have risen meanwhile, beyond all that was reserved.
      hand.next = Math.max(value, hand.floor);
      hand.end = value + reserved;
      return this.next(name);
    });
    // Another reservation may be under way by now.
    const over = (): void => {
      if (hand.waiting === waiting) hand.waiting = undefined;
    };
    const waiting = first.then(over, over);
    hand.waiting = waiting;
    return dealt;
  }
  /** No value below `atLeast` is given out from now on, also by a reservation that is under way. Never goes back. */
  advance(name: string, atLeast: number): void {
    const hand = this.#reservation(name);
    if (!Number.isInteger(atLeast) || atLeast < 0 || atLeast > counterLimit)
      throw new DlmsError('encode/invalid-value', {
        expected: 'a counter from 0 to 2^32 - 1',
        actual: String(atLeast),
      });
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
    const hand = this.#reservation(name);
    const moves = movesOf(name);
    const next = reported + 1;
    if (next >= counterLimit) throw new DlmsError('security/counter-exhausted', { last: reported });
    const raised = this.store.update([name, moves], (get) => {
      const sent = counterOf(get(name));
      // What is in hand is reserved but not used: the sequence stands where the next message would.
      const standing =
        hand.next < hand.end ? hand.next : Math.max(sent === undefined ? this.#first() : sent + 1, hand.floor);
      if (next <= standing) return { result: standing, set: noValues };
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
  #reservation(name: string): Reservation {
    let hand = this.#reservations.get(name);
    if (hand === undefined) {
      hand = { next: 0, end: 0, floor: 0, waiting: undefined };
      this.#reservations.set(name, hand);
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

  // A message in an association that a challenge has proven need not be on the disk before it is acted on: after a crash there is no association, and the
  // proof of the next one carries a counter above all that were accepted before. Who accepts messages without such a proof (a listener for notifications, a
  // pre-established association) cannot rely on that. So a limit is written beforehand, below which messages may have been accepted and forgotten; after a
  // crash only a proof takes values below it.

  /**
   * The highest value recorded as received, and, where a crash may have made us forget some, the highest that may have been; undefined when nothing was
   * received yet, so that 0 is a valid first value.
   */
  last(name: string, proof: ProofOfFreshness = 'none'): MaybePromise<number | bigint | undefined> {
    const { store } = this;
    if (proof !== 'none' || this.#exact.has(name)) {
      const text = store.get(name);
      return text instanceof Promise ? text.then(receivedOf) : receivedOf(text);
    }
    return andThen(store.get(aheadOf(name)), (ahead) => {
      return andThen(store.get(name), (text) => {
        // Without a limit from before there is none to come: only this process makes one, and it knows what it took. Nothing is kept of a sender that never
        // proved anything: anybody can write any title.
        if (ahead === undefined && text !== undefined && (store.defers || store instanceof VolatileStore))
          this.#exact.add(name);
        return highest(receivedOf(text), receivedOf(ahead));
      });
    });
  }
  /**
   * Remembers what was received and verified, in one step, comparing again: of two racing receivers of one message, one loses.
   * In each group at least one value must be higher than the one remembered, and each name keeps its maximum.
   * @param proof what is known of the association: with `proven` a single value is not waited for, as long as {@link InvocationCounters.proven} has made room
   * @throws DlmsError `security/replay`; then nothing is changed
   */
  record(groups: readonly (readonly ReceivedValue[])[], proof: ProofOfFreshness = 'none'): MaybePromise<void> {
    const [only] = groups;
    if (groups.length === 1 && only?.length === 1) {
      const value = only[0] as ReceivedValue;
      return proof === 'proven' && this.store.defers ? this.#defer(value) : this.#recordOne(value, proof);
    }
    const names = groups.flatMap((group) => group.flatMap(({ name }) => [name, aheadOf(name)]));
    return this.store.update(names, (get) => ({
      result: undefined,
      set: recorded((name) => this.#floor(get, name, proof), groups),
    }));
  }
  /** Once per message: the rule of {@link recorded} without its lists. */
  #recordOne(value: ReceivedValue, proof: ProofOfFreshness): MaybePromise<void> {
    const { name } = value;
    return this.store.update(this.#exact.has(name) ? [name] : [name, aheadOf(name)], (get) => {
      const last = this.#floor(get, name, proof);
      if (last !== undefined && value.value <= last) throw replayed(value, last);
      return { result: undefined, set: new Map([[name, value.value.toString()]]) };
    });
  }
  #defer(value: ReceivedValue): MaybePromise<void> {
    const { name } = value;
    const ahead = aheadOf(name);
    const change = (
      get: (name: string) => string | undefined,
      write: boolean,
    ): { result: boolean; set: ReadonlyMap<string, string> } => {
      const last = receivedOf(get(name));
      if (last !== undefined && value.value <= last) throw replayed(value, last);
      const limit = receivedOf(get(ahead));
      const fits = limit !== undefined && value.value <= limit;
      if (!fits && !write) return { result: false, set: noValues };
      const set = new Map([[name, value.value.toString()]]);
      if (!fits) set.set(ahead, aheadFrom(value.value));
      return { result: true, set };
    };
    const done = this.store.update([name, ahead], (get) => change(get, false), { durable: false });
    return andThen(done, (fits) => {
      if (!fits)
        return andThen(
          this.store.update([name, ahead], (get) => change(get, true)),
          () => {},
        );
    });
  }
  /**
   * Says that the sender has answered a challenge of ours in a message that was recorded under `name`: everything it sent before has a lower counter than the
   * last one recorded. Durable; needs no write as long as there is room for the messages that follow.
   */
  proven(name: string): MaybePromise<void> {
    const { store } = this;
    const ahead = aheadOf(name);
    if (!store.defers) {
      // Nothing is deferred now, but it may have been by a process that had the store for itself and died.
      const forget = { result: undefined, set: new Map([[ahead, undefined]]) };
      return andThen(store.get(ahead), (limit) =>
        limit === undefined ? undefined : store.update([ahead], () => forget),
      );
    }
    const made = store.update([name, ahead], (get) => {
      const last = receivedOf(get(name)) ?? 0;
      const limit = receivedOf(get(ahead));
      const room = limit !== undefined && BigInt(limit) - BigInt(last) > BigInt(aheadBy / 2);
      return { result: undefined, set: room ? noValues : new Map([[ahead, aheadFrom(last)]]) };
    });
    return andThen(made, () => void this.#exact.add(name));
  }
  /** Writes what waits and closes the store. Without it, the next process takes what may have been received for received (see {@link InvocationCounters.last}). */
  async close(): Promise<void> {
    const { store } = this;
    const names: string[] = [];
    for (const name of this.#exact) if ((await store.get(aheadOf(name))) !== undefined) names.push(aheadOf(name));
    this.#exact.clear();
    if (names.length > 0) {
      await store.update(names, () => ({ result: undefined, set: new Map(names.map((name) => [name, undefined])) }));
    }
    await store.close();
  }
  #floor(
    get: (name: string) => string | undefined,
    name: string,
    proof: ProofOfFreshness,
  ): number | bigint | undefined {
    const last = receivedOf(get(name));
    return proof !== 'none' || this.#exact.has(name) ? last : highest(last, receivedOf(get(aheadOf(name))));
  }
}
/**
 * What shows that messages of an association are new, beside their counters. `none`: nothing. `expected`: our challenge is not answered yet, and until it is
 * nothing is acted on. `proven`: it was answered.
 */
export type ProofOfFreshness = 'none' | 'expected' | 'proven';

/** Messages for which a proof makes room: so many counters an unproven receiver may skip after a crash. */
const aheadBy = 1024;
const aheadOf = (name: string): string => `ahead ${name}`;
const aheadFrom = (value: number | bigint): string => (BigInt(value) + BigInt(aheadBy)).toString();
/** Names of which this process knows exactly what was received, because a proof came since the store was opened. */
const exact = /* @__PURE__ */ new WeakMap<Store, Set<string>>();
function exactNames(store: Store): Set<string> {
  let names = exact.get(store);
  if (names === undefined) {
    names = new Set();
    exact.set(store, names);
  }
  return names;
}
const noValues: ReadonlyMap<string, string> = /* @__PURE__ */ new Map();
const highest = (a: number | bigint | undefined, b: number | bigint | undefined): number | bigint | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

interface Reservation {
  next: number;
  end: number;
  floor: number;
  /** A reservation under way; it never rejects. */
  waiting: Promise<void> | undefined;
}
/** Where the sum of the moves of a sequence by {@link InvocationCounters.raise} is kept. */
const movesOf = (name: string): string => `moved ${name}`;

/** The rule of {@link InvocationCounters.record}: what is to be written, or `security/replay`. */
function recorded(
  floor: (name: string) => number | bigint | undefined,
  groups: readonly (readonly ReceivedValue[])[],
): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const group of groups) {
    let grown = group.length === 0;
    let seen: number | bigint = 0;
    for (const { name, value } of group) {
      const last = receivedOf(out.get(name)) ?? floor(name);
      if (last !== undefined && value <= last) {
        seen = last;
        continue;
      }
      grown = true;
      out.set(name, value.toString());
    }
    if (!grown) throw replayed(group[0] as ReceivedValue, seen);
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
