import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { formatHex, parseHex } from '../../src/core/hex.js';
import { ScaledValue, scaled, shiftDecimal } from '../../src/cosem/scaled.js';
import { statusBits, statusNames } from '../../src/cosem/status.js';
import { unitTable } from '../../src/cosem/unit-table.js';
import { ScalerUnit, Unit, unitCodes, unitSymbol } from '../../src/cosem/units.js';
import { outcome } from '../support/outcome.js';

describe('units', () => {
  it('have one code each, a quantity and a name', () => {
    const codes = Object.values(unitCodes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes).toHaveLength(118);
    expect(Object.keys(unitTable)).toEqual(Object.keys(unitCodes));
    for (const { quantity, name } of Object.values(unitTable)) expect(quantity !== '' && name !== '').toBe(true);
    expect([unitCodes.Wh, unitCodes.W, unitCodes.V, unitCodes.Hz, unitCodes['m³'], unitCodes.count]).toEqual([
      30, 27, 35, 44, 13, 255,
    ]);
  });
  it('stay a number when the table does not have them', () => {
    expect(decode(Unit, parseHex('161E'))).toBe('Wh');
    expect(decode(Unit, parseHex('1663'))).toBe(99);
    expect(formatHex(encode(Unit, 99))).toBe('1663');
    expect(decode(ScalerUnit, parseHex('02020FFE161E'))).toEqual({ scaler: -2, unit: 'Wh' });
  });
  it('print as their symbol', () => {
    expect([
      unitSymbol('Wh'),
      unitSymbol('m³ (corrected)'),
      unitSymbol('count'),
      unitSymbol('other'),
      unitSymbol(99),
    ]).toEqual(['Wh', 'm³', '', 'other', 'unit 99']);
  });
});

describe('scaled values', () => {
  it('keep the raw value, and are exact', () => {
    const v = new ScaledValue(123456, { scaler: -2, unit: 'Wh' });
    expect(v.toDecimalString()).toBe('1234.56');
    expect(v.toNumber()).toBe(1234.56);
    expect(String(v)).toBe('1234.56 Wh');
    expect(v.format('k')).toBe('1.23456 kWh');
    expect(v.format('m')).toBe('1234560 mWh');
    expect(JSON.stringify(v)).toBe('{"value":"1234.56","unit":"Wh"}');
    expect(v.value).toBe(123456);
    expect(new ScaledValue(18446744073709551615n, { scaler: -3, unit: 'count' }).toString()).toBe(
      '18446744073709551.615',
    );
  });
  it.each([
    ['1234', -2, '12.34'],
    ['1500', -2, '15.00'],
    ['15', 3, '15000'],
    ['-7', -3, '-0.007'],
    ['0', -2, '0.00'],
    ['0', 5, '0'],
    ['1', -20, '0.00000000000000000001'],
    ['0.5', 1, '5'],
    ['0.5', -1, '0.05'],
    ['230.4', 0, '230.4'],
    ['1e+21', -1, '100000000000000000000'],
    ['1.5e-7', 0, '0.00000015'],
    ['NaN', 2, 'NaN'],
    ['-Infinity', 2, '-Infinity'],
  ])('moves the point of %s by %i: %s', (text, power, expected) => expect(shiftDecimal(text, power)).toBe(expected));
  it('agree with big integer arithmetic', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
        fc.integer({ min: -30, max: 30 }),
        (n, power) => {
          const text = shiftDecimal(String(n), power);
          const decimals = text.split('.')[1]?.length ?? 0;
          expect(decimals).toBe(Math.max(0, -power));
          expect(BigInt(text.replace('.', ''))).toBe(power > 0 ? n * 10n ** BigInt(power) : n);
        },
      ),
    );
  });
  it('are made of numbers only', () => {
    const su = { scaler: -1, unit: 'V' } as const;
    expect(scaled({ type: 'long-unsigned', value: 2304 }, su)?.toString()).toBe('230.4 V');
    expect(scaled({ type: 'long64', value: -5n }, su)?.toDecimalString()).toBe('-0.5');
    expect(scaled({ type: 'null-data' }, su)).toBeUndefined();
    expect(scaled({ type: 'visible-string', value: '230' }, su)).toBeUndefined();
    expect(outcome(() => shiftDecimal('twelve', 1))).toBe('parse/invalid-text');
  });
});

describe('status words', () => {
  it('number their bits', () => {
    expect(statusBits({ type: 'unsigned', value: 0x81 })).toEqual([0, 7]);
    expect(statusBits({ type: 'long64-unsigned', value: 1n << 63n })).toEqual([63]);
    expect(statusBits({ type: 'bit-string', value: '0100000001' })).toEqual([1, 9]);
    expect(statusBits({ type: 'octet-string', value: Uint8Array.of(0x80, 0x01) })).toEqual([0, 15]);
    expect(statusBits({ type: 'null-data' })).toEqual([]);
    expect(outcome(() => statusBits({ type: 'visible-string', value: '1' }))).toBe('encode/invalid-value');
  });
  it('name them', () => {
    expect(statusNames({ type: 'unsigned', value: 0x83 }, { 0: 'critical error', 7: 'power down' })).toEqual([
      'critical error',
      1,
      'power down',
    ]);
  });
});
