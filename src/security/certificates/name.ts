import { equalBytes } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { formatHex, parseHex } from '../../core/hex.js';
import { type DerReader, der, derSequence, derSetOf, derTag } from './der.js';
import { derObjectIdentifier, derUtf8String, readObjectIdentifier, readString } from './der-values.js';

/** Short names of the attribute types that appear in subjects and issuers. */
export type NameAttributeType = 'CN' | 'O' | 'OU' | 'C' | 'L' | 'ST' | 'serialNumber' | (string & {});

/** One attribute of a {@link Name}, such as its common name. */
export interface NameAttribute {
  /** Short name, or the object identifier in dotted form. */
  readonly type: NameAttributeType;
  /** The text; for a value that is not one of the string types, `#` and its DER octets in hexadecimal. */
  readonly value: string;
}

/**
 * A distinguished name: its DER octets, which are what is compared, and their attributes. Several attributes in one RDN
 * are listed one after the other.
 */
export interface Name {
  readonly raw: Uint8Array;
  readonly attributes: readonly NameAttribute[];
}

/**
 * Compares the octets of two names. An issuer copies its own subject, so in practice this is the comparison of RFC
 * 5280.
 */
export const sameName = (a: Name, b: Name): boolean => equalBytes(a.raw, b.raw);

/** Attributes whose value is `#` and octets; a text may look the same. */
const inOctets = /* @__PURE__ */ new WeakSet<NameAttribute>();

export function readName(r: DerReader): Name {
  const element = r.expect(derTag.sequence, 'Name');
  const rdns = r.open(element);
  const attributes: NameAttribute[] = [];
  while (!rdns.done) {
    const rdn = rdns.sequence('RelativeDistinguishedName', derTag.set);
    if (rdn.done)
      throw new DlmsError('decode/unexpected-end', { offset: rdn.offset, expected: 'AttributeTypeAndValue' });
    while (!rdn.done) {
      const pair = rdn.sequence('AttributeTypeAndValue');
      const type = readObjectIdentifier(pair.expect(derTag.objectIdentifier, 'attribute type'));
      const value = pair.element();
      pair.end();
      const text = readString(value);
      const attribute = { type: shortNames.get(type) ?? type, value: text ?? `#${formatHex(value.raw)}` };
      if (text === undefined) inOctets.add(attribute);
      attributes.push(attribute);
    }
  }
  return { raw: element.raw, attributes };
}

/**
 * A name with one attribute per RDN, in the order given. Values are UTF8String, the country PrintableString.
 * @throws DlmsError `encode/invalid-value`
 */
export function name(...attributes: readonly NameAttribute[]): Name {
  const rdns = attributes.map(({ type, value }) => {
    const identifier = [...shortNames].find(([, short]) => short === type)?.[0] ?? type;
    const text = type === 'C' ? der(derTag.printableString, countryCode(value)) : derUtf8String(value);
    return derSetOf(derSequence(derObjectIdentifier(identifier), text));
  });
  return { raw: derSequence(...rdns), attributes };
}
function countryCode(value: string): Uint8Array {
  if (!/^[A-Za-z]{2}$/.test(value))
    throw new DlmsError('encode/invalid-value', {
      expected: 'a country code of two letters',
      actual: JSON.stringify(value),
    });
  return new TextEncoder().encode(value);
}

/**
 * The subject of a meter or client: its common name is the system title in 16 hexadecimal digits. This rule of the DLMS
 * certificate profile was not checked against the text of the standard; the Gurux libraries do the same.
 */
export function systemTitleName(systemTitle: Uint8Array, ...more: readonly NameAttribute[]): Name {
  if (systemTitle.length !== 8)
    throw new DlmsError('encode/invalid-value', {
      expected: 'a system title of 8 octets',
      actual: `${systemTitle.length} octets`,
    });
  return name({ type: 'CN', value: formatHex(systemTitle) }, ...more);
}

/** The system title in a name: its only common name, if that is 16 hexadecimal digits (upper or lower case). */
export function systemTitleOf(subject: Name): Uint8Array | undefined {
  const common = subject.attributes.filter((a) => a.type === 'CN');
  const text = common[0]?.value;
  return common.length === 1 && text !== undefined && /^[0-9a-fA-F]{16}$/.test(text) ? parseHex(text) : undefined;
}

/**
 * Text for people, in the order of the octets: `CN=4142430000000001, O=Utility`. Special characters are escaped as in
 * RFC 4514.
 */
export const formatName = (subject: Name): string =>
  subject.attributes.map((a) => `${a.type}=${inOctets.has(a) ? a.value : escaped(a.value)}`).join(', ');
const escaped = (text: string): string => text.replace(/[,+"\\<>;]|^[ #]|[ ]$/g, '\\$&').replace(/\p{Cc}/gu, hexEscape);
const hexEscape = (c: string): string => `\\${c.charCodeAt(0).toString(16).padStart(2, '0')}`;

const shortNames: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
]);
