import { Reader, Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import type { Data } from './data.js';
import { type SimpleData, type SimpleType, simpleTypes } from './data-types.js';
import { nothing, octets, unsigned16 } from './scalars.js';
import {
  alternative,
  choice,
  decodeFrom,
  type FieldsSchema,
  type Infer,
  invalid,
  isFieldsSchema,
  nested,
  type Schema,
  sequence,
  sequenceOf,
} from './schema.js';

/** The type of the elements of a compact-array: a tag for simple types, `array` with its number of elements, `structure` with its members. */
export type TypeDescription =
  | { type: SimpleType }
  | { type: 'array'; numberOfElements: number; typeDescription: TypeDescription }
  | { type: 'structure'; value: TypeDescription[] };

const inner: Schema<TypeDescription> = /* @__PURE__ */ nested('type-description', () => TypeDescription);
export const TypeDescription: Schema<TypeDescription> = /* @__PURE__ */ (() =>
  choice('type-description', {
    ...Object.fromEntries(Object.entries(simpleTypes).map(([type, { tag }]) => [type, alternative(tag, nothing)])),
    array: alternative(1, sequence('array', { numberOfElements: unsigned16, typeDescription: inner })),
    structure: alternative(2, sequenceOf(inner)),
  }) as Schema<TypeDescription>)();

const compactArray = /* @__PURE__ */ sequence('compact-array', {
  contentsDescription: TypeDescription,
  /** The elements back to back, without tags; values of variable length keep their length. */
  arrayContents: octets,
});
/** One description for all elements, then the elements. Read them with {@link compactArrayItems}. */
export interface CompactArray extends Infer<typeof compactArray> {}
/** Contents that the description does not explain to the last octet are refused: `decode/compact-array`. */
export const CompactArray: FieldsSchema<CompactArray> = /* @__PURE__ */ (() => ({
  ...compactArray,
  read: (r: Reader) => CompactArray.fill(r, {}),
  fill<B extends object>(r: Reader, into: B) {
    const value = compactArray.fill(r, into);
    check(value, r.offset - value.arrayContents.length);
    return value;
  },
  write(w: Writer, value: CompactArray) {
    compactArray.write(w, value);
    try {
      check(value, 0);
    } catch (e) {
      throw invalid('contents that the description explains to the last octet', value.arrayContents, e);
    }
  },
}))();

/** The elements as Data. */
export function compactArrayItems(array: CompactArray): Data[] {
  const items: Data[] = [];
  walk(array, 0, (r) => items.push(element(array.contentsDescription, r)));
  return items;
}

/**
 * A compact-array from elements of one type.
 * @throws DlmsError `encode/invalid-value` when the elements differ in type, or there are none to take the type from.
 */
export function compactArrayOf(items: readonly Data[], description?: TypeDescription): CompactArray {
  const contentsDescription = description ?? (items[0] === undefined ? undefined : describe(items[0]));
  if (contentsDescription === undefined) throw invalid('at least one element, or a description', 'none');
  const w = new Writer();
  for (const item of items) untagged(contentsDescription, item, w);
  return { contentsDescription, arrayContents: w.finish() };
}

function describe(d: Data): TypeDescription {
  if (d.type === 'structure') return { type: 'structure', value: d.value.map(describe) };
  if (d.type === 'compact-array') throw invalid('an element that is not a compact-array', d.type);
  if (d.type !== 'array') return { type: d.type };
  if (d.value[0] === undefined)
    throw invalid('an array with at least one element, to take the type from', 'an empty array');
  return { type: 'array', numberOfElements: d.value.length, typeDescription: describe(d.value[0]) };
}

function untagged(t: TypeDescription, d: Data, w: Writer): void {
  if (t.type !== d.type) throw invalid(t.type, d.type);
  if (t.type === 'structure') {
    const { value } = d as { value: Data[] };
    if (value.length !== t.value.length) throw invalid(`${t.value.length} members`, value.length);
    for (const [i, member] of t.value.entries()) untagged(member, value[i] as Data, w);
  } else if (t.type === 'array') {
    const { value } = d as { value: Data[] };
    if (value.length !== t.numberOfElements) throw invalid(`${t.numberOfElements} elements`, value.length);
    for (const e of value) untagged(t.typeDescription, e, w);
  } else {
    const schema: Schema<any> = simpleTypes[t.type].schema;
    schema.write(w, isFieldsSchema(schema) ? d : (d as { value: unknown }).value);
  }
}

function element(t: TypeDescription, r: Reader): Data {
  if (t.type === 'structure') return { type: 'structure', value: t.value.map((member) => element(member, r)) };
  if (t.type === 'array')
    return { type: 'array', value: Array.from({ length: t.numberOfElements }, () => element(t.typeDescription, r)) };
  const schema: Schema<any> = simpleTypes[t.type].schema;
  return (
    isFieldsSchema(schema) ? schema.fill(r, { type: t.type }) : { type: t.type, value: schema.read(r) }
  ) as SimpleData;
}

const check = (array: CompactArray, base: number): void =>
  walk(
    array,
    base,
    (r) => void skip(array.contentsDescription, r, base, { left: 1024 + 64 * array.arrayContents.length }),
  );

/** Reads element after element; an element of no octets would go on for ever, so such a description is refused. */
function walk({ contentsDescription, arrayContents }: CompactArray, base: number, one: (r: Reader) => void): void {
  const r = new Reader(arrayContents, { lenient: true });
  while (r.left > 0) {
    const before = r.offset;
    decodeFrom({ kind: 'element', shape: { of: 'octets' }, read: one, write: () => undefined }, r);
    if (r.offset === before)
      throw new DlmsError('decode/compact-array', {
        offset: base + before,
        reason: `elements of type ${contentsDescription.type} have no octets`,
      });
  }
}
/** Passes over one element without building it; the budget bounds descriptions that promise many values in few octets. */
function skip(t: TypeDescription, r: Reader, base: number, budget: { left: number }): void {
  if (budget.left-- <= 0)
    throw new DlmsError('decode/compact-array', {
      offset: base + r.offset,
      reason: 'the description promises far more values than there are octets',
    });
  try {
    if (t.type === 'structure') for (const member of t.value) skip(member, r, base, budget);
    else if (t.type === 'array') for (let i = 0; i < t.numberOfElements; i++) skip(t.typeDescription, r, base, budget);
    else simpleTypes[t.type].schema.read(r);
  } catch (e) {
    if (e instanceof DlmsError && e.code === 'decode/compact-array') throw e;
    throw new DlmsError(
      'decode/compact-array',
      { offset: base + r.offset, reason: `the contents end inside an element of type ${t.type}` },
      { cause: e },
    );
  }
}
