/**
 * Generators of values for property tests. Requires the package `fast-check`.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
import fc from 'fast-check';
import { CompactArray } from '../axdr/compact-array.js';
import { compactArrayOf } from '../axdr/compact-array-items.js';
import type { SimpleData } from '../axdr/data-types.js';
import { isFieldsSchema, type Schema } from '../axdr/schema.js';
import type { Compound, Shape } from '../axdr/shape.js';
import { ExceptionResponse } from '../xdlms/errors.js';

/**
 * Values that fit a schema, for property tests with fast-check: any definition (an APDU, an attribute, a structure of
 * your own) gets a round-trip property for free. `fc.assert(fc.property(arbitrary(S), (v) => deepEqual(decode(S,
 * encode(S, v)), v)))`.
 *
 * All values have the form that decoding gives: a code with a name is never generated as a number.
 *
 * @param instead values for parts that accept less than their definition says (an octet string with a date-time or
 *   nothing, a text that is an object identifier)
 */
export function arbitrary<T>(
  schema: Schema<T>,
  instead: readonly (readonly [Schema<unknown>, fc.Arbitrary<unknown>])[] = [],
): fc.Arbitrary<T> {
  // On every level, because a replaced part does not count as one.
  const known: Known = new Map(instead.map(([part, values]) => [part.shape, Array.from({ length: 64 }, () => values)]));
  return build(schema, 0, known) as fc.Arbitrary<T>;
}

/** How deeply Data is nested. */
const deepest = 3;
/** One arbitrary per shape and level, because Data contains itself. */
type Known = Map<Shape, fc.Arbitrary<unknown>[]>;

function build(schema: Schema<unknown>, depth: number, known: Known): fc.Arbitrary<unknown> {
  const { shape } = schema;
  const levels = known.get(shape) ?? [];
  known.set(shape, levels);
  levels[depth] ??= dependent.get(shape)?.(() => ofShape(shape, depth, known)) ?? ofShape(shape, depth, known);
  return levels[depth];
}

function ofShape(shape: Shape, depth: number, known: Known): fc.Arbitrary<unknown> {
  switch (shape.of) {
    case 'integer':
      return fc.oneof(fc.integer({ min: shape.min, max: shape.max }), fc.constantFrom(shape.min, shape.max));
    case 'bigint':
      return fc.oneof(fc.bigInt({ min: shape.min, max: shape.max }), fc.constantFrom(shape.min, shape.max));
    case 'boolean':
      return shape.octets === true
        ? fc.oneof({ arbitrary: fc.boolean(), weight: 3 }, { arbitrary: fc.integer({ min: 2, max: 255 }), weight: 1 })
        : fc.boolean();
    case 'float':
      return shape.octets === 4 ? fc.float() : fc.double();
    case 'octets':
      return shape.size === undefined
        ? fc.uint8Array({ maxLength: 140 })
        : fc.uint8Array({ minLength: shape.size, maxLength: shape.size });
    case 'text':
      return shape.encoding === 'utf-8'
        ? fc.string({ unit: 'grapheme', maxLength: 40 })
        : fc.uint8Array({ maxLength: 140 }).map((b) => String.fromCharCode(...b));
    case 'bits':
      return fc
        .array(
          fc.constantFrom('0', '1'),
          shape.size === undefined ? { maxLength: 40 } : { minLength: shape.size, maxLength: shape.size },
        )
        .map((digits) => digits.join(''));
    case 'flags':
      return fc.subarray(shape.names.map((name, bit) => (name === '' ? bit : name)));
    case 'names': {
      const codes = new Set(Object.values(shape.names));
      const unknown = Array.from({ length: 256 }, (_, code) => code).filter((code) => !codes.has(code));
      if (codes.size === 0) return fc.constantFrom(...unknown);
      const names = fc.constantFrom(...Object.keys(shape.names));
      return unknown.length === 0
        ? names
        : fc.oneof({ arbitrary: names, weight: 4 }, { arbitrary: fc.constantFrom(...unknown), weight: 1 });
    }
    default:
      return compound(shape, depth, known);
  }
}

