import { decode, type Schema } from '../../axdr/schema.js';
import type { Quirk } from '../../core/cursor.js';
import { isDlmsError } from '../../core/errors.js';
import type { Notes } from './vector.js';

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
