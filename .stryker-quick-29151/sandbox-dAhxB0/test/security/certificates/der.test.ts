import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import { DerReader, der, derSequence, derSetOf, derTag } from '../../../src/security/certificates/der.js';
import {
  derBitString,
  derBoolean,
  derInteger,
  derNamedBits,
  derObjectIdentifier,
  derTime,
  derUtf8String,
  readBitString,
  readBoolean,
  readInteger,
  readObjectIdentifier,
  readString,
  readTime,
} from '../../../src/security/certificates/der-values.js';
import { outcome } from '../../support/outcome.js';

const one = (bytes: Uint8Array) => new DerReader(bytes).element();
const hex = (text: string) => one(parseHex(text));

describe('DER elements', () => {
  it('have definite lengths in the shortest form, and no other', () => {
    for (const [text, expected] of [
      ['0400', 'accepted'],
      ['04', 'decode/unexpected-end'],
      ['0401', 'decode/unexpected-end'],
      ['0480 0000', 'decode/invalid-length'],
      ['048101 00', 'decode/invalid-length'],
      ['0482 0080', 'decode/invalid-length'],
      ['0481', 'decode/unexpected-end'],
      ['0484 FFFFFFFF', 'decode/unexpected-end'],
      ['0485 0100000000', 'decode/invalid-length'],
      ['1F8101 00', 'decode/unsupported'],
    ] as const)
      expect([text, outcome(() => hex(text))]).toEqual([text, expected]);
  });
  it('of every length are read as they were written', () => {
    for (const n of [0, 1, 127, 128, 255, 256, 65535 - 4]) {
      const bytes = der(derTag.octetString, new Uint8Array(n));
      expect(one(bytes).content.length).toBe(n);
      expect(one(bytes).raw.length).toBe(bytes.length);
    }
  });
  it('are read up to 65536 octets and 16 levels, and refused beyond, not followed for ever', () => {
    expect(outcome(() => new DerReader(new Uint8Array(65536)))).toBe('accepted');
    expect(outcome(() => new DerReader(new Uint8Array(65537)))).toBe('decode/too-large');
    const read = (levels: number): string => {
      let nested = der(derTag.null);
      for (let i = 0; i < levels; i++) nested = derSequence(nested);
      return outcome(() => {
        let r = new DerReader(nested);
        for (let i = 0; i < levels; i++) r = r.sequence('deeper');
      });
    };
    expect([read(16), read(17), read(40)]).toEqual(['accepted', 'decode/too-deep', 'decode/too-deep']);
  });
  it('are refused with their place in the outermost octets, however deep they stand', () => {
    const inner = new DerReader(derSequence(derInteger(1), derSequence(derBoolean(true)))).sequence('outer');
    inner.expect(derTag.integer, 'number');
    const deepest = inner.sequence('inner');
    expect(() => deepest.expect(derTag.integer, 'number')).toThrowError(/offset 7/);
    deepest.element();
    expect(() => deepest.expect(derTag.integer, 'number')).toThrowError(/unexpected end at offset 10/);
    deepest.end();
    expect(outcome(() => new DerReader(parseHex('0500 00')).sequence('x'))).toBe('decode/unexpected-tag');
  });
  it('of a SET OF are written in the order of their octets', () => {
    expect(formatHex(derSetOf(derInteger(300), derInteger(2), derInteger(1)))).toBe('310A0201010201020202012C');
  });
});

