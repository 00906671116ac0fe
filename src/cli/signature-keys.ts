import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { concat } from '../core/bytes.js';
import { isDlmsError } from '../core/errors.js';
import { ecPublicKey } from '../security/certificates/ec.js';
import { nodeProvider } from '../security/providers/node-provider.js';
import type { Curve, KeyPair, PublicKey } from '../security/providers/provider.js';
import { Failure, usage } from './failure.js';
import { secretFile, trustedFile } from './guarded-file.js';

// Keys for digital signatures, from files whose contents are never shown.

/** Our key pair: PEM (PKCS 8 or SEC 1), or the scalar as 64 or 96 hexadecimal digits. */
export async function signingKey(path: string): Promise<KeyPair> {
  const option = '--signing-key';
  const content = Buffer.from(await secretFile(path, option)).toString('latin1');
  if (/BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type:.*ENCRYPTED/m.test(content))
    throw usage(`${option}: ${path} is encrypted; openssl pkey -in ${path} writes it without a passphrase`);
  const scalar = hexOctets(content);
  const [curve, d] =
    scalar === undefined
      ? scalarOf(pem(() => createPrivateKey(content), option, path, 'a private key'))
      : [curveOf(scalar.length), scalar];
  if (curve === undefined || d === undefined) throw usage(`${option}: ${path} holds no private key of P-256 or P-384`);
  try {
    return await nodeProvider.importPrivateKey(`ECDSA ${curve}`, d);
  } catch (e) {
    if (!isDlmsError(e, 'security/invalid-key')) throw e;
    throw usage(`${option}: ${path} holds no private key of ${curve}`);
  }
}
/** The public key of the meter: PEM (a certificate, or a public key), or x and y as 128 or 192 hexadecimal digits. */
export async function peerKey(path: string): Promise<PublicKey> {
  const option = '--peer-key';
  const content = Buffer.from(await trustedFile(path, option)).toString('latin1');
  if (/PRIVATE KEY-----/.test(content))
    throw usage(`${option}: ${path} holds a private key; the meter's public key or certificate is needed`);
  const point = hexOctets(content);
  try {
    if (point !== undefined) return ecPublicKey(point);
    const { crv, x, y } = pem(() => createPublicKey(content), option, path, 'a certificate or public key').export({
      format: 'jwk',
    });
    if ((crv === 'P-256' || crv === 'P-384') && x !== undefined && y !== undefined)
      return ecPublicKey(concat(base64url(x), base64url(y)), crv);
  } catch (e) {
    if (e instanceof Failure) throw e;
  }
  throw usage(`${option}: ${path} holds no public key of P-256 or P-384`);
}
/** P-256 belongs to security suite 1, P-384 to suite 2. */
export const suiteOf = (curve: Curve): 1 | 2 => (curve === 'P-256' ? 1 : 2);

function hexOctets(content: string): Uint8Array | undefined {
  const digits = content.replace(/[\s:]/g, '').replace(/^0x/i, '');
  return /^([\da-f]{2})+$/i.test(digits) ? new Uint8Array(Buffer.from(digits, 'hex')) : undefined;
}
const base64url = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));
const curveOf = (scalarLength: number): Curve | undefined =>
  scalarLength === 32 ? 'P-256' : scalarLength === 48 ? 'P-384' : undefined;
function scalarOf(key: KeyObject): [Curve | undefined, Uint8Array | undefined] {
  if (key.asymmetricKeyType !== 'ec') return [undefined, undefined];
  const { crv, d } = key.export({ format: 'jwk' });
  return [crv === 'P-256' || crv === 'P-384' ? crv : undefined, d === undefined ? undefined : base64url(d)];
}
/** The messages of OpenSSL help nobody, so they are not passed on. */
function pem(read: () => KeyObject, option: string, path: string, what: string): KeyObject {
  try {
    return read();
  } catch {
    throw usage(`${option}: ${path} holds neither PEM of ${what} nor hexadecimal digits`);
  }
}
