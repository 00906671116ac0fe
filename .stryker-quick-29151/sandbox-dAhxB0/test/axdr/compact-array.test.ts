import { describe, expect, it } from 'vitest';
import {
  CompactArray,
  compactArrayItems,
  compactArrayOf,
  Data,
  decode,
  encode,
  type TypeDescription,
} from '../../src/axdr/index.js';
import { formatHex, parseHex } from '../../src/core/index.js';
import { outcome, refusal } from '../support/outcome.js';

const unsigned = (value: number): Data => ({ type: 'unsigned', value });
const structure = (...value: Data[]): Data => ({ type: 'structure', value });
const array = (...value: Data[]): Data => ({ type: 'array', value });

describe('a compact-array', () => {
  it('has one description in front and the elements without tags, of every simple type', () => {
    const items: readonly (readonly [Data, string])[] = [
      [{ type: 'boolean', value: true }, '03 01 01'],
      [{ type: 'boolean', value: true, octet: 255 }, '03 01 FF'],
      [{ type: 'bit-string', value: '101' }, '04 02 03A0'],
      [{ type: 'double-long', value: -2 }, '05 04 FFFFFFFE'],
      [{ type: 'octet-string', value: Uint8Array.of(1, 2) }, '09 03 020102'],
      [{ type: 'visible-string', value: 'ab' }, '0A 03 026162'],
      [{ type: 'long64', value: -1n }, '14 08 FFFFFFFFFFFFFFFF'],
      [{ type: 'float32', value: 1.5 }, '17 04 3FC00000'],
      [{ type: 'date', value: parseHex('07E8010203') }, '1A 05 07E8010203'],
    ];
    for (const [item, hex] of items) {
      const made = compactArrayOf([item]);
      expect(formatHex(encode(CompactArray, made))).toBe(hex.replaceAll(' ', ''));
      expect(compactArrayItems(decode(CompactArray, parseHex(hex)))).toEqual([item]);
    }
  });
  it('describes structures and arrays once, whatever is in them', () => {
    const item = structure(unsigned(1), array(structure(unsigned(2)), structure(unsigned(3))), {
      type: 'octet-string',
      value: Uint8Array.of(9),
    });
    const made = compactArrayOf([item, item]);
    expect(made.contentsDescription).toEqual({
      type: 'structure',
      value: [
        { type: 'unsigned' },
        { type: 'array', numberOfElements: 2, typeDescription: { type: 'structure', value: [{ type: 'unsigned' }] } },
        { type: 'octet-string' },
      ],
    });
    expect(formatHex(made.arrayContents)).toBe('01020301090102030109');
    expect(compactArrayItems(made)).toEqual([item, item]);
  });
  it('may be empty when the description is given, and is refused when nothing says the type', () => {
    const description: TypeDescription = { type: 'long' };
    expect(compactArrayOf([], description)).toEqual({
      contentsDescription: description,
      arrayContents: new Uint8Array(0),
    });
    expect(compactArrayItems(compactArrayOf([], description))).toEqual([]);
    for (const none of [() => compactArrayOf([]), () => compactArrayOf([array()])])
      expect(refusal(none)).toMatchObject({ code: 'encode/invalid-value' });
  });
  it('is refused of elements that differ: in type, in members, in number', () => {
    for (const items of [
      [unsigned(1), { type: 'enum', value: 1 }],
      [structure(unsigned(1)), structure(unsigned(1), unsigned(2))],
      [structure(unsigned(1), unsigned(2)), structure(unsigned(1))],
      [array(unsigned(1)), array(unsigned(1), unsigned(2))],
      [array(unsigned(1), unsigned(2)), array(unsigned(1))],
      [array(unsigned(1), { type: 'enum', value: 1 })],
      [structure(unsigned(1)), array(unsigned(1))],
      [{ type: 'compact-array', ...compactArrayOf([unsigned(1)]) }],
      [structure({ type: 'compact-array', ...compactArrayOf([unsigned(1)]) })],
    ] as Data[][])
      expect(refusal(() => compactArrayOf(items)).code).toBe('encode/invalid-value');
    expect(refusal(() => compactArrayOf([unsigned(1)], { type: 'long' }))).toMatchObject({
      code: 'encode/invalid-value',
      context: { expected: 'long', actual: 'unsigned' },
    });
  });
  it('is refused when its contents end inside an element, with the place in the message', () => {
    // In Data: tag, description, length, contents from offset 3.
    expect(refusal(() => decode(Data, parseHex('131203010203')))).toMatchObject({
      code: 'decode/compact-array',
      context: { offset: 5, reason: 'the contents end inside an element of type long-unsigned' },
    });
    expect(refusal(() => decode(CompactArray, parseHex('0202110902010A')))).toMatchObject({
      code: 'decode/compact-array',
      context: { offset: 7, reason: 'the contents end inside an element of type octet-string' },
    });
    for (const hex of ['01000212 0401020304', '01000212 080102030405060708', '02021112 06010203040506'])
      expect(outcome(() => decode(CompactArray, parseHex(hex)))).toBe('accepted');
    for (const hex of ['01000212 03010203', '01000212 050102030405', '02021112 0401020304'])
      expect(outcome(() => decode(CompactArray, parseHex(hex)))).toBe('decode/compact-array');
    expect(
      refusal(() => compactArrayItems({ contentsDescription: { type: 'long' }, arrayContents: Uint8Array.of(1) })).code,
    ).toBe('decode/unexpected-end');
  });
  it('is refused when its elements have no octets: there would be any number of them', () => {
    for (const [description, type] of [
      ['00', 'null-data'],
      ['FF', 'dont-care'],
      ['0200', 'structure'],
      ['01000011', 'array'],
      ['01000300', 'array'],
    ] as const) {
      expect(refusal(() => decode(CompactArray, parseHex(`${description}01AA`)))).toMatchObject({
        code: 'decode/compact-array',
        context: { reason: `elements of type ${type} have no octets` },
      });
      // Without contents there is no element either.
      expect(compactArrayItems(decode(CompactArray, parseHex(`${description}00`)))).toEqual([]);
    }
  });
  it('may promise values without octets up to 1024 and 64 for each octet, and no more', () => {
    const promising = (nulls: number, octets: number): string => {
      const many: TypeDescription = { type: 'array', numberOfElements: nulls, typeDescription: { type: 'null-data' } };
      const contentsDescription: TypeDescription = { type: 'structure', value: [many, { type: 'octet-string' }] };
      const arrayContents = Uint8Array.of(octets - 1, ...new Uint8Array(octets - 1));
      return outcome(() => encode(CompactArray, { contentsDescription, arrayContents }));
    };
    // Structure, array and octet-string are three.
    expect(promising(1024 + 64 * 2 - 3, 2)).toBe('accepted');
    expect(promising(1024 + 64 * 2 - 2, 2)).toBe('encode/invalid-value');
    expect(promising(1024 + 64 * 20 - 3, 20)).toBe('accepted');
    expect(promising(1024 + 64 * 20 - 2, 20)).toBe('encode/invalid-value');
    // Each element has its own share of that, since it has octets of its own.
    const item = structure(array(...new Array<Data>(1000).fill({ type: 'null-data' })), unsigned(1));
    expect(compactArrayItems(compactArrayOf([item, item, item]))).toEqual([item, item, item]);
  });
  it('is not written when the description does not explain the contents to the last octet', () => {
    const contentsDescription: TypeDescription = { type: 'long' };
    expect(outcome(() => encode(CompactArray, { contentsDescription, arrayContents: Uint8Array.of(1, 2) }))).toBe(
      'accepted',
    );
    expect(
      refusal(() => encode(CompactArray, { contentsDescription, arrayContents: Uint8Array.of(1, 2, 3) })),
    ).toMatchObject({ code: 'encode/invalid-value', cause: expect.objectContaining({ code: 'decode/compact-array' }) });
  });
});
