import type { MaybePromise } from '../../core/promise.js';

/** NIST curve of suite 1 (P-256) and suite 2 (P-384). */
export type Curve = 'P-256' | 'P-384';
/** `secret` is anything that only enters a hash or the additional authenticated data: the authentication key, a HLS secret, a shared secret. */
export type SymmetricAlgorithm = 'AES-128' | 'AES-256' | 'secret';
/** A private key has one use: a key for signatures agrees on nothing, and the reverse. */
export type PrivateKeyAlgorithm = `ECDSA ${Curve}` | `ECDH ${Curve}`;
/** The algorithms that keys are for. */
export type KeyAlgorithm = SymmetricAlgorithm | PrivateKeyAlgorithm;
/** MD5 and SHA-1 are for HLS mechanisms 3 and 4 alone (legacy). */
export type DigestAlgorithm = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384';

/**
 * A key that only the provider that made it can use. Its octets are not reachable from here, and it prints as its algorithm
 * (`toString`, `toJSON` and Node's `inspect`).
 */
export interface KeyHandle {
  readonly algorithm: KeyAlgorithm;
  /** Octets of the key: 16 or 32 for AES; for a private key the size of the scalar. */
  readonly length: number;
  /**
   * Names an AES key in the names of counters, and tells whether two handles are of the same key: 16 hex digits, the same with every provider, from a hash of
   * a block that no message uses, so it may be stored and printed. Stays when the key was used and is destroyed.
   * @throws DlmsError `security/invalid-key` for a `secret` or a private key, which have none
   */
  readonly fingerprint: string;
  /** Forgets the key, and overwrites its octets where the platform allows. Using it afterwards is `security/invalid-key`. */
  destroy(): void;
  /** The algorithm, never the key. */
  toString(): string;
  /** The algorithm, never the key. */
  toJSON(): string;
}
/** A public key as DLMS writes it: x then y, big-endian, without the 04 prefix; 64 octets (P-256) or 96 (P-384). Do not change the octets afterwards. */
export interface PublicKey {
  readonly curve: Curve;
  readonly octets: Uint8Array;
}
/** A private key as a handle, and its public key. */
export interface KeyPair {
  readonly privateKey: KeyHandle;
  readonly publicKey: PublicKey;
}
/** Octets, or a secret whose octets the provider puts there. */
export type Octets = Uint8Array | KeyHandle;
/** What an AES key is for: messages, or other keys (key encrypting key). */
export type KeyUse = 'ciphering' | 'wrapping';
/** How a key is imported or generated. */
export interface ImportOptions {
  /**
   * Default: `ciphering`. An AES key has this use and no other: what may both unwrap and decrypt reads every key that was ever wrapped under it. Anything else is
   * `security/invalid-key`. A `secret` has no use.
   */
  readonly use?: KeyUse;
  /** The key may leave under {@link CryptoProvider.wrap}. Default: false (a provider that cannot enforce it may ignore it). */
  readonly wrappable?: boolean;
}

/**
 * The primitives of suites 0 to 2. Every result may be a promise: the key may live in WebCrypto, in a token or far away.
 * A provider that can answer at once does so without a promise.
 *
 * A key of another provider, a destroyed key or a key of the wrong algorithm is `security/invalid-key`, thrown or rejected with.
 * A provider never puts key octets into an error.
 */
export interface CryptoProvider {
  /** For people and logs: `noble`, `node`, `webcrypto`, `pkcs11`. */
  readonly name: string;
  /** n random octets from a cryptographic source. */
  random(n: number): Uint8Array;

  /** Takes a copy of the octets; the caller may overwrite its own. AES lengths must fit; a `secret` is 0 to 65535 octets. */
  importKey(algorithm: SymmetricAlgorithm, octets: Uint8Array, options?: ImportOptions): MaybePromise<KeyHandle>;
  /** A new random key (a `secret` has 16 octets unless `length` says otherwise). */
  generateKey(
    algorithm: SymmetricAlgorithm,
    options?: ImportOptions & { readonly length?: number },
  ): MaybePromise<KeyHandle>;
  /** The scalar d, big-endian, 32 or 48 octets, from 1 to n - 1. The public key is computed. */
  importPrivateKey(algorithm: PrivateKeyAlgorithm, d: Uint8Array): MaybePromise<KeyPair>;
  /** Makes a key pair. */
  generateKeyPair(algorithm: PrivateKeyAlgorithm): MaybePromise<KeyPair>;

