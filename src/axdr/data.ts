import type { Reader, Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { CompactArray } from './compact-array.js';
import { type SimpleData, type SimpleType, simpleTypes } from './data-types.js';
import * as plain from './scalars.js';
import {
  type Alternative,
  type Alternatives,
  alternative,
  choice,
  type Fields,
  type Flat,
  fieldsOf,
  type Infer,
  type InferFields,
  invalid,
  mapFields,
  nested,
  type Schema,
  scalar,
  sequenceOf,
  withReadPath,
  withWritePath,
} from './schema.js';

/**
 * COSEM Data whose type is not known in advance: a union discriminated by `type`, by the books' names. The type stays with
 * the value, so that what a meter sent can be written back. 64-bit integers are bigints; dates and times stay their octets
 * (`cosem` reads them); strings are one character per octet.
 *
 * Source: Blue Book, Data CHOICE; tag 7 (floating-point) is the old form of float32 and still seen.
 */
export type Data =
  | SimpleData
  | { type: 'array'; value: Data[] }
  | { type: 'structure'; value: Data[] }
  | Flat<{ type: 'compact-array' } & CompactArray>;
/** The types of Data by their names in the books: `double-long-unsigned`, `octet-string`, `structure`. */
export type DataType = Data['type'];

// Nested values go one level down before they are read: 100 000 opening tags end in an error, not in a stack overflow.
const elements: Schema<Data[]> = /* @__PURE__ */ sequenceOf(/* @__PURE__ */ nested('Data', () => Data));

const anyData = /* @__PURE__ */ choice(
  'Data',
  {
    ...simpleTypes,
    array: alternative(1, elements),
    structure: alternative(2, elements),
    'compact-array': alternative(19, CompactArray),
  },
  { selfDescribing: true },
) as Schema<Data>;
export const Data: Schema<Data> = /* @__PURE__ */ (() => ({ ...anyData, read: readData, write: writeData }))();

// The types that profiles and pushes are made of are read and written here, the others by their declaration: measured,
// the cells of a profile take less than half and a fifth of the time. What does not fit goes to the declaration too, which
// says what is wrong with it.

function readData(r: Reader): Data {
  const tag = r.bytes[r.offset];
  if (tag !== 1 && tag !== 2) return anyData.read(r);
  const type = tag === 1 ? 'array' : 'structure';
  r.offset++;
  try {
    return { type, value: readElements(r) };
  } catch (e) {
    throw withReadPath(e, type, r);
  }
}
function readElements(r: Reader): Data[] {
  const n = r.count(1);
  const out = new Array<Data>(n);
  if (n === 0) return out;
  const { bytes } = r;
  const end = bytes.length;
  let at = r.offset;
  let i = 0;
  try {
    r.enter();
    for (; i < n; i++) {
      switch (bytes[at]) {
        case 6:
          if (end - at < 5) break;
          out[i] = {
            type: 'double-long-unsigned',
            value:
              (((bytes[at + 1] as number) << 24) |
                ((bytes[at + 2] as number) << 16) |
                ((bytes[at + 3] as number) << 8) |
                (bytes[at + 4] as number)) >>>
              0,
          };
          at += 5;
          continue;
        case 9: {
          const from = at + 2;
          const to = from + (bytes[at + 1] as number);
          // Lengths of more than one octet go the other way.
          if (to - from > 0x7f || !(to <= end)) break;
          out[i] = { type: 'octet-string', value: bytes.subarray(from, to) };
          at = to;
          continue;
        }
        case 15:
          if (end - at < 2) break;
          out[i] = { type: 'integer', value: ((bytes[at + 1] as number) << 24) >> 24 };
          at += 2;
          continue;
        case 17:
          if (end - at < 2) break;
          out[i] = { type: 'unsigned', value: bytes[at + 1] as number };
          at += 2;
          continue;
        case 18:
          if (end - at < 3) break;
          out[i] = { type: 'long-unsigned', value: ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number) };
          at += 3;
          continue;
        case 22:
          if (end - at < 2) break;
          out[i] = { type: 'enum', value: bytes[at + 1] as number };
          at += 2;
          continue;
      }
      r.offset = at;
      out[i] = readData(r);
      at = r.offset;
    }
    r.offset = at;
    r.leave();
    return out;
  } catch (e) {
    throw withReadPath(e, String(i), r);
  }
}

