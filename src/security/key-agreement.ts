import { concat, equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { andThen, lastly, type MaybePromise } from '../core/promise.js';
import { transferableKey, useOf } from './key-wrap.js';
import type { CryptoProvider, ImportOptions, KeyHandle, KeyPair, PublicKey } from './providers/provider.js';
import { publicKeyLength } from './providers/provider.js';
import type { SecuritySuite } from './suites.js';

// Key agreement of suites 1 and 2 (Green Book 9.2.3.4.6; NIST SP 800-56A). U is the originator, V the recipient.

/**
 * ECDH, then the single-step key derivation Hash(00000001, Z, AlgorithmID, PartyUInfo, PartyVInfo), of which the
 * leftmost 128 or 256 bits are the key. The shared secret never leaves the provider.
 */
export function deriveAgreedKey(
  provider: CryptoProvider,
  suite: SecuritySuite,
  own: KeyHandle,
  peer: PublicKey,
  partyUInfo: Uint8Array,
  partyVInfo: Uint8Array,
  options?: ImportOptions,
): MaybePromise<KeyHandle> {
  const { hash } = asymmetric(suite);
  return andThen(provider.agree(own, peer), (z) =>
    lastly(
      () => provider.deriveKey(suite.aes, hash, [round1, z, suite.algorithmId, partyUInfo, partyVInfo], options),
      () => z.destroy(),
    ),
  );
}

/** A content key, and the `key-ciphered-data` from which the recipient derives it. */
export interface AgreedContentKey {
  readonly key: KeyHandle;
  readonly keyCipheredData: Uint8Array;
}
/** One-pass Diffie-Hellman C(1e, 1s), originator: a new, signed key pair with the static key of the recipient. */
export function onePassOriginator(
  provider: CryptoProvider,
  suite: SecuritySuite,
  signing: KeyPair,
  recipient: PublicKey,
  originatorTitle: Uint8Array,
  recipientTitle: Uint8Array,
): MaybePromise<AgreedContentKey> {
  const { curve } = asymmetric(suite);
  return andThen(provider.generateKeyPair(`ECDH ${curve}`), ({ privateKey, publicKey }) =>
    lastly(
      () =>
        andThen(provider.sign(signing.privateKey, publicKey.octets), (signature) =>
          andThen(deriveAgreedKey(provider, suite, privateKey, recipient, originatorTitle, recipientTitle), (key) => ({
            key,
            keyCipheredData: concat(publicKey.octets, signature),
          })),
        ),
      () => privateKey.destroy(),
    ),
  );
}
/**
 * One-pass Diffie-Hellman C(1e, 1s), recipient. The signature of the ephemeral key is verified before the key is used.
 * @throws DlmsError `security/authentication-failed`, `security/invalid-key` for a point off the curve
 */
export function onePassRecipient(
  provider: CryptoProvider,
  suite: SecuritySuite,
  agreement: KeyPair,
  originatorSigning: PublicKey,
  keyCipheredData: Uint8Array,
  originatorTitle: Uint8Array,
  recipientTitle: Uint8Array,
): MaybePromise<KeyHandle> {
  const ephemeral = signedPoint(suite, keyCipheredData);
  return andThen(provider.verify(originatorSigning, ephemeral.publicKey.octets, ephemeral.signature), (valid) => {
    if (!valid) throw badSignature(originatorTitle);
    return deriveAgreedKey(provider, suite, agreement.privateKey, ephemeral.publicKey, originatorTitle, recipientTitle);
  });
}

/**
 * Static unified model C(0e, 2s), either side: both static keys. The transaction-id is the nonce, so it must never be
 * used twice. PartyUInfo is the originator's title, then the transaction-id with its length octet (confirmed by the
 * published ACCESS example).
 * @throws DlmsError `security/unsupported` for a transaction-id that is empty or longer than 127 octets
 */
export function staticUnified(
  provider: CryptoProvider,
  suite: SecuritySuite,
  agreement: KeyPair,
  peer: PublicKey,
  transactionId: Uint8Array,
  originatorTitle: Uint8Array,
  recipientTitle: Uint8Array,
): MaybePromise<KeyHandle> {
  if (transactionId.length === 0) throw unsupportedNonce(0);
  return staticKey(provider, suite, agreement, peer, transactionId, originatorTitle, recipientTitle);
}
/**
 * Like {@link staticUnified}, for received messages, and also with an empty transaction-id: then one key serves all
 * messages, and only their counters tell them apart. That PartyUInfo then ends with the length octet 00 is inferred
 * from the general rule; no known message shows it.
 */
export function staticKey(
  provider: CryptoProvider,
  suite: SecuritySuite,
  agreement: KeyPair,
  peer: PublicKey,
  transactionId: Uint8Array,
  originatorTitle: Uint8Array,
  recipientTitle: Uint8Array,
): MaybePromise<KeyHandle> {
  if (transactionId.length > 127) throw unsupportedNonce(transactionId.length);
  const partyU = concat(originatorTitle, Uint8Array.of(transactionId.length), transactionId);
  return deriveAgreedKey(provider, suite, agreement.privateKey, peer, partyU, recipientTitle);
}
/** The error for a transaction-id that cannot serve as a nonce. */
export const unsupportedNonce = (length: number): DlmsError =>
  new DlmsError('security/unsupported', {
    what: `static unified model C(0e, 2s) with a transaction-id of ${length} octets`,
  });

/**
 * One side's contribution to the ephemeral unified model. `data` is the key-data of the Security setup method
 * key_agreement.
 */
export interface EphemeralOffer {
  readonly keyId: number;
  readonly keyPair: KeyPair;
  /** Ephemeral public key, then the signature over the key-id and that key. */
  readonly data: Uint8Array;
}
/**
 * Ephemeral unified model C(2e, 0s), first half, either side. The signature covers the key-id octet and the public key.
 */
export function ephemeralOffer(
  provider: CryptoProvider,
  suite: SecuritySuite,
  signing: KeyPair,
  keyId: number,
): MaybePromise<EphemeralOffer> {
  const { curve } = asymmetric(suite);
  return andThen(provider.generateKeyPair(`ECDH ${curve}`), (keyPair) =>
    andThen(provider.sign(signing.privateKey, concat(Uint8Array.of(keyId), keyPair.publicKey.octets)), (signature) => ({
      keyId,
      keyPair,
      data: concat(keyPair.publicKey.octets, signature),
    })),
  );
}
/**
 * Ephemeral unified model C(2e, 0s), second half, either side: verifies what the other side sent, then derives the new
 * key. The ephemeral private key is destroyed, whatever the other side sent. The client is party U, the server party V.
 * The new key can be wrapped for storage.
 * @throws DlmsError `security/authentication-failed`, `security/invalid-key`, `decode/invalid-length`
 */
export function ephemeralComplete(
  provider: CryptoProvider,
  suite: SecuritySuite,
  { keyId, keyPair }: EphemeralOffer,
  peerSigning: PublicKey,
  peerData: Uint8Array,
  clientTitle: Uint8Array,
  serverTitle: Uint8Array,
): MaybePromise<KeyHandle> {
  const complete = (): MaybePromise<KeyHandle> => {
    const { publicKey, signature } = signedPoint(suite, peerData);
    // A peer that reflects our own point would make us trust a key of which it knows nothing.
    if (equalBytes(publicKey.octets, keyPair.publicKey.octets))
      throw new DlmsError('security/authentication-failed', {
        what: 'the ephemeral key is our own: a reflected message',
      });
    return andThen(provider.verify(peerSigning, concat(Uint8Array.of(keyId), publicKey.octets), signature), (valid) => {
      if (!valid) throw badSignature();
      return deriveAgreedKey(provider, suite, keyPair.privateKey, publicKey, clientTitle, serverTitle, {
        use: useOf(transferableKey(keyId)),
        wrappable: true,
      });
    });
  };
  return lastly(complete, () => keyPair.privateKey.destroy());
}

/** The curve and hash of the suite. @throws DlmsError `security/unsupported` in suite 0 */
export function asymmetric({ id, curve, hash }: SecuritySuite): {
  curve: NonNullable<SecuritySuite['curve']>;
  hash: NonNullable<SecuritySuite['hash']>;
} {
  if (curve === undefined || hash === undefined)
    throw new DlmsError('security/unsupported', { what: `public key cryptography in security suite ${id}` });
  return { curve, hash };
}
function signedPoint(suite: SecuritySuite, data: Uint8Array): { publicKey: PublicKey; signature: Uint8Array } {
  const { curve } = asymmetric(suite);
  const n = publicKeyLength(curve);
  if (data.length !== 2 * n)
    throw new DlmsError('decode/invalid-length', {
      offset: 0,
      expected: `an ephemeral public key and its signature (${2 * n} octets)`,
      actual: data.length,
    });
  return { publicKey: { curve, octets: data.slice(0, n) }, signature: data.subarray(n) };
}
const badSignature = (title?: Uint8Array): DlmsError =>
  new DlmsError('security/authentication-failed', {
    what: 'signature of the ephemeral key',
    ...(title === undefined ? {} : { systemTitle: formatHex(title) }),
  });
const round1 = /* @__PURE__ */ Uint8Array.of(0, 0, 0, 1);
