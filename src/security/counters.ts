import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';

/** The highest value that is ever given out for sending is one less: at this value the key is used up. */
export const counterLimit = 0xffffffff;

/** One received value to be remembered. Transaction-ids are remembered like counters, as a bigint. */
export interface ReceivedValue {
  readonly name: string;
  readonly value: number | bigint;
}
/** `name` takes over both counters of `from`, which is forgotten; without `from` it begins anew. */
export interface CounterReplacement {
  readonly name: string;
  readonly from?: string;
}

/**
 * Where counters live. A name stands for one key and one sender. Values only grow; only {@link CounterStore.replace} begins anew, and only
 * because the key is new.
 *
 * What a call promises holds when it returns (or its promise resolves), also after a power cut: a store that cannot write throws
 * `security/counter-store` and gives nothing out. Several processes may share a store that says so.
 */
export interface CounterStore {
  /**
   * Sets `count` values aside for sending: never given out again. The first is at least `atLeast`.
   * @returns the first value
   * @throws DlmsError `security/counter-exhausted`
   */
  reserve(name: string, count: number, atLeast: number): MaybePromise<number>;
  /** The highest value recorded as received; undefined when nothing was received yet, so that 0 is a valid first value. */
  last(name: string): MaybePromise<number | bigint | undefined>;
  /**
   * Remembers what was received and verified, in one step, comparing again: of two racing receivers of one message, one loses.
   * In each group at least one value must be higher than the one remembered, and each name keeps its maximum.
   * @throws DlmsError `security/replay`; then nothing is changed
   */
  record(groups: readonly (readonly ReceivedValue[])[]): MaybePromise<void>;
  /** All changes in one step: after a crash all have happened, or none. */
  replace(changes: readonly CounterReplacement[]): MaybePromise<void>;
}

export interface CounterOptions {
  /** Values reserved at a time: a restart wastes up to this many. Default 1 (right for memory); 32 or more for a store that writes to disk. */
  readonly block?: number;
  /** The first value of a new key. Default 1: some peers refuse 0. */
  readonly initial?: number;
}

/** Deals out invocation counters one at a time. Share one instance among all contexts that may use the same key: the order of use is then the order of the values. */
export class InvocationCounters {
  readonly store: CounterStore;
  readonly #block: number;
  readonly #initial: number;
  readonly #hands = new Map<string, Hand>();

