import type { MaybePromise } from '../../core/promise.js';

/** NIST curve of suite 1 (P-256) and suite 2 (P-384). */
export type Curve = 'P-256' | 'P-384';
/**
 * `secret` is anything that is only hashed or used as additional authenticated data: the authentication key, an HLS
 * secret, a shared secret.
 */
export type SymmetricAlgorithm = 'AES-128' | 'AES-256' | 'secret';
/** A private key has one use: signatures or key agreement, never both. */
export type PrivateKeyAlgorithm = `ECDSA ${Curve}` | `ECDH ${Curve}`;
/** The algorithm that a key is for. */
export type KeyAlgorithm = SymmetricAlgorithm | PrivateKeyAlgorithm;
/** MD5 and SHA-1 are only for HLS mechanisms 3 and 4 (legacy). */
export type DigestAlgorithm = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384';

/**
 * A key that only the provider that made it can use. Its octets cannot be read through the handle, which prints only
 * the algorithm (`toString`, `toJSON` and Node's `inspect`).
 */
export interface KeyHandle {
  readonly algorithm: KeyAlgorithm;
  /** Length of the key in octets: 16 or 32 for AES; for a private key, that of the scalar. */
  readonly length: number;
  /**
   * Identifies an AES key: names its counters, and tells whether two handles hold the same key. 16 hex digits, the same
   * with every provider, from a hash of an encrypted block that no message uses, so it may be stored and printed. Once
   * read, it stays available even after the key is destroyed.
   * @throws DlmsError `security/invalid-key` for a `secret` or a private key, which have none
   */
  readonly fingerprint: string;
  /**
   * Forgets the key, and overwrites its octets where the platform allows. Using it afterwards throws
   * `security/invalid-key`.
   */
  destroy(): void;
  /** The algorithm, never the key. */
  toString(): string;
  /** The algorithm, never the key. */
  toJSON(): string;
}
/**
 * A public key in the form of DLMS: x then y, big-endian, without the 04 prefix; 64 octets (P-256) or 96 (P-384). Do
 * not modify the octets afterwards.
 */
export interface PublicKey {
  readonly curve: Curve;
  readonly octets: Uint8Array;
}
/** A private key as a handle, and its public key. */
export interface KeyPair {
  readonly privateKey: KeyHandle;
  readonly publicKey: PublicKey;
}
/** Octets, or a secret whose octets the provider puts in their place. */
export type Octets = Uint8Array | KeyHandle;
/** What an AES key is for: messages, or other keys (key encrypting key). */
export type KeyUse = 'ciphering' | 'wrapping';
/** How a key is imported or generated. */
export interface ImportOptions {
  /**
   * Default: `ciphering`. An AES key has this use and no other, because a key that may both unwrap and decrypt reveals
   * every key ever wrapped under it. Any other use throws `security/invalid-key`. A `secret` has no use.
   */
  readonly use?: KeyUse;
  /**
   * Lets {@link CryptoProvider.wrap} wrap the key. Default: false (a provider that cannot enforce this may ignore it).
   */
  readonly wrappable?: boolean;
}

/**
 * The cryptographic primitives of suites 0 to 2. Every result may be a promise, because the key may live in WebCrypto,
 * on a token or far away. A provider that can answer at once does so without a promise.
 *
 * A key of another provider, a destroyed key or a key for the wrong algorithm throws `security/invalid-key`, or rejects
 * with it. A provider never puts key octets into an error.
 */
export interface CryptoProvider {
  /** Name for people and logs: `noble`, `node`, `webcrypto`, `pkcs11`. */
  readonly name: string;
  /** `n` random octets from a cryptographic source. */
  random(n: number): Uint8Array;

