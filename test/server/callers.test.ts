import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import type { Client } from '../../src/client/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys, type SecurityKeys } from '../../src/security/keys.js';
import type { Protection, SecurityPolicy } from '../../src/security/policy.js';
import { type ProtectOptions, protect } from '../../src/security/protect.js';
import { unprotect } from '../../src/security/unprotect.js';
import { continues, joined } from '../../src/server/caller.js';
import {
  type AccessRights,
  type AssociationConfig,
  type AttributeRight,
  type Caller,
  objectRights,
  serverShortNames,
  tableRights,
} from '../../src/server/index.js';
import { attributeModeV1, methodModeV1 } from '../../src/server/rights.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeysOf } from '../../src/testing/index.js';
import { Apdu, conformanceBits } from '../../src/xdlms/index.js';
import {
  ask,
  callerOf,
  cipheredConfig,
  clientTitle,
  connected,
  contextOf,
  type DirectChannel,
  data,
  dataOctets,
  descriptor,
  Echo,
  echoName,
  failureOf,
  invoke,
  meterWith,
  methodOf,
  octets,
  provider,
  route,
  serverTitle,
  type TestMeter,
} from './support.js';

// Who asks, under which key and with whose signature; and that no part of a request or of a response has less than the whole.

const authenticated: Protection = { authenticated: true };
const both: Protection = { authenticated: true, encrypted: true };
const get = (attributeId = 2): Apdu => ({
  type: 'get-request',
  value: {
    type: 'get-request-normal',
    invokeIdAndPriority: invoke(),
    cosemAttributeDescriptor: descriptor(attributeId),
  },
});
const getList = (...ids: number[]): Apdu => ({
  type: 'get-request',
  value: {
    type: 'get-request-with-list',
    invokeIdAndPriority: invoke(),
    attributeDescriptorList: ids.map((id) => ({ cosemAttributeDescriptor: descriptor(id) })),
  },
});
const next = (blockNumber: number): Apdu => ({
  type: 'get-request',
  value: { type: 'get-request-next', invokeIdAndPriority: invoke(), blockNumber },
});
const nextPblock = (blockNumber: number): Apdu => ({
  type: 'action-request',
  value: { type: 'action-request-next-pblock', invokeIdAndPriority: invoke(), blockNumber },
});
const set = (value = octets(3)): Apdu => ({
  type: 'set-request',
  value: {
    type: 'set-request-normal',
    invokeIdAndPriority: invoke(),
    cosemAttributeDescriptor: descriptor(),
    value: data(value),
  },
});
const action = (methodId: number, value = octets(3)): Apdu => ({
  type: 'action-request',
  value: {
    type: 'action-request-normal',
    invokeIdAndPriority: invoke(),
    cosemMethodDescriptor: methodOf(methodId),
    methodInvocationParameters: data(value),
  },
});

/** A pre-established ciphered association: a test can speak at once, under any key. */
async function speaking(
  config: Partial<AssociationConfig> = {},
  o: { suite?: 0 | 1; receive?: Protection; send?: Protection; keys?: SecurityKeys } = {},
) {
  const { suite = 0, receive = authenticated, send = authenticated, keys = {} } = o;
  const symmetric = await importKeys(provider, suite, testKeysOf(suite));
  const of = (
    systemTitle: Uint8Array,
    peerSystemTitle: Uint8Array,
    more: SecurityKeys,
    policy: SecurityPolicy,
  ): SecurityContext =>
    new SecurityContext({
      provider,
      suite,
      systemTitle,
      peerSystemTitle,
      keys: { ...symmetric, ...more },
      counters: new InvocationCounters(new VolatileStore()),
      policy,
    });
  const server = of(serverTitle, clientTitle, keys, { send, receive });
  const client = of(clientTitle, serverTitle, {}, { send: receive, receive: authenticated });
  const callers: Caller[] = [];
  const watched = config.rights ?? objectRights;
  const rights: AccessRights = {
    attribute: (o, a, caller) => {
      callers.push(caller);
      return watched.attribute?.(o, a, caller);
    },
    method: (o, m, caller) => {
      callers.push(caller);
      return watched.method?.(o, m, caller);
    },
  };
  const meter = await meterWith(
    {
      mechanism: 'none',
      preEstablished: true,
      ciphering: 'required',
      conformance: conformanceBits,
      security: () => server,
      role: 'reader',
      ...config,
      rights,
    },
    { maxSendPduSize: config.conformance === undefined ? 128 : 0 },
  );
  const say = async (
    apdu: Apdu,
    options: ProtectOptions = {},
  ): Promise<{ apdu: Apdu; protection: Protection; key: string | undefined } | undefined> => {
    const [answer] = await meter.handler.handle(await protect(encode(Apdu, apdu), client, options), route);
    if (answer === undefined) return undefined;
    const opened = await unprotect(
      answer,
      client.fresh({
        keys: client.keys,
        policy: { ...client.policy, receive: {}, ...{ withoutReplayProtection: true } },
      }),
    );
    return { apdu: decode(Apdu, opened.apdu), protection: opened.protection, key: opened.key };
  };
  return { meter, server, client, say, callers };
}
const text = (x: unknown): string => JSON.stringify(x);
const storedValue = async ({ device }: TestMeter): Promise<Uint8Array> =>
  (await device.objects.get(echoName)?.attributes.get(2)?.read({ caller: callerOf() })) as Uint8Array;

