import { latin1 } from '../core/bytes.js';
import type { Reader, Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { invalid, type Schema, type Sequence, scalar, sequence } from './schema.js';

// Untagged values, as they stand in an A-XDR position of an APDU. The tagged Data types are made of them in data.ts.

function whole(
  kind: string,
  min: number,
  max: number,
  read: (r: Reader) => number,
  write: (w: Writer, v: number) => void,
): Schema<number> {
  return scalar(kind, { of: 'integer', min, max }, read, (w, v) => {
    if (!Number.isInteger(v) || v < min || v > max) throw invalid(`an integer from ${min} to ${max}`, v);
    write(w, v);
  });
}
export const unsigned8: Schema<number> = /* @__PURE__ */ whole(
  'Unsigned8',
  0,
  0xff,
  (r) => r.u8(),
  (w, v) => w.u8(v),
);
export const unsigned16: Schema<number> = /* @__PURE__ */ whole(
  'Unsigned16',
  0,
  0xffff,
  (r) => r.u16(),
  (w, v) => w.u16(v),
);
export const unsigned32: Schema<number> = /* @__PURE__ */ whole(
  'Unsigned32',
  0,
  0xffffffff,
  (r) => r.u32(),
  (w, v) => w.u32(v),
);
export const integer8: Schema<number> = /* @__PURE__ */ whole(
  'Integer8',
  -0x80,
  0x7f,
  (r) => r.i8(),
  (w, v) => w.u8(v & 0xff),
);
export const integer16: Schema<number> = /* @__PURE__ */ whole(
  'Integer16',
  -0x8000,
  0x7fff,
  (r) => r.i16(),
  (w, v) => w.u16(v & 0xffff),
);
export const integer32: Schema<number> = /* @__PURE__ */ whole(
  'Integer32',
  -0x80000000,
  0x7fffffff,
  (r) => r.i32(),
  (w, v) => w.u32(v >>> 0),
);

function big(kind: string, min: bigint, max: bigint, read: (r: Reader) => bigint): Schema<bigint> {
  return scalar(kind, { of: 'bigint', min, max }, read, (w, v) => {
    if (typeof v !== 'bigint' || v < min || v > max) throw invalid(`a bigint from ${min} to ${max}`, v);
    w.u64(BigInt.asUintN(64, v));
  });
}
export const unsigned64: Schema<bigint> = /* @__PURE__ */ big('Unsigned64', 0n, 0xffffffffffffffffn, (r) => r.u64());
export const integer64: Schema<bigint> = /* @__PURE__ */ big(
  'Integer64',
  -0x8000000000000000n,
  0x7fffffffffffffffn,
  (r) => r.i64(),
);

/**
 * A signalling NaN becomes a quiet one in a number of JavaScript, so it could not be written back: it is refused, or named `signalling-nan` in lenient mode.
 * A quiet NaN is taken; V8 keeps its sign and payload, which ECMAScript does not promise.
 */
function float(
  kind: string,
  octets: 4 | 8,
  read: (r: Reader) => number,
  write: (w: Writer, v: number) => void,
): Schema<number> {
  const quiet = octets === 4 ? 0x40 : 0x08;
  return scalar(
    kind,
    { of: 'float', octets },
    (r) => {
      const v = read(r);
      if (Number.isNaN(v)) {
        const offset = r.offset - octets;
        if (((r.bytes[offset + 1] as number) & quiet) === 0) {
          const actual = formatHex(r.bytes.subarray(offset, r.offset));
          r.tolerate(
            'signalling-nan',
            new DlmsError('decode/invalid-value', { offset, expected: 'a number or a quiet NaN', actual }),
          );
        }
      }
      return v;
    },
    write,
  );
}
/** IEEE 754 single, big-endian. A number beyond its range is refused, not written as infinity; one between two singles is rounded. */
export const float32: Schema<number> = /* @__PURE__ */ float(
  'Float32',
  4,
  (r) => r.f32(),
  (w, v) => {
    if (typeof v !== 'number' || (Number.isFinite(v) && !Number.isFinite(Math.fround(v))))
      throw invalid('a number in the range of float32', v);
    w.f32(v);
  },
);
/** IEEE 754 double, big-endian. */
export const float64: Schema<number> = /* @__PURE__ */ float(
  'Float64',
  8,
  (r) => r.f64(),
  (w, v) => {
    if (typeof v !== 'number') throw invalid('a number', v);
    w.f64(v);
  },
);

/** One octet: 00 is FALSE, everything else TRUE (senders use 01 or FF). Written as 01. */
export const boolean: Schema<boolean> = /* @__PURE__ */ scalar(
  'BOOLEAN',
  { of: 'boolean' },
  (r) => r.u8() !== 0,
  (w, v) => {
    if (typeof v !== 'boolean') throw invalid('true or false', v);
    w.u8(v ? 1 : 0);
  },
);
/** One octet: false, true, or the octet that was sent where it is neither 00 nor 01: a number from 2 to 255, which means true. FF is common. */
export const octetBoolean: Schema<boolean | number> = /* @__PURE__ */ scalar(
  'BOOLEAN',
  { of: 'boolean', octets: true },
  (r) => {
    const octet = r.u8();
    return octet > 1 ? octet : octet === 1;
  },
  (w, v) => {
    if (typeof v === 'boolean') return w.u8(v ? 1 : 0);
    if (!Number.isInteger(v) || v < 2 || v > 0xff) throw invalid('true, false, or an octet from 2 to 255', v);
    w.u8(v);
  },
);

/** OCTET STRING: length, octets. */
export const octets: Schema<Uint8Array> = /* @__PURE__ */ scalar(
  'OCTET STRING',
  { of: 'octets' },
  (r) => r.take(r.length()),
  (w, v) => {
    w.length(asOctets(v).length);
    w.bytes(v);
  },
);
/** OCTET STRING (SIZE(n)): the octets alone. */
export const fixedOctets = (size: number): Schema<Uint8Array> =>
  scalar(
    `OCTET STRING (SIZE(${size}))`,
    { of: 'octets', size },
    (r) => r.take(size),
    (w, v) => {
      if (asOctets(v).length !== size) throw invalid(`${size} octets`, v);
      w.bytes(v);
    },
  );
export function asOctets(v: unknown): Uint8Array {
  if (!(v instanceof Uint8Array)) throw invalid('a Uint8Array', v);
  return v;
}
/** Text of one character per octet. */
export function latin1Octets(v: unknown): Uint8Array {
  if (typeof v !== 'string') throw invalid('a string', v);
  const bytes = new Uint8Array(v.length);
  for (let i = 0; i < v.length; i++) {
    const code = v.charCodeAt(i);
    if (code > 0xff) throw invalid('characters from U+0000 to U+00FF', v[i]);
    bytes[i] = code;
  }
  return bytes;
}

/** VisibleString. Each octet is one character (U+0000 to U+00FF): meters also send octets that are not visible, and nothing is lost. */
export const visibleText: Schema<string> = /* @__PURE__ */ scalar(
  'VisibleString',
  { of: 'text', encoding: 'latin1' },
  (r) => latin1(r.take(r.length())),
  (w, v) => {
    const bytes = latin1Octets(v);
    w.length(bytes.length);
    w.bytes(bytes);
  },
);
/** Half of a surrogate pair has no UTF-8: the encoder of the platform would write another character. */
export const isWholeText = (text: string): boolean => !/\p{Surrogate}/u.test(text);
/** UTF8String. Octets that are not UTF-8 stay a Uint8Array and can be written back. */
export const utf8Text: Schema<string | Uint8Array> = /* @__PURE__ */ scalar(
  'UTF8String',
  { of: 'text', encoding: 'utf-8' },
  (r): string | Uint8Array => {
    const bytes = r.take(r.length());
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return bytes;
    }
  },
  (w, v) => {
    if (typeof v === 'string' && !isWholeText(v)) throw invalid('text without half characters', v);
    const bytes = typeof v === 'string' ? new TextEncoder().encode(v) : asOctets(v);
    w.length(bytes.length);
    w.bytes(bytes);
  },
);

