import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/errors.js';
import { parseHex } from '../../src/core/hex.js';
import {
  plainPushItem,
  plainReading,
  pushListOf,
  pushSetupOf,
  readingsOf,
  scaledReading,
  sortPush,
} from '../../src/cosem/push-readings.js';
import { capture, captureBody, captures } from './captures.js';

const data = (hex: string) => decode(Data, parseHex(hex));
const plain = (hex: string) => readingsOf(data(hex)).map(plainReading);

describe('customer port captures', () => {
  const readable = captures.filter((c) => c.expected.readings !== undefined);
  const listed = captures.filter((c) => c.expected.pushList !== undefined);
  it('carries the captures', () => expect([readable.length, listed.length]).toEqual([12, 4]));
  it.each(readable.map((c) => [c.id, c] as const))('%s: readings', (_, c) => {
    expect(readingsOf(captureBody(c)).map(plainReading)).toEqual(c.expected.readings);
  });
  it.each(listed.map((c) => [c.id, c] as const))('%s: push list', (_, c) => {
    const body = captureBody(c);
    expect(pushListOf(body)?.map(plainPushItem)).toMatchObject(c.expected.pushList as object[]);
    expect(pushSetupOf(body)).toMatch(/^0-(8|11):25\.9\.0\*255$/);
    // The same values as readings, without the two entries of the setup itself.
    expect(readingsOf(body).map((r) => plainReading(r).obis)).toEqual(c.expected.pushList?.slice(2).map((i) => i.obis));
  });
  it('a positional list has no readings of its own', () =>
    expect(readingsOf(captureBody(capture('cap-kaifa-no-list2')))).toEqual([]));
});

describe('shapes', () => {
  it('a push object list of Push setup version 2, six fields', () => {
    const entry = (classId: string, name: string) => `0206 12${classId} 0906${name} 0F02 120000 02021600 00 0100`;
    const body = data(
      `0203 0102 ${entry('0001', '0000600100FF')} ${entry('0001', '0000616214FF')} 0903414243 0600000005`,
    );
    expect(pushListOf(body)?.map(plainPushItem)).toEqual([
      { classId: 1, obis: '0.0.96.1.0.255', attribute: 2, type: 'octet-string', value: '414243' },
      { classId: 1, obis: '0.0.97.98.20.255', attribute: 2, type: 'double-long-unsigned', value: 5 },
    ]);
    expect(pushSetupOf(body)).toBeUndefined();
  });
  it('a list that promises another number of values is no push list', () => {
    expect(pushListOf(data('0203 0101 0204 120001 09060000600100FF 0F02 120000 1101 1102'))).toBeUndefined();
  });
  it('the name of the push setup is not a reading', () => {
    const body = data('0203 09060006190900FF 0904 31323334 0600000001');
    expect(pushSetupOf(body)).toBe('0-6:25.9.0*255');
    expect(readingsOf(body)).toEqual([]);
  });
  it('six octets that are no logical name stay a value', () => {
    expect(plain('0202 0906313233343536 1101')).toEqual([]);
    expect(plain('0202 09060000600100FF 0906313233343536')).toEqual([
      { obis: '0.0.96.1.0.255', type: 'octet-string', value: '313233343536' },
    ]);
  });
  it('twelve digits are no clock, a date-time with wildcards is one', () => {
    expect(plain('0202 09060000600100FF 090C313831323230303030303039')[0]).not.toHaveProperty('dateTime');
    expect(plain('0202 09060000010000FF 090CFFFFFEFDFFFFFFFFFF800000')[0]).toHaveProperty('dateTime', true);
    expect(plain('0202 09060000010000FF 1907E30C1001073B28FF8000FF')[0]).toMatchObject({
      type: 'date-time',
      dateTime: true,
    });
  });
  it('an object list may carry the scaler of a value', () => {
    const entry = (attribute: string) => `0204 120003 09060100010800FF 0F${attribute} 120000`;
    expect(plain(`0203 0102 ${entry('02')} ${entry('03')} 0600000005 02020F03161E`)).toEqual([
      {
        obis: '1.0.1.8.0.255',
        type: 'double-long-unsigned',
        value: 5,
        classId: 3,
        attribute: 2,
        scaler: 3,
        unit: 'Wh',
      },
    ]);
  });
  it('an object list may carry the scaler of the last average of a demand register', () => {
    const object = (classId: string, attribute: string) => `0204 12${classId} 0906 0100010400FF 0F${attribute} 120000`;
    const list = `0203 0102 ${object('0005', '03')} ${object('0005', '04')} 0600001388 0202 0FFE 161B`;
    expect(plain(list)).toEqual([
      {
        obis: '1.0.1.4.0.255',
        type: 'double-long-unsigned',
        value: 5000,
        classId: 5,
        attribute: 3,
        scaler: -2,
        unit: 'W',
      },
    ]);
  });
  it('keeps values without a name apart', () => {
    const { readings, unnamed } = sortPush(captureBody(capture('cap-kaifa-at-netznoe')));
    expect([readings.length, unnamed.map((d) => d.type)]).toEqual([11, ['octet-string', 'octet-string']]);
  });
  it('gives scaled values', () => {
    const [voltage, , factor] = readingsOf(
      data(
        '0103 0203 09060100200700FF 12092002020FFF1623 0202 09060100200800FF 1101 0203 090601000D0700FF 1203C802020FFD16FF',
      ),
    );
    expect(String(scaledReading(voltage!))).toBe('233.6 V');
    expect([factor?.unit, String(scaledReading(factor!))]).toEqual(['count', '0.968']);
    expect(scaledReading(readingsOf(data('0202 09060100200800FF 1101'))[0]!)).toBeUndefined();
  });
  it('keeps 64-bit values, unknown units and nested values', () => {
    expect(plain('0101 0203 09060100010800FF 15FFFFFFFFFFFFFFFF 02020F00167A')).toEqual([
      { obis: '1.0.1.8.0.255', type: 'long64-unsigned', value: '18446744073709551615', scaler: 0, unit: 122 },
    ]);
    expect(plain('0202 09060100630100FF 0101 0202 00 1101')).toEqual([
      {
        obis: '1.0.99.1.0.255',
        type: 'array',
        value: [{ type: 'structure', value: [{ type: 'null-data' }, { type: 'unsigned', value: 1 }] }],
      },
    ]);
  });
});

it('any octets end in readings or in an error of the library', () => {
  const seeds = captures.map((c) => captureBody(c) as { type: 'structure'; value: Data[] });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(seeds.length - 1), (bytes, pick) => {
      try {
        readingsOf(decode(Data, bytes)).map(plainReading);
      } catch (e) {
        expect(isDlmsError(e)).toBe(true);
      }
      // A captured body cut after any element is still read.
      const seed = seeds[pick]!;
      const cut: Data = { type: 'structure', value: seed.value.slice(0, bytes.length) };
      expect(readingsOf(cut).length).toBeLessThanOrEqual(cut.value.length);
    }),
  );
});