  /**
   * Copies the octets, so the caller may overwrite its own. The length must fit for AES; a `secret` has 0 to 65535
   * octets.
   */
  importKey(algorithm: SymmetricAlgorithm, octets: Uint8Array, options?: ImportOptions): MaybePromise<KeyHandle>;
  /** A new random key (a `secret` has 16 octets unless `length`, from 1 to 65535, says otherwise). */
  generateKey(
    algorithm: SymmetricAlgorithm,
    options?: ImportOptions & { readonly length?: number },
  ): MaybePromise<KeyHandle>;
  /** Imports the scalar d: big-endian, 32 or 48 octets, from 1 to n - 1. The public key is computed from it. */
  importPrivateKey(algorithm: PrivateKeyAlgorithm, d: Uint8Array): MaybePromise<KeyPair>;
  /** Makes a key pair. */
  generateKeyPair(algorithm: PrivateKeyAlgorithm): MaybePromise<KeyPair>;

  /**
   * AES-GCM with a 12-octet IV and a 12-octet tag.
   * @param aad parts that are joined in order; empty for encryption without authenticated data
   * @param prefix octets to put in front of the result (saves the caller a copy)
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
   * The reverse: verifies the last 12 octets of `sealed` as the tag before returning anything.
   * @returns the plaintext, or undefined when the tag does not verify
   */
  open(
    key: KeyHandle,
    iv: Uint8Array,
    aad: readonly Octets[],
    sealed: Uint8Array,
  ): MaybePromise<Uint8Array | undefined>;
  /**
   * The key stream of AES-GCM without its tag (CTR with counter block iv, 00000002): for encryption only, and for
   * reading without verification.
   * @returns prefix, then data XOR key stream
   */
  ctr(key: KeyHandle, iv: Uint8Array, data: Uint8Array, prefix?: Uint8Array): MaybePromise<Uint8Array>;
  /** AES of one block of 16 octets (ECB), only for HLS mechanism 2 of some manufacturers. */
  encryptBlock(key: KeyHandle, block: Uint8Array): MaybePromise<Uint8Array>;

  /** AES key wrap, RFC 3394, initial value A6 x 8. The result is 8 octets longer than the key. */
  wrap(kek: KeyHandle, key: KeyHandle): MaybePromise<Uint8Array>;
  /**
   * The reverse of {@link CryptoProvider.wrap}.
   * @returns undefined when the integrity check fails or the length does not fit the algorithm
   */
  unwrap(
    kek: KeyHandle,
    wrapped: Uint8Array,
    algorithm: SymmetricAlgorithm,
    options?: ImportOptions,
  ): MaybePromise<KeyHandle | undefined>;

  /** Hash of the parts, joined in order. */
  digest(algorithm: DigestAlgorithm, parts: readonly Octets[]): MaybePromise<Uint8Array>;
  /**
   * Hashes the parts and makes a key of the leftmost octets, without their leaving the provider: the key derivation of
   * Green Book 9.2.3.4.6.5.
   */
  deriveKey(
    algorithm: SymmetricAlgorithm & `AES-${string}`,
    hash: DigestAlgorithm,
    parts: readonly Octets[],
    options?: ImportOptions,
  ): MaybePromise<KeyHandle>;

  /** ECDSA, with SHA-256 for P-256 and SHA-384 for P-384. The result is r then s. */
  sign(key: KeyHandle, data: Uint8Array): MaybePromise<Uint8Array>;
  /**
   * ECDSA with a key agreement key, only for the certificate request of that key. Absent where the platform keeps the
   * uses apart (WebCrypto).
   */
  proveKey?(key: KeyHandle, data: Uint8Array): MaybePromise<Uint8Array>;
  /**
   * Verifies a signature. High and low s are both valid; the result is false for a wrong length, or when r or s is 0 or
   * not below n. A bad public key throws `security/invalid-key`.
   */
  verify(key: PublicKey, data: Uint8Array, signature: Uint8Array): MaybePromise<boolean>;
  /**
   * Cofactor Diffie-Hellman: returns the x coordinate as a `secret`. A point off the curve throws
   * `security/invalid-key`.
   */
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

/** Octets of a public key, x and y together. */
export const publicKeyLength = (curve: Curve): number => (curve === 'P-256' ? 64 : 96);
/** Octets of the scalar, of a coordinate and of the shared secret. */
export const scalarLength = (curve: Curve): number => (curve === 'P-256' ? 32 : 48);
/** The curve of a private key. */
export const curveOf = (algorithm: PrivateKeyAlgorithm): Curve => (algorithm.endsWith('P-256') ? 'P-256' : 'P-384');
