import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ber from '../../src/axdr/ber.js';
import {
  array,
  bool,
  CompactArray,
  compactArrayItems,
  compactArrayOf,
  Data,
  decode,
  encode,
  enumeration,
  mapped,
  optional,
  type Schema,
  sequence,
  sequenceOf,
  structure,
  unsigned,
  withDefault,
} from '../../src/axdr/index.js';
import * as plain from '../../src/axdr/scalars.js';
import { formatHex, isDlmsError, parseHex, Reader, Writer } from '../../src/core/index.js';
import { arbitrary } from '../../src/testing/arbitrary.js';

const inner = sequence('inner', { flag: plain.boolean, note: optional(plain.octets) });
const schemas: Record<string, Schema<any>> = {
  ...Object.fromEntries(Object.entries(plain).filter(([, s]) => typeof s === 'object')),
  'bits of any number': plain.bits(),
  'bits of a fixed number': plain.bits(11),
  'octets of a fixed number': plain.fixedOctets(5),
  Data,
  CompactArray,
  'a structure': structure('s', { a: unsigned, b: bool, c: array(unsigned), d: enumeration({ off: 0, on: 1 }) }),
  'a sequence': sequence('q', {
    inner,
    again: sequenceOf(inner),
    by: withDefault(plain.unsigned8, 7),
    other: optional(inner),
  }),
  'a mapped value': mapped('hex', plain.octets, (b) => formatHex(b), parseHex),
  'a BER integer': ber.ber(0x02, ber.berInteger),
  'BER bits': ber.ber(0x03, ber.berBits),
  'a BER sequence': ber.berSequence('b', {
    a: ber.berOptional(0x80, ber.berInteger),
    b: ber.ber(0x81, ber.berOctets),
    c: ber.berOptional(0x82, ber.berText),
  }),
};

describe('what is written is read back', () => {
  it.each(Object.entries(schemas))('%s', (_, schema) => {
    fc.assert(
      fc.property(arbitrary(schema), (value) => {
        const bytes = encode(schema, value);
        expect(decode(schema, bytes)).toEqual(value);
        for (let n = 0; n < bytes.length; n++) {
          try {
            decode(schema, bytes.subarray(0, n));
          } catch (e) {
            if (!isDlmsError(e)) throw e;
          }
        }
      }),
      { numRuns: 60 },
    );
  });
  it('any octets end in a value that can be written, or in an error', () => {
    const cases = Object.values(schemas);
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.uint8Array({ maxLength: 40 }), (schema, bytes) => {
        let value: unknown;
        try {
          value = decode(schema, bytes);
        } catch (e) {
          if (isDlmsError(e)) return;
          throw e;
        }
        expect(decode(schema, encode(schema, value))).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });
  it('values that do not fit are refused, never written wrong', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.entries(schemas)), fc.anything(), ([name, schema], value) => {
        let bytes: Uint8Array;
        try {
          bytes = encode(schema, value);
        } catch (e) {
          if (isDlmsError(e)) return;
          throw e;
        }
        expect([name, formatHex(encode(schema, decode(schema, bytes)))]).toEqual([name, formatHex(bytes)]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('lengths', () => {
  it('take the shortest form, and every other form is refused or named', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(0xffff), fc.nat(0xffffffff)), fc.integer({ min: 1, max: 8 }), (n, octets) => {
        const w = new Writer();
        w.length(n);
        const shortest = w.finish();
        expect(new Reader(shortest).length()).toBe(n);
        const long = Uint8Array.from({ length: octets + 1 }, (_, i) =>
          i === 0 ? 0x80 + octets : Number((BigInt(n) >> BigInt(8 * (octets - i))) & 0xffn),
        );
        if (n >= 2 ** (8 * octets) || formatHex(long) === formatHex(shortest)) return;
        expect(() => new Reader(long).length()).toThrow('the shortest form');
        expect(new Reader(long, { lenient: true }).length()).toBe(n);
      }),
      { numRuns: 500 },
    );
  });
});

describe('compact arrays', () => {
  it('hold what they were made of', () => {
    const leaf = fc.constantFrom<Data>(
      { type: 'unsigned', value: 7 },
      { type: 'octet-string', value: Uint8Array.of(1, 2) },
      { type: 'boolean', value: true },
      { type: 'long64', value: -5n },
    );
    const template = fc.letrec<{ t: Data }>((tie) => ({
      t: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('t'), { minLength: 1, maxLength: 3 }).map((value): Data => ({ type: 'structure', value })),
        fc
          .tuple(tie('t'), fc.integer({ min: 1, max: 3 }))
          .map(([t, n]): Data => ({ type: 'array', value: Array.from({ length: n }, () => t) })),
      ),
    })).t;
    fc.assert(
      fc.property(template, fc.integer({ min: 1, max: 5 }), (t, n) => {
        const items = Array.from({ length: n }, () => t);
        const compact = compactArrayOf(items);
        expect(compactArrayItems(compact)).toEqual(items);
        expect(compactArrayItems(decode(CompactArray, encode(CompactArray, compact)))).toEqual(items);
      }),
      { numRuns: 300 },
    );
  });
});
