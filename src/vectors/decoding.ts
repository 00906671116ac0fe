import { decodeNoting } from '../axdr/decode-noting.js';
import { encode, type Schema } from '../axdr/schema.js';
import type { Quirk } from '../core/cursor.js';
import { formatHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
import { check, later, type Matcher } from './compare.js';
import { decoded } from './decoded.js';
import { type Notes, Unsupported } from './vector.js';

/** `roundTrip: true`: encoding the value again gives the same octets. */
export const writtenBack = <T>(schema: Schema<T>, value: () => T, bytes: Uint8Array): Matcher =>
  check((wanted) => {
    if (wanted !== true) throw new Unsupported('roundTrip: true or false expected');
    const again = formatHex(encode(schema, value()));
    return again === formatHex(bytes) ? undefined : `the octets ${again.slice(0, 80)}`;
  }, 'the same octets');

/** An APDU, decoded when an expectation asks for it. */
export const apduIn = (bytes: Uint8Array | undefined, notes: Notes): Matcher | undefined =>
  bytes === undefined || bytes.length === 0 ? undefined : later(() => decoded(Apdu, decodeNoted(Apdu, bytes, notes)));

/** Decodes strictly, or leniently if that fails; the names of the deviations go into the notes. */
export function decodeNoted<T>(schema: Schema<T>, bytes: Uint8Array, notes: Notes): T {
  const quirks: Quirk[] = [];
  const value = decodeNoting(schema, bytes, quirks);
  notes.quirks.push(...quirks.map((q) => q.name));
  return value;
}