function writeData(w: Writer, d: Data): void {
  // In this order: the rows of an array have been at both comparisons when the next array comes. Else that one is a
  // surprise to the engine, which throws its code away.
  if (d.type !== 'array' && d.type !== 'structure') return anyData.write(w, d);
  const { type, value } = d;
  if (!Array.isArray(value)) return anyData.write(w, d);
  w.u8(type === 'array' ? 1 : 2);
  w.length(value.length);
  let i = 0;
  try {
    for (; i < value.length; i++) {
      const e = value[i] as Data;
      switch (e.type) {
        case 'double-long-unsigned':
          if (e.value >>> 0 !== e.value) break;
          w.tag32(6, e.value);
          continue;
        case 'long-unsigned':
          if ((e.value & 0xffff) !== e.value) break;
          w.tag16(18, e.value);
          continue;
        case 'unsigned':
          if ((e.value & 0xff) !== e.value) break;
          w.tag8(17, e.value);
          continue;
        case 'octet-string':
          if (!(e.value instanceof Uint8Array)) break;
          w.tagBytes(9, e.value);
          continue;
      }
      writeData(w, e);
    }
  } catch (e) {
    throw withWritePath(withWritePath(e, String(i), value[i]), type, value);
  }
}

// ── typed Data: the same types where the class says which one comes ─────────────────────────────────────

/** A Data type: its tag octet, then the untagged form. */
/* @__NO_SIDE_EFFECTS__ */
export function tagged<T>(kind: SimpleType | 'array', tag: number, inner: Schema<T>): Schema<T> {
  return {
    kind,
    shape: { of: 'tagged', tag, inner, with: (part) => tagged(kind, tag, part(inner, '')) },
    read(r) {
      r.expect(tag, kind);
      return inner.read(r);
    },
    write(w, v) {
      w.u8(tag);
      inner.write(w, v);
    },
  };
}
const ofType = <K extends SimpleType>(kind: K): Schema<Infer<(typeof simpleTypes)[K]['schema']>> =>
  tagged(
    kind,
    simpleTypes[kind].tag,
    simpleTypes[kind].schema as Schema<unknown> as Schema<Infer<(typeof simpleTypes)[K]['schema']>>,
  );

/** `null-data` (tag 0): no contents. */
export const nullData: Schema<Record<never, never>> = /* @__PURE__ */ ofType('null-data');
/** `boolean` (tag 3): one octet, 00 is false, any other true (meters send FF too); written as 01. */
export const bool: Schema<boolean> = /* @__PURE__ */ tagged('boolean', 3, plain.boolean);
/** `bit-string` (tag 4) as text of `0` and `1`, first bit first. */
export const bitString: Schema<string> = /* @__PURE__ */ ofType('bit-string');
/** `double-long` (tag 5): -2 147 483 648 to 2 147 483 647, four octets. */
export const doubleLong: Schema<number> = /* @__PURE__ */ ofType('double-long');
/** `double-long-unsigned` (tag 6): 0 to 4 294 967 295, four octets. */
export const doubleLongUnsigned: Schema<number> = /* @__PURE__ */ ofType('double-long-unsigned');
/** `octet-string` (tag 9) of any length. */
export const octetString: Schema<Uint8Array> = /* @__PURE__ */ ofType('octet-string');
/** `visible-string` (tag 10): one octet for each character, U+0000 to U+00FF. */
export const visibleString: Schema<string> = /* @__PURE__ */ ofType('visible-string');
/** `utf8-string` (tag 12); octets that are no UTF-8 stay octets. */
export const utf8String: Schema<string | Uint8Array> = /* @__PURE__ */ ofType('utf8-string');
/** `bcd` (tag 13): one octet, read as -128 to 127. */
export const bcd: Schema<number> = /* @__PURE__ */ ofType('bcd');
/** `integer` (tag 15): -128 to 127, one octet. */
export const integer: Schema<number> = /* @__PURE__ */ ofType('integer');
/** `long` (tag 16): -32 768 to 32 767, two octets. */
export const long: Schema<number> = /* @__PURE__ */ ofType('long');
/** `unsigned` (tag 17): 0 to 255, one octet. */
export const unsigned: Schema<number> = /* @__PURE__ */ ofType('unsigned');
/** `long-unsigned` (tag 18): 0 to 65 535, two octets. */
export const longUnsigned: Schema<number> = /* @__PURE__ */ ofType('long-unsigned');
/** `long64` (tag 20): -2^63 to 2^63 - 1, eight octets. */
export const long64: Schema<bigint> = /* @__PURE__ */ ofType('long64');
/** `long64-unsigned` (tag 21): 0 to 2^64 - 1, eight octets. */
export const long64Unsigned: Schema<bigint> = /* @__PURE__ */ ofType('long64-unsigned');
/** An `enum` whose names are not known here. See {@link enumeration}. */
export const enumValue: Schema<number> = /* @__PURE__ */ ofType('enum');
/** `float32` (tag 23): IEEE 754, four octets. */
export const float32: Schema<number> = /* @__PURE__ */ ofType('float32');
/** `float64` (tag 24): IEEE 754, eight octets. */
export const float64: Schema<number> = /* @__PURE__ */ ofType('float64');
/** The 12 octets of a `date-time` (tag 25). */
export const dateTimeOctets: Schema<Uint8Array> = /* @__PURE__ */ ofType('date-time');
/** The 5 octets of a `date` (tag 26). */
export const dateOctets: Schema<Uint8Array> = /* @__PURE__ */ ofType('date');
/** The 4 octets of a `time` (tag 27). */
export const timeOctets: Schema<Uint8Array> = /* @__PURE__ */ ofType('time');

