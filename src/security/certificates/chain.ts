import { equalBytes } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import { andThen, type MaybePromise } from '../../core/promise.js';
import { type Certificate, type SignatureVerifier, verifySigned } from './certificate.js';
import { checkRevocationList, type RevocationList } from './crl.js';
import { formatName, sameName } from './name.js';
import { oid } from './object-identifiers.js';

/** What a certificate is to be used for. */
export type CertificatePurpose = 'digital-signature' | 'key-agreement' | 'tls-server' | 'tls-client';

/** Names of the reasons in `security/certificate`. */
export type CertificateRefusal =
  /** No path from the certificate to a trust anchor: an issuer is missing, or nothing is trusted. */
  | 'no-trusted-issuer'
  /** More certificates, or more possible paths, than are followed. */
  | 'path-too-long'
  | 'wrong-signature'
  | 'not-yet-valid'
  | 'expired'
  /** The issuer is no certification authority, or its key may not sign certificates. */
  | 'issuer-not-authorised'
  /** More authorities below an authority than it allows. */
  | 'path-length-exceeded'
  | 'unknown-critical-extension'
  /** The key usage (or extended key usage) does not allow this purpose. */
  | 'wrong-usage'
  /** The subject is another system title than the one expected, or none. */
  | 'wrong-system-title'
  | 'revoked'
  /** No revocation list of this issuer that is current, signed by it, and understood. */
  | 'revocation-unknown'
  /** Import: the certificate of this device is for another key pair than the one it has. */
  | 'wrong-key'
  /** Import: another certificate with this issuer and serial number is there. */
  | 'duplicate-serial-number'
  | 'store-full'
  /** Several certificates match: name one by serial number and issuer. */
  | 'ambiguous'
  | 'not-found';

/** How revocation is checked: `ignored` must be said; lists given means that every issuer in the path (save for the anchor itself) needs a usable one. */
export type RevocationPolicy = 'ignored' | { readonly lists: readonly RevocationList[] };

export interface CertificatePolicy {
  /** The only certificates that are trusted by themselves. A certificate to be validated may itself be one (pinning). */
  readonly anchors: readonly Certificate[];
  /** Further authorities that paths may go through; not trusted by themselves. */
  readonly intermediates?: readonly Certificate[];
  /** The moment of validation: every certificate of the path must be valid now, the anchor too (shell model). */
  readonly now: Date;
  readonly purpose: CertificatePurpose;
  /** Whom the certificate must belong to; give it whenever it is known. */
  readonly systemTitle?: Uint8Array;
  readonly revocation: RevocationPolicy;
  readonly verifier: SignatureVerifier;
  /** Certificates in a path, leaf and anchor included. Default 5. */
  readonly maxPath?: number;
  /** Critical extensions (dotted identifiers) that the caller handles itself; all others unknown here are refused. */
  readonly understood?: readonly string[];
}

/**
 * Validates a certificate for a purpose and answers its path, leaf first and anchor last.
 * All paths by names and key identifiers are tried; without one that holds, the reason of the first is reported.
 * @throws DlmsError `security/certificate` with a {@link CertificateRefusal}
 */
export function validateCertificate(leaf: Certificate, policy: CertificatePolicy): MaybePromise<readonly Certificate[]> {
  checkLeaf(leaf, policy);
  const { paths, cut } = findPaths(leaf, policy);
  if (paths.length === 0) refuse(cut ? 'path-too-long' : 'no-trusted-issuer', leaf, `issuer ${formatName(leaf.issuer)}`);
  const attempt = (i: number, first: unknown): MaybePromise<readonly Certificate[]> => {
    const path = paths[i];
    if (path === undefined) throw first;
    const failed = (e: unknown): MaybePromise<readonly Certificate[]> => attempt(i + 1, first ?? e);
    try {
      const result = checkPath(path, policy);
      return result instanceof Promise ? result.catch(failed) : result;
    } catch (e) {
      return failed(e);
    }
  };
  return attempt(0, undefined);
}

/** @internal Throws the refusal. */
export function refuse(reason: CertificateRefusal, certificate?: Certificate, detail?: string): never {
  throw new DlmsError('security/certificate', {
    reason,
    ...(certificate === undefined ? {} : { subject: formatName(certificate.subject) }),
    ...(detail === undefined ? {} : { detail }),
  });
}

function checkLeaf(leaf: Certificate, { purpose, systemTitle }: CertificatePolicy): void {
  const tls = purpose === 'tls-server' ? oid.serverAuth : purpose === 'tls-client' ? oid.clientAuth : undefined;
  // One purpose per key pair: a TLS certificate signs no DLMS messages and the reverse.
  if (leaf.type !== (tls === undefined ? purpose : 'tls')) refuse('wrong-usage', leaf, `${purpose} wanted, the certificate is for ${leaf.type}`);
  if (tls !== undefined && leaf.extendedKeyUsage?.includes(tls) !== true) refuse('wrong-usage', leaf, `${purpose} is not among its purposes`);
  if (tls !== undefined && leaf.keyUsage !== undefined && !leaf.keyUsage.includes('digitalSignature'))
    refuse('wrong-usage', leaf, 'TLS needs digitalSignature');
  if (systemTitle === undefined) return;
  if (leaf.systemTitle === undefined) refuse('wrong-system-title', leaf, 'the common name is no system title');
  if (!equalBytes(leaf.systemTitle, systemTitle)) refuse('wrong-system-title', leaf, `${formatHex(systemTitle)} wanted`);
}

