import { type Reader, Writer } from '../core/cursor.js';
import { type CompactArray, type TypeDescription, walk } from './compact-array.js';
import type { Data } from './data.js';
import { type SimpleData, simpleTypes } from './data-types.js';
import { invalid, isFieldsSchema, type Schema } from './schema.js';

// Compact arrays as the Data that they stand for.

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
    const schema: Schema<unknown> = simpleTypes[t.type].schema;
    schema.write(w, isFieldsSchema(schema) ? d : (d as { value: unknown }).value);
  }
}

function element(t: TypeDescription, r: Reader): Data {
  if (t.type === 'structure') return { type: 'structure', value: t.value.map((member) => element(member, r)) };
  if (t.type === 'array')
    return { type: 'array', value: Array.from({ length: t.numberOfElements }, () => element(t.typeDescription, r)) };
  const schema: Schema<unknown> = simpleTypes[t.type].schema;
  return (
    isFieldsSchema(schema) ? schema.fill(r, { type: t.type }) : { type: t.type, value: schema.read(r) }
  ) as SimpleData;
}
