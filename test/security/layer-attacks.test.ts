import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.js';
import { formatHex } from '../../src/core/hex.js';
import { openContent, readSecurityHeader, sealContent } from '../../src/security/ciphering.js';
import type { SecurityContext, SecurityContextOptions } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { KeyRing } from '../../src/security/key-ring.js';
import { clearPolicy, type SecurityPolicy } from '../../src/security/policy.js';
import { type ProtectForm, protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { CryptoProvider } from '../../src/security/providers/provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { VolatileStore } from '../../src/store/store.js';
import { failure } from '../support/outcome.js';
import { clientTitle, hex, pairOf, serverTitle } from './support.js';

// What becomes of layers, keys, signatures and counters when somebody combines them who should not. An attacker without keys works with octets alone.

const disconnect = hex('C301C10046000060030AFF01010F00');
const getRequest = hex('C001C100080000010000FF0200');
/** A long request whose content the attacker knows or guesses: what it was ciphered with is its key stream. */
const known = concat(hex('C101C100080000010000FF0200'), hex('0982012C'), new Uint8Array(300).fill(0x20));
const both = { authenticated: true, encrypted: true };
const encryptedOnly: SecurityPolicy = {
  send: { encrypted: true },
  receive: { encrypted: true },
  withoutReplayProtection: true,
};
const utility = hex('5554494C00000001');

async function associated(
  suite: 0 | 1 | 2 = 0,
  options: Partial<SecurityContextOptions> = {},
  serverOptions = options,
): ReturnType<typeof pairOf> {
  const pair = await pairOf(nodeProvider, suite, options, serverOptions);
  await pair.server.takeDedicatedKey(await pair.client.newDedicatedKey());
  return pair;
}
const entries = ({ store }: InvocationCounters): string => JSON.stringify((store as VolatileStore).entries('receive '));
/** Everything that was remembered of received messages. */
const memory = ({ counters, dedicatedCounters }: SecurityContext): string =>
  entries(counters) + entries(dedicatedCounters);

/** Takes the key stream from a message whose plaintext is known, and ciphers something else with it: the same counter, no tag, no key. */
function withKeyStreamOf(message: Uint8Array, plaintext: Uint8Array, content: Uint8Array, tag?: number): Uint8Array {
  const general = message[0] === 0xdb || message[0] === 0xdc;
  const lengthAt = general ? 10 : 1;
  const from = lengthAt + (message[lengthAt]! < 0x80 ? 1 : 1 + (message[lengthAt]! & 0x7f));
  const stream = plaintext.map((octet, i) => octet ^ message[from + 5 + i]!);
  const header = message.slice(from, from + 5);
  header[0]! &= 0xef;
  const body = concat(
    header,
    content.map((octet, i) => octet ^ stream[i]!),
  );
  const length =
    body.length < 0x80 ? Uint8Array.of(body.length) : Uint8Array.of(0x82, body.length >> 8, body.length & 0xff);
  return concat(message.slice(0, lengthAt), length, body).map((octet, i) =>
    i === 0 && tag !== undefined ? tag : octet,
  );
}

describe('an old message in an encrypted layer, made with the key stream of one that was held back,', () => {
  it.each([
    ['the strict policy', undefined],
    ['authentication alone', { send: both, receive: { authenticated: true } }],
  ] as const)('is refused under %s', async (_, policy) => {
    const options = policy === undefined ? {} : { policy };
    const { client, server } = await associated(0, options);
    const old = await protect(disconnect, client);
    await unprotect(old, server);
    const heldBack = await protect(known, client, { form: 'general-glo' });
    const before = memory(server);
    const wrapped = withKeyStreamOf(heldBack, known, old);
    // The attack itself is sound: the outer layer deciphers to the old message.
    const header = readSecurityHeader(wrapped, 11);
    const cipher = {
      provider: nodeProvider,
      key: server.keys.globalUnicast!,
      authenticationKey: undefined,
      systemTitle: clientTitle,
    };
    expect(await openContent(cipher, header, wrapped, 11)).toEqual(old);
    expect(await failure(() => unprotect(wrapped, server))).toMatchObject({
      code: 'security/policy',
      context: {
        required: 'one layer under each key',
        actual: 'a layer under the global-unicast-encryption-key inside another',
      },
    });
    expect(memory(server)).toBe(before);
    // And the message that was held back is still welcome.
    expect((await unprotect(heldBack, server)).apdu).toEqual(known);
  });
  it('is refused under another key too, because its own counter is compared', async () => {
    const { client, server } = await associated(0, { broadcast: true });
    const old = await protect(disconnect, client);
    await unprotect(old, server);
    for (const heldBack of [
      await protect(known, client, { form: 'general-ded' }),
      await protect(known, client, { form: 'general-glo', broadcast: true }),
    ]) {
      const before = memory(server);
      expect(await failure(() => unprotect(withKeyStreamOf(heldBack, known, old), server))).toMatchObject({
        code: 'security/replay',
      });
      expect(memory(server)).toBe(before);
    }
  });
  it('is refused by a listener for pushes', async () => {
    const { client, server } = await associated();
    const ring = new KeyRing({
      provider: nodeProvider,
      systemTitle: serverTitle,
      counters: new InvocationCounters(new VolatileStore()),
    });
    ring.set(clientTitle, { suite: 0, keys: server.keys });
    const old = await protect(hex('0F0000000100020106FFFFFFFF'), client);
    await unprotect(old, ring.context(clientTitle)!);
    const wrapped = withKeyStreamOf(await protect(known, client, { form: 'general-glo' }), known, old);
    expect(await failure(() => unprotect(wrapped, ring.context(clientTitle)!))).toMatchObject({
      code: 'security/policy',
    });
  });
});

describe('an encrypted layer that is not authenticated', () => {
  it('around a message that is only authenticated does not make it encrypted', async () => {
    const { client, server } = await associated(1);
    const heldBack = await protect(known, client, { form: 'general-ded' });
    const clear = await protect(getRequest, client, { protection: { authenticated: true } });
    expect(await failure(() => unprotect(withKeyStreamOf(heldBack, known, clear), server))).toMatchObject({
      code: 'security/policy',
      context: { required: 'authenticated and encrypted', actual: 'authenticated' },
    });
    // Nor one that is only signed.
    const policy = { send: both, receive: { encrypted: true, signed: true } };
    const signed = await protect(getRequest, client, { form: { type: 'general-signing' }, protection: {} });
    const context = server.fresh({ policy, keys: server.keys });
    expect(await failure(() => unprotect(withKeyStreamOf(heldBack, known, signed), context))).toMatchObject({
      code: 'security/policy',
      context: { required: 'encrypted and signed', actual: 'signed' },
    });
  });
  it('counts inside one that is authenticated or signed, and alone where nothing is proven', async () => {
    const { client, server } = await associated(1);
    const inner = await protect(getRequest, client, { form: 'general-ded', protection: { encrypted: true } });
    const outer = await protect(inner, client, { form: 'general-glo', protection: { authenticated: true } });
    expect(await unprotect(outer, server)).toMatchObject({
      protection: { authenticated: true, encrypted: true, signed: false },
      key: 'global-unicast-encryption-key',
      replayProtected: true,
      layers: [
        { kind: 'general-glo', authenticated: true, encrypted: false },
        { kind: 'general-ded', authenticated: false, encrypted: true },
      ],
    });
    const context = server.fresh({ policy: { send: both, receive: { encrypted: true, signed: true } } });
    const signedOutside = await protect(getRequest, client, {
      form: 'glo',
      protection: { encrypted: true, signed: true },
    });
    expect(signedOutside[0]).toBe(0xdf);
    expect(await unprotect(signedOutside, context)).toMatchObject({
      authenticated: true,
      protection: { authenticated: false, encrypted: true, signed: true },
      key: 'global-unicast-encryption-key',
      replayProtected: true,
    });
    const alone = await protect(getRequest, client, { protection: { encrypted: true } });
    expect(await unprotect(alone, server.fresh({ policy: encryptedOnly }))).toMatchObject({
      authenticated: false,
      protection: { authenticated: false, encrypted: true, signed: false },
      key: 'global-unicast-encryption-key',
      originator: clientTitle,
      signers: [],
      replayProtected: false,
    });
  });
  it('with counter FFFFFFFF from somebody without a key does not lock the sender out', async () => {
    const { client, server } = await associated(0, { policy: encryptedOnly });
    const before = memory(server);
    for (const tag of ['C8', 'D0']) {
      const keyless = concat(hex(tag), hex('0620FFFFFFFF'), hex('55'));
      // Under most keys the octet is no APDU of this kind, under one of 256 it is: both leave nothing behind.
      await Promise.resolve()
        .then(() => unprotect(keyless, server))
        .catch((e) => expect(e).toMatchObject({ code: 'security/authentication-failed' }));
    }
    const max = new InvocationCounters(new VolatileStore(), { initial: 0xfffffffe, block: 1 });
    const honest = await protect(getRequest, client.fresh({ counters: max }));
    expect(await unprotect(honest, server)).toMatchObject({ apdu: getRequest, replayProtected: false });
    expect(memory(server)).toBe(before);
    expect((await unprotect(await protect(getRequest, client), server)).apdu).toEqual(getRequest);
  });
  it('is still compared with the counters that tags have proven', async () => {
    const { client, server } = await associated(0, { policy: encryptedOnly });
    const early = await protect(getRequest, client);
    await unprotect(await protect(getRequest, client, { protection: both }), server);
    expect(await failure(() => unprotect(early, server))).toMatchObject({ code: 'security/replay' });
  });
  it('and inside an authenticated one is compared, and its own counter is not recorded', async () => {
    const { client, server } = await associated(0);
    const inner = await protect(getRequest, client, { form: 'general-ded', protection: { encrypted: true } });
    const before = entries(server.dedicatedCounters);
    await unprotect(await protect(inner, client, { form: 'general-glo' }), server);
    expect(entries(server.dedicatedCounters)).toBe(before);
    // A tag under the dedicated key proves a later one: from then on it is old.
    await unprotect(await protect(getRequest, client, { form: 'general-ded' }), server);
    expect(entries(server.dedicatedCounters)).not.toBe(before);
    expect(
      await failure(async () => unprotect(await protect(inner, client, { form: 'general-glo' }), server)),
    ).toMatchObject({ code: 'security/replay' });
  });
});

describe('two layers under one key', () => {
  const unicast: ProtectForm = { type: 'general-ciphering', key: 'global-unicast' };
  const broadcast: ProtectForm = { type: 'general-ciphering', key: 'global-broadcast' };
  const wrapped: ProtectForm = { type: 'general-ciphering', key: 'wrapped' };
  const onePass: ProtectForm = { type: 'general-ciphering', key: 'one-pass' };
  const fixed: ProtectForm = { type: 'general-ciphering', key: 'static' };
  const twice: readonly (readonly [string, readonly ProtectForm[], string])[] = [
    ['glo in general-glo', ['glo', 'general-glo'], 'global-unicast-encryption-key'],
    ['general-ciphering in general-glo', [unicast, 'general-glo'], 'global-unicast-encryption-key'],
    ['general-glo in general-ciphering', ['general-glo', unicast], 'global-unicast-encryption-key'],
    ['ded in general-ded', ['ded', 'general-ded'], 'dedicated-key'],
    ['broadcast in broadcast', [broadcast, broadcast], 'global-broadcast-encryption-key'],
    ['wrapped in wrapped', [wrapped, wrapped], 'wrapped-key'],
    ['one-pass in static', [onePass, fixed], 'agreed-key'],
    [
      'with another layer between',
      ['glo', { type: 'general-signing' }, wrapped, 'general-glo'],
      'global-unicast-encryption-key',
    ],
  ];
  it.each(twice)('are refused, both authenticated and new: %s', async (_, form, key) => {
    const { client, server } = await associated(1, { broadcast: true });
    const before = memory(server);
    expect(await failure(async () => unprotect(await protect(getRequest, client, { form }), server))).toMatchObject({
      code: 'security/policy',
      context: { actual: `a layer under the ${key} inside another` },
    });
    expect(memory(server)).toBe(before);
  });
  it('are refused when the outer one is a header in front of plaintext', async () => {
    const { client, server } = await associated();
    const inner = await protect(getRequest, client);
    const outer = concat(hex('DB08'), clientTitle, Uint8Array.of(inner.length + 5), hex('0000000009'), inner);
    expect(await failure(() => unprotect(outer, server))).toMatchObject({
      code: 'security/policy',
      context: { required: 'one layer under each key' },
    });
    // Under a key of its own the header proves nothing and changes nothing.
    const other = concat(hex('DC08'), clientTitle, Uint8Array.of(inner.length + 5), hex('00FFFFFFFF'), inner);
    expect(await unprotect(other, server)).toMatchObject({
      key: 'global-unicast-encryption-key',
      layers: [{ authenticated: false }, { authenticated: true }],
    });
    expect((await unprotect(await protect(getRequest, client, { form: 'ded' }), server)).key).toBe('dedicated-key');
  });
  it('can be looked at in recordings', async () => {
    const { client, server } = await associated();
    const nested = await protect(getRequest, client, { form: ['glo', 'general-glo'] });
    const { apdu, replayProtected } = await unprotect(nested, server, { mode: 'unverified' });
    expect([apdu, replayProtected]).toEqual([getRequest, false]);
  });
});

describe('who sent it', () => {
  it('is the side that authenticated it, not one that put a header in front', async () => {
    const { client, server } = await associated(0);
    const inner = await protect(getRequest, client, { form: 'general-glo' });
    const forged = hex('4E4F424F44590001');
    const outer = concat(hex('DC08'), forged, Uint8Array.of(inner.length + 5), hex('0000000001'), inner);
    const listening = server.fresh({ peerSystemTitle: undefined, keys: server.keys });
    expect(await unprotect(outer, listening)).toMatchObject({
      originator: clientTitle,
      layers: [{ systemTitle: forged }, { systemTitle: clientTitle }],
    });
  });
  it('leaves no state behind before it is proven, however many there are', async () => {
    const { client, server } = await associated(1);
    const listening = server.fresh({ peerSystemTitle: undefined });
    const sealed = await protect(getRequest, client, { form: 'general-glo' });
    const signed = await protect(getRequest, client, { form: { type: 'general-signing' } });
    const before = memory(listening);
    for (let i = 0; i < 500; i++) {
      for (const [octets, at] of [
        [sealed.slice(), 2],
        [signed.slice(), 11],
      ] as const) {
        octets.set(Uint8Array.of(0x58, 0x58, 0x58, 0x58, 0, 0, i >> 8, i & 0xff), at);
        await failure(() => unprotect(octets, listening));
      }
    }
    expect(memory(listening)).toBe(before);
  });
});

describe('a key of the whole group', () => {
  it.each([
    ['glo-', 'glo', true],
    ['general-glo-ciphering', 'general-glo', true],
    ['general-ciphering', { type: 'general-ciphering', key: 'global-broadcast' }, false],
    ['a signature inside', ['general-signing', 'general-glo'], true],
  ] as const)('commands nobody unless the association allows broadcast: %s', async (_, form, control) => {
    const forms = (Array.isArray(form) ? [{ type: 'general-signing' }, 'general-glo'] : form) as ProtectForm;
    const { client, server } = await associated(1);
    const sealed = (): Promise<Uint8Array> =>
      Promise.resolve(protect(disconnect, client, { form: forms, broadcast: control }));
    const refused = { code: 'security/policy', context: { actual: 'global-broadcast-encryption-key' } };
    const before = memory(server);
    expect(await failure(async () => unprotect(await sealed(), server))).toMatchObject(refused);
    expect(memory(server)).toBe(before);
    // On the side of the head-end as well.
    expect(
      await failure(async () =>
        unprotect(await protect(getRequest, server, { form: forms, broadcast: control }), client),
      ),
    ).toMatchObject(refused);
    // Where it is allowed, the report says which key it was.
    expect(await unprotect(await sealed(), server.fresh({ broadcast: true }))).toMatchObject({
      apdu: disconnect,
      key: 'global-broadcast-encryption-key',
    });
    server.broadcast = true;
    expect((await unprotect(await sealed(), server)).authenticated).toBe(true);
    expect(server.fresh().broadcast).toBe(true);
  });
  it('is looked up before nothing: without the key the refusal is the same', async () => {
    const { client, server } = await pairOf(nodeProvider, 0);
    const without = server.fresh({ keys: { ...server.keys, globalBroadcast: undefined } });
    const sealed = await protect(disconnect, client, { broadcast: true });
    expect((await failure(() => unprotect(sealed, without))).code).toBe('security/policy');
  });
});

describe('signatures', () => {
  const signing = { type: 'general-signing' } as const;
  /** A meter and a head-end, with a utility whose signing key the meter knows. */
  async function parties(
    options: Partial<SecurityContextOptions> = {},
  ): Promise<{ headEnd: SecurityContext; meter: SecurityContext; third: SecurityContext }> {
    const key = await nodeProvider.generateKeyPair('ECDSA P-256');
    const signerOf = (title: Uint8Array): typeof key.publicKey | undefined =>
      formatHex(title) === formatHex(utility) ? key.publicKey : undefined;
    const policy = { send: both, receive: { signed: true } };
    const { client, server } = await pairOf(nodeProvider, 1, { policy }, { policy, signerOf, ...options });
    const third = client.fresh({
      systemTitle: utility,
      keys: { ...client.keys, signing: key },
      counters: new InvocationCounters(new VolatileStore()),
    });
    return { headEnd: client, meter: server, third };
  }
  const sign = (by: SecurityContext, fields: object = {}): Promise<Uint8Array> =>
    Promise.resolve(protect(disconnect, by, { form: { ...signing, ...fields }, protection: {} }));

  it('of the utility, sent three times by the head-end under fresh counters, work once', async () => {
    const { headEnd, meter, third } = await parties();
    const order = await sign(third);
    const results = [];
    for (let i = 0; i < 3; i++)
      results.push(
        await Promise.resolve(protect(order, headEnd, { form: 'general-glo' }))
          .then((m) => unprotect(m, meter))
          .catch((e) => e),
      );
    expect(results).toMatchObject([
      { signers: [utility], originator: clientTitle, replayProtected: true },
      { code: 'security/replay' },
      { code: 'security/replay' },
    ]);
    // Nor alone, nor inside another key.
    expect(await failure(() => unprotect(order, meter))).toMatchObject({ code: 'security/replay' });
    expect(
      await failure(async () =>
        unprotect(await protect(order, headEnd, { form: { type: 'general-ciphering', key: 'wrapped' } }), meter),
      ),
    ).toMatchObject({
      code: 'security/replay',
    });
    // The next order of the utility is welcome, and an order from before it is not.
    const [second, fourth] = [await sign(third), await sign(third)];
    await unprotect(fourth, meter);
    expect(await failure(() => unprotect(second, meter))).toMatchObject({ code: 'security/replay' });
  });
  it('of A that B wraps in a new one of its own are refused when they are old', async () => {
    const { headEnd, meter, third } = await parties();
    const old = await sign(third);
    await unprotect(old, meter);
    const rewrapped = await protect(old, headEnd, { form: signing, protection: {} });
    const before = memory(meter);
    expect(await failure(() => unprotect(rewrapped, meter))).toMatchObject({ code: 'security/replay' });
    expect(memory(meter)).toBe(before);
    const fresh = await protect(await sign(third), headEnd, { form: signing, protection: {} });
    expect(await unprotect(fresh, meter)).toMatchObject({
      signers: [clientTitle, utility],
      protection: { signed: true },
      originator: clientTitle,
      key: undefined,
    });
  });
  it('of one signer twice in one message are refused', async () => {
    const { headEnd, meter } = await parties();
    const twice = await protect(await sign(headEnd), headEnd, { form: signing, protection: {} });
    expect(await failure(() => unprotect(twice, meter))).toMatchObject({
      code: 'security/policy',
      context: { required: 'one signature of each signer' },
    });
  });
  it('that name no recipient do not work at three meters, nor at one', async () => {
    const { third, meter } = await parties();
    const order = await sign(third, { recipientSystemTitle: new Uint8Array(0) });
    const others = ['4D4D4D0000000002', '4D4D4D0000000003'].map((t) =>
      meter.fresh({ systemTitle: hex(t), counters: new InvocationCounters(new VolatileStore()) }),
    );
    for (const one of [meter, ...others]) {
      const before = memory(one);
      expect(await failure(() => unprotect(order, one))).toMatchObject({
        code: 'security/policy',
        context: { required: 'signed', actual: 'a signature that names no recipient' },
      });
      expect(memory(one)).toBe(before);
    }
  });
  it('that name no recipient count where that was allowed, once', async () => {
    const { third, meter } = await parties({ acceptSignaturesWithoutRecipient: true });
    const order = await sign(third, { recipientSystemTitle: new Uint8Array(0) });
    expect(await unprotect(order, meter)).toMatchObject({
      signers: [utility],
      replayProtected: true,
      layers: [{ signedBy: utility }],
    });
    expect(await failure(() => unprotect(order, meter.fresh()))).toMatchObject({ code: 'security/replay' });
  });
  it('that name another recipient are refused whatever is around them', async () => {
    const { headEnd, third, meter } = await parties({ acceptSignaturesWithoutRecipient: true });
    const order = await sign(third, { recipientSystemTitle: hex('4D4D4D0000000002') });
    for (const message of [order, await protect(order, headEnd, { form: 'general-glo' })])
      expect(await failure(() => unprotect(message, meter))).toMatchObject({
        code: 'security/authentication-failed',
        context: { what: 'the message is for another recipient', systemTitle: '4D4D4D0000000002' },
      });
  });
  it('that do not count are reported, and change neither protection nor memory', async () => {
    const { headEnd, third, meter } = await parties();
    meter.policy = { send: both, receive: both };
    const order = await sign(third, { recipientSystemTitle: new Uint8Array(0) });
    for (let i = 0; i < 2; i++) {
      const opened = await unprotect(await protect(order, headEnd, { form: 'general-glo' }), meter);
      expect(opened).toMatchObject({
        protection: { authenticated: true, signed: false },
        signers: [],
        layers: [{ kind: 'general-glo' }, { signedBy: utility, uncounted: 'a signature that names no recipient' }],
      });
    }
    expect(
      await failure(async () =>
        unprotect(await protect(order, headEnd, { form: 'general-glo' }), meter, { required: { signed: true } }),
      ),
    ).toMatchObject({
      context: { required: 'authenticated and encrypted and signed', actual: 'a signature that names no recipient' },
    });
  });
  it('without a transaction-id are valid for ever, so they are never made and never count', async () => {
    const { third, meter } = await parties();
    expect(await failure(() => sign(third, { transactionId: new Uint8Array(0) }))).toMatchObject({
      code: 'encode/invalid-value',
    });
    const front = concat(
      hex('0008'),
      utility,
      hex('08'),
      serverTitle,
      hex('0000'),
      Uint8Array.of(disconnect.length),
      disconnect,
    );
    const signature = await nodeProvider.sign(third.keys.signing!.privateKey, front);
    const order = concat(hex('DF'), front, hex('40'), signature);
    expect(await failure(() => unprotect(order, meter))).toMatchObject({
      context: { actual: 'a signature without a transaction-id' },
    });
    // Also when something else was signed well.
    expect(await unprotect(order, meter, { mode: 'unverified' })).toMatchObject({
      apdu: disconnect,
      layers: [{ signedBy: utility }],
      replayProtected: false,
    });
  });
  it('of which two copies race are taken once', async () => {
    const asynchronous: CryptoProvider = { ...nodeProvider, verify: async (...args) => nodeProvider.verify(...args) };
    const { third, meter } = await parties({ provider: asynchronous });
    const order = await sign(third);
    const results = await Promise.allSettled([1, 2, 3].map(async () => unprotect(order, meter.fresh())));
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const r of results) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'security/replay' });
  });
  it('seen before are refused before they are verified', async () => {
    let verified = 0;
    const counting: CryptoProvider = {
      ...nodeProvider,
      verify(...args) {
        verified++;
        return nodeProvider.verify(...args);
      },
    };
    const { third, meter } = await parties({ provider: counting });
    const order = await sign(third);
    await unprotect(order, meter);
    await failure(() => unprotect(order, meter));
    expect(verified).toBe(1);
  });
  it('that are wrong record nothing, and neither does a good one in a message that is refused', async () => {
    const { headEnd, third, meter } = await parties();
    const order = await sign(third);
    const before = memory(meter);
    const wrong = order.slice();
    wrong[wrong.length - 1]! ^= 1;
    expect(await failure(() => unprotect(wrong, meter))).toMatchObject({
      code: 'security/authentication-failed',
      context: { what: 'signature' },
    });
    expect(await failure(() => unprotect(order, meter, { required: { encrypted: true } }))).toMatchObject({
      code: 'security/policy',
    });
    const spoiled = await protect(order, headEnd, { form: 'general-glo' });
    spoiled[spoiled.length - 1]! ^= 1;
    expect((await failure(() => unprotect(spoiled, meter))).code).toBe('security/authentication-failed');
    expect(memory(meter)).toBe(before);
    expect((await unprotect(order, meter)).signers).toEqual([utility]);
  });
});

