import type { Data } from '../axdr/data.js';
import { Data as DataSchema } from '../axdr/data.js';
import { decode, encode, type Schema } from '../axdr/schema.js';
import { isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { allClasses } from '../cosem/all-classes.js';
import { CosemDate, CosemTime, DateTime, TaggedDate, TaggedDateTime, TaggedTime } from '../cosem/date-time.js';
import { formatDate, formatDateTime, formatTime } from '../cosem/date-time-text.js';
import type { JsonValue } from '../translator/json.js';

// Values of attributes as plain JSON: structures with the names of their class, times as text.

/**
 * @param version of the class; without it, or if the value does not fit, all versions are tried, newest first
 * @returns undefined when no known class can read the value
 */
export function attributeJson(
  classId: number,
  version: number | undefined,
  index: number,
  value: Data,
): JsonValue | undefined {
  const versions = [...allClasses.versions(classId)].reverse();
  const order = version === undefined ? versions : [version, ...versions.filter((v) => v !== version)];
  const octets = encode(DataSchema, value);
  for (const v of order) {
    const definition = allClasses.get(classId, v);
    const attribute = Object.values(definition?.attributes ?? {}).find((a) => a.index === index);
    if (attribute === undefined) continue;
    try {
      return plain(attribute.schema, decode(attribute.schema, octets, { lenient: true }));
    } catch (e) {
      if (!isDlmsError(e)) throw e;
    }
  }
  return undefined;
}

const asText = <T>(schema: Schema<T>, format: (value: T) => string): readonly [Schema<unknown>, Format] => [
  schema,
  (value) => format(value as T),
];
type Format = (value: unknown) => string;
const times: ReadonlyMap<Schema<unknown>, Format> = new Map([
  asText(DateTime, formatDateTime),
  asText(TaggedDateTime, formatDateTime),
  asText(CosemDate, formatDate),
  asText(TaggedDate, formatDate),
  asText(CosemTime, formatTime),
  asText(TaggedTime, formatTime),
]);
/** Without the types of Data, which the JSON of the Data itself has. */
function plain(schema: Schema<unknown>, value: unknown): JsonValue {
  const time = times.get(schema);
  if (time !== undefined) return time(value);
  const s = schema.shape;
  switch (s.of) {
    case 'optional':
    case 'default':
    case 'tagged':
    case 'nested':
    case 'deviating':
      return plain(s.inner, value);
    case 'elements':
      return (value as unknown[]).map((v) => plain(s.element, v));
    case 'fields':
      return fields(s.fields, value as Record<string, unknown>);
    case 'alternatives': {
      const { type, value: inner } = value as { type: string; value: unknown };
      const chosen: Schema<unknown> | undefined = s.alternatives[type]?.schema;
      // A type of Data that the class does not list: lenient decoding kept it.
      if (chosen === undefined) return plain(DataSchema, value);
      if (!('fill' in chosen)) return plain(chosen, inner);
      if (type === 'null-data') return null;
      return chosen.shape.of === 'fields'
        ? { type, ...fields(chosen.shape.fields, value as Record<string, unknown>) }
        : free(value);
    }
    default:
      return free(value);
  }
}
function fields(
  schemas: Readonly<Record<string, Schema<unknown>>>,
  value: Record<string, unknown>,
): { [key: string]: JsonValue } {
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([key, schema]) =>
      value[key] === undefined ? [] : [[key, plain(schema, value[key])]],
    ),
  );
}
/** Octets as hexadecimal digits; what is not a JSON number as text. */
function free(v: unknown): JsonValue {
  if (v instanceof Uint8Array) return formatHex(v);
  if (typeof v === 'bigint') return String(v);
  if (typeof v === 'number') return Number.isFinite(v) ? v : String(v);
  if (Array.isArray(v) || v instanceof Set) return [...v].map(free);
  if (typeof v !== 'object' || v === null) return (v ?? null) as JsonValue;
  return Object.fromEntries(
    Object.entries(v)
      .filter(([, x]) => x !== undefined)
      .map(([k, x]) => [k, free(x)]),
  );
}