describe('the broadcast key', () => {
  it('the holder of the broadcast key of a dismantled meter commands nothing inside the HLS 5 association of another client', async () => {
    const config = await cipheredConfig();
    const meter = await meterWith(config);
    const { client } = await connected(meter, {
      authentication: { mechanism: 'hls-gmac' },
      security: await contextOf('client'),
    });
    await client.set(Echo, echoName, 'value', octets(4));
    // What is in every meter of the group: the broadcast key and the authentication key.
    const { authentication, globalBroadcast } = testKeysOf(0);
    const keys = await importKeys(provider, 0, { authentication: authentication!, globalBroadcast: globalBroadcast! });
    const thief = await contextOf('client', {
      keys,
      peerSystemTitle: serverTitle,
      counters: new InvocationCounters(new VolatileStore(), { initial: 1_000_000 }),
    });
    for (const form of ['glo', 'general-glo', { type: 'general-ciphering', key: 'global-broadcast' }] as const)
      for (const apdu of [set(octets(1)), action(2), get()]) {
        const stolen = await protect(encode(Apdu, apdu), thief, { form, broadcast: true });
        expect(await ask(meter, stolen)).toMatchObject({
          type: 'exception-response',
          serviceError: 'deciphering-error',
        });
      }
    // Nor does it end the association.
    const rlrq: Apdu = {
      type: 'rlrq',
      reason: 'normal',
      userInformation: await protect(Uint8Array.of(1, 0, 0, 0, 6, 0x5f, 0x1f, 4, 0, 0, 0x1e, 0x1d, 0xff, 0xff), thief, {
        broadcast: true,
      }),
    };
    expect(await ask(meter, rlrq)).toMatchObject({ type: 'exception-response' });
    expect(meter.calls).toEqual([]);
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(4));
  });
  it('speaks where the association allows it, and the rights see it', async () => {
    const rights: AccessRights = {
      attribute: (_, a, { key }) => ({ read: a.readable, write: key === 'global-unicast-encryption-key' }),
      method: (_, __, { key }) => (key === 'global-unicast-encryption-key' ? { invoke: true } : undefined),
    };
    const { say, callers, meter } = await speaking({ broadcast: true, rights });
    expect(text(await say(set(), { broadcast: true, form: 'general-glo' }))).toContain('read-write-denied');
    expect(text(await say(action(2), { broadcast: true, form: 'general-glo' }))).toContain('read-write-denied');
    expect(callers.map((c) => c.key)).toEqual(['global-broadcast-encryption-key', 'global-broadcast-encryption-key']);
    expect(meter.calls).toEqual([]);
    expect(text(await say(set(), { form: 'general-glo' }))).toContain('success');
    expect(text(await say(action(2), { form: 'general-glo' }))).toContain('success');
    expect(callers.at(-1)).toMatchObject({
      ...route,
      association: '0-0:40.0.1*255',
      mechanism: 'none',
      role: 'reader',
      key: 'global-unicast-encryption-key',
      originator: clientTitle,
      signers: [],
      protection: { authenticated: true, encrypted: false, signed: false },
    });
  });
});

