import { compactArrayItems, type TypeDescription } from '../axdr/compact-array.js';
import { Data } from '../axdr/data.js';
import { encode } from '../axdr/schema.js';
import { formatHex, parseHex } from '../core/hex.js';
import {
  type CosemDate,
  type CosemTime,
  type DateTime,
  dateFromBytes,
  dateTimeFromBytes,
  timeFromBytes,
} from '../cosem/date-time.js';
import { anyOf, firstOf, hexText, later, type Matcher } from './compare.js';
import { Unsupported } from './vector.js';

// Data in the notation of the vectors, both ways.

/** Octets as a matcher. */
export const hex = (bytes: Uint8Array): Matcher => hexText(formatHex(bytes));

/** Data as a vector writes it; every spelling that the format knows. */
export function dataNotation(d: Data): Record<string, unknown> {
  switch (d.type) {
    case 'null-data':
    case 'dont-care':
      return { type: d.type };
    case 'array':
    case 'structure':
      return {
        type: d.type,
        value: later(() => d.value.map(dataNotation)),
        count: d.value.length,
        first: later(() => d.value.slice(0, 2).map(dataNotation)),
        last: later(() => d.value.slice(-1).map(dataNotation)),
      };
    case 'compact-array': {
      const items = (): Data[] => compactArrayItems(d);
      return {
        type: d.type,
        contentsDescription: describe(d.contentsDescription),
        contentsHex: hex(d.arrayContents),
        items: later(() => items().map(dataNotation)),
        itemCount: later(() => items().length),
        firstItems: later(() => firstOf(items().map(dataNotation))),
      };
    }
    case 'bit-string':
      return { type: d.type, bits: d.value };
    case 'octet-string':
      return { type: d.type, hex: hex(d.value) };
    case 'date-time':
      return { type: d.type, hex: hex(d.value), fields: dateTimeFields(dateTimeFromBytes(d.value)) };
    case 'date':
      return { type: d.type, hex: hex(d.value), fields: dateFields(dateFromBytes(d.value)) };
    case 'time':
      return { type: d.type, hex: hex(d.value), fields: { ...timeFromBytes(d.value) } };
    case 'visible-string':
    case 'utf8-string': {
      const body = encode(Data, d).subarray(1);
      return {
        type: d.type,
        text: typeof d.value === 'string' ? d.value : new TextDecoder().decode(d.value),
        hex: hex(body.subarray(body[0]! < 0x80 ? 1 : 1 + (body[0]! & 0x7f))),
      };
    }
    case 'floating-point':
    case 'float32':
    case 'float64':
      return {
        type: d.type,
        value: Number.isFinite(d.value) ? d.value : anyOf(String(d.value), null),
        hex: hex(encode(Data, d).subarray(1)),
      };
    default:
      return { type: d.type, value: typeof d.value === 'bigint' ? String(d.value) : d.value };
  }
}

const describe = (t: TypeDescription): Record<string, unknown> =>
  t.type === 'structure'
    ? { type: t.type, of: t.value.map(describe), count: t.value.length }
    : t.type === 'array'
      ? { type: t.type, count: t.numberOfElements, of: describe(t.typeDescription) }
      : { type: t.type };

/** Months and days that are no numbers are their octets in the notation. */
const number = (v: number | string | null): number | null | Matcher =>
  typeof v !== 'string' ? v : anyOf(v, v === 'daylight-savings-begin' || v === 'last-day' ? 0xfe : 0xfd);
const dateFields = (v: CosemDate): Record<string, unknown> => ({
  ...v,
  month: number(v.month),
  dayOfMonth: number(v.dayOfMonth),
  day: number(v.dayOfMonth),
});
export const dateTimeFields = (v: DateTime): Record<string, unknown> => ({
  ...dateFields(v),
  ...time(v),
  deviationMinutes: v.deviationMinutes,
  clockStatus: v.clockStatus,
  status: v.clockStatus,
});
/** The octets of a date-time that may be empty, and its fields. */
export const dateNotation = (dateTime: Uint8Array): Record<string, unknown> => ({
  dateTime: hex(dateTime),
  dateTimeFields: dateTime.length === 12 ? dateTimeFields(dateTimeFromBytes(dateTime)) : null,
});
const time = ({ hour, minute, second, hundredths }: CosemTime): CosemTime => ({ hour, minute, second, hundredths });

/** The other way. @throws Unsupported for a shortened array or a type that is not one */
export function dataFromNotation(notation: unknown): Data {
  const n = notation as Record<string, unknown>;
  const type = n.type as Data['type'];
  if ((type === 'array' || type === 'structure') && Array.isArray(n.value))
    return { type, value: n.value.map(dataFromNotation) };
  if (type === 'compact-array' && typeof n.contentsHex === 'string')
    return {
      type,
      contentsDescription: typeFromNotation(n.contentsDescription),
      arrayContents: parseHex(n.contentsHex),
    };
  if (type === 'bit-string') return { type, value: n.bits as string };
  if (typeof n.text === 'string') return { type, value: n.text } as Data;
  if (typeof n.hex === 'string' && !('value' in n)) return { type, value: parseHex(n.hex) } as Data;
  if (type === 'null-data' || type === 'dont-care') return { type };
  if (type === 'long64' || type === 'long64-unsigned') return { type, value: BigInt(n.value as string) };
  if (typeof n.value === 'number' || typeof n.value === 'boolean') return { type, value: n.value } as Data;
  throw new Unsupported(`expected value of type ${JSON.stringify(type)} cannot be written back`);
}
function typeFromNotation(notation: unknown): TypeDescription {
  const n = notation as Record<string, unknown>;
  const type = n.type as TypeDescription['type'];
  if (type === 'array') return { type, numberOfElements: n.count as number, typeDescription: typeFromNotation(n.of) };
  if (type === 'structure') return { type, value: (n.of as unknown[]).map(typeFromNotation) };
  return { type };
}
/** A list that is cut to its first and last elements somewhere. */
export function isShortened(notation: unknown): boolean {
  if (typeof notation !== 'object' || notation === null) return false;
  const n = notation as Record<string, unknown>;
  if ('first' in n || 'firstItems' in n || ('count' in n && !('value' in n) && !('of' in n))) return true;
  return Array.isArray(n.value) && n.value.some(isShortened);
}
