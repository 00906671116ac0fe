import { Data } from '../../axdr/data.js';
import { fromJson, type JsonValue } from '../../axdr/json.js';
import { decode, decodeFrom } from '../../axdr/schema.js';
import { Reader, Writer } from '../../core/cursor.js';
import { formatHex } from '../../core/hex.js';
import { dateFromBytes, dateTimeFromBytes, timeFromBytes } from '../../cosem/date-time.js';
import { formatDate, formatDateTime, formatTime } from '../../cosem/date-time-text.js';
import { anyOf, isRecord, type Matcher } from '../compare.js';
import { decoded } from '../decoded.js';
import { writtenBack } from '../decoding.js';
import { cases, octets } from '../parameters.js';
import type { Kind } from '../vector.js';

const eachCase = (one: (bytes: Uint8Array, expected: unknown) => Record<string, unknown>): Kind => ({
  input: ['cases', 'hex'],
  run: (vector) => ({
    cases: cases(vector).map((bytes, i) => ({
      hex: bytes,
      input: bytes,
      ...one(bytes, ((vector.expected as { cases?: unknown[] }).cases ?? [])[i]),
    })),
  }),
});

export const axdrKinds: Readonly<Record<string, Kind>> = {
  'axdr-data': {
    input: ['hex'],
    run(vector) {
      const bytes = octets(vector, 'hex');
      return { value: decoded(Data, decode(Data, bytes)), roundTrip: roundTrip(bytes, vector.expected) };
    },
  },
  'axdr-cases': eachCase((bytes, expected) => {
    const data = decode(Data, bytes);
    return {
      value: decoded(Data, data),
      date: undefined,
      time: undefined,
      dateTime: undefined,
      iso: undefined,
      ...('value' in data && data.value instanceof Uint8Array ? dateText(data.value) : {}),
      roundTrip: roundTrip(bytes, expected),
    };
  }),
  'axdr-length': eachCase((bytes) => {
    const r = new Reader(bytes);
    const read = (): number => r.length();
    const length = decodeFrom({ kind: 'length', shape: { of: 'octets' }, read, write: () => undefined }, r);
    const w = new Writer();
    w.length(length);
    const again = formatHex(w.finish());
    // The other direction too: the shortest form of this length must be the input.
    return { length: again === formatHex(bytes) ? length : `${length}, written as ${again}` };
  }),
  'axdr-stream': {
    input: ['hex'],
    run(vector) {
      const r = new Reader(octets(vector, 'hex'));
      const items: unknown[] = [];
      const endOffsets: number[] = [];
      while (r.left > 0) {
        const offset = r.offset;
        const value = decoded(Data, decodeFrom(Data, r));
        items.push(anyOf(value, { value, hex: r.bytes.subarray(offset, r.offset), offset, endOffset: r.offset }));
        endOffsets.push(r.offset);
      }
      return { items, endOffsets, count: items.length };
    },
  },
  'date-time': eachCase((bytes) => dateText(bytes)),
};

/** A date-time, date or time as fields and text. */
function dateText(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length === 12) {
    const value = dateTimeFromBytes(bytes);
    const fields = decoded(undefined, value);
    const text = formatDateTime(value);
    return {
      fields,
      dateTime: fields,
      iso: value.deviationMinutes === null ? anyOf(text, `${text} (no offset)`) : text,
    };
  }
  if (bytes.length === 5) {
    const value = dateFromBytes(bytes);
    return { fields: decoded(undefined, value), date: formatDate(value) };
  }
  if (bytes.length !== 4) return {};
  const value = timeFromBytes(bytes);
  return { fields: decoded(undefined, value), time: formatTime(value) };
}

/** Encoding the expected value must give the octets. If it is abridged, the octets are decoded and encoded again. */
const roundTrip = (bytes: Uint8Array, expected: unknown): Matcher =>
  writtenBack(
    Data,
    () => {
      const json = ownJson((expected as { value: unknown }).value);
      return json === undefined ? decode(Data, bytes) : fromJson(Data, json);
    },
    bytes,
  );
/** Data in the notation of vectors (README) as the library's own JSON; undefined for an abridged list. */
function ownJson(notation: unknown): JsonValue | undefined {
  if (!isRecord(notation)) return undefined;
  const n = notation as Record<string, JsonValue>;
  const type = n.type as string;
  if (n.contentsHex !== undefined)
    return { type, contentsDescription: ownType(n.contentsDescription), arrayContents: n.contentsHex };
  if (type !== 'array' && type !== 'structure') {
    const value = n.value ?? n.hex ?? n.text ?? n.bits;
    return value === undefined ? (notation as JsonValue) : { type, value };
  }
  const list = Array.isArray(n.value) ? n.value.map(ownJson) : [undefined];
  return list.includes(undefined) ? undefined : { type, value: list as JsonValue[] };
}
function ownType(notation: unknown): JsonValue {
  const { type, of, count } = notation as { type: string; of?: unknown; count?: number };
  if (Array.isArray(of)) return { type, value: of.map(ownType) };
  return of === undefined ? { type } : { type, numberOfElements: count as number, typeDescription: ownType(of) };
}
