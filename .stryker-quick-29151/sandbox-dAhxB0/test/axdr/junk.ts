import fc from 'fast-check';
import type { Schema } from '../../src/axdr/index.js';
import { arbitrary } from '../../src/testing/arbitrary.js';

const cyclic: unknown[] = [];
cyclic.push(cyclic);
const cyclicData = { type: 'array', value: [] as unknown[] };
cyclicData.value.push(cyclicData);

/** What JavaScript callers hand over by mistake. Keys that the encoders look at come with values of every kind. */
const plainJunk: fc.Arbitrary<unknown> = fc.constantFrom<unknown[]>(
  null,
  undefined,
  true,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  -1,
  1.5,
  1e300,
  2 ** 53,
  10n,
  -1n,
  2n ** 70n,
  '',
  '0',
  'x'.repeat(40_000),
  '\ud800',
  'toString',
  '__proto__',
  Symbol('s'),
  () => 1,
  [],
  {},
  new Array(3),
  [undefined],
  Object.create(null),
  new Date(Number.NaN),
  new Map(),
  new Set([1]),
  new ArrayBuffer(4),
  new Uint16Array(3),
  new Uint8Array(3),
  new Uint8Array(300),
  Buffer.from('abc'),
  { toString: 1 },
  {
    toString(): string {
      throw new Error('toString of a value was called');
    },
  },
  cyclic,
  cyclicData,
);
const named = fc.dictionary(
  fc.constantFrom(
    'type',
    'value',
    'length',
    'octet',
    'name',
    'toString',
    'valueOf',
    'serviceClass',
    'invokeId',
    'contentsDescription',
    'arrayContents',
  ),
  fc.oneof(
    plainJunk,
    fc.integer(),
    fc.constantFrom('array', 'structure', 'unsigned', 'compact-array', 'boolean', 'null-data'),
  ),
  { maxKeys: 3 },
);
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: plainJunk, weight: 3 },
  { arbitrary: named, weight: 2 },
  fc.anything({
    withBigInt: true,
    withTypedArray: true,
    withDate: true,
    withMap: true,
    withSparseArray: true,
    withNullPrototype: true,
  }),
);

/** A value of the schema with one part of it, or all, exchanged for something that is none. */
export const damaged = (schema: Schema<any>): fc.Arbitrary<unknown> =>
  fc
    .tuple(arbitrary(schema), fc.nat(), fc.nat(), junk)
    .map(([value, depth, at, wrong]) => exchanged(value, depth % 5, at, wrong));

function exchanged(value: unknown, depth: number, at: number, wrong: unknown): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null || value instanceof Uint8Array) return wrong;
  if (Array.isArray(value))
    return value.length === 0
      ? wrong
      : value.map((v, i) => (i === at % value.length ? exchanged(v, depth - 1, at, wrong) : v));
  const keys = Object.keys(value);
  const key = keys[at % keys.length];
  return key === undefined
    ? wrong
    : { ...value, [key]: exchanged((value as Record<string, unknown>)[key], depth - 1, at, wrong) };
}
