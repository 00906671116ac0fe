import type { Schema } from '../axdr/schema.js';
import type { Shape } from '../axdr/shape.js';
import { formatHex } from '../core/hex.js';
import { dateFromBytes, dateTimeFromBytes, timeFromBytes } from '../cosem/date-time.js';
import { looksLikeDateTime } from '../cosem/date-time-guess.js';
import { formatDate, formatDateTime, formatTime } from '../cosem/date-time-text.js';
import { obisFromBytes } from '../cosem/obis.js';
import { kept } from './kept.js';

/** Names that the explanation can borrow: give those of your own tables, or `describeObis` and the names of the interface classes. */
export interface ExplainNames {
  /** An OBIS code in words. */
  readonly obis?: (code: string) => string | undefined;
  /** An interface class by its id. */
  readonly classId?: (id: number) => string | undefined;
}

/** A value in the words of its field. */
export function meaningOf(
  schema: Schema<unknown>,
  field: string,
  type: string | undefined,
  value: unknown,
  names: ExplainNames,
): string {
  if (value === undefined) return '';
  if (type === 'date-time' || type === 'date' || type === 'time') return temporal(type, value);
  const s: Shape = schema.shape;
  const text = wordsOf(s, field, value, names);
  if (s.of === 'mapped' && text === undefined) return plainText(value, names);
  return text ?? String(value);
}

// biome-ignore lint/suspicious/noExplicitAny: each shape says of what type its value is
function wordsOf(s: Shape, field: string, value: any, names: ExplainNames): string | undefined {
  switch (s.of) {
    case 'names':
      return typeof value === 'string' ? `${value} (${s.names[value]})` : `${value} (no name)`;
    case 'flags':
      return value.length === 0 ? 'none' : value.join(', ');
    case 'bits':
      return value === '' ? 'no bits' : value;
    case 'text':
      return typeof value === 'string' ? JSON.stringify(value) : `${formatHex(value)} (not UTF-8)`;
    case 'octets':
      return octetsText(value, names);
    case 'integer':
      if (field === 'classId') return withName(value, names.classId?.(value));
      return field.endsWith('Size') && value === 0 ? '0 (no limit)' : String(value);
    case 'boolean':
      return typeof value === 'number' ? `true (sent as ${formatHex(Uint8Array.of(value))})` : String(value);
    case 'fields':
      return '';
    default:
      return undefined;
  }
}
const withName = (value: unknown, name: string | undefined): string =>
  name === undefined ? String(value) : `${value} (${name})`;

/** Octets: what they look like in front, so that a guess is seen to be one. */
export function octetsText(v: Uint8Array, names: ExplainNames = {}): string {
  if (v.length === 0) return 'empty';
  if (v.length === 6 && looksLikeObis(v)) return obisText(obisFromBytes(v), names);
  if (looksLikeDateTime(v)) return formatDateTime(dateTimeFromBytes(v));
  const hex = v.length > 64 ? `${formatHex(v.subarray(0, 64))}… (${v.length} octets)` : formatHex(v);
  return v.length >= 3 && v.every((b) => b >= 0x20 && b < 0x7f)
    ? `${hex} ${JSON.stringify(String.fromCharCode(...v.subarray(0, 64)))}`
    : hex;
}
const obisText = (code: string, names: ExplainNames): string => withName(code, names.obis?.(code));
/** Medium 0 to 15, and a code that ends the usual way. */
const looksLikeObis = (v: Uint8Array): boolean => (v[0] as number) <= 15 && (v[5] === 255 || (v[5] as number) <= 126);
function temporal(type: string, value: unknown): string {
  if (!(value instanceof Uint8Array)) return '';
  const format = {
    'date-time': () => formatDateTime(dateTimeFromBytes(value)),
    date: () => formatDate(dateFromBytes(value)),
    time: () => formatTime(timeFromBytes(value)),
  };
  try {
    return format[type as 'date']();
  } catch {
    return formatHex(value);
  }
}

/** The nicer side of a mapped type: an invoke-id, a block control, an OBIS code, a date-time. */
function plainText(value: unknown, names: ExplainNames): string {
  if (typeof value === 'string') return /^\d+-\d+:\d+\.\d+\.\d+\*\d+$/.test(value) ? obisText(value, names) : value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Uint8Array) return octetsText(value, names);
  let out = '';
  for (const [k, v] of Object.entries(value)) {
    if (v === undefined || v === false) continue;
    if (out !== '') out += ', ';
    if (v === true) out += words(k);
    else out += typeof v === 'string' ? `${v}${k === 'priority' ? ' priority' : ''}` : `${words(k)} ${String(v)}`;
  }
  return out;
}
/** The name of a field as words. */
const words = (camel: string): string =>
  kept(spelled, camel, () => camel.replace('Id', '-id').replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`));
const spelled: Map<string, string> = /* @__PURE__ */ new Map();