  constructor(store: CounterStore = new MemoryCounterStore(), options: CounterOptions = {}) {
    this.store = store;
    this.#block = options.block ?? 1;
    this.#initial = options.initial ?? 1;
    if (!Number.isInteger(this.#block) || this.#block < 1)
      throw new DlmsError('encode/invalid-value', { expected: 'a block of at least one counter', actual: String(options.block) });
  }
  /** The next value for sending; reserved durably before it is given out, and never given out again, whatever happens to the message. */
  next(name: string): MaybePromise<number> {
    let hand = this.#hands.get(name);
    if (hand === undefined) {
      hand = { next: 0, end: 0, floor: this.#initial, waiting: undefined };
      this.#hands.set(name, hand);
    }
    if (hand.waiting !== undefined) return hand.waiting.then(() => this.next(name));
    if (hand.next < hand.end) return hand.next++;
    return this.#reserve(name, hand);
  }
  #reserve(name: string, hand: Hand): MaybePromise<number> {
    const first = this.store.reserve(name, this.#block, hand.floor);
    if (!(first instanceof Promise)) return deal(hand, first, this.#block);
    const dealt = first.then((value) => {
      hand.waiting = undefined;
      return deal(hand, value, this.#block);
    });
    const failed = (): void => {
      hand.waiting = undefined;
    };
    hand.waiting = dealt.then(failed, failed);
    return dealt;
  }
  /** No value below `atLeast` is given out from now on (the peer said which it expects). Never goes back. */
  advance(name: string, atLeast: number): void {
    const hand = this.#hands.get(name);
    if (hand === undefined) {
      this.#hands.set(name, { next: 0, end: 0, floor: Math.max(atLeast, this.#initial), waiting: undefined });
      return;
    }
    hand.floor = Math.max(hand.floor, atLeast);
    hand.next = Math.max(hand.next, atLeast);
  }
  /** See {@link CounterStore.replace}. */
  replace(changes: readonly CounterReplacement[]): MaybePromise<void> {
    return andThen(this.store.replace(changes), () => {
      for (const { name, from } of changes) {
        const hand = from === undefined ? undefined : this.#hands.get(from);
        if (hand === undefined) this.#hands.delete(name);
        else this.#hands.set(name, hand);
        if (from !== undefined) this.#hands.delete(from);
      }
    });
  }
}

interface Hand {
  next: number;
  end: number;
  floor: number;
  /** A reservation under way; it never rejects. */
  waiting: Promise<void> | undefined;
}
function deal(hand: Hand, first: number, count: number): number {
  hand.next = Math.max(first + 1, hand.floor);
  hand.end = first + count;
  return first;
}

/** Counters for the life of the process. For tests, for keys that die with the process, and as the rules that every store follows. */
export class MemoryCounterStore implements CounterStore {
  protected readonly entries: Map<string, CounterEntry> = new Map<string, CounterEntry>();

  #entry(name: string): CounterEntry {
    let entry = this.entries.get(name);
    if (entry === undefined) {
      entry = { sent: undefined, received: undefined };
      this.entries.set(name, entry);
    }
    return entry;
  }
  /** Once per message: the rule of {@link recorded} without its lists. */
  #recordOne(value: ReceivedValue): void {
    const entry = this.#entry(value.name);
    if (entry.received !== undefined && value.value <= entry.received) throw replayed(value, entry.received);
    entry.received = value.value;
  }

  reserve(name: string, count: number, atLeast: number): number {
    const entry = this.#entry(name);
    const first = firstOf(entry, count, atLeast);
    entry.sent = first + count - 1;
    return first;
  }
  last(name: string): number | bigint | undefined {
    return this.entries.get(name)?.received;
  }
  record(groups: readonly (readonly ReceivedValue[])[]): void {
    const [only] = groups;
    if (groups.length === 1 && only?.length === 1) return this.#recordOne(only[0] as ReceivedValue);
    for (const [name, entry] of recorded((n) => this.entries.get(n), groups)) this.entries.set(name, entry);
  }
  replace(changes: readonly CounterReplacement[]): void {
    const moved = changes.map(({ name, from }) => ({ name, entry: from === undefined ? undefined : this.entries.get(from) }));
    for (const { name, from } of changes) {
      this.entries.delete(name);
      if (from !== undefined) this.entries.delete(from);
    }
    for (const { name, entry } of moved) if (entry !== undefined) this.entries.set(name, entry);
  }
}

/** What a store keeps per name: the highest value set aside, the highest received. */
export interface CounterEntry {
  sent?: number | undefined;
  received?: number | bigint | undefined;
}
/** The rule of {@link CounterStore.reserve}. */
export function firstOf(entry: CounterEntry, count: number, atLeast: number): number {
  if (!Number.isInteger(count) || count < 1) throw new DlmsError('security/counter-store', { reason: 'nothing to reserve' });
  const first = Math.max(entry.sent === undefined ? 0 : entry.sent + 1, atLeast);
  if (first + count > counterLimit) throw new DlmsError('security/counter-exhausted', { last: entry.sent ?? atLeast });
  return first;
}
/** The rule of {@link CounterStore.record}: the entries to be written, or `security/replay`. */
export function recorded(
  get: (name: string) => CounterEntry | undefined,
  groups: readonly (readonly ReceivedValue[])[],
): readonly (readonly [string, CounterEntry])[] {
  const out = new Map<string, CounterEntry>();
  for (const group of groups) {
    let grown = group.length === 0;
    for (const { name, value } of group) {
      const entry = out.get(name) ?? get(name) ?? {};
      if (entry.received !== undefined && value <= entry.received) continue;
      grown = true;
      out.set(name, { ...entry, received: value });
    }
    if (!grown) throw replayed(group[0] as ReceivedValue, get(group[0]?.name as string)?.received ?? 0);
  }
  return [...out];
}
/** The error of a message that was seen before, or comes too late. */
export function replayed({ value }: ReceivedValue, last: number | bigint): DlmsError {
  return new DlmsError('security/replay', { received: Number(value), last: Number(last) });
}
