import { fromJson, type JsonLimits, type JsonObject, toJson } from '../axdr/json.js';
import { octets } from '../axdr/scalars.js';
import { decode, encode, invalid } from '../axdr/schema.js';
import { equalBytes } from '../core/bytes.js';
import type { DecodeOptions } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
import { placeOf } from './xml-reader.js';

export { fromJson, type JsonLimits, type JsonObject, type JsonValue, toJson } from '../axdr/json.js';

/**
 * One APDU as plain JSON: the decoded value with its field names; octets as upper-case hexadecimal digits, 64-bit integers as decimal strings.
 * Where these fields alone would be encoded to other octets (a length longer than needed, a default sent explicitly), `octets` carries what was sent.
 * @throws DlmsError `decode/…` when the octets are no APDU.
 */
export function apduToJson(bytes: Uint8Array, options?: DecodeOptions): JsonObject {
  const value = decode(Apdu, bytes, options);
  const notes = { nan: false };
  const json = toJson(Apdu, value, notes) as JsonObject;
  if (notes.nan || !sameOctets(value, bytes)) json.octets = formatHex(bytes);
  return json;
}

/**
 * The octets of an APDU in the form of {@link apduToJson}: a JSON text, or what JSON.parse gave. `octets` gives the octets themselves and must
 * agree with the fields.
 * @throws DlmsError `parse/invalid-text` for a text that is no JSON, `encode/invalid-value` with the path of a wrong, missing or unknown member.
 */
export function apduFromJson(json: string | JsonObject, limits: JsonLimits = {}): Uint8Array {
  const value: unknown = typeof json === 'string' ? parseJson(json, limits) : json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('an object', value);
  const { octets: stated, ...fields } = value as JsonObject;
  const apdu = fromJson(Apdu, fields, limits);
  if (stated === undefined) return encode(Apdu, apdu);
  try {
    const bytes = fromJson(octets, stated);
    const text = (v: Apdu): string => JSON.stringify(toJson(Apdu, v));
    if (text(decode(Apdu, bytes, { lenient: true })) !== text(apdu))
      throw invalid('octets that agree with the fields', 'others');
    return bytes;
  } catch (e) {
    if (isDlmsError(e)) e.path.unshift('octets');
    throw e;
  }
}

/** JSON from text, bounded before it is read. @throws DlmsError `parse/invalid-text`, `decode/too-large` */
export function parseJson(text: string, limits: JsonLimits = {}): unknown {
  const maxLength = limits.maxLength ?? 64 * 1024 * 1024;
  if (text.length > maxLength)
    throw new DlmsError('decode/too-large', { offset: 0, limit: maxLength, actual: text.length });
  try {
    return JSON.parse(text);
  } catch (e) {
    // The engine names the place in words only, and not always.
    const reason = e instanceof Error ? e.message.slice(0, 100) : 'something else';
    const offset = Number(/position (\d+)/.exec(reason)?.[1] ?? 0);
    throw new DlmsError('parse/invalid-text', {
      offset,
      expected: 'JSON',
      actual: reason,
      ...(offset > 0 ? placeOf(text, offset) : {}),
    });
  }
}

function sameOctets(value: Apdu, bytes: Uint8Array): boolean {
  try {
    return equalBytes(encode(Apdu, value), bytes);
  } catch {
    // A value that only lenient decoding accepts.
    return false;
  }
}
