import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodedData } from '../../src/axdr/encoded-data.js';
import { Data, decode, encode } from '../../src/axdr/index.js';
import { parseHex, Reader } from '../../src/core/index.js';
import { arbitrary } from '../../src/testing/arbitrary.js';
import { badOctets, readingOutcome } from './reading-outcome.js';

const sameAsData = (octets: Uint8Array): void => {
  for (const options of [{}, { lenient: true }, { lenient: true, maxDepth: 2 }])
    expect(readingOutcome(encodedData, octets, options)).toEqual(readingOutcome(Data, octets, options));
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
  it.each(badOctets)('is taken, noted and refused as Data is: %s', (_, hex) => sameAsData(parseHex(hex)));
  it('does not overflow the stack', () => {
    const octets = new Uint8Array(200_000).fill(1);
    expect(() => decode(encodedData, octets)).toThrowError(expect.objectContaining({ code: 'decode/too-deep' }));
  });
  it('is written from octets alone', () =>
    expect(() => encode(encodedData, [1, 2] as unknown as Uint8Array)).toThrowError(
      expect.objectContaining({ code: 'encode/invalid-value' }),
    ));
});
