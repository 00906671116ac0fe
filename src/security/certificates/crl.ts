import { DlmsError } from '../../core/errors.js';
import { andThen, type MaybePromise } from '../../core/promise.js';
import type { PublicKey } from '../providers/provider.js';
import {
  type Certificate,
  readSigned,
  requireSameAlgorithm,
  type SignatureVerifier,
  type Signer,
  signed,
  verifySigned,
} from './certificate.js';
import { type DerElement, DerReader, derContext, derSequence, derTag } from './der.js';
import { derInteger, derTime, readInteger, readSmallInteger, readTime } from './der-values.js';
import { derSignatureAlgorithm, type SignatureAlgorithm, signatureAlgorithm } from './ec.js';
import { derExtensionList, type Extension, keyIdentifier, knownExtensions, readExtensions } from './extensions.js';
import { type Name, readName, sameName } from './name.js';
import { oid } from './object-identifiers.js';

/** Why a certificate was revoked (RFC 5280, CRLReason). Other codes stay numbers. */
export const revocationReasons: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

/** One entry of a revocation list. */
export interface RevokedCertificate {
  readonly serialNumber: bigint;
  readonly revocationDate: Date;
  /** One of {@link revocationReasons}, or the code. */
  readonly reason?: string | number;
}

/** A certificate revocation list (X.509 CRL, version 1 or 2). */
export interface RevocationList {
  readonly raw: Uint8Array;
  readonly tbs: Uint8Array;
  readonly issuer: Name;
  readonly thisUpdate: Date;
  /** Until when the list is valid; a list without it is never current. */
  readonly nextUpdate?: Date;
  /** By serial number. */
  readonly revoked: ReadonlyMap<bigint, RevokedCertificate>;
  readonly authorityKeyIdentifier?: Uint8Array;
  readonly crlNumber?: bigint;
  readonly extensions: readonly Extension[];
  /** Critical extensions of the list or of an entry that are not understood. A list with any of them is not used. */
  readonly unknownCritical: readonly string[];
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

/**
 * Reads a revocation list of at most 1 MiB. Only the form is verified.
 * @throws DlmsError `decode/…`, `security/unsupported`
 */
export function parseRevocationList(bytes: Uint8Array): RevocationList {
  const { raw, tbs, body, algorithm, algorithmRaw, signature } = readSigned(bytes, 'CertificateList', 1 << 20);
  const version = body.optional(derTag.integer);
  if (version !== undefined && readSmallInteger(version, 255) !== 1)
    throw new DlmsError('security/unsupported', { what: 'a revocation list of a version other than 2' });
  requireSameAlgorithm(body, algorithmRaw);
  const issuer = readName(body);
  const thisUpdate = readTime(body.element());
  const nextUpdate =
    body.next === derTag.utcTime || body.next === derTag.generalizedTime ? readTime(body.element()) : undefined;
  const unknown = new Set<string>();
  const revoked = new Map<bigint, RevokedCertificate>();
  const entries = body.optional(derTag.sequence);
  if (entries !== undefined) readEntries(body.open(entries), revoked, unknown);
  const wrapper = body.optional(0xa0);
  let extensions: readonly Extension[] = [];
  if (wrapper !== undefined) {
    const inner = body.open(wrapper);
    extensions = readExtensions(inner);
    inner.end();
  }
  body.end();
  for (const e of extensions)
    if (e.critical && e.oid !== oid.authorityKeyIdentifier && e.oid !== oid.crlNumber) unknown.add(e.oid);
  const { authorityKeyIdentifier } = knownExtensions(extensions.filter((e) => e.oid === oid.authorityKeyIdentifier));
  const number = extensions.find((e) => e.oid === oid.crlNumber);
  return {
    raw,
    tbs,
    issuer,
    thisUpdate,
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
    revoked,
    ...(authorityKeyIdentifier === undefined ? {} : { authorityKeyIdentifier }),
    ...(number === undefined ? {} : { crlNumber: readInteger(only(number, derTag.integer, 'CRLNumber')) }),
    extensions,
    unknownCritical: [...unknown],
    signatureAlgorithm: algorithm,
    signature,
  };
}

/** The element that is the whole value of an extension. */
function only({ value }: Extension, tag: number, name: string): DerElement {
  const r = new DerReader(value);
  const element = r.expect(tag, name);
  r.end();
  return element;
}
function readEntries(list: DerReader, revoked: Map<bigint, RevokedCertificate>, unknown: Set<string>): void {
  while (!list.done) {
    const entry = list.sequence('revoked certificate');
    const serialNumber = readInteger(entry.expect(derTag.integer, 'serial number'));
    const revocationDate = readTime(entry.element());
    const extensions = entry.done ? [] : readExtensions(entry);
    entry.end();
    for (const e of extensions)
      if (e.critical && e.oid !== oid.reasonCode && e.oid !== oid.invalidityDate) unknown.add(e.oid);
    const reason = extensions.find((e) => e.oid === oid.reasonCode);
    if (reason === undefined) revoked.set(serialNumber, { serialNumber, revocationDate });
    else {
      const code = readSmallInteger(only(reason, derTag.enumerated, 'CRLReason'), 255);
      revoked.set(serialNumber, { serialNumber, revocationDate, reason: revocationReasons[code] ?? code });
    }
  }
}

/**
 * Whether a list may be relied on and, if not, why. `not-current` means that everything else about the list is right.
 */
export type RevocationListState =
  | 'usable'
  | 'not-current'
  | 'wrong-issuer'
  | 'wrong-key-usage'
  | 'unknown-critical-extension'
  | 'wrong-signature';

/**
 * Checks a list against the certificate of its issuer: name, key usage cRLSign, signature, dates, critical extensions.
 */
export function checkRevocationList(
  list: RevocationList,
  issuer: Certificate,
  now: Date,
  verifier: SignatureVerifier,
): MaybePromise<RevocationListState> {
  if (!sameName(list.issuer, issuer.subject)) return 'wrong-issuer';
  if (issuer.keyUsage?.includes('cRLSign') !== true) return 'wrong-key-usage';
  if (list.unknownCritical.length > 0) return 'unknown-critical-extension';
  const t = now.getTime();
  const current = list.nextUpdate !== undefined && list.thisUpdate.getTime() <= t && t <= list.nextUpdate.getTime();
  return andThen(verifySigned(list, issuer.publicKey, verifier), (valid) =>
    !valid ? 'wrong-signature' : current ? 'usable' : 'not-current',
  );
}

/** Fields of {@link buildRevocationList}. */
export interface RevocationListFields {
  readonly issuer: Name;
  readonly issuerPublicKey: PublicKey;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Must grow with every list of this issuer. */
  readonly crlNumber: bigint;
  readonly revoked: readonly RevokedCertificate[];
}

/** Builds and signs a version 2 list, for a utility's own certification authority and for tests. */
export function buildRevocationList(fields: RevocationListFields, signer: Signer): MaybePromise<RevocationList> {
  const entries = fields.revoked.map((r) => {
    const code =
      typeof r.reason === 'number'
        ? r.reason
        : Object.keys(revocationReasons).find((k) => revocationReasons[Number(k)] === r.reason);
    if (r.reason !== undefined && code === undefined)
      throw new DlmsError('encode/invalid-value', { expected: 'a reason of RFC 5280', actual: String(r.reason) });
    const reason =
      code === undefined
        ? []
        : [
            derExtensionList([
              { oid: oid.reasonCode, critical: false, value: derInteger(Number(code), derTag.enumerated) },
            ]),
          ];
    return derSequence(derInteger(r.serialNumber), derTime(r.revocationDate), ...reason);
  });
  const tbs = derSequence(
    derInteger(1),
    derSignatureAlgorithm(signatureAlgorithm(signer.curve)),
    fields.issuer.raw,
    derTime(fields.thisUpdate),
    derTime(fields.nextUpdate),
    ...(entries.length === 0 ? [] : [derSequence(...entries)]),
    derContext(
      0,
      true,
      derExtensionList([
        {
          oid: oid.authorityKeyIdentifier,
          critical: false,
          value: derSequence(derContext(0, false, keyIdentifier(fields.issuerPublicKey))),
        },
        { oid: oid.crlNumber, critical: false, value: derInteger(fields.crlNumber) },
      ]),
    ),
  );
  return andThen(signed(tbs, signer), parseRevocationList);
}
