import { DlmsError } from '../../core/errors.js';
import type { Certificate } from './certificate.js';
import { formatName } from './name.js';

/** Names of the reasons in `security/certificate`. */
export type CertificateRefusal =
  /** No path from the certificate to a trust anchor: an issuer is missing, or nothing is trusted. */
  | 'no-trusted-issuer'
  /** More certificates, or more possible paths, than are followed. */
  | 'path-too-long'
  | 'wrong-signature'
  | 'not-yet-valid'
  | 'expired'
  /** The issuer is no certification authority, or its key may not sign certificates (of this purpose). */
  | 'issuer-not-authorised'
  /** More authorities below an authority than it allows. */
  | 'path-length-exceeded'
  /** A name that an authority of the path may not certify, or constraints on names that cannot be understood. */
  | 'name-not-permitted'
  | 'unknown-critical-extension'
  /** The key usage (or extended key usage) does not allow this purpose. */
  | 'wrong-usage'
  /** The subject is another system title than the one expected, or none. */
  | 'wrong-system-title'
  | 'revoked'
  /** No revocation list of this issuer that is current, signed by it, and understood. */
  | 'revocation-unknown'
  /** Import: no anchor is configured, so nothing can vouch for a certificate. */
  | 'no-anchors'
  /** Import: the certificate of this device is for another key pair than the one it has. */
  | 'wrong-key'
  /** Import: the certificate of the same holder and purpose (or the list of the same issuer) that is there is as new, or newer. */
  | 'not-newer'
  /** Import: another certificate with this issuer and serial number is there. */
  | 'duplicate-serial-number'
  /** Import: more octets than a certificate may have. */
  | 'too-large'
  | 'store-full'
  /** Removal: the security policy in force needs it; it can be replaced. */
  | 'in-use'
  /** Several certificates match: name one by serial number and issuer. */
  | 'ambiguous'
  | 'not-found';

/** @internal Throws the refusal. */
export function refuse(reason: CertificateRefusal, certificate?: Certificate, detail?: string): never {
  throw new DlmsError('security/certificate', {
    reason,
    ...(certificate === undefined ? {} : { subject: formatName(certificate.subject) }),
    ...(detail === undefined ? {} : { detail }),
  });
}
