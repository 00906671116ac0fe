import { describe, expect, it } from 'vitest';
import {
  array,
  bool,
  Data,
  dataOf,
  decode,
  encode,
  enumeration,
  longUnsigned,
  octetString,
  optional,
  type Schema,
  sizedOctetString,
  structure,
  unsigned,
} from '../../src/axdr/index.js';
import { formatHex, parseHex, type Quirk } from '../../src/core/index.js';
import { outcome, refusal } from '../support/outcome.js';

describe('Data', () => {
  it('keeps the octet of a boolean that was sent as FF', () => {
    expect(decode(Data, parseHex('03FF'))).toEqual({ type: 'boolean', value: true, octet: 255 });
    expect(formatHex(encode(Data, { type: 'boolean', value: true, octet: 255 }))).toBe('03FF');
    expect(formatHex(encode(Data, { type: 'boolean', value: true }))).toBe('0301');
    expect(() => encode(Data, { type: 'boolean', value: false, octet: 255 })).toThrow('agrees');
    expect(formatHex(encode(Data, { type: 'boolean', value: true, octet: 1 }))).toBe('0301');
    // Where the class says that a boolean comes, it is one and no more.
    expect(['0300', '0301', '0302', '03FF'].map((hex) => decode(bool, parseHex(hex)))).toEqual([
      false,
      true,
      true,
      true,
    ]);
    for (const wrong of [0, 1, 255, 'true', null]) expect(() => encode(bool, wrong as never)).toThrow('true or false');
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
    let hex = '';
    const code = outcome(() => {
      hex = formatHex(encode(schema, value));
    });
    return code === 'accepted' ? hex : code;
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

describe('elements of arrays and structures', () => {
  const inArray = (...value: unknown[]): Data => ({ type: 'array', value }) as Data;
  it.each([
    ['unsigned', [0, 255], '0102110011FF', [256, -1, 1.5, '1', undefined, null, 1n]],
    ['long-unsigned', [1, 65535], '010212000112FFFF', [65536, -1, 1.5, '1', undefined, null, 1n]],
    ['double-long-unsigned', [1, 2 ** 32 - 1], '0102060000000106FFFFFFFF', [2 ** 32, -1, 1.5, '1', null, 1n]],
    ['octet-string', [Uint8Array.of(), Uint8Array.of(1, 2)], '0102090009020102', ['ab', [1], 5, undefined, null]],
  ] as const)('of type %s keep their limits and their place in the error', (type, values, hex, wrong) => {
    const data = inArray(...values.map((value) => ({ type, value })));
    expect(formatHex(encode(Data, data))).toBe(hex);
    expect(decode(Data, parseHex(hex))).toEqual(data);
    for (const value of wrong) {
      const error = refusal(() => encode(Data, inArray({ type, value: values[0] }, { type, value })));
      expect([value, error.code, error.path.slice(0, 2)]).toEqual([value, 'encode/invalid-value', ['array', '1']]);
    }
  });
  it('of octets have a length of any form', () => {
    for (const n of [23, 24, 25, 127, 128, 255, 256, 70_000]) {
      const data = inArray({ type: 'octet-string', value: Uint8Array.from({ length: n }, (_, i) => i) });
      expect(decode(Data, encode(Data, data))).toEqual(data);
    }
  });
  it('are refused where there is no array of them', () => {
    for (const type of ['array', 'structure'])
      for (const value of [undefined, null, 5, 'ab', { length: 0 }, Uint8Array.of(1)])
        expect(refusal(() => encode(Data, { type, value } as never))).toMatchObject({
          code: 'encode/invalid-value',
          context: { expected: 'an array' },
          path: [type],
        });
    expect(refusal(() => encode(Data, inArray(5))).path).toEqual(['array', '0']);
  });
  it('may be of any type at any level, and come back as they were', () => {
    const data: Data = {
      type: 'structure',
      value: [
        { type: 'array', value: [] },
        { type: 'structure', value: [{ type: 'null-data' }, { type: 'long64', value: -1n }] },
        { type: 'compact-array', contentsDescription: { type: 'unsigned' }, arrayContents: Uint8Array.of(1, 2) },
        { type: 'visible-string', value: 'x' },
      ],
    };
    const hex = '0204010002020014FFFFFFFFFFFFFFFF1311020102' + '0A0178';
    expect(formatHex(encode(Data, data))).toBe(hex);
    expect(decode(Data, parseHex(hex))).toEqual(data);
  });
});

describe('a Data type that the class names', () => {
  it('has its tag in front, and another tag is refused with what was wanted', () => {
    expect(formatHex(encode(longUnsigned, 5))).toBe('120005');
    expect(decode(longUnsigned, parseHex('120005'))).toBe(5);
    expect(refusal(() => decode(longUnsigned, parseHex('110005')))).toMatchObject({
      code: 'decode/unexpected-tag',
      context: { offset: 0, expected: 'long-unsigned', actual: 0x11 },
    });
  });
  it('octet-string of a size has no other', () => {
    const name = sizedOctetString(6);
    expect(name.kind).toBe('octet-string[6]');
    expect(formatHex(encode(name, parseHex('0000010000FF')))).toBe('09060000010000FF');
    expect(decode(name, parseHex('09060000010000FF'))).toEqual(parseHex('0000010000FF'));
    expect(refusal(() => decode(name, parseHex('09050000010000')))).toMatchObject({
      code: 'decode/invalid-length',
      context: { offset: 1, expected: '6 octets', actual: 5 },
    });
    expect(outcome(() => decode(name, parseHex('0A060000010000FF')))).toBe('decode/unexpected-tag');
    for (const value of [new Uint8Array(5), new Uint8Array(7), '0000010000FF', undefined, [0, 0, 1, 0, 0, 255]])
      expect(refusal(() => encode(name, value as never))).toMatchObject({ context: { expected: '6 octets' } });
  });
  it('enum has names, and a code without one stays a number', () => {
    const state = enumeration({ off: 0, on: 1 });
    expect([decode(state, parseHex('1601')), decode(state, parseHex('1607'))]).toEqual(['on', 7]);
    expect(formatHex(encode(state, 'on'))).toBe('1601');
  });
  it('array and structure have their tag and the number of elements, and the structure no other number', () => {
    const pair = structure('pair', { a: unsigned, b: octetString });
    const list = array(pair);
    const value = [{ a: 1, b: Uint8Array.of(2) }];
    expect(formatHex(encode(list, value))).toBe('010102021101090102');
    expect(decode(list, parseHex('010102021101090102'))).toEqual(value);
    expect(refusal(() => decode(list, parseHex('010102031101090102')))).toMatchObject({
      code: 'decode/invalid-length',
      context: { offset: 3, expected: 'structure of 2 elements (pair)', actual: 3 },
      path: ['0'],
    });
    expect(refusal(() => decode(list, parseHex('020102021101090102')))).toMatchObject({
      code: 'decode/unexpected-tag',
      context: { expected: 'array' },
    });
    expect(refusal(() => decode(pair, parseHex('01021101090102')))).toMatchObject({
      context: { expected: 'structure' },
    });
    expect(refusal(() => decode(list, parseHex('010102021101190102'))).path).toEqual(['0', 'b']);
  });
  it('is read through what a tool puts around its parts', () => {
    const seen: string[] = [];
    const noting = (schema: Schema<any>): Schema<any> =>
      'with' in schema.shape
        ? schema.shape.with((part, key) => {
            const inner = noting(part);
            return {
              ...inner,
              read(r) {
                seen.push(`${key} ${inner.kind}`);
                return inner.read(r);
              },
            };
          })
        : schema;
    const schema = array(structure('pair', { a: unsigned, b: sizedOctetString(1) }));
    const octets = parseHex('010102021101090102');
    expect(decode(noting(schema), octets)).toEqual(decode(schema, octets));
    expect(seen).toEqual([' sequence-of', ' structure', 'a unsigned', ' Unsigned8', 'b octet-string[1]']);
    expect(formatHex(encode(noting(schema), decode(schema, octets)))).toBe(formatHex(octets));
  });
  it('a CHOICE of types may be optional in a sequence, and refuses to be written as nothing', () => {
    const choice = dataOf('unsigned', 'null-data');
    expect(choice.kind).toBe('CHOICE { unsigned | null-data }');
    expect(Object.keys((choice.shape as { alternatives: object }).alternatives)).toEqual(['unsigned', 'null-data']);
    expect(formatHex(encode(choice, { type: 'unsigned', value: 5 }))).toBe('1105');
    expect(formatHex(encode(optional(choice), undefined))).toBe('00');
    expect(outcome(() => encode(choice, undefined as never))).toBe('encode/invalid-value');
    expect(refusal(() => decode(choice, parseHex('120005')))).toMatchObject({
      code: 'decode/unexpected-tag',
      context: { offset: 0, actual: 0x12 },
    });
  });
});