describe('DER values', () => {
  it('integers have one form, the shortest: examples of X.690, and any number comes back', () => {
    expect(['00', '7F', '0080', '80', 'FF7F', '0100'].map((c) => readInteger(one(der(2, parseHex(c)))))).toEqual([
      0n,
      127n,
      128n,
      -128n,
      -129n,
      256n,
    ]);
    for (const bad of ['0200', '02020001', '0202FF80'])
      expect([bad, outcome(() => readInteger(hex(bad)))]).toEqual([bad, 'decode/invalid-length']);
    fc.assert(fc.property(fc.bigInt(-(2n ** 400n), 2n ** 400n), (v) => readInteger(one(derInteger(v))) === v));
  });
  it('booleans are 00 or FF, nothing between', () => {
    expect(readBoolean(one(derBoolean(true)))).toBe(true);
    expect(readBoolean(hex('010100'))).toBe(false);
    expect(outcome(() => readBoolean(hex('010101')))).toBe('decode/invalid-value');
    expect(outcome(() => readBoolean(hex('0100')))).toBe('decode/invalid-length');
  });
  it('bit strings with padding that is not zero are refused, named bits have no zeros behind', () => {
    expect(readBitString(hex('0303 06 6EC0'))).toEqual({ octets: parseHex('6EC0'), unused: 6 });
    for (const [bad, expected] of [
      ['0300', 'decode/unexpected-end'],
      ['030108', 'decode/invalid-value'],
      ['030101', 'decode/invalid-value'],
      ['03020101', 'decode/non-zero-padding'],
    ] as const)
      expect([bad, outcome(() => readBitString(hex(bad)))]).toEqual([bad, expected]);
    expect(formatHex(derNamedBits([0]))).toBe('03020780');
    expect(formatHex(derNamedBits([4]))).toBe('03020308');
    expect(formatHex(derNamedBits([8]))).toBe('0303070080');
    expect(formatHex(derNamedBits([]))).toBe('030100');
    expect(formatHex(derBitString(parseHex('6EC0'), 6))).toBe('0303066EC0');
  });
  it('object identifiers of any size of arc come back, other forms are refused', () => {
    for (const [dotted, text] of [
      ['1.2.840.10045.2.1', '06072A8648CE3D0201'],
      ['2.5.29.15', '0603551D0F'],
      ['2.999.3', '0603883703'],
      ['0.39', '060127'],
      ['2.25.329800735698586629295641978511506172918', '06146983F09DA7EBCFDEE0C7A1A7B2C0948CC8F9D776'],
    ] as const) {
      expect(formatHex(derObjectIdentifier(dotted))).toBe(text);
      expect(readObjectIdentifier(hex(text))).toBe(dotted);
    }
    for (const bad of ['0600', '060180', '06028001', '06022A80'])
      expect(outcome(() => readObjectIdentifier(hex(bad)))).toMatch(/^decode\//);
    for (const bad of ['', '1', '1.40', '3.1', '1.2.', '1.02', '1.2.x'])
      expect(outcome(() => derObjectIdentifier(bad))).toBe('encode/invalid-value');
  });
  it('times: UTCTime to 2049, GeneralizedTime from 2050, dates that exist', () => {
    const text = (date: string) => new TextDecoder().decode(one(derTime(new Date(date))).content);
    expect(text('2049-12-31T23:59:59Z')).toBe('491231235959Z');
    expect(text('2050-01-01T00:00:00Z')).toBe('20500101000000Z');
    expect(text('1950-01-01T00:00:00Z')).toBe('500101000000Z');
    expect(text('1949-12-31T23:59:59Z')).toBe('19491231235959Z');
    const read = (tag: number, value: string) =>
      outcome(() => readTime(one(der(tag, new TextEncoder().encode(value)))));
    for (const bad of [
      '2502300000',
      '250229000000Z',
      '250101240000Z',
      '250101006000Z',
      '250101000060Z',
      '2501010000Z',
      '250101000000+0100',
      '25010100000 Z',
    ])
      expect([bad, read(0x17, bad)]).toEqual([bad, 'decode/invalid-value']);
    for (const bad of ['20250101000000.5Z', '2025010100Z', '20251301000000Z'])
      expect([bad, read(0x18, bad)]).toEqual([bad, 'decode/invalid-value']);
    expect(read(0x18, '99991231235959Z')).toBe('accepted');
    expect(read(0x0c, '250101000000Z')).toBe('decode/invalid-value');
    expect(outcome(() => derTime(new Date(Number.NaN)))).toBe('encode/invalid-value');
    const date = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(date, (d) => readTime(one(derTime(d))).getTime() === Math.floor(d.getTime() / 1000) * 1000));
  });
  it('strings are read in the character set of their type, and refused in another', () => {
    expect(readString(one(derUtf8String('Zähler €')))).toBe('Zähler €');
    expect(readString(hex('1304 41422E31'))).toBe('AB.1');
    expect(readString(hex('1E04 00410042'))).toBe('AB');
    expect(readString(hex('1401E4'))).toBe('ä');
    expect(readString(hex('0401E4'))).toBeUndefined();
    for (const bad of ['0C01E4', '13012A', '16018F', '1E0100'])
      expect(outcome(() => readString(hex(bad)))).toBe('decode/invalid-value');
  });
});