function compound(shape: Compound, depth: number, known: Known): fc.Arbitrary<unknown> {
  switch (shape.of) {
    case 'fields':
      return fields(shape, depth, known);
    case 'alternatives': {
      const all = Object.entries(shape.alternatives);
      const choices = depth < deepest ? all : all.filter(([, a]) => !containsOthers(a.schema));
      return fc.oneof(
        ...choices.map(([type, { schema }]) => {
          const value = build(schema, depth + 1, known);
          return isFieldsSchema(schema)
            ? value.map((v) => ({ type, ...(v as object) }))
            : value.map((v) => ({ type, value: v }));
        }),
      );
    }
    case 'elements':
      if (shape.size !== undefined)
        return fc.array(build(shape.element, depth, known), { minLength: shape.size, maxLength: shape.size });
      return depth > deepest
        ? fc.constant([])
        : fc.array(build(shape.element, depth, known), { maxLength: depth === 0 ? 6 : 3 });
    case 'optional':
      return fc.option(build(shape.inner, depth, known), { nil: undefined });
    case 'default':
      return fc.oneof(build(shape.inner, depth, known), fc.constant(shape.standard));
    case 'mapped':
      return build(shape.inner, depth, known)
        .map((wire) => attempt(shape.to, wire))
        .filter((made) => made !== undefined)
        .map((made) => made.value);
    case 'tagged':
    case 'nested':
    case 'deviating':
      return build(shape.inner, depth, known);
  }
}

function fields({ fields }: Extract<Compound, { of: 'fields' }>, depth: number, known: Known): fc.Arbitrary<unknown> {
  const entries = Object.entries(fields);
  const optional = new Set(entries.filter(([, f]) => 'optional' in f).map(([key]) => key));
  const parts = entries.map(
    ([key, f]) =>
      [
        key,
        build(optional.has(key) ? (f.shape as Extract<Compound, { of: 'optional' }>).inner : f, depth, known),
      ] as const,
  );
  return fc.record(Object.fromEntries(parts), {
    requiredKeys: entries.map(([key]) => key).filter((key) => !optional.has(key)),
    ...plain,
  });
}
const plain = { noNullPrototype: true } as const;

/** Arrays of one type: of simple values, and of structures of them. */
const compactArrays: fc.Arbitrary<unknown> = /* @__PURE__ */ (() => {
  const simple = fc
    .constantFrom('unsigned', 'long', 'double-long-unsigned')
    .map((type) => (n: number) => ({ type, value: n }) as SimpleData);
  const number = fc.integer({ min: 0, max: 255 });
  const same = fc
    .tuple(simple, fc.array(number, { minLength: 1, maxLength: 6 }))
    .map(([make, numbers]) => numbers.map(make));
  const rows = fc
    .tuple(simple, fc.array(fc.tuple(number, fc.uint8Array({ maxLength: 12 })), { minLength: 1, maxLength: 4 }))
    .map(([make, cells]) =>
      cells.map(([n, octets]) => ({
        type: 'structure' as const,
        value: [make(n), { type: 'octet-string' as const, value: octets }],
      })),
    );
  return fc.oneof(same, rows).map((items) => compactArrayOf(items));
})();

/** Records whose fields depend on each other: made in another way, or from independent fields. */
const dependent: ReadonlyMap<Shape, (fields: () => fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>> =
  /* @__PURE__ */ new Map<Shape, (fields: () => fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>>([
    [CompactArray.shape, () => compactArrays],
    [
      ExceptionResponse.shape,
      (fields) =>
        (fields() as fc.Arbitrary<Partial<ExceptionResponse>>).map(({ invocationCounterError, ...rest }) =>
          rest.serviceError === 'invocation-counter-error' && invocationCounterError !== undefined
            ? { ...rest, invocationCounterError }
            : rest,
        ),
    ],
  ]);

/** Wire values that the schema refuses to map are not values of the type. */
function attempt(to: (wire: never) => unknown, wire: unknown): { value: unknown } | undefined {
  try {
    return { value: to(wire as never) };
  } catch {
    return undefined;
  }
}
/** Whether a schema contains others (elements, or a named type), to end the recursion. */
const containsOthers = ({ shape }: Schema<unknown>): boolean =>
  shape.of === 'elements' ||
  shape.of === 'nested' ||
  (shape.of === 'tagged' && containsOthers(shape.inner)) ||
  (shape.of === 'fields' &&
    Object.values(shape.fields).some((f) => f.shape.of === 'alternatives' || containsOthers(f)));
