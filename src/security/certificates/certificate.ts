import { equalBytes } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { andThen, type MaybePromise } from '../../core/promise.js';
import type { CryptoProvider, Curve, KeyHandle, PublicKey } from '../providers/provider.js';
import { DerReader, derContext, derSequence, derTag } from './der.js';
import {
  derBitString,
  derInteger,
  derTime,
  readBitStringOctets,
  readInteger,
  readSmallInteger,
  readTime,
} from './der-values.js';
import {
  derPublicKeyInfo,
  derSignatureAlgorithm,
  ecPublicKey,
  readPublicKeyInfo,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithm,
  signatureFromDer,
  signatureToDer,
} from './ec.js';
import {
  derExtensions,
  type Extension,
  type KnownExtensions,
  keyIdentifier,
  knownExtensions,
  readExtensions,
} from './extensions.js';
import { type Name, readName, systemTitleOf } from './name.js';
import { oid } from './object-identifiers.js';

/** Signs with a private key. See {@link signerOf}. */
export interface Signer {
  readonly curve: Curve;
  /** Signs the octets with ECDSA (SHA-256 for P-256, SHA-384 for P-384). @returns r‖s */
  sign(data: Uint8Array): MaybePromise<Uint8Array>;
}
/** The part of a provider needed to validate signatures. */
export type SignatureVerifier = Pick<CryptoProvider, 'verify'>;

/** The part of a provider needed to sign a certificate, list or request. */
export interface SigningProvider {
  /** Signs with a private key. */
  readonly sign: CryptoProvider['sign'];
  /**
   * ECDSA with a key agreement key, only for the certificate request of that key (proof of possession). Providers keep
   * the two uses apart, so this is a separate method, which some (WebCrypto) cannot offer.
   */
  readonly proveKey?: (key: KeyHandle, data: Uint8Array) => MaybePromise<Uint8Array>;
}

/**
 * Makes a signer of a provider's key.
 * @throws DlmsError `security/invalid-key` for a symmetric key; `security/unsupported` for a key agreement key that
 *   cannot sign its request
 */
export function signerOf(provider: SigningProvider, key: KeyHandle): Signer {
  const curve = key.algorithm.endsWith('P-256') ? 'P-256' : key.algorithm.endsWith('P-384') ? 'P-384' : undefined;
  if (curve === undefined)
    throw new DlmsError('security/invalid-key', { reason: `a private key is needed, not one for ${key.algorithm}` });
  if (key.algorithm.startsWith('ECDSA')) return { curve, sign: (data) => provider.sign(key, data) };
  const { proveKey } = provider;
  if (proveKey === undefined)
    throw new DlmsError('security/unsupported', {
      what: 'a request signed with a key agreement key (this provider keeps the uses apart)',
    });
  return { curve, sign: (data) => proveKey.call(provider, key, data) };
}

/**
 * Purpose of a certificate in the Security setup object (certificate_type 0 to 3). It follows from the key usage: only
 * digitalSignature, only keyAgreement, or `tls` for both or when a TLS purpose is named. Anything else, including a
 * certification authority, is `other`. (This is the rule of the Gurux libraries.)
 */
export type CertificateUse = 'digital-signature' | 'key-agreement' | 'tls' | 'other';

/**
 * An X.509 v3 certificate of the DLMS profile: EC keys and ECDSA on P-256 or P-384. All octets are views into `raw`,
 * which is a copy of the input.
 */
export interface Certificate extends KnownExtensions {
  /** The whole certificate in DER. */
  readonly raw: Uint8Array;
  /** The signed part (TBSCertificate), as received. */
  readonly tbs: Uint8Array;
  readonly serialNumber: bigint;
  readonly issuer: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: Name;
  /** From the common name of the subject; absent when that is not a system title (certification authorities). */
  readonly systemTitle?: Uint8Array;
  readonly publicKey: PublicKey;
  readonly type: CertificateUse;
  /** All extensions in order, known or not. */
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** ECDSA-Sig-Value in DER. */
  readonly signature: Uint8Array;
}

/**
 * Reads a certificate. Verifies only its form, and that the public key is on its curve; see `validateCertificate` for
 * the rest.
 * @throws DlmsError `decode/…` for octets that are not a certificate; `security/unsupported` for another version,
 *   algorithm or curve; `security/invalid-key`
 */
