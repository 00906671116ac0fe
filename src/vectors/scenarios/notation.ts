import { decode, encode, type Schema } from '../../axdr/schema.js';
import { DlmsError } from '../../core/errors.js';
import { formatHex, parseHex } from '../../core/hex.js';
import { type DateTime, dateTimeFromBytes } from '../../cosem/date-time.js';
import { type Obis, obisFromBytes, obisToBytes, parseObis } from '../../cosem/obis.js';

// The notation of scenarios: values of attributes with the member names of the books, both ways through the schema of
// the attribute.

/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export const isRecord = (x: unknown): x is { readonly [key: string]: Json } =>
  typeof x === 'object' && x !== null && !Array.isArray(x);
export const camel = (name: string): string => name.replace(/_([a-z0-9A-Z])/g, (_, c: string) => c.toUpperCase());
const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
const wrong = (expected: string, actual: unknown): DlmsError =>
  new DlmsError('parse/invalid-text', {
    offset: 0,
    expected,
    actual: JSON.stringify(actual)?.slice(0, 200) ?? 'nothing',
  });

// ── date and time ────────────────────

const dateTimeText =
  /^(\*|\d+)-(\*|\d+|[a-z-]+\d?)-(\*|\d+|last2?)(?:\/(\d))?(?:T(\*|\d+):(\*|\d+)(?::(\*|\d+))?)?(?:\/([SN]))?$/;
const timeText = /^(\*|\d+):(\*|\d+)(?::(\*|\d+))?$/;
const part = (text: string | undefined, unspecified: number): number =>
  text === undefined || text === '*' ? unspecified : Number(text);
const monthOf = (text: string): number => (text === 'begin' ? 0xfe : text === 'end' ? 0xfd : part(text, 0xff));
const dayOf = (text: string): number => (text === 'last' ? 0xfe : text === 'last2' ? 0xfd : part(text, 0xff));

/** Octets of a date-time, a date or a time, by the number of octets wanted. Undefined for a text that is none. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one rule for each field
function temporal(json: Json, size: number): Uint8Array | undefined {
  const { dt, dev, status, weekday } = isRecord(json) ? json : ({ dt: json } as Record<string, Json>);
  if (typeof dt !== 'string') return undefined;
  if (dt === 'not specified') return size === 12 ? notSpecified : new Uint8Array(size).fill(0xff);
  if (size === 4) {
    const [, hour, minute, second] = timeText.exec(dt) ?? [];
    return hour === undefined
      ? undefined
      : Uint8Array.of(part(hour, 0xff), part(minute, 0xff), second === undefined ? 0 : part(second, 0xff), 0xff);
  }
  const [, year, month, day, week, hour, minute, second, season] = dateTimeText.exec(dt) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const y = part(year, 0xffff);
  const date = [y >> 8, y & 0xff, monthOf(month), dayOf(day), part(week ?? (weekday === null ? '*' : undefined), 0xff)];
  if (size === 5) return Uint8Array.from(date);
  const deviation = typeof dev === 'number' ? dev : season === 'S' ? -120 : season === 'N' ? -60 : -0x8000;
  return Uint8Array.of(
    ...date,
    part(hour, 0xff),
    part(minute, 0xff),
    hour === undefined ? 0xff : second === undefined ? 0 : part(second, 0xff),
    0xff,
    (deviation >> 8) & 0xff,
    deviation & 0xff,
    typeof status === 'number' ? status : season === undefined ? 0xff : season === 'S' ? 0x80 : 0,
  );
}
const notSpecified = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x80, 0, 0xff);

/** The octets that a text stands for: hexadecimal digits, a logical name, or a moment. */
export function octetsOf(json: Json, size?: number): Uint8Array {
  const moment = size === undefined || size === 12 || size === 5 || size === 4 ? temporal(json, size ?? 12) : undefined;
  if (moment !== undefined) return moment;
  if (typeof json !== 'string') throw wrong('octets', json);
  if (/^\d+-\d+:/.test(json)) return obisToBytes(parseObis(json) as Obis);
  return parseHex(json);
}

// ── values ────────────────────

const octetString = (octets: Uint8Array): Uint8Array => Uint8Array.of(9, octets.length, ...octets);

