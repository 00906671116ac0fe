import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactArray, Data, decode, encode, type Schema } from '../../src/axdr/index.js';
import { formatHex, parseHex } from '../../src/core/index.js';
import { arbitrary } from '../../src/testing/arbitrary.js';
import { badOctets, readingOutcome } from './reading-outcome.js';

/** Data by its declaration alone, at every level: without the types that are read and written by hand. */
const declared: Schema<Data> = part(Data);
function part(schema: Schema<any>): Schema<any> {
  // Its parts do not know the check of the whole.
  if (schema === CompactArray) return schema;
  return 'with' in schema.shape ? schema.shape.with(part) : schema;
}
const same = (octets: Uint8Array): void => {
  for (const options of [{}, { lenient: true }, { lenient: true, maxDepth: 2 }])
    expect(readingOutcome(Data, octets, options, true)).toEqual(readingOutcome(declared, octets, options, true));
};
const hot = fc.constantFrom<Data>(
  { type: 'double-long-unsigned', value: 0xfedcba98 },
  { type: 'octet-string', value: new Uint8Array(0) },
  { type: 'octet-string', value: new Uint8Array(127).fill(1) },
  { type: 'octet-string', value: new Uint8Array(128).fill(1) },
  { type: 'integer', value: -2 },
  { type: 'unsigned', value: 0xff },
  { type: 'long-unsigned', value: 0x8001 },
  { type: 'enum', value: 7 },
);
const lists = fc
  .array(
    fc.oneof(
      hot,
      fc.array(hot, { maxLength: 3 }).map((value): Data => ({ type: 'structure', value })),
    ),
    {
      maxLength: 6,
    },
  )
  .map((value): Data => ({ type: 'array', value }));
const values = fc.oneof(lists, arbitrary(Data));

describe('what is read and written by hand is what the declaration reads and writes', () => {
  it('of any value', () =>
    fc.assert(
      fc.property(values, (value) => {
        const octets = encode(declared, value);
        expect(formatHex(encode(Data, value))).toBe(formatHex(octets));
        expect(decode(Data, octets)).toEqual(decode(declared, octets));
      }),
    ));
  it('of any octets', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), same), { numRuns: 1000 }));
  it('of values with one octet changed, or cut off anywhere', () =>
    fc.assert(
      fc.property(values, fc.nat(), fc.nat({ max: 255 }), fc.nat(), (value, at, octet, length) => {
        const octets = encode(declared, value);
        const changed = octets.slice();
        changed[at % octets.length] = octet;
        same(changed);
        same(octets.subarray(0, length % octets.length));
      }),
      { numRuns: 1000 },
    ));
  it.each(badOctets)('of %s', (_, hex) => same(parseHex(hex)));
});
