import { describe, expect, it } from 'vitest';
import * as plain from '../../src/axdr/scalars.js';
import { decode, encode, type Schema } from '../../src/axdr/schema.js';
import { formatHex, parseHex, type Quirk } from '../../src/core/index.js';
import { outcome, refusal } from '../support/outcome.js';

const there = <T>(schema: Schema<T>, pairs: readonly (readonly [T, string])[]): void => {
  for (const [value, hex] of pairs) {
    expect([hex, decode(schema, parseHex(hex))]).toEqual([hex, value]);
    expect(formatHex(encode(schema, value))).toBe(hex);
  }
};
const unwritable = (schema: Schema<any>, ...values: unknown[]): void => {
  for (const value of values)
    expect([value, outcome(() => encode(schema, value))]).toEqual([value, 'encode/invalid-value']);
};

describe('integers', () => {
  it.each([
    ['unsigned8', plain.unsigned8, 0, 0xff, '00', 'FF'],
    ['unsigned16', plain.unsigned16, 0, 0xffff, '0000', 'FFFF'],
    ['unsigned32', plain.unsigned32, 0, 0xffffffff, '00000000', 'FFFFFFFF'],
    ['integer8', plain.integer8, -0x80, 0x7f, '80', '7F'],
    ['integer16', plain.integer16, -0x8000, 0x7fff, '8000', '7FFF'],
    ['integer32', plain.integer32, -0x80000000, 0x7fffffff, '80000000', '7FFFFFFF'],
  ] as const)('%s has all values of its octets, and no other is cut to fit', (_, schema, min, max, lowest, highest) => {
    there(schema, [
      [min, lowest],
      [max, highest],
    ]);
    unwritable(schema, min - 1, max + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, undefined, null);
    expect(schema.shape).toEqual({ of: 'integer', min, max });
    expect(refusal(() => encode(schema, max + 1)).context).toMatchObject({
      expected: `an integer from ${min} to ${max}`,
    });
  });
  it('of 64 bits are bigints, with all values of their octets', () => {
    there(plain.unsigned64, [
      [0n, '0000000000000000'],
      [2n ** 64n - 1n, 'FFFFFFFFFFFFFFFF'],
    ]);
    there(plain.integer64, [
      [-(2n ** 63n), '8000000000000000'],
      [2n ** 63n - 1n, '7FFFFFFFFFFFFFFF'],
      [-1n, 'FFFFFFFFFFFFFFFF'],
    ]);
    unwritable(plain.unsigned64, -1n, 2n ** 64n, 1, '1', undefined);
    unwritable(plain.integer64, -(2n ** 63n) - 1n, 2n ** 63n, 1, '1', undefined);
  });
});

describe('floating point numbers', () => {
  it('of four and eight octets are big-endian', () => {
    there(plain.float32, [
      [1.5, '3FC00000'],
      [Number.NEGATIVE_INFINITY, 'FF800000'],
    ]);
    there(plain.float64, [
      [1.1, '3FF199999999999A'],
      [Number.POSITIVE_INFINITY, '7FF0000000000000'],
    ]);
    unwritable(plain.float32, '1', 1n, undefined);
    unwritable(plain.float64, '1', 1n, undefined);
  });
  it('that signal are found wherever they stand: a quiet NaN is none of them', () => {
    const quirks: Quirk[] = [];
    for (const [schema, signalling, quiet] of [
      [plain.float32, '7F800001', ['7FC00000', 'FFC00001', '7FFFFFFF']],
      [plain.float64, '7FF0000000000001', ['7FF8000000000000', 'FFF8000000000001', '7FFFFFFFFFFFFFFF']],
    ] as const) {
      expect(refusal(() => decode(schema, parseHex(signalling)))).toMatchObject({
        code: 'decode/invalid-value',
        context: { offset: 0, actual: signalling },
      });
      decode(schema, parseHex(signalling), { lenient: true, quirks });
      for (const hex of quiet) expect(decode(schema, parseHex(hex))).toBeNaN();
    }
    expect(quirks.map((q) => q.name)).toEqual(['signalling-nan', 'signalling-nan']);
  });
});

