import { decodeNoting } from '../axdr/decode-noting.js';
import { encode, type Schema } from '../axdr/schema.js';
import type { Quirk } from '../core/cursor.js';
import { formatHex } from '../core/hex.js';
import { check, type Matcher } from './compare.js';
import { type Notes, Unsupported } from './vector.js';

/** `roundTrip: true`: the value, written by us, gives the octets. */
export const writtenBack = <T>(schema: Schema<T>, value: T, bytes: Uint8Array): Matcher =>
  check((wanted) => {
    if (wanted !== true) throw new Unsupported('roundTrip: true or false expected');
    const again = formatHex(encode(schema, value));
    return again === formatHex(bytes) ? undefined : `the octets ${again.slice(0, 80)}`;
  }, 'the same octets');

/** Decodes strictly, and leniently where that fails, with the names of the deviations among the notes. */
export function decodeNoted<T>(schema: Schema<T>, bytes: Uint8Array, notes: Notes): T {
  const quirks: Quirk[] = [];
  const value = decodeNoting(schema, bytes, quirks);
  notes.quirks.push(...quirks.map((q) => q.name));
  return value;
}
