import { describe, expect, it, vi } from 'vitest';
import { formatHex } from '../../src/core/hex.js';
import { andThen } from '../../src/core/promise.js';
import { SecurityContext, type SecurityContextOptions } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys, type SecurityKeys } from '../../src/security/keys.js';
import { clearPolicy, strictPolicy } from '../../src/security/policy.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { CryptoProvider, KeyHandle, PublicKey } from '../../src/security/providers/provider.js';
import { webCryptoProvider } from '../../src/security/providers/webcrypto.js';
import { VolatileStore } from '../../src/store/store.js';
import { failure, laterOutcome, outcome } from '../support/outcome.js';
import { clientTitle, countersFrom, hex, pairOf, serverTitle, testKeys } from './support.js';

const counters = (): InvocationCounters => new InvocationCounters(new VolatileStore());
async function context(options: Partial<SecurityContextOptions> = {}): Promise<SecurityContext> {
  const suite = options.suite ?? 0;
  return new SecurityContext({
    provider: nodeProvider,
    suite,
    systemTitle: clientTitle,
    keys: await importKeys(nodeProvider, suite, testKeys[suite as 0 | 1 | 2]),
    counters: counters(),
    ...options,
  });
}
const point = (curve: 'P-256' | 'P-384', fill: number): PublicKey => ({
  curve,
  octets: new Uint8Array(curve === 'P-256' ? 64 : 96).fill(fill),
});

