/**
 * Keys on a PKCS#11 token. Needs Node and the package `pkcs11js`.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { andThen, type MaybePromise } from '../../core/promise.js';
import { ecPublicKey } from '../certificates/ec.js';
import {
  checkKeyLength,
  fingerprintBlock,
  fingerprintOf,
  newKeyLength,
  OpaqueKey,
  requireAlgorithm,
} from '../key-handle.js';
import { tagLength } from '../suites.js';
import { nodeProvider } from './node-provider.js';
import { curveParameters, type LabelledOptions, templates } from './pkcs11-templates.js';
import {
  buffer,
  type Handle,
  type Mechanism,
  openToken,
  type Pkcs11Options,
  type Template,
  type Token,
} from './pkcs11-token.js';
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
  type SymmetricAlgorithm,
  scalarLength,
} from './provider.js';

export type { LabelledOptions } from './pkcs11-templates.js';
export type { Pkcs11Options } from './pkcs11-token.js';

/**
 * Keys on a PKCS#11 token (hardware module, smart card, SoftHSM). AES keys, private keys and shared secrets are made or
 * unwrapped on the token, marked sensitive, and used there; the library holds only handles.
 *
 * A key has one use (`use`, default `ciphering`): encryption keys have only CKA_ENCRYPT and CKA_DECRYPT, key encrypting
 * keys only CKA_WRAP and CKA_UNWRAP, so nobody who may use the token can unwrap a key by decrypting it. Keys that may
 * leave (`wrappable`) are extractable, others are not. Only the attributes of unwrapped keys can be changed later. A
 * key agreement key may also sign, for its certificate request.
 *
 * Limits of PKCS#11: a `secret` that is used as additional authenticated data of AES-GCM (the authentication key) or is
 * hashed (the HLS secret) has to be read by the caller of the token. So secrets are in the memory of the process as
 * long as their handle lives and, if they have a label, on the token as readable private objects. A derived key passes
 * through the memory of the process as the result of the hash. node:crypto does the verification, and hashing without
 * keys.
 */
export interface Pkcs11Provider extends CryptoProvider {
  importKey(algorithm: SymmetricAlgorithm, octets: Uint8Array, options?: LabelledOptions): MaybePromise<KeyHandle>;
  generateKey(
    algorithm: SymmetricAlgorithm,
    options?: LabelledOptions & { readonly length?: number },
  ): MaybePromise<KeyHandle>;
  importPrivateKey(algorithm: PrivateKeyAlgorithm, d: Uint8Array, options?: LabelledOptions): MaybePromise<KeyPair>;
  /** Makes a key pair on the token. */
  generateKeyPair(algorithm: PrivateKeyAlgorithm, options?: LabelledOptions): MaybePromise<KeyPair>;
  unwrap(
    kek: KeyHandle,
    wrapped: Uint8Array,
    algorithm: SymmetricAlgorithm,
    options?: LabelledOptions,
  ): MaybePromise<KeyHandle | undefined>;
  /**
   * Finds a symmetric key on the token by its label; it keeps the use that it has there.
   * @throws DlmsError `security/missing-key`; `security/invalid-key` for another type, several keys with this label, or
   *   an AES key with both uses or neither
   */
  find(label: string, algorithm: SymmetricAlgorithm): KeyHandle;
  /** Finds a key pair on the token by the label that its two objects share. */
  findPair(label: string, algorithm: PrivateKeyAlgorithm): KeyPair;
  /** Deletes the objects with this label from the token. @returns how many there were */
  remove(label: string): number;
  /** Signs with a key agreement key, only for its certificate request. */
  proveKey(key: KeyHandle, data: Uint8Array): MaybePromise<Uint8Array>;
  /** Closes the sessions. Keys without a label are lost. */
  close(): void;
}

/**
 * Opens a token. Needs the optional peer dependency `pkcs11js`.
 * @throws DlmsError `security/unsupported` without pkcs11js; `security/provider` when the library, token or PIN is
 *   refused
 */
export async function openPkcs11Provider(options: Pkcs11Options): Promise<Pkcs11Provider> {
  return providerOf(await openToken(options));
}

/** Where a key is: an object of the token (deleted with its handle unless it has a label), or a secret in memory. */
type Material =
  | { readonly object: Handle; readonly session: boolean; readonly use?: KeyUse }
  | { readonly octets: Uint8Array };

