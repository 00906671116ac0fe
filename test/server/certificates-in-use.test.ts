import { describe, expect, it } from 'vitest';
import { SecuritySetup } from '../../src/cosem/classes/security-setup.js';
import {
  buildRevocationList,
  type Certificate,
  parseCertificateRequest,
  signerOf,
} from '../../src/security/certificates/index.js';
import type { SecurityContext } from '../../src/security/context.js';
import type { SecurityKeys } from '../../src/security/keys.js';
import { protect } from '../../src/security/protect.js';
import type { CryptoProvider, KeyPair } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { simulatedClients } from '../../src/testing/index.js';
import { bench, certify, now, read, setup, works } from './security-bench.js';
import { clientTitle, failureOf, provider, serverTitle } from './support.js';

type Bench = Awaited<ReturnType<typeof bench>>;
const signed = { authenticated: true, encrypted: true, signed: true };
const clientCertificate = {
  certificateIdentificationType: 'certificate-identification-entity',
  certificationIdentificationOptions: {
    type: 'entity',
    value: { certificateEntity: 'client', certificateType: 'digital-signature', systemTitle: clientTitle },
  },
} as const;
/** A client whose requests are signed, and another connection that is not, for what goes on beside it. */
async function signing(b: Bench) {
  b.security.policy = { send: signed, receive: { authenticated: true, encrypted: true } };
  const client = await b.connect();
  await works(client);
  b.security.policy = {
    send: { authenticated: true, encrypted: true },
    receive: { authenticated: true, encrypted: true },
  };
  const beside = await b.connect();
  return {
    beside,
    read: async (): Promise<string> => {
      b.security.policy = { ...b.security.policy, send: signed };
      const result = await failureOf(() => read(client));
      b.security.policy = { ...b.security.policy, send: { authenticated: true, encrypted: true } };
      return result;
    },
  };
}
const refused = 'deciphering-error';

describe('keys taken from certificates leave associations that are open', () => {
  it('when the certificate is removed', async () => {
    const b = await bench(1);
    const { beside, read } = await signing(b);
    await beside.action(SecuritySetup, setup, 'removeCertificate', clientCertificate);
    expect(await read()).toContain(refused);
    // What needs no signature goes on.
    await works(beside);
  });
  it('when it is replaced: the new key counts, in the same association, and the old one does not', async () => {
    const b = await bench(1);
    const { beside, read } = await signing(b);
    const pair = await provider.generateKeyPair('ECDSA P-256');
    const renewed = await certify(b.ca!.pair, pair.publicKey, 'digital-signature', clientTitle, {
      notBefore: new Date(now),
    });
    await beside.action(SecuritySetup, setup, 'importCertificate', renewed.raw);
    expect(await read()).toContain(refused);
    b.security.setKeys({ signing: pair });
    expect(await read()).toBe('no error');
  });
  it('when it is over, to the second', async () => {
    let t = now;
    const b = await bench(1, { now: () => t });
    const { read } = await signing(b);
    t = now + 1_000_999;
    expect(await read()).toBe('no error');
    t = now + 1_001_000;
    expect(await read()).toContain(refused);
    expect(await failureOf(() => b.connect(undefined, simulatedClients.signing))).toContain('association/');
  });
  it('when a revocation list names it, and it is not imported again', async () => {
    const b = await bench(1);
    const { beside, read } = await signing(b);
    const { pair, certificate } = b.ca!;
    const store = b.meter.security.certificates!;
    const own = store.find(clientTitle, 'digital-signature') as Certificate;
    const list = await buildRevocationList(
      {
        issuer: certificate.subject,
        issuerPublicKey: pair.publicKey,
        thisUpdate: new Date(now - 1000),
        nextUpdate: new Date(now + 1000),
        crlNumber: 1n,
        revoked: [{ serialNumber: own.serialNumber, revocationDate: new Date(now), reason: 'keyCompromise' }],
      },
      signerOf(provider, pair.privateKey),
    );
    await store.importRevocationList(list.raw);
    expect(await read()).toContain(refused);
    expect(await failureOf(() => b.connect(undefined, simulatedClients.signing))).toContain('association/');
    await beside.action(SecuritySetup, setup, 'removeCertificate', clientCertificate);
    expect(await failureOf(() => beside.action(SecuritySetup, setup, 'importCertificate', own.raw))).toContain(
      'read-write-denied',
    );
  });
  it('of a client that is just proving itself, too', async () => {
    const b = await bench(1);
    const { security } = b.meter;
    const remove = () => security.certificates!.remove(clientCertificate.certificationIdentificationOptions);
    const context = security.context();
    context.setPeer(clientTitle);
    const asked = security.giveClientKeys(context);
    const removed = remove();
    await Promise.all([asked, removed]);
    security.followed(context);
    expect(context.keys.peerSigning).toBeUndefined();
    const again = await bench(1);
    const late = again.meter.security.context();
    late.setPeer(clientTitle);
    expect(await again.meter.security.giveClientKeys(late)).toBe(true);
    expect(late.keys.peerSigning).toBeDefined();
    await again.meter.security.certificates!.remove(clientCertificate.certificationIdentificationOptions);
    again.meter.security.followed(late);
    expect(late.keys.peerSigning).toBeUndefined();
  });
});