describe('importing keys', () => {
  it('refuses the lengths of another suite and asymmetric keys in suite 0', async () => {
    const code = (suite: number, keys: object): Promise<string> =>
      laterOutcome(() => importKeys(nodeProvider, suite, keys));
    expect(await code(2, { globalUnicast: new Uint8Array(16) })).toBe('security/invalid-key');
    expect(await code(0, { globalUnicast: new Uint8Array(32) })).toBe('security/invalid-key');
    expect(await code(2, { authentication: new Uint8Array(16) })).toBe('security/invalid-key');
    expect(await code(1, { authentication: new Uint8Array(0) })).toBe('security/invalid-key');
    expect(await code(0, { signing: new Uint8Array(32) })).toBe('security/unsupported');
    expect(await code(0, { agreement: new Uint8Array(32) })).toBe('security/unsupported');
    expect(await code(0, { peerSigning: new Uint8Array(64) })).toBe('security/unsupported');
    expect(await code(2, { peerSigning: { curve: 'P-256', octets: new Uint8Array(64) } })).toBe('security/invalid-key');
    expect(await code(3, {})).toBe('security/unsupported');
  });
  it('makes a handle of each key for its one use, and takes handles and points as they are', async () => {
    const given = await importKeys(nodeProvider, 1, { ...testKeys[1], peerSigning: point('P-256', 1).octets });
    expect(given.peerSigning).toEqual(point('P-256', 1));
    expect(
      [given.globalUnicast, given.globalBroadcast, given.master, given.authentication].map((k) => k?.algorithm),
    ).toEqual(['AES-128', 'AES-128', 'AES-128', 'secret']);
    expect([given.signing?.privateKey.algorithm, given.agreement?.privateKey.algorithm]).toEqual([
      'ECDSA P-256',
      'ECDH P-256',
    ]);
    const uses: unknown[] = [];
    const provider: CryptoProvider = {
      ...nodeProvider,
      importKey(algorithm, octets, options) {
        uses.push([algorithm, options]);
        return nodeProvider.importKey(algorithm, octets, options);
      },
    };
    await importKeys(provider, 2, testKeys[2]);
    expect(uses).toEqual([
      ['secret', { use: 'ciphering' }],
      ['AES-256', { use: 'ciphering' }],
      ['AES-256', { use: 'ciphering' }],
      ['AES-256', { use: 'wrapping' }],
    ]);
    expect(await importKeys(nodeProvider, 1, given)).toEqual(given);
    expect(await importKeys(nodeProvider, 1, { globalUnicast: given.globalUnicast })).toEqual({
      globalUnicast: given.globalUnicast,
    });
  });
  it.each([
    ['a key of another suite', { signing: new Uint8Array(32) }, 0],
    ['a key that the provider refuses', { signing: new Uint8Array(32) }, 1],
    ['a key of the wrong length for its place', { authentication: new Uint8Array(15) }, 1],
    ['two keys, one of which comes later', { signing: new Uint8Array(32), agreement: new Uint8Array(32) }, 1],
  ] as const)('leaves no handle behind when it fails on the way: %s', async (_, bad, suite) => {
    for (const base of [nodeProvider, webCryptoProvider]) {
      const made: KeyHandle[] = [];
      const destroyed: KeyHandle[] = [];
      const watch = (key: KeyHandle): void => {
        made.push(key);
        vi.spyOn(key, 'destroy').mockImplementation(() => void destroyed.push(key));
      };
      const given = await base.importKey('AES-128', new Uint8Array(16).fill(1));
      const provider: CryptoProvider = {
        ...base,
        importKey: (...args) =>
          andThen(base.importKey(...args), (key) => {
            watch(key);
            return key;
          }),
        importPrivateKey: (...args) =>
          andThen(base.importPrivateKey(...args), (pair) => {
            watch(pair.privateKey);
            return pair;
          }),
      };
      const keys = { ...testKeys[suite], globalUnicast: given, ...bad };
      expect(await laterOutcome(() => importKeys(provider, suite, keys))).toMatch(/^security\//);
      await vi.waitFor(() => {
        expect(destroyed.length).toBeGreaterThan(0);
        expect(new Set(destroyed)).toEqual(new Set(made));
      });
      // A handle of the caller stays the caller's.
      expect(given.fingerprint).toMatch(/^[0-9A-F]{16}$/);
      expect(await laterOutcome(() => base.seal(given, new Uint8Array(12), [], new Uint8Array(1)))).toBe('accepted');
    }
  });
  it('copies a point: the caller may use its octets again', async () => {
    const octets = new Uint8Array(64).fill(1);
    const { peerAgreement } = await importKeys(nodeProvider, 1, { peerAgreement: octets });
    octets.fill(0);
    expect(peerAgreement).toEqual(point('P-256', 1));
  });
});

describe('a security context', () => {
  it('is refused with a title that has not 8 octets, a suite there is not, or a policy open to everybody', async () => {
    for (const systemTitle of [new Uint8Array(7), new Uint8Array(9), '4D4D4D0000BC614E', [1, 2, 3, 4, 5, 6, 7, 8]])
      expect(await failure(() => context({ systemTitle: systemTitle as never }))).toMatchObject({
        code: 'encode/invalid-value',
        context: { expected: 'a system title of 8 octets', actual: `${systemTitle.length} octets` },
      });
    expect(await laterOutcome(() => context({ systemTitle: undefined as never }))).toBe('encode/invalid-value');
    expect(await laterOutcome(() => context({ suite: 3, keys: {} }))).toBe('security/unsupported');
    const open = { send: {}, receive: { encrypted: true } };
    expect(await laterOutcome(() => context({ policy: open }))).toBe('configuration/open-to-everybody');
    const made = await context();
    expect(() => {
      made.policy = open;
    }).toThrow(expect.objectContaining({ code: 'configuration/open-to-everybody' }));
    expect(made.policy).toBe(strictPolicy);
    made.policy = clearPolicy;
    expect(made.policy).toBe(clearPolicy);
  });
  it('begins with everything that is dangerous switched off', async () => {
    const made = await context({ suite: 1 });
    expect(made).toMatchObject({
      broadcast: false,
      acceptSignaturesWithoutRecipient: false,
      acceptSuites: [1],
      form: 'glo',
      proof: 'none',
      counted: false,
      peerSystemTitle: undefined,
    });
  });
  it('keeps copies of titles: what the caller does with its octets changes nothing', async () => {
    const [own, peer] = [clientTitle.slice(), serverTitle.slice()];
    const made = await context({ systemTitle: own, peerSystemTitle: peer });
    own.fill(0);
    peer.fill(0);
    expect([made.systemTitle, made.peerSystemTitle]).toEqual([clientTitle, serverTitle]);
  });
  it('is refused with keys of another suite in any place, at once and later, and keeps those it had', async () => {
    const suite0 = await importKeys(nodeProvider, 0, testKeys[0]);
    const suite1 = await importKeys(nodeProvider, 1, testKeys[1]);
    const suite2 = await importKeys(nodeProvider, 2, testKeys[2]);
    const wrong: readonly (readonly [number, SecurityKeys, string])[] = [
      [2, { globalUnicast: suite0.globalUnicast }, 'globalUnicast of suite 2 must be AES-256'],
      [2, { globalBroadcast: suite0.globalBroadcast }, 'globalBroadcast of suite 2 must be AES-256'],
      [2, { dedicated: suite0.globalUnicast }, 'dedicated of suite 2 must be AES-256'],
      [2, { master: suite0.master }, 'master of suite 2 must be AES-256'],
      [2, { authentication: suite0.authentication }, 'authentication of suite 2 must be a secret of 32 octets'],
      [0, { authentication: suite0.globalUnicast }, 'authentication of suite 0 must be a secret of 16 octets'],
      [0, { globalUnicast: suite0.authentication }, 'globalUnicast of suite 0 must be AES-128'],
      [2, { signing: suite1.signing }, 'signing of suite 2 must be ECDSA P-384'],
      [1, { signing: suite1.agreement }, 'signing of suite 1 must be ECDSA P-256'],
      [1, { agreement: suite2.agreement }, 'agreement of suite 1 must be ECDH P-256'],
      [1, { peerSigning: point('P-384', 1) }, 'peerSigning of suite 1 must be a point of P-256'],
      [2, { peerAgreement: point('P-256', 1) }, 'peerAgreement of suite 2 must be a point of P-384'],
    ];
    for (const [suite, keys, reason] of wrong) {
      expect(await failure(() => context({ suite, keys }))).toMatchObject({
        code: 'security/invalid-key',
        context: { reason },
      });
      const made = await context({ suite });
      const before = made.keys;
      expect(outcome(() => made.setKeys(keys))).toBe('security/invalid-key');
      expect(made.keys).toBe(before);
    }
  });
  it('prints what it is, and no key', async () => {
    const made = await context({ peerSystemTitle: serverTitle });
    expect(JSON.parse(JSON.stringify(made))).toEqual({
      suite: 0,
      systemTitle: formatHex(clientTitle),
      peerSystemTitle: formatHex(serverTitle),
      form: 'glo',
      policy: strictPolicy,
    });
  });
});

describe('the peer of a context', () => {
  it('cannot become another one, nor ourselves, until it is forgotten', async () => {
    const made = await context();
    expect(await failure(() => made.setPeer(clientTitle))).toMatchObject({
      code: 'security/authentication-failed',
      context: { what: expect.stringContaining('our own') },
    });
    expect(outcome(() => made.setPeer(new Uint8Array(7)))).toBe('encode/invalid-value');
    expect(made.peerSystemTitle).toBeUndefined();
    made.setPeer(serverTitle);
    made.setPeer(serverTitle.slice());
    const other = hex('4D4D4D0000000002');
    expect(await failure(() => made.setPeer(other))).toMatchObject({
      code: 'security/authentication-failed',
      context: { systemTitle: formatHex(other) },
    });
    expect(made.peerSystemTitle).toEqual(serverTitle);
    made.forgetPeer();
    expect([made.peerSystemTitle, JSON.parse(JSON.stringify(made)).peerSystemTitle]).toEqual([undefined, '']);
    made.setPeer(other);
    expect(made.peerSystemTitle).toEqual(other);
  });
  it('has keys from certificates until their end, and what was set without one where there is none', async () => {
    const made = await context({ suite: 1 });
    let now = 1000;
    const [set, signing, agreement] = [point('P-256', 1), point('P-256', 2), point('P-256', 3)];
    made.setKeys({ peerSigning: set });
    const seen = (of = made): unknown => [of.keys.peerSigning, of.keys.peerAgreement];
    made.setPeerKeys({
      signing: { publicKey: signing, until: 2000 },
      agreement: { publicKey: agreement, until: 3000 },
      now: () => now,
    });
    expect(seen()).toEqual([signing, agreement]);
    expect(made.keys).toBe(made.keys);
    now = 1999;
    expect(seen()).toEqual([signing, agreement]);
    now = 2000;
    expect(seen()).toEqual([set, agreement]);
    now = 3000;
    expect(seen()).toEqual([set, undefined]);
    // The clock was set back: what counts again is used again.
    now = 1000;
    made.setPeerKeys({ agreement: { publicKey: agreement, until: 3000 }, now: () => now });
    expect(seen()).toEqual([set, agreement]);
    // Keys of the context that change meanwhile are seen at once.
    made.setKeys({ peerSigning: signing });
    expect(seen()).toEqual([signing, agreement]);
    made.setPeerKeys({ now: () => now });
    expect(seen()).toEqual([signing, undefined]);
    expect(
      outcome(() => made.setPeerKeys({ signing: { publicKey: point('P-384', 1), until: 9 }, now: () => now })),
    ).toBe('security/invalid-key');
    expect(
      outcome(() => made.setPeerKeys({ agreement: { publicKey: point('P-384', 1), until: 9 }, now: () => now })),
    ).toBe('security/invalid-key');
  });
  it('has keys from certificates in the next association too, with their end, also when the caller copies them', async () => {
    const made = await context({ suite: 1 });
    let now = 1000;
    const [signing, agreement] = [point('P-256', 2), point('P-256', 3)];
    made.setPeerKeys({
      signing: { publicKey: signing, until: 2000 },
      agreement: { publicKey: agreement, until: 2000 },
      now: () => now,
    });
    const next = [made.fresh(), made.fresh({ keys: made.keys })];
    for (const of of next) expect([of.keys.peerSigning, of.keys.peerAgreement]).toEqual([signing, agreement]);
    now = 2000;
    for (const of of next) expect([of.keys.peerSigning, of.keys.peerAgreement]).toEqual([undefined, undefined]);
  });
});

describe('the context of the next association', () => {
  it('has the same sides, keys, counters and settings, and no dedicated key', async () => {
    const { client } = await pairOf(nodeProvider, 0, { acceptSuites: [0, 1], acceptSignaturesWithoutRecipient: true });
    await client.newDedicatedKey();
    client.broadcast = true;
    client.form = 'general-glo';
    client.policy = clearPolicy;
    const next = client.fresh();
    expect(next).toMatchObject({
      broadcast: true,
      form: 'general-glo',
      policy: clearPolicy,
      acceptSuites: [0, 1],
      acceptSignaturesWithoutRecipient: true,
      systemTitle: clientTitle,
      peerSystemTitle: serverTitle,
    });
    expect(next.counters).toBe(client.counters);
    expect(next.keys).toEqual({ ...client.keys, dedicated: undefined });
    expect(client.keys.dedicated?.algorithm).toBe('AES-128');
    expect(client.fresh({ form: 'glo', broadcast: false })).toMatchObject({ form: 'glo', broadcast: false });
  });
  it('learns a peer of its own when the one before did', async () => {
    const made = await context();
    const next = made.fresh();
    made.setPeer(serverTitle);
    expect(next.peerSystemTitle).toBeUndefined();
    expect(made.fresh().peerSystemTitle).toEqual(serverTitle);
    made.forgetPeer();
    expect(made.fresh().peerSystemTitle).toBeUndefined();
  });
});

describe('names of counters', () => {
  const first16 = ({ octets }: PublicKey): string => formatHex(octets.subarray(0, 16));
  it('say which key and who sent, and another purpose of one key is another name', async () => {
    const { client, server } = await pairOf(nodeProvider, 1);
    const { keys } = client;
    await client.newDedicatedKey();
    const own = formatHex(clientTitle);
    expect(
      (
        [
          'global-broadcast-encryption-key',
          'wrapped-key',
          'master-key',
          'agreed-key',
          'signature',
          'global-unicast-encryption-key',
          'dedicated-key',
        ] as const
      ).map((key) => client.sendName(key)),
    ).toEqual([
      `send ${keys.globalBroadcast?.fingerprint} ${own}`,
      `send ${keys.master?.fingerprint} ${own}`,
      `send ${keys.master?.fingerprint} ${own}`,
      `send ${first16(keys.agreement!.publicKey)} ${own}`,
      `send ${first16(keys.signing!.publicKey)} ${own} signature`,
      `send ${keys.globalUnicast?.fingerprint} ${own}`,
      `send ${keys.globalUnicast?.fingerprint} ${own}`,
    ]);
    const peer = formatHex(serverTitle);
    const names = [
      ['global-broadcast-encryption-key', `receive ${keys.globalBroadcast?.fingerprint} ${peer}`],
      ['dedicated-key', `receive ${client.keys.dedicated?.fingerprint} ${peer}`],
      ['wrapped-key', `receive ${keys.master?.fingerprint} ${peer}`],
      ['master-key', `receive ${keys.master?.fingerprint} ${peer}`],
      ['agreed-key', `receive ${first16(server.keys.agreement!.publicKey)} ${peer}`],
      ['signature', `receive ${first16(server.keys.signing!.publicKey)} ${peer} signature`],
      ['hls', `receive ${keys.globalUnicast?.fingerprint} ${peer} hls`],
      ['global-unicast-encryption-key', `receive ${keys.globalUnicast?.fingerprint} ${peer}`],
    ] as const;
    for (const [key, name] of names) {
      expect(client.receiveName(key, client.peerSystemTitle!)).toBe(name);
      // Twice: the second time it is remembered.
      expect(client.receiveName(key, client.peerSystemTitle!)).toBe(name);
      expect(client.receiveName(key, serverTitle)).toBe(name);
    }
    const given = await nodeProvider.generateKey('AES-128');
    expect(client.receiveName('given-key', serverTitle, given)).toBe(`receive ${given.fingerprint} ${peer}`);
    expect(client.receiveName('signature', clientTitle, point('P-256', 9))).toBe(
      `receive ${'09'.repeat(16)} ${own} signature`,
    );
    // The remembered name is that of the own key, whatever was given before.
    expect(client.receiveName('signature', client.peerSystemTitle!, point('P-256', 9))).toContain('09'.repeat(16));
    expect(client.receiveName('signature', client.peerSystemTitle!)).toBe(names[5][1]);
  });
  it('cannot be made without their key, and say which is missing', async () => {
    const none = await context({ suite: 1, keys: {} });
    const missing = async (call: () => unknown): Promise<unknown> => (await failure(async () => call())).context?.key;
    const peer = serverTitle;
    expect([
      await missing(() => none.sendName('global-unicast-encryption-key')),
      await missing(() => none.sendName('global-broadcast-encryption-key')),
      await missing(() => none.sendName('wrapped-key')),
      await missing(() => none.sendName('agreed-key')),
      await missing(() => none.sendName('signature')),
      await missing(() => none.receiveName('global-unicast-encryption-key', peer)),
      await missing(() => none.receiveName('global-broadcast-encryption-key', peer)),
      await missing(() => none.receiveName('dedicated-key', peer)),
      await missing(() => none.receiveName('wrapped-key', peer)),
      await missing(() => none.receiveName('agreed-key', peer)),
      await missing(() => none.receiveName('signature', peer)),
      await missing(() => none.receiveName('given-key', peer)),
    ]).toEqual([
      'global-unicast-encryption-key',
      'global-broadcast-encryption-key',
      'master-key',
      'digital signature key',
      'digital signature key',
      'global-unicast-encryption-key',
      'global-broadcast-encryption-key',
      'dedicated-key',
      'master-key',
      'key agreement key of the sender',
      'digital signature key of the sender',
      'given-key',
    ]);
    // Where one of two keys is enough.
    none.setKeys({ dedicated: await nodeProvider.generateKey('AES-128') });
    expect(none.sendName('dedicated-key')).toBe(`send ${none.keys.dedicated?.fingerprint} ${formatHex(clientTitle)}`);
    none.setKeys({ peerSigning: point('P-256', 4) });
    expect(none.receiveName('agreed-key', peer)).toBe(`receive ${'04'.repeat(16)} ${formatHex(peer)}`);
  });
});

describe('a dedicated key', () => {
  it('is random, of the length of the suite, and the peer takes the same', async () => {
    for (const suite of [0, 2] as const) {
      const { client, server } = await pairOf(nodeProvider, suite);
      const octets = await client.newDedicatedKey();
      expect(octets).toHaveLength(suite === 0 ? 16 : 32);
      await server.takeDedicatedKey(octets);
      expect(server.keys.dedicated?.fingerprint).toBe(client.keys.dedicated?.fingerprint);
      expect(await client.newDedicatedKey()).not.toEqual(octets);
    }
  });
  it('that is refused leaves the one before in its place, and no handle behind', async () => {
    const made: KeyHandle[] = [];
    const provider = {
      ...nodeProvider,
      importKey: (...args: Parameters<typeof nodeProvider.importKey>) => {
        const key = nodeProvider.importKey(...args) as KeyHandle;
        made.push(key);
        return key;
      },
    };
    const { server } = await pairOf(provider, 0);
    await server.newDedicatedKey();
    const before = server.keys.dedicated;
    made.length = 0;
    expect(await laterOutcome(() => server.takeDedicatedKey(testKeys[0].globalUnicast as Uint8Array))).toBe(
      'security/invalid-key',
    );
    expect(server.keys.dedicated).toBe(before);
    expect(made).toHaveLength(1);
    expect(await laterOutcome(() => nodeProvider.ctr(made[0]!, new Uint8Array(12), hex('00')))).toBe(
      'security/invalid-key',
    );
    expect(await laterOutcome(() => server.takeDedicatedKey(new Uint8Array(15)))).toBe('security/invalid-key');
  });
});

describe('a proof of freshness', () => {
  it('needs a counter that came with the answer, the unicast key and a peer; without one of them it is none', async () => {
    const after = async (
      change: (c: SecurityContext) => void,
      options: Partial<SecurityContextOptions> = {},
    ): Promise<string> => {
      const made = await context({ peerSystemTitle: serverTitle, counters: countersFrom(1), ...options });
      made.proof = 'expected';
      made.counted = true;
      change(made);
      await made.proven();
      return made.proof;
    };
    expect(await after(() => {})).toBe('proven');
    expect(
      await after((c) => {
        c.counted = false;
      }),
    ).toBe('none');
    expect(await after((c) => c.forgetPeer())).toBe('none');
    expect(await after(() => {}, { keys: {} })).toBe('none');
  });
});
