import { Writer } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { formatHex, parseHex } from '../core/hex.js';
import { Data } from './data.js';
import { isWholeText } from './scalars.js';
import { invalid, type Schema } from './schema.js';
import type { Leaf } from './shape.js';

// Values as JSON, by their schema: the one JSON that Data, attributes and APDUs have in this library.

/** Anything that JSON can say. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
/** An object of JSON. */
export interface JsonObject {
  [key: string]: JsonValue;
}
/** What the JSON does not say. */
export interface JsonNotes {
  /** A NaN was written, whose payload may be lost. */
  nan: boolean;
}
/** Bounds of a JSON text that is read. */
export interface JsonLimits {
  /** Longest text that is read, in characters. Default 64 Mi. */
  readonly maxLength?: number;
  /** Nesting of values. Default 400. */
  readonly maxDepth?: number;
}

/**
 * The plain form of a value of any schema. Everything can be read back with {@link fromJson} but the payload of a NaN, and Data of a type that
 * the schema does not list, which lenient decoding keeps.
 */
export const toJson = <T>(schema: Schema<T>, value: T, notes: JsonNotes = { nan: false }): JsonValue =>
  plainOf(schema, value, notes);

/**
 * The value of a schema from its plain form, the reverse of {@link toJson}.
 * @throws DlmsError `encode/invalid-value` with the path of what does not fit the schema; `decode/too-deep`
 */
export function fromJson<T>(schema: Schema<T>, json: JsonValue, limits: JsonLimits = {}): T {
  return read(schema, json, limits.maxDepth ?? 400) as T;
}

// ── to JSON ──────────────────────────────────────────────────────────────────────────────────────────────

// biome-ignore lint/suspicious/noExplicitAny: each shape says of what type its value is
function plainOf(schema: Schema<unknown>, value: any, notes: JsonNotes): JsonValue {
  const s = schema.shape;
  switch (s.of) {
    case 'optional':
    case 'default':
    case 'tagged':
    case 'nested':
    case 'deviating':
      return plainOf(s.inner, value, notes);
    case 'mapped':
      return free(value);
    case 'elements':
      return (value as unknown[]).map((v) => plainOf(s.element, v, notes));
    case 'fields':
      return plainFields({}, s.fields, value, notes);
    case 'alternatives': {
      const { type } = value as { type: string };
      const chosen: Schema<unknown> | undefined = s.alternatives[type]?.schema;
      // A type of Data that is not listed: lenient decoding kept it.
      if (chosen === undefined) return plainOf(Data, value, notes);
      if (!('fill' in chosen)) return { type, value: plainOf(chosen, value.value, notes) };
      return chosen.shape.of === 'fields' ? plainFields({ type }, chosen.shape.fields, value, notes) : free(value);
    }
    case 'bigint':
      return String(value);
    case 'octets':
      return formatHex(value);
    case 'float':
      if (Number.isNaN(value)) notes.nan = true;
      return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value);
    case 'text':
      return typeof value === 'string' ? value : { octets: formatHex(value) };
    case 'flags':
      return [...value];
    default:
      return value;
  }
}
function plainFields(
  out: JsonObject,
  fields: Readonly<Record<string, Schema<unknown>>>,
  value: Record<string, unknown>,
  notes: JsonNotes,
): JsonObject {
  for (const [key, schema] of Object.entries(fields)) {
    const v = value[key];
    if (v !== undefined) out[key] = plainOf(schema, v, notes);
  }
  return out;
}

/** A value without a schema of its own (the nicer side of a mapped type): only here octets and bigints need to be marked. */
function free(v: unknown): JsonValue {
  if (typeof v === 'bigint') return { integer: String(v) };
  if (v instanceof Uint8Array) return { octets: formatHex(v) };
  if (typeof v === 'number' && (!Number.isFinite(v) || Object.is(v, -0)))
    return { number: Object.is(v, -0) ? '-0' : String(v) };
  if (Array.isArray(v)) return v.map(free);
  if (typeof v !== 'object' || v === null) return v as JsonValue;
  return Object.fromEntries(
    Object.entries(v)
      .filter(([, x]) => x !== undefined)
      .map(([k, x]) => [k, free(x)]),
  );
}

