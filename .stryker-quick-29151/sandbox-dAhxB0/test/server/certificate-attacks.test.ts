import { describe, expect, it } from 'vitest';
import { SecuritySetup } from '../../src/cosem/classes/security-setup.js';
import { derSequence } from '../../src/security/certificates/der.js';
import { derObjectIdentifier } from '../../src/security/certificates/der-values.js';
import { type Certificate, parseCertificateRequest, systemTitleName } from '../../src/security/certificates/index.js';
import { simulatedClients } from '../../src/testing/index.js';
import { bench, certify, now, setup, works } from './security-bench.js';
import { clientTitle, failureOf, octets, provider, serverTitle } from './support.js';

const stranger = () => provider.generateKeyPair('ECDSA P-256');
const denied = 'read-write-denied';
type Bench = Awaited<ReturnType<typeof bench>>;
const importing = async ({ connect }: Bench, certificate: Certificate): Promise<string> => {
  const client = await connect();
  try {
    return await failureOf(() => client.action(SecuritySetup, setup, 'importCertificate', certificate.raw));
  } finally {
    await client.close();
  }
};
const stored = ({ meter }: Bench): readonly string[] =>
  (meter.security.certificates?.list() ?? []).map((c) => `${c.certificateEntity} ${c.certificateType}`);
const own = ['client digital-signature'];

describe('certificates on the meter', () => {
  it('a self-made certificate in the name of the administrator replaces nothing and locks nobody out', async () => {
    const b = await bench(1);
    const pair = await stranger();
    const selfMade = await certify(pair, pair.publicKey, 'digital-signature', clientTitle, {
      issuer: systemTitleName(clientTitle),
    });
    expect(await importing(b, selfMade)).toContain(denied);
    // Under the name of the authority, and with an authority of the same name sent along.
    expect(await importing(b, await certify(pair, pair.publicKey, 'certification-authority', undefined))).toContain(
      denied,
    );
    expect(await importing(b, await certify(pair, pair.publicKey, 'digital-signature', clientTitle))).toContain(denied);
    expect(stored(b)).toEqual(own);
    await works(await b.connect(undefined, simulatedClients.signing));
  });
  it('a self-made certificate does not put a generated key pair into use', async () => {
    const b = await bench(1);
    const client = await b.connect();
    await client.action(SecuritySetup, setup, 'generateKeyPair', 'digital-signature-key-pair');
    const request = parseCertificateRequest(
      await client.action(SecuritySetup, setup, 'generateCertificateRequest', 'digital-signature-key-pair'),
    );
    const pair = await stranger();
    for (const certificate of [
      await certify(pair, request.publicKey, 'digital-signature', serverTitle, {
        issuer: systemTitleName(serverTitle),
      }),
      await certify(pair, request.publicKey, 'digital-signature', serverTitle),
      // The authority vouches for the key, but for another device, or for another key of this one.
      await certify(b.ca!.pair, pair.publicKey, 'digital-signature', serverTitle),
      await certify(b.ca!.pair, request.publicKey, 'key-agreement', serverTitle),
    ])
      expect(
        await failureOf(() => client.action(SecuritySetup, setup, 'importCertificate', certificate.raw)),
      ).toContain(denied);
    await client.action(
      SecuritySetup,
      setup,
      'importCertificate',
      (await certify(b.ca!.pair, request.publicKey, 'digital-signature', octets(8, 9))).raw,
    );
    await works(await b.connect(undefined, simulatedClients.signing));
    expect(stored(b)).toEqual([...own, 'client digital-signature']);
  });
  it('a certificate for code signing is no certificate for messages', async () => {
    const b = await bench(1);
    const pair = await stranger();
    const extensions = [
      { oid: '2.5.29.37', critical: false, value: derSequence(derObjectIdentifier('1.3.6.1.5.5.7.3.3')) },
    ];
    const certificate = await certify(b.ca!.pair, pair.publicKey, 'digital-signature', clientTitle, { extensions });
    expect(await importing(b, certificate)).toContain(denied);
    expect(stored(b)).toEqual(own);
  });
  it('an expired certificate, one of next year, and one without system title or purpose are not stored', async () => {
    const b = await bench(1);
    const { publicKey } = await stranger();
    const of = (change: Parameters<typeof certify>[4], type: Parameters<typeof certify>[2] = 'digital-signature') =>
      certify(b.ca!.pair, publicKey, type, clientTitle, change);
    for (const certificate of [
      await of({ notBefore: new Date(now - 9000), notAfter: new Date(now - 5000) }),
      await of({ notBefore: new Date(now + 9000), notAfter: new Date(now + 50_000) }),
      await of({ subject: b.ca!.certificate.subject }),
      await of({}, 'other'),
    ])
      expect(await importing(b, certificate)).toContain(denied);
    expect(stored(b)).toEqual(own);
  });
  it('twenty-nine certificates of strangers fill no memory', async () => {
    const b = await bench(1);
    const client = await b.connect();
    for (let i = 0; i < 29; i++) {
      const pair = await stranger();
      const certificate = await certify(pair, pair.publicKey, 'digital-signature', octets(8, i));
      expect(
        await failureOf(() => client.action(SecuritySetup, setup, 'importCertificate', certificate.raw)),
      ).toContain(denied);
    }
    expect(stored(b)).toEqual(own);
  });
  it('without an anchor nothing is believed, and nothing is stored', async () => {
    const b = await bench(1, { anchors: [] });
    const pair = await stranger();
    expect(await importing(b, await certify(b.ca!.pair, pair.publicKey, 'digital-signature', octets(8, 1)))).toContain(
      denied,
    );
    expect(await importing(b, b.ca!.certificate)).toContain(denied);
    expect(stored(b)).toEqual(own);
  });
  it('an older certificate of the same client, whose key may be known by now, does not come back', async () => {
    const b = await bench(1);
    const pair = await stranger();
    const { certificates } = b.meter.security;
    const renewed = await certify(b.ca!.pair, pair.publicKey, 'digital-signature', clientTitle, {
      notBefore: new Date(now),
    });
    const older = await certify(b.ca!.pair, (await stranger()).publicKey, 'digital-signature', clientTitle, {
      notAfter: new Date(now + 9_000_000),
    });
    const client = await b.connect();
    await client.action(SecuritySetup, setup, 'importCertificate', renewed.raw);
    expect(await failureOf(() => client.action(SecuritySetup, setup, 'importCertificate', older.raw))).toContain(
      denied,
    );
    // The same one again changes nothing.
    await client.action(SecuritySetup, setup, 'importCertificate', renewed.raw);
    expect(certificates?.find(clientTitle, 'digital-signature')?.serialNumber).toBe(renewed.serialNumber);
    expect(stored(b)).toEqual(own);
  });
});
