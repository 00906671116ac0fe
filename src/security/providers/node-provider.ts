import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as rawSign,
  verify as rawVerify,
} from 'node:crypto';
import { markAsUntransferable } from 'node:worker_threads';
import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import {
  checkKeyLength,
  fingerprintBlock,
  fingerprintOf,
  newKeyLength,
  OpaqueKey,
  requireAlgorithm,
} from '../key-handle.js';
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
 * node:crypto, which answers at once; the default of the Node entries. One KeyObject per key: AES keys and private keys
 * are in OpenSSL's memory, which Node frees (but does not overwrite) after the handle is destroyed; secrets are
 * overwritten.
 */
export const nodeProvider: CryptoProvider = {
  name: 'node',
  random: (n) => plain(randomBytes(n)),
  importKey(algorithm, octets, options) {
    checkKeyLength(algorithm, octets.length);
    return algorithm === 'secret' ? secret(octets.slice()) : aesHandle(algorithm, octets, options);
  },
  generateKey(algorithm, options = {}) {
    const octets = plain(randomBytes(newKeyLength(algorithm, options.length)));
    return algorithm === 'secret' ? secret(octets) : wiped(octets, () => aesHandle(algorithm, octets, options));
  },
  importPrivateKey(algorithm, d) {
    const curve = curveOf(algorithm);
    if (d.length !== scalarLength(curve))
      throw new DlmsError('security/invalid-key', { reason: `not a private key of ${curve}` });
    const ecdh = createECDH(openSslName[curve]);
    let point: Buffer;
    try {
      ecdh.setPrivateKey(d);
      point = ecdh.getPublicKey();
    } catch {
      throw new DlmsError('security/invalid-key', { reason: `not a private key of ${curve}` });
    }
    const octets = plain(point).slice(1);
    const key = createPrivateKey({ key: { ...jwk({ curve, octets }), d: base64url(d) }, format: 'jwk' });
    return { privateKey: privateHandle(algorithm, key), publicKey: { curve, octets } };
  },
  generateKeyPair(algorithm): KeyPair {
    const curve = curveOf(algorithm);
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
    const { x, y } = publicKey.export({ format: 'jwk' });
    const octets = concat(Buffer.from(x as string, 'base64url'), Buffer.from(y as string, 'base64url'));
    return { privateKey: privateHandle(algorithm, privateKey), publicKey: { curve, octets } };
  },
  seal(key, iv, aad, plaintext, prefix) {
    const cipher = createCipheriv(gcmName(key), aes(key), iv, gcmOptions);
    if (aad.length !== 0) cipher.setAAD(join(aad));
    const ciphertext = cipher.update(plaintext);
    cipher.final();
    const at = prefix === undefined ? 0 : prefix.length;
    const out = uninitialised(at + ciphertext.length + tagLength);
    if (prefix !== undefined) out.set(prefix);
    out.set(ciphertext, at);
    out.set(cipher.getAuthTag(), at + ciphertext.length);
    return out;
  },
  open(key, iv, aad, sealed) {
    const n = sealed.length - tagLength;
    if (n < 0) return undefined;
    const decipher = createDecipheriv(gcmName(key), aes(key), iv, gcmOptions);
    decipher.setAuthTag(sealed.subarray(n));
    if (aad.length !== 0) decipher.setAAD(join(aad));
    const plaintext = decipher.update(sealed.subarray(0, n));
    try {
      decipher.final();
    } catch {
      plaintext.fill(0);
      return undefined;
    }
    return plain(plaintext);
  },
  ctr(key, iv, data, prefix = none) {
    const block = new Uint8Array(16);
    block.set(iv);
    block[15] = 2;
    const cipher = createCipheriv(key.algorithm === 'AES-256' ? 'aes-256-ctr' : 'aes-128-ctr', aes(key), block);
    return concat(prefix, cipher.update(data));
  },
  encryptBlock(key, block) {
    if (block.length !== 16)
      throw new DlmsError('encode/invalid-value', {
        expected: 'a block of 16 octets',
        actual: `${block.length} octets`,
      });
    const cipher = createCipheriv(
      key.algorithm === 'AES-256' ? 'aes-256-ecb' : 'aes-128-ecb',
      aes(key),
      null,
    ).setAutoPadding(false);
    return plain(cipher.update(block));
  },
  wrap(kek, key) {
    if (key.length < 16 || key.length % 8 !== 0)
      throw new DlmsError('security/invalid-key', { reason: `a key of ${key.length} octets cannot be wrapped` });
    const cipher = createCipheriv(wrapName(kek), aes(kek, 'wrapping'), wrapIv);
    return withOctets(key, (octets) => plain(cipher.update(octets)));
  },
  unwrap(kek, wrapped, algorithm, options) {
    const key = aes(kek, 'wrapping');
    if (wrapped.length < 24 || wrapped.length % 8 !== 0) return undefined;
    let octets: Uint8Array;
    try {
      octets = plain(createDecipheriv(wrapName(kek), key, wrapIv).update(wrapped));
    } catch {
      return undefined;
    }
    if (algorithm === 'secret') return octets.length >= 16 ? secret(octets) : undefined;
    return wiped(octets, () =>
      octets.length === (algorithm === 'AES-128' ? 16 : 32) ? aesHandle(algorithm, octets, options) : undefined,
    );
  },
  digest(algorithm, parts) {
    return plain(hashed(algorithm, parts));
  },
  deriveKey(algorithm, hash, parts, options) {
    const octets = hashed(hash, parts);
    return wiped(octets, () => aesHandle(algorithm, octets.subarray(0, algorithm === 'AES-128' ? 16 : 32), options));
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
    return rawVerify(
      key.curve === 'P-256' ? 'sha256' : 'sha384',
      data,
      { key: publicObject(key), dsaEncoding: 'ieee-p1363' },
      signature,
    );
  },
  agree(key, peer) {
    requireAlgorithm(key, key.algorithm === `ECDH ${peer.curve}`, `a key agreement key of ${peer.curve}`);
    return secret(
      plain(diffieHellman({ privateKey: OpaqueKey.open<KeyObject>(key, owner), publicKey: publicObject(peer) })),
    );
  },
} satisfies CryptoProvider;

