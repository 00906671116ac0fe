import type { Reader } from '../core/cursor.js';
import { Data } from './data.js';
import { asOctets } from './scalars.js';
import type { Alternative, Alternatives, Schema } from './schema.js';

/**
 * Data that stays encoded: its octets, as a view. Whoever knows the type decodes them, once.
 *
 * Reading passes over one value and takes what Data takes: the same limits of depth and length, the same deviations noted, the same errors. Writing takes the octets
 * as they are: they must be one encoded Data.
 */
export const encodedData: Schema<Uint8Array> = /* @__PURE__ */ (() => ({
  kind: 'Data',
  shape: { of: 'octets' as const },
  read(r: Reader): Uint8Array {
    const { offset, depth } = r;
    const { quirks } = r.options;
    const noted = quirks?.length ?? 0;
    try {
      passOver(r, 1);
    } catch {
      // What is wrong, and where, the declaration says.
      r.offset = offset;
      r.depth = depth;
      quirks?.splice(noted);
      Data.read(r);
    }
    return r.bytes.subarray(offset, r.offset);
  },
  write: (w, v) => w.bytes(asOctets(v)),
}))();

/** An encoded null-data: no value, no parameter. Not to be changed. */
export const encodedNull: Uint8Array = /* @__PURE__ */ Uint8Array.of(0);

/** How to pass over what stands behind a tag: octets where the type fixes them, else one of these. */
const behindLength = -1;
const elements = -2;
/** By its declaration, which may accept less than any octets. */
const declared = -3;
const unknown = -4;
const steps: Int8Array = /* @__PURE__ */ (() => {
  const table = new Int8Array(256).fill(unknown);
  for (const { tag, schema } of alternativesOfData()) table[tag] = stepOf(schema);
  return table;
})();
const declarations: readonly (Schema<unknown> | undefined)[] = /* @__PURE__ */ (() => {
  const table = new Array<Schema<unknown> | undefined>(256);
  for (const { tag, schema } of alternativesOfData()) table[tag] = schema;
  return table;
})();
function alternativesOfData(): readonly Alternative<unknown>[] {
  return Object.values((Data.shape as { alternatives: Alternatives }).alternatives);
}
function stepOf({ shape }: Schema<unknown>): number {
  switch (shape.of) {
    case 'integer':
      return Math.log2(shape.max - shape.min + 1) / 8;
    case 'bigint':
      return 8;
    case 'text':
      return behindLength;
    case 'octets':
      return shape.size ?? behindLength;
    case 'elements':
      return elements;
    case 'fields':
      return Object.keys(shape.fields).length === 0 ? 0 : declared;
    default:
      return declared;
  }
}

/** Moves the reader behind `n` values, without building them. Any error will do. */
function passOver(r: Reader, n: number): void {
  const { bytes } = r;
  let at = r.offset;
  for (let left = n; left > 0; left--) {
    const tag = bytes[at++] as number;
    const step = steps[tag] as number;
    if (step >= 0) {
      at += step;
      continue;
    }
    r.offset = at;
    if (step === elements) {
      const count = r.count(1);
      if (count > 0) {
        r.enter();
        passOver(r, count);
        r.leave();
      }
    } else if (step === behindLength) {
      // The length moves the reader itself.
      const length = r.length();
      r.offset += length;
    } else if (step === declared) declarations[tag]?.read(r);
    else throw new RangeError('unknown tag');
    at = r.offset;
  }
  if (at > bytes.length) throw new RangeError('the octets end inside a value');
  r.offset = at;
}