describe('a policy that asks for no proof', () => {
  it.each([
    ['nothing', {}],
    ['encryption alone', { encrypted: true }],
  ] as const)('(%s) is refused unless it says so', async (what, receive) => {
    const refused = expect.objectContaining({
      code: 'configuration/open-to-everybody',
      context: {
        what: expect.stringMatching(/ asks for (no protection|encrypted) of what is received$/),
        hint: expect.stringContaining('withoutReplayProtection'),
      },
    });
    const { client } = await pairOf(nodeProvider, 0);
    expect(() => client.fresh({ policy: { send: both, receive } }), what).toThrow(refused);
    expect(() => client.fresh({ policy: { send: both, receive, withoutReplayProtection: false } })).toThrow(refused);
    const strict = client.policy;
    expect(() => {
      client.policy = { send: both, receive };
    }).toThrow(refused);
    expect(client.policy).toBe(strict);
    const named = { send: both, receive, withoutReplayProtection: true };
    client.policy = named;
    expect(client.policy).toBe(named);
    for (const proof of [{ authenticated: true }, { signed: true }, both]) client.policy = { send: {}, receive: proof };
    client.policy = clearPolicy;
    const ring = new KeyRing({
      provider: nodeProvider,
      systemTitle: serverTitle,
      counters: new InvocationCounters(new VolatileStore()),
    });
    ring.set(clientTitle, { suite: 0, keys: {}, policy: { send: {}, receive } });
    expect(() => ring.context(clientTitle)).toThrow(refused);
  });
});

