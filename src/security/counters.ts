import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { type Store, VolatileStore } from '../store/store.js';
import { webRandom } from './random.js';

/** At this value a key is used up: the highest value ever issued for sending is one less. */
export const counterLimit = 0xffffffff;
/** A new sequence begins with the seconds since this moment, 2025-01-01T00:00:00Z (in milliseconds since 1970). */
export const counterEpoch: number = /* @__PURE__ */ Date.UTC(2025, 0, 1);

/** A received value to remember. Transaction-ids are remembered like counters, as a bigint. */
export interface ReceivedValue {
  readonly name: string;
  readonly value: number | bigint;
}

/** Options of {@link InvocationCounters}. */
export interface CounterOptions {
  /**
   * Values reserved at a time, at least 1. A restart wastes up to this many; a store on disk writes once for all of
   * them. Default: 32.
   */
  readonly block?: number;
  /**
   * The first value of a sequence that the store does not know. Only for tests, and for peers known to need it: after
   * the loss of the store, the same first value means that values are used twice. Default: seconds since
   * {@link counterEpoch}, so that a sender of less than one message a second never repeats a value; if the clock is
   * earlier than that, a random value from 2^24 to 2^28 - 1.
   */
  readonly initial?: number;
  /** Milliseconds since 1970, for the default of `initial`. Default: the clock of this machine. */
  readonly now?: () => number;
}

/**
 * Message counters in a store: issues those for sending one at a time, and remembers those received. A name stands for
 * one key and one sender (see `SecurityContext.sendName`), so a new key begins its own sequence, and a key that comes
 * back finds its own again. Values only grow.
 *
 * Share one instance among all contexts that may use the same key: the order of use is then the order of the values.
 */
export class InvocationCounters {
  readonly store: Store;
  readonly #block: number;
  readonly #initial: number | undefined;
  readonly #now: () => number;
  readonly #reservations = new Map<string, Reservation>();
  /** Names for which this process knows exactly what was received; shared by all instances on this store. */
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
   * The next value for sending. It is reserved durably before it is returned, and never issued again, whatever happens
   * to the message.
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
      // Nothing came in between, so what was reserved is not below the floor.
      hand.next = first + 1;
      hand.end = first + reserved;
      return first;
    }
    const dealt = first.then((value) => {
      hand.waiting = undefined;
      // Meanwhile the floor may have risen beyond everything that was reserved.
      hand.next = Math.max(value, hand.floor);
      hand.end = value + reserved;
      return this.next(name);
    });
    // Another reservation may be in progress by now.
    const over = (): void => {
      if (hand.waiting === waiting) hand.waiting = undefined;
    };
    const waiting = first.then(over, over);
    hand.waiting = waiting;
    return dealt;
  }
  /** From now on, no value below `atLeast` is issued, not even from a reservation in progress. Never goes back. */
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
   * Moves the sequence up on the word of somebody who proved nothing. All such moves of one sequence add up to at most
   * `furthest`, even across restarts, so forged reports cannot use up the key, however many there are.
   * @param reported the value that the peer reported: the last one it accepted, or the one it expects
   * @returns the lowest value that will be issued from now on
   * @throws DlmsError `security/policy` beyond `furthest`, `security/counter-exhausted`; nothing is changed then
   */
  raise(name: string, reported: number, furthest: number): MaybePromise<number> {
    const hand = this.#reservation(name);
    const moves = movesOf(name);
    const next = reported + 1;
    if (next >= counterLimit) throw new DlmsError('security/counter-exhausted', { last: reported });
    const raised = this.store.update([name, moves], (get) => {
      const sent = counterOf(get(name));
      // Values reserved but not yet used do not count: the sequence stands at the value of the next message.
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

  // Where a challenge has proven the association, a counter need not be on disk before its message is acted on: a crash
  // ends the association, and the proof of the next one carries a counter above all those accepted before. Receivers
  // without such a proof (a listener for notifications, a pre-established association) cannot rely on that. So a limit
  // is written ahead: messages below it may have been accepted and forgotten, and after a crash values below it are
  // accepted only with a proof.

  /**
   * The highest value recorded as received or, where a crash may have made us forget some, the highest that may have
   * been received. Undefined when nothing has been received yet, so 0 is a valid first value.
   */
  last(name: string, proof: ProofOfFreshness = 'none'): MaybePromise<number | bigint | undefined> {
    const { store } = this;
    if (proof !== 'none' || this.#exact.has(name)) {
      const text = store.get(name);
      return text instanceof Promise ? text.then(receivedOf) : receivedOf(text);
    }
    return andThen(store.get(aheadOf(name)), (ahead) => {
      return andThen(store.get(name), (text) => {
        // Where no limit is stored, none will appear behind our back: only this process writes one, and it knows what
        // it accepted. Nothing is kept for a sender that never proved anything: anybody can write any title.
        if (ahead === undefined && text !== undefined && (store.defers || store instanceof VolatileStore))
          this.#exact.add(name);
        return highest(receivedOf(text), receivedOf(ahead));
      });
    });
  }
  /**
   * Remembers what was received and verified. It compares again in the same step, so of two receivers racing for one
   * message, one loses. In each group at least one value must be higher than the one remembered, and each name keeps
   * its maximum.
   * @param proof what is known about the association: with `proven`, a single value is written later, as long as
   *   {@link InvocationCounters.proven} has made room
   * @throws DlmsError `security/replay`; nothing is changed then
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
  /** Runs once per message: the rule of {@link recorded} without its lists. */
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
   * Records that the sender has answered our challenge in a message recorded under `name`: everything it sent before
   * has a lower counter than the last one recorded. Durable; writes nothing as long as there is room for the messages
   * to come.
   */
  proven(name: string): MaybePromise<void> {
    const { store } = this;
    const ahead = aheadOf(name);
    if (!store.defers) {
      // Nothing is deferred now, but an earlier process that had the store to itself may have deferred values and died.
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
  /**
   * Writes what is outstanding and closes the store. Without this call, the next process treats everything that may
   * have been received as received (see {@link InvocationCounters.last}).
   */
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
 * What shows that the messages of an association are new, besides their counters. `none`: nothing. `expected`: our
 * challenge has not been answered yet, and nothing is acted on until it has. `proven`: it has been answered.
 */
export type ProofOfFreshness = 'none' | 'expected' | 'proven';

/** How many messages a proof makes room for: after a crash, an unproven receiver may skip up to this many counters. */
const aheadBy = 1024;
const aheadOf = (name: string): string => `ahead ${name}`;
const aheadFrom = (value: number | bigint): string => (BigInt(value) + BigInt(aheadBy)).toString();
/**
 * Names for which this process knows exactly what was received, because a proof has come since the store was opened.
 */
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
  /** The reservation in progress; it never rejects. */
  waiting: Promise<void> | undefined;
}
/** Holds the sum of all moves of a sequence by {@link InvocationCounters.raise}. */
const movesOf = (name: string): string => `moved ${name}`;

/** The rule of {@link InvocationCounters.record}: returns what is to be written, or throws `security/replay`. */
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
/** The error for a message that was seen before or comes too late. */
export function replayed({ value }: ReceivedValue, last: number | bigint): DlmsError {
  return new DlmsError('security/replay', { received: Number(value), last: Number(last) });
}

/** A value that is not a number was not written by us; it must not pass for a sequence that has not begun. */
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
