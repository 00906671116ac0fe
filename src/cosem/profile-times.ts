import { isDlmsError } from '../core/errors.js';
import { type DateTime, fromInstant, type InstantOptions, toInstant } from './date-time.js';

/** How often a profile captures a row, and in which order it returns its rows. */
export interface ProfilePeriod {
  /** Seconds; 0: not periodic. */
  readonly capturePeriod: number;
  readonly newestFirst: boolean;
}
/** The time of a row, as far as it is known. */
export interface RowTime {
  readonly clock: DateTime | undefined;
  readonly instant: number | undefined;
  readonly computed: boolean;
}

/**
 * Computes missing clocks: each from the last row before it that has one, the first ones from the first row that has
 * one. Deviation and status are those of that row. Without a capture period, missing clocks stay unknown.
 */
export function fillTimes(
  clocks: readonly (DateTime | undefined)[],
  { capturePeriod, newestFirst }: ProfilePeriod,
  options: InstantOptions,
): RowTime[] {
  const step = (newestFirst ? -1000 : 1000) * capturePeriod;
  const first = clocks.findIndex((c) => c !== undefined);
  let from = first;
  return clocks.map((clock, i): RowTime => {
    if (clock !== undefined) {
      from = i;
      return { clock, instant: instantOf(clock, options), computed: false };
    }
    const base = clocks[from];
    const computed = base === undefined || step === 0 ? undefined : shifted(base, (i - from) * step);
    return {
      clock: computed,
      instant: computed === undefined ? undefined : instantOf(computed, options),
      computed: computed !== undefined,
    };
  });
}

/**
 * The same clock some time later or earlier; an unspecified deviation stays unspecified. A clock that is no date cannot
 * be shifted.
 */
function shifted(base: DateTime, millis: number): DateTime | undefined {
  const at = instantOf(base, { deviationMinutes: 0, acceptInvalid: true });
  if (at === undefined) return undefined;
  return {
    ...fromInstant(at + millis, base.deviationMinutes ?? 0),
    deviationMinutes: base.deviationMinutes,
    clockStatus: base.clockStatus,
  };
}
function instantOf(v: DateTime, options: InstantOptions): number | undefined {
  try {
    return toInstant(v, options);
  } catch (e) {
    if (isDlmsError(e, 'decode/no-instant')) return undefined;
    throw e;
  }
}

/** A deviation of the times of the rows from the capture period. Indexes are positions in the buffer. */
export type TimeFinding =
  /**
   * Rows are missing between this one and the last regular one. `after` and `before` are the instants around the gap.
   */
  | {
      readonly kind: 'gap';
      readonly index: number;
      readonly after: number;
      readonly before: number;
      readonly missing: number;
    }
  /** The same instant as the row before. */
  | { readonly kind: 'duplicate'; readonly index: number; readonly instant: number }
  /** Contrary to the order of the buffer: the clock was set back, or two answers overlap. */
  | { readonly kind: 'backwards'; readonly index: number; readonly instant: number }
  /**
   * Not a whole number of periods later: an extra row, which meters add at a power failure or when the clock is set.
   */
  | { readonly kind: 'off-period'; readonly index: number; readonly instant: number };

/**
 * Finds gaps, duplicates and rows out of order. Rows without an instant are skipped, as nothing is known about them. A
 * profile that is not periodic has no gaps. An extra row does not start a new grid; rows that continue in step with it
 * (because the clock was set) do.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: cases of one row that exclude each other
export function findTimeFindings(
  rows: Iterable<{ readonly index: number; readonly instant: number | undefined }>,
  { capturePeriod, newestFirst }: ProfilePeriod,
): TimeFinding[] {
  const period = capturePeriod * 1000;
  const found: TimeFinding[] = [];
  let last: number | undefined;
  let regular: number | undefined;
  for (const { index, instant } of rows) {
    if (instant === undefined) continue;
    const since = (before: number) => (newestFirst ? before - instant : instant - before);
    if (last === undefined || regular === undefined) regular = instant;
    else if (since(last) === 0) found.push({ kind: 'duplicate', index, instant });
    else if (since(last) < 0) {
      found.push({ kind: 'backwards', index, instant });
      regular = instant;
    } else if (period > 0) {
      const from = since(regular) % period === 0 ? regular : since(last) % period === 0 ? last : undefined;
      if (from === undefined) found.push({ kind: 'off-period', index, instant });
      else {
        const missing = since(from) / period - 1;
        if (missing > 0)
          found.push({ kind: 'gap', index, after: Math.min(from, instant), before: Math.max(from, instant), missing });
        regular = instant;
      }
    }
    last = instant;
  }
  return found;
}
