import { latin1 } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { type DerElement, der, derTag } from './der.js';

/** INTEGER or ENUMERATED in its shortest form, at most 64 octets. */
export function readInteger(e: DerElement): bigint {
  const c = e.content;
  const [first, second] = c;
  if (first === undefined || c.length > 64)
    throw new DlmsError('decode/invalid-length', { offset: e.offset, expected: '1 to 64 octets', actual: c.length });
  if (second !== undefined && ((first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw new DlmsError('decode/invalid-length', {
      offset: e.offset,
      expected: 'an INTEGER in the shortest form',
      actual: c.length,
    });
  let v = 0n;
  for (const octet of c) v = (v << 8n) | BigInt(octet);
  return first >= 0x80 ? v - (1n << BigInt(8 * c.length)) : v;
}

/** An INTEGER from 0 to `max`, as a number. */
export function readSmallInteger(e: DerElement, max: number): number {
  const v = readInteger(e);
  if (v < 0n || v > BigInt(max))
    throw new DlmsError('decode/invalid-value', { offset: e.offset, expected: `0 to ${max}`, actual: String(v) });
  return Number(v);
}

/** BOOLEAN: 00 or FF. */
export function readBoolean(e: DerElement): boolean {
  const v = e.content[0];
  if (e.content.length !== 1 || v === undefined)
    throw new DlmsError('decode/invalid-length', {
      offset: e.offset,
      expected: 'a BOOLEAN of 1 octet',
      actual: e.content.length,
    });
  if (v !== 0 && v !== 0xff)
    throw new DlmsError('decode/invalid-value', { offset: e.offset, expected: '00 or FF', actual: v });
  return v === 0xff;
}

/** BIT STRING: its octets, and how many bits of the last one are unused (they must be zero). */
export function readBitString(e: DerElement): { readonly octets: Uint8Array; readonly unused: number } {
  const unused = e.content[0];
  const octets = e.content.subarray(1);
  if (unused === undefined)
    throw new DlmsError('decode/unexpected-end', { offset: e.offset, expected: 'the number of unused bits' });
  if (unused > 7 || (unused > 0 && octets.length === 0))
    throw new DlmsError('decode/invalid-value', { offset: e.offset, expected: '0 to 7 unused bits', actual: unused });
  const padding = (octets[octets.length - 1] ?? 0) & ((1 << unused) - 1);
  if (padding !== 0) throw new DlmsError('decode/non-zero-padding', { offset: e.offset, actual: padding });
  return { octets, unused };
}

/** BIT STRING of whole octets. */
export function readBitStringOctets(e: DerElement): Uint8Array {
  const { octets, unused } = readBitString(e);
  if (unused !== 0)
    throw new DlmsError('decode/invalid-value', { offset: e.offset, expected: 'whole octets', actual: unused });
  return octets;
}

/** OBJECT IDENTIFIER in dotted form, e.g. `1.2.840.10045.2.1`; at most 64 octets. */
export function readObjectIdentifier(e: DerElement): string {
  const c = e.content;
  const last = c[c.length - 1];
  if (last === undefined || c.length > 64)
    throw new DlmsError('decode/invalid-length', { offset: e.offset, expected: '1 to 64 octets', actual: c.length });
  if (last >= 0x80)
    throw new DlmsError('decode/unexpected-end', {
      offset: e.offset,
      expected: 'the last octet of an OBJECT IDENTIFIER',
    });
  const arcs: bigint[] = [];
  let arc = 0n;
  let fresh = true;
  for (const octet of c) {
    if (fresh && octet === 0x80)
      throw new DlmsError('decode/invalid-value', {
        offset: e.offset,
        expected: 'an arc in the shortest form',
        actual: octet,
      });
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    fresh = octet < 0x80;
    if (!fresh) continue;
    if (arcs.length === 0) {
      const top = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
      arcs.push(top, arc - top * 40n);
    } else arcs.push(arc);
    arc = 0n;
  }
  return arcs.join('.');
}

/** UTCTime `YYMMDDhhmmssZ` (1950 to 2049) or GeneralizedTime `YYYYMMDDhhmmssZ`. */
export function readTime(e: DerElement): Date {
  const text = latin1(e.content);
  const match = (
    e.tag === derTag.utcTime ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text);
  if ((e.tag !== derTag.utcTime && e.tag !== derTag.generalizedTime) || match === null)
    throw new DlmsError('decode/invalid-value', {
      offset: e.offset,
      expected: 'UTCTime or GeneralizedTime in UTC with seconds',
      actual: `tag ${e.tag}`,
    });
  const [short, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const year = e.tag === derTag.utcTime ? (short < 50 ? 2000 : 1900) + short : short;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // A time that does not exist (30 February, 24 o'clock) would have rolled over.
  if (writtenTime(date) !== `${String(year).padStart(4, '0')}${text.slice(-11)}`)
    throw new DlmsError('decode/invalid-value', { offset: e.offset, expected: 'a date that exists', actual: text });
  return date;
}

/** Text of the string types found in names; undefined for any other type. */
export function readString(e: DerElement): string | undefined {
  const bad = (expected: string): DlmsError =>
    new DlmsError('decode/invalid-value', { offset: e.offset, expected, actual: `${e.content.length} octets` });
  switch (e.tag) {
    case derTag.utf8String:
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(e.content);
      } catch {
        throw bad('UTF-8');
      }
    case derTag.printableString: {
      const text = latin1(e.content);
      if (!printable.test(text)) throw bad('characters of PrintableString');
      return text;
    }
    case derTag.ia5String:
      if (e.content.some((octet) => octet >= 0x80)) throw bad('ASCII');
      return latin1(e.content);
    case derTag.teletexString:
      return latin1(e.content);
    case derTag.bmpString: {
      if (e.content.length % 2 !== 0) throw bad('two octets per character');
      let text = '';
      for (let i = 0; i < e.content.length; i += 2)
        text += String.fromCharCode(((e.content[i] as number) << 8) | (e.content[i + 1] as number));
      return text;
    }
    default:
      return undefined;
  }
}
const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** INTEGER, or ENUMERATED if given as the tag, in its shortest form. */
export function derInteger(value: bigint | number, tag: number = derTag.integer): Uint8Array {
  let v = BigInt(value);
  const octets: number[] = [];
  do {
    octets.unshift(Number(v & 0xffn));
    v >>= 8n;
  } while (!((v === 0n && (octets[0] as number) < 0x80) || (v === -1n && (octets[0] as number) >= 0x80)));
  return der(tag, Uint8Array.from(octets));
}
export const derBoolean = (value: boolean): Uint8Array => der(derTag.boolean, Uint8Array.of(value ? 0xff : 0));
export const derOctetString = (octets: Uint8Array): Uint8Array => der(derTag.octetString, octets);
export const derBitString = (octets: Uint8Array, unused = 0): Uint8Array =>
  der(derTag.bitString, Uint8Array.of(unused), octets);
export const derUtf8String = (text: string): Uint8Array => der(derTag.utf8String, new TextEncoder().encode(text));

/** BIT STRING of named bits (bit 0 first), without trailing zero bits, as DER requires. */
export function derNamedBits(bits: readonly number[]): Uint8Array {
  if (bits.length === 0) return derBitString(new Uint8Array(0));
  const last = Math.max(...bits);
  const octets = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] as number) | (0x80 >> (bit & 7));
  return derBitString(octets, 7 - (last & 7));
}

/** OBJECT IDENTIFIER from its dotted form. @throws DlmsError `encode/invalid-value` */
export function derObjectIdentifier(dotted: string): Uint8Array {
  const [top, second, ...rest] = /^[0-2](\.(0|[1-9]\d{0,38}))+$/.test(dotted) ? dotted.split('.').map(BigInt) : [];
  if (top === undefined || second === undefined || (top < 2n && second > 39n))
    throw new DlmsError('encode/invalid-value', {
      expected: 'an object identifier in dotted form',
      actual: JSON.stringify(dotted),
    });
  const octets: number[] = [];
  for (const arc of [top * 40n + second, ...rest]) {
    const base: number[] = [Number(arc & 0x7fn)];
    for (let v = arc >> 7n; v > 0n; v >>= 7n) base.unshift(Number(v & 0x7fn) | 0x80);
    octets.push(...base);
  }
  return der(derTag.objectIdentifier, Uint8Array.from(octets));
}

/**
 * A time as RFC 5280 requires: UTCTime from 1950 to 2049, otherwise GeneralizedTime. Milliseconds are dropped.
 * @throws DlmsError `encode/invalid-value`
 */
export function derTime(date: Date): Uint8Array {
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999))
    throw new DlmsError('encode/invalid-value', {
      expected: 'a date in the years 0 to 9999',
      actual: String(date.getTime()),
    });
  const utc = year >= 1950 && year < 2050;
  const text = writtenTime(date);
  return der(utc ? derTag.utcTime : derTag.generalizedTime, new TextEncoder().encode(utc ? text.slice(2) : text));
}
const writtenTime = (date: Date): string => `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