/** A value of the notation as a value of the schema. */
export function typedValue(schema: Schema<unknown>, json: Json): unknown {
  const { shape } = schema;
  switch (shape?.of) {
    case 'tagged':
    case 'nested':
      return typedValue(shape.inner, json);
    case 'mapped': {
      const inner = shape.inner.shape;
      if (inner?.of === 'octets' && inner.size !== undefined && (typeof json === 'string' || isRecord(json)))
        return decode(schema, octetString(octetsOf(json, inner.size)));
      return shape.to(typedValue(shape.inner, json));
    }
    case 'fields': {
      const fields = Object.entries(shape.fields);
      if (Array.isArray(json))
        return Object.fromEntries(fields.map(([k, s], i) => [k, typedValue(s, json[i] as Json)]));
      if (!isRecord(json)) throw wrong(schema.kind, json);
      const given = new Map(Object.entries(json).map(([k, v]) => [camel(k).toLowerCase(), v]));
      return Object.fromEntries(
        fields.map(([k, s]) => {
          const value = given.get(k.toLowerCase());
          if (value === undefined) throw wrong(`${schema.kind}: ${snake(k)}`, json);
          return [k, typedValue(s, value)];
        }),
      );
    }
    case 'elements':
      if (!Array.isArray(json)) throw wrong(schema.kind, json);
      return json.map((e) => typedValue(shape.element, e));
    case 'alternatives':
      return alternativeOf(schema, shape.alternatives as never, json);
    case 'names':
      return typeof json === 'number'
        ? (Object.entries(shape.names).find(([, n]) => n === json)?.[0] ?? json)
        : camelOrKebab(shape.names, json);
    case 'flags':
      if (typeof json === 'string') return [...json].flatMap((b, i) => (b === '1' ? [shape.names[i] ?? i] : []));
      return (json as readonly Json[]).map((n) =>
        typeof n === 'number' ? (shape.names[n] ?? n) : (shape.names.find((m) => same(m, n as string)) ?? n),
      );
    case 'octets':
      return octetsOf(json, shape.size);
    case 'bigint':
      return BigInt(json as number);
    case 'text':
    case 'bits':
    case 'integer':
    case 'boolean':
    case 'float':
      return json;
    default:
      throw wrong(`a value of ${schema.kind}`, json);
  }
}
const same = (a: string, b: string): boolean =>
  a.replace(/[-_ ]/g, '').toLowerCase() === b.replace(/[-_ ]/g, '').toLowerCase();
const camelOrKebab = (names: Readonly<Record<string, number>>, json: Json): Json =>
  Object.keys(names).find((n) => typeof json === 'string' && same(n, json)) ?? json;

/** `{ "long-unsigned": 5 }` names the type; a bare value takes the first type that holds it. */
function alternativeOf(
  schema: Schema<unknown>,
  alternatives: Readonly<Record<string, { readonly schema: Schema<unknown> }>>,
  json: Json,
): unknown {
  const [name, value] =
    isRecord(json) && Object.keys(json).length === 1 ? (Object.entries(json)[0] as [string, Json]) : [];
  const type = name === undefined ? undefined : Object.keys(alternatives).find((a) => same(a, name));
  const made = (t: string, v: Json): unknown => {
    const inner = (alternatives[t] as { readonly schema: Schema<unknown> }).schema;
    if (v === null) return { type: t };
    const content = typedValue(inner, v);
    return 'fill' in inner ? { type: t, ...(content as object) } : { type: t, value: content };
  };
  if (type !== undefined) return made(type, value as Json);
  const candidates =
    json === null
      ? ['null-data']
      : typeof json === 'number'
        ? ['double-long-unsigned', 'double-long', 'long-unsigned', 'unsigned', 'long', 'integer', 'long64']
        : typeof json === 'boolean'
          ? ['boolean']
          : typeof json === 'string' || (isRecord(json) && 'dt' in json)
            ? ['octet-string', 'date-time', 'bit-string']
            : [];
  for (const c of [...candidates, ...Object.keys(alternatives)]) {
    if (alternatives[c] === undefined) continue;
    try {
      const attempt = made(c, json);
      encode(schema, attempt);
      return attempt;
    } catch {}
  }
  throw wrong(schema.kind, json);
}

/**
 * A value of the schema in the notation, for comparison: names become numbers, octets hexadecimal digits, Data `{ type:
 * value }`.
 */
export function notationOf(schema: Schema<unknown>, value: unknown): Json {
  const { shape } = schema;
  switch (shape?.of) {
    case 'tagged':
    case 'nested':
      return notationOf(shape.inner, value);
    case 'mapped': {
      const inner = shape.inner.shape;
      if (inner?.of === 'octets') {
        const octets = encode(schema, value).subarray(2);
        return octets.length === 6 ? obisFromBytes(octets) : formatHex(octets);
      }
      return notationOf(shape.inner, shape.from(value));
    }
    case 'fields':
      return Object.fromEntries(
        Object.entries(shape.fields).map(([k, s]) => [snake(k), notationOf(s, (value as Record<string, unknown>)[k])]),
      );
    case 'elements':
      return (value as readonly unknown[]).map((e) => notationOf(shape.element, e));
    case 'alternatives': {
      const { type, value: inner } = value as { readonly type: string; readonly value?: unknown };
      const chosen = (shape.alternatives as Readonly<Record<string, { readonly schema: Schema<unknown> }>>)[type];
      if (inner === undefined || chosen === undefined) return { [type]: null };
      return { [type]: notationOf(chosen.schema, 'fill' in chosen.schema ? value : inner) };
    }
    case 'names':
      return typeof value === 'string' ? (shape.names[value] ?? value) : (value as number);
    case 'flags': {
      const flags = value as readonly (string | number)[];
      const set = shape.names.map((n, i) => flags.includes(n) || flags.includes(i));
      // An octet of flags is a number, a bit-string its digits.
      return schema.kind.startsWith('bit-string')
        ? set.map((on) => (on ? '1' : '0')).join('')
        : set.reduce((octet, on, i) => octet | (on ? 1 << i : 0), 0);
    }
    case 'octets':
      return formatHex(value as Uint8Array);
    case 'bigint':
      return Number(value as bigint);
    default:
      return value as Json;
  }
}

/** A moment in octets given in the notation. */
export const dateTimeOf = (hex: string): DateTime => dateTimeFromBytes(parseHex(hex));
