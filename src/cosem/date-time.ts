import { dateOctets, dateTimeOctets, sizedOctetString, timeOctets } from '../axdr/data.js';
import { type Infer, mapped, type Schema, scalar } from '../axdr/schema.js';
import { Reader, Writer } from '../core/cursor.js';
import { DlmsError, shown } from '../core/errors.js';
import { oneOf } from './one-of.js';

/** Month 1 to 12; FD and FE have names; other octets stay numbers; `null` (FF) is unspecified. */
export type Month = number | 'daylight-savings-end' | 'daylight-savings-begin' | null;
/** Day 1 to 31; FD and FE have names; other octets (E0 to FC are reserved) stay numbers; `null` (FF) is unspecified. */
export type DayOfMonth = number | 'second-last-day' | 'last-day' | null;

/** A date of five octets. A field that is `null` is unspecified: "any" in a schedule, unknown in a time stamp. */
export interface CosemDate {
  /** 0 to 65 534; `null` is FFFF. */
  year: number | null;
  month: Month;
  dayOfMonth: DayOfMonth;
  /** 1 Monday to 7 Sunday. */
  dayOfWeek: number | null;
}
/** A time of four octets; a field that is `null` (FF) is unspecified. */
export interface CosemTime {
  hour: number | null;
  minute: number | null;
  second: number | null;
  hundredths: number | null;
}
/**
 * Twelve octets: date, time, deviation, clock status. Every pattern of octets has exactly one value here, so whatever a
 * meter sent can be written back. Source: Blue Book, date and time formats; three public implementations read this
 * layout.
 */
export interface DateTime extends CosemDate, CosemTime {
  /**
   * Minutes from local time to UTC, including daylight saving: -120 in Central European Summer Time. -840 to 840
   * ({@link toInstant} refuses others); `null` (8000) is unspecified. Some devices invert the sign, see
   * {@link InstantOptions.invertedDeviation}.
   */
  deviationMinutes: number | null;
  /** Bits, see {@link clockStatusNames}; `null` (FF) is unspecified. */
  clockStatus: number | null;
}

const monthNames = { 'daylight-savings-end': 0xfd, 'daylight-savings-begin': 0xfe } as const;
const dayNames = { 'second-last-day': 0xfd, 'last-day': 0xfe } as const;
const octet = (n: number): number | null => (n === 0xff ? null : n);
const month = (n: number): Month =>
  n === 0xfd ? 'daylight-savings-end' : n === 0xfe ? 'daylight-savings-begin' : octet(n);
const day = (n: number): DayOfMonth => (n === 0xfd ? 'second-last-day' : n === 0xfe ? 'last-day' : octet(n));

function fits(bytes: Uint8Array, size: number): Reader {
  if (bytes.length !== size)
    throw new DlmsError('decode/invalid-length', { offset: 0, expected: `${size} octets`, actual: bytes.length });
  return new Reader(bytes);
}
const date = (r: Reader): CosemDate => {
  const year = r.u16();
  return {
    year: year === 0xffff ? null : year,
    month: month(r.u8()),
    dayOfMonth: day(r.u8()),
    dayOfWeek: octet(r.u8()),
  };
};
const time = (r: Reader): CosemTime => ({
  hour: octet(r.u8()),
  minute: octet(r.u8()),
  second: octet(r.u8()),
  hundredths: octet(r.u8()),
});

/**
 * A date from its 5 octets.
 * @throws DlmsError `decode/invalid-length` when there are not 5 octets.
 */
export const dateFromBytes = (bytes: Uint8Array): CosemDate => date(fits(bytes, 5));
/**
 * A time from its 4 octets.
 * @throws DlmsError `decode/invalid-length` when there are not 4 octets.
 */
export const timeFromBytes = (bytes: Uint8Array): CosemTime => time(fits(bytes, 4));
/**
 * A date-time from its 12 octets.
 * @throws DlmsError `decode/invalid-length` when there are not 12 octets.
 */
