import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { SignatureVerifier, Signer } from '../../../src/security/certificates/index.js';
import type { Curve, PublicKey } from '../../../src/security/providers/provider.js';

/** A key pair of the platform, as far from the code under test as possible. */
export interface TestKey extends Signer {
  readonly publicKey: PublicKey;
  readonly privateKey: KeyObject;
}
const hash = (curve: Curve): string => (curve === 'P-256' ? 'sha256' : 'sha384');

export function newKey(curve: Curve): TestKey {
  return keyOf(generateKeyPairSync('ec', { namedCurve: curve }).privateKey, curve);
}
export function keyFromPem(pem: string, curve: Curve): TestKey {
  return keyOf(createPrivateKey(pem), curve);
}
function keyOf(privateKey: KeyObject, curve: Curve): TestKey {
  const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const octets = new Uint8Array(
    Buffer.concat([Buffer.from(x as string, 'base64url'), Buffer.from(y as string, 'base64url')]),
  );
  return {
    curve,
    privateKey,
    publicKey: { curve, octets },
    sign: (data) => new Uint8Array(sign(hash(curve), data, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
  };
}
export const pem = (key: TestKey): string => key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;

export const verifier: SignatureVerifier = {
  verify(key, data, signature) {
    const half = key.octets.length / 2;
    const part = (at: number): string => Buffer.from(key.octets.subarray(at, at + half)).toString('base64url');
    let object = imported.get(key);
    if (object === undefined) {
      object = createPublicKey({ key: { kty: 'EC', crv: key.curve, x: part(0), y: part(half) }, format: 'jwk' });
      imported.set(key, object);
    }
    return verify(hash(key.curve), data, { key: object, dsaEncoding: 'ieee-p1363' }, signature);
  },
};
const imported = new WeakMap<PublicKey, KeyObject>();
/** The same, answering later. */
export const laterVerifier: SignatureVerifier = {
  verify: async (...args) => {
    await Promise.resolve();
    return verifier.verify(...args);
  },
};
