import { describe, expect, it } from 'vitest';
import type { CosemDate, CosemTime } from '../../src/cosem/date-time.js';
import { LocalTime, type Zone } from '../../src/meter/local-time.js';

const any = { year: null, month: null, dayOfMonth: null, dayOfWeek: null } as const satisfies CosemDate;
const at = (hour: number | null, minute: number | null = 0, second: number | null = 0): CosemTime => ({
  hour,
  minute,
  second,
  hundredths: null,
});
const europe: Zone = {
  timeZone: -60,
  daylightSavingsEnabled: true,
  daylightSavingsDeviation: 60,
  daylightSavingsBegin: { ...any, month: 3, dayOfMonth: 'last-day', dayOfWeek: 7, ...at(2) },
  daylightSavingsEnd: { ...any, month: 10, dayOfMonth: 'last-day', dayOfWeek: 7, ...at(3) },
};
const here = new LocalTime(europe);
const utc = (text: string): number => Date.parse(`${text}Z`);
const text = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 19);
const localText = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : text(here.local(ms)));

describe('local time', () => {
  it('switches at the last Sundays of March and October', () => {
    expect(text(here.nextSwitch(utc('2024-01-01T00:00:00'))?.at)).toBe('2024-03-31T01:00:00');
    expect(text(here.nextSwitch(utc('2024-03-31T01:00:00'))?.at)).toBe('2024-10-27T01:00:00');
    expect(here.deviation(utc('2024-03-31T00:59:59'))).toBe(-60);
    expect(here.deviation(utc('2024-03-31T01:00:00'))).toBe(-120);
    expect(here.deviation(utc('2024-10-27T00:59:59'))).toBe(-120);
    expect(here.deviation(utc('2024-10-27T01:00:00'))).toBe(-60);
  });
  it('knows summer across the turn of the year in the south', () => {
    const south = new LocalTime({
      ...europe,
      timeZone: -600,
      daylightSavingsBegin: { ...any, month: 10, dayOfMonth: 'last-day', dayOfWeek: 7, ...at(2) },
      daylightSavingsEnd: { ...any, month: 3, dayOfMonth: 'last-day', dayOfWeek: 7, ...at(3) },
    });
    expect(south.deviation(utc('2024-01-01T00:00:00'))).toBe(-660);
    expect(south.deviation(utc('2024-07-01T00:00:00'))).toBe(-600);
    expect(south.deviation(utc('2024-12-01T00:00:00'))).toBe(-660);
  });
  it('takes a skipped local time for the switch, and a double one for the first', () => {
    expect(text(here.utc(utc('2024-03-31T02:30:00')))).toBe('2024-03-31T01:00:00');
    expect(text(here.utc(utc('2024-10-27T02:30:00')))).toBe('2024-10-27T00:30:00');
    expect(text(here.utc(utc('2024-07-01T12:00:00')))).toBe('2024-07-01T10:00:00');
  });
  it('has no quarter of an hour missing in UTC when daylight saving begins or ends', () => {
    for (const start of ['2024-03-31T00:00:00', '2024-10-27T00:00:00'])
      for (let t = utc(start), i = 0; i < 12; i++) {
        const next = here.nextBoundary(900_000, t);
        expect(next - t).toBe(900_000);
        t = next;
      }
  });
  it('has a day of 23 and one of 25 hours', () => {
    const daily = (start: string) => text(here.nextBoundary(86_400_000, utc(start)));
    expect(daily('2024-03-30T23:00:00')).toBe('2024-03-31T22:00:00');
    expect(daily('2024-10-26T22:00:00')).toBe('2024-10-27T23:00:00');
    expect(text(here.lastBoundary(86_400_000, utc('2024-10-27T23:00:00')))).toBe('2024-10-27T23:00:00');
    expect(text(here.lastBoundary(86_400_000, utc('2024-10-27T22:59:59')))).toBe('2024-10-26T22:00:00');
  });
  it.each([
    ['each full hour', any, at(null), '2024-01-15T10:20:00', '2024-01-15T11:00:00'],
    ['each minute', any, at(null, null), '2024-01-15T10:20:30', '2024-01-15T10:21:00'],
    ['the same instant not again', any, at(10), '2024-01-15T10:00:00', '2024-01-16T10:00:00'],
    [
      'the last day of each month',
      { ...any, dayOfMonth: 'last-day' },
      at(0),
      '2024-02-10T00:00:00',
      '2024-02-29T00:00:00',
    ],
    [
      'the second last day',
      { ...any, dayOfMonth: 'second-last-day' },
      at(0),
      '2024-02-10T00:00:00',
      '2024-02-28T00:00:00',
    ],
    [
      'each Friday the 13th',
      { ...any, dayOfMonth: 13, dayOfWeek: 5 },
      at(0),
      '2024-01-01T00:00:00',
      '2024-09-13T00:00:00',
    ],
    ['29 February', { ...any, month: 2, dayOfMonth: 29 }, at(0), '2024-03-01T00:00:00', '2028-02-29T00:00:00'],
    ['30 February', { ...any, month: 2, dayOfMonth: 30 }, at(0), '2024-01-01T00:00:00', undefined],
    ['a year that is over', { ...any, year: 2023 }, at(0), '2024-01-01T00:00:00', undefined],
    ['an hour that is skipped', any, at(2, 30), '2024-03-31T01:30:00', '2024-03-31T03:00:00'],
    [
      'the month of the switch',
      { ...any, month: 'daylight-savings-begin', dayOfMonth: 1 },
      at(0),
      '2024-01-01T00:00:00',
      '2024-03-01T00:00:00',
    ],
  ] as const)('finds %s', (_, date, time, after, expected) => {
    expect(localText(here.next(date as CosemDate, time, here.utc(utc(after))))).toBe(expected);
  });
  it('runs a local time that comes twice in its first pass only', () => {
    const first = here.next(any, at(2, 30), utc('2024-10-27T00:00:00'));
    expect(text(first)).toBe('2024-10-27T00:30:00');
    expect(text(here.next(any, at(2, 30), first as number))).toBe('2024-10-28T01:30:00');
  });
});
