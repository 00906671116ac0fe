import { expect } from 'vitest';
import { type ChangeKeysOptions, Client, type ClientOptions } from '../../src/client/index.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import {
  buildCertificate,
  type Certificate,
  type CertificateFields,
  name,
  signerOf,
  systemTitleName,
} from '../../src/security/certificates/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys, type SecurityKeys } from '../../src/security/keys.js';
import type { KeyPair, PublicKey } from '../../src/security/providers/provider.js';
import { VolatileStore } from '../../src/store/store.js';
import {
  type SimulatedMeter,
  type SimulatedMeterOptions,
  simulatedClients,
  simulatedMeter,
  testKeysOf,
} from '../../src/testing/index.js';
import type { Route } from '../../src/transport/index.js';
import { clientTitle, DirectChannel, provider, serverTitle } from './support.js';

export const now = Date.UTC(2026, 10, 21, 12);
export const setup = '0-0:43.0.0*255';
export const device = '0-0:42.0.0*255';
export const curves = { 1: 'P-256', 2: 'P-384' } as const;

export interface Bench {
  readonly meter: SimulatedMeter;
  readonly security: SecurityContext;
  readonly ca: { pair: KeyPair; certificate: Certificate } | undefined;
  connect(
    security?: SecurityContext,
    clientSap?: number,
    through?: ConstructorParameters<typeof DirectChannel>[1],
  ): Promise<Client>;
  options: ChangeKeysOptions;
}
/** A meter and a client that know each other: in suites 1 and 2 by certificates of one authority. */
export async function bench(suite: 0 | 1 | 2, more: Partial<SimulatedMeterOptions> = {}): Promise<Bench> {
  const material = testKeysOf(suite);
  let keys: SecurityKeys = await importKeys(provider, suite, material);
  let ofMeter: Partial<SimulatedMeterOptions> = {};
  let ca: Bench['ca'];
  if (suite !== 0) {
    const curve = curves[suite];
    const pair = await provider.generateKeyPair(`ECDSA ${curve}`);
    ca = { pair, certificate: await certify(pair, pair.publicKey, 'certification-authority', undefined) };
    const [client, server] = [
      await provider.generateKeyPair(`ECDSA ${curve}`),
      await provider.generateKeyPair(`ECDSA ${curve}`),
    ];
    const certificate = await certify(pair, client.publicKey, 'digital-signature', clientTitle);
    keys = { ...keys, signing: client, peerSigning: server.publicKey };
    ofMeter = { keys: { ...material, signing: server }, anchors: [ca.certificate], certificates: [certificate.raw] };
  }
  const meter = await simulatedMeter({
    provider,
    suite,
    now: () => now,
    profileRows: 4,
    systemTitle: serverTitle,
    ...ofMeter,
    ...more,
  });
  const security = new SecurityContext({
    provider,
    suite,
    systemTitle: clientTitle,
    keys,
    counters: new InvocationCounters(new VolatileStore()),
  });
  const connect: Bench['connect'] = async (context = security, clientSap = simulatedClients.management, through) => {
    const route: Route = { clientSap, serverSap: 1 };
    const authentication: ClientOptions['authentication'] = {
      mechanism: clientSap === simulatedClients.signing ? 'hls-ecdsa' : 'hls-gmac',
    };
    const client = new Client(new DirectChannel(meter.connection(), through, route), {
      authentication,
      security: context,
      recoverCounter: false,
    });
    await client.connect();
    return client;
  };
  return {
    meter,
    security,
    ca,
    connect,
    options: { connect, version: suite === 0 ? 0 : 1, pending: new VolatileStore(), keep: () => {} },
  };
}
let serial = 1n;
export async function certify(
  ca: KeyPair,
  publicKey: PublicKey,
  type: CertificateFields['type'],
  systemTitle: Uint8Array | undefined,
  change: Partial<CertificateFields> = {},
): Promise<Certificate> {
  return buildCertificate(
    {
      serialNumber: serial++,
      issuer: name({ type: 'CN', value: 'Test CA' }),
      subject: systemTitle === undefined ? name({ type: 'CN', value: 'Test CA' }) : systemTitleName(systemTitle),
      notBefore: new Date(now - 1000),
      notAfter: new Date(now + 1_000_000),
      publicKey,
      type,
      issuerPublicKey: ca.publicKey,
      ...change,
    },
    signerOf(provider, ca.privateKey),
  );
}
export const read = (client: Client): Promise<unknown> => client.get(DataClass, device, 'value');
export const works = async (client: Client): Promise<void> =>
  expect(await read(client)).toMatchObject({ type: 'octet-string' });
