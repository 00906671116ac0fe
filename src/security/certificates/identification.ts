import { equalBytes } from '../../core/bytes.js';
import type { Certificate, CertificateUse } from './certificate.js';
import { DerReader, derTag } from './der.js';
import { derInteger } from './der-values.js';
import { refuse } from './refusal.js';

/** Who holds a certificate (certificate_entity 0 to 3 of the Security setup object). */
export type CertificateHolder = 'server' | 'client' | 'certification-authority' | 'other';

/** One element of attribute 6 (certificates) of the Security setup object. */
export interface ListedCertificate {
  readonly certificateEntity: CertificateHolder;
  readonly certificateType: CertificateUse;
  /** Contents octets of the INTEGER, most significant first. */
  readonly serialNumber: Uint8Array;
  /** Name in DER. */
  readonly issuer: Uint8Array;
  /** Name in DER. */
  readonly subject: Uint8Array;
  /** GeneralNames in DER; empty when there are none. */
  readonly subjectAltName: Uint8Array;
}

/**
 * Selects a certificate for methods 7 (export) and 8 (remove) of the Security setup object: the value of
 * certification_identification_options. An entity or type without a name is a number, and matches nothing.
 */
export type CertificateSelection =
  | {
      readonly type: 'entity';
      readonly value: {
        readonly certificateEntity: CertificateHolder | number;
        readonly certificateType: CertificateUse | number;
        /** Empty for a certificate whose subject is not a system title. */
        readonly systemTitle: Uint8Array;
      };
    }
  | { readonly type: 'serial'; readonly value: { readonly serialNumber: Uint8Array; readonly issuer: Uint8Array } };

/** A certificate in a store, and who holds it. */
export interface StoredCertificate {
  readonly entity: CertificateHolder;
  readonly certificate: Certificate;
}

export function listed({ entity, certificate: c }: StoredCertificate): ListedCertificate {
  return {
    certificateEntity: entity,
    certificateType: c.type,
    serialNumber: serialOctets(c),
    issuer: c.issuer.raw.slice(),
    subject: c.subject.raw.slice(),
    subjectAltName: c.subjectAltName?.slice() ?? new Uint8Array(0),
  };
}
/** @throws DlmsError `security/certificate` with `not-found` or `ambiguous` */
export function identified(
  entries: readonly StoredCertificate[],
  identification: CertificateSelection,
): StoredCertificate {
  const matches =
    identification.type === 'entity'
      ? byEntity(entries, identification.value)
      : bySerial(entries, identification.value);
  const [found] = matches;
  if (found === undefined) refuse('not-found');
  // An authority has no system title, so several can match; a guess could remove the wrong one.
  if (matches.length > 1) refuse('ambiguous');
  return found;
}
function byEntity(
  entries: readonly StoredCertificate[],
  wanted: Extract<CertificateSelection, { type: 'entity' }>['value'],
): readonly StoredCertificate[] {
  return entries.filter(({ entity, certificate }) => {
    if (entity !== wanted.certificateEntity || certificate.type !== wanted.certificateType) return false;
    return certificate.systemTitle === undefined
      ? wanted.systemTitle.length === 0
      : equalBytes(certificate.systemTitle, wanted.systemTitle);
  });
}
/**
 * Matches the serial number, given as the contents octets of an INTEGER or (as one implementation sends it) as the
 * whole INTEGER, and the issuer's Name in DER.
 */
function bySerial(
  entries: readonly StoredCertificate[],
  wanted: Extract<CertificateSelection, { type: 'serial' }>['value'],
): readonly StoredCertificate[] {
  const ofIssuer = entries.filter((e) => equalBytes(e.certificate.issuer.raw, wanted.issuer));
  const plain = ofIssuer.filter((e) =>
    equalBytes(unpadded(serialOctets(e.certificate)), unpadded(wanted.serialNumber)),
  );
  return plain.length > 0
    ? plain
    : ofIssuer.filter((e) => equalBytes(derInteger(e.certificate.serialNumber), wanted.serialNumber));
}

export const sameTitle = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalBytes(a, b);
const serialOctets = (c: Certificate): Uint8Array =>
  new DerReader(derInteger(c.serialNumber)).expect(derTag.integer, 'serial number').content;
function unpadded(octets: Uint8Array): Uint8Array {
  let from = 0;
  while (from < octets.length - 1 && octets[from] === 0) from++;
  return octets.subarray(from);
}
