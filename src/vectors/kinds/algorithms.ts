import { gcm } from '@noble/ciphers/aes.js';
import { concat, equalBytes } from '../../core/bytes.js';
import { isDlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import { deriveAgreedKey } from '../../security/key-agreement.js';
import type { Curve } from '../../security/providers/provider.js';
import { securitySuite, tagLength } from '../../security/suites.js';
import { compress } from '../../security/v44/compress.js';
import { decompress } from '../../security/v44/decompress.js';
import { anyOf } from '../compare.js';
import { aesKey, aesOf, curveParam, ivParam, provider, secretNotation } from '../keys.js';
import { asOctets, neededParam, octets, octetsParam, packetOptions, packetParams, wordParam } from '../parameters.js';
import { Difference, type Kind, Unsupported, type Vector } from '../vector.js';

/** The algorithms of the security suites on their own. */
export const algorithmKinds: Readonly<Record<string, Kind>> = {
  'aes-gcm': {
    input: ['plaintext', 'aad', 'ciphertext', 'tag'],
    params: ['key', 'iv', 'tagLength', 'aad'],
    run: aesGcm,
  },
  'key-wrap': { input: ['kek', 'key', 'wrapped'], params: ['masterKey'], run: keyWrap },
  'ecdsa-verify': {
    input: ['message', 'signature', 'publicKey'],
    params: ['publicKey', 'agreementPrivateKey', 'curve', 'signatureFormat', 'hash'],
    async run(vector) {
      wordParam(vector, 'signatureFormat', ['R||S']);
      const key = given(vector, 'publicKey');
      const curve = curveParam(vector, key, 2);
      hashParam(vector, curve);
      try {
        const [message, signature] = [octets(vector, 'message'), octets(vector, 'signature')];
        return { valid: await provider.verify({ curve, octets: key }, message, signature) };
      } catch (e) {
        if (isDlmsError(e, 'security/invalid-key')) return { valid: false };
        throw e;
      }
    },
  },
  'key-agreement': {
    input: ['privateKey', 'peerPublicKey'],
    params: ['algorithmId', 'partyUInfo', 'partyVInfo', 'hash', 'curve', 'ownPublicKey'],
    run: keyAgreement,
  },
  v44: { input: ['hex'], params: packetParams, run: packet },
};

/** A V.44 packet. Our compressor need not produce the same octets, but they must decompress to the same plaintext. */
function packet(vector: Vector): unknown {
  const options = packetOptions(vector);
  const plaintext = decompress(octets(vector, 'hex'), options);
  const { maxString } = options;
  const again = compress(plaintext, maxString === undefined ? {} : { maxString });
  const back = decompress(again, { maxOutput: plaintext.length, ...(maxString === undefined ? {} : { maxString }) });
  if (!equalBytes(back, plaintext)) throw new Difference('what was compressed comes back as something else');
  return { plaintext };
}

/** An input, or the parameter of the same name. */
const given = (vector: Vector, name: string, param = name): Uint8Array =>
  vector.input[name] === undefined ? neededParam(vector, param) : octets(vector, name);
function hashParam(vector: Vector, curve: Curve): void {
  const { hash } = vector.params;
  if (hash === undefined) return;
  const wanted = String(hash)
    .toUpperCase()
    .replace(/[^A-Z\d]/g, '');
  if (wanted !== (curve === 'P-256' ? 'SHA256' : 'SHA384')) throw new Unsupported(`hash ${String(hash)} with ${curve}`);
}

async function aesGcm(vector: Vector): Promise<unknown> {
  const key = await aesKey(neededParam(vector, 'key'));
  const iv = ivParam(vector);
  if (iv.length !== 12) throw new Unsupported(`an initialization vector of ${iv.length} octets (DLMS uses 12)`);
  const extra = vector.input.aad === undefined ? octetsParam(vector, 'aad') : octets(vector, 'aad');
  const aad = extra === undefined ? [] : [extra];
  if (vector.input.plaintext === undefined) {
    const sealed = concat(octets(vector, 'ciphertext'), octets(vector, 'tag').subarray(0, tagLength));
    const plaintext = await provider.open(key, iv, aad, sealed);
    return { plaintext, valid: plaintext !== undefined };
  }
  const plaintext = octets(vector, 'plaintext');
  const sealed = await provider.seal(key, iv, aad, plaintext);
  const opened = await provider.open(key, iv, aad, sealed);
  if (opened === undefined || !equalBytes(opened, plaintext)) throw new Difference('what was sealed does not open');
  const tag = sealed.subarray(plaintext.length);
  // DLMS truncates the tag to 12 octets, and so do the providers; vectors for the algorithm have 16.
  const whole = gcm(neededParam(vector, 'key'), iv, aad[0]).encrypt(plaintext).subarray(plaintext.length);
  if (!equalBytes(whole.subarray(0, tagLength), tag)) throw new Difference(`tag: ${formatHex(tag)} computed`);
  return { ciphertext: sealed.subarray(0, plaintext.length), tag: anyOf(whole, tag), valid: true };
}

async function keyWrap(vector: Vector): Promise<unknown> {
  const kek = await aesKey(given(vector, 'kek', 'masterKey'), 'wrapping');
  const { key: expected } = vector.expected as { key?: unknown };
  if (vector.input.wrapped !== undefined) {
    const wrapped = octets(vector, 'wrapped');
    const key = await provider.unwrap(kek, wrapped, wrapped.length > 24 ? 'AES-256' : 'AES-128');
    return { key: key && (await secretNotation(key, expected)), valid: key !== undefined, wrapped };
  }
  const plain = octets(vector, 'key');
  const wrapped = await provider.wrap(kek, await provider.importKey(aesOf(plain), plain, { wrappable: true }));
  const again = await provider.unwrap(kek, wrapped, aesOf(plain));
  if (again === undefined) throw new Difference('the wrapped key does not unwrap');
  return { wrapped, key: await secretNotation(again, expected), valid: true };
}

async function keyAgreement(vector: Vector): Promise<unknown> {
  const d = octets(vector, 'privateKey');
  const curve = curveParam(vector, d, 1);
  const suite = securitySuite(curve === 'P-256' ? 1 : 2);
  hashParam(vector, curve);
  const own = await provider.importPrivateKey(`ECDH ${curve}`, d);
  const ownPublic = octetsParam(vector, 'ownPublicKey');
  if (ownPublic !== undefined && !equalBytes(ownPublic, own.publicKey.octets))
    throw new Difference(`ownPublicKey: ${formatHex(own.publicKey.octets)} computed`);
  const peer = { curve, octets: octets(vector, 'peerPublicKey') };
  const z = await provider.agree(own.privateKey, peer);
  const algorithmId = octetsParam(vector, 'algorithmId') ?? suite.algorithmId;
  const [u, v] = [neededParam(vector, 'partyUInfo'), neededParam(vector, 'partyVInfo')];
  const hash = suite.hash as 'SHA-256' | 'SHA-384';
  const parts = [Uint8Array.of(0, 0, 0, 1), z, algorithmId, u, v];
  const kdfHash = await provider.digest(hash, parts);
  const expected = vector.expected as { sharedSecret?: unknown; kdfInput?: unknown; key?: unknown };
  const length = typeof expected.key === 'string' ? expected.key.length / 2 : suite.keyLength;
  const key = equalBytes(algorithmId, suite.algorithmId)
    ? await deriveAgreedKey(provider, suite, own.privateKey, peer, u, v)
    : await provider.deriveKey(length === 32 ? 'AES-256' : 'AES-128', hash, parts);
  const { kdfInput } = expected;
  // The input contains the secret, which is not revealed; but the same hash means the same input.
  const same =
    typeof kdfInput === 'string' &&
    equalBytes(await provider.digest(hash, [asOctets(kdfInput, 'expected.kdfInput')]), kdfHash);
  return {
    sharedSecret: await secretNotation(z, expected.sharedSecret),
    kdfInput: same ? kdfInput : 'another input',
    kdfHash,
    key: await secretNotation(key, expected.key),
  };
}
