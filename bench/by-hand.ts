import { isDeepStrictEqual } from 'node:util';
import { Data } from '../src/axdr/data.js';
import { decode, encode, type Schema } from '../src/axdr/schema.js';
import { equalBytes } from '../src/core/bytes.js';
import { parseHex } from '../src/core/hex.js';
import { type Aare, type Aarq, Apdu, type DataNotification, type GetResponse } from '../src/xdlms/index.js';
import { families } from './codec.js';
import { measure, type Row } from './measure.js';
import { profileOctets } from './profile.js';

/**
 * Values against code that is written for them alone. It takes and gives the same values, looks at the same things
 * (types, ranges, that the octets are there and used up) and allocates what it must. What the library does beyond that is
 * paid for: any type at any place, the path of an error, deviations by name.
 */
export async function byHandBench(): Promise<Row[]> {
  // As in a program that has seen them all.
  for (const hex of Object.values(families))
    for (let i = 0; i < 300; i++) encode(Apdu, decode(Apdu, parseHex(hex), { lenient: true }));
  const profile = profileOctets();
  return [
    ...decoding('profile 10 000 x 6, tree: decode', 'ms', Data, profile, profileOf, { target: 1.1 }),
    ...decoding('push of 301 octets: decode', 'us', Apdu, push, pushOf, { target: 1.3, batch: 500 }),
    ...encoding('AARQ with a password: encode', 'us', Apdu, aarq, aarqOctets, { target: 3, batch: 500 }),
    ...encoding('AARE: encode', 'us', Apdu, aare, aareOctets, { target: 3, batch: 500 }),
    ...encoding('Get-Response with a block of 200 octets: encode', 'us', Apdu, block, blockOctets, {
      target: 3,
      batch: 500,
    }),
  ];
}
type Options = Parameters<typeof measure>[4];
function decoding<T>(
  name: string,
  unit: 'ms' | 'us',
  schema: Schema<T>,
  octets: Uint8Array,
  byHand: (b: Uint8Array) => any,
  options: Options,
): Row[] {
  if (!isDeepStrictEqual(byHand(octets), decode(schema, octets))) throw new Error(`${name}: another value`);
  return measure(
    name,
    unit,
    () => decode(schema, octets),
    () => byHand(octets),
    options,
  );
}
function encoding<T>(
  name: string,
  unit: 'ms' | 'us',
  schema: Schema<T>,
  octets: Uint8Array,
  byHand: (value: any) => Uint8Array,
  options: Options,
): Row[] {
  const value = decode(schema, octets);
  if (!equalBytes(byHand(value), octets) || !equalBytes(encode(schema, value), octets))
    throw new Error(`${name}: other octets`);
  return measure(
    name,
    unit,
    () => encode(schema, value),
    () => byHand(value),
    options,
  );
}

/** Date-time, push setup, and thirteen registers with value, scaler and unit. */
const push = parseHex(
  `0F000000010C07EA0B15060C0000000000 00 020E 0906 0000190900FF ${Array.from(
    { length: 13 },
    (_, i) => `0203 0906 0100${(i + 1).toString(16).padStart(2, '0')}0800FF 06000F42${10 + i} 02020FFF161E`,
  ).join('')}`,
);
const aarq = parseHex(families.AARQ as string);
const aare = parseHex(families.AARE as string);
const block = parseHex(families['Get-Response-With-Datablock, 200 octets'] as string);

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────