export function dateTimeFromBytes(bytes: Uint8Array): DateTime {
  if (bytes.length !== 12) fits(bytes, 12);
  // One literal, field by field: date-times are read most often, and merging two objects costs ten times as much.
  const at = (i: number): number => bytes[i] as number;
  const year = (at(0) << 8) | at(1);
  const deviation = ((at(9) << 24) >> 16) | at(10);
  return {
    year: year === 0xffff ? null : year,
    month: month(at(2)),
    dayOfMonth: day(at(3)),
    dayOfWeek: octet(at(4)),
    hour: octet(at(5)),
    minute: octet(at(6)),
    second: octet(at(7)),
    hundredths: octet(at(8)),
    deviationMinutes: deviation === -0x8000 ? null : deviation,
    clockStatus: octet(at(11)),
  };
}

/**
 * The octet of a field: `null` and the names become their codes; a number with another meaning (255, or FD as a month)
 * is refused.
 */
function field(
  name: string,
  value: unknown,
  min: number,
  max: number,
  notSpecified: number,
  names: Readonly<Record<string, number>> = {},
): number {
  if (value === null) return notSpecified;
  if (typeof value === 'string' && Object.hasOwn(names, value)) return names[value] as number;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new DlmsError('encode/invalid-value', {
    expected: `${name}: ${min} to ${max}${Object.keys(names).map((n) => `, ${n}`)} or null`,
    actual: shown(value),
  });
}
function writeDate(w: Writer, v: CosemDate): void {
  w.u16(field('year', v.year, 0, 0xfffe, 0xffff));
  w.u8(field('month', v.month, 0, 0xfc, 0xff, monthNames));
  w.u8(field('dayOfMonth', v.dayOfMonth, 0, 0xfc, 0xff, dayNames));
  w.u8(field('dayOfWeek', v.dayOfWeek, 0, 0xfe, 0xff));
}
function writeTime(w: Writer, v: CosemTime): void {
  for (const name of ['hour', 'minute', 'second', 'hundredths'] as const) w.u8(field(name, v[name], 0, 0xfe, 0xff));
}
function written(write: (w: Writer) => void): Uint8Array {
  const w = new Writer(12);
  write(w);
  return w.finish();
}
/**
 * The 5 octets of a date: year (two octets), month, day of month, day of week.
 * @throws DlmsError `encode/invalid-value`
 */
export const dateToBytes = (v: CosemDate): Uint8Array => written((w) => writeDate(w, v));
/**
 * The 4 octets of a time: hour, minute, second, hundredths.
 * @throws DlmsError `encode/invalid-value`
 */
export const timeToBytes = (v: CosemTime): Uint8Array => written((w) => writeTime(w, v));
/**
 * The 12 octets of a date-time: date, time, deviation (two octets), clock status.
 * @throws DlmsError `encode/invalid-value`
 */
export const dateTimeToBytes = (v: DateTime): Uint8Array =>
  written((w) => {
    writeDate(w, v);
    writeTime(w, v);
    w.u16(field('deviationMinutes', v.deviationMinutes, -0x7fff, 0x7fff, 0x8000) & 0xffff);
    w.u8(field('clockStatus', v.clockStatus, 0, 0xfe, 0xff));
  });

/** A date-time with no field specified. */
export const unspecifiedDateTime: DateTime = {
  year: null,
  month: null,
  dayOfMonth: null,
  dayOfWeek: null,
  hour: null,
  minute: null,
  second: null,
  hundredths: null,
  deviationMinutes: null,
  clockStatus: null,
};

// ── schemas ────────────────────

/**
 * An octet-string of 12 octets. Lenient mode also accepts what meters send in its place, each as a named quirk: the
 * type date-time (`date-time-type`), and null-data or an empty octet-string for "no field specified"
 * (`date-time-absent`).
 */
const octetString12: Schema<Uint8Array> = /* @__PURE__ */ (() => {
  const strict = sizedOctetString(12);
  return scalar<Uint8Array>(
    strict.kind,
    strict.shape,
    (r) => {
      const offset = r.offset;
      const tag = r.bytes[offset];
      const quirk = (name: string) =>
        r.tolerate(
          name,
          new DlmsError('decode/unexpected-tag', { offset, expected: 'octet-string of 12 octets', actual: tag ?? 0 }),
        );
      if (tag === 25) {
        quirk('date-time-type');
        return dateTimeOctets.read(r);
      }
      if (tag === 0 || (tag === 9 && r.bytes[offset + 1] === 0)) {
        quirk('date-time-absent');
        r.take(tag === 0 ? 1 : 2);
        return dateTimeToBytes(unspecifiedDateTime);
      }
      return strict.read(r);
    },
    strict.write,
  );
})();