/** BIT STRING as binary digits, first bit first: '0100'. Variable size carries its length in bits, fixed size none. */
/* @__NO_SIDE_EFFECTS__ */
export function bits(size?: number): Schema<string> {
  return scalar(
    size === undefined ? 'BIT STRING' : `BIT STRING (SIZE(${size}))`,
    { of: 'bits', ...(size === undefined ? {} : { size }) },
    (r) => {
      const n = size ?? r.length();
      const raw = r.take(Math.ceil(n / 8));
      const unused = raw.length * 8 - n;
      const last = raw[raw.length - 1] ?? 0;
      if ((last & ((1 << unused) - 1)) !== 0)
        r.tolerate(
          'non-zero-padding',
          new DlmsError('decode/non-zero-padding', { offset: r.offset - 1, actual: last }),
        );
      let out = '';
      for (const b of raw) out += b.toString(2).padStart(8, '0');
      return out.slice(0, n);
    },
    (w, v) => {
      if (!isBinary(v) || (size !== undefined && v.length !== size))
        throw invalid(`${size ?? 'any number of'} binary digits`, v);
      if (size === undefined) w.length(v.length);
      writeBinary(w, v);
    },
  );
}
/** A text of the digits 0 and 1. */
export function isBinary(v: unknown): v is string {
  if (typeof v !== 'string') return false;
  for (let i = 0; i < v.length; i++) if ((v.charCodeAt(i) & ~1) !== 48) return false;
  return true;
}
/** Eight digits an octet, first bit first; zeros fill the last octet. */
export function writeBinary(w: Writer, digits: string): void {
  for (let i = 0; i < digits.length; i += 8) {
    let octet = 0;
    // Behind the end there is NaN, whose bits are 0.
    for (let k = i; k < i + 8; k++) octet = (octet << 1) | (digits.charCodeAt(k) & 1);
    w.u8(octet);
  }
}

/** ENUMERATED (one octet): names on the TypeScript side, numbers on the wire. An unknown number stays a number: meters invent codes. */
/* @__NO_SIDE_EFFECTS__ */
export function enumerated<const N extends Readonly<Record<string, number>>>(
  names: N,
  kind = 'ENUMERATED',
): Schema<(keyof N & string) | number> {
  const byCode = new Map<number, keyof N & string>(Object.entries(names).map(([k, v]) => [v, k as keyof N & string]));
  const codes = new Map<unknown, number>(Object.entries(names));
  return scalar(
    kind,
    { of: 'names', names },
    (r) => {
      const code = r.u8();
      return byCode.get(code) ?? code;
    },
    (w, v) => {
      const code = typeof v === 'number' ? v : codes.get(v);
      if (code === undefined || !Number.isInteger(code) || code < 0 || code > 0xff)
        throw invalid(`one of ${Object.keys(names).join(', ')} or 0 to 255`, v);
      w.u8(code);
    },
  );
}

/** NULL: no octets. A record without fields, so that a CHOICE decodes it to `{ type }` alone. */
export const nothing: Sequence<Record<never, never>> = /* @__PURE__ */ sequence('NULL', {});
