import type { Schema } from '../../src/axdr/index.js';
import { type DecodeOptions, isDlmsError, Reader } from '../../src/core/index.js';

/** Where the reader stands, what it noted and what it said; and the value, when asked for. */
export function readingOutcome(
  schema: Schema<unknown>,
  octets: Uint8Array,
  options: DecodeOptions,
  withValue = false,
): unknown {
  const quirks: DecodeOptions['quirks'] = [];
  const r = new Reader(octets, { ...options, quirks });
  let value: unknown;
  try {
    value = schema.read(r);
  } catch (e) {
    return isDlmsError(e) ? { code: e.code, context: e.context, path: e.path } : (e as Error).name;
  }
  return { offset: r.offset, depth: r.depth, quirks, ...(withValue ? { value } : {}) };
}
/** Octets at which reading goes wrong in every way. */
export const badOctets: readonly (readonly [string, string])[] = [
  ['a length in more octets than needed', '0981020102'],
  ['unused bits that are not zero', '0403FF'],
  ['a signalling NaN', '177F800001'],
  ['the same in an array, behind something else', '010203FF177F800001'],
  ['an unknown tag', '0102110134'],
  ['a compact-array whose contents end too early', '1312030102'],
  ['more elements than octets', '0184FFFFFFFF11'],
  ['a length beyond the octets', '0984FFFFFFFF11'],
  ['65 levels', `${'0101'.repeat(65)}00`],
  ['64 levels, the last one empty', `${'0101'.repeat(63)}0100`],
  ['64 levels and an empty one', `${'0101'.repeat(64)}0100`],
];
