import { aeskw, ctr, ecb, gcm } from '@noble/ciphers/aes.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { constantTimeEqual } from '../constant-time.js';
import {
  checkKeyLength,
  fingerprintBlock,
  fingerprintOf,
  newKeyLength,
  OpaqueKey,
  requireAlgorithm,
} from '../key-handle.js';
import { webRandom } from '../random.js';
import { tagLength } from '../suites.js';
import {
  type CryptoProvider,
  type Curve,
  curveOf,
  type DigestAlgorithm,
  type ImportOptions,
  type KeyHandle,
  type KeyPair,
  type KeyUse,
  type Octets,
  type PrivateKeyAlgorithm,
  type PublicKey,
  publicKeyLength,
  type SymmetricAlgorithm,
  scalarLength,
} from './provider.js';

/**
 * The three noble packages, in plain JavaScript: runs everywhere and answers at once. The default outside Node. Keys
 * are in the memory of the process; `destroy` overwrites them.
 */
export const nobleProvider: CryptoProvider = {
  name: 'noble',
  random: webRandom,
  importKey(algorithm, octets, options) {
    checkKeyLength(algorithm, octets.length);
    return handle(algorithm, octets.slice(), options);
  },
  generateKey(algorithm, options = {}) {
    return handle(algorithm, webRandom(newKeyLength(algorithm, options.length)), options);
  },
  importPrivateKey(algorithm, d) {
    const curve = curveOf(algorithm);
    if (!curves[curve].utils.isValidSecretKey(d))
      throw new DlmsError('security/invalid-key', { reason: `not a private key of ${curve}` });
    return pair(algorithm, d.slice());
  },
  generateKeyPair(algorithm) {
    return pair(algorithm, curves[curveOf(algorithm)].utils.randomSecretKey());
  },
  seal(key, iv, aad, plaintext, prefix = none) {
    const sealed = gcm(aes(key), iv, join(aad)).encrypt(plaintext);
    return concat(prefix, sealed.subarray(0, plaintext.length + tagLength));
  },
  open(key, iv, aad, sealed) {
    const n = sealed.length - tagLength;
    if (n < 0) return undefined;
    // The package verifies only 16-octet tags, so the key stream recovers the plaintext, which is sealed again to get
    // the tag to compare with.
    const plaintext = keyStream(aes(key), iv, sealed.subarray(0, n));
    const again = gcm(aes(key), iv, join(aad)).encrypt(plaintext);
    if (constantTimeEqual(again.subarray(n, n + tagLength), sealed.subarray(n))) return plaintext;
    plaintext.fill(0);
    return undefined;
  },
  ctr(key, iv, data, prefix = none) {
    return concat(prefix, keyStream(aes(key), iv, data));
  },
  encryptBlock(key, block) {
    if (block.length !== 16)
      throw new DlmsError('encode/invalid-value', {
        expected: 'a block of 16 octets',
        actual: `${block.length} octets`,
      });
    return ecb(aes(key), { disablePadding: true }).encrypt(block);
  },
  wrap(kek, key) {
    const octets = symmetric(key);
    if (octets.length < 16 || octets.length % 8 !== 0)
      throw new DlmsError('security/invalid-key', { reason: `a key of ${octets.length} octets cannot be wrapped` });
    return aeskw(aes(kek, 'wrapping')).encrypt(octets);
  },
  unwrap(kek, wrapped, algorithm, options) {
    const key = aes(kek, 'wrapping');
    if (wrapped.length < 24 || wrapped.length % 8 !== 0) return undefined;
    let octets: Uint8Array;
    try {
      octets = aeskw(key).decrypt(wrapped);
    } catch {
      return undefined;
    }
    return fits(algorithm, octets.length) ? handle(algorithm, octets, options) : undefined;
  },
  digest(algorithm, parts) {
    return hashes[algorithm](join(parts));
  },
  deriveKey(algorithm, hash, parts, options) {
    return handle(algorithm, hashes[hash](join(parts)).slice(0, algorithm === 'AES-128' ? 16 : 32), options);
  },
  sign(key, data) {
    requireAlgorithm(key, key.algorithm.startsWith('ECDSA'), 'a signature key');
    return ecdsa(key, data);
  },
  proveKey(key, data) {
    requireAlgorithm(key, key.algorithm.startsWith('ECDH'), 'a key agreement key');
    return ecdsa(key, data);
  },
  verify(key, data, signature) {
    if (signature.length !== publicKeyLength(key.curve)) return false;
    const point = uncompressed(key);
    try {
      return curves[key.curve].verify(signature, data, point, signing);
    } catch {
      return false;
    }
  },
  agree(key, peer) {
    requireAlgorithm(key, key.algorithm === `ECDH ${peer.curve}`, `a key agreement key of ${peer.curve}`);
    const shared = curves[peer.curve].getSharedSecret(OpaqueKey.open<Uint8Array>(key, owner), uncompressed(peer));
    // The first octet is the prefix of a compressed point; x follows.
    return handle('secret', shared.slice(1, 1 + scalarLength(peer.curve)));
  },
} satisfies CryptoProvider;