describe('a dedicated key', () => {
  it('is destroyed with its association, and when another takes its place', async () => {
    const { client, server } = await associated();
    const first = server.keys.dedicated!;
    const sealed = await protect(getRequest, client, { form: 'ded' });
    await unprotect(sealed, server);
    server.setKeys({ dedicated: first });
    expect(await failure(() => unprotect(sealed, server))).toMatchObject({ code: 'security/replay' });
    await server.takeDedicatedKey(await client.newDedicatedKey());
    expect(await failure(() => nodeProvider.ctr(first, new Uint8Array(12), getRequest))).toMatchObject({
      code: 'security/invalid-key',
    });
    const second = server.keys.dedicated!;
    const store = server.dedicatedCounters;
    expect((await unprotect(await protect(getRequest, client, { form: 'ded' }), server)).key).toBe('dedicated-key');
    server.endDedicatedKey();
    expect(await failure(() => nodeProvider.ctr(second, new Uint8Array(12), getRequest))).toMatchObject({
      code: 'security/invalid-key',
    });
    expect(server.keys.dedicated).toBeUndefined();
    expect(server.dedicatedCounters).not.toBe(store);
    server.endDedicatedKey();
    // The global key is not.
    expect((await unprotect(await protect(getRequest, client), server)).key).toBe('global-unicast-encryption-key');
    expect(
      await failure(async () => unprotect(await protect(getRequest, client, { form: 'ded' }), server)),
    ).toMatchObject({
      code: 'security/missing-key',
      context: { key: 'dedicated-key' },
    });
  });
});