it('of two changes that overlap, the later one counts', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waits = false;
  const slow: CryptoProvider = {
    ...provider,
    verify: async (...args) => {
      if (waits) await gate;
      return provider.verify(...args);
    },
  };
  const b = await bench(1, { provider: slow });
  const context = await opened(b);
  const store = b.meter.security.certificates!;
  const works: (() => Promise<void>)[] = [];
  const later = (work: () => Promise<void>): void => void works.push(work);
  await store.import(b.ca!.certificate.raw, { later });
  waits = true;
  const first = works[0]!();
  waits = false;
  await store.remove(clientCertificate.certificationIdentificationOptions, { later });
  await works[1]!();
  expect(context.keys.peerSigning).toBeUndefined();
  open();
  await first;
  expect(context.keys.peerSigning).toBeUndefined();
});

/** The context of an association that is open. */
async function opened({ meter }: Bench): Promise<SecurityContext> {
  const context = meter.security.context();
  context.setPeer(clientTitle);
  await meter.security.giveClientKeys(context);
  meter.security.followed(context);
  return context;
}
describe('a context with keys from certificates', () => {
  const apdu = Uint8Array.of(0xc0, 1, 0xc1, 0, 1, 0, 0, 0x2a, 0, 0, 0xff, 2, 0);
  it('asks the clock when a key is used, in a fresh one too, and falls back on the key that is configured', async () => {
    const b = await bench(1);
    let t = 0;
    const { security } = b;
    const meter: SecurityContext = (await opened(b)).fresh({ policy: { send: {}, receive: { signed: true } } });
    meter.setPeer(clientTitle);
    security.setPeer(serverTitle);
    const send = async (): Promise<Uint8Array> =>
      protect(apdu, security, {
        form: { type: 'general-signing', transactionId: Uint8Array.of(++t >> 8, t) },
        protection: { signed: true },
      });
    let clock = 5;
    const until = (end: number) =>
      meter.setPeerKeys({ signing: { publicKey: security.keys.signing!.publicKey, until: end }, now: () => clock });
    until(10);
    expect((await unprotect(await send(), meter)).protection.signed).toBe(true);
    const copied = meter.fresh({ keys: { ...meter.keys } });
    clock = 10;
    for (const context of [meter, copied, meter.fresh()])
      expect(await failureOf(async () => unprotect(await send(), context))).toContain('security/missing-key');
    meter.setKeys({ peerSigning: security.keys.signing!.publicKey });
    expect((await unprotect(await send(), meter)).protection.signed).toBe(true);
    expect(() =>
      meter.setPeerKeys({
        signing: { publicKey: { curve: 'P-384', octets: new Uint8Array(96) }, until: 20 },
        now: () => clock,
      }),
    ).toThrow(/peerSigning/);
  });
});