const owner = {};
const none = /* @__PURE__ */ new Uint8Array(0);
// `lowS: false`, because otherwise about half of all valid signatures would be refused.
const signing = { lowS: false, prehash: true, format: 'compact' } as const;
const curves: Readonly<Record<Curve, typeof p256>> = { 'P-256': p256, 'P-384': p384 };
const hashes: Readonly<Record<DigestAlgorithm, (data: Uint8Array) => Uint8Array>> = {
  MD5: md5,
  'SHA-1': sha1,
  'SHA-256': sha256,
  'SHA-384': sha384,
};

const handle = (
  algorithm: SymmetricAlgorithm | PrivateKeyAlgorithm,
  octets: Uint8Array,
  { use = 'ciphering' }: ImportOptions = {},
): KeyHandle =>
  new OpaqueKey(
    owner,
    algorithm,
    octets.length,
    octets,
    (o) => o.fill(0),
    algorithm.startsWith('AES')
      ? (o) => fingerprintOf(sha256(ecb(o, { disablePadding: true }).encrypt(fingerprintBlock)))
      : undefined,
    use,
  );
function pair(algorithm: PrivateKeyAlgorithm, d: Uint8Array): KeyPair {
  const curve = curveOf(algorithm);
  return {
    privateKey: handle(algorithm, d),
    publicKey: { curve, octets: curves[curve].getPublicKey(d, false).slice(1) },
  };
}
function aes(key: KeyHandle, use: KeyUse = 'ciphering'): Uint8Array {
  requireAlgorithm(key, key.algorithm === 'AES-128' || key.algorithm === 'AES-256', 'an AES key');
  return OpaqueKey.open<Uint8Array>(key, owner, use);
}
function symmetric(key: KeyHandle): Uint8Array {
  requireAlgorithm(key, !key.algorithm.startsWith('EC'), 'a symmetric key');
  return OpaqueKey.open<Uint8Array>(key, owner);
}
function join(parts: readonly Octets[]): Uint8Array {
  return concat(...parts.map((part) => (part instanceof Uint8Array ? part : symmetric(part))));
}
function keyStream(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const block = new Uint8Array(16);
  block.set(iv);
  block[15] = 2;
  return ctr(key, block).encrypt(data);
}
function uncompressed({ curve, octets }: PublicKey): Uint8Array {
  const point = new Uint8Array(1 + publicKeyLength(curve));
  point[0] = 4;
  try {
    if (octets.length !== point.length - 1) throw new Error('length');
    point.set(octets, 1);
    curves[curve].Point.fromBytes(point).assertValidity();
  } catch {
    throw new DlmsError('security/invalid-key', { reason: `not a public key of ${curve}` });
  }
  return point;
}
/** Whether so many unwrapped octets can be a key for the algorithm. */
export const fits = (algorithm: SymmetricAlgorithm, length: number): boolean =>
  algorithm === 'secret' ? length >= 16 : length === (algorithm === 'AES-128' ? 16 : 32);

const ecdsa = (key: KeyHandle, data: Uint8Array): Uint8Array =>
  curves[curveOf(key.algorithm as PrivateKeyAlgorithm)].sign(data, OpaqueKey.open<Uint8Array>(key, owner), signing);
