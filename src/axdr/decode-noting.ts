import type { Quirk } from '../core/cursor.js';
import { decode, type Schema } from './schema.js';

/**
 * Decodes strictly, and leniently where that fails. What is accepted then is added to `quirks`: nothing when the octets are as they should be.
 * @throws DlmsError the strict one, which says more than the lenient one
 */
export function decodeNoting<T>(schema: Schema<T>, bytes: Uint8Array, quirks: Quirk[]): T {
  try {
    return decode(schema, bytes);
  } catch (strict) {
    const found: Quirk[] = [];
    let value: T;
    try {
      value = decode(schema, bytes, { lenient: true, quirks: found });
    } catch {
      throw strict;
    }
    quirks.push(...found);
    return value;
  }
}

/** The first deviation of each name: a meter that deviates in one row of a profile does so in all of them. */
export function oneOfEach(quirks: readonly Quirk[]): Quirk[] {
  const seen = new Set<string>();
  return quirks.filter(({ name }) => !seen.has(name) && seen.add(name));
}
