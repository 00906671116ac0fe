import { md5 } from '@noble/hashes/legacy.js';
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
 * WebCrypto with non-extractable keys: scripts in the same page can use a key but not read it. Every answer is a
 * promise. A `secret` (authentication key, HLS secret) is hashed or used as additional data, so its octets stay in
 * memory behind the handle. Keys imported with `wrappable` can be wrapped, others cannot. MD5, which WebCrypto lacks,
 * comes from noble.
 */
export const webCryptoProvider: CryptoProvider = {
  name: 'webcrypto',
  random: webRandom,
  async importKey(algorithm, octets, options = {}) {
    checkKeyLength(algorithm, octets.length);
    return algorithm === 'secret' ? secret(octets.slice()) : aesHandle(algorithm, octets, options);
  },
  async generateKey(algorithm, options = {}) {
    const octets = webRandom(newKeyLength(algorithm, options.length));
    return algorithm === 'secret' ? secret(octets) : wiping(octets, aesHandle(algorithm, octets, options));
  },
  async importPrivateKey(algorithm, d) {
    const curve = curveOf(algorithm);
    if (d.length !== scalarLength(curve) || d.every((o) => o === 0)) throw notPrivate(curve);
    const name = algorithm.startsWith('ECDSA') ? 'ECDSA' : 'ECDH';
    try {
      // Imported once to let the platform compute the public key, and again, not extractable, for use.
      const open = await subtle().importKey(
        'pkcs8',
        buffer(pkcs8(curve, d)),
        { name, namedCurve: curve },
        true,
        usages(name),
      );
      const { x, y } = await subtle().exportKey('jwk', open);
      const privateKey = await subtle().importKey(
        'pkcs8',
        buffer(pkcs8(curve, d)),
        { name, namedCurve: curve },
        false,
        usages(name),
      );
      const octets = concat(fromBase64url(x as string), fromBase64url(y as string));
      if (octets.length !== publicKeyLength(curve)) throw notPrivate(curve);
      return { privateKey: privateHandle(algorithm, privateKey), publicKey: { curve, octets } };
    } catch {
      throw notPrivate(curve);
    }
  },
  async generateKeyPair(algorithm): Promise<KeyPair> {
    const curve = curveOf(algorithm);
    const name = algorithm.startsWith('ECDSA') ? 'ECDSA' : 'ECDH';
    const { privateKey, publicKey } = (await subtle().generateKey(
      { name, namedCurve: curve },
      false,
      name === 'ECDSA' ? ['sign', 'verify'] : ['deriveBits'],
    )) as CryptoKeyPair;
    const octets = new Uint8Array(await subtle().exportKey('raw', publicKey)).slice(1);
    return { privateKey: privateHandle(algorithm, privateKey), publicKey: { curve, octets } };
  },
  async seal(key, iv, aad, plaintext, prefix = none) {
    const sealed = await subtle().encrypt(gcm(iv, aad), aes(key).gcm, buffer(plaintext));
    return concat(prefix, new Uint8Array(sealed));
  },
  async open(key, iv, aad, sealed) {
    const { gcm: cryptoKey } = aes(key);
    if (sealed.length < tagLength) return undefined;
    try {
      return new Uint8Array(await subtle().decrypt(gcm(iv, aad), cryptoKey, buffer(sealed)));
    } catch (e) {
      if ((e as Error).name === 'OperationError') return undefined;
      throw e;
    }
  },
  async ctr(key, iv, data, prefix = none) {
    const counter = new Uint8Array(16);
    counter.set(iv);
    counter[15] = 2;
    return concat(
      prefix,
      new Uint8Array(await subtle().encrypt({ name: 'AES-CTR', counter, length: 32 }, aes(key).ctr, buffer(data))),
    );
  },
  async encryptBlock(key, block) {
    if (block.length !== 16)
      throw new DlmsError('encode/invalid-value', {
        expected: 'a block of 16 octets',
        actual: `${block.length} octets`,
      });
    return encryptBlock(aes(key).cbc, block);
  },
  async wrap(kek, key) {
    requireAlgorithm(key, !key.algorithm.startsWith('EC'), 'a symmetric key');
    const { kw } = aes(kek, 'wrapping');
    if (key.length < 16 || key.length % 8 !== 0)
      throw new DlmsError('security/invalid-key', { reason: `a key of ${key.length} octets cannot be wrapped` });
    const exportable =
      key.algorithm === 'secret'
        ? await hmacKey(OpaqueKey.open<Uint8Array>(key, owner))
        : OpaqueKey.open<AesKeys>(key, owner).exportable;
    if (exportable === undefined)
      throw new DlmsError('security/invalid-key', { reason: 'the key was not imported as wrappable' });
    return new Uint8Array(await subtle().wrapKey('raw', exportable, kw, 'AES-KW'));
  },
  async unwrap(kek, wrapped, algorithm, options = {}) {
    const { kw } = aes(kek, 'wrapping');
    if (wrapped.length < 24 || wrapped.length % 8 !== 0) return undefined;
    try {
      if (algorithm === 'secret') {
        const key = await subtle().unwrapKey(
          'raw',
          buffer(wrapped),
          kw,
          'AES-KW',
          { name: 'HMAC', hash: 'SHA-256' },
          true,
          ['sign'],
        );
        return secret(new Uint8Array(await subtle().exportKey('raw', key)));
      }
      const n = algorithm === 'AES-128' ? 16 : 32;
      if (wrapped.length !== n + 8) return undefined;
      const unwrapped = (name: string, uses: KeyUsage[], extractable = false): Promise<CryptoKey> =>
        subtle().unwrapKey('raw', buffer(wrapped), kw, 'AES-KW', { name }, extractable, uses);
      return await platformHandle(algorithm, n, await aesKeys(unwrapped, options), options);
    } catch (e) {
      if ((e as Error).name === 'OperationError' || (e as Error).name === 'DataError') return undefined;
      throw e;
    }
  },
  async digest(algorithm, parts) {
    return digest(algorithm, parts);
  },
  async deriveKey(algorithm, hash, parts, options = {}) {
    const octets = await digest(hash, parts);
    return wiping(octets, aesHandle(algorithm, octets.subarray(0, algorithm === 'AES-128' ? 16 : 32), options));
  },
  async sign(key, data) {
    requireAlgorithm(key, key.algorithm.startsWith('ECDSA'), 'a signature key');
    return new Uint8Array(
      await subtle().sign(
        { name: 'ECDSA', hash: hashOf(curveOf(key.algorithm as PrivateKeyAlgorithm)) },
        OpaqueKey.open<CryptoKey>(key, owner),
        buffer(data),
      ),
    );
  },
  async verify(key, data, signature) {
    if (signature.length !== publicKeyLength(key.curve)) return false;
    return subtle().verify(
      { name: 'ECDSA', hash: hashOf(key.curve) },
      await publicKey(key, 'ECDSA'),
      buffer(signature),
      buffer(data),
    );
  },
  async agree(key, peer) {
    requireAlgorithm(key, key.algorithm === `ECDH ${peer.curve}`, `a key agreement key of ${peer.curve}`);
    const own = OpaqueKey.open<CryptoKey>(key, owner);
    const shared = await subtle().deriveBits(
      { name: 'ECDH', public: await publicKey(peer, 'ECDH') },
      own,
      scalarLength(peer.curve) * 8,
    );
    return secret(new Uint8Array(shared));
  },
} satisfies CryptoProvider;

