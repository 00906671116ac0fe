/** What an attribute measures, as a pure function of elapsed time since the last change of what it is made from. */
export interface Source {
  /** The value, in the unit of the attribute before its scaler. */
  value(at: number): number;
  /**
   * The first instant from `from` on at which the value is on the other side of, or at, a threshold, as long as nothing
   * changes; undefined: never.
   */
  crossing(threshold: number, from: number): number | undefined;
  /** Whether it grows: a register of a tariff that is not active stands still. */
  count?(on: boolean, at: number): void;
  /** Names of the inputs that it depends on. */
  readonly inputs: readonly string[];
}

/** A quantity that is constant between two changes, and its exact integral over the time in which it counts. */
class Quantity {
  level: number;
  /**
   * Level × milliseconds up to `since`. An integer as long as the level is one, so sums do not depend on the steps in
   * which they were made.
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
  toJSON(): readonly [number, number, number, boolean] {
    return [this.level, this.#sum, this.#since, this.#counting];
  }
  static from([level, sum, since, counting]: readonly [number, number, number, boolean]): Quantity {
    const q = new Quantity(level, since, counting);
    q.#sum = sum;
    return q;
  }
}

/** Milliseconds of an hour: W to Wh. */
const hour = 3_600_000;

/**
 * What lies around a meter: measured quantities by name, each constant until it is changed, and whether they count
 * (supply on, and no disconnector open). Energy is the exact integral: it does not depend on how often it was looked
 * at.
 */
export class Environment {
  readonly #quantities = new Map<string, Quantity>();
  #counting = true;

  get counting(): boolean {
    return this.#counting;
  }
  /** The quantity now; 0 before it was set. */
  level(name: string): number {
    return this.#quantities.get(name)?.level ?? 0;
  }
  /** The quantity from an instant on. */
  set(name: string, level: number, at: number): void {
    this.#quantity(name, at).settle(at, level, this.#counting);
  }
  /** Whether quantities are integrated: not without supply, not behind an open disconnector. */
  count(counting: boolean, at: number): void {
    if (counting === this.#counting) return;
    this.#counting = counting;
    for (const q of this.#quantities.values()) q.settle(at, q.level, counting);
  }
  /** Quantity × milliseconds since it began. */
  sum(name: string, at: number): number {
    return this.#quantity(name, at).sum(at);
  }
  /** The quantity as it is. */
  input(name: string): Source {
    return {
      inputs: [name],
      value: () => this.level(name),
      crossing: () => undefined,
    };
  }
  /** The integral over hours (W to Wh), cut to whole units, from a value at an instant on. */
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
      count(on, now) {
        if (on === counts) return;
        before = sum(now);
        begin = quantity.sum(now);
        counts = on;
      },
    };
  }
  #quantity(name: string, at: number): Quantity {
    let q = this.#quantities.get(name);
    if (q === undefined) {
      q = new Quantity(0, at, this.#counting);
      this.#quantities.set(name, q);
    }
    return q;
  }
  /** For a store; see {@link Environment.restore}. */
  toJSON(): unknown {
    return { counting: this.#counting, quantities: Object.fromEntries(this.#quantities) };
  }
  /** Takes back what {@link Environment.toJSON} gave. */
  restore(saved: { counting: boolean; quantities: Record<string, readonly [number, number, number, boolean]> }): void {
    this.#counting = saved.counting;
    this.#quantities.clear();
    for (const [name, q] of Object.entries(saved.quantities)) this.#quantities.set(name, Quantity.from(q));
  }
}
