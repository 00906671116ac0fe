import { Data } from '../axdr/data.js';
import { decode, encode } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import { formatHex, parseHex } from '../core/hex.js';

/**
 * Data as JSON, type first: `{ "type": "long-unsigned", "value": 230 }`. Octets, dates and times are `hex`, strings `text`, bit-strings `bits`, 64-bit
 * numbers decimal text in `value`, arrays and structures a list in `value`; a compact-array is the `hex` of its encoding.
 */
export interface JsonData {
  readonly type: string;
  readonly value?: boolean | number | string | readonly JsonData[];
  readonly hex?: string;
  readonly text?: string;
  readonly bits?: string;
  /** The octet of a boolean that was sent as neither 00 nor 01. */
  readonly octet?: number;
}

export function dataToJson(data: Data): JsonData {
  if (data.type === 'compact-array') return { type: data.type, hex: formatHex(encode(Data, data)) };
  if (!('value' in data)) return { type: data.type };
  const { type, value } = data;
  if (Array.isArray(value)) return { type, value: value.map(dataToJson) };
  if (value instanceof Uint8Array) return { type, hex: formatHex(value) };
  if (
    typeof value === 'bigint' ||
    Number.isNaN(value) ||
    value === Number.POSITIVE_INFINITY ||
    value === Number.NEGATIVE_INFINITY
  )
    return { type, value: String(value) };
  if (typeof value === 'string') return type === 'bit-string' ? { type, bits: value } : { type, text: value };
  return data.type === 'boolean' && data.octet !== undefined ? { type, value, octet: data.octet } : { type, value };
}

/** @throws DlmsError `parse/invalid-text` when it is not Data in this notation or the value does not fit its type. */
export function dataFromJson(json: unknown, depth = 0): Data {
  if (typeof json !== 'object' || json === null || depth > 64) throw wrong(json);
  const { type, value, hex, text, bits, octet } = json as Record<string, unknown> & { type: never };
  let inner: unknown = value ?? bits ?? text;
  if (Array.isArray(value)) inner = value.map((item) => dataFromJson(item, depth + 1));
  else if (typeof hex === 'string') inner = parseHex(hex);
  else if (typeof value === 'string')
    inner = /^long64/.test(type) ? bigint(value, json) : /^float|^floating/.test(type) ? Number(value) : value;
  const data = (
    inner === undefined ? { type } : { type, value: inner, ...(octet === undefined ? {} : { octet }) }
  ) as Data;
  try {
    if (type === 'compact-array') return decode(Data, inner as Uint8Array);
    return decode(Data, encode(Data, data));
  } catch (e) {
    throw wrong(json, e);
  }
}

function bigint(text: string, json: unknown): bigint {
  if (!/^-?\d{1,20}$/.test(text)) throw wrong(json);
  return BigInt(text);
}
/** Types are shown, values are not: they could be secrets. */
const wrong = (json: unknown, cause?: unknown): DlmsError =>
  new DlmsError(
    'parse/invalid-text',
    {
      offset: 0,
      expected: 'Data as JSON: a type with value, hex, text or bits',
      actual:
        typeof json === 'object' && json !== null && 'type' in json
          ? `type ${String(json.type).slice(0, 40)}`
          : typeof json,
    },
    cause === undefined ? undefined : { cause },
  );