describe('the caller', () => {
  it('a mechanism that is never carried out is not one for the rights', async () => {
    const { say, callers } = await speaking({ mechanism: 'hls-gmac' });
    await say(get());
    expect(callers[0]?.mechanism).toBe('none');
  });
  it('names who signed', async () => {
    const [ofClient, ofServer] = [
      await provider.generateKeyPair('ECDSA P-256'),
      await provider.generateKeyPair('ECDSA P-256'),
    ];
    const { say, callers, client } = await speaking(
      {},
      { suite: 1, keys: { signing: ofServer, peerSigning: ofClient.publicKey } },
    );
    client.setKeys({ signing: ofClient, peerSigning: ofServer.publicKey });
    await say(get(), { protection: { ...both, signed: true } });
    expect(callers[0]).toMatchObject({ signers: [clientTitle], protection: { signed: true } });
    await say(get());
    expect(callers[1]).toMatchObject({ signers: [], protection: { signed: false } });
  });
  it('is the same for handlers', async () => {
    const { say, meter } = await speaking();
    let seen: Caller | undefined;
    const attribute = meter.device.objects.get(echoName)?.attributes.get(2);
    const { read } = attribute!;
    Object.assign(attribute!, {
      read(context: Parameters<typeof read>[0]) {
        seen = context.caller;
        return read(context);
      },
    });
    await say(get());
    expect(seen).toMatchObject({ clientSap: 1, key: 'global-unicast-encryption-key', originator: clientTitle });
  });
  it('of a request in parts has what every part had', () => {
    const [a, b] = [octets(8, 1), octets(8, 2)];
    const part = (changes: Partial<Caller>): Caller =>
      callerOf({ key: 'global-unicast-encryption-key', originator: clientTitle, ...changes });
    const whole = joined(
      part({ protection: { ...both, signed: true }, signers: [a, b] }),
      part({ protection: { authenticated: true, signed: true }, signers: [b] }),
    );
    expect(whole).toMatchObject({ protection: { authenticated: true, encrypted: false, signed: true }, signers: [b] });
    // Signed by different people: signed by nobody.
    expect(
      joined(
        part({ protection: { signed: true }, signers: [a] }),
        part({ protection: { signed: true }, signers: [b] }),
      ),
    ).toMatchObject({
      protection: { signed: false },
      signers: [],
    });
    expect(joined(part({}), part({ key: 'dedicated-key' }))).toBeUndefined();
    expect(joined(part({}), part({ originator: serverTitle }))).toBeUndefined();
    expect(joined(part({}), callerOf({ key: 'global-unicast-encryption-key' }))).toBeUndefined();
    expect(joined(callerOf(), callerOf({ originator: clientTitle }))).toBeUndefined();
    expect(joined(callerOf(), callerOf())).toEqual(
      callerOf({ protection: { authenticated: false, encrypted: false, signed: false } }),
    );
  });
  it('who goes on with a response is who began it, protected no less', () => {
    const began = callerOf({
      key: 'global-unicast-encryption-key',
      originator: clientTitle,
      protection: both,
      signers: [octets(8)],
    });
    expect(continues(began, { ...began })).toBe(true);
    expect(continues(began, { ...began, protection: { ...both, signed: true } })).toBe(true);
    for (const changes of [
      { protection: authenticated },
      { key: 'dedicated-key' },
      { originator: serverTitle },
      { signers: [] },
      { signers: [octets(8, 1)] },
    ] as const)
      expect(continues(began, { ...began, ...changes })).toBe(false);
  });
});

