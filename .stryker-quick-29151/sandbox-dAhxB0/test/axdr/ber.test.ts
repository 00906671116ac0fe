import { describe, expect, it } from 'vitest';
import {
  ber,
  berBits,
  berChoice,
  berInteger,
  berObjectIdentifier,
  berOctets,
  berOptional,
  berSequence,
  berText,
} from '../../src/axdr/ber.js';
import { alternative, decode, encode, type Schema } from '../../src/axdr/schema.js';
import { formatHex, parseHex, type Quirk } from '../../src/core/index.js';
import { outcome, refusal } from '../support/outcome.js';

const read = <T>(schema: Schema<T>, hex: string): T => decode(schema, parseHex(hex));
const written = <T>(schema: Schema<T>, value: T): string => formatHex(encode(schema, value));
const readError = (schema: Schema<any>, hex: string, lenient = false) =>
  refusal(() => decode(schema, parseHex(hex), { lenient }));
function leniently<T>(schema: Schema<T>, hex: string): { value: T; quirks: (readonly [string, number])[] } {
  const quirks: Quirk[] = [];
  const value = decode(schema, parseHex(hex), { lenient: true, quirks });
  return { value, quirks: quirks.map((q) => [q.name, q.offset] as const) };
}
const there = <T>(schema: Schema<T>, pairs: readonly (readonly [T, string])[]): void => {
  for (const [value, hex] of pairs) {
    expect([hex, read(schema, hex)]).toEqual([hex, value]);
    expect(written(schema, value)).toBe(hex);
  }
};

describe('the length of a BER element', () => {
  const element = ber(0x04, berOctets);
  it('may be of any definite form that is legal in BER, and is written in the shortest', () => {
    for (const length of ['02', '8102', '820002', '880000000000000002'])
      expect(read(element, `04${length}AABB`)).toEqual(Uint8Array.of(0xaa, 0xbb));
    for (const [n, head] of [
      [0, '00'],
      [127, '7F'],
      [128, '8180'],
      [256, '820100'],
    ] as const) {
      const octets = new Uint8Array(n).fill(7);
      expect(written(element, octets)).toBe(`04${head}${'07'.repeat(n)}`);
      expect(read(element, `04${head}${'07'.repeat(n)}`)).toEqual(octets);
    }
  });
  it('is refused when it is indefinite, of more than eight octets, or of more than there is', () => {
    for (const first of [0x80, 0x89, 0xff])
      expect(readError(element, `04${formatHex(Uint8Array.of(first))}${'00'.repeat(200)}`)).toMatchObject({
        code: 'decode/invalid-length',
        context: { offset: 1, actual: first },
      });
    for (const [hex, expected] of [
      ['0403AABB', '3 octets'],
      ['0484FFFFFFFFAABB', '4294967295 octets'],
    ] as const)
      expect(readError(element, hex)).toMatchObject({
        code: 'decode/unexpected-end',
        context: { offset: 1, expected },
      });
    expect(read(element, '0402AABB')).toEqual(Uint8Array.of(0xaa, 0xbb));
  });
  it('holds for the contents: what they leave over or want beyond it is refused with its place', () => {
    const around = ber(0x30, ber(0x02, berInteger));
    expect(read(around, '3003020105')).toBe(5);
    for (const lenient of [false, true])
      expect(readError(around, '30050201050000', lenient)).toMatchObject({
        code: 'decode/invalid-length',
        context: { offset: 1, expected: 'contents of 3 octets', actual: 5 },
      });
    expect(readError(around, '3002020105')).toMatchObject({
      code: 'decode/unexpected-end',
      context: { offset: 3, expected: '1 octets' },
    });
    expect(readError(ber(0x02, berInteger), '8001')).toMatchObject({
      code: 'decode/unexpected-tag',
      context: { offset: 0, expected: 'INTEGER', actual: 0x80 },
    });
  });
});

