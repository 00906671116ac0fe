import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import type { Curve, PublicKey } from '../providers/provider.js';
import { DerReader, derSequence, derTag } from './der.js';
import {
  derBitString,
  derInteger,
  derObjectIdentifier,
  readBitStringOctets,
  readInteger,
  readObjectIdentifier,
} from './der-values.js';
import { oid } from './object-identifiers.js';

/** The signature algorithms of suites 1 and 2. */
export type SignatureAlgorithm = 'ecdsa-with-SHA256' | 'ecdsa-with-SHA384';

interface CurveFacts {
  readonly size: number;
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  /** Field prime, coefficient b (a is -3) and group order of FIPS 186-4; both curves have cofactor 1. */
  readonly p: bigint;
  readonly b: bigint;
  readonly n: bigint;
}
const curves: Readonly<Record<Curve, CurveFacts>> = {
  'P-256': {
    size: 32,
    name: oid.prime256v1,
    algorithm: 'ecdsa-with-SHA256',
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    size: 48,
    name: oid.secp384r1,
    algorithm: 'ecdsa-with-SHA384',
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
};

/** The signature algorithm of keys on this curve, which determines the hash, as in the security suites. */
export const signatureAlgorithm = (curve: Curve): SignatureAlgorithm => curves[curve].algorithm;

/**
 * A public key from x‖y, after checking its size, that both coordinates are below the field prime, and that the point
 * is on the curve. (The cofactor is 1, so every such point has the full order; the point at infinity has no such form.)
 * @throws DlmsError `security/invalid-key`
 */
export function ecPublicKey(point: Uint8Array, curve: Curve = point.length === 96 ? 'P-384' : 'P-256'): PublicKey {
  const { size, p, b } = curves[curve];
  if (point.length !== 2 * size)
    throw new DlmsError('security/invalid-key', {
      reason: `a public key of ${curve} has ${2 * size} octets, not ${point.length}`,
    });
  const x = number(point.subarray(0, size));
  const y = number(point.subarray(size));
  if (x >= p || y >= p)
    throw new DlmsError('security/invalid-key', { reason: `a coordinate is not below the field prime of ${curve}` });
  if ((y * y - (x * x * x - 3n * x + b)) % p !== 0n)
    throw new DlmsError('security/invalid-key', { reason: `the point is not on ${curve}` });
  return { curve, octets: point };
}

/**
 * Reads a SubjectPublicKeyInfo: id-ecPublicKey, named curve, uncompressed point.
 * @throws DlmsError `decode/…`, `security/invalid-key`, `security/unsupported` for other algorithms and forms
 */
export function readPublicKeyInfo(r: DerReader): PublicKey {
  const info = r.sequence('SubjectPublicKeyInfo');
  const algorithm = info.sequence('AlgorithmIdentifier');
  const type = readObjectIdentifier(algorithm.expect(derTag.objectIdentifier, 'algorithm'));
  if (type !== oid.ecPublicKey) throw new DlmsError('security/unsupported', { what: `public key algorithm ${type}` });
  const name = readObjectIdentifier(algorithm.expect(derTag.objectIdentifier, 'named curve'));
  algorithm.end();
  const curve = name === oid.prime256v1 ? 'P-256' : name === oid.secp384r1 ? 'P-384' : undefined;
  if (curve === undefined) throw new DlmsError('security/unsupported', { what: `elliptic curve ${name}` });
  const bits = readBitStringOctets(info.expect(derTag.bitString, 'subjectPublicKey'));
  info.end();
  if (bits[0] === 2 || bits[0] === 3) throw new DlmsError('security/unsupported', { what: 'compressed public key' });
  if (bits[0] !== 4) throw new DlmsError('security/invalid-key', { reason: 'not an uncompressed point' });
  return ecPublicKey(bits.subarray(1), curve);
}

export const derPublicKeyInfo = (key: PublicKey): Uint8Array =>
  derSequence(
    derSequence(derObjectIdentifier(oid.ecPublicKey), derObjectIdentifier(curves[key.curve].name)),
    derBitString(concat(Uint8Array.of(4), key.octets)),
  );

/**
 * Reads the AlgorithmIdentifier of a signature: ECDSA with SHA-256 or SHA-384, no parameters.
 * @throws DlmsError `decode/…`, `security/unsupported` for any other algorithm
 */
export function readSignatureAlgorithm(r: DerReader): SignatureAlgorithm {
  const algorithm = r.sequence('AlgorithmIdentifier');
  const type = readObjectIdentifier(algorithm.expect(derTag.objectIdentifier, 'algorithm'));
  if (type !== oid.ecdsaWithSha256 && type !== oid.ecdsaWithSha384)
    throw new DlmsError('security/unsupported', { what: `signature algorithm ${type}` });
  algorithm.end();
  return type === oid.ecdsaWithSha256 ? 'ecdsa-with-SHA256' : 'ecdsa-with-SHA384';
}
export const derSignatureAlgorithm = (algorithm: SignatureAlgorithm): Uint8Array =>
  derSequence(derObjectIdentifier(algorithm === 'ecdsa-with-SHA256' ? oid.ecdsaWithSha256 : oid.ecdsaWithSha384));

/**
 * Converts an ECDSA signature from the form of DLMS (r‖s) to that of X.509 (SEQUENCE of two INTEGER).
 * @throws DlmsError `encode/invalid-value`
 */
export function signatureToDer(raw: Uint8Array): Uint8Array {
  const curve = raw.length === 64 ? 'P-256' : raw.length === 96 ? 'P-384' : undefined;
  if (curve === undefined)
    throw new DlmsError('encode/invalid-value', {
      expected: 'r then s, 64 or 96 octets',
      actual: `${raw.length} octets`,
    });
  const r = number(raw.subarray(0, raw.length / 2));
  const s = number(raw.subarray(raw.length / 2));
  if (!inRange(r, curve) || !inRange(s, curve))
    throw new DlmsError('encode/invalid-value', {
      expected: `r and s from 1 to the order of ${curve} minus 1`,
      actual: 'another value',
    });
  return derSequence(derInteger(r), derInteger(s));
}

/**
 * Converts an ECDSA signature from the form of X.509 (SEQUENCE of two INTEGER) to that of DLMS (r‖s). r and s must be
 * from 1 to the order of the curve minus 1.
 * @throws DlmsError `decode/…`
 */
export function signatureFromDer(bytes: Uint8Array, curve: Curve): Uint8Array {
  const outer = new DerReader(bytes);
  const pair = outer.sequence('ECDSA-Sig-Value');
  outer.end();
  const out = new Uint8Array(2 * curves[curve].size);
  for (const [at, name] of [
    [out.length / 2, 'r'],
    [out.length, 's'],
  ] as const) {
    const element = pair.expect(derTag.integer, name);
    let v = readInteger(element);
    if (!inRange(v, curve))
      throw new DlmsError('decode/invalid-value', {
        offset: element.offset,
        expected: `${name} from 1 to the order of ${curve} minus 1`,
        actual: 'another value',
      });
    for (let i = at - 1; v > 0n; i--, v >>= 8n) out[i] = Number(v & 0xffn);
  }
  pair.end();
  return out;
}

const inRange = (v: bigint, curve: Curve): boolean => v > 0n && v < curves[curve].n;
function number(octets: Uint8Array): bigint {
  let v = 0n;
  for (const octet of octets) v = (v << 8n) | BigInt(octet);
  return v;
}
