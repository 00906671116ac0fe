import { describe, expect, it } from 'vitest';
import { Data, dataOf, decode, encode, type Schema, structure, unsigned } from '../../src/axdr/index.js';
import { formatHex, isDlmsError, parseHex, type Quirk } from '../../src/core/index.js';

describe('Data', () => {
  it('keeps the octet of a boolean that was sent as FF', () => {
    expect(decode(Data, parseHex('03FF'))).toEqual({ type: 'boolean', value: true, octet: 255 });
    expect(formatHex(encode(Data, { type: 'boolean', value: true, octet: 255 }))).toBe('03FF');
    expect(formatHex(encode(Data, { type: 'boolean', value: true }))).toBe('0301');
    expect(() => encode(Data, { type: 'boolean', value: false, octet: 255 })).toThrow('agrees');
  });
  it('keeps octets that are no UTF-8, and characters beyond ASCII', () => {
    for (const hex of ['0C02C328', '0C03E282AC', '0A02FFE4'])
      expect(formatHex(encode(Data, decode(Data, parseHex(hex))))).toBe(hex);
    expect(decode(Data, parseHex('0C03E282AC'))).toEqual({ type: 'utf8-string', value: '€' });
  });
  it('says where a value does not fit, and never prints octets', () => {
    const wrong = {
      type: 'structure',
      value: [{ type: 'null-data' }, { type: 'array', value: [{ type: 'unsigned', value: 256 }] }],
    } as Data;
    expect(() => encode(Data, wrong)).toThrow(
      'in structure.1.array.0.unsigned: expected an integer from 0 to 255, found 256',
    );
    expect(() => encode(Data, { type: 'unsigned', value: parseHex('C0FFEE') } as never)).toThrow('found 3 octets');
    expect(() => encode(Data, { type: 'no-such-type' } as never)).toThrow('expected one of null-data, boolean');
  });
  it('ends in an error at 100 000 levels of nesting, whatever the types', () => {
    for (const level of ['01', '02', '13020102']) {
      expect(() => decode(Data, parseHex(level.repeat(100_000)))).toThrow(
        expect.objectContaining({ name: 'DlmsError' }),
      );
    }
    expect(() => decode(Data, parseHex('0101'.repeat(100_000)))).toThrow('too deep');
  });
});

describe('values that would change silently', () => {
  const refused = (schema: Schema<any>, value: unknown): string => {
    try {
      return formatHex(encode(schema, value));
    } catch (e) {
      if (isDlmsError(e)) return e.code;
      throw e;
    }
  };
  it('null is an error of the library, at every level', () => {
    expect(refused(Data, null)).toBe('encode/invalid-value');
    for (const octet of [Object.create(null), { valueOf: () => 1 }, [1], '1', 1.5, 256, -1])
      expect(refused(Data, { type: 'boolean', value: true, octet })).toBe('encode/invalid-value');
    expect(() => encode(Data, { type: 'array', value: [null] } as never)).toThrow(
      'in array.0: expected a value that fits the schema, found null',
    );
    expect(() => encode(structure('s', { a: unsigned }), null as never)).toThrow('expected an object (s), found null');
  });
  it('a number beyond float32 is refused, not written as infinity', () => {
    for (const value of [1e300, -1e300, 3.4028236e38])
      expect(refused(Data, { type: 'float32', value })).toBe('encode/invalid-value');
    expect(refused(Data, { type: 'float32', value: 3.4028234663852886e38 })).toBe('177F7FFFFF');
    expect(refused(Data, { type: 'float32', value: Number.POSITIVE_INFINITY })).toBe('177F800000');
    expect(refused(Data, { type: 'float32', value: '1' })).toBe('encode/invalid-value');
    expect(refused(Data, { type: 'float64', value: 1e300 })).toBe('187E37E43C8800759C');
  });
  it('half a character is refused, not written as U+FFFD', () => {
    for (const value of ['\ud800', 'a\udc00b', '\udc00\ud800'])
      expect(refused(Data, { type: 'utf8-string', value })).toBe('encode/invalid-value');
    expect(refused(Data, { type: 'utf8-string', value: '\u{1F600}' })).toBe('0C04F09F9880');
  });
  it('a signalling NaN is refused or named signalling-nan', () => {
    for (const [hex, quiet] of [
      ['177F800001', '177FC00000'],
      ['17FF800002', '17FFC00000'],
      ['077FA00000', '077FC00000'],
      ['187FF0000000000001', '187FF8000000000000'],
    ] as const) {
      expect(() => decode(Data, parseHex(hex))).toThrow(`${hex.slice(2)}`);
      const quirks: Quirk[] = [];
      expect(decode(Data, parseHex(hex), { lenient: true, quirks })).toMatchObject({ value: Number.NaN });
      expect(quirks.map((q) => [q.name, q.offset])).toEqual([['signalling-nan', 1]]);
      expect(formatHex(encode(Data, decode(Data, parseHex(quiet))))).toBe(quiet);
    }
  });
  it('contents of a compact-array that its description does not explain are refused', () => {
    const array = {
      type: 'compact-array',
      contentsDescription: { type: 'long-unsigned' },
      arrayContents: Uint8Array.of(1, 2, 3),
    } as const;
    expect(() => encode(Data, array)).toThrow(
      'expected contents that the description explains to the last octet, found 3 octets',
    );
  });
});

describe('Data of certain types', () => {
  const NumberOrText = dataOf('unsigned', 'visible-string');
  it('takes the types that it names', () =>
    expect(decode(NumberOrText, parseHex('1105'))).toEqual({ type: 'unsigned', value: 5 }));
  it('refuses others, or names the quirk unexpected-type', () => {
    expect(() => decode(NumberOrText, parseHex('120005'))).toThrow('CHOICE { unsigned | visible-string }');
    const quirks: Quirk[] = [];
    expect(decode(NumberOrText, parseHex('120005'), { lenient: true, quirks })).toEqual({
      type: 'long-unsigned',
      value: 5,
    });
    expect(quirks.map((q) => q.name)).toEqual(['unexpected-type']);
  });
});
