/**
 * X.509 certificates of the DLMS profile: reading, building, validating and keeping them.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export {
  buildCertificate,
  type Certificate,
  type CertificateFields,
  type CertificateUse,
  parseCertificate,
  type SignatureVerifier,
  type Signer,
  type SigningProvider,
  signerOf,
  verifySigned,
} from './certificate.js';
export {
  type CertificatePolicy,
  type CertificatePurpose,
  type RevocationPolicy,
  validateCertificate,
} from './chain.js';
export {
  buildRevocationList,
  checkRevocationList,
  parseRevocationList,
  type RevocationList,
  type RevocationListFields,
  type RevocationListState,
  type RevokedCertificate,
  revocationReasons,
} from './crl.js';
export {
  ecPublicKey,
  type SignatureAlgorithm,
  signatureAlgorithm,
  signatureFromDer,
  signatureToDer,
} from './ec.js';
export {
  type BasicConstraints,
  type Extension,
  type KeyUsage,
  type KnownExtensions,
  keyIdentifier,
} from './extensions.js';
export type {
  CertificateHolder,
  CertificateSelection,
  ListedCertificate,
  StoredCertificate,
} from './identification.js';
export {
  formatName,
  type Name,
  type NameAttribute,
  type NameAttributeType,
  name,
  sameName,
  systemTitleName,
  systemTitleOf,
} from './name.js';
export { formatPem, type PemLabel, parsePem } from './pem.js';
export type { CertificateRefusal } from './refusal.js';
export {
  buildCertificateRequest,
  type CertificateRequest,
  type CertificateRequestFields,
  parseCertificateRequest,
  verifyCertificateRequest,
} from './request.js';
export {
  type CertificateLimits,
  CertificateStore,
  type CertificateStoreOptions,
  type ImportContext,
  type StoredOctets,
  type TrustedKey,
} from './store.js';