// ── from JSON ────────────────────────────────────────────────────────────────────────────────────────────

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
function at(e: unknown, key: string): unknown {
  if (isDlmsError(e)) e.path.unshift(key);
  return e;
}
function hex(text: string, key?: string): Uint8Array {
  try {
    return parseHex(text);
  } catch (e) {
    const error = invalid(
      'hexadecimal digits, two for each octet',
      isDlmsError(e, 'parse/invalid-text') ? e.context.actual : text,
    );
    throw key === undefined ? error : at(error, key);
  }
}

function read(schema: Schema<unknown>, json: unknown, depth: number): unknown {
  if (depth <= 0) throw new DlmsError('decode/too-deep', { offset: 0, limit: 0 });
  const s = schema.shape;
  switch (s.of) {
    case 'optional':
    case 'default':
    case 'tagged':
    case 'nested':
    case 'deviating':
      return read(s.inner, json, depth);
    case 'mapped':
      return mappedValue(s, json, depth);
    case 'elements':
      if (!Array.isArray(json)) throw invalid('an array', json);
      return json.map((v, i) => {
        try {
          return read(s.element, v, depth - 1);
        } catch (e) {
          throw at(e, String(i));
        }
      });
    case 'fields':
      return fieldsOf(record(json), s.fields, depth, []);
    case 'alternatives': {
      const o = record(json);
      const type = Object.hasOwn(o, 'type') ? o.type : undefined;
      const chosen: Schema<unknown> | undefined =
        typeof type === 'string' && Object.hasOwn(s.alternatives, type) ? s.alternatives[type]?.schema : undefined;
      if (typeof type !== 'string' || chosen === undefined) {
        const names = Object.keys(s.alternatives);
        throw at(invalid(names.length > 40 ? `a type of ${s.name}` : `one of ${names.join(', ')}`, type), 'type');
      }
      try {
        return { type, ...contentOf(chosen, o, depth) };
      } catch (e) {
        throw at(e, type);
      }
    }
    default:
      return leafValue(s, json);
  }
}
/** What an alternative adds to its `type`: its fields, its record, or its value. */
function contentOf(chosen: Schema<unknown>, o: Record<string, unknown>, depth: number): object {
  if (!('fill' in chosen)) return fieldsOf(o, { value: chosen }, depth, ['type']);
  if (chosen.shape.of === 'fields') return fieldsOf(o, chosen.shape.fields, depth, ['type']);
  const { type: _, ...rest } = o;
  return read(chosen, rest, depth) as object;
}
function record(json: unknown): Record<string, unknown> {
  if (!isRecord(json)) throw invalid('an object', json);
  return json;
}

/** Exactly the members of the schema: a misspelt one is an error, not an absent one. */
function fieldsOf(
  o: Record<string, unknown>,
  fields: Readonly<Record<string, Schema<unknown>>>,
  depth: number,
  known: readonly string[],
): Record<string, unknown> {
  for (const key of Object.keys(o))
    if (!Object.hasOwn(fields, key) && !known.includes(key)) throw at(invalid('no such member', key), key);
  const out: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(fields)) {
    try {
      const v = Object.hasOwn(o, key) ? o[key] : undefined;
      if (v !== undefined) out[key] = read(schema, v, depth - 1);
      else if (schema.shape.of === 'default') out[key] = schema.shape.standard;
      else if (!('optional' in schema)) throw invalid('a value', 'nothing');
    } catch (e) {
      throw at(e, key);
    }
  }
  return out;
}

/** The nicer value is written to the wire form and read back: what comes back differently was not a value of this type. */
function mappedValue(
  s: { inner: Schema<unknown>; to(wire: unknown): unknown; from(value: unknown): unknown },
  json: unknown,
  depth: number,
): unknown {
  const v = unfree(json, depth);
  let back: unknown;
  try {
    const wire = s.from(v);
    s.inner.write(new Writer(), wire);
    back = s.to(wire);
  } catch (e) {
    if (isDlmsError(e, 'encode/invalid-value')) throw e;
    // Text that cannot be parsed, or a function that expected another shape.
    throw isDlmsError(e, 'parse/invalid-text')
      ? invalid(e.context.expected, e.context.actual)
      : invalid('a value that fits the schema', json, e);
  }
  // Texts may have more than one spelling (1.0.1.8.0.255 and 1-0:1.8.0*255).
  if (typeof v !== 'string' && JSON.stringify(sorted(free(back))) !== JSON.stringify(sorted(free(v))))
    throw invalid('a value that fits the schema', json);
  return back;
}
const sorted = (v: JsonValue): JsonValue =>
  Array.isArray(v)
    ? v.map(sorted)
    : isRecord(v)
      ? Object.fromEntries(
          Object.keys(v)
            .sort()
            .map((k) => [k, sorted(v[k] as JsonValue)]),
        )
      : v;
