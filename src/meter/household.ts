import type { AmountSource, LevelSource } from './functions-of-time.js';

/** The load of a household: what its meter measures. */
export interface Household {
  /** Active power in W. */
  readonly power: LevelSource;
  /** Active energy in Wh. */
  readonly energy: AmountSource;
}

/** Milliseconds of a quarter of an hour, and quarters of a day. */
const quarter = 900_000;
const quarters = 96;
/** mWh of a day by quarters, UTC: little at night, most in the evening. */
const shape: readonly number[] = Array.from({ length: quarters }, (_, q) => {
  const hour = q / 4;
  const near = (at: number, width: number): number => Math.exp(-(((hour - at) / width) ** 2));
  return Math.round(40_000 + 60_000 * near(7, 1.5) + 40_000 * near(12, 2) + 160_000 * near(19, 2.5));
});
const before: readonly number[] = (() => {
  const sums = [0];
  for (const n of shape) sums.push((sums.at(-1) as number) + n);
  return sums;
})();
const day = before[quarters] as number;
/** Less than the least quarter, so that what is shifted from one quarter to its neighbours never takes more than all. */
const shifted = 38_000;

/**
 * A household with a day of its own kind, always the same for the same seed: power is constant for a quarter of an hour
 * at a time, energy is its exact integral, and both are found at once for any instant (about 8 kWh a day). The figures
 * are made up; they are no profile of any supplier.
 */
export function household(seed: number): Household {
  /** mWh from 1970 to the begin of a quarter: the shape, and a random part that the next quarter gives back. */
  const upTo = (q: number): number => {
    const inDay = ((q % quarters) + quarters) % quarters;
    return ((q - inDay) / quarters) * day + (before[inDay] as number) + Math.floor(random(seed, q) * shifted);
  };
  /** mWh from 1970, in whole ones. */
  const total = (at: number): number => {
    const q = Math.floor(at / quarter);
    const begin = upTo(q);
    return begin + Math.floor(((upTo(q + 1) - begin) * (at - q * quarter)) / quarter);
  };
  return {
    power(at) {
      const q = Math.floor(at / quarter);
      return ((upTo(q + 1) - upTo(q)) * 4) / 1000;
    },
    energy: (from, to) => (total(to) - total(from)) / 1000,
  };
}
/** From 0 to 1 (exclusive), the same for the same seed and number. */
function random(seed: number, n: number): number {
  let z = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(n, 0x9e3779b9);
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 0x1_0000_0000;
}
