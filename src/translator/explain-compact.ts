import type { TypeDescription } from '../axdr/compact-array.js';
import { simpleTypes } from '../axdr/data-types.js';
import { type Schema, sequence } from '../axdr/schema.js';
import { type Draft, end, part } from './explain-node.js';
import { explainSchema, type SchemaOptions } from './explain-schema.js';

/** The elements of a compact-array, one node each. */
export function compactArrayContents(
  bytes: Uint8Array,
  from: number,
  to: number,
  description: TypeDescription,
  options: SchemaOptions,
): Draft[] {
  const schema = sizeOf(description) <= 4096 ? untagged(description) : undefined;
  const out: Draft[] = [];
  let at = from;
  while (schema !== undefined && at < to) {
    const { node, error } = explainSchema(schema, bytes, at, to, String(out.length), options);
    if (error !== undefined || node.length === 0) {
      const rest = part(at, to - at, 'unread', error?.message ?? 'elements without octets');
      if (error !== undefined) rest.error = error;
      return [...out, rest];
    }
    label(node, description);
    out.push(node);
    at = end(node);
  }
  if (at < to) out.push(part(at, to - at, 'elements', `${description.type}, not taken apart`));
  return out;
}

/** The types that the elements themselves do not carry. */
function label(node: Draft, t: TypeDescription): void {
  node.type = t.type;
  node.children?.forEach((c, i) => {
    const inner = t.type === 'structure' ? t.value[i] : t.type === 'array' ? t.typeDescription : undefined;
    if (inner !== undefined) label(c, inner);
  });
}

/** Parts of the schema of one element, arrays of nothing included: a description can promise very many in few octets. */
function sizeOf(t: TypeDescription): number {
  if (t.type === 'array') return 1 + t.numberOfElements * sizeOf(t.typeDescription);
  if (t.type === 'structure') return t.value.reduce((n, m) => n + sizeOf(m), 1);
  return 1;
}
function untagged(t: TypeDescription): Schema<unknown> {
  if (t.type === 'structure')
    return sequence('structure', Object.fromEntries(t.value.map((m, i) => [String(i), untagged(m)])));
  if (t.type === 'array')
    return sequence(
      'array',
      Object.fromEntries(
        Array.from({ length: t.numberOfElements }, (_, i) => [String(i), untagged(t.typeDescription)]),
      ),
    );
  return simpleTypes[t.type].schema;
}