describe('lengths that are often too small', () => {
  const fields = { reason: berOptional(0x80, berInteger), user: berOptional(0xbe, ber(0x04, berOctets)) };
  const loose = berSequence('rlre', fields, 'often-too-small');
  const exact = berSequence('rlre', fields);
  // 9 octets follow: 3 of the reason, 6 of the user information.
  const right = '09800101BE0404021122';
  it('are read under the name ber-length where that is allowed, in lenient mode only', () => {
    const value = { reason: 1, user: Uint8Array.of(0x11, 0x22) };
    for (const schema of [loose, exact]) expect(read(schema, right)).toEqual(value);
    for (const [short, code] of [
      ['08', 'decode/unexpected-end'],
      ['06', 'decode/unexpected-end'],
      ['03', 'decode/trailing-bytes'],
    ] as const) {
      const hex = `${short}${right.slice(2)}`;
      expect(leniently(loose, hex)).toEqual({ value, quirks: [['ber-length', 0]] });
      expect(outcome(() => decode(loose, parseHex(hex)))).toBe(code);
      expect(outcome(() => decode(exact, parseHex(hex), { lenient: true }))).toBe(code);
    }
    expect(refusal(() => decode(loose, parseHex(`0A${right.slice(2)}`), { lenient: true })).code).toBe(
      'decode/unexpected-end',
    );
  });
  it('say how long the contents are', () => {
    const quirks: Quirk[] = [];
    decode(loose, parseHex(`08${right.slice(2)}`), { lenient: true, quirks });
    expect(quirks[0]?.detail).toContain('contents of 9 octets');
  });
  it('end at what is no field: it is left over, as octets behind the APDU', () => {
    const quirks: Quirk[] = [];
    expect(decode(loose, parseHex('03800101AABB'), { lenient: true, quirks })).toEqual({ reason: 1 });
    expect(quirks.map((q) => [q.name, q.offset])).toEqual([['trailing-octets', 4]]);
    // Inside the length it is refused.
    expect(readError(loose, '05800101AABB', true)).toMatchObject({
      code: 'decode/unexpected-tag',
      context: { offset: 4, expected: 'a field of rlre', actual: 0xaa },
    });
  });
  it('do not lose a field that stands behind the end in strict mode', () => {
    expect(readError(exact, '03800101BE0404021122')).toMatchObject({
      code: 'decode/trailing-bytes',
      context: { offset: 4, left: 6 },
    });
  });
});

describe('a BER sequence', () => {
  const s = berSequence('test', {
    a: berOptional(0x80, berInteger),
    b: ber(0x81, berInteger),
    c: berOptional(0x82, berText),
    d: ber(0x83, berInteger),
  });
  it('has its fields in order, and those that may be missing may be missing', () => {
    there(s, [
      [{ a: 1, b: 2, c: 'x', d: 3 }, '0C800101810102820178830103'],
      [{ b: 2, d: 3 }, '06810102830103'],
    ]);
  });
  it('is refused without a field that must be there, with its name and place', () => {
    expect(readError(s, '03810102')).toMatchObject({
      code: 'decode/unexpected-end',
      context: { offset: 4 },
      path: ['d'],
    });
    expect(readError(s, '00')).toMatchObject({ code: 'decode/unexpected-end', path: ['b'] });
    // Another one comes instead.
    expect(readError(s, '03830103')).toMatchObject({
      code: 'decode/unexpected-tag',
      context: { offset: 1, expected: 'b', actual: 0x83 },
      path: ['b'],
    });
    expect(readError(s, '03830103', true)).toMatchObject({ code: 'decode/unexpected-end', path: ['b'] });
  });
  it('reads fields in another order under the name field-order, each of them once', () => {
    const late = '0C810102800101820178830103';
    expect(leniently(s, late)).toEqual({ value: { a: 1, b: 2, c: 'x', d: 3 }, quirks: [['field-order', 4]] });
    expect(readError(s, late)).toMatchObject({
      code: 'decode/unexpected-tag',
      context: { offset: 4, expected: 'a field behind b', actual: 0x80 },
      path: ['a'],
    });
    expect(leniently(s, '06830103810102').quirks).toEqual([
      ['field-order', 1],
      ['field-order', 4],
    ]);
    for (const lenient of [false, true])
      expect(readError(s, '09810102810102830103', lenient)).toMatchObject({
        code: 'decode/unexpected-tag',
        context: { offset: 4, expected: 'b once', actual: 0x81 },
      });
  });
  it('is refused with a field that it does not have, and names the field that cannot be read', () => {
    for (const lenient of [false, true])
      expect(readError(s, '09810102840100830103', lenient)).toMatchObject({
        code: 'decode/unexpected-tag',
        context: { offset: 4, expected: 'a field of test', actual: 0x84 },
      });
    expect(readError(s, '058100830103')).toMatchObject({ code: 'decode/invalid-length', path: ['b'] });
    expect(refusal(() => encode(s, { b: 1.5, d: 1 }))).toMatchObject({ path: ['b'] });
  });
  it('cannot be made of fields without a tag', () => {
    expect(outcome(() => berSequence('test', { a: berInteger }))).toBe('encode/invalid-value');
  });
});

