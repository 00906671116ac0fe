import { latin1 } from '../core/bytes.js';
import { Reader, type Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { asOctets, isBinary, latin1Octets, writeBinary } from './scalars.js';
import {
  type Alternatives,
  alternative,
  choice,
  type Fields,
  type FieldsSchema,
  type Flat,
  fieldsOf,
  type InferAlternatives,
  type InferFields,
  invalid,
  mapAlternatives,
  mapFields,
  type Optional,
  type Schema,
  scalar,
  withReadPath,
} from './schema.js';

// The little of BER (ITU-T X.690, definite lengths) that ACSE needs: tag octet, length, contents. Long and non-minimal lengths are
// legal in BER and read without remark.

/**
 * Whether lenient mode believes the parts rather than the length around them (quirk `ber-length`): some meters send release APDUs with lengths
 * too small by a few octets. Everywhere else a wrong length is refused.
 */
type Lengths = 'exact' | 'often-too-small';

/** Reads the contents of one element whose tag octet has been read: they must be used up exactly. */
function contents<T>(r: Reader, read: (inner: Reader, end: number) => T, lengths: Lengths = 'exact'): T {
  const offset = r.offset;
  const n = berLength(r);
  const end = r.offset + n;
  if (end > r.bytes.length) throw new DlmsError('decode/unexpected-end', { offset, expected: `${n} octets` });
  const loose = lengths === 'often-too-small' && r.options.lenient === true;
  const inner = new Reader(r.bytes.subarray(0, loose ? r.bytes.length : end), r.options);
  inner.offset = r.offset;
  const value = read(inner, end);
  if (inner.offset !== end) {
    const error = new DlmsError('decode/invalid-length', {
      offset,
      expected: `contents of ${inner.offset - r.offset} octets`,
      actual: n,
    });
    if (!loose) throw error;
    r.tolerate('ber-length', error);
  }
  r.offset = inner.offset;
  return value;
}
function berLength(r: Reader): number {
  const offset = r.offset;
  const first = r.u8();
  if (first < 0x80) return first;
  if (first === 0x80 || first > 0x88)
    throw new DlmsError('decode/invalid-length', {
      offset,
      expected: 'a definite length of at most 8 octets',
      actual: first,
    });
  let n = 0;
  for (let i = first & 0x7f; i > 0; i--) n = n * 256 + r.u8();
  return n;
}

/** A mandatory element: tag octet, length, contents. */
/* @__NO_SIDE_EFFECTS__ */
export function ber<T>(tag: number, inner: Schema<T>, lengths?: Lengths): Schema<T> {
  return {
    kind: inner.kind,
    shape: { of: 'tagged', tag, inner, with: (part) => ber(tag, part(inner, ''), lengths) },
    read(r) {
      r.expect(tag, inner.kind);
      return contents(r, (c) => inner.read(c), lengths);
    },
    write(w, v) {
      w.u8(tag);
      const from = w.openLength();
      inner.write(w, v);
      w.closeLength(from);
    },
  };
}
/** An element that may be missing. The sequence around it looks for its tag octet, and asks for it when that comes next. */
/* @__NO_SIDE_EFFECTS__ */
export function berOptional<T>(tag: number, inner: Schema<T>, lengths?: Lengths): Optional<T> {
  const present = ber(tag, inner, lengths);
  return {
    optional: true,
    kind: 'optional',
    shape: { of: 'optional', inner: present, with: (part) => berOptional(tag, part(inner, ''), lengths) },
    read: (r) => present.read(r),
    write(w, v) {
      if (v !== undefined) present.write(w, v);
    },
  };
}
/**
 * Components in order behind a length. The tag octet belongs to the CHOICE around it. Nothing is passed over: an element that is unknown or comes
 * twice is refused, one that comes too late too, or read under the name `field-order` in lenient mode.
 */
/* @__NO_SIDE_EFFECTS__ */
export function berSequence<F extends Fields>(
  name: string,
  fields: F,
  lengths?: Lengths,
): FieldsSchema<Flat<InferFields<F>>> & { readonly fields?: F } {
  const body = fieldsOf(
    { kind: 'sequence', name, with: (part) => berSequence(name, mapFields(fields, part), lengths) },
    fields,
  );
  const keys = Object.keys(fields);
  const parts = Object.values(fields);
  const places = new Map(parts.map((f, i) => [tagOf(f), i]));
  // One bit for each field; no APDU has more than 30.
  const mandatory = parts.reduce((bits, f, i) => ('optional' in f ? bits : bits | (1 << i)), 0);
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a hot loop, with what it tolerates in place
  const elements = (r: Reader, end: number, into: Record<string, unknown>): void => {
    let read = 0;
    for (let tag = r.bytes[r.offset]; tag !== undefined; tag = r.bytes[r.offset]) {
      const place = places.get(tag);
      const bit = place === undefined ? 0 : 1 << place;
      if (place === undefined || (read & bit) !== 0) {
        // Behind the end that a wrong length told: not ours.
        if (r.offset >= end) return;
        throw unexpected(r, place === undefined ? `a field of ${name}` : `${keys[place]} once`, tag);
      }
      const key = keys[place] as string;
      const due = mandatory & ~read & (bit - 1);
      if (due !== 0) {
        const first = keys[lowest(due)] as string;
        r.tolerate('field-order', withReadPath(unexpected(r, first, tag), first, r) as DlmsError);
      } else if (read > bit)
        r.tolerate(
          'field-order',
          withReadPath(unexpected(r, `a field behind ${keys[31 - Math.clz32(read)]}`, tag), key, r) as DlmsError,
        );
      try {
        into[key] = (parts[place] as Schema<unknown>).read(r);
      } catch (e) {
        throw withReadPath(e, key, r);
      }
      read |= bit;
    }
    const missing = mandatory & ~read;
    if (missing !== 0)
      throw withReadPath(
        new DlmsError('decode/unexpected-end', { offset: r.offset }),
        keys[lowest(missing)] as string,
        r,
      );
  };
  const fill = <B extends object>(r: Reader, into: B): B & Flat<InferFields<F>> => {
    contents(r, (c, end) => elements(c, end, into as Record<string, unknown>), lengths);
    // With a length that ends too early at the end of a field, the fields behind it would be lost as octets that are left over.
    if (places.has(r.bytes[r.offset] as number))
      throw new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left });
    return into as B & Flat<InferFields<F>>;
  };
  return { ...lengthed(body), read: (r) => fill(r, {}), fill };
}
const unexpected = (r: Reader, expected: string, actual: number): DlmsError =>
  new DlmsError('decode/unexpected-tag', { offset: r.offset, expected, actual });
