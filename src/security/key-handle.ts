import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import type { KeyAlgorithm, KeyHandle, KeyUse, SymmetricAlgorithm } from './providers/provider.js';

/**
 * The key handle of this library's providers. The material is in a private field: not enumerable, not serialised, and
 * reachable only with the owner token that the provider keeps to itself.
 */
export class OpaqueKey<M> implements KeyHandle {
  readonly algorithm: KeyAlgorithm;
  readonly length: number;
  #material: M | undefined;
  readonly #owner: object;
  readonly #wipe: ((material: M) => void) | undefined;
  #fingerprint: string | ((material: M) => string) | undefined;
  readonly #use: KeyUse | undefined;

  /**
   * @param fingerprint of an AES key, or a function that computes it on first use; see {@link KeyHandle.fingerprint}
   * @param use what an AES key is for; it can only be opened for this use
   */
  constructor(
    owner: object,
    algorithm: KeyAlgorithm,
    length: number,
    material: M,
    wipe?: (material: M) => void,
    fingerprint?: string | ((material: M) => string),
    use?: KeyUse,
  ) {
    this.algorithm = algorithm;
    this.length = length;
    this.#owner = owner;
    this.#material = material;
    this.#wipe = wipe;
    this.#fingerprint = fingerprint;
    this.#use = use;
    // No version of Node's inspect prints private fields so far; this makes sure of it, and prints less.
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => this.toString(),
      enumerable: false,
    });
  }
  get fingerprint(): string {
    if (typeof this.#fingerprint === 'string') return this.#fingerprint;
    if (this.#fingerprint === undefined)
      throw new DlmsError('security/invalid-key', {
        reason: `only an AES key has a fingerprint, not ${this.algorithm}`,
      });
    if (this.#material === undefined) throw new DlmsError('security/invalid-key', { reason: 'the key was destroyed' });
    this.#fingerprint = this.#fingerprint(this.#material);
    return this.#fingerprint;
  }
  destroy(): void {
    if (this.#material !== undefined) this.#wipe?.(this.#material);
    this.#material = undefined;
  }
  toString(): string {
    return `KeyHandle(${this.algorithm})`;
  }
  toJSON(): string {
    return this.toString();
  }
  /**
   * Returns the material to the provider that holds the owner token.
   * @param use what an AES key is about to be used for
   */
  static open<M>(key: KeyHandle, owner: object, use?: KeyUse): M {
    if (typeof key !== 'object' || key === null || !(#owner in key))
      throw new DlmsError('security/invalid-key', { reason: 'not a key handle of this library' });
    const opaque = key as unknown as OpaqueKey<M>;
    if (opaque.#owner !== owner) throw new DlmsError('security/invalid-key', { reason: 'a key of another provider' });
    if (opaque.#material === undefined)
      throw new DlmsError('security/invalid-key', { reason: 'the key was destroyed' });
    if (use !== undefined && opaque.#use !== use)
      throw new DlmsError('security/invalid-key', {
        reason: `a key for ${use} needed, this one is for ${opaque.#use}`,
      });
    return opaque.#material;
  }
}

/**
 * The fingerprint of a key is a hash of this block, encrypted. The last four octets are 0, so it is not a counter block
 * of AES-GCM with a 12-octet IV (those count from 1), nor is it the zero block, whose encryption is the hash key of
 * GCM: the fingerprint reveals nothing about any message. It begins like a key wrap with padding (RFC 5649) of 8
 * octets, so a key on a token that can wrap but not encrypt has a fingerprint too.
 */
export const fingerprintBlock: Uint8Array = /* @__PURE__ */ Uint8Array.of(
  0xa6,
  0x59,
  0x59,
  0xa6,
  0,
  0,
  0,
  8,
  0x66,
  0x69,
  0x6e,
  0x67,
  0,
  0,
  0,
  0,
);
/** @param hash SHA-256 of the encrypted {@link fingerprintBlock} */
export const fingerprintOf = (hash: Uint8Array): string => formatHex(hash.subarray(0, 8));

/** @throws DlmsError `security/invalid-key` when the handle is for another algorithm */
export function requireAlgorithm(key: KeyHandle, ok: boolean, needed: string): void {
  if (!ok) throw new DlmsError('security/invalid-key', { reason: `${needed} is needed, not one for ${key.algorithm}` });
}

/**
 * How many octets a new key has.
 * @param length of a `secret`, from 1 to 65535
 */
export function newKeyLength(algorithm: SymmetricAlgorithm, length = 16): number {
  if (algorithm !== 'secret') return algorithm === 'AES-128' ? 16 : 32;
  if (Number.isInteger(length) && length >= 1 && length <= 0xffff) return length;
  throw new DlmsError('security/invalid-key', { reason: `a new secret has 1 to 65535 octets, not ${length}` });
}

/** Checks the length of a key to be imported. */
export function checkKeyLength(algorithm: KeyAlgorithm, length: number): void {
  const ok = algorithm === 'AES-128' ? length === 16 : algorithm === 'AES-256' ? length === 32 : length <= 0xffff;
  if (!ok)
    throw new DlmsError('security/invalid-key', {
      reason: `${algorithm} needs ${algorithm === 'AES-128' ? 16 : 32} octets, not ${length}`,
    });
}