const misfit = (what: string): Error => new Error(what);
let b: Uint8Array = new Uint8Array(0);
let at = 0;
function need(n: number): number {
  const from = at;
  at += n;
  if (at > b.length) throw misfit('the end');
  return from;
}
function lengthHere(): number {
  const first = b[need(1)] as number;
  if (first < 0x80) return first;
  if (first === 0x81) {
    const n = b[need(1)] as number;
    if (n < 0x80) throw misfit('length');
    return n;
  }
  const p = need(2);
  const n = ((b[p] as number) << 8) | (b[p + 1] as number);
  if (first !== 0x82 || n < 0x100) throw misfit('length');
  return n;
}
function octetsHere(n: number): Uint8Array {
  const from = need(n);
  return b.subarray(from, at);
}
function u32(): number {
  const p = need(4);
  return (
    (((b[p] as number) << 24) | ((b[p + 1] as number) << 16) | ((b[p + 2] as number) << 8) | (b[p + 3] as number)) >>> 0
  );
}
/** The types that stand in these messages. */
function value(depth: number): Data {
  switch (b[need(1)]) {
    case 1:
      return { type: 'array', value: values(depth) };
    case 2:
      return { type: 'structure', value: values(depth) };
    case 6:
      return { type: 'double-long-unsigned', value: u32() };
    case 9:
      return { type: 'octet-string', value: octetsHere(lengthHere()) };
    case 15:
      return { type: 'integer', value: ((b[need(1)] as number) << 24) >> 24 };
    case 17:
      return { type: 'unsigned', value: b[need(1)] as number };
    case 18: {
      const p = need(2);
      return { type: 'long-unsigned', value: ((b[p] as number) << 8) | (b[p + 1] as number) };
    }
    case 22:
      return { type: 'enum', value: b[need(1)] as number };
    default:
      throw misfit('type');
  }
}
function values(depth: number): Data[] {
  if (depth > 64) throw misfit('depth');
  const n = lengthHere();
  if (n > b.length - at) throw misfit('count');
  const out = new Array<Data>(n);
  for (let i = 0; i < n; i++) out[i] = value(depth + 1);
  return out;
}
/** A profile: two loops, one switch. */
function profileOf(o: Uint8Array): Data {
  let p = 0;
  const count = (): number => {
    const first = o[p++];
    if (first === undefined) throw misfit('the end');
    if (first < 0x80) return first;
    p += 2;
    const n = ((o[p - 2] as number) << 8) | (o[p - 1] as number);
    if (first !== 0x82 || p > o.length || n < 0x100) throw misfit('length');
    return n;
  };
  if (o[p++] !== 1) throw misfit('type');
  const rows = new Array<Data>(count());
  if (rows.length > o.length - p) throw misfit('count');
  for (let i = 0; i < rows.length; i++) {
    if (o[p++] !== 2) throw misfit('type');
    const cells = new Array<Data>(count());
    if (cells.length > o.length - p) throw misfit('count');
    for (let j = 0; j < cells.length; j++) {
      switch (o[p++]) {
        case 6:
          cells[j] = {
            type: 'double-long-unsigned',
            value:
              (((o[p] as number) << 24) |
                ((o[p + 1] as number) << 16) |
                ((o[p + 2] as number) << 8) |
                (o[p + 3] as number)) >>>
              0,
          };
          p += 4;
          break;
        case 9: {
          const n = count();
          if (n > o.length - p) throw misfit('the end');
          cells[j] = { type: 'octet-string', value: o.subarray(p, p + n) };
          p += n;
          break;
        }
        case 17:
          cells[j] = { type: 'unsigned', value: o[p++] as number };
          break;
        case 18:
          cells[j] = { type: 'long-unsigned', value: ((o[p] as number) << 8) | (o[p + 1] as number) };
          p += 2;
          break;
        default:
          throw misfit('type');
      }
    }
    if (p > o.length) throw misfit('the end');
    rows[i] = { type: 'structure', value: cells };
  }
  if (p !== o.length) throw misfit('more octets');
  return { type: 'array', value: rows };
}
function pushOf(octets: Uint8Array): { type: 'data-notification' } & DataNotification {
  b = octets;
  at = 0;
  if (b[need(1)] !== 15) throw misfit('tag');
  const id = u32();
  const n = b[need(1)] as number;
  if (n !== 0 && n !== 12) throw misfit('date-time');
  const dateTime = octetsHere(n);
  const dataValue = value(0);
  if (at !== b.length) throw misfit('more octets');
  return {
    type: 'data-notification',
    longInvokeIdAndPriority: {
      invokeId: id & 0xffffff,
      selfDescriptive: (id & 0x10000000) !== 0,
      processingOption: id & 0x20000000 ? 'break-on-error' : 'continue',
      serviceClass: id & 0x40000000 ? 'confirmed' : 'unconfirmed',
      priority: id & 0x80000000 ? 'high' : 'normal',
      ...(id & 0x0f000000 ? { reserved: id & 0x0f000000 } : {}),
    },
    dateTime,
    notificationBody: { dataValue },
  };
}

// ── writing ────────────────────────────────────────────────────────────────────────────────────────────

