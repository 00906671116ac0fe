import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodedData } from '../../src/axdr/encoded-data.js';
import { Data, decode, encode, type Schema } from '../../src/axdr/index.js';
import { type DecodeOptions, isDlmsError, parseHex, Reader } from '../../src/core/index.js';
import { arbitrary } from '../../src/testing/arbitrary.js';

/** Where the reader stands, what it noted and what it said. */
function outcome(schema: Schema<unknown>, octets: Uint8Array, options: DecodeOptions): unknown {
  const quirks: DecodeOptions['quirks'] = [];
  const r = new Reader(octets, { ...options, quirks });
  try {
    schema.read(r);
  } catch (e) {
    return isDlmsError(e) ? { code: e.code, context: e.context, path: e.path } : (e as Error).name;
  }
  return { offset: r.offset, depth: r.depth, quirks };
}
const sameAsData = (octets: Uint8Array): void => {
  for (const options of [{}, { lenient: true }, { lenient: true, maxDepth: 2 }])
    expect(outcome(encodedData, octets, options)).toEqual(outcome(Data, octets, options));
};
const encoded = arbitrary(Data).map((d) => encode(Data, d));

describe('Data that stays encoded', () => {
  it('is the octets of the value, also between others', () =>
    fc.assert(
      fc.property(encoded, fc.uint8Array({ maxLength: 5 }), (octets, behind) => {
        const r = new Reader(Uint8Array.of(7, ...octets, ...behind));
        r.offset = 1;
        expect(encodedData.read(r)).toEqual(octets);
        expect(r.offset).toBe(1 + octets.length);
        expect(encode(encodedData, octets)).toEqual(octets);
      }),
    ));
  it('is taken, noted and refused as Data is: any octets', () =>
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), sameAsData), { numRuns: 1000 }));
  it('is taken, noted and refused as Data is: values with one octet changed, or cut off', () =>
    fc.assert(
      fc.property(encoded, fc.nat(), fc.nat({ max: 255 }), fc.nat(), (octets, at, octet, length) => {
        const changed = octets.slice();
        changed[at % octets.length] = octet;
        sameAsData(changed);
        sameAsData(octets.subarray(0, length % octets.length));
      }),
      { numRuns: 1000 },
    ));
  it.each([
    ['a length in more octets than needed', '0981020102'],
    ['unused bits that are not zero', '0403FF'],
    ['a signalling NaN', '177F800001'],
    ['the same in an array, behind something else', '010203FF177F800001'],
    ['an unknown tag', '0102110134'],
    ['a compact-array whose contents end too early', '1312030102'],
    ['more elements than octets', '0184FFFFFFFF11'],
    ['a length beyond the octets', '0984FFFFFFFF11'],
    ['65 levels', `${'0101'.repeat(65)}00`],
    ['64 levels, the last one empty', `${'0101'.repeat(63)}0100`],
    ['64 levels and an empty one', `${'0101'.repeat(64)}0100`],
  ])('is taken, noted and refused as Data is: %s', (_, hex) => sameAsData(parseHex(hex)));
  it('does not overflow the stack', () => {
    const octets = new Uint8Array(200_000).fill(1);
    expect(() => decode(encodedData, octets)).toThrowError(expect.objectContaining({ code: 'decode/too-deep' }));
  });
  it('is written from octets alone', () =>
    expect(() => encode(encodedData, [1, 2] as unknown as Uint8Array)).toThrowError(
      expect.objectContaining({ code: 'encode/invalid-value' }),
    ));
});