/** A date-time inside an octet-string of 12 octets, as in most attributes: `09 0C` and the octets. */
export const DateTime: Schema<DateTime> = /* @__PURE__ */ mapped(
  'octet-string(date-time)',
  octetString12,
  dateTimeFromBytes,
  dateTimeToBytes,
);
/** A date inside an octet-string of 5 octets. */
export const CosemDate: Schema<CosemDate> = /* @__PURE__ */ mapped(
  'octet-string(date)',
  /* @__PURE__ */ sizedOctetString(5),
  dateFromBytes,
  dateToBytes,
);
/** A time inside an octet-string of 4 octets. */
export const CosemTime: Schema<CosemTime> = /* @__PURE__ */ mapped(
  'octet-string(time)',
  /* @__PURE__ */ sizedOctetString(4),
  timeFromBytes,
  timeToBytes,
);
/** The Data type date-time (tag 25). */
export const TaggedDateTime: Schema<DateTime> = /* @__PURE__ */ mapped(
  'date-time',
  dateTimeOctets,
  dateTimeFromBytes,
  dateTimeToBytes,
);
/** The Data type date (tag 26). */
export const TaggedDate: Schema<CosemDate> = /* @__PURE__ */ mapped('date', dateOctets, dateFromBytes, dateToBytes);
/** The Data type time (tag 27). */
export const TaggedTime: Schema<CosemTime> = /* @__PURE__ */ mapped('time', timeOctets, timeFromBytes, timeToBytes);
/**
 * For attributes where the sources disagree on the type: both are read, and the value keeps the one that was received.
 * Options: `date-time` (tag 25) and `octet-string` (12 octets).
 */
export const DateTimeChoice = /* @__PURE__ */ oneOf('date-time', {
  'date-time': TaggedDateTime,
  'octet-string': DateTime,
});
export type DateTimeChoice = Infer<typeof DateTimeChoice>;

// ── instants ────────────────────

/** How to get an instant from a date-time that leaves something out or is marked as invalid by the meter. */
export interface InstantOptions {
  /** Used when the value does not specify its deviation. Without this option such a value is no instant. */
  readonly deviationMinutes?: number;
  /** The device sends minutes east of Greenwich (+60 in Central Europe), contrary to the Blue Book. */
  readonly invertedDeviation?: boolean;
  /** Also converts a value that the meter's clock marks as invalid (status bit 0). */
  readonly acceptInvalid?: boolean;
}

/**
 * Milliseconds since 1970-01-01T00:00:00Z. The rules:
 * - year, month, day and hour must be specified; minute, second and hundredths count as 0 when they are not;
 * - `last-day` and `second-last-day` are resolved from year and month; the begin and end of daylight saving are no
 *   date;
 * - fields out of range (month 13, 30 February) are refused; the day of week is ignored;
 * - the deviation must be specified in the value or the options, and be within 14 hours (the Blue Book's range for
 *   time_zone is -720 to 840; New Zealand in summer is -780); it includes daylight saving, so status bit 7 changes
 *   nothing;
 * - a value marked as invalid (status bit 0) is refused unless the options accept it; a doubtful one (bit 1) is
 *   accepted.
 * @throws DlmsError `decode/no-instant`
 */
export function toInstant(v: DateTime, options: InstantOptions = {}): number {
  if (options.acceptInvalid !== true && v.clockStatus !== null && (v.clockStatus & 1) !== 0)
    throw unusable('status bit 0 (invalid value)');
  const deviation = v.deviationMinutes ?? options.deviationMinutes;
  const local = localMillis(v);
  if (deviation === undefined) throw unusable('deviation unspecified');
  part('deviation', deviation, -840, 840);
  return local + (options.invertedDeviation === true ? -deviation : deviation) * 60_000;
}
/** {@link toInstant} as a Date. */
export const toDate = (v: DateTime, options?: InstantOptions): Date => new Date(toInstant(v, options));

/**
 * An instant (milliseconds since 1970) as a meter's time: all fields specified, the day of week computed, hundredths
 * truncated (not rounded).
 * @param deviationMinutes minutes from local time to UTC, negative east of Greenwich, the same sign as
 * `date.getTimezoneOffset()`.
 * @throws DlmsError `encode/invalid-value` when the instant is not a number or outside the years 0 to 65 534.
 */
