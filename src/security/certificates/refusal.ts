import { DlmsError } from '../../core/errors.js';
import type { Certificate } from './certificate.js';
import { formatName } from './name.js';

/** Names of the reasons in `security/certificate`. */
export type CertificateRefusal =
  /** No path from the certificate to a trust anchor: an issuer is missing, or nothing is trusted. */
  | 'no-trusted-issuer'
  /** The path is longer, or there are more possible paths, than is allowed. */
  | 'path-too-long'
  | 'wrong-signature'
  | 'not-yet-valid'
  | 'expired'
  /** The issuer is not a certification authority, or its key may not sign certificates (for this purpose). */
  | 'issuer-not-authorised'
  /** There are more authorities below an authority than it allows. */
  | 'path-length-exceeded'
  /** An authority in the path may not certify this name, or its name constraints are not understood. */
  | 'name-not-permitted'
  | 'unknown-critical-extension'
  /** The key usage (or extended key usage) does not allow this purpose. */
  | 'wrong-usage'
  /** The subject is not the expected system title, or not a system title at all. */
  | 'wrong-system-title'
  | 'revoked'
  /** There is no revocation list of this issuer that is current, signed by it, and understood. */
  | 'revocation-unknown'
  /** Import: no anchor is configured, so nothing can vouch for a certificate. */
  | 'no-anchors'
  /** Import: the certificate of this device is not for its key pair. */
  | 'wrong-key'
  /**
   * Import: the certificate stored for the same holder and purpose (or the list of the same issuer) is as new, or
   * newer.
   */
  | 'not-newer'
  /** Import: another certificate with this issuer and serial number is stored. */
  | 'duplicate-serial-number'
  /** Import: the certificate has more octets than allowed. */
  | 'too-large'
  | 'store-full'
  /** Removal: the security policy in force needs the certificate; it can only be replaced. */
  | 'in-use'
  /** Several certificates match: identify one by serial number and issuer. */
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
