import { type CosemDate, type CosemTime, unspecifiedDateTime } from '../cosem/date-time.js';

/** The rule of a Clock object for local time. */
export interface Zone {
  /** Minutes from local normal time to UTC: -60 is Central Europe. */
  readonly timeZone: number;
  readonly daylightSavingsEnabled: boolean;
  /** Minutes by which local time is advanced during daylight saving. */
  readonly daylightSavingsDeviation: number;
  /** Local normal time, usually with the year not specified. */
  readonly daylightSavingsBegin: CosemDate & CosemTime;
  /** Local daylight saving time. */
  readonly daylightSavingsEnd: CosemDate & CosemTime;
}
/** Local time is UTC, as long as there is no Clock object. */
export const utcZone: Zone = {
  timeZone: 0,
  daylightSavingsEnabled: false,
  daylightSavingsDeviation: 0,
  daylightSavingsBegin: unspecifiedDateTime,
  daylightSavingsEnd: unspecifiedDateTime,
};
/** Local time as numbers; the day of week is 1 Monday to 7 Sunday. */
export interface LocalFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}
/** A change between normal time and daylight saving time. */
export interface Switch {
  /** UTC, in milliseconds since 1970. */
  readonly at: number;
  /** True when daylight saving begins. */
  readonly begins: boolean;
}

const minute = 60_000;
const day = 86_400_000;
/**
 * How many years are searched for a pattern: 29 February falls on the same day of the week again after 28 years, or
 * after 40 across a century.
 */
const searchedYears = 41;

/**
 * Local time of one zone. Pure; times are milliseconds since 1970, and `local` ones are as if the local clock showed
 * UTC.
 */
export class LocalTime {
  readonly zone: Zone;
  readonly #switches = new Map<number, readonly Switch[]>();
  /** The season last asked for; nothing changes between two switches. */
  #season = { from: 0, to: 0, saving: false };

  constructor(zone: Zone) {
    this.zone = zone;
  }

