import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode, type Schema } from '../../src/axdr/schema.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { arbitrary } from '../../src/testing/arbitrary.js';

/** Every value survives its octets, and its octets are Data. */
const roundTrips = (schema: Schema<any>, numRuns: number) =>
  fc.assert(
    fc.property(arbitrary(schema), (value) => {
      const bytes = encode(schema, value);
      expect(decode(schema, bytes)).toEqual(value);
      expect(encode(Data, decode(Data, bytes))).toEqual(bytes);
    }),
    { numRuns },
  );

describe('generated values of every class round trip', () => {
  it.each(allClasses.all.map((c) => [`${c.classId} v${c.version} ${c.name}`, c] as const))('%s', (_, c) => {
    for (const a of Object.values(c.attributes)) {
      roundTrips(a.schema, 6);
      for (const s of Object.values(a.selective)) {
        roundTrips(s.parameters, 6);
        if (s.returns !== undefined) roundTrips(s.returns, 6);
      }
    }
    for (const m of Object.values(c.methods)) {
      roundTrips(m.parameter, 6);
      if (m.returns !== undefined) roundTrips(m.returns, 6);
    }
  });
});