/** WebCrypto binds a key to one algorithm, so one AES key is several keys here. */
interface AesKeys {
  readonly gcm: CryptoKey;
  readonly ctr: CryptoKey;
  readonly cbc: CryptoKey;
  readonly kw: CryptoKey;
  readonly exportable: CryptoKey | undefined;
}
const owner = {};
const none = /* @__PURE__ */ new Uint8Array(0);
const subtle = (): SubtleCrypto => globalThis.crypto.subtle;
const hashOf = (curve: Curve): string => (curve === 'P-256' ? 'SHA-256' : 'SHA-384');
const usages = (name: string): KeyUsage[] => (name === 'ECDSA' ? ['sign'] : ['deriveBits']);
const notPrivate = (curve: Curve): DlmsError =>
  new DlmsError('security/invalid-key', { reason: `not a private key of ${curve}` });
/** The platform's types require that the octets are not in shared memory. */
const buffer = (octets: Uint8Array): Uint8Array<ArrayBuffer> => octets as Uint8Array<ArrayBuffer>;

const secret = (octets: Uint8Array): KeyHandle =>
  new OpaqueKey(owner, 'secret', octets.length, octets, (o) => o.fill(0));
const privateHandle = (algorithm: PrivateKeyAlgorithm, key: CryptoKey): KeyHandle =>
  new OpaqueKey(owner, algorithm, scalarLength(curveOf(algorithm)), key);