  /** Whether daylight saving is in force. */
  daylightSaving(utc: number): boolean {
    if (!this.zone.daylightSavingsEnabled) return false;
    if (utc < this.#season.from || utc >= this.#season.to) this.#season = this.#seasonOf(utc);
    return this.#season.saving;
  }
  #seasonOf(utc: number): { from: number; to: number; saving: boolean } {
    const year = new Date(utc).getUTCFullYear();
    const near = [year - 1, year, year + 1].flatMap((y) => this.#switchesOf(y));
    const last = near.filter((s) => s.at <= utc).at(-1);
    const next = near.find((s) => s.at > utc);
    return {
      from: last?.at ?? Date.UTC(year, 0, 1),
      to: next?.at ?? Date.UTC(year + 1, 0, 1),
      saving: last?.begins ?? false,
    };
  }
  /** Minutes from local time to UTC, including daylight saving. */
  deviation(utc: number): number {
    return this.zone.timeZone - (this.daylightSaving(utc) ? this.zone.daylightSavingsDeviation : 0);
  }
  /** What the local clock shows, in milliseconds. */
  local(utc: number): number {
    return utc - this.deviation(utc) * minute;
  }
  /** What the local clock shows, as fields. */
  fields(utc: number): LocalFields {
    return fieldsOf(this.local(utc));
  }
  /** The first switch after a time. */
  nextSwitch(utc: number): Switch | undefined {
    if (!this.zone.daylightSavingsEnabled) return undefined;
    const year = new Date(utc).getUTCFullYear();
    for (let y = year - 1; y <= year + 2; y++) {
      const found = this.#switchesOf(y).find((s) => s.at > utc);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  /**
   * The UTC of a local time. For a local time that is skipped when daylight saving begins, that of the switch; for one
   * that occurs twice, that of the first.
   */
  utc(local: number): number {
    const normal = local + this.zone.timeZone * minute;
    const saving = normal - this.zone.daylightSavingsDeviation * minute;
    const candidates = [saving, normal].filter((u) => this.local(u) === local).sort((a, b) => a - b);
    if (candidates[0] !== undefined) return candidates[0];
    return this.nextSwitch(Math.min(saving, normal) - 1)?.at ?? normal;
  }
  /**
   * The first time after `utc` whose local time of day is a multiple of `period` milliseconds from midnight; midnight
   * always is one. A switch to a local time that is a multiple counts too.
   */
  nextBoundary(period: number, utc: number): number {
    let from = utc;
    for (;;) {
      const deviation = this.deviation(from) * minute;
      const local = from - deviation;
      const midnight = Math.floor(local / day) * day;
      const next = Math.min(midnight + (Math.floor((local - midnight) / period) + 1) * period, midnight + day);
      const at = next + deviation;
      const change = this.nextSwitch(from);
      if (change === undefined || at < change.at) return at;
      const after = this.local(change.at);
      if ((after % day) % period === 0) return change.at;
      from = change.at;
    }
  }
  /** The last time not after `utc` whose local time of day is a multiple of `period` milliseconds. */
  lastBoundary(period: number, utc: number): number {
    // Never further back than a day and the longest switch.
    let at = utc - Math.min(period, day) - 2 * 3_600_000 - 1;
    for (;;) {
      const next = this.nextBoundary(period, at);
      if (next > utc) return at;
      at = next;
    }
  }
  /** Milliseconds since local midnight, by the local clock. */
  timeOfDay(utc: number): number {
    const local = this.local(utc);
    return local - Math.floor(local / day) * day;
  }

  /** The first time after `utc` that matches; undefined if none does in the next decades, or ever. */
  next(date: CosemDate, time: CosemTime, utc: number): number | undefined {
    const today = Math.floor(this.local(utc) / day) * day;
    const first = new Date(today).getUTCFullYear();
    for (let year = first; year < first + searchedYears; year++) {
      if (date.year !== null && date.year !== year) {
        if (date.year < year) return undefined;
        continue;
      }
      for (const midnight of this.daysOf(date, year)) {
        if (midnight < today - day) continue;
        const found = this.#firstOf(time, midnight, utc);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
  /** Whether a local day, given as its midnight, matches a date pattern. */
  matchesDate(date: CosemDate, midnight: number): boolean {
    const { year } = fieldsOf(midnight);
    return this.daysOf(date, year).includes(midnight);
  }

  /** Local midnights of the days of a year that match a pattern, in order. */
  daysOf(date: CosemDate, year: number): number[] {
    if (date.year !== null && date.year !== year) return [];
    const month = typeof date.month === 'string' ? this.#monthOfSwitch(date.month, year) : date.month;
    const out: number[] = [];
    for (let m = month ?? 1; m <= (month ?? 12); m++) {
      if (m < 1 || m > 12) break;
      out.push(...daysOfMonth(date, year, m));
    }
    return out;
  }
  #monthOfSwitch(which: 'daylight-savings-begin' | 'daylight-savings-end', year: number): number {
    const found = this.#switchesOf(year).find((s) => s.begins === (which === 'daylight-savings-begin'));
    return found === undefined ? 0 : fieldsOf(this.local(found.at)).month;
  }
  /** The first time after `utc` that matches a time pattern on a day. */
  #firstOf(time: CosemTime, midnight: number, utc: number): number | undefined {
    for (let hour = time.hour ?? 0; hour <= (time.hour ?? 23); hour++)
      for (let min = time.minute ?? 0; min <= (time.minute ?? 59); min++) {
        const start = midnight + (hour * 60 + min) * minute;
        // Nothing in this minute is after `utc`, not even where the clock is set back.
        if (this.utc(start + minute) < utc - 7_200_000) continue;
        for (let second = time.second ?? 0; second <= (time.second ?? 59); second++) {
          if (hour > 23 || min > 59 || second > 59) return undefined;
          const at = this.utc(start + second * 1000);
          if (at > utc) return at;
        }
      }
    return undefined;
  }
  #switchesOf(year: number): readonly Switch[] {
    let found = this.#switches.get(year);
    if (found === undefined) {
      const { timeZone, daylightSavingsDeviation: saving, daylightSavingsBegin, daylightSavingsEnd } = this.zone;
      found = [
        ...moments(daylightSavingsBegin, year).map((at) => ({ at: at + timeZone * minute, begins: true })),
        ...moments(daylightSavingsEnd, year).map((at) => ({ at: at + (timeZone - saving) * minute, begins: false })),
      ].sort((a, b) => a.at - b.at);
      this.#switches.set(year, found);
    }
    return found;
  }
}

/** Local times of a year at which daylight saving begins or ends; none if the pattern leaves day or hour open. */
function moments(pattern: CosemDate & CosemTime, year: number): number[] {
  const { month, hour } = pattern;
  if (typeof month !== 'number' || hour === null || (pattern.year !== null && pattern.year !== year)) return [];
  if (pattern.dayOfMonth === null && pattern.dayOfWeek === null) return [];
  const [midnight] = daysOfMonth(pattern, year, month);
  if (midnight === undefined) return [];
  return [midnight + (hour * 60 + (pattern.minute ?? 0)) * minute + (pattern.second ?? 0) * 1000];
}

/**
 * Days of a month as local midnights. With a day of the week, the last day means the last such day of the week;
 * otherwise both must match.
 */
function daysOfMonth({ dayOfMonth, dayOfWeek }: CosemDate, year: number, month: number): number[] {
  const first = utcOf(year, month, 1);
  const length = (utcOf(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - first) / day;
  let days = Array.from({ length }, (_, i) => first + i * day);
  if (dayOfWeek !== null) days = days.filter((d) => weekdayOf(d) === dayOfWeek);
  if (dayOfMonth === null) return days;
  if (dayOfMonth === 'last-day') return days.slice(-1);
  if (dayOfMonth === 'second-last-day') return days.slice(-2, -1);
  return days.filter((d) => d === first + (dayOfMonth - 1) * day);
}
/** Date.UTC reads years below 100 as 19xx; this does not. */
function utcOf(year: number, month: number, dayOfMonth: number): number {
  const d = new Date(0);
  d.setUTCFullYear(year, month - 1, dayOfMonth);
  return d.getTime();
}
const weekdayOf = (local: number): number => new Date(local).getUTCDay() || 7;

/** The fields of a local time given in milliseconds. */
export function fieldsOf(local: number): LocalFields {
  const d = new Date(local);
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    weekday: weekdayOf(local),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
    millisecond: d.getUTCMilliseconds(),
  };
}
