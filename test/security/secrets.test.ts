import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatHex } from '../../src/core/hex.js';
import type { SecurityContext } from '../../src/security/context.js';
import { aesEcbReply, type HlsExchange, hlsReply, hlsVerify } from '../../src/security/hls.js';
import { generateChallenge } from '../../src/security/hls-challenge.js';
import { ephemeralComplete, ephemeralOffer } from '../../src/security/key-agreement.js';
import { KeyRing } from '../../src/security/key-ring.js';
import { prepareKeyChange } from '../../src/security/key-transfer.js';
import { unwrapKeys, wrapKeys } from '../../src/security/key-wrap.js';
import { importKeys } from '../../src/security/keys.js';
import { type ProtectForm, protect } from '../../src/security/protect.js';
import type { CryptoProvider } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { clientTitle, hex, pairOf, serverTitle, testKeys } from './support.js';
import { providersWithToken } from './token.js';

const providers = await providersWithToken();

/** Everything that could be printed: each value as inspect, JSON, text and by its own properties, errors with their causes and stacks. */
class Trace {
  text = '';
  see(...values: unknown[]): void {
    for (const value of values) {
      this.text += `${inspect(value, { depth: 12, showHidden: true, maxArrayLength: null, breakLength: Number.POSITIVE_INFINITY })}\n${String(value)}\n`;
      try {
        this.text += `${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v instanceof Map ? [...v] : v))}\n`;
      } catch {
        // Circular: inspect has shown it.
      }
      if (value instanceof Error) this.text += `${value.stack}\n${value.message}\n`;
      if (value instanceof Error && value.cause !== undefined) this.see(value.cause);
    }
  }
  async attempt<T>(call: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (e) {
      this.see(e);
      return undefined;
    }
  }
}
/** The forms in which octets end up in a log: hex of either case, base64, lists of numbers as JSON and inspect write them. */
function looks(octets: Uint8Array): string[] {
  const part = octets.slice(4, 14);
  const lower = Buffer.from(part).toString('hex');
  return [
    lower,
    lower.toUpperCase(),
    [...part].join(','),
    [...part].join(', '),
    Buffer.from(octets).toString('base64').slice(6, 16),
    [...part].map((o) => o.toString(16).padStart(2, '0')).join(' '),
    [...part].map((o, i) => `"${i + 4}":${o}`).join(','),
  ];
}
function forbidden(secrets: Record<string, Uint8Array>, text: string): string[] {
  return Object.entries(secrets).flatMap(([name, octets]) =>
    looks(octets)
      .filter((look) => text.includes(look))
      .map(() => name),
  );
}

const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...args) => void written.push(args.map((a) => inspect(a)).join(' ')));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(providers.map((p) => [p.name, p] as const))('nothing that %s shows', (_, provider) => {
  it.each([0, 1, 2] as const)(
    'contains key octets: suite %i, every form, every mechanism, every failure',
    async (suite) => {
      const trace = new Trace();
      const plaintext = hex('C401C100090CABCDEF0123456789ABCDEF01');
      const secret = hex('1337133713371337133713371337AA55');
      const dedicated: Uint8Array[] = [];
      const watched: CryptoProvider = { ...provider, random: (n) => provider.random(n) };
      const { client, server } = await pairOf(watched, suite);
      const key = await client.newDedicatedKey();
      dedicated.push(key);
      await server.takeDedicatedKey(key);
      await session(trace, client, server, plaintext, secret);
      const other = await pairOf(provider, suite);
      const ring = new KeyRing({ provider, systemTitle: serverTitle, counters: server.counters });
      ring.set(clientTitle, { suite, keys: server.keys });
      trace.see(
        client,
        server,
        client.keys,
        server.keys,
        ring,
        ring.context(clientTitle),
        client.counters,
        client.toJSON(),
        other.client.keys.globalUnicast,
        provider,
      );
      const secrets: Record<string, Uint8Array> = { plaintext: plaintext.subarray(4), secret, dedicated: key };
      for (const [name, octets] of Object.entries(testKeys[suite])) secrets[name] = octets as Uint8Array;
      const n = suite === 2 ? 48 : 32;
      if (suite !== 0)
        for (const last of [1, 2])
          secrets[`server ${last}`] = Uint8Array.from({ length: n }, (_, i) => (i === n - 1 ? last : 0x21));
      expect(trace.text.length).toBeGreaterThan(5000);
      expect(forbidden(secrets, trace.text)).toEqual([]);
      expect(forbidden(secrets, written.join('\n'))).toEqual([]);
      expect(written).toEqual([]);
    },
  );
  it('would pass unnoticed if it did', () => {
    const trace = new Trace();
    const octets = testKeys[0].globalUnicast as Uint8Array;
    for (const leak of [
      octets,
      { key: Buffer.from(octets) },
      formatHex(octets),
      new Error(`bad key ${Buffer.from(octets).toString('hex')}`),
      [...octets],
      Buffer.from(octets).toString('base64'),
    ]) {
      trace.text = '';
      trace.see(leak);
      expect(forbidden({ leak: octets }, trace.text).length).toBeGreaterThan(0);
    }
  });
});

