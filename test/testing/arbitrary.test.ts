import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactArrayItems } from '../../src/axdr/compact-array-items.js';
import {
  array,
  bitString,
  Data,
  dataOf,
  enumeration,
  structure,
  unsigned,
  utf8String,
  visibleString,
} from '../../src/axdr/data.js';
import * as plain from '../../src/axdr/scalars.js';
import {
  alternative,
  choice,
  decode,
  encode,
  mapped,
  optional,
  type Schema,
  sequence,
  withDefault,
} from '../../src/axdr/schema.js';
import { DateTime } from '../../src/cosem/date-time.js';
import { bitStringFlags, enumFlags } from '../../src/cosem/flags.js';
import { LogicalName } from '../../src/cosem/obis.js';
import { oneOf } from '../../src/cosem/one-of.js';
import { arbitrary } from '../../src/testing/arbitrary.js';
import { GetRequest } from '../../src/xdlms/get.js';
import { InitiateRequest } from '../../src/xdlms/initiate.js';

const roundTrips = (schema: Schema<any>) =>
  fc.assert(
    fc.property(arbitrary(schema), (value) => {
      expect(decode(schema, encode(schema, value))).toEqual(value);
    }),
    { numRuns: 60 },
  );

describe('arbitrary', () => {
  it.each<[string, Schema<any>]>([
    ['Data', Data],
    ['a restricted Data', dataOf('null-data', 'unsigned', 'array')],
    [
      'arrays and structures',
      array(
        structure('row', { name: visibleString, text: utf8String, bits: bitString, at: DateTime, of: LogicalName }),
      ),
    ],
    [
      'enumerations and flags',
      structure('x', {
        e: enumeration({ a: 1, b: 7 }),
        f: enumFlags({ read: 0, write: 1 }),
        b: bitStringFlags(11, { first: 0 }),
      }),
    ],
    ['optional and default fields', sequence('x', { a: optional(unsigned), b: withDefault(unsigned, 7) })],
    ['choices', choice('x', { one: alternative(1, unsigned), two: alternative(2, sequence('y', { a: unsigned })) })],
    [
      'options told apart by their contents',
      oneOf('x', { few: structure('a', { a: unsigned }), many: array(unsigned) }),
    ],
    [
      'records of your own that are named like those of Data',
      sequence('x', {
        flag: sequence('boolean', { value: plain.boolean, octet: optional(plain.unsigned8) }),
        array: sequence('compact-array', { contentsDescription: plain.unsigned8, arrayContents: plain.octets }),
        refusal: sequence('Exception-Response', {
          serviceError: plain.unsigned8,
          invocationCounterError: plain.unsigned8,
        }),
      }),
    ],
    ['booleans whose octet counts', plain.octetBoolean],
    ['GET requests', GetRequest],
    ['InitiateRequest', InitiateRequest],
  ])('makes values of %s that survive their octets', (_, schema) => roundTrips(schema));

  it('reaches every type of Data, nested ones too', () => {
    const seen = new Set<string>();
    for (const d of fc.sample(arbitrary(Data), { seed: 7, numRuns: 3000 })) {
      seen.add(d.type);
      if (d.type === 'compact-array') expect(compactArrayItems(d).length).toBeGreaterThan(0);
      if (d.type === 'array' && d.value.some((e) => e.type === 'structure' && e.value.length > 0))
        seen.add('structure in array');
      if (d.type === 'boolean' && 'octet' in d) seen.add('boolean with octet');
    }
    expect([...seen].sort()).toEqual(
      [...Object.keys((Data.shape as any).alternatives), 'boolean with octet', 'structure in array'].sort(),
    );
  });
  it('makes other octets for true where they are kept', () => {
    const values = new Set(fc.sample(arbitrary(plain.octetBoolean), { seed: 7, numRuns: 200 }));
    expect([...values].some((v) => typeof v === 'number')).toBe(true);
    expect(values.has(0) || values.has(1)).toBe(false);
  });
  it('leaves out what a mapping refuses', () => {
    const even = mapped(
      'even',
      unsigned,
      (n) => {
        if (n % 2 === 1) throw new RangeError();
        return n;
      },
      (n: number) => n,
    );
    for (const n of fc.sample(arbitrary(even), 50)) expect(n % 2).toBe(0);
  });
  it('names every known code and keeps unknown ones', () => {
    const values = new Set(fc.sample(arbitrary(enumeration({ a: 1, b: 7 })), 2000));
    expect(values.has('a') && values.has('b')).toBe(true);
    expect(values.has(1) || values.has(7)).toBe(false);
    expect([...values].some((v) => typeof v === 'number')).toBe(true);
  });
});