const owner = {};
const none = /* @__PURE__ */ new Uint8Array(0);
const wrapIv = /* @__PURE__ */ new Uint8Array(8).fill(0xa6);
const gcmOptions = { authTagLength: tagLength } as const;
const openSslName: Readonly<Record<Curve, string>> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1' };
const hashName: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
};

/** A Buffer differs from a Uint8Array (its slice is a view), so none leaves this file. */
const plain = (b: Uint8Array): Uint8Array => new Uint8Array(b.buffer, b.byteOffset, b.length);
/**
 * Room for one result; the caller writes every octet before returning it. Small results share a slab, as Node's own
 * Buffers do: an array buffer for each would cost more than the cipher. Nothing secret is put there.
 */
function uninitialised(n: number): Uint8Array {
  if (n > slabSize >> 3) return plain(Buffer.allocUnsafeSlow(n));
  if (slabAt + n > slabSize) {
    slab = Buffer.allocUnsafeSlow(slabSize).buffer;
    markAsUntransferable(slab);
    slabAt = 0;
  }
  const out = new Uint8Array(slab, slabAt, n);
  slabAt += n;
  return out;
}
const slabSize = 16384;
let slab: ArrayBufferLike = /* @__PURE__ */ new ArrayBuffer(0);
let slabAt = slabSize;
function wiped<T>(octets: Uint8Array, use: () => T): T {
  try {
    return use();
  } finally {
    octets.fill(0);
  }
}
function hashed(algorithm: DigestAlgorithm, parts: readonly Octets[]): Buffer {
  const hash = createHash(hashName[algorithm]);
  for (const part of parts)
    if (part instanceof Uint8Array) hash.update(part);
    else withOctets(part, (octets) => hash.update(octets));
  return hash.digest();
}
/**
 * A secret, and for each control octet the authenticated data joined from the two, because they recur in every message.
 */
interface Secret {
  readonly octets: Uint8Array;
  readonly joined: Map<number, Uint8Array>;
}
const secret = (octets: Uint8Array): KeyHandle =>
  new OpaqueKey<Secret>(owner, 'secret', octets.length, { octets, joined: new Map() }, ({ joined }) => {
    octets.fill(0);
    for (const aad of joined.values()) aad.fill(0);
    joined.clear();
  });
