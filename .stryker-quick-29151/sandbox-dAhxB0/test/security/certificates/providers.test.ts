import { describe, expect, it } from 'vitest';
import { isDlmsError } from '../../../src/core/errors.js';
import {
  buildCertificate,
  buildCertificateRequest,
  buildRevocationList,
  name,
  signerOf,
  systemTitleName,
  validateCertificate,
  verifyCertificateRequest,
} from '../../../src/security/certificates/index.js';
import { providersWithToken } from '../token.js';
import { from, now, title, until } from './pki.js';

const providers = await providersWithToken();

/** Each provider issues; every provider accepts. */
describe.each(providers)('certificates issued with $name', (provider) => {
  it.each(['P-256', 'P-384'] as const)('on %s hold for every provider', async (curve) => {
    const authority = await provider.generateKeyPair(`ECDSA ${curve}`);
    const meter = await provider.generateKeyPair(`ECDSA ${curve}`);
    const signer = signerOf(provider, authority.privateKey);
    const subject = name({ type: 'CN', value: 'Root' });
    const dates = { notBefore: from, notAfter: until };
    const root = await buildCertificate(
      {
        serialNumber: 1n,
        issuer: subject,
        subject,
        publicKey: authority.publicKey,
        type: 'certification-authority',
        ...dates,
      },
      signer,
    );
    const request = await buildCertificateRequest(
      { subject: systemTitleName(title), publicKey: meter.publicKey },
      signerOf(provider, meter.privateKey),
    );
    const leaf = await buildCertificate(
      {
        serialNumber: 2n,
        issuer: subject,
        subject: request.subject,
        publicKey: request.publicKey,
        issuerPublicKey: root.publicKey,
        type: 'digital-signature',
        ...dates,
      },
      signer,
    );
    const list = await buildRevocationList(
      {
        issuer: subject,
        issuerPublicKey: root.publicKey,
        thisUpdate: from,
        nextUpdate: until,
        crlNumber: 1n,
        revoked: [{ serialNumber: 3n, revocationDate: from }],
      },
      signer,
    );
    for (const verifier of providers) {
      expect([verifier.name, await verifyCertificateRequest(request, verifier)]).toEqual([verifier.name, true]);
      const policy = {
        anchors: [root],
        now,
        purpose: 'digital-signature',
        systemTitle: title,
        revocation: { policy: 'required', lists: [list] },
        verifier,
      } as const;
      expect(await validateCertificate(leaf, policy)).toEqual([leaf, root]);
      const stranger = { ...leaf, signature: root.signature };
      await expect((async () => validateCertificate(stranger, policy))()).rejects.toMatchObject({
        context: { reason: 'wrong-signature' },
      });
    }
  });
  it('takes no other keys than private ones', async () => {
    const aes = await provider.generateKey('AES-128');
    const agreement = await provider.generateKeyPair('ECDH P-256');
    for (const [key, code] of [
      [aes, 'security/invalid-key'],
      [agreement.privateKey, 'security/unsupported'],
    ] as const) {
      if (key === agreement.privateKey && 'proveKey' in provider) continue;
      try {
        signerOf(provider, key);
        expect.unreachable();
      } catch (e) {
        expect(isDlmsError(e) && e.code).toBe(code);
      }
    }
  });
});
