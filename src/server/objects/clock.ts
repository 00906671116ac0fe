import { Clock } from '../../cosem/classes/clock.js';
import { type DateTime, fromInstant, toInstant, unspecifiedDateTime } from '../../cosem/date-time.js';
import type { Obis } from '../../cosem/obis.js';
import { AccessRefused, accessor, type CosemObject, cosemObject } from '../object.js';

/**
 * Years that this clock can be set to. A choice of this library: the books give the format of the year, not its range.
 */
const years = [2000, 2099] as const;

/** Options of {@link clockObject}. */
export interface ClockObjectOptions {
  /** The underlying running clock, in milliseconds since 1970: `Date.now`, or a virtual one. */
  readonly now: () => number;
  /** Minutes from local time to UTC, -720 to 840; negative east of Greenwich. */
  readonly deviationMinutes: number;
  /** Default: 0-0:1.0.0*255. */
  readonly logicalName?: Obis;
}

/**
 * A clock that can be set (Clock, class 8): what a client sets is kept as an offset from `now`. Refuses with
 * `other-reason` what is out of range: a date or time that does not exist or is not specified, a year outside 2000 to
 * 2099, a deviation or time zone outside -720 to 840 minutes, a daylight savings deviation outside -120 to 120 minutes,
 * a shift of more than 900 seconds.
 */
export function clockObject({ now, deviationMinutes, logicalName = '0-0:1.0.0*255' }: ClockObjectOptions): CosemObject {
  let offset = 0;
  let zone = deviationMinutes;
  let daylight = 0;
  const time = (): DateTime => fromInstant(now() + offset, zone);
  /** All or nothing: a clock that no longer shows a valid time would be of no use. */
  const moveTo = (instant: number): void => {
    const year = new Date(instant - zone * 60_000).getUTCFullYear();
    // An invalid time has no year.
    if (!(year >= years[0] && year <= years[1])) throw new AccessRefused('other-reason');
    offset = instant - now();
  };
  return cosemObject(
    Clock,
    logicalName,
    {
      time: accessor({
        get: time,
        set: (value) => {
          if (value.deviationMinutes !== null) within(value.deviationMinutes, -720, 840);
          moveTo(instantOf(value, zone));
        },
      }),
      timeZone: accessor({
        get: () => zone,
        set: (minutes) => {
          zone = within(minutes, -720, 840);
        },
      }),
      status: [],
      daylightSavingsBegin: unspecifiedDateTime,
      daylightSavingsEnd: unspecifiedDateTime,
      daylightSavingsDeviation: accessor({
        get: () => daylight,
        set: (minutes) => {
          daylight = within(minutes, -120, 120);
        },
      }),
      daylightSavingsEnabled: false,
      clockBase: 'internal-crystal',
    },
    {
      shiftTime: (seconds) => moveTo(now() + offset + within(seconds, -900, 900) * 1000),
      adjustToMinute: () => moveTo(Math.round((now() + offset) / 60_000) * 60_000),
    },
  );
}
function within(value: number, min: number, max: number): number {
  if (!(value >= min && value <= max)) throw new AccessRefused('other-reason');
  return value;
}
function instantOf(value: DateTime, deviationMinutes: number): number {
  try {
    return toInstant(value, { deviationMinutes });
  } catch {
    throw new AccessRefused('other-reason');
  }
}