/** Paths by names and key identifiers alone, so that the costly signature checks are few. Bounded, however many certificates of one name there are. */
function findPaths(leaf: Certificate, policy: CertificatePolicy): { paths: readonly (readonly Certificate[])[]; cut: boolean } {
  const maxPath = policy.maxPath ?? 5;
  const paths: (readonly Certificate[])[] = [];
  let budget = 64;
  let cut = false;
  const isIn = (list: readonly Certificate[], c: Certificate): boolean => list.some((one) => equalBytes(one.raw, c.raw));
  const grow = (path: readonly Certificate[], last: Certificate): void => {
    if (isIn(policy.anchors, last)) {
      if (paths.length < 8) paths.push(path);
      else cut = true;
      return;
    }
    for (const candidate of [...policy.anchors, ...(policy.intermediates ?? [])]) {
      if (!mayHaveIssued(candidate, last) || isIn(path, candidate)) continue;
      if (budget-- <= 0) {
        cut = true;
        return;
      }
      if (path.length >= maxPath) cut = true;
      else grow([...path, candidate], candidate);
    }
  };
  grow([leaf], leaf);
  return { paths, cut };
}

function mayHaveIssued(issuer: Certificate, certificate: Certificate): boolean {
  if (!sameName(issuer.subject, certificate.issuer)) return false;
  const { authorityKeyIdentifier: wanted } = certificate;
  const { subjectKeyIdentifier: found } = issuer;
  return wanted === undefined || found === undefined || equalBytes(wanted, found);
}

function checkPath(path: readonly Certificate[], policy: CertificatePolicy): MaybePromise<readonly Certificate[]> {
  for (const [i, certificate] of path.entries()) {
    checkDates(certificate, policy.now);
    checkCritical(certificate, policy.understood ?? []);
    if (i > 0) checkAuthority(certificate, path.slice(1, i));
  }
  // Signatures from the anchor down, so that octets of strangers are looked at last.
  const step = (i: number): MaybePromise<readonly Certificate[]> => {
    const certificate = path[i];
    const issuer = path[i + 1];
    if (certificate === undefined || issuer === undefined) return path;
    return andThen(verifySigned(certificate, issuer.publicKey, policy.verifier), (valid) => {
      if (!valid) refuse('wrong-signature', certificate);
      return andThen(checkRevocation(certificate, issuer, policy), () => (i === 0 ? path : step(i - 1)));
    });
  };
  return path.length === 1 ? path : step(path.length - 2);
}

function checkDates(certificate: Certificate, now: Date): void {
  const t = now.getTime();
  if (Number.isNaN(t)) throw new DlmsError('encode/invalid-value', { expected: 'a date', actual: 'an invalid Date' });
  if (t < certificate.notBefore.getTime()) refuse('not-yet-valid', certificate, `from ${certificate.notBefore.toISOString()}`);
  // The last second counts as a whole.
  if (t >= certificate.notAfter.getTime() + 1000) refuse('expired', certificate, `until ${certificate.notAfter.toISOString()}`);
}

function checkCritical(certificate: Certificate, understood: readonly string[]): void {
  const unknown = certificate.extensions.find((e) => e.critical && !handled.has(e.oid) && !understood.includes(e.oid));
  if (unknown !== undefined) refuse('unknown-critical-extension', certificate, unknown.oid);
}
const handled: ReadonlySet<string> = /* @__PURE__ */ new Set([
  oid.subjectKeyIdentifier,
  oid.keyUsage,
  oid.subjectAltName,
  oid.basicConstraints,
  oid.authorityKeyIdentifier,
  oid.extendedKeyUsage,
]);

function checkAuthority(certificate: Certificate, below: readonly Certificate[]): void {
  if (certificate.basicConstraints?.ca !== true) refuse('issuer-not-authorised', certificate, 'not a certification authority');
  if (certificate.keyUsage?.includes('keyCertSign') !== true) refuse('issuer-not-authorised', certificate, 'its key may not sign certificates');
  const { pathLength } = certificate.basicConstraints;
  // An authority that renews itself (issuer = subject) does not count, as RFC 5280 says.
  const counted = below.filter((c) => !sameName(c.issuer, c.subject)).length;
  if (pathLength !== undefined && counted > pathLength) refuse('path-length-exceeded', certificate, `${counted} authorities below, ${pathLength} allowed`);
}

function checkRevocation(certificate: Certificate, issuer: Certificate, policy: CertificatePolicy): MaybePromise<void> {
  if (policy.revocation === 'ignored') return;
  const candidates = policy.revocation.lists.filter((list) => sameName(list.issuer, issuer.subject));
  let known = false;
  let last = 'none';
  // Every usable list counts: one that does not name the certificate cannot outvote one that does.
  const next = (i: number): MaybePromise<void> => {
    const list = candidates[i];
    if (list === undefined) {
      if (!known) refuse('revocation-unknown', certificate, `list of ${formatName(issuer.subject)}: ${last}`);
      return;
    }
    return andThen(checkRevocationList(list, issuer, policy.now, policy.verifier), (state) => {
      last = state;
      if (state === 'usable') {
        known = true;
        const entry = list.revoked.get(certificate.serialNumber);
        if (entry !== undefined)
          refuse('revoked', certificate, `${entry.revocationDate.toISOString()}${entry.reason === undefined ? '' : `, ${entry.reason}`}`);
      }
      return next(i + 1);
    });
  };
  return next(0);
}