/** `octet-string` of a fixed size: `09 06` and six octets for a logical name. */
/* @__NO_SIDE_EFFECTS__ */
export function sizedOctetString(size: number): Schema<Uint8Array> {
  return scalar(
    `octet-string[${size}]`,
    { of: 'octets', size },
    (r) => {
      r.expect(9, 'octet-string');
      const offset = r.offset;
      const actual = r.length();
      if (actual !== size) throw new DlmsError('decode/invalid-length', { offset, expected: `${size} octets`, actual });
      return r.take(size);
    },
    (w, v) => {
      if (!(v instanceof Uint8Array) || v.length !== size) throw invalid(`${size} octets`, v);
      w.u8(9);
      w.length(size);
      w.bytes(v);
    },
  );
}

/** `enum` with its names; an unknown code stays a number. */
/* @__NO_SIDE_EFFECTS__ */
export function enumeration<const N extends Readonly<Record<string, number>>>(
  names: N,
): Schema<(keyof N & string) | number> {
  return tagged('enum', 22, plain.enumerated(names, 'enum'));
}

/** `array` of one element type. */
/* @__NO_SIDE_EFFECTS__ */
export function array<T>(element: Schema<T>): Schema<T[]> {
  const inner = sequenceOf(element);
  return {
    kind: 'array',
    shape: { of: 'tagged', tag: 1, inner, with: (part) => tagged('array', 1, part(inner, '')) },
    read(r) {
      r.expect(1, 'array');
      return inner.read(r);
    },
    write(w, v) {
      w.u8(1);
      inner.write(w, v);
    },
  };
}

/** The schema of a `structure` whose elements have names. */
export interface Structure<F extends Fields> extends Schema<Flat<InferFields<F>>> {
  readonly fields?: F;
}
/** `structure`: tag 2, the number of elements, the elements. */
/* @__NO_SIDE_EFFECTS__ */
export function structure<F extends Fields>(name: string, fields: F): Structure<F> {
  const n = Object.keys(fields).length;
  const { fill, ...rest } = fieldsOf(
    {
      kind: 'structure',
      name,
      open(r: Reader) {
        r.expect(2, 'structure');
        const offset = r.offset;
        const actual = r.length();
        if (actual !== n)
          throw new DlmsError('decode/invalid-length', {
            offset,
            expected: `structure of ${n} elements (${name})`,
            actual,
          });
      },
      start(w: Writer) {
        w.u8(2);
        w.length(n);
      },
      with: (part) => structure(name, mapFields(fields, part)),
    },
    fields,
  );
  return { ...rest, read: (r) => fill(r, {}) };
}

/** A CHOICE of Data types. Another type is refused, or kept and named `unexpected-type` in lenient mode. */
/* @__NO_SIDE_EFFECTS__ */
export function dataOf<const K extends DataType>(...types: readonly K[]): Schema<Extract<Data, { type: K }>> {
  const allowed: ReadonlySet<string> = new Set(types);
  const kind = `CHOICE { ${types.join(' | ')} }`;
  const all = (Data.shape as { alternatives: Alternatives }).alternatives;
  return {
    kind,
    shape: choice(kind, Object.fromEntries(types.map((type) => [type, all[type] as Alternative<unknown>]))).shape,
    read(r) {
      const offset = r.offset;
      const value = Data.read(r);
      if (!allowed.has(value.type))
        r.tolerate(
          'unexpected-type',
          new DlmsError('decode/unexpected-tag', { offset, expected: kind, actual: r.bytes[offset] ?? 0 }),
        );
      return value as Extract<Data, { type: K }>;
    },
    write: (w, v) => Data.write(w, v as Data),
  };
}

/** Tag octet of each type, by name. */
export const tagOf = (type: DataType): number =>
  (Data.shape as { alternatives: Record<string, { tag: number }> }).alternatives[type]?.tag ?? -1;