describe('a BER choice', () => {
  const either = berChoice('either', { number: alternative(0xa0, berInteger), text: alternative(0xa1, berText) });
  it('has the tag and the length of its alternative', () => {
    there<any>(either, [
      [{ type: 'number', value: -1 }, 'A001FF'],
      [{ type: 'text', value: 'ab' }, 'A1026162'],
    ]);
    expect(readError(either, 'A20100').code).toBe('decode/unknown-choice');
    expect(readError(either, 'A00200').code).toBe('decode/unexpected-end');
  });
});

describe('the shape of an element, from which tools make XML, JSON and generators', () => {
  it('says of contents what they are', () => {
    expect([berOctets, berText, berBits, berInteger, berObjectIdentifier].map((s) => s.shape)).toEqual([
      { of: 'octets' },
      { of: 'text', encoding: 'latin1' },
      { of: 'bits' },
      { of: 'integer', min: -(2 ** 47), max: 2 ** 47 - 1 },
      { of: 'text', encoding: 'latin1' },
    ]);
  });
  it('can be made again around other parts, which then read and write', () => {
    const seen: string[] = [];
    const noting = (schema: Schema<any>, name = ''): Schema<any> => {
      const { shape } = schema;
      const inner = 'with' in shape ? shape.with((part, key) => noting(part, key)) : schema;
      return {
        ...inner,
        read(r) {
          seen.push(`${name} ${inner.kind}`.trim());
          return inner.read(r);
        },
      };
    };
    const user = berOptional(0xbe, ber(0x04, berOctets), 'often-too-small');
    const schema = ber(0x60, berSequence('release', { user }, 'often-too-small'), 'often-too-small');
    const decorated = noting(schema);
    const value = { user: Uint8Array.of(7) };
    expect(decode(decorated, parseHex('600605BE03040107'))).toEqual(value);
    expect(seen).toEqual(['sequence', 'sequence', 'user optional', 'OCTET STRING', 'OCTET STRING']);
    expect(formatHex(encode(decorated, value))).toBe('600605BE03040107');
    // Their lengths are as lenient as they were.
    expect(leniently(decorated, '600504BE02040107')).toEqual({
      value,
      quirks: [
        ['ber-length', 4],
        ['ber-length', 2],
        ['ber-length', 1],
      ],
    });
    expect(berOptional(0x80, berInteger)).toMatchObject({ optional: true, shape: { of: 'optional' } });
  });
});