describe('a right that asks for protection of the response', () => {
  const encryptedResponse: AccessRights = {
    attribute: (_, { index }): AttributeRight => ({
      read: true,
      write: true,
      ...(index === 2 ? { response: { encrypted: true } } : {}),
    }),
    method: (_, { index }) => ({ invoke: true, ...(index === 1 ? { response: { encrypted: true } } : {}) }),
  };
  it('gets it beyond the policy, and nothing else does', async () => {
    const { say } = await speaking({ rights: encryptedResponse });
    for (const apdu of [get(), set(), action(1), getList(3, 2)])
      expect((await say(apdu))?.protection).toEqual({ authenticated: true, encrypted: true, signed: false });
    for (const apdu of [get(3), action(2), getList(3, 1)])
      expect((await say(apdu))?.protection).toEqual({ authenticated: true, encrypted: false, signed: false });
  });
  it('gets the strongest of all items of a list and of ACCESS', async () => {
    const rights: AccessRights = {
      attribute: (_, { index }) => ({
        read: true,
        write: true,
        response: index === 2 ? { authenticated: true } : index === 3 ? { encrypted: true } : {},
      }),
    };
    const { say } = await speaking({ rights }, { send: {} });
    expect((await say(getList(2)))?.protection).toMatchObject({ authenticated: true, encrypted: false });
    expect((await say(getList(3)))?.protection).toMatchObject({ authenticated: false, encrypted: true });
    for (const ids of [
      [2, 3],
      [3, 2],
      [1, 2, 3],
    ])
      expect((await say(getList(...ids)))?.protection).toMatchObject(both);
    const access: Apdu = {
      type: 'access-request',
      longInvokeIdAndPriority: {
        invokeId: 1,
        selfDescriptive: false,
        processingOption: 'continue',
        serviceClass: 'confirmed',
        priority: 'normal',
      },
      dateTime: new Uint8Array(0),
      accessRequestBody: {
        accessRequestSpecification: [2, 3].map((id) => ({
          type: 'access-request-get',
          cosemAttributeDescriptor: descriptor(id),
        })),
        accessRequestListOfData: [{ type: 'null-data' }, { type: 'null-data' }],
      },
    };
    expect(await say(access)).toMatchObject({ protection: both, apdu: { type: 'access-response' } });
    expect((await say(getList(1)))?.protection).toEqual({ authenticated: false, encrypted: false, signed: false });
  });
  it('protects every block, and a request for a block that is protected less than the first ends the transfer', async () => {
    const { say, meter, server } = await speaking({ rights: encryptedResponse });
    await say(set(octets(400)));
    const began = await say(get(), { protection: both });
    expect(began).toMatchObject({
      protection: both,
      apdu: { value: { result: { blockNumber: 1, lastBlock: false } } },
    });
    expect(await say(next(1), { protection: both })).toMatchObject({
      protection: both,
      apdu: { value: { result: { blockNumber: 2 } } },
    });
    // The lost response is repeated as protected as it was.
    expect(await say(next(1), { protection: both })).toMatchObject({
      protection: both,
      apdu: { value: { result: { blockNumber: 2 } } },
    });
    expect(text(await say(next(2), { protection: authenticated }))).toContain('read-write-denied');
    expect(text(await say(next(2), { protection: both }))).toContain('no-long-get-in-progress');
    // A get-next in clear, where the policy itself would take it.
    await say(get(), { protection: both });
    server.policy = { send: {}, receive: {}, ...{ withoutReplayProtection: true } };
    const [answer] = await meter.handler.handle(encode(Apdu, next(1)), route);
    expect(text(decode(Apdu, answer!))).toContain('read-write-denied');
    expect(text(await say(next(1), { protection: both }))).toContain('no-long-get-in-progress');
  });
  it('the same for the blocks of an ACTION', async () => {
    const { say } = await speaking({ rights: encryptedResponse });
    expect(await say(action(1, octets(300)), { protection: both })).toMatchObject({
      protection: both,
      apdu: { value: { pblock: { blockNumber: 1 } } },
    });
    expect(await say(nextPblock(1), { protection: both })).toMatchObject({
      protection: both,
      apdu: { value: { pblock: { blockNumber: 2 } } },
    });
    expect(text(await say(nextPblock(2), { protection: authenticated }))).toContain('read-write-denied');
    expect(text(await say(nextPblock(2), { protection: both }))).toContain('no-long-action-in-progress');
  });
  it('the same for the blocks that acknowledge a long SET, and its last block that comes again', async () => {
    const { say, meter } = await speaking({ rights: encryptedResponse });
    const whole = dataOctets(octets(150));
    const first: Apdu = {
      type: 'set-request',
      value: {
        type: 'set-request-with-first-datablock',
        invokeIdAndPriority: invoke(),
        cosemAttributeDescriptor: descriptor(),
        datablock: { lastBlock: false, blockNumber: 1, rawData: whole.subarray(0, 80) },
      },
    };
    const last: Apdu = {
      type: 'set-request',
      value: {
        type: 'set-request-with-datablock',
        invokeIdAndPriority: invoke(),
        datablock: { lastBlock: true, blockNumber: 2, rawData: whole.subarray(80) },
      },
    };
    expect((await say(first, { protection: both }))?.protection).toMatchObject(both);
    const done = await say(last, { protection: both });
    expect(done).toMatchObject({ protection: both, apdu: { value: { result: 'success' } } });
    expect(await say(last, { protection: both })).toEqual(done);
    // Under less protection it is not the same request, and is not told how the other ended.
    expect(text(await say(last, { protection: authenticated }))).toContain('no-long-set-in-progress');
    expect(await storedValue(meter)).toEqual(whole);
  });
  it('is known before the first block of a list, whichever item asks for it', async () => {
    const rights: AccessRights = {
      attribute: (_, { index }) => ({
        read: true,
        write: true,
        ...(index === 3 ? { response: { encrypted: true } } : {}),
      }),
      method: (_, { index }) => ({ invoke: true, ...(index === 2 ? { response: { encrypted: true } } : {}) }),
    };
    const long = await speaking({ rights });
    await long.say(set(octets(400)));
    expect(await long.say(getList(2, 3))).toMatchObject({
      protection: both,
      apdu: { value: { result: { blockNumber: 1, lastBlock: false } } },
    });
    expect((await long.say(getList(2, 1)))?.protection).toMatchObject({ authenticated: true, encrypted: false });
    const methodOffset = (_: number, __: number, method: number): number => 0x20 + 8 * method;
    const referencing = serverShortNames({
      baseNames: { [echoName]: 0x1000 },
      methodOffset: (c, v, m) => (c === 9000 ? methodOffset(c, v, m) : undefined),
    });
    const short = await speaking({ rights, referencing });
    const name = (value: number): { type: 'variable-name'; value: number } => ({ type: 'variable-name', value });
    await short.say({
      type: 'writeRequest',
      variableAccessSpecification: [name(0x1008)],
      listOfData: [data(octets(400))],
    });
    const take = {
      type: 'parameterized-access',
      variableName: 0x1030,
      selector: 0,
      parameter: data(octets(2)),
    } as const;
    for (const second of [name(0x1010), take])
      expect(await short.say({ type: 'readRequest', value: [name(0x1008), second] })).toMatchObject({
        protection: both,
        apdu: { value: [{ type: 'data-block-result', blockNumber: 1, lastBlock: false }] },
      });
    expect((await short.say({ type: 'readRequest', value: [name(0x1008), name(0x1000)] }))?.protection).toMatchObject({
      encrypted: false,
    });
  });
  it('is refused before anything is done where the association cannot give it', async () => {
    const rights: AccessRights = {
      attribute: () => ({ read: true, write: true, response: { authenticated: true } }),
      method: () => ({ invoke: true, response: { authenticated: true } }),
    };
    const clear = await meterWith({ rights, preEstablished: true, anybodyMayChange: true });
    const before = await storedValue(clear);
    for (const apdu of [get(), set(), action(2)]) expect(text(await ask(clear, apdu))).toContain('read-write-denied');
    expect(await storedValue(clear)).toEqual(before);
    expect(clear.calls).toEqual([]);
    // A signature without a key for it; an encryption that the association has the key for.
    const signed: AccessRights = {
      attribute: () => ({ read: true, write: true, response: { signed: true } }),
      method: () => ({ invoke: true, response: { signed: true } }),
    };
    for (const suite of [0, 1] as const) {
      const { say, meter } = await speaking({ rights: signed }, { suite });
      for (const apdu of [get(), set(), action(2)]) expect(text(await say(apdu))).toContain('read-write-denied');
      expect(meter.calls).toEqual([]);
    }
    const [ofClient, ofServer] = [
      await provider.generateKeyPair('ECDSA P-256'),
      await provider.generateKeyPair('ECDSA P-256'),
    ];
    const { say, client } = await speaking(
      { rights: signed, conformance: ['get', 'set', 'action'] },
      { suite: 1, keys: { signing: ofServer, peerSigning: ofClient.publicKey } },
    );
    client.setKeys({ peerSigning: ofServer.publicKey });
    expect(await say(get())).toMatchObject({
      protection: { authenticated: true, signed: true },
      apdu: { type: 'get-response' },
    });
  });
  it('a response that is protected more still fits into the PDU size of the client', async () => {
    const { say, client, meter } = await speaking({ rights: encryptedResponse });
    await say(set(octets(500)));
    let block = 1;
    for (let request = get(); ; request = next(block++)) {
      const [answer] = await meter.handler.handle(await protect(encode(Apdu, request), client), route);
      expect(answer!.length).toBeLessThanOrEqual(128);
      const { value } = decode(Apdu, (await unprotect(answer!, client)).apdu) as {
        value: { result: { lastBlock: boolean } };
      };
      if (value.result.lastBlock) break;
    }
    expect(block).toBeGreaterThan(4);
  });
});

