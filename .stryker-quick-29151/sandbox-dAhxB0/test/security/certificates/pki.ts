import { parseHex } from '../../../src/core/hex.js';
import type { MaybePromise } from '../../../src/core/promise.js';
import {
  buildCertificate,
  buildRevocationList,
  type Certificate,
  type CertificateFields,
  name,
  type RevocationList,
  type RevocationListFields,
  systemTitleName,
} from '../../../src/security/certificates/index.js';
import type { Curve } from '../../../src/security/providers/provider.js';
import { newKey, type TestKey } from './keys.js';

export const title: Uint8Array = parseHex('4142430000000001');
export const otherTitle: Uint8Array = parseHex('4142430000000002');
export const from: Date = new Date('2025-01-01T00:00:00Z');
export const until: Date = new Date('2035-01-01T00:00:00Z');
export const now: Date = new Date('2030-06-01T12:00:00Z');

/** The signers of the tests answer at once, so what is built with them is there at once. */
export function here<T>(value: MaybePromise<T>): T {
  if (value instanceof Promise) throw new Error('a promise where a value was expected');
  return value;
}

export interface Issued {
  readonly key: TestKey;
  readonly certificate: Certificate;
}
let serial = 1000n;
export function issue(
  issuer: Issued | undefined,
  curve: Curve,
  change: Partial<CertificateFields> = {},
  key: TestKey = newKey(curve),
): Issued {
  const subject = change.subject ?? systemTitleName(title);
  const fields: CertificateFields = {
    serialNumber: serial++,
    issuer: issuer?.certificate.subject ?? subject,
    subject,
    notBefore: from,
    notAfter: until,
    publicKey: key.publicKey,
    type: 'digital-signature',
    ...(issuer === undefined ? {} : { issuerPublicKey: issuer.key.publicKey }),
    ...change,
  };
  return { key, certificate: here(buildCertificate(fields, issuer?.key ?? key)) };
}
export function authority(
  issuer: Issued | undefined,
  curve: Curve,
  common: string,
  change: Partial<CertificateFields> = {},
  key?: TestKey,
): Issued {
  return issue(
    issuer,
    curve,
    {
      subject: name({ type: 'CN', value: common }, { type: 'O', value: 'Utility' }),
      type: 'certification-authority',
      ...change,
    },
    key,
  );
}
export function revocations(issuer: Issued, change: Partial<RevocationListFields> = {}): RevocationList {
  return here(
    buildRevocationList(
      {
        issuer: issuer.certificate.subject,
        issuerPublicKey: issuer.key.publicKey,
        thisUpdate: new Date(now.getTime() - 1000),
        nextUpdate: new Date(now.getTime() + 86_400_000),
        crlNumber: 7n,
        revoked: [],
        ...change,
      },
      issuer.key,
    ),
  );
}