/** Number of the lowest bit that is set. */
const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);
/** The tag in front of a field, whatever a tool has wrapped around it. */
function tagOf({ shape }: Schema<unknown>): number {
  if (shape.of === 'tagged') return shape.tag;
  if ('inner' in shape) return tagOf(shape.inner);
  throw new DlmsError('encode/invalid-value', { expected: 'a field with a tag', actual: shape.of });
}
/** CHOICE of context-tagged alternatives. */
/* @__NO_SIDE_EFFECTS__ */
export function berChoice<const A extends Alternatives>(name: string, alternatives: A): Schema<InferAlternatives<A>> {
  const inner = choice(
    name,
    Object.fromEntries(
      Object.entries(alternatives).map(([k, a]) => [k, alternative(a.tag, lengthed(a.schema))]),
    ) as unknown as A,
  );
  return {
    ...inner,
    shape: {
      of: 'alternatives',
      name,
      alternatives,
      with: (part) => berChoice(name, mapAlternatives(alternatives, part)),
    },
  } as Schema<InferAlternatives<A>>;
}
const lengthed = <S extends Schema<unknown>>(inner: S): S => ({
  ...inner,
  read: (r) => contents(r, (c) => inner.read(c)),
  write(w, v) {
    const from = w.openLength();
    inner.write(w, v);
    w.closeLength(from);
  },
});

// ── contents ───────────────────────────────────────────────────────────────────────────────────────────

