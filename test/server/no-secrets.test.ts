import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client, type ClientOptions, changeKeys } from '../../src/client/index.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { buildCertificate, name, signerOf, systemTitleName } from '../../src/security/certificates/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys, type SecurityKeys } from '../../src/security/keys.js';
import type { CryptoProvider, SymmetricAlgorithm } from '../../src/security/providers/provider.js';
import { VolatileStore } from '../../src/store/store.js';
import {
  type SimulatedMeter,
  type SimulatedMeterOptions,
  simulatedClients,
  simulatedMeter,
  testKeysOf,
} from '../../src/testing/index.js';
import { clientTitle, DirectChannel, octets, provider, serverTitle } from './support.js';

/** Everything that anything printed, told or threw. */
const told: string[] = [];
const secrets: Uint8Array[] = [];
/** Notes every key that comes in as octets: dedicated keys too. */
const noting: CryptoProvider = {
  ...provider,
  importKey: (algorithm, key, options) => {
    secrets.push(key.slice());
    return provider.importKey(algorithm, key, options);
  },
  importPrivateKey: (algorithm, d) => {
    secrets.push(d.slice());
    return provider.importPrivateKey(algorithm, d);
  },
};
const tell = (...things: readonly unknown[]): void => {
  for (const thing of things) {
    told.push(
      inspect(thing, {
        depth: Number.POSITIVE_INFINITY,
        maxArrayLength: Number.POSITIVE_INFINITY,
        breakLength: Number.POSITIVE_INFINITY,
      }),
      String(thing),
    );
    try {
      told.push(
        JSON.stringify(thing, (_, v) => (typeof v === 'bigint' ? `${v}n` : v instanceof Uint8Array ? [...v] : v)) ?? '',
      );
    } catch {
      // What refers to itself cannot be written as JSON.
    }
    if (thing instanceof Error) told.push(thing.message, thing.stack ?? '', inspect(thing.cause));
  }
};
beforeEach(() => {
  told.length = 0;
  secrets.length = 0;
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const)
    vi.spyOn(console, method).mockImplementation((...all: unknown[]) => tell(...all));
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Which secret stands in which text: as octets, hexadecimal, base64 or decimal numbers, with anything in between. */
function leaks(): string[] {
  const found: string[] = [];
  for (const text of told) {
    const hex = text.toLowerCase().replace(/[^0-9a-f]/g, '');
    const numbers = `,${(text.match(/\d+/g) ?? []).join(',')},`;
    for (const key of secrets) {
      if (key.length < 8) continue;
      const buffer = Buffer.from(key);
      const forms = [
        hex.includes(buffer.toString('hex')),
        text.includes(buffer.toString('base64')),
        text.includes(buffer.toString('base64url')),
        text.includes(buffer.toString('latin1')),
        numbers.includes(`,${[...key].join(',')},`),
      ];
      if (forms.includes(true)) found.push(`${forms.indexOf(true)} in ${text.slice(0, 200)}`);
    }
  }
  return found;
}

const now = Date.UTC(2026, 10, 21, 12);
async function meterOf(options: Partial<SimulatedMeterOptions> = {}): Promise<SimulatedMeter> {
  return simulatedMeter({
    provider: noting,
    now: () => now,
    profileRows: 3,
    systemTitle: serverTitle,
    onError: (e) => tell(e),
    ...options,
  });
}
async function session(
  meter: SimulatedMeter,
  clientSap: number,
  options: ClientOptions,
  work?: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client(new DirectChannel(meter.connection(), undefined, { clientSap, serverSap: 1 }), {
    onEvent: (e) => tell(e),
    recoverCounter: false,
    ...options,
  });
  try {
    await client.connect();
    tell(client, options.security, meter, meter.security);
    tell(await client.get(DataClass, '0-0:42.0.0*255', 'value'));
    await work?.(client);
    await client.get(DataClass, '0-0:42.9.9*255', 'value');
  } catch (e) {
    tell(e);
  }
  tell(
    client,
    client.association,
    client.association.exchange,
    options.security,
    options.security?.keys,
    meter,
    meter.device,
    meter.security,
  );
  await client.close();
}
async function context(suite: 0 | 1 | 2, changes: SecurityKeys = {}): Promise<SecurityContext> {
  const keys = await importKeys(noting, suite, testKeysOf(suite));
  return new SecurityContext({
    provider: noting,
    suite,
    systemTitle: clientTitle,
    keys: { ...keys, ...changes },
    counters: new InvocationCounters(new VolatileStore()),
  });
}
const gmac = { authentication: { mechanism: 'hls-gmac' } } as const;
const quiet = (): void => {
  expect(told.length).toBeGreaterThan(10);
  expect(secrets.length).toBeGreaterThan(0);
  expect(leaks()).toEqual([]);
};

it('finds a key in every form it looks for', () => {
  const key = octets(16, 200);
  secrets.push(key);
  for (const thing of [
    key,
    Buffer.from(key),
    Buffer.from(key).toString('hex').toUpperCase(),
    Buffer.from(key).toString('base64'),
    { a: [...key] },
    new Error(Buffer.from(key).toString('latin1')),
  ]) {
    told.length = 0;
    tell(thing);
    expect(leaks().length).toBeGreaterThan(0);
  }
});

describe('no key and no password in what is printed, told, thrown or written as JSON', () => {
  it.each(['the right password 1', 'a wrong password 22'])('LLS, %s', async (given) => {
    const password = new TextEncoder().encode('the right password 1');
    secrets.push(password, new TextEncoder().encode(given));
    const meter = await meterOf({ password });
    await session(meter, simulatedClients.reading, {
      authentication: { mechanism: 'lls', password: new TextEncoder().encode(given) },
      ciphering: 'none',
    });
    quiet();
  });
  it.each([0, 1, 2] as const)('HLS 5, suite %i, with a dedicated key', async (suite) => {
    const meter = await meterOf({ suite });
    await session(meter, simulatedClients.management, { ...gmac, security: await context(suite), dedicatedKey: true });
    quiet();
  });
  it.each(['globalUnicast', 'authentication'] as const)('wrong keys: %s', async (wrong) => {
    const meter = await meterOf();
    const algorithm: SymmetricAlgorithm = wrong === 'authentication' ? 'secret' : 'AES-128';
    const security = await context(0, { [wrong]: await noting.importKey(algorithm, octets(16, 77)) });
    await session(meter, simulatedClients.management, { ...gmac, security });
    expect(told.some((t) => t.includes('deciphering-error'))).toBe(true);
    quiet();
  });
  it.each([1, 2] as const)('HLS 7, suite %i', async (suite) => {
    const curve = suite === 1 ? 'P-256' : 'P-384';
    const size = suite === 1 ? 32 : 48;
    const pair = async (salt: number) => noting.importPrivateKey(`ECDSA ${curve}`, octets(size, salt).fill(1, 0, 1));
    const [ca, client, server] = [await pair(1), await pair(2), await pair(3)];
    const fields = {
      notBefore: new Date(now - 1),
      notAfter: new Date(now + 1e6),
      issuerPublicKey: ca.publicKey,
      issuer: name({ type: 'CN', value: 'CA' }),
    };
    const anchor = await buildCertificate(
      { ...fields, serialNumber: 1n, subject: fields.issuer, publicKey: ca.publicKey, type: 'certification-authority' },
      signerOf(noting, ca.privateKey),
    );
    const certificate = await buildCertificate(
      {
        ...fields,
        serialNumber: 2n,
        subject: systemTitleName(clientTitle),
        publicKey: client.publicKey,
        type: 'digital-signature',
      },
      signerOf(noting, ca.privateKey),
    );
    const meter = await meterOf({
      suite,
      keys: { ...testKeysOf(suite), signing: server },
      anchors: [anchor],
      certificates: [certificate.raw],
    });
    await session(meter, simulatedClients.signing, {
      authentication: { mechanism: 'hls-ecdsa' },
      security: await context(suite, { signing: client, peerSigning: server.publicKey }),
    });
    expect(told.some((t) => t.includes('object-undefined'))).toBe(true);
    quiet();
  });
  it('a wrong HLS secret', async () => {
    const security = await context(0);
    const secret = await noting.importKey('secret', octets(20, 9));
    const meter = await meterOf({
      associations: [
        {
          clientSap: 33,
          logicalName: '0-0:40.0.7*255',
          mechanism: 'hls-sha256',
          ciphering: 'none',
          secret: await noting.importKey('secret', octets(20, 8)),
          security: () => security.fresh({ systemTitle: serverTitle, peerSystemTitle: clientTitle }),
        },
      ],
    });
    await session(meter, 33, { authentication: { mechanism: 'hls-sha256', secret }, ciphering: 'none', security });
    quiet();
  });
  it.each(['well', 'with a wrong master key'])('a change of keys, %s', async (how) => {
    const meter = await meterOf();
    const security = await context(
      0,
      how === 'well' ? {} : { master: await noting.importKey('AES-128', octets(16, 55), { use: 'wrapping' }) },
    );
    const fresh = async (algorithm: SymmetricAlgorithm, salt: number) =>
      noting.importKey(algorithm, octets(16, salt), { wrappable: true });
    await session(meter, simulatedClients.management, { ...gmac, security }, async (client) => {
      const changed = await changeKeys(
        client,
        {
          'global-unicast-encryption-key': await fresh('AES-128', 101),
          'authentication-key': await fresh('secret', 102),
        },
        {
          version: 0,
          pending: new VolatileStore(),
          keep: () => {},
          connect: async (s) => {
            const other = new Client(new DirectChannel(meter.connection()), {
              ...gmac,
              security: s,
              onEvent: (e) => tell(e),
            });
            await other.connect();
            return other;
          },
        },
      );
      expect(changed.result).toBe(how === 'well' ? 'new' : 'old');
      tell(changed);
    });
    quiet();
  });
});