function unfree(json: unknown, depth: number): unknown {
  if (depth <= 0) throw new DlmsError('decode/too-deep', { offset: 0, limit: 0 });
  if (Array.isArray(json)) return json.map((v) => unfree(v, depth - 1));
  if (!isRecord(json)) return json;
  const keys = Object.keys(json);
  const only = keys.length === 1 ? keys[0] : undefined;
  const content = only === undefined ? undefined : json[only];
  if (typeof content === 'string') {
    if (only === 'octets') return hex(content);
    if (only === 'integer' && /^-?\d{1,30}$/.test(content)) return BigInt(content);
    if (only === 'number' && /^(-0|NaN|-?Infinity)$/.test(content)) return Number(content);
  }
  if (keys.includes('__proto__')) throw at(invalid('no such member', '__proto__'), '__proto__');
  return Object.fromEntries(keys.map((k) => [k, unfree(json[k], depth - 1)]));
}

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one case for each kind of leaf
function leafValue(s: Leaf, v: unknown): unknown {
  switch (s.of) {
    case 'integer':
      if (typeof v !== 'number' || !Number.isInteger(v) || v < s.min || v > s.max)
        throw invalid(`an integer from ${s.min} to ${s.max}`, v);
      return v + 0;
    case 'bigint': {
      const n = typeof v === 'string' && /^-?\d{1,20}$/.test(v) ? BigInt(v) : undefined;
      if (n === undefined || n < s.min || n > s.max)
        throw invalid(`an integer from ${s.min} to ${s.max} as decimal digits in a string`, v);
      return n;
    }
    case 'boolean':
      if (typeof v === 'boolean') return v;
      if (s.octets !== true) throw invalid('true or false', v);
      if (typeof v !== 'number' || !Number.isInteger(v) || v < 2 || v > 0xff)
        throw invalid('true, false, or an octet from 2 to 255', v);
      return v;
    case 'float': {
      if (typeof v === 'number') return v;
      if (typeof v !== 'string' || !/^(-0|NaN|-?Infinity)$/.test(v))
        throw invalid("a number, 'NaN', 'Infinity', '-Infinity' or '-0'", v);
      return Number(v);
    }
    case 'octets': {
      if (typeof v !== 'string') throw invalid('hexadecimal digits', v);
      const bytes = hex(v);
      if (s.size !== undefined && bytes.length !== s.size) throw invalid(`${s.size} octets`, bytes);
      return bytes;
    }
    case 'text':
      if (typeof v === 'string') {
        if (s.encoding === 'latin1')
          for (let i = 0; i < v.length; i++)
            if (v.charCodeAt(i) > 0xff) throw invalid('characters from U+0000 to U+00FF', v[i]);
        if (s.encoding === 'utf-8' && !isWholeText(v)) throw invalid('text without half characters', v);
        return v;
      }
      if (s.encoding === 'utf-8' && isRecord(v) && Object.keys(v).length === 1 && typeof v.octets === 'string')
        return hex(v.octets, 'octets');
      throw invalid('a text', v);
    case 'bits':
      if (typeof v !== 'string' || !/^[01]*$/.test(v) || (s.size !== undefined && v.length !== s.size))
        throw invalid(`${s.size ?? 'any number of'} binary digits`, v);
      return v;
    case 'flags':
      // A bit without a name is its number.
      if (!Array.isArray(v) || v.some((n) => n === '' || !(s.names.includes(n) || s.names[n] === '')))
        throw invalid(`an array of ${s.names.join(', ')}`, v);
      return s.names.map((n, bit) => (n === '' ? bit : n)).filter((n) => v.includes(n));
    case 'names':
      if (typeof v === 'string' && Object.hasOwn(s.names, v)) return v;
      if (typeof v !== 'number' || !Number.isInteger(v) || v < 0 || v > 0xff)
        throw invalid(`one of ${Object.keys(s.names).join(', ')} or 0 to 255`, v);
      return Object.entries(s.names).find(([, code]) => code === v)?.[0] ?? v;
  }
}