let w = new Uint8Array(256);
let end = 0;
function room(n: number): void {
  if (end + n <= w.length) return;
  const grown = new Uint8Array(Math.max(w.length * 4, end + n));
  grown.set(w);
  w = grown;
}
function begin(): void {
  if (w.length > 256) w = new Uint8Array(256);
  end = 0;
}
function put8(v: number): void {
  room(1);
  w[end++] = v;
}
function putLength(n: number): void {
  room(3);
  if (n < 0x80) w[end++] = n;
  else if (n < 0x100) {
    w[end++] = 0x81;
    w[end++] = n;
  } else {
    if (n > 0xffff) throw misfit('length');
    w[end++] = 0x82;
    w[end++] = n >> 8;
    w[end++] = n;
  }
}
function putOctets(v: unknown): void {
  if (!(v instanceof Uint8Array)) throw misfit('octets');
  room(v.length);
  if (v.length > 24) w.set(v, end);
  else for (let i = 0; i < v.length; i++) w[end + i] = v[i] as number;
  end += v.length;
}
/** Arcs behind a length, the first two in one octet. */
function putIdentifier(name: unknown): void {
  if (typeof name !== 'string') throw misfit('identifier');
  const from = end + 1;
  put8(0);
  let arc = 0;
  let first = -1;
  let digits = 0;
  for (let i = 0; i <= name.length; i++) {
    const digit = i < name.length ? name.charCodeAt(i) - 48 : -2;
    if (digit >= 0 && digit <= 9) {
      arc = arc * 10 + digit;
      digits++;
      continue;
    }
    if (digit !== -2 || digits === 0 || arc > 0xffffffff) throw misfit('identifier');
    if (first < 0) first = arc;
    else {
      if (end === from && (first > 2 || (first < 2 && arc > 39))) throw misfit('identifier');
      if (end === from) arc += 40 * first;
      let shift = 28;
      while (shift > 0 && arc >>> shift === 0) shift -= 7;
      for (; shift >= 0; shift -= 7) put8(((arc >>> shift) & 0x7f) | (shift > 0 ? 0x80 : 0));
    }
    arc = 0;
    digits = 0;
  }
  w[from - 1] = end - from;
}
/** A bit-string of one to eight bits. */
function putBits(digits: unknown): void {
  if (typeof digits !== 'string' || digits.length < 1 || digits.length > 8) throw misfit('bits');
  let octet = 0;
  for (let i = 0; i < digits.length; i++) {
    const bit = digits.charCodeAt(i) - 48;
    if (bit !== 0 && bit !== 1) throw misfit('bits');
    octet |= bit << (7 - i);
  }
  put8(2);
  put8(8 - digits.length);
  put8(octet);
}
function putTagged(tag: number, v: Uint8Array): void {
  put8(tag);
  putLength(v.length);
  putOctets(v);
}
/** An APDU whose length is not known before it ends: one octet here. */
function closed(): Uint8Array {
  if (end > 0x81) throw misfit('length');
  w[1] = end - 2;
  return w.slice(0, end);
}
/** A title, a qualifier or user information. */
function putOctetString(tag: number, v: Uint8Array | undefined): void {
  if (v === undefined) return;
  if (!(v instanceof Uint8Array)) throw misfit('octets');
  put8(tag);
  putLength(v.length + 2);
  putTagged(4, v);
}
function putInteger(tag: number, v: number | undefined): void {
  if (v === undefined) return;
  if ((v & 0xffff) !== v) throw misfit('range');
  put8(tag);
  put8(4);
  put8(2);
  put8(2);
  put8(v >> 8);
  put8(v);
}
function putText(tag: number, v: string | undefined): void {
  if (v === undefined) return;
  put8(tag);
  putLength(v.length);
  for (let i = 0; i < v.length; i++) put8(v.charCodeAt(i));
}
function putDigits(tag: number, v: string | undefined): void {
  if (v === undefined) return;
  put8(tag);
  putBits(v);
}
function putContext(name: string): void {
  put8(0xa1);
  put8(0);
  const from = end;
  put8(6);
  putIdentifier(name);
  w[from - 1] = end - from;
}
function putProof(tag: number, proof: Aarq['callingAuthenticationValue']): void {
  if (proof === undefined) return;
  if (proof.type !== 'charstring') throw misfit('type');
  put8(tag);
  putLength(proof.value.length + 2);
  putTagged(0x80, proof.value);
}
function aarqOctets(v: { type: 'aarq' } & Aarq): Uint8Array {
  begin();
  put8(0x60);
  put8(0);
  putDigits(0x80, v.protocolVersion);
  putContext(v.applicationContextName);
  putOctetString(0xa2, v.calledAPTitle);
  putOctetString(0xa3, v.calledAEQualifier);
  putInteger(0xa4, v.calledAPInvocationId);
  putInteger(0xa5, v.calledAEInvocationId);
  putOctetString(0xa6, v.callingAPTitle);
  putOctetString(0xa7, v.callingAEQualifier);
  putInteger(0xa8, v.callingAPInvocationId);
  putInteger(0xa9, v.callingAEInvocationId);
  putDigits(0x8a, v.senderAcseRequirements);
  if (v.mechanismName !== undefined) {
    put8(0x8b);
    putIdentifier(v.mechanismName);
  }
  putProof(0xac, v.callingAuthenticationValue);
  putText(0xbd, v.implementationInformation);
  putOctetString(0xbe, v.userInformation);
  return closed();
}
const results: Readonly<Record<string, number>> = { accepted: 0, 'rejected-permanent': 1, 'rejected-transient': 2 };
const diagnostics: Readonly<Record<string, number>> = { null: 0, 'no-reason-given': 1, 'authentication-required': 14 };
function putNamed(names: Readonly<Record<string, number>>, v: string | number): void {
  const code = typeof v === 'number' ? v : Object.hasOwn(names, v) ? names[v] : undefined;
  if (code === undefined || (code & 0xff) !== code) throw misfit('name');
  put8(2);
  put8(1);
  put8(code);
}
function aareOctets(v: { type: 'aare' } & Aare): Uint8Array {
  begin();
  put8(0x61);
  put8(0);
  putDigits(0x80, v.protocolVersion);
  putContext(v.applicationContextName);
  put8(0xa2);
  put8(3);
  putNamed(results, v.result);
  put8(0xa3);
  put8(5);
  if (v.resultSourceDiagnostic.type !== 'acse-service-user') throw misfit('type');
  put8(0xa1);
  put8(3);
  putNamed(diagnostics, v.resultSourceDiagnostic.value);
  putOctetString(0xa4, v.respondingAPTitle);
  putOctetString(0xa5, v.respondingAEQualifier);
  putInteger(0xa6, v.respondingAPInvocationId);
  putInteger(0xa7, v.respondingAEInvocationId);
  putDigits(0x88, v.responderAcseRequirements);
  if (v.mechanismName !== undefined) {
    put8(0x89);
    putIdentifier(v.mechanismName);
  }
  putProof(0xaa, v.respondingAuthenticationValue);
  putText(0xbd, v.implementationInformation);
  putOctetString(0xbe, v.userInformation);
  return closed();
}
function bit(v: unknown, clear: unknown, set: unknown, mask: number): number {
  if (v === clear) return 0;
  if (v !== set) throw misfit('bit');
  return mask;
}
function blockOctets(apdu: { type: 'get-response'; value: GetResponse }): Uint8Array {
  const v = apdu.value;
  if (v.type !== 'get-response-with-datablock') throw misfit('type');
  const { invokeIdAndPriority: id, result } = v;
  if ((id.invokeId & 0x0f) !== id.invokeId || (id.reserved !== undefined && (id.reserved & 0x30) !== id.reserved))
    throw misfit('invoke-id');
  if (typeof result.lastBlock !== 'boolean' || result.blockNumber >>> 0 !== result.blockNumber) throw misfit('block');
  begin();
  put8(0xc4);
  put8(2);
  put8(
    id.invokeId |
      (id.reserved ?? 0) |
      bit(id.serviceClass, 'unconfirmed', 'confirmed', 0x40) |
      bit(id.priority, 'normal', 'high', 0x80),
  );
  put8(result.lastBlock ? 1 : 0);
  room(4);
  const n = result.blockNumber;
  w[end++] = n >>> 24;
  w[end++] = n >>> 16;
  w[end++] = n >>> 8;
  w[end++] = n;
  if (result.result.type !== 'raw-data') throw misfit('type');
  putTagged(0, result.result.value);
  return w.slice(0, end);
}