describe('parts under different keys do not belong together', () => {
  it('a block under the dedicated key does not go on what one under the global key began', async () => {
    const { say, client, server, meter } = await speaking();
    for (const side of [client, server]) await side.takeDedicatedKey(octets(16));
    const whole = dataOctets(octets(60));
    const block = (lastBlock: boolean, blockNumber: number, rawData: Uint8Array) => ({
      lastBlock,
      blockNumber,
      rawData,
    });
    const before = await storedValue(meter);
    await say({
      type: 'set-request',
      value: {
        type: 'set-request-with-first-datablock',
        invokeIdAndPriority: invoke(),
        cosemAttributeDescriptor: descriptor(),
        datablock: block(false, 1, whole.subarray(0, 30)),
      },
    });
    const last: Apdu = {
      type: 'set-request',
      value: {
        type: 'set-request-with-datablock',
        invokeIdAndPriority: invoke(),
        datablock: block(true, 2, whole.subarray(30)),
      },
    };
    expect(text(await say(last, { form: 'ded' }))).toContain('long-set-aborted');
    expect(text(await say(last))).toContain('no-long-set-in-progress');
    await say({
      type: 'action-request',
      value: {
        type: 'action-request-with-first-pblock',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: methodOf(2),
        pblock: block(false, 1, whole.subarray(0, 30)),
      },
    });
    const pblock: Apdu = {
      type: 'action-request',
      value: {
        type: 'action-request-with-pblock',
        invokeIdAndPriority: invoke(),
        pblock: block(true, 2, whole.subarray(30)),
      },
    };
    expect(text(await say(pblock, { form: 'ded' }))).toContain('long-action-aborted');
    expect(await storedValue(meter)).toEqual(before);
    expect(meter.calls).toEqual([]);
  });
});

