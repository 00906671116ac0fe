import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ber from '../../src/axdr/ber.js';
import { CompactArray, Data, decode, encode, mapped, type Schema, TypeDescription } from '../../src/axdr/index.js';
import * as plain from '../../src/axdr/scalars.js';
import { formatHex, isDlmsError, parseHex, type Quirk } from '../../src/core/index.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { CosemDate, CosemTime, DateTime, DateTimeChoice } from '../../src/cosem/index.js';
import { apduTypes } from '../../src/testing/apdu-samples.js';
import { Apdu } from '../../src/xdlms/index.js';
import { damaged } from './junk.js';

/** Octets that are read back to the same octets, or an error of the library that is short. */
function endsWell(schema: Schema<any>, value: unknown): void {
  let bytes: Uint8Array;
  try {
    bytes = encode(schema, value);
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    expect(e.message.length).toBeLessThan(4000);
    return;
  }
  const quirks: Quirk[] = [];
  expect(formatHex(encode(schema, decode(schema, bytes, { lenient: true, quirks })))).toBe(formatHex(bytes));
  // What lenient decoding took is written back as it came.
  expect(quirks.filter((q) => !['date-time-length', 'exception-counter', 'dlms-version'].includes(q.name))).toEqual([]);
}
// The same junk in every run; FC_SEED=… looks for more.
const seed = Number(process.env.FC_SEED ?? 20261121);
const refusesJunk = (schema: Schema<any>, numRuns: number) =>
  fc.assert(
    fc.property(damaged(schema), (value) => endsWell(schema, value)),
    { numRuns, seed },
  );

describe('values that are none of the schema end in octets that read back, or in a DlmsError', () => {
  const leaves: Record<string, Schema<any>> = {
    ...Object.fromEntries(Object.entries(plain).filter(([, s]) => typeof s === 'object')),
    ...Object.fromEntries(Object.entries(ber).filter(([, s]) => typeof s === 'object')),
    bits: plain.bits(),
    'bits of a fixed number': plain.bits(11),
    'octets of a fixed number': plain.fixedOctets(5),
    names: plain.enumerated({ off: 0, on: 1 }),
    'a mapped value': mapped('hex', plain.octets, (b) => formatHex(b), parseHex),
    Data,
    CompactArray,
    TypeDescription,
    DateTime,
    CosemDate,
    CosemTime,
    DateTimeChoice,
  };
  it.each(Object.entries(leaves))('%s', (_, schema) => refusesJunk(schema, 400));
  it.each(apduTypes())('%s', (type) => {
    const { alternatives } = Apdu.shape as { alternatives: Record<string, { schema: Schema<any> }> };
    fc.assert(
      fc.property(damaged((alternatives[type] as { schema: Schema<any> }).schema), (value) =>
        endsWell(
          Apdu,
          typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
            ? { ...value, type }
            : { type, value },
        ),
      ),
      { numRuns: 150, seed },
    );
  });
  it('the APDU itself', () => refusesJunk(Apdu, 300));
  it.each(allClasses.all.map((c) => [`${c.classId} v${c.version} ${c.name}`, c] as const))('%s', (_, c) => {
    for (const a of Object.values(c.attributes)) refusesJunk(a.schema, 12);
    for (const m of Object.values(c.methods)) refusesJunk(m.parameter, 12);
  });
});