export function parseCertificate(bytes: Uint8Array): Certificate {
  const { body, ...signed } = readSigned(bytes, 'Certificate', 16384);
  const version = body.optional(0xa0);
  const number = version === undefined ? 0 : readVersion(body.open(version));
  if (number !== 2) throw new DlmsError('security/unsupported', { what: `X.509 version ${number + 1}` });
  const serial = body.expect(derTag.integer, 'serialNumber');
  const serialNumber = readInteger(serial);
  if (serialNumber < 0n || serial.content.length > 21)
    throw new DlmsError('decode/invalid-value', {
      offset: serial.offset,
      expected: 'a serial number from 0, at most 20 octets',
      actual: `${serial.content.length} octets`,
    });
  requireSameAlgorithm(body, signed.algorithmRaw);
  const issuer = readName(body);
  const validity = body.sequence('Validity');
  const notBefore = readTime(validity.element());
  const notAfter = readTime(validity.element());
  validity.end();
  const subject = readName(body);
  const publicKey = readPublicKeyInfo(body);
  if (body.next === 0x81 || body.next === 0x82)
    throw new DlmsError('security/unsupported', { what: 'unique identifiers in a certificate' });
  const wrapper = body.optional(0xa3);
  let extensions: readonly Extension[] = [];
  if (wrapper !== undefined) {
    const inner = body.open(wrapper);
    extensions = readExtensions(inner);
    inner.end();
  }
  body.end();
  const known = knownExtensions(extensions);
  const systemTitle = systemTitleOf(subject);
  return {
    raw: signed.raw,
    tbs: signed.tbs,
    serialNumber,
    issuer,
    notBefore,
    notAfter,
    subject,
    ...(systemTitle === undefined ? {} : { systemTitle }),
    publicKey,
    type: typeOf(known),
    ...known,
    extensions,
    signatureAlgorithm: signed.algorithm,
    signature: signed.signature,
  };
}
function readVersion(r: DerReader): number {
  const version = readSmallInteger(r.expect(derTag.integer, 'version'), 255);
  r.end();
  return version;
}

function typeOf(known: KnownExtensions): CertificateUse {
  const usage = known.keyUsage ?? [];
  const only = (...wanted: readonly string[]): boolean =>
    usage.length === wanted.length && wanted.every((w) => (usage as readonly string[]).includes(w));
  if (known.basicConstraints?.ca === true) return 'other';
  const forTls =
    known.extendedKeyUsage?.some((purpose) => purpose === oid.serverAuth || purpose === oid.clientAuth) === true;
  if (forTls || only('digitalSignature', 'keyAgreement')) return 'tls';
  return only('digitalSignature') ? 'digital-signature' : only('keyAgreement') ? 'key-agreement' : 'other';
}

/** Fields of {@link buildCertificate}. */
export interface CertificateFields {
  /** From 1, at most 20 octets, unique to the issuer. */
  readonly serialNumber: bigint;
  /** Subject of the signer's certificate. */
  readonly issuer: Name;
  readonly subject: Name;
  /** Start of validity; only whole seconds count. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: PublicKey;
  /** Sets the key usage (and for TLS the purposes serverAuth and clientAuth), or makes a certification authority. */
  readonly type: CertificateUse | 'certification-authority';
  /** For a certification authority: how many other authorities may follow below it. */
  readonly pathLength?: number;
  /**
   * Public key of the signer, from which the authority key identifier is made. Default: `publicKey`, for a self-signed
   * certificate.
   */
  readonly issuerPublicKey?: PublicKey;
  /** Further extensions, appended unchanged. */
  readonly extensions?: readonly Extension[];
}

/**
 * Builds and signs a certificate. The result is a promise if the signer's is.
 * @throws DlmsError `encode/invalid-value`, `security/invalid-key`
 */
export function buildCertificate(fields: CertificateFields, signer: Signer): MaybePromise<Certificate> {
  const publicKey = checked(fields.publicKey);
  const issuerKey = fields.issuerPublicKey === undefined ? publicKey : checked(fields.issuerPublicKey);
  if (issuerKey.curve !== signer.curve)
    throw new DlmsError('encode/invalid-value', { expected: `a signer on ${issuerKey.curve}`, actual: signer.curve });
  if (fields.serialNumber <= 0n || fields.serialNumber >= 1n << 159n)
    throw new DlmsError('encode/invalid-value', {
      expected: 'a serial number from 1, at most 20 octets',
      actual: 'another number',
    });
  if (!(fields.notBefore.getTime() <= fields.notAfter.getTime()))
    throw new DlmsError('encode/invalid-value', {
      expected: 'notBefore not after notAfter',
      actual: 'the reverse, or no date',
    });
  const algorithm = derSignatureAlgorithm(signatureAlgorithm(signer.curve));
  const tbs = derSequence(
    derContext(0, true, derInteger(2)),
    derInteger(fields.serialNumber),
    algorithm,
    fields.issuer.raw,
    derSequence(derTime(fields.notBefore), derTime(fields.notAfter)),
    fields.subject.raw,
    derPublicKeyInfo(publicKey),
    derContext(
      3,
      true,
      derExtensions(
        {
          ...profile(fields),
          subjectKeyIdentifier: keyIdentifier(publicKey),
          authorityKeyIdentifier: keyIdentifier(issuerKey),
        },
        fields.extensions,
      ),
    ),
  );
  return andThen(signed(tbs, signer), parseCertificate);
}

