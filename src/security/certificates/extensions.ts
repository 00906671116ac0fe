import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import type { PublicKey } from '../providers/provider.js';
import { DerReader, derContext, derSequence, derTag } from './der.js';
import {
  derBoolean,
  derInteger,
  derNamedBits,
  derObjectIdentifier,
  derOctetString,
  readBitString,
  readBoolean,
  readObjectIdentifier,
  readSmallInteger,
} from './der-values.js';
import { oid } from './object-identifiers.js';

/** An extension: identifier, criticality, and the octets inside the OCTET STRING. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Names of RFC 5280, in the order of the bits. */
export const keyUsageNames = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
/** The bits of the keyUsage extension, by name. */
export type KeyUsage = (typeof keyUsageNames)[number];

/** The basicConstraints extension: whether the subject is a certification authority. */
export interface BasicConstraints {
  readonly ca: boolean;
  /** How many certification authorities may follow below this one. */
  readonly pathLength?: number;
}

/** The extensions that the library understands; `extensions` has all of them. */
export interface KnownExtensions {
  readonly keyUsage?: readonly KeyUsage[];
  /** Object identifiers of the purposes, e.g. serverAuth and clientAuth of TLS. */
  readonly extendedKeyUsage?: readonly string[];
  readonly basicConstraints?: BasicConstraints;
  readonly subjectKeyIdentifier?: Uint8Array;
  /** The identifier of the issuer's key. (The alternative, issuer name and serial number, is not used.) */
  readonly authorityKeyIdentifier?: Uint8Array;
  /** GeneralNames in DER, as listed by the Security setup object. Never used to identify anybody. */
  readonly subjectAltName?: Uint8Array;
}

/** Reads a SEQUENCE OF Extension. An extension that occurs twice is refused. */
export function readExtensions(r: DerReader): readonly Extension[] {
  const list = r.sequence('Extensions');
  const extensions: Extension[] = [];
  const seen = new Set<string>();
  while (!list.done) {
    const offset = list.offset;
    const one = list.sequence('Extension');
    const id = readObjectIdentifier(one.expect(derTag.objectIdentifier, 'extnID'));
    const flag = one.optional(derTag.boolean);
    const critical = flag !== undefined && readBoolean(flag);
    const value = one.expect(derTag.octetString, 'extnValue').content;
    one.end();
    if (seen.has(id))
      throw new DlmsError('decode/invalid-value', { offset, expected: 'each extension once', actual: id });
    seen.add(id);
    extensions.push({ oid: id, critical, value });
  }
  return extensions;
}

/** Reads the known extensions; offsets in errors count from the start of the extension's own value. */
export function knownExtensions(extensions: readonly Extension[]): KnownExtensions {
  const out: { -readonly [K in keyof KnownExtensions]: KnownExtensions[K] } = {};
  for (const extension of extensions) {
    const r = new DerReader(extension.value);
    switch (extension.oid) {
      case oid.keyUsage:
        out.keyUsage = readKeyUsage(r);
        break;
      case oid.extendedKeyUsage:
        out.extendedKeyUsage = readPurposes(r);
        break;
      case oid.basicConstraints:
        out.basicConstraints = readBasicConstraints(r);
        break;
      case oid.subjectKeyIdentifier:
        out.subjectKeyIdentifier = r.expect(derTag.octetString, 'KeyIdentifier').content;
        break;
      case oid.authorityKeyIdentifier: {
        const identifier = readAuthorityKeyIdentifier(r);
        if (identifier !== undefined) out.authorityKeyIdentifier = identifier;
        break;
      }
      case oid.subjectAltName:
        out.subjectAltName = r.expect(derTag.sequence, 'GeneralNames').raw;
        break;
      default:
        continue;
    }
    r.end();
  }
  return out;
}

function readKeyUsage(r: DerReader): readonly KeyUsage[] {
  const { octets } = readBitString(r.expect(derTag.bitString, 'KeyUsage'));
  return keyUsageNames.filter((_, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}
function readPurposes(r: DerReader): readonly string[] {
  const list = r.sequence('ExtKeyUsageSyntax');
  const purposes: string[] = [];
  while (!list.done) purposes.push(readObjectIdentifier(list.expect(derTag.objectIdentifier, 'KeyPurposeId')));
  return purposes;
}
function readBasicConstraints(r: DerReader): BasicConstraints {
  const inner = r.sequence('BasicConstraints');
  const flag = inner.optional(derTag.boolean);
  const ca = flag !== undefined && readBoolean(flag);
  const length = inner.optional(derTag.integer);
  inner.end();
  return length === undefined ? { ca } : { ca, pathLength: readSmallInteger(length, 255) };
}
function readAuthorityKeyIdentifier(r: DerReader): Uint8Array | undefined {
  const inner = r.sequence('AuthorityKeyIdentifier');
  const identifier = inner.optional(0x80);
  inner.optional(0xa1);
  inner.optional(0x82);
  inner.end();
  return identifier?.content;
}

/**
 * Encodes known extensions, with the criticality that RFC 5280 requires: key usage and basic constraints are critical,
 * the others not. `others` are appended unchanged.
 */
export function derExtensions(known: KnownExtensions, others: readonly Extension[] = []): Uint8Array {
  const list: Extension[] = [];
  const add = (id: string, critical: boolean, value: Uint8Array): void => void list.push({ oid: id, critical, value });
  const { basicConstraints: basic, keyUsage, extendedKeyUsage } = known;
  if (basic !== undefined) {
    const parts = [
      ...(basic.ca ? [derBoolean(true)] : []),
      ...(basic.pathLength === undefined ? [] : [derInteger(basic.pathLength)]),
    ];
    add(oid.basicConstraints, true, derSequence(...parts));
  }
  if (keyUsage !== undefined)
    add(oid.keyUsage, true, derNamedBits(keyUsage.map((usage) => keyUsageNames.indexOf(usage))));
  if (extendedKeyUsage !== undefined)
    add(oid.extendedKeyUsage, false, derSequence(...extendedKeyUsage.map(derObjectIdentifier)));
  if (known.subjectKeyIdentifier !== undefined)
    add(oid.subjectKeyIdentifier, false, derOctetString(known.subjectKeyIdentifier));
  if (known.authorityKeyIdentifier !== undefined)
    add(oid.authorityKeyIdentifier, false, derSequence(derContext(0, false, known.authorityKeyIdentifier)));
  if (known.subjectAltName !== undefined) add(oid.subjectAltName, false, known.subjectAltName);
  return derExtensionList([...list, ...others]);
}
export const derExtensionList = (list: readonly Extension[]): Uint8Array =>
  derSequence(
    ...list.map((e) =>
      derSequence(derObjectIdentifier(e.oid), ...(e.critical ? [derBoolean(true)] : []), derOctetString(e.value)),
    ),
  );

/** Key identifier of a public key: the leftmost 160 bits of its SHA-256 (RFC 7093, method 1). */
export const keyIdentifier = (key: PublicKey): Uint8Array => sha256(concat(Uint8Array.of(4), key.octets)).slice(0, 20);
