import { equalBytes } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import { andThen, type MaybePromise } from '../../core/promise.js';
import { type Certificate, type SignatureVerifier, verifySigned } from './certificate.js';
import { checkRevocationList, type RevocationList } from './crl.js';
import { formatName, sameName } from './name.js';
import { checkNames } from './name-constraints.js';
import { oid } from './object-identifiers.js';
import { type CertificateRefusal, refuse } from './refusal.js';

/** What a certificate is to be used for. */
export type CertificatePurpose =
  | 'digital-signature'
  | 'key-agreement'
  | 'tls-server'
  | 'tls-client'
  | 'certification-authority';

/**
 * How revocation is checked. `required`: every issuer in the path (save for the anchor itself) needs a list that is current, signed by it and understood.
 * `when-available`: where there is none, the certificate counts all the same. In both, what a list of the issuer names is revoked, also after the list's own time.
 * `unsafely-ignored`: a stolen key is believed until its certificate expires; it must be said.
 */
export type RevocationPolicy =
  | { readonly policy: 'required' | 'when-available'; readonly lists: readonly RevocationList[] }
  | 'unsafely-ignored';

/** What a certificate has to fulfil to be believed. */
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
  /**
   * Purposes (extended key usage, dotted identifiers) that allow signatures or key agreement, beside anyExtendedKeyUsage. Default none: a certificate that names
   * its purposes and not this one is refused. (Doubtful: the facts at hand name no purpose for either; a companion profile may.)
   */
  readonly extendedKeyUsages?: readonly string[];
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
export function validateCertificate(
  leaf: Certificate,
  policy: CertificatePolicy,
): MaybePromise<readonly Certificate[]> {
  checkLeaf(leaf, policy);
  const { paths, cut } = findPaths(leaf, policy);
  if (paths.length === 0)
    refuse(cut ? 'path-too-long' : 'no-trusted-issuer', leaf, `issuer ${formatName(leaf.issuer)}`);
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

function checkLeaf(leaf: Certificate, policy: CertificatePolicy): void {
  const { purpose, systemTitle } = policy;
  const tls = tlsPurpose(purpose);
  if (purpose === 'certification-authority') requireAuthority(leaf);
  // One purpose per key pair: a TLS certificate signs no DLMS messages and the reverse.
  else if (leaf.type !== (tls === undefined ? purpose : 'tls'))
    refuse('wrong-usage', leaf, `${purpose} wanted, the certificate is for ${leaf.type}`);
  if (!mayServe(leaf, policy) || (tls !== undefined && leaf.extendedKeyUsage === undefined))
    refuse('wrong-usage', leaf, `${purpose} is not among its purposes`);
  if (tls !== undefined && leaf.keyUsage !== undefined && !leaf.keyUsage.includes('digitalSignature'))
    refuse('wrong-usage', leaf, 'TLS needs digitalSignature');
  if (systemTitle === undefined) return;
  if (leaf.systemTitle === undefined) refuse('wrong-system-title', leaf, 'the common name is no system title');
  if (!equalBytes(leaf.systemTitle, systemTitle))
    refuse('wrong-system-title', leaf, `${formatHex(systemTitle)} wanted`);
}
const tlsPurpose = (purpose: CertificatePurpose): string | undefined =>
  purpose === 'tls-server' ? oid.serverAuth : purpose === 'tls-client' ? oid.clientAuth : undefined;
/** Whether the purposes that a certificate names, if any, allow this one. What an authority may do with its authorities is seen at the certificates below. */
function mayServe({ extendedKeyUsage }: Certificate, { purpose, extendedKeyUsages = [] }: CertificatePolicy): boolean {
  if (extendedKeyUsage === undefined || purpose === 'certification-authority') return true;
  const tls = tlsPurpose(purpose);
  return extendedKeyUsage.some(
    (named) =>
      named === oid.anyExtendedKeyUsage || (tls === undefined ? extendedKeyUsages.includes(named) : named === tls),
  );
}

/** Paths by names and key identifiers alone, so that the costly signature checks are few. Bounded, however many certificates of one name there are. */
function findPaths(
  leaf: Certificate,
  policy: CertificatePolicy,
): { paths: readonly (readonly Certificate[])[]; cut: boolean } {
  const maxPath = policy.maxPath ?? 5;
  const paths: (readonly Certificate[])[] = [];
  let budget = 64;
  let cut = false;
  const isIn = (list: readonly Certificate[], c: Certificate): boolean =>
    list.some((one) => equalBytes(one.raw, c.raw));
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
    if (i > 0) checkAuthority(certificate, path.slice(policy.purpose === 'certification-authority' ? 0 : 1, i), policy);
  }
  checkNames(path);
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
  if (t < certificate.notBefore.getTime())
    refuse('not-yet-valid', certificate, `from ${certificate.notBefore.toISOString()}`);
  // The last second counts as a whole.
  if (t >= certificate.notAfter.getTime() + 1000)
    refuse('expired', certificate, `until ${certificate.notAfter.toISOString()}`);
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
  oid.nameConstraints,
]);

function requireAuthority(certificate: Certificate): void {
  if (certificate.basicConstraints?.ca !== true)
    refuse('issuer-not-authorised', certificate, 'not a certification authority');
  if (certificate.keyUsage?.includes('keyCertSign') !== true)
    refuse('issuer-not-authorised', certificate, 'its key may not sign certificates');
}
function checkAuthority(certificate: Certificate, below: readonly Certificate[], policy: CertificatePolicy): void {
  requireAuthority(certificate);
  // RFC 5280 says nothing of the purposes of an authority; as other implementations do, they limit what is below.
  if (!mayServe(certificate, policy))
    refuse('issuer-not-authorised', certificate, `${policy.purpose} is not among its purposes`);
  const pathLength = certificate.basicConstraints?.pathLength;
  // An authority that renews itself (issuer = subject) does not count, as RFC 5280 says.
  const counted = below.filter((c) => !sameName(c.issuer, c.subject)).length;
  if (pathLength !== undefined && counted > pathLength)
    refuse('path-length-exceeded', certificate, `${counted} authorities below, ${pathLength} allowed`);
}

function checkRevocation(
  certificate: Certificate,
  issuer: Certificate,
  { revocation, now, verifier }: CertificatePolicy,
): MaybePromise<void> {
  if (revocation === 'unsafely-ignored') return;
  const candidates = revocation.lists.filter((list) => sameName(list.issuer, issuer.subject));
  let known = revocation.policy === 'when-available';
  let last = 'none';
  // Every list of the issuer counts: one that does not name the certificate, or a newer one that is missing, cannot outvote one that does.
  const next = (i: number): MaybePromise<void> => {
    const list = candidates[i];
    if (list === undefined) {
      if (!known) refuse('revocation-unknown', certificate, `list of ${formatName(issuer.subject)}: ${last}`);
      return;
    }
    return andThen(checkRevocationList(list, issuer, now, verifier), (state) => {
      last = state;
      known ||= state === 'usable';
      const entry =
        state === 'usable' || state === 'not-current' ? list.revoked.get(certificate.serialNumber) : undefined;
      if (entry !== undefined)
        refuse(
          'revoked',
          certificate,
          `${entry.revocationDate.toISOString()}${entry.reason === undefined ? '' : `, ${entry.reason}`}`,
        );
      return next(i + 1);
    });
  };
  return next(0);
}
