import { latin1 } from '../core/bytes.js';
import { Reader, type Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { asOctets, latin1Octets } from './scalars.js';
import {
  type Alternatives,
  alt,
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
} from './schema.js';

// The little of BER (ITU-T X.690, definite lengths) that ACSE needs: tag octet, length, contents. Long and non-minimal lengths are
// legal in BER and read without remark.

/** Reads the contents of one element whose tag octet has been read: they must be used up exactly. */
function contents<T>(r: Reader, read: (inner: Reader) => T, of: 'elements' | 'octets' = 'elements'): T {
  const offset = r.offset;
  const n = berLength(r);
  const end = r.offset + n;
  // Some meters send release APDUs with lengths too small by a few octets (named `ber-length`): lenient mode believes the parts rather than the whole.
  const limit = r.options.lenient === true && of === 'elements' ? r.bytes.length : end;
  if (end > r.bytes.length) throw new DlmsError('decode/unexpected-end', { offset, expected: `${n} octets` });
  const inner = new Reader(r.bytes.subarray(0, limit), r.options);
  inner.offset = r.offset;
  const value = read(inner);
  if (inner.offset !== end) {
    r.tolerate('ber-length', new DlmsError('decode/invalid-length', { offset, expected: `contents of ${inner.offset - offset - 1} octets`, actual: n }));
  }
  r.offset = inner.offset;
  return value;
}
function berLength(r: Reader): number {
  const offset = r.offset;
  const first = r.u8();
  if (first < 0x80) return first;
  if (first === 0x80 || first > 0x88)
    throw new DlmsError('decode/invalid-length', { offset, expected: 'a definite length of at most 8 octets', actual: first });
  let n = 0;
  for (let i = first & 0x7f; i > 0; i--) n = n * 256 + r.u8();
  return n;
}

/** A mandatory element: tag octet, length, contents. */
/* @__NO_SIDE_EFFECTS__ */
export function ber<T>(tag: number, inner: Schema<T>): Schema<T> {
  return {
    kind: inner.kind,
    shape: { of: 'tagged', tag, inner, with: (part) => ber(tag, part(inner, '')) },
    read(r) {
      r.expect(tag, inner.kind);
      return contents(r, (c) => inner.read(c), kindOf(inner));
    },
    write(w, v) {
      w.u8(tag);
      w.prefixed((c) => inner.write(c, v));
    },
  };
}
/** An element that may be missing: it is there when its tag octet comes next. */
/* @__NO_SIDE_EFFECTS__ */
export function berOptional<T>(tag: number, inner: Schema<T>): Optional<T> {
  const present = ber(tag, inner);
  return {
    optional: true,
    kind: 'optional',
    shape: { of: 'optional', inner: present, with: (part) => berOptional(tag, part(inner, '')) },
    read: (r) => (r.left > 0 && r.bytes[r.offset] === tag ? present.read(r) : undefined),
    write(w, v) {
      if (v !== undefined) present.write(w, v);
    },
  };
}
/** Components in order behind a length. The tag octet belongs to the CHOICE around it. */
/* @__NO_SIDE_EFFECTS__ */
export function berSequence<F extends Fields>(name: string, fields: F): FieldsSchema<Flat<InferFields<F>>> & { readonly fields?: F } {
  const body = fieldsOf({ kind: 'sequence', name, with: (part) => berSequence(name, mapFields(fields, part)) }, fields);
  return {
    ...body,
    read: (r) => contents(r, (c) => body.fill(c, {})),
    fill: (r, into) => contents(r, (c) => body.fill(c, into)),
    write: (w, v) => w.prefixed((c) => body.write(c, v)),
  };
}
/** CHOICE of context-tagged alternatives. */
/* @__NO_SIDE_EFFECTS__ */
export function berChoice<const A extends Alternatives>(name: string, alternatives: A): Schema<InferAlternatives<A>> {
  const inner = choice(name, Object.fromEntries(Object.entries(alternatives).map(([k, a]) => [k, alt(a.tag, lengthed(a.schema))])) as unknown as A);
  return { ...inner, shape: { of: 'alternatives', name, alternatives, with: (part) => berChoice(name, mapAlternatives(alternatives, part)) } } as Schema<
    InferAlternatives<A>
  >;
}
const lengthed = <T>(inner: Schema<T>): Schema<T> => ({
  ...inner,
  read: (r) => contents(r, (c) => inner.read(c), kindOf(inner)),
  write: (w, v) => w.prefixed((c) => inner.write(c, v)),
});

const kindOf = (inner: Schema<any>): 'elements' | 'octets' => ('with' in inner.shape ? 'elements' : 'octets');

// ── contents ───────────────────────────────────────────────────────────────────────────────────────────

const rest = (r: Reader): Uint8Array => r.take(r.left);
/** All octets of the element. */
export const berOctets: Schema<Uint8Array> = /* @__PURE__ */ scalar('OCTET STRING', { of: 'octets' }, rest, (w, v) => w.bytes(asOctets(v)));
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
    if (unused > 7 || (raw.length === 0 && unused > 0)) throw new DlmsError('decode/invalid-value', { offset, expected: '0 to 7 unused bits', actual: unused });
    let digits = '';
    for (const b of raw) digits += b.toString(2).padStart(8, '0');
    return digits.slice(0, digits.length - unused);
  },
  (w, v) => {
    if (typeof v !== 'string' || !/^[01]*$/.test(v)) throw invalid('binary digits', v);
    w.u8((8 - (v.length % 8)) % 8);
    for (let i = 0; i < v.length; i += 8) w.u8(Number.parseInt(v.slice(i, i + 8).padEnd(8, '0'), 2));
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
      throw new DlmsError('decode/invalid-length', { offset, expected: 'an INTEGER of 1 to 6 octets', actual: raw.length });
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
        if (arc > 0xffffffff) throw new DlmsError('decode/invalid-value', { offset, expected: 'an arc below 2^32', actual: arc });
      } while (octet & 0x80);
      if (arcs.length === 0) arcs.push(Math.min(Math.floor(arc / 40), 2), arc - 40 * Math.min(Math.floor(arc / 40), 2));
      else arcs.push(arc);
    }
    if (arcs.length === 0) throw new DlmsError('decode/unexpected-end', { offset: r.offset, expected: 'an OBJECT IDENTIFIER' });
    return arcs.join('.');
  },
  (w, v) => {
    const arcs = /^\d+(\.\d+)+$/.test(v) ? v.split('.').map(Number) : [];
    const [a, b, ...more] = arcs;
    if (a === undefined || b === undefined || a > 2 || (a < 2 && b > 39) || arcs.some((n) => n > 0xffffffff))
      throw invalid('an OBJECT IDENTIFIER like 2.16.756.5.8.1.1', v);
    for (const arc of [a * 40 + b, ...more]) base128(w, arc);
  },
);
function base128(w: Writer, arc: number): void {
  let shift = 28;
  while (shift > 0 && Math.floor(arc / 2 ** shift) === 0) shift -= 7;
  for (; shift >= 0; shift -= 7) w.u8((Math.floor(arc / 2 ** shift) & 0x7f) | (shift > 0 ? 0x80 : 0));
}
