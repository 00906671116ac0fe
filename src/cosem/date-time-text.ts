import { DlmsError, quoted } from '../core/errors.js';
import type { CosemDate, CosemTime, DateTime, DayOfMonth, Month } from './date-time.js';

// Text for people and the command line. Only the octets are lossless: the text leaves out the day of week and the clock
// status.

const two = (n: number | null): string => (n === null ? '*' : String(n).padStart(2, '0'));
const named = (v: number | string | null): string => (typeof v === 'string' ? `(${v})` : two(v));

/**
 * `2024-11-21`; an unspecified field is `*`, a special code its name in brackets:
 * `*-(daylight-savings-begin)-(last-day)`.
 */
export const formatDate = (v: CosemDate): string =>
  `${v.year === null ? '*' : String(v.year).padStart(4, '0')}-${named(v.month)}-${named(v.dayOfMonth)}`;

/** `08:30:15`, with hundredths if they are specified and not zero: `08:30:15.23`. */
export const formatTime = (v: CosemTime): string =>
  `${two(v.hour)}:${two(v.minute)}:${two(v.second)}${v.hundredths === null || v.hundredths === 0 ? '' : `.${two(v.hundredths)}`}`;

/**
 * ISO 8601 when all fields are specified: `2020-01-01T00:03:00+02:00`. Without a deviation there is no offset at the
 * end; deviation 0 is `Z`.
 */
export const formatDateTime = (v: DateTime): string => `${formatDate(v)}T${formatTime(v)}${offset(v.deviationMinutes)}`;

/** Offsets count minutes east of Greenwich, deviations west of it. */
function offset(deviation: number | null): string {
  if (deviation === null) return '';
  if (deviation === 0) return 'Z';
  const m = Math.abs(deviation);
  return `${deviation < 0 ? '+' : '-'}${two(Math.floor(m / 60))}:${two(m % 60)}`;
}

const year = String.raw`(\*|\d{4,5})`;
const month = String.raw`(\*|\d{2,3}|\(daylight-savings-(?:begin|end)\))`;
const day = String.raw`(\*|\d{2,3}|\((?:second-)?last-day\))`;
const clock = String.raw`(\*|\d{2,3}):(\*|\d{2,3})(?::(\*|\d{2,3})(?:\.(\d{1,3}))?)?`;

/**
 * The inverse of {@link formatDate}; the day of week is unspecified. A day that its month never has is refused (30
 * February; 29 February unless the year is a leap year or unspecified).
 * @throws DlmsError `parse/invalid-text`
 */
export function parseDate(text: string): CosemDate {
  const expected = 'a date like 2024-11-21';
  const m = match(`${year}-${month}-${day}`, text, expected);
  const date: CosemDate = {
    year: number(m[1]),
    month: special(m[2]) as Month,
    dayOfMonth: special(m[3]) as DayOfMonth,
    dayOfWeek: null,
  };
  const inMonth = typeof date.month === 'number' ? lastDay(date.year ?? 2000, date.month) : 31;
  if (!between(date.year, 0, 0xfffe) || !between(date.month, 1, 12) || !between(date.dayOfMonth, 1, inMonth))
    throw unreadable(text, expected);
  return date;
}
/**
 * The inverse of {@link formatTime}, 00:00:00 to 23:59:59.99; seconds and hundredths may be omitted and are then 0.
 * @throws DlmsError `parse/invalid-text`
 */
export function parseTime(text: string): CosemTime {
  const expected = 'a time like 08:30:15.23';
  const m = match(clock, text, expected);
  // '.5' is half a second; a third digit is cut off.
  const hundredths = m[4] === undefined ? 0 : Number(m[4].padEnd(2, '0').slice(0, 2));
  const time: CosemTime = {
    hour: number(m[1]),
    minute: number(m[2]),
    second: m[3] === undefined ? 0 : number(m[3]),
    hundredths,
  };
  if (!between(time.hour, 0, 23) || !between(time.minute, 0, 59) || !between(time.second, 0, 59))
    throw unreadable(text, expected);
  return time;
}
/**
 * The inverse of {@link formatDateTime}: `T` or a space in the middle, and an optional offset of at most 14 hours
 * (without one, the deviation is unspecified). The day of week is unspecified, the clock status 0.
 * @throws DlmsError `parse/invalid-text`, also for a day or a time that does not exist
 */
export function parseDateTime(text: string): DateTime {
  const expected = 'a date-time like 2020-01-01T00:03:00+02:00';
  const m = match(String.raw`(.+?\d|.+?[*)])[T ](.+?)(Z|[+-]\d{2}:?\d{2})?`, text, expected);
  const zone = m[3];
  const minutes = zone === undefined || zone === 'Z' ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  if (minutes > 840 || Number(zone?.slice(-2)) > 59) throw unreadable(text, expected);
  // 0 - minutes, not -minutes: a deviation must not be negative zero.
  const deviationMinutes = zone === undefined ? null : zone.startsWith('-') ? minutes : 0 - minutes;
  return { ...parseDate(m[1] as string), ...parseTime(m[2] as string), deviationMinutes, clockStatus: 0 };
}

function match(pattern: string, text: string, expected: string): RegExpExecArray {
  // Check the length first, so that no time is spent on a text that cannot be a date.
  const m = text.length > 80 ? null : new RegExp(`^${pattern}$`).exec(text);
  if (m === null) throw unreadable(text, expected);
  return m;
}
const unreadable = (text: string, expected: string): DlmsError =>
  new DlmsError('parse/invalid-text', { offset: 0, expected, actual: quoted(text) });
/** Special codes and unspecified fields are within every range. */
const between = (v: number | string | null, min: number, max: number): boolean =>
  typeof v !== 'number' || (v >= min && v <= max);
/** The last day of a month. */
const lastDay = (year: number, month: number): number =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31;
const number = (s: string | undefined): number | null => (s === undefined || s === '*' ? null : Number(s));
const special = (s: string | undefined): number | string | null =>
  s?.startsWith('(') === true ? s.slice(1, -1) : number(s);
