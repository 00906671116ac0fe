import type { CosemTime, DateTime } from '../cosem/date-time.js';
import type { LocalTime } from './local-time.js';

/** A time window, by the local clock; it repeats in fields that are not specified. */
export interface Window {
  readonly startTime: DateTime;
  readonly endTime: DateTime;
}
/** A second that is not specified is 0, because nothing begins every second. */
const timeOf = (t: DateTime): CosemTime => ({ ...t, second: t.second ?? 0, hundredths: null });
const isOpen = (t: DateTime): boolean =>
  t.year === null && t.month === null && t.dayOfMonth === null && t.dayOfWeek === null && t.hour === null;

/** Whether a time is within one of the windows, including their start but not their end. Without windows, always. */
export function isInside(windows: readonly Window[], local: LocalTime, utc: number): boolean {
  return (
    windows.length === 0 ||
    windows.some(({ startTime, endTime }) => {
      if (isOpen(startTime) && isOpen(endTime)) return true;
      const end = local.next(endTime, timeOf(endTime), utc);
      const start = local.next(startTime, timeOf(startTime), utc);
      return end !== undefined && (start === undefined || end < start);
    })
  );
}
/** The next time after another at which a window begins or ends. */
export function nextEdge(
  windows: readonly Window[],
  edge: 'startTime' | 'endTime',
  local: LocalTime,
  utc: number,
): number | undefined {
  const found = windows.flatMap((w) => local.next(w[edge], timeOf(w[edge]), utc) ?? []);
  return found.length === 0 ? undefined : Math.min(...found);
}