describe('octets and texts', () => {
  it('have their length in front, or none where it is fixed', () => {
    there(plain.octets, [
      [new Uint8Array(0), '00'],
      [Uint8Array.of(1, 2), '020102'],
      [new Uint8Array(128).fill(1), `8180${'01'.repeat(128)}`],
    ]);
    there(plain.fixedOctets(2), [[Uint8Array.of(1, 2), '0102']]);
    expect(plain.fixedOctets(2).kind).toBe('OCTET STRING (SIZE(2))');
    unwritable(plain.octets, [1], 'AB', undefined);
    unwritable(plain.fixedOctets(2), Uint8Array.of(1), new Uint8Array(3), 'AB', undefined);
    expect(outcome(() => decode(plain.fixedOctets(2), parseHex('01')))).toBe('decode/unexpected-end');
  });
  it('of VisibleString are one character per octet, and no character beyond is cut', () => {
    there(plain.visibleText, [
      ['', '00'],
      ['aÿ\0', '0361FF00'],
    ]);
    unwritable(plain.visibleText, 'aĀ', '€', 5, undefined, Uint8Array.of(1));
  });
  it('of UTF8String are text when they are UTF-8, octets when not; a mark in front stays', () => {
    there<string | Uint8Array>(plain.utf8Text, [
      ['', '00'],
      ['€\u{1F600}', '07E282ACF09F9880'],
      ['\ufeffa', '04EFBBBF61'],
      [parseHex('C328'), '02C328'],
    ]);
    unwritable(plain.utf8Text, 'a\ud800', '\udc00', 5, undefined);
  });
});

describe('bit strings', () => {
  it('have their number of bits in front, or none where it is fixed', () => {
    there(plain.bits(), [
      ['', '00'],
      ['1', '0180'],
      ['10100101', '08A5'],
      ['101001011', '09A580'],
    ]);
    there(plain.bits(3), [['101', 'A0']]);
    there(plain.bits(16), [['1010010110100101', 'A5A5']]);
    expect([plain.bits().kind, plain.bits(3).kind]).toEqual(['BIT STRING', 'BIT STRING (SIZE(3))']);
    expect([plain.bits().shape, plain.bits(3).shape]).toEqual([{ of: 'bits' }, { of: 'bits', size: 3 }]);
    unwritable(plain.bits(), '2', '1 ', ' 1', 5, undefined, ['1']);
    unwritable(plain.bits(3), '10', '1010', '', undefined);
  });
  it('with bits set behind their end are refused, or named non-zero-padding and read without them', () => {
    for (const [schema, hex, offset, value] of [
      [plain.bits(), '0381', 1, '100'],
      [plain.bits(), '09A5C0', 2, '101001011'],
      [plain.bits(3), 'B0', 0, '101'],
    ] as const) {
      const octets = parseHex(hex);
      expect(refusal(() => decode(schema, octets))).toMatchObject({
        code: 'decode/non-zero-padding',
        context: { offset, actual: octets.at(-1) },
      });
      const quirks: Quirk[] = [];
      expect(decode(schema, octets, { lenient: true, quirks })).toBe(value);
      expect(quirks.map((q) => [q.name, q.offset])).toEqual([['non-zero-padding', offset]]);
    }
  });
});

describe('booleans and enumerations', () => {
  it('true is any octet but 00, and written as 01', () => {
    for (const hex of ['01', '02', 'FF']) expect(decode(plain.boolean, parseHex(hex))).toBe(true);
    there(plain.boolean, [
      [false, '00'],
      [true, '01'],
    ]);
    unwritable(plain.boolean, 0, 1, 'true', undefined, null);
  });
  it('an enumeration has names, and keeps numbers that have none', () => {
    const schema = plain.enumerated({ off: 0, on: 1, highest: 255 });
    there<string | number>(schema as Schema<string | number>, [
      ['off', '00'],
      ['highest', 'FF'],
      [7, '07'],
    ]);
    expect(formatHex(encode(schema, 1))).toBe('01');
    unwritable(schema, 'none', 'toString', -1, 256, 1.5, undefined, null, true);
    expect(refusal(() => encode(schema, 'none' as never)).context).toMatchObject({
      expected: 'one of off, on, highest or 0 to 255',
      actual: 'none',
    });
    expect(schema.kind).toBe('ENUMERATED');
  });
  it('NULL has no octets', () => there(plain.nothing, [[{}, '']]));
});