describe('a generated key pair', () => {
  const renew = async (
    b: Bench,
    type: 'digital-signature' | 'key-agreement' | 'tls',
    change: Parameters<typeof certify>[4] = {},
  ) => {
    const client = await b.connect();
    await client.action(SecuritySetup, setup, 'generateKeyPair', `${type}-key-pair`);
    const request = parseCertificateRequest(
      await client.action(SecuritySetup, setup, 'generateCertificateRequest', `${type}-key-pair`),
    );
    const certificate = await certify(b.ca!.pair, request.publicKey, type, serverTitle, change);
    return {
      client,
      publicKey: request.publicKey,
      error: await failureOf(() => client.action(SecuritySetup, setup, 'importCertificate', certificate.raw)),
    };
  };
  const works_ = async (pair: KeyPair): Promise<string> =>
    failureOf(() => provider.sign(pair.privateKey, Uint8Array.of(1)));
  it('takes the place of the old one everywhere, which is destroyed', async () => {
    const b = await bench(1);
    const open = await opened(b);
    const old = b.meter.security.pair('digital-signature') as KeyPair;
    const { error, publicKey } = await renew(b, 'digital-signature');
    expect(error).toBe('no error');
    expect(open.keys.signing?.publicKey).toEqual(publicKey);
    expect(await works_(old)).toContain('destroyed');
    expect(await works_(open.keys.signing as KeyPair)).toBe('no error');
    const tls = await renew(b, 'tls');
    expect(tls.error).toBe('no error');
    const before = b.meter.security.pair('tls') as KeyPair;
    expect((await renew(b, 'tls', { notBefore: new Date(now) })).error).toBe('no error');
    expect(await works_(before)).toContain('destroyed');
  });
  it('is not used, and its certificate not there, when either cannot be stored', async () => {
    for (const broken of ['persistKeys', 'persistCertificates'] as const) {
      const stored: SecurityKeys[] = [];
      let fails = true;
      const part = (name: string, value?: SecurityKeys): void => {
        if (fails && name === broken) throw new Error('the flash is worn out');
        if (value !== undefined) stored.push(value);
      };
      const b = await bench(1, {
        persist: {
          persistKeys: (keys) => part('persistKeys', keys),
          persistCertificates: () => part('persistCertificates'),
        },
      });
      const old = b.meter.security.pair('digital-signature') as KeyPair;
      const { client, error } = await renew(b, 'digital-signature');
      expect(error).toContain('other-reason');
      expect((await b.meter.security.context()).keys.signing).toBe(old);
      expect(await works_(old)).toBe('no error');
      // What is stored is what is used.
      expect(stored.at(-1)?.signing ?? old).toBe(old);
      expect(b.meter.security.certificates?.list()).toHaveLength(1);
      fails = false;
      const request = parseCertificateRequest(
        await client.action(SecuritySetup, setup, 'generateCertificateRequest', 'digital-signature-key-pair'),
      );
      expect(request.publicKey.octets).not.toEqual(old.publicKey.octets);
      await client.action(
        SecuritySetup,
        setup,
        'importCertificate',
        (await certify(b.ca!.pair, request.publicKey, 'digital-signature', serverTitle)).raw,
      );
      expect(b.meter.security.pair('digital-signature')?.publicKey).toEqual(request.publicKey);
      expect(stored.at(-1)?.signing?.publicKey).toEqual(request.publicKey);
    }
  });
  it('of which a second one is made keeps the first from being used, and a certificate for the pair in use is taken meanwhile', async () => {
    const b = await bench(1);
    const inUse = b.meter.security.pair('digital-signature') as KeyPair;
    const client = await b.connect();
    await client.action(SecuritySetup, setup, 'generateKeyPair', 'digital-signature-key-pair');
    const first = b.meter.security.pair('digital-signature') as KeyPair;
    await client.action(SecuritySetup, setup, 'generateKeyPair', 'digital-signature-key-pair');
    expect(await works_(first)).toContain('destroyed');
    const of = (pair: KeyPair) => certify(b.ca!.pair, pair.publicKey, 'digital-signature', serverTitle);
    const importing = async (pair: KeyPair) => {
      const { raw } = await of(pair);
      return failureOf(() => client.action(SecuritySetup, setup, 'importCertificate', raw));
    };
    expect(await importing(first)).toContain('read-write-denied');
    expect(await importing(inUse)).toBe('no error');
    expect((await b.meter.security.context()).keys.signing).toBe(inUse);
  });
});
