import { describe, expect, it } from 'vitest';
import { SecuritySetup } from '../../src/cosem/classes/security-setup.js';
import { type SimulatedMeterOptions, simulatedClients, testKeysOf } from '../../src/testing/index.js';
import { bench, certify, now, setup, works } from './security-bench.js';
import { clientTitle, failureOf, octets, provider } from './support.js';

const ciphered = { authenticated: true, encrypted: true };
const signed = { ...ciphered, signed: true };
const signedRequests = [
  'authenticated-request',
  'encrypted-request',
  'digitally-signed-request',
  'authenticated-response',
  'encrypted-response',
] as const;
const signedResponses = [
  'authenticated-request',
  'encrypted-request',
  'authenticated-response',
  'encrypted-response',
  'digitally-signed-response',
] as const;
const denied = 'read-write-denied';

/** A client that can sign, and what activating a policy gives it. */
async function activating(
  more: Partial<SimulatedMeterOptions>,
  send: typeof ciphered,
  policy: typeof signedRequests | typeof signedResponses,
) {
  const b = await bench(1, more);
  b.security.policy = { send, receive: ciphered };
  const client = await b.connect();
  const result = await failureOf(() => client.action(SecuritySetup, setup, 'securityActivate', [...policy]));
  return { ...b, client, result };
}

describe('a stronger policy', () => {
  it('asked for by a client that can sign does not lock out those that cannot', async () => {
    const { result, meter, security, connect } = await activating({}, signed, signedRequests);
    expect(result).toContain(denied);
    expect(meter.security.request).toEqual(ciphered);
    // A client without a certificate works as before.
    const other = security.fresh({
      keys: { ...security.keys, signing: undefined },
      policy: { send: ciphered, receive: ciphered },
    });
    await works(await connect(other));
  });
  it('asked for by a client that cannot sign locks out nobody, not even itself', async () => {
    for (const signing of [{ clients: [clientTitle] }, { clients: [] }]) {
      const { result, client } = await activating({ signing }, ciphered, signedRequests);
      expect(result).toContain(denied);
      await works(client);
    }
  });
  it('is there for the asking when every client that must come back has a certificate that is believed', async () => {
    const { result, meter } = await activating({ signing: { clients: [clientTitle] } }, signed, signedRequests);
    expect([result, meter.security.request]).toEqual(['no error', signed]);
    expect(
      (await activating({ signing: { clients: [clientTitle, octets(8)] } }, signed, signedRequests)).result,
    ).toContain(denied);
    // Until the other one has its certificate, from whom the meter believes.
    const b = await activating({ signing: { clients: [clientTitle, octets(8)] } }, signed, signedRequests);
    const { publicKey } = await provider.generateKeyPair('ECDSA P-256');
    await b.client.action(
      SecuritySetup,
      setup,
      'importCertificate',
      (await certify(b.ca!.pair, publicKey, 'digital-signature', octets(8))).raw,
    );
    expect(await failureOf(() => b.client.action(SecuritySetup, setup, 'securityActivate', [...signedRequests]))).toBe(
      'no error',
    );
    // A certificate that is over counts for nothing.
    let t = now;
    const late = await bench(1, { signing: { clients: [clientTitle] }, now: () => t });
    late.security.policy = { send: ciphered, receive: ciphered };
    const client = await late.connect();
    t = now + 2_000_000;
    expect(
      await failureOf(() => client.action(SecuritySetup, setup, 'securityActivate', [...signedResponses])),
    ).toContain(denied);
  });
  it('is there for a role that may lock out others, but for no other role', async () => {
    for (const [role, expected] of [
      ['security-officer', 'no error'],
      ['reader', denied],
    ] as const) {
      const b = await bench(1, { signing: { signingRoles: ['security-officer'] } });
      for (const association of b.meter.device.associations)
        if (association.clientSap === simulatedClients.management) Object.assign(association, { role });
      b.security.policy = { send: signed, receive: ciphered };
      const client = await b.connect();
      expect(
        await failureOf(() => client.action(SecuritySetup, setup, 'securityActivate', [...signedRequests])),
      ).toContain(expected);
    }
  });
  it('that this meter cannot meet itself is refused: without a key of its own it signs nothing', async () => {
    const { result } = await activating({ signing: { clients: [clientTitle] } }, ciphered, signedResponses);
    expect(result).toBe('no error');
    const b = await bench(1, { signing: { clients: [clientTitle] }, keys: testKeysOf(1) });
    b.security.policy = { send: ciphered, receive: ciphered };
    expect(
      await failureOf(async () =>
        (await b.connect()).action(SecuritySetup, setup, 'securityActivate', [...signedResponses]),
      ),
    ).toContain(denied);
    expect(b.meter.security.response).toEqual(ciphered);
  });
  it('in force keeps the certificates that it needs: they are replaced, not removed', async () => {
    const { client, result, connect, ca } = await activating(
      { signing: { clients: [clientTitle] } },
      signed,
      signedRequests,
    );
    expect(result).toBe('no error');
    const remove = (
      entity: 'client' | 'certification-authority',
      type: 'digital-signature' | 'other',
      systemTitle: Uint8Array,
    ) =>
      failureOf(() =>
        client.action(SecuritySetup, setup, 'removeCertificate', {
          certificateIdentificationType: 'certificate-identification-entity',
          certificationIdentificationOptions: {
            type: 'entity',
            value: { certificateEntity: entity, certificateType: type, systemTitle },
          },
        }),
      );
    expect(await remove('client', 'digital-signature', clientTitle)).toContain(denied);
    await client.action(SecuritySetup, setup, 'importCertificate', ca!.certificate.raw);
    expect(await remove('certification-authority', 'other', new Uint8Array(0))).toContain(denied);
    await works(await connect());
    // What it does not need goes.
    const { publicKey } = await provider.generateKeyPair('ECDH P-256');
    await client.action(
      SecuritySetup,
      setup,
      'importCertificate',
      (await certify(ca!.pair, publicKey, 'key-agreement', clientTitle)).raw,
    );
    expect(
      await failureOf(() =>
        client.action(SecuritySetup, setup, 'removeCertificate', {
          certificateIdentificationType: 'certificate-identification-entity',
          certificationIdentificationOptions: {
            type: 'entity',
            value: { certificateEntity: 'client', certificateType: 'key-agreement', systemTitle: clientTitle },
          },
        }),
      ),
    ).toBe('no error');
  });
});