describe('BER contents', () => {
  it('text is one character per octet, and nothing else is written', () => {
    there(ber(0x19, berText), [
      ['', '1900'],
      ['aÿ', '190261FF'],
    ]);
    expect(outcome(() => encode(berText, '€'))).toBe('encode/invalid-value');
    expect(outcome(() => encode(berOctets, 'AB' as never))).toBe('encode/invalid-value');
  });
  it('bits say how many of the last octet are none', () => {
    there(berBits, [
      ['', '00'],
      ['1', '0780'],
      ['0000000', '0100'],
      ['11111111', '00FF'],
      ['000000001', '070080'],
      ['1010010111', '06A5C0'],
    ]);
    for (const [hex, actual] of [
      ['0800', 8],
      ['FF00', 255],
      ['01', 1],
    ] as const)
      expect(readError(berBits, hex)).toMatchObject({ code: 'decode/invalid-value', context: { offset: 0, actual } });
    expect(outcome(() => decode(berBits, new Uint8Array(0)))).toBe('decode/unexpected-end');
    for (const bad of ['2', '1 0', 'x', 1, 5, undefined, ['1']])
      expect(outcome(() => encode(berBits, bad as never))).toBe('encode/invalid-value');
  });
  it('integers have the fewest octets that hold them with their sign, and up to six', () => {
    there(berInteger, [
      [0, '00'],
      [1, '01'],
      [-1, 'FF'],
      [127, '7F'],
      [128, '0080'],
      [-128, '80'],
      [-129, 'FF7F'],
      [32767, '7FFF'],
      [32768, '008000'],
      [-32768, '8000'],
      [0x01020304, '01020304'],
      [2 ** 47 - 1, '7FFFFFFFFFFF'],
      [-(2 ** 47), '800000000000'],
    ]);
    expect(read(berInteger, '000001')).toBe(1);
    for (const [hex, actual] of [
      ['', 0],
      ['00000000000001', 7],
    ] as const)
      expect(readError(berInteger, hex)).toMatchObject({
        code: 'decode/invalid-length',
        context: { offset: 0, actual },
      });
    for (const bad of [2 ** 47, -(2 ** 47) - 1, 1.5, Number.NaN, '1'])
      expect(outcome(() => encode(berInteger, bad as never))).toBe('encode/invalid-value');
  });
  it('object identifiers have arcs up to 2^32 - 1, the first two of them in one', () => {
    there(berObjectIdentifier, [
      ['2.16.756.5.8.1.1', '60857405080101'],
      ['0.0', '00'],
      ['0.39', '27'],
      ['1.0', '28'],
      ['1.39', '4F'],
      ['2.0', '50'],
      ['2.40', '78'],
      ['2.47', '7F'],
      ['2.48', '8100'],
      ['2.999', '8837'],
      ['1.2.127.128.16383.16384', '2A7F8100FF7F818000'],
      ['1.2.4294967295', '2A8FFFFFFF7F'],
      ['1.2.268435455.268435456', '2AFFFFFF7F8180808000'],
      ['2.4294967215', '8FFFFFFF7F'],
    ]);
    for (const [hex, code] of [
      ['', 'decode/unexpected-end'],
      ['80', 'decode/unexpected-end'],
      ['2A81', 'decode/unexpected-end'],
      ['2A9080808000', 'decode/invalid-value'],
      [`2A${'FF'.repeat(40)}7F`, 'decode/invalid-value'],
    ] as const)
      expect([hex, readError(berObjectIdentifier, hex).code]).toEqual([hex, code]);
    expect(readError(berObjectIdentifier, '2A019080808000').context).toMatchObject({ offset: 2 });
    for (const bad of [
      '',
      '1',
      '3.1',
      '0.40',
      '1.40',
      '10.1',
      '02.1',
      '1.2.',
      '.1.2',
      '1..2',
      '1.a',
      '1.-2',
      '1.2.4294967296',
      // The first two arcs in one are above 2^32 - 1, and would not be read back.
      '2.4294967216',
      5,
      undefined,
    ])
      expect([bad, outcome(() => encode(berObjectIdentifier, bad as never))]).toEqual([bad, 'encode/invalid-value']);
  });
});