const aesHandle = (
  algorithm: SymmetricAlgorithm,
  octets: Uint8Array,
  { use = 'ciphering' }: ImportOptions = {},
): KeyHandle => {
  const fingerprint = (key: KeyObject): string => {
    const cipher = createCipheriv(algorithm === 'AES-256' ? 'aes-256-ecb' : 'aes-128-ecb', key, null).setAutoPadding(
      false,
    );
    return fingerprintOf(createHash('sha256').update(cipher.update(fingerprintBlock)).digest());
  };
  return new OpaqueKey(owner, algorithm, octets.length, createSecretKey(octets), undefined, fingerprint, use);
};
const privateHandle = (algorithm: PrivateKeyAlgorithm, key: KeyObject): KeyHandle =>
  new OpaqueKey(owner, algorithm, scalarLength(curveOf(algorithm)), key);
function aes(key: KeyHandle, use: KeyUse = 'ciphering'): KeyObject {
  requireAlgorithm(key, key.algorithm === 'AES-128' || key.algorithm === 'AES-256', 'an AES key');
  return OpaqueKey.open<KeyObject>(key, owner, use);
}
const gcmName = (key: KeyHandle): 'aes-128-gcm' | 'aes-256-gcm' =>
  key.algorithm === 'AES-256' ? 'aes-256-gcm' : 'aes-128-gcm';
const wrapName = (key: KeyHandle): string => (key.algorithm === 'AES-256' ? 'aes256-wrap' : 'aes128-wrap');
/** The octets of a symmetric key for one use, which keeps none of them; in this file only. */
function withOctets<T>(key: KeyHandle, use: (octets: Uint8Array) => T): T {
  requireAlgorithm(key, !key.algorithm.startsWith('EC'), 'a symmetric key');
  if (key.algorithm === 'secret') return use(OpaqueKey.open<Secret>(key, owner).octets);
  const copy = OpaqueKey.open<KeyObject>(key, owner).export();
  return wiped(copy, () => use(copy));
}
function join(parts: readonly Octets[]): Uint8Array {
  const [control, second] = parts;
  if (parts.length === 1 && control instanceof Uint8Array) return control;
  if (
    parts.length !== 2 ||
    !(control instanceof Uint8Array) ||
    control.length !== 1 ||
    second instanceof Uint8Array ||
    second?.algorithm !== 'secret'
  )
    return joined(parts);
  const { joined: known } = OpaqueKey.open<Secret>(second, owner);
  let aad = known.get(control[0] as number);
  if (aad === undefined) {
    aad = joined(parts);
    known.set(control[0] as number, aad);
  }
  return aad;
}
function joined(parts: readonly Octets[]): Uint8Array {
  let n = 0;
  for (const part of parts) n += part.length;
  const out = new Uint8Array(n);
  let at = 0;
  for (const part of parts) {
    const here = at;
    if (part instanceof Uint8Array) out.set(part, here);
    else withOctets(part, (octets) => out.set(octets, here));
    at += part.length;
  }
  return out;
}

const base64url = (octets: Uint8Array): string =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64url');
function jwk({ curve, octets }: PublicKey): { kty: 'EC'; crv: Curve; x: string; y: string } {
  const n = scalarLength(curve);
  return { kty: 'EC', crv: curve, x: base64url(octets.subarray(0, n)), y: base64url(octets.subarray(n)) };
}
/** Importing a point costs a third of a verification, so each PublicKey is imported once. */
const imported = /* @__PURE__ */ new WeakMap<PublicKey, KeyObject>();
function publicObject(key: PublicKey): KeyObject {
  let object = imported.get(key);
  if (object === undefined) {
    try {
      if (key.octets.length !== publicKeyLength(key.curve)) throw new Error('length');
      object = createPublicKey({ key: jwk(key), format: 'jwk' });
    } catch {
      throw new DlmsError('security/invalid-key', { reason: `not a public key of ${key.curve}` });
    }
    imported.set(key, object);
  }
  return object;
}

const ecdsa = (key: KeyHandle, data: Uint8Array): Uint8Array =>
  plain(
    rawSign(key.algorithm.endsWith('P-256') ? 'sha256' : 'sha384', data, {
      key: OpaqueKey.open<KeyObject>(key, owner),
      dsaEncoding: 'ieee-p1363',
    }),
  );