async function wiping<T>(octets: Uint8Array, use: Promise<T>): Promise<T> {
  try {
    return await use;
  } finally {
    octets.fill(0);
  }
}
async function aesHandle(
  algorithm: SymmetricAlgorithm,
  octets: Uint8Array,
  options: ImportOptions,
): Promise<KeyHandle> {
  const copy = octets.slice();
  const make = (name: string, uses: KeyUsage[], extractable = false): Promise<CryptoKey> =>
    subtle().importKey('raw', buffer(copy), { name }, extractable, uses);
  return platformHandle(algorithm, octets.length, await wiping(copy, aesKeys(make, options)), options);
}
/** Computes the fingerprint in advance: it is read synchronously, but the platform only answers with promises. */
async function platformHandle(
  algorithm: SymmetricAlgorithm,
  length: number,
  keys: AesKeys,
  { use = 'ciphering' }: ImportOptions,
): Promise<KeyHandle> {
  const block = await encryptBlock(keys.cbc, fingerprintBlock);
  const fingerprint = fingerprintOf(new Uint8Array(await subtle().digest('SHA-256', buffer(block))));
  return new OpaqueKey(owner, algorithm, length, keys, undefined, fingerprint, use);
}
/** WebCrypto has no ECB, but the first block of CBC with an IV of zeros is the same. */
async function encryptBlock(key: CryptoKey, block: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle().encrypt({ name: 'AES-CBC', iv: new Uint8Array(16) }, key, buffer(block))).slice(
    0,
    16,
  );
}
async function aesKeys(
  make: (name: string, uses: KeyUsage[], extractable?: boolean) => Promise<CryptoKey>,
  options: ImportOptions,
): Promise<AesKeys> {
  const [gcm, ctr, cbc, kw, exportable] = await Promise.all([
    make('AES-GCM', ['encrypt', 'decrypt']),
    make('AES-CTR', ['encrypt']),
    make('AES-CBC', ['encrypt']),
    make('AES-KW', ['wrapKey', 'unwrapKey']),
    options.wrappable === true ? make('AES-GCM', ['encrypt'], true) : undefined,
  ]);
  return { gcm, ctr, cbc, kw, exportable };
}
const hmacKey = (octets: Uint8Array): Promise<CryptoKey> =>
  subtle().importKey('raw', buffer(octets), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
function aes(key: KeyHandle, use: KeyUse = 'ciphering'): AesKeys {
  requireAlgorithm(key, key.algorithm === 'AES-128' || key.algorithm === 'AES-256', 'an AES key');
  return OpaqueKey.open<AesKeys>(key, owner, use);
}
function gcm(iv: Uint8Array, aad: readonly Octets[]): AesGcmParams {
  return { name: 'AES-GCM', iv: buffer(iv), additionalData: join(aad), tagLength: tagLength * 8 };
}
function join(parts: readonly Octets[]): Uint8Array<ArrayBuffer> {
  return buffer(
    concat(
      ...parts.map((part) => {
        if (part instanceof Uint8Array) return part;
        requireAlgorithm(part, part.algorithm === 'secret', 'a secret');
        return OpaqueKey.open<Uint8Array>(part, owner);
      }),
    ),
  );
}

async function digest(algorithm: DigestAlgorithm, parts: readonly Octets[]): Promise<Uint8Array> {
  const joined = join(parts);
  return algorithm === 'MD5' ? md5(joined) : new Uint8Array(await subtle().digest(algorithm, joined));
}

const imported = /* @__PURE__ */ new WeakMap<PublicKey, Map<string, CryptoKey>>();
async function publicKey(key: PublicKey, name: 'ECDSA' | 'ECDH'): Promise<CryptoKey> {
  let known = imported.get(key);
  if (known === undefined) {
    known = new Map();
    imported.set(key, known);
  }
  let made = known.get(name);
  if (made === undefined) {
    try {
      if (key.octets.length !== publicKeyLength(key.curve)) throw new Error('length');
      made = await subtle().importKey(
        'raw',
        buffer(concat(Uint8Array.of(4), key.octets)),
        { name, namedCurve: key.curve },
        true,
        name === 'ECDSA' ? ['verify'] : [],
      );
    } catch {
      throw new DlmsError('security/invalid-key', { reason: `not a public key of ${key.curve}` });
    }
    known.set(name, made);
  }
  return made;
}

/**
 * PrivateKeyInfo around the scalar: version 0, id-ecPublicKey and the curve, ECPrivateKey version 1 without the public
 * key.
 */
function pkcs8(curve: Curve, d: Uint8Array): Uint8Array {
  const oid =
    curve === 'P-256'
      ? [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
      : [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
  const algorithm = der(0x30, [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, ...oid]);
  const key = der(0x30, [0x02, 0x01, 0x01, ...der(0x04, [...d])]);
  return Uint8Array.from(der(0x30, [0x02, 0x01, 0x00, ...algorithm, ...der(0x04, key)]));
}
/** Nothing here is longer than 127 octets. */
const der = (tag: number, contents: readonly number[]): number[] => [tag, contents.length, ...contents];
function fromBase64url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}