  /**
   * AES-GCM with a 12-octet IV and a 12-octet tag.
   * @param aad parts that are joined in order; empty for encryption without authenticated data
   * @param prefix octets that the result starts with (saves the caller a copy)
   * @returns prefix, ciphertext, tag
   */
  seal(
    key: KeyHandle,
    iv: Uint8Array,
    aad: readonly Octets[],
    plaintext: Uint8Array,
    prefix?: Uint8Array,
  ): MaybePromise<Uint8Array>;
  /**
   * The reverse: verifies the last 12 octets of `sealed` as the tag before anything is given out.
   * @returns the plaintext, or undefined when the tag does not verify
   */
  open(
    key: KeyHandle,
    iv: Uint8Array,
    aad: readonly Octets[],
    sealed: Uint8Array,
  ): MaybePromise<Uint8Array | undefined>;
  /**
   * The key stream of AES-GCM without its tag (CTR with counter block iv, 00000002): encryption only, and reading without verification.
   * @returns prefix, then data XOR key stream
   */
  ctr(key: KeyHandle, iv: Uint8Array, data: Uint8Array, prefix?: Uint8Array): MaybePromise<Uint8Array>;
  /** AES of one block of 16 octets (ECB): only for HLS mechanism 2 of some manufacturers. */
  encryptBlock(key: KeyHandle, block: Uint8Array): MaybePromise<Uint8Array>;

  /** AES key wrap, RFC 3394, initial value A6 x 8: 8 octets longer than the key. */
  wrap(kek: KeyHandle, key: KeyHandle): MaybePromise<Uint8Array>;
  /** @returns undefined when the integrity check fails or the length does not fit the algorithm */
  unwrap(
    kek: KeyHandle,
    wrapped: Uint8Array,
    algorithm: SymmetricAlgorithm,
    options?: ImportOptions,
  ): MaybePromise<KeyHandle | undefined>;

  /** Hash of the parts, joined in order. */
  digest(algorithm: DigestAlgorithm, parts: readonly Octets[]): MaybePromise<Uint8Array>;
  /** Hash of the parts, of which the leftmost octets become a key without leaving the provider: the key derivation of Green Book 9.2.3.4.6.5. */
  deriveKey(
    algorithm: SymmetricAlgorithm & `AES-${string}`,
    hash: DigestAlgorithm,
    parts: readonly Octets[],
    options?: ImportOptions,
  ): MaybePromise<KeyHandle>;

  /** ECDSA, SHA-256 with P-256 and SHA-384 with P-384; r then s. */
  sign(key: KeyHandle, data: Uint8Array): MaybePromise<Uint8Array>;
  /**
   * ECDSA with a key agreement key, for nothing but the certificate request about that key. Absent where the platform keeps the uses apart (WebCrypto).
   */
  proveKey?(key: KeyHandle, data: Uint8Array): MaybePromise<Uint8Array>;
  /** High and low s are both valid. A signature of the wrong length, or with r or s 0 or not below n, is false; a bad public key is `security/invalid-key`. */
  verify(key: PublicKey, data: Uint8Array, signature: Uint8Array): MaybePromise<boolean>;
  /** Cofactor Diffie-Hellman: the x coordinate, as a `secret`. A point that is not on the curve is `security/invalid-key`. */
  agree(key: KeyHandle, peer: PublicKey): MaybePromise<KeyHandle>;
}

/** GMAC: the 12-octet tag over the parts, with nothing encrypted. */
export function gmac(
  provider: CryptoProvider,
  key: KeyHandle,
  iv: Uint8Array,
  aad: readonly Octets[],
): MaybePromise<Uint8Array> {
  return provider.seal(key, iv, aad, none);
}
const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** Octets of x and y together. */
export const publicKeyLength = (curve: Curve): number => (curve === 'P-256' ? 64 : 96);
/** Octets of the scalar, of a coordinate and of the shared secret. */
export const scalarLength = (curve: Curve): number => (curve === 'P-256' ? 32 : 48);
/** The curve of a private key. */
export const curveOf = (algorithm: PrivateKeyAlgorithm): Curve => (algorithm.endsWith('P-256') ? 'P-256' : 'P-384');
