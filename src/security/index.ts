/**
 * Security suites 0 to 2: contexts, policies, protection of APDUs, HLS, invocation counters, key transfer, key
 * agreement, and the portable cryptography providers.
 *
 * Stability: stable.
 *
 * @module
 */
export { isProtected } from '../core/apdu-facts.js';
export { keyIds } from '../core/key-ids.js';
export {
  type CipherInput,
  type OpenOptions,
  openContent,
  openUnverified,
  readSecurityHeader,
  type SecurityHeader,
  sealContent,
} from './ciphering.js';
export { constantTimeEqual } from './constant-time.js';
export {
  type Compress,
  type PeerKeys,
  SecurityContext,
  type SecurityContextOptions,
  type SimpleForm,
} from './context.js';
export {
  type CounterOptions,
  counterEpoch,
  counterLimit,
  InvocationCounters,
  type ProofOfFreshness,
  type ReceivedValue,
} from './counters.js';
export {
  aesEcbReply,
  type HlsExchange,
  hlsReply,
  hlsVerify,
  llsMatches,
  type ManufacturerReply,
} from './hls.js';
export {
  ChallengeMemory,
  type ChallengeOptions,
  challengeLengths,
  checkChallenge,
  generateChallenge,
  type HlsMechanism,
} from './hls-challenge.js';
export {
  type AgreedContentKey,
  deriveAgreedKey,
  type EphemeralOffer,
  ephemeralComplete,
  ephemeralOffer,
  onePassOriginator,
  onePassRecipient,
  staticUnified,
} from './key-agreement.js';
export { KeyRing, type RingEntry, type RingOptions, senderTitleOf } from './key-ring.js';
export {
  type KeyChange,
  type KeyChangeOutcome,
  type KeyChangeResult,
  type KeyChangeStep,
  prepareAgreedKeyChange,
  prepareKeyChange,
} from './key-transfer.js';
export {
  generateTransferableKey,
  type NewKeys,
  type TransferableKey,
  unwrapKeys,
  type WrappedNewKey,
  wrapKeys,
} from './key-wrap.js';
export { importKeys, type KeyMaterial, type KeyName, type SecurityKeys } from './keys.js';
export { type OverheadQuestion, overhead } from './overhead.js';
export type { PendingKeysOptions } from './pending-keys.js';
export {
  clearPolicy,
  type Protection,
  policyOf,
  policyValue,
  type SecurityPolicy,
  strictPolicy,
} from './policy.js';
export {
  type GeneralCipheringForm,
  type GeneralHeader,
  type GeneralSigningForm,
  type ProtectForm,
  type ProtectOptions,
  protect,
} from './protect.js';
export { nobleProvider } from './providers/noble.js';
export {
  type CryptoProvider,
  type Curve,
  type DigestAlgorithm,
  gmac,
  type ImportOptions,
  type KeyAlgorithm,
  type KeyHandle,
  type KeyPair,
  type KeyUse,
  type Octets,
  type PrivateKeyAlgorithm,
  type PublicKey,
  type SymmetricAlgorithm,
} from './providers/provider.js';
export { webCryptoProvider } from './providers/webcrypto.js';
export { type RecoveryOptions, recoverCounter } from './recovery.js';
export { formatSecurityControl, parseSecurityControl, type SecurityControl } from './security-control.js';
export {
  type SecuritySuite,
  securitySuite,
  suite0,
  suite1,
  suite2,
} from './suites.js';
export { unprotect } from './unprotect.js';
export type { ProtectionLayer, Unprotected, UnprotectOptions } from './unprotected.js';