async function session(
  trace: Trace,
  client: SecurityContext,
  server: SecurityContext,
  plaintext: Uint8Array,
  secretOctets: Uint8Array,
): Promise<void> {
  const { provider } = client;
  const forms: ProtectForm[] = ['glo', 'ded', 'general-glo', 'general-ded', { type: 'general-signing' }];
  for (const key of ['global-unicast', 'global-broadcast', 'wrapped', 'one-pass', 'static'] as const)
    forms.push({ type: 'general-ciphering', key });
  for (const form of forms) {
    const secured = await trace.attempt(() => protect(plaintext, client, { form }));
    if (secured === undefined) continue;
    const changed = secured.slice();
    changed[secured.length - 1]! ^= 1;
    await trace.attempt(() => unprotect(changed, server));
    const opened = await trace.attempt(() => unprotect(secured, server));
    trace.see(opened?.layers, opened?.protection);
    await trace.attempt(() => unprotect(secured, server));
    await trace.attempt(() => unprotect(secured, client));
    await trace.attempt(() => unprotect(secured.subarray(0, 20), server));
    await trace.attempt(() => unprotect(secured, server.fresh({ keys: {} })));
  }
  const secret = await provider.importKey('secret', secretOctets);
  for (const mechanism of [2, 3, 4, 5, 6, 7] as const) {
    const common = {
      mechanism,
      secret,
      manufacturer: aesEcbReply(secretOctets),
      clientToServer: generateChallenge(provider, mechanism),
      serverToClient: generateChallenge(provider, mechanism),
    };
    const exchanges: HlsExchange[] = [
      { ...common, role: 'client', context: client },
      { ...common, role: 'server', context: server },
    ];
    const reply = await trace.attempt(() => hlsReply(exchanges[0]!));
    await trace.attempt(() => hlsVerify(exchanges[1]!, reply ?? new Uint8Array(3)));
    await trace.attempt(() => hlsVerify(exchanges[1]!, new Uint8Array(17)));
    trace.see(exchanges);
  }
  const newKeys = { 'authentication-key': await provider.importKey('secret', secretOctets, { wrappable: true }) };
  const wrapped = await trace.attempt(() => wrapKeys(client, newKeys));
  trace.see(wrapped);
  await trace.attempt(() => unwrapKeys(server, [{ keyId: 0, keyWrapped: new Uint8Array(24) }]));
  trace.see(await trace.attempt(() => unwrapKeys(server, wrapped ?? [])));
  trace.see(await trace.attempt(() => prepareKeyChange(client, newKeys)));
  for (const octets of [secretOctets, secretOctets.subarray(1)]) {
    await trace.attempt(() => provider.importKey('AES-256', octets));
    await trace.attempt(() => provider.importPrivateKey('ECDSA P-256', octets));
    await trace.attempt(() => importKeys(provider, 2, { authentication: octets }));
  }
  if (client.suite.curve !== undefined) {
    const offers = await Promise.all(
      [client, server].map((c) => ephemeralOffer(provider, c.suite, c.keys.signing!, 0)),
    );
    trace.see(
      offers,
      await ephemeralComplete(
        provider,
        client.suite,
        offers[0]!,
        client.keys.peerSigning!,
        offers[1]!.data,
        clientTitle,
        serverTitle,
      ),
    );
  }
}
