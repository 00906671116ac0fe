import { type AmountSource, Growth } from './functions-of-time.js';

/** What an attribute measures: a pure function of elapsed time since its inputs last changed. */
export interface Source {
  /** The value, in the unit of the attribute before its scaler. */
  value(at: number): number;
  /**
   * The first instant from `from` on at which the value reaches or crosses a threshold, as long as nothing changes;
   * undefined for never.
   */
  crossing(threshold: number, from: number): number | undefined;
  /** Sets whether it grows: a register of an inactive tariff stands still. */
  count?(on: boolean, at: number): void;
  /** The state besides the inputs, for a store. */
  save?(): unknown;
  /** Restores the state from {@link Source.save}. */
  restore?(saved: unknown): void;
  /** Names of the inputs on which it depends. */
  readonly inputs: readonly string[];
}

/** A quantity that is constant between two changes, and its exact integral over the time during which it counts. */
class Quantity {
  level: number;
  /**
   * Level × milliseconds up to `since`. An integer as long as the level is one, so that sums do not depend on the steps
   * in which they were made.
   */
  #sum = 0;
  #since: number;
  #counting: boolean;
  constructor(level: number, at: number, counting: boolean) {
    this.level = level;
    this.#since = at;
    this.#counting = counting;
  }
  sum(at: number): number {
    return this.#sum + (this.#counting ? this.level * (at - this.#since) : 0);
  }
  settle(at: number, level: number, counting: boolean): void {
    this.#sum = this.sum(at);
    this.#since = at;
    this.level = level;
    this.#counting = counting;
  }
  get rate(): number {
    return this.#counting ? this.level : 0;
  }
  save(): SavedQuantity {
    return [this.level, this.#sum, this.#since, this.#counting];
  }
  restore([level, sum, since, counting]: SavedQuantity): void {
    this.level = level;
    this.#sum = sum;
    this.#since = since;
    this.#counting = counting;
  }
}
type SavedQuantity = readonly [level: number, sum: number, since: number, counting: boolean];

/** Milliseconds of an hour: W to Wh. */
const hour = 3_600_000;

/**
 * The surroundings of a meter: measured quantities by name, each constant until it is changed, and whether they count
 * (supply on, and no disconnector open). Energy is the exact integral, so it does not depend on how often it is read.
 */
export class Environment {
  readonly #quantities = new Map<string, Quantity>();
  readonly #growing: Growth[] = [];
  #counting = true;

  get counting(): boolean {
    return this.#counting;
  }
  /** The current quantity; 0 before it was set. */
  level(name: string): number {
    return this.#quantities.get(name)?.level ?? 0;
  }
  /** Sets the quantity from an instant on. */
  set(name: string, level: number, at: number): void {
    this.#quantity(name, at).settle(at, level, this.#counting);
  }
  /** Sets whether quantities are integrated: not without supply, and not behind an open disconnector. */
  count(counting: boolean, at: number): void {
    if (counting === this.#counting) return;
    this.#counting = counting;
    for (const q of this.#quantities.values()) q.settle(at, q.level, counting);
    for (const g of this.#growing) g.settle(at, counting);
  }
  /** Quantity × milliseconds since the start. */
  sum(name: string, at: number): number {
    return this.#quantity(name, at).sum(at);
  }
  /** The quantity itself. */
  input(name: string): Source {
    return {
      inputs: [name],
      value: () => this.level(name),
      crossing: () => undefined,
    };
  }
  /** The integral over hours (W to Wh), truncated to whole units, from a value at an instant on. */
  integral(name: string, start: number, at: number): Source {
    const quantity = this.#quantity(name, at);
    let before = 0;
    let begin = quantity.sum(at);
    let counts = true;
    const sum = (now: number): number => before + (counts ? quantity.sum(now) - begin : 0);
    return {
      inputs: [name],
      value: (now) => start + Math.floor(sum(now) / hour),
      crossing: (threshold, from) => {
        const rate = counts ? quantity.rate : 0;
        const missing = (threshold - start) * hour - sum(from);
        if (rate === 0 || missing / rate < 0) return undefined;
        return from + Math.ceil(missing / rate);
      },
      save: () => [before, begin, counts],
      restore(saved) {
        [before, begin, counts] = saved as [number, number, boolean];
      },
      count(on, now) {
        if (on === counts) return;
        before = sum(now);
        begin = quantity.sum(now);
        counts = on;
      },
    };
  }
  /**
   * What a function of time says is added, truncated to whole units, from a value at an instant on.
   * @param real makes UTC milliseconds of elapsed ones
   */
  growing(amount: AmountSource, real: (elapsed: number) => number, start: number, at: number): Source {
    const growth = new Growth(amount, real, start, at, this.#counting);
    this.#growing.push(growth);
    return growth;
  }
  #quantity(name: string, at: number): Quantity {
    let q = this.#quantities.get(name);
    if (q === undefined) {
      q = new Quantity(0, at, this.#counting);
      this.#quantities.set(name, q);
    }
    return q;
  }
  /** The state, for a store; see {@link Environment.restore}. */
  save(): unknown {
    return {
      counting: this.#counting,
      quantities: Object.fromEntries([...this.#quantities].map(([name, q]) => [name, q.save()])),
    };
  }
  /** Restores the state from {@link Environment.save}. */
  restore(saved: unknown): void {
    const { counting, quantities } = saved as { counting: boolean; quantities: Record<string, SavedQuantity> };
    this.#counting = counting;
    for (const [name, q] of Object.entries(quantities)) this.#quantity(name, 0).restore(q);
  }
}