describe('short names', () => {
  const referencing = serverShortNames({ baseNames: { [echoName]: 0x1000 } });
  const conformance = conformanceBits;
  const needs: AccessRights = {
    attribute: () => ({ read: true, write: true, request: { encrypted: true } }),
    method: () => ({ invoke: true, request: { encrypted: true } }),
  };
  const write: Apdu = {
    type: 'writeRequest',
    variableAccessSpecification: [{ type: 'variable-name', value: 0x1008 }],
    listOfData: [data(octets(40))],
  };
  const inner = encode(Apdu, write).subarray(1);
  const writeBlock = (blockNumber: number, lastBlock: boolean, rawData: Uint8Array): Apdu => ({
    type: 'writeRequest',
    variableAccessSpecification: [{ type: 'write-data-block-access', lastBlock, blockNumber }],
    listOfData: [data(rawData)],
  });
  it('a block without encryption does not ride on the last one that has it (WRITE)', async () => {
    for (const [first, last] of [
      [authenticated, both],
      [both, authenticated],
    ] as const) {
      const { say, meter } = await speaking({ referencing, conformance, rights: needs });
      const before = await storedValue(meter);
      expect(text(await say(writeBlock(1, false, inner.subarray(0, 10)), { protection: first }))).toContain(
        'block-number',
      );
      expect(text(await say(writeBlock(2, true, inner.subarray(10)), { protection: last }))).toContain(
        'read-write-denied',
      );
      expect(await storedValue(meter)).toEqual(before);
      await say(writeBlock(1, false, inner.subarray(0, 10)), { protection: both });
      expect(text(await say(writeBlock(2, true, inner.subarray(10)), { protection: both }))).toContain('success');
    }
  });
  it('a block without encryption does not ride on the last one that has it (READ)', async () => {
    const names = encode(Apdu, { type: 'readRequest', value: [{ type: 'variable-name', value: 0x1008 }] }).subarray(1);
    const readBlock = (blockNumber: number, lastBlock: boolean, rawData: Uint8Array): Apdu => ({
      type: 'readRequest',
      value: [{ type: 'read-data-block-access', lastBlock, blockNumber, rawData }],
    });
    for (const [first, last] of [
      [authenticated, both],
      [both, authenticated],
    ] as const) {
      const { say } = await speaking({ referencing, conformance, rights: needs });
      await say(readBlock(1, false, names.subarray(0, 2)), { protection: first });
      expect(text(await say(readBlock(2, true, names.subarray(2)), { protection: last }))).toContain(
        'read-write-denied',
      );
      await say(readBlock(1, false, names.subarray(0, 2)), { protection: both });
      expect(text(await say(readBlock(2, true, names.subarray(2)), { protection: both }))).toContain('octet-string');
    }
  });
  it('blocks under different keys are no request', async () => {
    const { say, client, server, meter } = await speaking({ referencing, conformance });
    for (const side of [client, server]) await side.takeDedicatedKey(octets(16));
    const before = await storedValue(meter);
    await say(writeBlock(1, false, inner.subarray(0, 10)));
    expect(text(await say(writeBlock(2, true, inner.subarray(10)), { form: 'ded' }))).toContain('long-set-aborted');
    expect(await storedValue(meter)).toEqual(before);
  });
  it('a block-number-access in clear does not go on a protected READ', async () => {
    const { device, handler, meterServer, say } = await (async () => {
      const made = await speaking({ referencing, conformance });
      Object.assign(made.meter.device, { maxSendPduSize: 128 });
      return { device: made.meter.device, handler: made.meter.handler, meterServer: made.server, say: made.say };
    })();
    expect(device.maxSendPduSize).toBe(128);
    await say({
      type: 'writeRequest',
      variableAccessSpecification: [{ type: 'variable-name', value: 0x1008 }],
      listOfData: [data(octets(400))],
    });
    const read: Apdu = { type: 'readRequest', value: [{ type: 'variable-name', value: 0x1008 }] };
    const more = (blockNumber: number): Apdu => ({
      type: 'readRequest',
      value: [{ type: 'block-number-access', blockNumber }],
    });
    expect(text(await say(read, { protection: both }))).toContain('data-block-result');
    expect(text(await say(more(1), { protection: both }))).toContain('"blockNumber":2');
    expect(text(await say(more(2), { protection: authenticated }))).toContain('read-write-denied');
    expect(text(await say(more(2), { protection: both }))).toContain('no-long-get-in-progress');
    await say(read);
    meterServer.policy = { send: {}, receive: {}, ...{ withoutReplayProtection: true } };
    const [answer] = await handler.handle(encode(Apdu, more(1)), route);
    expect(text(decode(Apdu, answer!))).toContain('read-write-denied');
  });
});

