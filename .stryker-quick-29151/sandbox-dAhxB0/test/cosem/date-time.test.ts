import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/errors.js';
import { formatHex, parseHex } from '../../src/core/hex.js';
import type { Quirk } from '../../src/core/index.js';
import {
  CosemDate,
  CosemTime,
  clockStatusNames,
  DateTime,
  dateFromBytes,
  dateTimeFromBytes,
  dateTimeToBytes,
  dateToBytes,
  fromDate,
  fromInstant,
  fromPlainDateTime,
  TaggedDate,
  TaggedDateTime,
  TaggedTime,
  timeFromBytes,
  timeToBytes,
  toDate,
  toInstant,
  toPlainDateTime,
  unspecifiedDateTime,
} from '../../src/cosem/date-time.js';
import {
  formatDate,
  formatDateTime,
  formatTime,
  parseDate,
  parseDateTime,
  parseTime,
} from '../../src/cosem/date-time-text.js';

interface Vector {
  id: string;
  input: { cases: string[] };
  expected: {
    cases: {
      hex: string;
      value?: { type: string; hex: string; fields?: DateTime };
      fields?: DateTime;
      iso?: string;
      date?: string;
      time?: string;
    }[];
    reasons: string[];
  };
}
const vectors = (group: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`../vectors/${group}.json`, import.meta.url), 'utf8'));
const vector = (group: string, id: string): Vector => {
  const found = vectors(group).find((v) => v.id === id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return found;
};
const read = (hex: string) => dateTimeFromBytes(parseHex(hex));
const code = (f: () => unknown): string => {
  try {
    f();
  } catch (e) {
    if (isDlmsError(e)) return e.code === 'decode/no-instant' ? (e.context as { reason: string }).reason : e.code;
    throw e;
  }
  return 'no error';
};

describe('date-time', () => {
  it('reads and writes the vectors, with their ISO text', () => {
    for (const c of vector('axdr', 'axdr-date-time').expected.cases) {
      expect(read(c.hex)).toEqual(c.fields);
      expect(formatHex(dateTimeToBytes(read(c.hex)))).toBe(c.hex);
      expect(formatDateTime(read(c.hex))).toBe(c.iso?.replace(' (no offset)', ''));
    }
    for (const c of vector('axdr', 'axdr-date-time-types').expected.cases) {
      const bytes = parseHex(c.hex);
      const schema = { date: TaggedDate, time: TaggedTime, 'date-time': TaggedDateTime }[c.value?.type ?? ''];
      if (schema === undefined) throw new Error(c.hex);
      const value = decode<any>(schema as any, bytes);
      expect(formatHex(encode(schema as any, value))).toBe(c.hex);
      if (c.date !== undefined) expect(formatDate(value)).toBe(c.date);
      if (c.time !== undefined) expect(formatTime(value)).toBe(c.time);
      if (c.value?.fields !== undefined) expect(value).toEqual(c.value.fields);
    }
  });
  it('refuses a moment where the vectors say there is none, and names the reason', () => {
    const v = vector('negative', 'neg-unusable-date-times');
    expect(v.input.cases.map((hex) => code(() => toInstant(read(hex))))).toEqual(v.expected.reasons);
    for (const hex of v.input.cases) expect(formatHex(dateTimeToBytes(read(hex)))).toBe(hex);
  });
  it('keeps every pattern of octets', () => {
    const any = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
    fc.assert(fc.property(any(12), (b) => void expect(dateTimeToBytes(dateTimeFromBytes(b))).toEqual(b)));
    fc.assert(fc.property(any(5), (b) => void expect(dateToBytes(dateFromBytes(b))).toEqual(b)));
    fc.assert(fc.property(any(4), (b) => void expect(timeToBytes(timeFromBytes(b))).toEqual(b)));
    for (let octet = 0; octet < 256; octet++) {
      const b = new Uint8Array(12).fill(octet);
      expect(dateTimeToBytes(dateTimeFromBytes(b))).toEqual(b);
    }
  });
  it('gives the special codes their names', () => {
    expect(dateFromBytes(parseHex('FFFFFDFDFF'))).toEqual({
      year: null,
      month: 'daylight-savings-end',
      dayOfMonth: 'second-last-day',
      dayOfWeek: null,
    });
    expect(dateFromBytes(parseHex('FFFFFEFE07'))).toEqual({
      year: null,
      month: 'daylight-savings-begin',
      dayOfMonth: 'last-day',
      dayOfWeek: 7,
    });
  });
  it('refuses fields that would become another meaning', () => {
    const v = read('07E40101FF00030000FF8800');
    const refused: Partial<DateTime>[] = [
      { hour: 255 },
      { month: 0xfd },
      { dayOfMonth: 0xfe },
      { month: 'last-day' as never },
      { year: 0xffff },
      { deviationMinutes: -0x8000 },
      { minute: 1.5 },
      { clockStatus: 255 },
      { second: undefined as never },
    ];
    for (const change of refused) expect(code(() => dateTimeToBytes({ ...v, ...change }))).toBe('encode/invalid-value');
    expect(code(() => dateTimeFromBytes(new Uint8Array(11)))).toBe('decode/invalid-length');
  });
  it('is an octet-string of 12, 5 or 4 octets; lenient reading accepts what meters put there, by name', () => {
    const hex = '07E40101FF00030000FF8800';
    expect(formatHex(encode(DateTime, read(hex)))).toBe(`090C${hex}`);
    expect(formatHex(encode(CosemDate, read(hex)))).toBe('090507E40101FF');
    expect(formatHex(encode(CosemTime, read(hex)))).toBe('090400030000');
    for (const [octets, quirk, value] of [
      [`19${hex}`, 'date-time-type', read(hex)],
      ['00', 'date-time-absent', unspecifiedDateTime],
      ['0900', 'date-time-absent', unspecifiedDateTime],
    ] as const) {
      expect(code(() => decode(DateTime, parseHex(octets)))).toMatch(/^decode\/unexpected-tag/);
      const quirks: Quirk[] = [];
      expect(decode(DateTime, parseHex(octets), { lenient: true, quirks })).toEqual(value);
      expect(quirks.map((q) => [q.name, q.offset])).toEqual([[quirk, 0]]);
    }
    expect(code(() => decode(DateTime, parseHex('090500000000'), { lenient: true }))).toBe('decode/invalid-length');
  });
});

describe('moments', () => {
  const summer = read('07E80B15FF081E0F17FF8880');
  it('counts the deviation west of Greenwich, daylight saving included', () => {
    expect(new Date(toInstant(summer)).toISOString()).toBe('2024-11-21T06:30:15.230Z');
    expect(toDate(summer, { invertedDeviation: true }).toISOString()).toBe('2024-11-21T10:30:15.230Z');
  });
  it('needs a deviation from the value or from the caller', () => {
    const v = { ...summer, deviationMinutes: null };
    expect(code(() => toInstant(v))).toBe('deviation unspecified');
    expect(new Date(toInstant(v, { deviationMinutes: -60 })).toISOString()).toBe('2024-11-21T07:30:15.230Z');
    expect(toInstant(summer, { deviationMinutes: 0 })).toBe(toInstant(summer));
  });
  it('takes 0 for a minute, second or hundredths not specified, and refuses the rest', () => {
    expect(new Date(toInstant({ ...summer, minute: null, second: null, hundredths: null })).toISOString()).toBe(
      '2024-11-21T06:00:00.000Z',
    );
    expect(code(() => toInstant({ ...summer, dayOfMonth: null }))).toBe('day unspecified');
    expect(code(() => toInstant({ ...summer, month: 'daylight-savings-begin' }))).toBe('month daylight-savings-begin');
    expect(code(() => toInstant({ ...summer, year: 2023, month: 2, dayOfMonth: 29 }))).toBe('day 29');
    expect(code(() => toInstant({ ...summer, hour: 24 }))).toBe('hour 24');
    expect(code(() => toInstant({ ...summer, second: 60 }))).toBe('second 60');
    expect(code(() => toInstant({ ...summer, hundredths: 100 }))).toBe('hundredths 100');
  });
  it('resolves the last days of a month', () => {
    const feb = { ...summer, year: 2024, month: 2 } as DateTime;
    expect(toPlainDateTime({ ...feb, dayOfMonth: 'last-day' }).day).toBe(29);
    expect(toPlainDateTime({ ...feb, dayOfMonth: 'second-last-day' }).day).toBe(28);
    expect(toPlainDateTime({ ...feb, year: 2023, dayOfMonth: 'last-day' }).day).toBe(28);
  });
  it('refuses a deviation of more than 14 hours, from the value or from the caller', () => {
    const at = (hex: string) => code(() => toInstant(read(`07E80B15FF081E0F17${hex}00`)));
    expect(at('7FFF')).toBe('deviation 32767');
    expect(at('8001')).toBe('deviation -32767');
    expect(at('8000')).toBe('deviation unspecified');
    expect([at('FCB8'), at('0348'), at('FCB7'), at('0349')]).toEqual([
      'no error',
      'no error',
      'deviation -841',
      'deviation 841',
    ]);
    expect(code(() => toInstant({ ...summer, deviationMinutes: -0x8000 }))).toBe('deviation -32768');
    expect(code(() => toInstant({ ...summer, deviationMinutes: null }, { deviationMinutes: Number.NaN }))).toBe(
      'deviation NaN',
    );
  });
  it('refuses fields that are no whole numbers', () => {
    for (const change of [
      { year: Number.NaN },
      { year: 0x10000 },
      { month: Number.NaN },
      { hour: 1.5 },
      { dayOfMonth: undefined as never },
    ])
      expect(code(() => toInstant({ ...summer, ...change }))).toMatch(/^(year|month|hour|day) /);
  });
  it('refuses an invalid clock and takes a doubtful one', () => {
    expect(code(() => toInstant({ ...summer, clockStatus: 0x81 }))).toBe('status bit 0 (invalid value)');
    expect(toInstant({ ...summer, clockStatus: 0x81 }, { acceptInvalid: true })).toBe(toInstant(summer));
    expect(toInstant({ ...summer, clockStatus: 0x82 })).toBe(toInstant(summer));
    expect(toInstant({ ...summer, clockStatus: null })).toBe(toInstant(summer));
  });
  it('comes back from any moment to the hundredth, in any deviation', () => {
    const moments = fc.integer({ min: -62_000_000_000_00, max: 253_000_000_000_00 }).map((n) => n * 10);
    fc.assert(
      fc.property(moments, fc.integer({ min: -840, max: 720 }), (ms, deviation) => {
        const v = fromInstant(ms, deviation);
        expect(toInstant(v)).toBe(ms);
        expect(toInstant(parseDateTime(formatDateTime(v)))).toBe(ms);
        expect(fromPlainDateTime(toPlainDateTime(v), deviation)).toEqual(v);
        expect(new Date(ms - deviation * 60_000).getUTCDay() % 7).toBe((v.dayOfWeek ?? 0) % 7);
      }),
    );
    expect(fromDate(new Date('2020-01-01T00:03:00Z'), -120)).toMatchObject({
      hour: 2,
      dayOfWeek: 3,
      deviationMinutes: -120,
      clockStatus: 0,
    });
    expect(code(() => fromInstant(Number.NaN))).toBe('encode/invalid-value');
    expect(code(() => fromInstant(-1e14))).toBe('encode/invalid-value');
  });
});

describe('text', () => {
  it('writes what is not specified as *, and reads it back', () => {
    for (const text of [
      '*-*-*T*:*:*',
      '2024-(daylight-savings-begin)-(last-day)T02:00:00',
      '*-12-(second-last-day)T*:15:00.05-03:30',
      '0099-01-01T00:00:00Z',
    ])
      expect(formatDateTime(parseDateTime(text))).toBe(text);
    expect(parseDate('*-02-28')).toEqual({ year: null, month: 2, dayOfMonth: 28, dayOfWeek: null });
    expect(parseTime('08:30')).toEqual({ hour: 8, minute: 30, second: 0, hundredths: 0 });
    expect(parseTime('08:30:15.5').hundredths).toBe(50);
    expect(parseDateTime('2020-01-01 00:03:00+0200').deviationMinutes).toBe(-120);
    expect(Object.is(parseDateTime('2020-01-01T00:03:00Z').deviationMinutes, 0)).toBe(true);
  });
  it('refuses other texts', () => {
    for (const text of [
      '',
      '2020',
      '2020-01-01',
      '2020-01-01T',
      'T00:00',
      '2020-01-01T00',
      '2020-01-01T00:00:00+2',
      `${'2'.repeat(10_000)}T`,
      '2020-(never)-01T00:00:00',
    ])
      expect(code(() => parseDateTime(text))).toBe('parse/invalid-text');
  });
  it('refuses days and times that do not exist', () => {
    for (const text of [
      '2024-02-30T25:61:61',
      '2024-02-30T00:00:00',
      '2023-02-29T00:00:00',
      '2100-02-29T00:00:00',
      '*-02-30T00:00:00',
      '*-04-31T00:00:00',
      '2024-00-01T00:00:00',
      '2024-13-01T00:00:00',
      '2024-01-00T00:00:00',
      '2024-01-32T00:00:00',
      '2024-*-32T00:00:00',
      '65535-01-01T00:00:00',
      '2024-01-01T24:00:00',
      '2024-01-01T00:60:00',
      '2024-01-01T00:00:60',
      '2024-01-01T00:00:00+14:01',
      '2024-01-01T00:00:00+01:60',
      '2024-01-01T00:00:00-99:99',
    ])
      expect([text, code(() => parseDateTime(text))]).toEqual([text, 'parse/invalid-text']);
    for (const text of [
      '2024-02-29T23:59:59.99',
      '*-02-29T00:00:00',
      '2000-02-29T00:00:00',
      '2024-(daylight-savings-end)-31T00:00:00',
      '2024-01-01T00:00:00+14:00',
    ])
      expect(formatDateTime(parseDateTime(text))).toBe(text);
  });
  it('names the bits of the clock status', () => {
    expect(clockStatusNames(0x8f)).toEqual([
      'invalid-value',
      'doubtful-value',
      'different-clock-base',
      'invalid-clock-status',
      'daylight-saving-active',
    ]);
    expect(clockStatusNames(0x50)).toEqual([4, 6]);
    expect(clockStatusNames(null)).toEqual([]);
  });
});