export function fromInstant(epochMillis: number, deviationMinutes = 0, clockStatus = 0): DateTime {
  const local = new Date(epochMillis - deviationMinutes * 60_000);
  const year = local.getUTCFullYear();
  if (!(year >= 0 && year <= 0xfffe))
    throw new DlmsError('encode/invalid-value', {
      expected: 'a moment in the years 0 to 65534',
      actual: String(epochMillis),
    });
  return {
    year,
    month: local.getUTCMonth() + 1,
    dayOfMonth: local.getUTCDate(),
    dayOfWeek: local.getUTCDay() === 0 ? 7 : local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    hundredths: Math.floor(local.getUTCMilliseconds() / 10),
    deviationMinutes,
    clockStatus,
  };
}
/** {@link fromInstant} of a Date. The default deviation is UTC, not the time zone of the machine. */
export const fromDate = (moment: Date, deviationMinutes?: number, clockStatus?: number): DateTime =>
  fromInstant(moment.getTime(), deviationMinutes, clockStatus);

/** The members that `Temporal.PlainDateTime.from` accepts: local time without a deviation. */
export interface PlainDateTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}
/**
 * Local time as plain numbers, by the rules of {@link toInstant} except those about deviation and status.
 * @throws DlmsError `decode/no-instant`
 */
export function toPlainDateTime(v: CosemDate & CosemTime): PlainDateTime {
  const local = new Date(localMillis(v));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
  };
}
/** From a local time (a `Temporal.PlainDateTime` has these members) and its deviation; `null`: unspecified. */
export const fromPlainDateTime = (p: PlainDateTime, deviationMinutes: number | null, clockStatus = 0): DateTime => ({
  ...fromInstant(utc(p.year, p.month, p.day) + ((p.hour * 60 + p.minute) * 60 + p.second) * 1000 + p.millisecond),
  deviationMinutes,
  clockStatus,
});

const unusable = (reason: string): DlmsError => new DlmsError('decode/no-instant', { reason });
/** Like Date.UTC, which however reads years below 100 as 19xx. */
function utc(year: number, monthOfYear: number, dayOfMonth: number): number {
  const d = new Date(0);
  d.setUTCFullYear(year, monthOfYear - 1, dayOfMonth);
  return d.getTime();
}
function localMillis(v: CosemDate & CosemTime): number {
  const { year, hour } = v;
  if (year === null) throw unusable('year unspecified');
  part('year', year, 0, 0xfffe);
  const m = part('month', v.month, 1, 12);
  const last = new Date(utc(year, m + 1, 0)).getUTCDate();
  const d =
    v.dayOfMonth === 'last-day'
      ? last
      : v.dayOfMonth === 'second-last-day'
        ? last - 1
        : part('day', v.dayOfMonth, 1, last);
  const seconds =
    (part('hour', hour, 0, 23) * 60 + part('minute', v.minute ?? 0, 0, 59)) * 60 + part('second', v.second ?? 0, 0, 59);
  return utc(year, m, d) + seconds * 1000 + part('hundredths', v.hundredths ?? 0, 0, 99) * 10;
}
function part(name: string, value: number | string | null, min: number, max: number): number {
  if (value === null) throw unusable(`${name} unspecified`);
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    throw unusable(`${name} ${shown(value)}`);
  return value as number;
}

// ── clock status ────────────────────

/** Bit numbers of the clock status by name; bit 0 is the least significant. Bits 4 to 6 are reserved. */
export const clockStatusBits = {
  'invalid-value': 0,
  'doubtful-value': 1,
  'different-clock-base': 2,
  'invalid-clock-status': 3,
  'daylight-saving-active': 7,
} as const;
/** The name of a bit of the clock status. */
export type ClockStatusFlag = keyof typeof clockStatusBits;

/** The names of the bits that are set; a reserved bit stays a number. An unspecified status has none. */
export function clockStatusNames(status: number | null): (ClockStatusFlag | number)[] {
  const names = Object.entries(clockStatusBits) as [ClockStatusFlag, number][];
  const set: (ClockStatusFlag | number)[] = [];
  for (let bit = 0; bit < 8; bit++)
    if ((((status ?? 0) >> bit) & 1) === 1) set.push(names.find(([, b]) => b === bit)?.[0] ?? bit);
  return set;
}