describe('rights as the books write them', () => {
  const [allBits, readOnly] = [0xff, 0x01];
  it('do not let anybody write what the class says is only read: the name of an object stays', async () => {
    const rights = tableRights({ [echoName]: { attributes: { 1: 0x03, 2: 0x03 } } });
    const { client } = await connected(await meterWith({ rights }), {});
    const name = { type: 'octet-string', value: octets(6, 1) } as const;
    const target = { cosemAttributeDescriptor: { ...descriptor(), attributeId: 1 } };
    expect(await failureOf(() => client.setData(target, name))).toContain('read-write-denied');
    expect(await client.get(Echo, echoName, 'logicalName')).toBe(echoName);
    await client.close();
  });
  it('access modes of Association LN version 3', async () => {
    const rights = tableRights({ [echoName]: { attributes: { 1: readOnly, 2: 0x0f, 3: 0x43 }, methods: { 1: 0x05 } } });
    const { say, meter } = await speaking({ rights });
    expect(text(await say(get(1)))).toContain('"octet-string"');
    expect(text(await say(get(2)))).toContain('read-write-denied');
    expect(text(await say(set(), { protection: both }))).toContain('success');
    expect((await say(get(3)))?.protection).toMatchObject(both);
    expect(text(await say(action(1)))).toContain('success');
    // What is not named is refused.
    expect(text(await say(action(2)))).toContain('read-write-denied');
    expect(meter.calls).toHaveLength(1);
    const none = tableRights({});
    const [object] = meter.device.objects;
    expect(none.attribute?.(object!, object!.attributes.get(2)!, callerOf())).toBeUndefined();
    expect(none.method?.(object!, object!.methods.get(1)!, callerOf())).toBeUndefined();
    expect(
      tableRights({ [echoName]: { attributes: { 2: allBits } } }).attribute?.(
        object!,
        object!.attributes.get(2)!,
        callerOf(),
      ),
    ).toEqual({
      read: true,
      write: true,
      request: { authenticated: true, encrypted: true, signed: true },
      response: { authenticated: true, encrypted: true, signed: true },
    });
  });
  it('rights that name only attributes leave every method closed, and the other way round', async () => {
    const attributes = await speaking({ rights: { attribute: objectRights.attribute! } });
    expect(text(await attributes.say(get()))).toContain('"octet-string"');
    expect(text(await attributes.say(action(2)))).toContain('read-write-denied');
    const methods = await speaking({ rights: { method: objectRights.method! } });
    expect(text(await methods.say(get()))).toContain('read-write-denied');
    expect(text(await methods.say(set()))).toContain('read-write-denied');
    expect(text(await methods.say(action(2)))).toContain('success');
  });
  it('as older object lists show them', () => {
    const request = { authenticated: true };
    expect(
      [
        undefined,
        { read: false, write: false },
        { read: true, write: false },
        { read: false, write: true },
        { read: true, write: true },
      ].map(attributeModeV1),
    ).toEqual(['no-access', 'no-access', 'read-only', 'write-only', 'read-and-write']);
    expect(attributeModeV1({ read: true, write: true, request })).toBe('authenticated-read-and-write');
    expect(attributeModeV1({ read: false, write: false, request })).toBe('no-access');
    expect([undefined, { invoke: false }, { invoke: true }, { invoke: true, request }].map(methodModeV1)).toEqual([
      'no-access',
      'no-access',
      'access',
      'authenticated-access',
    ]);
  });
});

describe('an association that is no longer trusted', () => {
  const opened = async (
    config: Partial<AssociationConfig>,
    ciphered: boolean,
  ): Promise<{ meter: TestMeter; client: Client; channel: DirectChannel }> => {
    const meter = await meterWith(config);
    return {
      meter,
      ...(await connected(
        meter,
        ciphered ? { authentication: { mechanism: 'hls-gmac' }, security: await contextOf('client') } : {},
      )),
    };
  };
  it('is ended before the next request is served', async () => {
    let trusted = true;
    const stillTrusted = (caller: Caller): boolean => trusted || caller.clientSap !== 1;
    for (const [config, ciphered] of [
      [{}, false],
      [await cipheredConfig(), true],
    ] as const) {
      trusted = true;
      const { client, meter } = await opened({ ...config, stillTrusted }, ciphered);
      expect(await client.get(Echo, echoName, 'value')).toHaveLength(10);
      trusted = false;
      expect(await failureOf(() => client.action(Echo, echoName, 'take', octets(2)))).toContain('service/exception');
      expect(meter.calls).toEqual([]);
      trusted = true;
      expect(await failureOf(() => client.get(Echo, echoName, 'value'))).toContain('service/exception');
    }
  });
});
