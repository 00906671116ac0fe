import { AccessRefused } from '../server/object.js';
import type { Source } from './environment.js';

/**
 * How much is added from one instant to another (UTC milliseconds, `from` included, `to` not), in the unit of the
 * attribute before its scaler: Wh. Never negative, and exact: what it says of two spans that follow each other must add
 * up to what it says of both together. It is asked about long spans too, so it should not add up what lies between.
 */
export type AmountSource = (from: number, to: number) => number;
/** How much it is at an instant (UTC milliseconds), in the unit of the attribute before its scaler: W. */
export type LevelSource = (at: number) => number;

/** A source that fails, or says what cannot be: the sensor is broken. */
function measured(read: () => number, least: number): number {
  let value: number;
  try {
    value = read();
  } catch (cause) {
    throw new AccessRefused('hardware-fault', { cause });
  }
  if (!(value >= least && value < Number.POSITIVE_INFINITY)) throw new AccessRefused('hardware-fault');
  return value;
}

/** An attribute whose value is a function of time. */
export function levelOf(level: LevelSource, real: (elapsed: number) => number): Source {
  return {
    inputs: [],
    value: (at) => Math.round(measured(() => level(real(at)), -Number.MAX_VALUE)),
    crossing: () => undefined,
  };
}

/** How far ahead a crossing is looked for: about ten years, in milliseconds. */
const horizon = 10 * 366 * 86_400_000;

/** An attribute that grows by a function of time while it counts: with supply, closed contacts and an active tariff. */
export class Growth implements Source {
  readonly inputs: readonly string[] = [];
  readonly #amount: AmountSource;
  readonly #real: (elapsed: number) => number;
  readonly #start: number;
  /** What was added up to `since`; from there on the function says it, so that the steps of reading do not matter. */
  #before = 0;
  #since: number;
  #supplied: boolean;
  #active = true;

  constructor(
    amount: AmountSource,
    real: (elapsed: number) => number,
    start: number,
    since: number,
    supplied: boolean,
  ) {
    this.#amount = amount;
    this.#real = real;
    this.#start = start;
    this.#since = since;
    this.#supplied = supplied;
  }
  #sum(at: number): number {
    if (!(this.#supplied && this.#active) || at <= this.#since) return this.#before;
    return this.#before + measured(() => this.#amount(this.#real(this.#since), this.#real(at)), 0);
  }
  value(at: number): number {
    return this.#start + Math.floor(this.#sum(at));
  }
  crossing(threshold: number, from: number): number | undefined {
    const reached = (at: number): boolean => {
      try {
        return this.value(at) >= threshold;
      } catch (e) {
        if (e instanceof AccessRefused) return false;
        throw e;
      }
    };
    if (!(this.#supplied && this.#active) || reached(from)) return undefined;
    let span = 1000;
    while (!reached(from + span)) {
      span *= 2;
      if (span > horizon) return undefined;
    }
    let below = from;
    let above = from + span;
    while (above - below > 1) {
      const middle = Math.floor((below + above) / 2);
      if (reached(middle)) above = middle;
      else below = middle;
    }
    return above;
  }
  count(on: boolean, at: number): void {
    this.#settle(at);
    this.#active = on;
  }
  /** Sets whether there is anything to count: supply, and no open contact. */
  settle(at: number, supplied: boolean): void {
    this.#settle(at);
    this.#supplied = supplied;
  }
  #settle(at: number): void {
    try {
      this.#before = this.#sum(at);
    } catch (e) {
      // A broken sensor has counted nothing; whoever reads it meanwhile is told.
      if (!(e instanceof AccessRefused)) throw e;
    }
    this.#since = at;
  }
  save(): unknown {
    return [this.#before, this.#since, this.#supplied, this.#active];
  }
  restore(saved: unknown): void {
    [this.#before, this.#since, this.#supplied, this.#active] = saved as [number, number, boolean, boolean];
  }
}