describe('the static unified model without a transaction-id', () => {
  /** As a peer sends it that leaves the nonce out. */
  async function messages(): Promise<{
    server: SecurityContext;
    message: (counter: number, control?: number) => Promise<Uint8Array>;
  }> {
    const { client, server } = await pairOf(nodeProvider, 1);
    const { staticKey } = await import('../../src/security/key-agreement.js');
    const extra = concat(hex('0008'), clientTitle, hex('08'), serverTitle, hex('0000'));
    const message = async (counter: number, control = 0x31): Promise<Uint8Array> => {
      const key = await staticKey(
        nodeProvider,
        client.suite,
        client.keys.agreement!,
        client.keys.peerAgreement!,
        hex(''),
        clientTitle,
        serverTitle,
      );
      const cipher = {
        provider: nodeProvider,
        key,
        authenticationKey: client.keys.authentication,
        systemTitle: clientTitle,
        extra,
      };
      const content = await sealContent(cipher, control, counter, getRequest);
      return concat(hex('DD'), extra, hex('0102010200'), Uint8Array.of(content.length), content);
    };
    return { server, message };
  }
  it('is never sent', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    const form: ProtectForm = { type: 'general-ciphering', key: 'static', transactionId: new Uint8Array(0) };
    expect(await failure(() => protect(getRequest, client, { form }))).toMatchObject({ code: 'security/unsupported' });
  });
  it('is read leniently (static-agreement-without-nonce), and its counter is what tells an old message', async () => {
    const { server, message } = await messages();
    const first = await message(7);
    expect(await failure(() => unprotect(first, server))).toMatchObject({
      code: 'security/unsupported',
      context: { what: 'static unified model C(0e, 2s) with a transaction-id of 0 octets' },
    });
    const quirks: any[] = [];
    const opened = await unprotect(first, server, { lenient: true, quirks });
    expect(opened).toMatchObject({ apdu: getRequest, key: 'agreed-key', replayProtected: true });
    expect(quirks).toMatchObject([{ name: 'static-agreement-without-nonce' }]);
    for (const counter of [7, 6, 0])
      expect((await failure(async () => unprotect(await message(counter), server, { lenient: true }))).code).toBe(
        'security/replay',
      );
    expect((await unprotect(await message(8), server, { lenient: true })).apdu).toEqual(getRequest);
  });
  it('is refused without a tag, which alone would make its counter one to remember', async () => {
    const { server, message } = await messages();
    const context = server.fresh({ policy: encryptedOnly });
    const sealed = await message(9, 0x21);
    expect(await failure(() => unprotect(sealed, context, { lenient: true }))).toMatchObject({
      code: 'security/unsupported',
    });
    expect((await unprotect(sealed, context, { lenient: true, mode: 'unverified' })).apdu).toEqual(getRequest);
  });
});
