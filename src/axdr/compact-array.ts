import { Reader, type Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { type SimpleType, simpleTypes } from './data-types.js';
import { nothing, octets, unsigned16 } from './scalars.js';
import {
  alternative,
  choice,
  decodeFrom,
  type FieldsSchema,
  type Infer,
  invalid,
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
  choice(
    'type-description',
    {
      ...Object.fromEntries(Object.entries(simpleTypes).map(([type, { tag }]) => [type, alternative(tag, nothing)])),
      array: alternative(1, sequence('array', { numberOfElements: unsigned16, typeDescription: inner })),
      structure: alternative(2, sequenceOf(inner)),
    },
    { selfDescribing: true },
  ) as Schema<TypeDescription>)();

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

const check = (array: CompactArray, base: number): void =>
  walk(
    array,
    base,
    (r) => void skip(array.contentsDescription, r, base, { left: 1024 + 64 * array.arrayContents.length }),
  );

/** Reads element after element; an element of no octets would go on for ever, so such a description is refused. */
export function walk(
  { contentsDescription, arrayContents }: CompactArray,
  base: number,
  one: (r: Reader) => void,
): void {
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
