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

/** What a certificate is used for. */
export type CertificatePurpose =
  | 'digital-signature'
  | 'key-agreement'
  | 'tls-server'
  | 'tls-client'
  | 'certification-authority';

/**
 * How revocation is checked. `required`: for every certificate in the path but the anchor, its issuer needs a list that
 * is current, signed by that issuer, and understood. `when-available`: where there is no such list, the certificate
 * counts all the same. In both cases, whatever a list of the issuer names is revoked, even after the list has expired.
 * `unsafely-ignored`: a stolen key is trusted until its certificate expires; this is never the default.
 */
export type RevocationPolicy =
  | { readonly policy: 'required' | 'when-available'; readonly lists: readonly RevocationList[] }
  | 'unsafely-ignored';

/** What a certificate must fulfil to be trusted. */
export interface CertificatePolicy {
  /**
   * The only certificates that are trusted by themselves. The certificate to be validated may be one of them (pinning).
   */
  readonly anchors: readonly Certificate[];
  /** Further authorities that paths may go through; not trusted by themselves. */
  readonly intermediates?: readonly Certificate[];
  /** The time of validation, at which every certificate of the path must be valid, the anchor too (shell model). */
  readonly now: Date;
  readonly purpose: CertificatePurpose;
  /** System title of the expected holder; give it whenever it is known. */
  readonly systemTitle?: Uint8Array;
  readonly revocation: RevocationPolicy;
  /**
   * Purposes (extended key usage, dotted identifiers) that allow signatures or key agreement, besides
   * anyExtendedKeyUsage. Default: none; a certificate that lists purposes, but none of these, is refused. (Doubtful: no
   * known source names a purpose for either; a companion profile may.)
   */
  readonly extendedKeyUsages?: readonly string[];
  readonly verifier: SignatureVerifier;
  /** Maximum number of certificates in a path, including leaf and anchor. Default: 5. */
  readonly maxPath?: number;
  /**
   * Critical extensions (dotted identifiers) that the caller handles itself. All others that are unknown here are
   * refused.
   */
  readonly understood?: readonly string[];
}

/**
 * Validates a certificate for a purpose and returns its path, leaf first and anchor last. Tries all paths that names
 * and key identifiers allow, within limits; if none holds, reports why the first one failed.
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
  // One purpose per key pair: a TLS certificate must not sign DLMS messages, nor the reverse.
  else if (leaf.type !== (tls === undefined ? purpose : 'tls'))
    refuse('wrong-usage', leaf, `wanted for ${purpose}, the certificate is for ${leaf.type}`);
  if (!mayServe(leaf, policy) || (tls !== undefined && leaf.extendedKeyUsage === undefined))
    refuse('wrong-usage', leaf, `${purpose} is not among its purposes`);
  if (tls !== undefined && leaf.keyUsage !== undefined && !leaf.keyUsage.includes('digitalSignature'))
    refuse('wrong-usage', leaf, 'TLS needs digitalSignature');
  if (systemTitle === undefined) return;
  if (leaf.systemTitle === undefined) refuse('wrong-system-title', leaf, 'the common name is not a system title');
  if (!equalBytes(leaf.systemTitle, systemTitle))
    refuse('wrong-system-title', leaf, `${formatHex(systemTitle)} wanted`);
}
const tlsPurpose = (purpose: CertificatePurpose): string | undefined =>
  purpose === 'tls-server' ? oid.serverAuth : purpose === 'tls-client' ? oid.clientAuth : undefined;
/**
 * Whether the purposes listed in a certificate, if any, allow this one. What an authority may let others do shows at
 * the certificates below it.
 */
function mayServe({ extendedKeyUsage }: Certificate, { purpose, extendedKeyUsages = [] }: CertificatePolicy): boolean {
  if (extendedKeyUsage === undefined || purpose === 'certification-authority') return true;
  const tls = tlsPurpose(purpose);
  return extendedKeyUsage.some(
    (named) =>
      named === oid.anyExtendedKeyUsage || (tls === undefined ? extendedKeyUsages.includes(named) : named === tls),
  );
}

/**
 * Finds paths by names and key identifiers alone, to keep the costly signature checks few. Bounded, however many
 * certificates share a name.
 */
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
  // Signatures are checked from the anchor down, so that octets from strangers come last.
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
  // RFC 5280 says nothing about the purposes of an authority; here, as in other implementations, they limit what is
  // below it.
  if (!mayServe(certificate, policy))
    refuse('issuer-not-authorised', certificate, `${policy.purpose} is not among its purposes`);
  const pathLength = certificate.basicConstraints?.pathLength;
  // As RFC 5280 says, an authority that renews itself (issuer = subject) does not count.
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
  // Every list of the issuer counts: a list that does not name the certificate cannot outvote one that does.
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