const checked = (key: PublicKey): PublicKey => ecPublicKey(key.octets, key.curve);

function profile(fields: CertificateFields): KnownExtensions {
  if (fields.type !== 'certification-authority') return usageOf(fields.type);
  const { pathLength } = fields;
  return {
    basicConstraints: { ca: true, ...(pathLength === undefined ? {} : { pathLength }) },
    keyUsage: ['keyCertSign', 'cRLSign'],
  };
}

/** The key usage, and for TLS the purposes, of a certificate of this type. */
export function usageOf(type: CertificateUse): KnownExtensions {
  switch (type) {
    case 'digital-signature':
      return { keyUsage: ['digitalSignature'] };
    case 'key-agreement':
      return { keyUsage: ['keyAgreement'] };
    case 'tls':
      return { keyUsage: ['digitalSignature', 'keyAgreement'], extendedKeyUsage: [oid.serverAuth, oid.clientAuth] };
    case 'other':
      return {};
  }
}

/**
 * Whether the signature over the signed part verifies with this key. False, too, for a malformed signature or an
 * algorithm that is not the key's.
 */
export function verifySigned(
  document: {
    readonly tbs: Uint8Array;
    readonly signature: Uint8Array;
    readonly signatureAlgorithm: SignatureAlgorithm;
  },
  key: PublicKey,
  verifier: SignatureVerifier,
): MaybePromise<boolean> {
  if (document.signatureAlgorithm !== signatureAlgorithm(key.curve)) return false;
  let raw: Uint8Array;
  try {
    raw = signatureFromDer(document.signature, key.curve);
  } catch {
    return false;
  }
  return verifier.verify(key, document.tbs, raw);
}

/**
 * Reads the common form of certificates, requests and revocation lists: a SEQUENCE of signed part, algorithm and
 * signature. The result refers to a copy of the input.
 */
export function readSigned(
  bytes: Uint8Array,
  what: string,
  maxOctets: number,
): {
  raw: Uint8Array;
  tbs: Uint8Array;
  body: DerReader;
  algorithm: SignatureAlgorithm;
  algorithmRaw: Uint8Array;
  signature: Uint8Array;
} {
  if (bytes.length > maxOctets)
    throw new DlmsError('decode/too-large', { offset: 0, limit: maxOctets, actual: bytes.length });
  const raw = bytes.slice();
  const file = new DerReader(raw, { maxOctets });
  const outer = file.sequence(what);
  file.end();
  const tbs = outer.expect(derTag.sequence, `the signed part of a ${what}`);
  const start = outer.offset;
  const algorithm = readSignatureAlgorithm(outer);
  const algorithmRaw = raw.subarray(start, outer.offset);
  const signature = readBitStringOctets(outer.expect(derTag.bitString, 'signature'));
  outer.end();
  return { raw, tbs: tbs.raw, body: outer.open(tbs), algorithm, algorithmRaw, signature };
}

/** The algorithm occurs twice, inside and outside the signed part; the octets must be the same. */
export function requireSameAlgorithm(body: DerReader, outer: Uint8Array): void {
  const inner = body.expect(derTag.sequence, 'signature algorithm');
  if (!equalBytes(inner.raw, outer))
    throw new DlmsError('decode/invalid-value', {
      offset: inner.offset,
      expected: 'the algorithm of the signature',
      actual: 'another algorithm',
    });
}

/** Signs a part and joins it with the algorithm and the signature. */
export function signed(tbs: Uint8Array, signer: Signer): MaybePromise<Uint8Array> {
  return andThen(signer.sign(tbs), (raw) => {
    if (raw.length !== (signer.curve === 'P-256' ? 64 : 96))
      throw new DlmsError('encode/invalid-value', {
        expected: `r then s of ${signer.curve}`,
        actual: `${raw.length} octets`,
      });
    return derSequence(tbs, derSignatureAlgorithm(signatureAlgorithm(signer.curve)), derBitString(signatureToDer(raw)));
  });
}
