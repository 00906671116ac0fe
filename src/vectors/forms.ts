import { compactArrayItems } from '../axdr/compact-array-items.js';
import { Data } from '../axdr/data.js';
import { latin1Octets, unsigned8 } from '../axdr/scalars.js';
import { decode, encode, mapped, type Schema } from '../axdr/schema.js';
import { latin1 } from '../core/bytes.js';
import { dateFromBytes, dateTimeFromBytes, timeFromBytes } from '../cosem/date-time.js';
import { readSecurityHeader } from '../security/ciphering.js';
import { formatSecurityControl, parseSecurityControl } from '../security/security-control.js';
import { securityHeaderLength } from '../security/suites.js';
import { Apdu } from '../xdlms/apdu.js';
import { contentsOf } from './ciphered.js';
import { anyOf, firstOf, later, onlyRecord, type View } from './compare.js';

// The forms in which a field of a vector can express a value of the library, other than the value itself.

/** A decoded value as made by `decoded.ts`. */
export interface Part extends View {
  readonly schema: Schema<unknown> | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: of any schema; users look first at what it is
  readonly value: any;
  list(): readonly Part[] | undefined;
}
type Made = (schema: Schema<unknown> | undefined, value: unknown) => Part;
/** @param record the record that contains the value. @returns undefined when the value has no such form */
export type Form = (part: Part, record: Part, made: Made) => unknown;

const ofOctets =
  (form: (octets: Uint8Array, made: Made) => unknown): Form =>
  ({ value }, _, made) =>
    value instanceof Uint8Array ? form(value, made) : undefined;
const ofList =
  (form: (list: readonly Part[]) => unknown): Form =>
  (part) => {
    const list = part.list();
    return list && form(list);
  };
const ofItems =
  (form: (items: readonly Part[]) => unknown): Form =>
  ({ value }, _, made) =>
    'arrayContents' in value ? later(() => form(compactArrayItems(value).map((item) => made(Data, item)))) : undefined;
const ofBits =
  (form: (digits: string) => unknown): Form =>
  ({ schema, value }) =>
    schema?.shape.of === 'bits' ? form(value) : undefined;
/** A form of the contents of a ciphered APDU: security header, protected octets, tag. */
const ofContents =
  (form: (contents: Uint8Array, made: Made) => unknown): Form =>
  (_, { value: ciphered }, made) => {
    const contents = contentsOf(ciphered);
    return contents && form(contents, made);
  };

/** Binary digits as octets, first bit first, padded with zeros. */
export const bitOctets = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/.{1,8}/g) ?? [], (octet) => Number.parseInt(octet.padEnd(8, '0'), 2));
const unusedBits = (digits: string): number => (8 - (digits.length % 8)) % 8;
export const unsigned = (octets: Uint8Array): number => octets.reduce((n, octet) => n * 256 + octet, 0);
const controlOctet = /* @__PURE__ */ mapped('Security-Control', unsigned8, parseSecurityControl, formatSecurityControl);

export const forms = {
  /** The record itself, when several of its fields are expected. */
  record: (_, record) => onlyRecord(record),
  /** An APDU by its name, or all of it. */
  nameOrRecord: (name, record) => anyOf(name, onlyRecord(record)),
  /** The full name, as in `get-request/normal`. */
  fullName: ({ value }, _, made) => (typeof value?.type === 'string' ? made(undefined, value.type) : undefined),
  isConfirmed: ({ value }) => value === 'confirmed',
  isHigh: ({ value }) => value === 'high',
  apdu: ofOctets((octets, made) => later(() => made(Apdu, decode(Apdu, octets, { lenient: true })))),

  only: ofList((list) => (list.length === 1 ? list[0] : undefined)),
  elements: ofList((list) => list),
  length: ofList((list) => list.length),
  firstTwo: ofList((list) => list.slice(0, 2)),
  lastOne: ofList((list) => list.slice(-1)),
  items: ofItems((list) => list),
  itemCount: ofItems((list) => list.length),
  firstItems: ofItems(firstOf),
  /** The raw data of a write in blocks, which is in the list of values. */
  blockOfWrite({ value: [data, ...others] }, { value: { variableAccessSpecification: asked } }) {
    const isBlock = asked[0]?.type === 'write-data-block-access' && data?.type === 'octet-string';
    return isBlock && others.length === 0 ? data.value : undefined;
  },

  /** Octets, or those of a text or float, without a length. */
  octets({ schema, value }) {
    const s = schema?.shape;
    if (value instanceof Uint8Array) return value;
    if (s?.of === 'text') return s.encoding === 'utf-8' ? new TextEncoder().encode(value) : latin1Octets(value);
    return s?.of === 'float' ? encode(schema as Schema<unknown>, value) : undefined;
  },
  text({ schema, value }) {
    if (typeof value === 'string') return value;
    if (!(value instanceof Uint8Array)) return undefined;
    return schema?.shape.of === 'text' ? new TextDecoder().decode(value) : latin1(value);
  },
  /** A mapped value as it was sent, in hex or as a number. */
  raw({ schema, value }) {
    const octets = schema?.shape.of === 'mapped' ? encode(schema, value) : undefined;
    return octets && anyOf(octets, unsigned(octets));
  },
  bits: ofBits((digits) => digits),
  bitsAsOctets: ofBits(bitOctets),
  /** The contents of a BER element: the number of unused bits, then the bits. */
  berContents: ofBits((digits) => Uint8Array.of(unusedBits(digits), ...bitOctets(digits))),
  unusedBits: ofBits(unusedBits),
  /** A short name, as in FA00 for -1536. */
  shortName: ({ value }) =>
    typeof value === 'number' ? anyOf(Uint8Array.of(value >> 8, value), value & 0xffff, value) : undefined,

  dateFields: ofOctets((octets, made) => {
    const read = { 12: dateTimeFromBytes, 5: dateFromBytes, 4: timeFromBytes }[octets.length];
    return read && made(undefined, read(octets));
  }),
  /** The fields of a date-time that can be empty. */
  dateTimeFields: ofOctets((octets, made) =>
    octets.length === 12 ? made(undefined, dateTimeFromBytes(octets)) : null,
  ),

  securityControl: ofContents((contents, made) => made(controlOctet, readSecurityHeader(contents).control)),
  invocationCounter: ofContents((contents) => readSecurityHeader(contents).invocationCounter),
  protectedOctets: ofContents((contents) => contents.subarray(securityHeaderLength)),
} satisfies Record<string, Form>;
