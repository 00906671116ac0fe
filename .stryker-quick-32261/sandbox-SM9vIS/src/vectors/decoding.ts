import { decode, encode, type Schema } from '../axdr/schema.js';
import type { Quirk } from '../core/cursor.js';
import { isDlmsError } from '../core/errors.js';
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

/** Strict first; when that fails, lenient, with the deviations noted. An error of lenient decoding hides behind the strict one, which says more. */
export function decodeNoting<T>(schema: Schema<T>, bytes: Uint8Array, notes: Notes): T {
  try {
    return decode(schema, bytes);
  } catch (strict) {
    if (!isDlmsError(strict)) throw strict;
    const quirks: Quirk[] = [];
    let value: T;
    try {
      value = decode(schema, bytes, { lenient: true, quirks });
    } catch {
      throw strict;
    }
    notes.quirks.push(...quirks.map((q) => q.name));
    return value;
  }
}