function providerOf(token: Token): Pkcs11Provider {
  const { constants: c } = token;
  const owner = {};
  const { attributes, aesTemplate, secretTemplate, privateTemplate, publicTemplate } = templates(c);
  const fingerprintCipher = ({ object, use }: Extract<Material, { object: Handle }>): Uint8Array => {
    if (use !== 'wrapping')
      return token.encryptNow({ mechanism: c.CKM_AES_ECB }, object, buffer(fingerprintBlock.slice()));
    const inside = token.create(wrappedTemplate(fingerprintBlock));
    try {
      return token.wrapNow({ mechanism: c.CKM_AES_KEY_WRAP_PAD }, object, inside, 16);
    } finally {
      token.destroy(inside);
    }
  };
  /** The object that key wrap with padding turns into `block`; see `wrappedBlock`. */
  const wrappedTemplate = (block: Uint8Array) => [
    ...secretTemplate(),
    { type: c.CKA_VALUE, value: buffer(block.slice(paddedBlock.length)) },
  ];
  const handle = (algorithm: KeyHandle['algorithm'], length: number, material: Material): KeyHandle =>
    new OpaqueKey<Material>(
      owner,
      algorithm,
      length,
      material,
      (m) => {
        if ('octets' in m) m.octets.fill(0);
        else if (m.session) token.destroy(m.object);
      },
      algorithm === 'AES-128' || algorithm === 'AES-256'
        ? // Read once per key, and synchronously, even where operations run in the background.
          (m) =>
            fingerprintOf(
              createHash('sha256')
                .update(fingerprintCipher(m as Extract<Material, { object: Handle }>))
                .digest(),
            )
        : undefined,
    );
  const inMemory = (octets: Uint8Array): KeyHandle => handle('secret', octets.length, { octets });

  const material = (key: KeyHandle): Material => OpaqueKey.open<Material>(key, owner);
  const objectOf = (key: KeyHandle): Handle => {
    const m = material(key);
    if ('octets' in m)
      throw new DlmsError('security/invalid-key', { reason: 'a key on the token is needed, this one is in memory' });
    return m.object;
  };
  const isFor = (key: KeyHandle, use: KeyUse): boolean => {
    const m = material(key);
    return 'object' in m && m.use === use;
  };
  const aes = (key: KeyHandle, use: KeyUse): Handle => {
    const object = objectOf(key);
    requireAlgorithm(key, key.algorithm === 'AES-128' || key.algorithm === 'AES-256', 'an AES key');
    if (!isFor(key, use))
      throw new DlmsError('security/invalid-key', {
        reason: `the key is not for ${use}: on a token each key has one use`,
      });
    return object;
  };
  const readable = (part: Octets): Uint8Array => {
    if (part instanceof Uint8Array) return part;
    const m = material(part);
    if (!('octets' in m))
      throw new DlmsError('security/invalid-key', {
        reason: `the octets of a key on the token (${part.algorithm}) are not readable`,
      });
    return m.octets;
  };
  /** Joins parts for one use, and overwrites the copy afterwards if there are secrets in it. */
  const joined = <R>(parts: readonly Octets[], use: (octets: Uint8Array) => MaybePromise<R>): MaybePromise<R> => {
    const octets = concat(...parts.map(readable));
    if (parts.every((part) => part instanceof Uint8Array)) return use(octets);
    const wipe = (): void => void octets.fill(0);
    try {
      const result = use(octets);
      if (result instanceof Promise) return result.finally(wipe);
      wipe();
      return result;
    } catch (e) {
      wipe();
      throw e;
    }
  };
  const unused = (label: string | undefined): void => {
    if (label !== undefined && token.find([{ type: c.CKA_LABEL, value: label }]).length > 0)
      throw new DlmsError('security/invalid-key', {
        reason: `the token already has an object labelled ${JSON.stringify(label)}`,
      });
  };
  const gcm = (iv: Uint8Array, aad: Uint8Array): Mechanism => {
    if (iv.length !== 12)
      throw new DlmsError('encode/invalid-value', { expected: 'an IV of 12 octets', actual: `${iv.length} octets` });
    return {
      mechanism: c.CKM_AES_GCM,
      parameter: {
        type: c.CK_PARAMS_AES_GCM,
        iv: buffer(iv),
        ivBits: 96,
        tagBits: 8 * tagLength,
        ...(aad.length === 0 ? {} : { aad: buffer(aad) }),
      },
    };
  };
  const encrypt = (key: KeyHandle, mechanism: Mechanism, data: Uint8Array, room: number): MaybePromise<Uint8Array> => {
    const out = Buffer.alloc(data.length + room);
    const init = [mechanism, aes(key, 'ciphering')] as const;
    // An empty message goes straight to the tag: the interface takes an empty buffer for "no pointer".
    return data.length === 0
      ? token.run('Encrypt', init, 'C_EncryptFinal', [out])
      : token.run('Encrypt', init, 'C_Encrypt', [buffer(data), out]);
  };
  /**
   * Encrypts one block under a key that may wrap but not encrypt. Key wrap with padding (RFC 5649) of 8 octets is AES
   * of one block: A65959A6, the length 8, the octets. Only such blocks can be encrypted.
   */
  const wrappedBlock = (key: KeyHandle, block: Uint8Array): MaybePromise<Uint8Array> => {
    const wrapping = aes(key, 'wrapping');
    if (!paddedBlock.every((octet, i) => octet === block[i]))
      throw new DlmsError('security/invalid-key', {
        reason: 'a key for wrapping encrypts only blocks that begin with A65959A600000008',
      });
    const object = token.create(wrappedTemplate(block));
    const done = (wrapped: Uint8Array): Uint8Array => {
      token.destroy(object);
      return plain(wrapped);
    };
    const failed = (e: unknown): never => {
      token.destroy(object);
      throw e;
    };
    try {
      const wrapped = token.call<Uint8Array>(
        'C_WrapKey',
        { mechanism: c.CKM_AES_KEY_WRAP_PAD },
        wrapping,
        object,
        Buffer.alloc(16),
      );
      return wrapped instanceof Promise ? wrapped.then(done, failed) : done(wrapped);
    } catch (e) {
      return failed(e);
    }
  };
  /** The use of a key that is already on the token. A key that could also read what it unwraps is refused. */
  const usedFor = (object: Handle, label: string): KeyUse => {
    const may = (type: number): boolean => token.attribute(object, type)[0] === 1;
    const ciphers = may(c.CKA_ENCRYPT) || may(c.CKA_DECRYPT);
    const wraps = may(c.CKA_WRAP) || may(c.CKA_UNWRAP);
    if (ciphers === wraps)
      throw new DlmsError('security/invalid-key', {
        reason: `the key labelled ${JSON.stringify(label)} may ${ciphers ? 'both encrypt and wrap' : 'neither encrypt nor wrap'}: a key has one use`,
      });
    return wraps ? 'wrapping' : 'ciphering';
  };
  const symmetricFrom = (algorithm: SymmetricAlgorithm, octets: Uint8Array, options: LabelledOptions): KeyHandle => {
    checkKeyLength(algorithm, octets.length);
    unused(options.label);
    if (algorithm === 'secret') {
      if (options.label !== undefined)
        token.create([...secretTemplate(options.label), { type: c.CKA_VALUE, value: buffer(octets) }]);
      return inMemory(octets.slice());
    }
    const object = token.create([...aesTemplate(options), { type: c.CKA_VALUE, value: buffer(octets) }]);
    return handle(algorithm, octets.length, { object, session: options.label === undefined, use: useOf(options) });
  };
  const ecdsa = (key: KeyHandle, data: Uint8Array): MaybePromise<Uint8Array> => {
    const curve = curveOf(key.algorithm as PrivateKeyAlgorithm);
    return andThen(nodeProvider.digest(curve === 'P-256' ? 'SHA-256' : 'SHA-384', [data]), (hash) =>
      token.run('Sign', [{ mechanism: c.CKM_ECDSA }, objectOf(key)], 'C_Sign', [
        buffer(hash),
        Buffer.alloc(2 * scalarLength(curve)),
      ]),
    );
  };
  const digest = (algorithm: DigestAlgorithm, parts: readonly Octets[]): MaybePromise<Uint8Array> => {
    // SoftHSM would hash a private key as if it were a secret.
    for (const part of parts)
      if (!(part instanceof Uint8Array)) requireAlgorithm(part, !part.algorithm.startsWith('EC'), 'a symmetric key');
    const onToken = parts.some((part) => !(part instanceof Uint8Array) && 'object' in material(part));
    if (!onToken) return joined(parts, (octets) => nodeProvider.digest(algorithm, [octets]));
    const mechanisms: Readonly<Record<DigestAlgorithm, number>> = {
      MD5: c.CKM_MD5,
      'SHA-1': c.CKM_SHA_1,
      'SHA-256': c.CKM_SHA256,
      'SHA-384': c.CKM_SHA384,
    };
    const fed = parts
      .filter((part) => part.length > 0)
      .map((part) =>
        !(part instanceof Uint8Array) && 'object' in material(part)
          ? { key: objectOf(part) }
          : { data: buffer(readable(part)) },
      );
    return token.digest({ mechanism: mechanisms[algorithm] }, fed);
  };
  const one = (template: Template, label: string): Handle => {
    const found = token.find([...template, { type: c.CKA_LABEL, value: label }, { type: c.CKA_TOKEN, value: true }]);
    if (found.length > 1)
      throw new DlmsError('security/invalid-key', {
        reason: `the token has several objects labelled ${JSON.stringify(label)}`,
      });
    if (found[0] === undefined) throw new DlmsError('security/missing-key', { key: label });
    return found[0];
  };

  return {
    name: 'pkcs11',
    random: (n) => token.random(n),
    importKey: (algorithm, octets, options = {}) => symmetricFrom(algorithm, octets, options),
    generateKey(algorithm, options: LabelledOptions & { readonly length?: number } = {}) {
      if (algorithm === 'secret') {
        const octets = token.random(newKeyLength(algorithm, options.length));
        return symmetricFrom('secret', octets, options);
      }
      unused(options.label);
      const length = newKeyLength(algorithm);
      const template = [...aesTemplate(options), { type: c.CKA_VALUE_LEN, value: length }];
      return andThen(token.call<Handle>('C_GenerateKey', { mechanism: c.CKM_AES_KEY_GEN }, template), (object) =>
        handle(algorithm, length, { object, session: options.label === undefined, use: useOf(options) }),
      );
    },
    importPrivateKey(algorithm, d, options: LabelledOptions = {}) {
      const curve = curveOf(algorithm);
      unused(options.label);
      return andThen(nodeProvider.importPrivateKey(algorithm, d), ({ privateKey, publicKey }) => {
        privateKey.destroy();
        const type = { type: c.CKA_KEY_TYPE, value: c.CKK_EC };
        const object = token.create([
          { type: c.CKA_CLASS, value: c.CKO_PRIVATE_KEY },
          type,
          ...privateTemplate(algorithm, options.label),
          { type: c.CKA_EC_PARAMS, value: buffer(curveParameters[curve]) },
          { type: c.CKA_VALUE, value: buffer(d) },
        ]);
        if (options.label !== undefined) {
          const point = concat(Uint8Array.of(4, 1 + publicKey.octets.length, 4), publicKey.octets);
          try {
            token.create([
              { type: c.CKA_CLASS, value: c.CKO_PUBLIC_KEY },
              type,
              ...publicTemplate(curve, options.label),
              { type: c.CKA_EC_POINT, value: buffer(point) },
            ]);
          } catch (e) {
            // Half a pair could not be found, and its label not be used again.
            token.destroy(object);
            throw e;
          }
        }
        return { privateKey: handle(algorithm, d.length, { object, session: options.label === undefined }), publicKey };
      });
    },
    generateKeyPair(algorithm, options: LabelledOptions = {}) {
      const curve = curveOf(algorithm);
      const { label } = options;
      unused(label);
      const pair = token.call<{ privateKey: Handle; publicKey: Handle }>(
        'C_GenerateKeyPair',
        { mechanism: c.CKM_EC_KEY_PAIR_GEN },
        publicTemplate(curve, label),
        privateTemplate(algorithm, label),
      );
      return andThen(pair, (objects) => {
        const publicKey = pointOf(token.attribute(objects.publicKey, c.CKA_EC_POINT), curve);
        if (label === undefined) token.destroy(objects.publicKey);
        return {
          privateKey: handle(algorithm, scalarLength(curve), {
            object: objects.privateKey,
            session: label === undefined,
          }),
          publicKey,
        };
      });
    },
    seal(key, iv, aad, plaintext, prefix = none) {
      return joined(aad, (octets) =>
        andThen(encrypt(key, gcm(iv, octets), plaintext, tagLength), (sealed) => concat(prefix, sealed)),
      );
    },
    open(key, iv, aad, sealed) {
      const object = aes(key, 'ciphering');
      if (sealed.length < tagLength) return undefined;
      return joined(aad, (octets) =>
        // Room for the whole input: some modules require it, and an empty buffer means "no pointer".
        andThen(
          token.run(
            'Decrypt',
            [gcm(iv, octets), object],
            'C_Decrypt',
            [buffer(sealed), Buffer.alloc(sealed.length)],
            true,
          ),
          (plaintext) => plaintext,
        ),
      );
    },
    ctr(key, iv, data, prefix = none) {
      // GCM with the tag cut off: every module with AES-GCM can do it, and no platform structure has to be laid out by
      // hand.
      return andThen(encrypt(key, gcm(iv, none), data, tagLength), (sealed) =>
        concat(prefix, sealed.subarray(0, data.length)),
      );
    },
    encryptBlock(key, block) {
      if (block.length !== 16)
        throw new DlmsError('encode/invalid-value', {
          expected: 'a block of 16 octets',
          actual: `${block.length} octets`,
        });
      return isFor(key, 'wrapping') ? wrappedBlock(key, block) : encrypt(key, { mechanism: c.CKM_AES_ECB }, block, 0);
    },
    wrap(kek, key) {
      const wrapping = aes(kek, 'wrapping');
      if (key.length < 16 || key.length % 8 !== 0)
        throw new DlmsError('security/invalid-key', { reason: `a key of ${key.length} octets cannot be wrapped` });
      const m = material(key);
      requireAlgorithm(key, !key.algorithm.startsWith('EC'), 'a symmetric key');
      const object =
        'octets' in m ? token.create([...secretTemplate(), { type: c.CKA_VALUE, value: buffer(m.octets) }]) : m.object;
      const wrap = (): MaybePromise<Uint8Array> =>
        andThen(
          token.call<Uint8Array>(
            'C_WrapKey',
            { mechanism: c.CKM_AES_KEY_WRAP },
            wrapping,
            object,
            Buffer.alloc(key.length + 8),
          ),
          plain,
        );
      if (!('octets' in m)) return wrap();
      // A secret on the token is readable there, so it goes in any case.
      let wrapped: MaybePromise<Uint8Array>;
      try {
        wrapped = wrap();
      } catch (e) {
        token.destroy(object);
        throw e;
      }
      if (wrapped instanceof Promise) return wrapped.finally(() => token.destroy(object));
      token.destroy(object);
      return wrapped;
    },
    unwrap(kek, wrapped, algorithm, options: LabelledOptions = {}) {
      const wrapping = aes(kek, 'wrapping');
      // SoftHSM does not report the length of an unwrapped key, but key wrap adds exactly 8 octets.
      const length = wrapped.length - 8;
      if (length < 16 || length % 8 !== 0 || (algorithm !== 'secret' && length !== (algorithm === 'AES-128' ? 16 : 32)))
        return undefined;
      unused(options.label);
      const whole = algorithm === 'secret' ? secretTemplate(options.label) : aesTemplate(options);
      // SoftHSM sets the value after making the object, so the object has to be modifiable.
      const template = whole.filter(({ type }) => type !== c.CKA_MODIFIABLE);
      const unwrapped = token.tryCall<Handle>(
        'C_UnwrapKey',
        { mechanism: c.CKM_AES_KEY_WRAP },
        wrapping,
        buffer(wrapped),
        template,
      );
      return andThen(unwrapped, (object) => {
        if (object === undefined) return undefined;
        if (algorithm !== 'secret')
          return handle(algorithm, length, { object, session: options.label === undefined, use: useOf(options) });
        const octets = token.attribute(object, c.CKA_VALUE);
        if (options.label === undefined) token.destroy(object);
        return inMemory(octets);
      });
    },
    digest,
    deriveKey(algorithm, hash, parts, options = {}) {
      return andThen(digest(hash, parts), (octets) => {
        try {
          return symmetricFrom(algorithm, octets.subarray(0, algorithm === 'AES-128' ? 16 : 32), options);
        } finally {
          octets.fill(0);
        }
      });
    },
    sign(key, data) {
      requireAlgorithm(key, key.algorithm.startsWith('ECDSA'), 'a signature key');
      return ecdsa(key, data);
    },
    proveKey(key, data) {
      requireAlgorithm(key, key.algorithm.startsWith('ECDH'), 'a key agreement key');
      return ecdsa(key, data);
    },
    verify: (key, data, signature) => nodeProvider.verify(key, data, signature),
    agree(key, peer) {
      requireAlgorithm(key, key.algorithm === `ECDH ${peer.curve}`, `a key agreement key of ${peer.curve}`);
      const { octets, curve } = ecPublicKey(peer.octets, peer.curve);
      const length = scalarLength(curve);
      const parameter = {
        type: c.CK_PARAMS_EC_DH,
        kdf: c.CKD_NULL,
        publicData: buffer(concat(Uint8Array.of(4), octets)),
      };
      const template: Template = [
        { type: c.CKA_CLASS, value: c.CKO_SECRET_KEY },
        { type: c.CKA_KEY_TYPE, value: c.CKK_GENERIC_SECRET },
        { type: c.CKA_VALUE_LEN, value: length },
        ...attributes(undefined, true, false),
      ];
      return andThen(
        token.call<Handle>('C_DeriveKey', { mechanism: c.CKM_ECDH1_DERIVE, parameter }, objectOf(key), template),
        (object) => handle('secret', length, { object, session: true }),
      );
    },
    find(label, algorithm) {
      const secret = algorithm === 'secret';
      const object = one(
        [
          { type: c.CKA_CLASS, value: c.CKO_SECRET_KEY },
          { type: c.CKA_KEY_TYPE, value: secret ? c.CKK_GENERIC_SECRET : c.CKK_AES },
        ],
        label,
      );
      if (secret) return inMemory(token.attribute(object, c.CKA_VALUE));
      const length = algorithm === 'AES-128' ? 16 : 32;
      // The least significant octet, on the usual platforms. SoftHSM reports 0 for a key that was unwrapped.
      const told = token.attribute(object, c.CKA_VALUE_LEN)[0];
      if (told !== length && told !== 0)
        throw new DlmsError('security/invalid-key', {
          reason: `the key labelled ${JSON.stringify(label)} has ${told} octets`,
        });
      return handle(algorithm, length, { object, session: false, use: usedFor(object, label) });
    },
    findPair(label, algorithm) {
      const curve = curveOf(algorithm);
      const ec: Template = [
        { type: c.CKA_KEY_TYPE, value: c.CKK_EC },
        { type: c.CKA_EC_PARAMS, value: buffer(curveParameters[curve]) },
      ];
      const object = one([{ type: c.CKA_CLASS, value: c.CKO_PRIVATE_KEY }, ...ec], label);
      const point = token.attribute(
        one([{ type: c.CKA_CLASS, value: c.CKO_PUBLIC_KEY }, ...ec], label),
        c.CKA_EC_POINT,
      );
      // A pair for signatures must not serve for key agreement, nor the reverse.
      if ((token.attribute(object, c.CKA_DERIVE)[0] === 1) !== algorithm.startsWith('ECDH'))
        throw new DlmsError('security/invalid-key', {
          reason: `the key pair labelled ${JSON.stringify(label)} is not for ${algorithm}`,
        });
      return {
        privateKey: handle(algorithm, scalarLength(curve), { object, session: false }),
        publicKey: pointOf(point, curve),
      };
    },
    remove(label) {
      const objects = token.find([
        { type: c.CKA_LABEL, value: label },
        { type: c.CKA_TOKEN, value: true },
      ]);
      for (const object of objects) token.destroy(object);
      return objects.length;
    },
    close: () => token.close(),
  };
}

const none = /* @__PURE__ */ new Uint8Array(0);
const paddedBlock = /* @__PURE__ */ Uint8Array.of(0xa6, 0x59, 0x59, 0xa6, 0, 0, 0, 8);
const useOf = ({ use = 'ciphering' }: ImportOptions): KeyUse => use;
const plain = (b: Uint8Array): Uint8Array => new Uint8Array(b);
/** CKA_EC_POINT: an OCTET STRING around 04 x y; some modules leave out the OCTET STRING. */
function pointOf(octets: Uint8Array, curve: Curve): PublicKey {
  const size = 2 * scalarLength(curve);
  return ecPublicKey(octets.slice(octets.length - size), curve);
}
