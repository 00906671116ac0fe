import { DlmsError } from '../core/errors.js';
import type { Curve, DigestAlgorithm } from './providers/provider.js';

/** A security suite of the Green Book (9.2.3.7): algorithms and sizes that belong together. */
export interface SecuritySuite {
  readonly id: 0 | 1 | 2;
  readonly name: string;
  /** Cipher of the encryption keys, key encrypting keys and derived keys. */
  readonly aes: 'AES-128' | 'AES-256';
  /** Length of every symmetric key in octets, including the authentication key. */
  readonly keyLength: 16 | 32;
  /** Undefined in suite 0. */
  readonly curve: Curve | undefined;
  readonly hash: (DigestAlgorithm & `SHA-${'256' | '384'}`) | undefined;
  /** AlgorithmID for the key derivation: the contents octets of the object identifier. */
  readonly algorithmId: Uint8Array;
}
/** Octets of the authentication tag, in every suite. */
export const tagLength = 12;
/** Octets of the security header: control octet and invocation counter. */
export const securityHeaderLength = 5;

const algorithmId = (last: number): Uint8Array => Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x03, last);

/** Suite 0: AES-GCM-128, AES-128 key wrap. */
export const suite0: SecuritySuite = /* @__PURE__ */ Object.freeze({
  id: 0,
  name: 'AES-GCM-128',
  aes: 'AES-128',
  keyLength: 16,
  curve: undefined,
  hash: undefined,
  algorithmId: /* @__PURE__ */ algorithmId(0),
});
/** Suite 1: like suite 0, with ECDSA and ECDH on P-256, and SHA-256. */
export const suite1: SecuritySuite = /* @__PURE__ */ Object.freeze({
  id: 1,
  name: 'ECDH-ECDSA-AES-GCM-128-SHA-256',
  aes: 'AES-128',
  keyLength: 16,
  curve: 'P-256',
  hash: 'SHA-256',
  algorithmId: /* @__PURE__ */ algorithmId(0),
});
/** Suite 2: AES-GCM-256, AES-256 key wrap, ECDSA and ECDH on P-384, and SHA-384. */
export const suite2: SecuritySuite = /* @__PURE__ */ Object.freeze({
  id: 2,
  name: 'ECDH-ECDSA-AES-GCM-256-SHA-384',
  aes: 'AES-256',
  keyLength: 32,
  curve: 'P-384',
  hash: 'SHA-384',
  algorithmId: /* @__PURE__ */ algorithmId(1),
});

/**
 * The suite with this id, 0 to 2.
 * @throws DlmsError `security/unsupported` for the reserved suites 3 to 15
 */
export function securitySuite(id: number): SecuritySuite {
  switch (id) {
    case 0:
      return suite0;
    case 1:
      return suite1;
    case 2:
      return suite2;
    default:
      throw new DlmsError('security/unsupported', { what: `security suite ${id}` });
  }
}
