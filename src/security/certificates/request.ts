import { DlmsError } from '../../core/errors.js';
import { andThen, type MaybePromise } from '../../core/promise.js';
import type { PublicKey } from '../providers/provider.js';
import {
  type CertificateUse,
  readSigned,
  type SignatureVerifier,
  type Signer,
  signed,
  usageOf,
  verifySigned,
} from './certificate.js';
import { type DerReader, derContext, derSequence, derSetOf, derTag } from './der.js';
import { derInteger, derObjectIdentifier, readObjectIdentifier, readSmallInteger } from './der-values.js';
import { derPublicKeyInfo, ecPublicKey, readPublicKeyInfo, type SignatureAlgorithm } from './ec.js';
import { derExtensions, type Extension, type KnownExtensions, knownExtensions, readExtensions } from './extensions.js';
import { type Name, readName, systemTitleOf } from './name.js';
import { oid } from './object-identifiers.js';

/**
 * A certificate request (PKCS#10, RFC 2986), as returned by generate_certificate_request of the Security setup object.
 */
export interface CertificateRequest extends KnownExtensions {
  readonly raw: Uint8Array;
  /** The part that is signed (CertificationRequestInfo). */
  readonly tbs: Uint8Array;
  readonly subject: Name;
  readonly systemTitle?: Uint8Array;
  readonly publicKey: PublicKey;
  /** Requested extensions (attribute extensionRequest); other attributes are not kept. */
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** ECDSA-Sig-Value in DER, made with the private key of `publicKey`. */
  readonly signature: Uint8Array;
}

/**
 * Reads a request. {@link verifyCertificateRequest} tells whether the sender has the private key.
 * @throws DlmsError `decode/…`, `security/unsupported`, `security/invalid-key`
 */
export function parseCertificateRequest(bytes: Uint8Array): CertificateRequest {
  const { raw, tbs, body, algorithm, signature } = readSigned(bytes, 'CertificationRequest', 16384);
  const version = readSmallInteger(body.expect(derTag.integer, 'version'), 255);
  if (version !== 0) throw new DlmsError('security/unsupported', { what: `PKCS#10 version ${version + 1}` });
  const subject = readName(body);
  const publicKey = readPublicKeyInfo(body);
  // The attributes are mandatory, but some implementations leave out an empty set.
  const attributes = body.optional(0xa0);
  const extensions = attributes === undefined ? [] : requestedExtensions(body.open(attributes));
  body.end();
  const systemTitle = systemTitleOf(subject);
  return {
    raw,
    tbs,
    subject,
    ...(systemTitle === undefined ? {} : { systemTitle }),
    publicKey,
    ...knownExtensions(extensions),
    extensions,
    signatureAlgorithm: algorithm,
    signature,
  };
}

function requestedExtensions(r: DerReader): readonly Extension[] {
  let extensions: readonly Extension[] | undefined;
  while (!r.done) {
    const attribute = r.sequence('Attribute');
    const type = attribute.expect(derTag.objectIdentifier, 'attribute type');
    const values = attribute.sequence('attribute values', derTag.set);
    attribute.end();
    if (readObjectIdentifier(type) !== oid.extensionRequest) continue;
    if (extensions !== undefined)
      throw new DlmsError('decode/invalid-value', {
        offset: type.offset,
        expected: 'extensionRequest once',
        actual: 'twice',
      });
    extensions = readExtensions(values);
    values.end();
  }
  return extensions ?? [];
}

/** Fields of {@link buildCertificateRequest}. */
export interface CertificateRequestFields {
  /** For a meter: `systemTitleName(systemTitle)`. */
  readonly subject: Name;
  /** Public key of the pair that signs. */
  readonly publicKey: PublicKey;
  /** Requests the key usage for this purpose. Default: no extensions are requested. */
  readonly type?: Exclude<CertificateUse, 'other'>;
}

/**
 * Builds a request, signed with the key that it is about. A key agreement key, too, signs its own request, to prove
 * that the sender has it.
 * @throws DlmsError `encode/invalid-value`, `security/invalid-key`
 */
export function buildCertificateRequest(
  fields: CertificateRequestFields,
  signer: Signer,
): MaybePromise<CertificateRequest> {
  const key = ecPublicKey(fields.publicKey.octets, fields.publicKey.curve);
  if (key.curve !== signer.curve)
    throw new DlmsError('encode/invalid-value', { expected: `a signer on ${key.curve}`, actual: signer.curve });
  const wanted = fields.type === undefined ? undefined : derExtensions(usageOf(fields.type));
  const attributes =
    wanted === undefined ? [] : [derSequence(derObjectIdentifier(oid.extensionRequest), derSetOf(wanted))];
  const tbs = derSequence(derInteger(0), fields.subject.raw, derPublicKeyInfo(key), derContext(0, true, ...attributes));
  return andThen(signed(tbs, signer), parseCertificateRequest);
}

/** Whether the request is signed with the private key of the public key that it carries. */
export function verifyCertificateRequest(
  request: CertificateRequest,
  verifier: SignatureVerifier,
): MaybePromise<boolean> {
  return verifySigned(request, request.publicKey, verifier);
}
