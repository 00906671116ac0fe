import { Data } from '../axdr/data.js';
import { deviating, nested, type Schema } from '../axdr/schema.js';
import type { Reader } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';

/**
 * The body of a push: Data.
 *
 * Quirk `push-untagged-entries` (meters in the Czech Republic), in lenient mode only: a structure of an enum and an
 * array whose entries are `02 02`, then class-id (2 octets), logical name (6) and attribute index (1) without tags,
 * then a tagged value. They are read as the structures that a correct sender would have written.
 */
export const pushBody: Schema<Data> = /* @__PURE__ */ (() => {
  const data = nested('Data', () => Data);
  return deviating(data, (r) => {
    if (!looksUntagged(r.bytes, r.offset)) return undefined;
    const { offset, depth } = r;
    const { quirks } = r.options;
    const noted = quirks?.length ?? 0;
    const fault = whyNot(data, r);
    r.offset = offset;
    r.depth = depth;
    quirks?.splice(noted);
    if (fault === undefined) return undefined;
    const value = untagged(r);
    r.tolerate('push-untagged-entries', fault);
    return value;
  });
})();

/** Why the rest of the octets is not one value of this type. */
function whyNot(schema: Schema<unknown>, r: Reader): DlmsError | undefined {
  try {
    schema.read(r);
    return r.left === 0 ? undefined : new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left });
  } catch (e) {
    return isDlmsError(e) ? (e as DlmsError) : new DlmsError('decode/unexpected-end', { offset: r.offset });
  }
}

/**
 * Whether this is a structure of an enum and an array of structures of two elements, the first of which begins with 00:
 * the high octet of a class-id, and not the tag that it should be.
 */
const looksUntagged = (b: Uint8Array, at: number): boolean =>
  b[at] === 2 &&
  b[at + 1] === 2 &&
  b[at + 2] === 0x16 &&
  b[at + 4] === 1 &&
  b[at + 6] === 2 &&
  b[at + 7] === 2 &&
  b[at + 8] === 0;

function untagged(r: Reader): Data {
  r.offset += 2;
  const head = Data.read(r);
  const entries: Data[] = [];
  r.expect(1, 'array');
  for (let n = r.count(11); n > 0; n--) {
    r.expect(2, 'structure');
    r.expect(2, 'structure of 2 elements');
    const reference: Data[] = [
      { type: 'long-unsigned', value: r.u16() },
      { type: 'octet-string', value: r.take(6) },
      { type: 'integer', value: r.i8() },
    ];
    entries.push({ type: 'structure', value: [...reference, Data.read(r)] });
  }
  return { type: 'structure', value: [head, { type: 'array', value: entries }] };
}