const rest = (r: Reader): Uint8Array => r.take(r.left);
/** All octets of the element. */
export const berOctets: Schema<Uint8Array> = /* @__PURE__ */ scalar('OCTET STRING', { of: 'octets' }, rest, (w, v) =>
  w.bytes(asOctets(v)),
);
/** GraphicString: one character per octet. */
export const berText: Schema<string> = /* @__PURE__ */ scalar(
  'GraphicString',
  { of: 'text', encoding: 'latin1' },
  (r) => latin1(rest(r)),
  (w, v) => w.bytes(latin1Octets(v)),
);
/** BIT STRING: the number of unused bits, then the bits; here as binary digits. */
export const berBits: Schema<string> = /* @__PURE__ */ scalar(
  'BIT STRING',
  { of: 'bits' },
  (r) => {
    const offset = r.offset;
    const unused = r.u8();
    const raw = rest(r);
    if (unused > 7 || (raw.length === 0 && unused > 0))
      throw new DlmsError('decode/invalid-value', { offset, expected: '0 to 7 unused bits', actual: unused });
    let digits = '';
    for (const b of raw) digits += b.toString(2).padStart(8, '0');
    return digits.slice(0, digits.length - unused);
  },
  (w, v) => {
    if (!isBinary(v)) throw invalid('binary digits', v);
    w.u8((8 - (v.length % 8)) % 8);
    writeBinary(w, v);
  },
);
/** INTEGER of up to six octets. */
export const berInteger: Schema<number> = /* @__PURE__ */ scalar(
  'INTEGER',
  { of: 'integer', min: -(2 ** 47), max: 2 ** 47 - 1 },
  (r) => {
    const offset = r.offset;
    const raw = rest(r);
    if (raw.length === 0 || raw.length > 6)
      throw new DlmsError('decode/invalid-length', {
        offset,
        expected: 'an INTEGER of 1 to 6 octets',
        actual: raw.length,
      });
    let n = (raw[0] as number) & 0x80 ? -1 : 0;
    for (const b of raw) n = n * 256 + b;
    return n;
  },
  (w, v) => {
    if (!Number.isInteger(v) || v < -(2 ** 47) || v >= 2 ** 47) throw invalid('an integer of up to six octets', v);
    let octets = 1;
    while (v < -(2 ** (8 * octets - 1)) || v >= 2 ** (8 * octets - 1)) octets++;
    for (let i = octets - 1; i >= 0; i--) w.u8(Math.floor(v / 2 ** (8 * i)) & 0xff);
  },
);
/** OBJECT IDENTIFIER as dotted arcs. */
export const berObjectIdentifier: Schema<string> = /* @__PURE__ */ scalar(
  'OBJECT IDENTIFIER',
  { of: 'text', encoding: 'latin1' },
  (r) => {
    const arcs: number[] = [];
    while (r.left > 0) {
      const offset = r.offset;
      let arc = 0;
      let octet: number;
      do {
        octet = r.u8();
        arc = arc * 128 + (octet & 0x7f);
        if (arc > 0xffffffff)
          throw new DlmsError('decode/invalid-value', { offset, expected: 'an arc below 2^32', actual: arc });
      } while (octet & 0x80);
      if (arcs.length === 0) arcs.push(Math.min(Math.floor(arc / 40), 2), arc - 40 * Math.min(Math.floor(arc / 40), 2));
      else arcs.push(arc);
    }
    if (arcs.length === 0)
      throw new DlmsError('decode/unexpected-end', { offset: r.offset, expected: 'an OBJECT IDENTIFIER' });
    return arcs.join('.');
  },
  (w, v) => {
    const arcs = typeof v === 'string' && v[1] === '.' ? arcsOf(v) : [];
    const [first = 3, second] = arcs;
    if (second === undefined || first > 2 || (first < 2 && second > 39))
      throw invalid('an OBJECT IDENTIFIER like 2.16.756.5.8.1.1', v);
    // The first two arcs are one on the wire.
    arcs[1] = first * 40 + second;
    for (let i = 1; i < arcs.length; i++) {
      const arc = arcs[i] as number;
      if (arc > 0xffffffff) throw invalid('arcs below 2^32, the first two counted as one', v);
      base128(w, arc);
    }
  },
);
/** Digits between points; nothing where the text is anything else. By hand: every AARQ and AARE names two or three. */
function arcsOf(text: string): number[] {
  const arcs: number[] = [];
  let arc = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) arc = Math.max(arc, 0) * 10 + code - 48;
    else if (code === 46 && arc >= 0) {
      arcs.push(arc);
      arc = -1;
    } else return [];
  }
  if (arc < 0) return [];
  arcs.push(arc);
  return arcs;
}
function base128(w: Writer, arc: number): void {
  let shift = 28;
  while (shift > 0 && arc >>> shift === 0) shift -= 7;
  for (; shift >= 0; shift -= 7) w.u8(((arc >>> shift) & 0x7f) | (shift > 0 ? 0x80 : 0));
}
