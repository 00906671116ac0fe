/** Kinds of work at one instant, in the order in which they are done. */
export const phases = [
  'power',
  'demand',
  'capture',
  'schedule',
  'calendar',
  'single-action',
  'emergency',
  'monitor',
  'charge',
  'image',
  'push',
  'inactivity',
] as const;
/** One kind of work. */
export type Phase = (typeof phases)[number];

/** One piece of work. Each owner has at most one per phase. */
export interface Due<O> {
  /** Elapsed time in milliseconds. */
  readonly at: number;
  readonly phase: Phase;
  readonly owner: O;
}
interface Entry<O> extends Due<O> {
  readonly rank: number;
  readonly order: number;
  /** Cancelled or replaced. */
  void: boolean;
}

/**
 * What to do when. Work at the same instant is ordered by phase, then by the order in which its owners were added,
 * never by when it happened to be scheduled, so that two ways to the same instant do the same. A binary heap; cancelled
 * work is skipped when its time comes.
 */
export class Agenda<O extends object> {
  readonly #ranks: ReadonlyMap<Phase, number>;
  readonly #orders = new Map<O, number>();
  readonly #current = new Map<O, Map<Phase, Entry<O>>>();
  #heap: Entry<O>[] = [];
  #live = 0;

  constructor(order: readonly Phase[] = phases) {
    this.#ranks = new Map([...order, ...phases.filter((p) => !order.includes(p))].map((p, i) => [p, i]));
  }
  /** Fixes the rank of an owner among the others. */
  add(owner: O): void {
    if (!this.#orders.has(owner)) this.#orders.set(owner, this.#orders.size);
  }
  /** Sets when an owner next has work of a phase; undefined cancels it. */
  schedule(owner: O, phase: Phase, at: number | undefined): void {
    this.add(owner);
    let own = this.#current.get(owner);
    if (own === undefined) {
      own = new Map();
      this.#current.set(owner, own);
    }
    const before = own.get(phase);
    if (before !== undefined) {
      if (before.at === at) return;
      before.void = true;
      own.delete(phase);
      this.#live--;
    }
    if (at === undefined) return this.#trim();
    const entry: Entry<O> = {
      at,
      phase,
      owner,
      rank: this.#ranks.get(phase) as number,
      order: this.#orders.get(owner) as number,
      void: false,
    };
    own.set(phase, entry);
    this.#live++;
    this.#push(entry);
    this.#trim();
  }
  scheduled(owner: O, phase: Phase): number | undefined {
    return this.#current.get(owner)?.get(phase)?.at;
  }
  /** The instant of the next work. */
  get next(): number | undefined {
    return this.#top()?.at;
  }
  /** Removes and returns the next work, if it is due at `now` or before. */
  take(now: number): Due<O> | undefined {
    const top = this.#top();
    if (top === undefined || top.at > now) return undefined;
    this.#pop();
    this.#current.get(top.owner)?.delete(top.phase);
    this.#live--;
    return top;
  }
  /** Everything that is scheduled. */
  *entries(): Iterable<Due<O>> {
    for (const own of this.#current.values()) yield* own.values();
  }
  clear(): void {
    this.#heap = [];
    this.#current.clear();
    this.#live = 0;
  }

  #top(): Entry<O> | undefined {
    while (this.#heap[0]?.void === true) this.#pop();
    return this.#heap[0];
  }
  /** Cancelled work must not outnumber what is left. */
  #trim(): void {
    if (this.#heap.length <= 64 || this.#heap.length <= 2 * this.#live) return;
    const live = this.#heap.filter((e) => !e.void);
    this.#heap = [];
    for (const e of live) this.#push(e);
  }
  #push(entry: Entry<O>): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, heap[parent] as Entry<O>)) break;
      heap[i] = heap[parent] as Entry<O>;
      i = parent;
    }
    heap[i] = entry;
  }
  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry<O>;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry<O>, heap[child] as Entry<O>)) child++;
      if (!before(heap[child] as Entry<O>, last)) break;
      heap[i] = heap[child] as Entry<O>;
      i = child;
    }
    heap[i] = last;
  }
}
const before = <O>(a: Entry<O>, b: Entry<O>): boolean =>
  a.at !== b.at ? a.at < b.at : a.rank !== b.rank ? a.rank < b.rank : a.order < b.order;
