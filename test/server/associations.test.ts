import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { Client, type ClientOptions } from '../../src/client/index.js';
import { InvocationCounters } from '../../src/security/counters.js';
import type { SecurityPolicy } from '../../src/security/policy.js';
import { protect } from '../../src/security/protect.js';
import { type AssociationConfig, Meter, readOnlyRights } from '../../src/server/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { Apdu } from '../../src/xdlms/index.js';
import {
  aarq,
  ask,
  bytes,
  cipheredConfig,
  clientTitle,
  connected,
  contextOf,
  DirectChannel,
  Echo,
  echoName,
  failureOf,
  get,
  initiate,
  invoke,
  meterWith,
  octets,
  provider,
  route,
  secretOf,
  type TestMeter,
} from './support.js';

describe('HLS', () => {
  const password = bytes('a shared secret');
  it.each(['hls-md5', 'hls-sha1', 'hls-sha256'] as const)('%s, right and wrong', async (mechanism) => {
    const config = {
      mechanism,
      secret: await provider.importKey('secret', password),
      security: (await cipheredConfig()).security!,
    };
    const options = async (secret: Uint8Array): Promise<ClientOptions> => ({
      authentication: { mechanism, secret: await provider.importKey('secret', secret) },
      ciphering: 'none',
      security: await contextOf('client'),
    });
    const meter = await meterWith(config);
    const { client } = await connected(meter, await options(password));
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(10));
    const wrong = await meterWith(config);
    expect(await failureOf(async () => connected(wrong, await options(bytes('another secret'))))).toMatch(
      /authentication-failed.*"side":"local"/,
    );
    // One attempt for each challenge: nothing more is served.
    expect(await ask(wrong, get)).toMatchObject({ type: 'exception-response' });
  });
  it('mechanism 2 with the function of the manufacturer', async () => {
    const manufacturer = (challenge: Uint8Array): Uint8Array => challenge.map((o) => o ^ 0x5a);
    const meter = await meterWith({ mechanism: 'hls-2', manufacturer, security: (await cipheredConfig()).security! });
    const { client } = await connected(meter, {
      authentication: { mechanism: 'hls-2', manufacturer },
      ciphering: 'none',
      security: await contextOf('client'),
    });
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(10));
  });
  it('nothing is served, written or called between the challenge and its answer', async () => {
    const config = {
      mechanism: 'hls-md5',
      secret: await secretOf('s'),
      security: (await cipheredConfig()).security!,
    } as const;
    const meter = await meterWith(config);
    expect(await ask(meter, aarq('hls-md5'))).toMatchObject({ result: 'accepted' });
    for (const apdu of [get, Uint8Array.of(0xc1, 1, 0x81), Uint8Array.of(0xd9, 0, 0, 0, 0, 0, 0, 0), octets(3)])
      expect(await ask(meter, apdu)).toMatchObject({ type: 'exception-response' });
    // The right method of another object, and without a parameter.
    for (const [instanceId, methodInvocationParameters] of [
      ['0-0:40.0.9*255', { type: 'octet-string', value: octets(16) }],
      ['0-0:40.0.0*255', undefined],
    ] as const)
      expect(
        await ask(meter, {
          type: 'action-request',
          value: {
            type: 'action-request-normal',
            invokeIdAndPriority: invoke(),
            cosemMethodDescriptor: { classId: 15, instanceId, methodId: 1 },
            ...(methodInvocationParameters === undefined ? {} : { methodInvocationParameters }),
          },
        }),
      ).toMatchObject({ type: 'exception-response' });
    expect(await ask(meter, encode(Apdu, { type: 'rlrq', reason: 'normal' }))).toMatchObject({ type: 'rlre' });
  });
  it('the client refuses its own challenge sent back', async () => {
    const meter = await meterWith({
      mechanism: 'hls-md5',
      secret: await secretOf('s'),
      security: (await cipheredConfig()).security!,
    });
    let own: Uint8Array | undefined;
    const channel = new DirectChannel(meter.handler, (answers) =>
      answers.map((a) => {
        const aare = decode(Apdu, a);
        const sent = decode(Apdu, channel.sent.at(-1)!);
        if (aare.type !== 'aare' || sent.type !== 'aarq') return a;
        own = sent.callingAuthenticationValue?.value as Uint8Array;
        return encode(Apdu, { ...aare, respondingAuthenticationValue: { type: 'charstring', value: own } });
      }),
    );
    const client = new Client(channel, {
      authentication: { mechanism: 'hls-md5', secret: await secretOf('s') },
      ciphering: 'none',
      security: await contextOf('client'),
    });
    expect(await failureOf(() => client.connect())).toContain('reflection');
    expect(own).toHaveLength(16);
  });
});

describe('ciphered associations', () => {
  const open = async (
    policy?: SecurityPolicy,
  ): Promise<{ meter: TestMeter; client: Client; channel: DirectChannel }> => {
    const changes = policy === undefined ? {} : { policy };
    const meter = await meterWith(await cipheredConfig(changes));
    return {
      meter,
      ...(await connected(meter, {
        authentication: { mechanism: 'hls-gmac' },
        security: await contextOf('client', changes),
      })),
    };
  };
  it('refuses replayed, plain and foreign APDUs, and goes on', async () => {
    const { meter, client, channel } = await open();
    await client.set(Echo, echoName, 'value', octets(4));
    const replayed = channel.sent.at(-1)!;
    expect(await ask(meter, replayed)).toMatchObject({
      type: 'exception-response',
      serviceError: 'invocation-counter-error',
    });
    expect(await ask(meter, get)).toMatchObject({ type: 'exception-response', serviceError: 'deciphering-error' });
    // Clients take errors in clear; a meter does not, and answers nothing under its keys.
    for (const error of [Uint8Array.of(14, 0, 0, 0), Uint8Array.of(0xd8, 1, 1)])
      expect(await ask(meter, error)).toMatchObject({ type: 'exception-response', serviceError: 'deciphering-error' });
    const other = await contextOf('client', {
      counters: new InvocationCounters(new VolatileStore(), { initial: 0xf000_0000 }),
      peerSystemTitle: octets(8),
    });
    const changed = await protect(get, other);
    changed[10]! ^= 1;
    expect(await ask(meter, changed)).toMatchObject({ type: 'exception-response', serviceError: 'deciphering-error' });
    for (let i = 0; i < replayed.length; i++) {
      const flipped = replayed.slice();
      flipped[i]! ^= 0x10;
      expect((await ask(meter, flipped))?.type).toBe('exception-response');
    }
    expect(meter.calls).toEqual([]);
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(4));
  });
  it('is not ended by a release or an AARQ in clear', async () => {
    const { meter, client } = await open();
    expect(await ask(meter, { type: 'rlrq', reason: 'normal' })).toMatchObject({ type: 'exception-response' });
    expect(await ask(meter, { type: 'rlrq', reason: 'normal', userInformation: initiate() })).toMatchObject({
      type: 'exception-response',
    });
    expect(await ask(meter, aarq('none'))).toMatchObject({ type: 'aare', result: 'rejected-permanent' });
    expect(await ask(meter, aarq('hls-gmac', {}, initiate(), true))).toMatchObject({ type: 'exception-response' });
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(10));
    await client.close();
    expect(await ask(meter, get)).toMatchObject({ type: 'exception-response', serviceError: 'operation-not-possible' });
  });
  it.each<[string, SecurityPolicy]>([
    ['authenticated', { send: { authenticated: true }, receive: { authenticated: true } }],
    ['encrypted', { send: { encrypted: true }, receive: { encrypted: true }, withoutReplayProtection: true }],
  ])('policy %s', async (_, policy) => {
    const { client } = await open(policy);
    await client.set(Echo, echoName, 'value', octets(200));
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(200));
  });
  it('access rights ask for more than the policy', async () => {
    const authenticated = { authenticated: true };
    const policy = { send: authenticated, receive: authenticated };
    const rights: AssociationConfig['rights'] = {
      attribute: (_, a) => ({ read: true, write: true, ...(a.index === 2 ? { request: { encrypted: true } } : {}) }),
      method: (_, m) => ({ invoke: true, ...(m.index === 1 ? { request: { signed: true } } : {}) }),
    };
    const meter = await meterWith({ ...(await cipheredConfig({ policy })), rights });
    const security = await contextOf('client', { policy });
    const { client } = await connected(meter, { authentication: { mechanism: 'hls-gmac' }, security });
    expect(await client.get(Echo, echoName, 'other')).toEqual(octets(20, 3));
    expect(await failureOf(() => client.get(Echo, echoName, 'value'))).toContain('read-write-denied');
    expect(await failureOf(() => client.action(Echo, echoName, 'echo', octets(1)))).toContain('read-write-denied');
    security.policy = { send: { authenticated: true, encrypted: true }, receive: authenticated };
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(10));
    await client.action(Echo, echoName, 'take', octets(1));
  });
  it('the client takes no response in clear, save for an error', async () => {
    const meter = await meterWith(await cipheredConfig());
    let answer: Uint8Array | undefined;
    const security = await contextOf('client');
    const answered = async (octets: Uint8Array): Promise<string> => {
      answer = undefined;
      const channel = new DirectChannel(meter.handler, (answers) => (answer === undefined ? answers : [answer]));
      const client = new Client(channel, { authentication: { mechanism: 'hls-gmac' }, security: security.fresh() });
      await client.connect();
      answer = octets;
      return failureOf(() => client.get(Echo, echoName, 'value'));
    };
    expect(await answered(Uint8Array.of(0xc4, 1, 0xc2, 0, 9, 1, 7))).toContain('security/policy');
    expect(await answered(Uint8Array.of(0xd8, 1, 1))).toContain('service/exception');
  });
});

describe('routes', () => {
  it('an unknown logical device is silent, an unknown client refused, associations are apart', async () => {
    const meter = await meterWith();
    expect(await meter.handler.handle(get, { clientSap: 1, serverSap: 9 })).toEqual([]);
    const [aare] = await meter.handler.handle(aarq('none'), { clientSap: 77, serverSap: 1 });
    expect(decode(Apdu, aare!)).toMatchObject({
      result: 'rejected-permanent',
      resultSourceDiagnostic: { value: 'no-reason-given' },
    });
    await connected(meter);
    expect(await ask(meter, get)).toMatchObject({ type: 'get-response' });
    const [other] = await meter.handler.handle(get, { clientSap: 77, serverSap: 1 });
    expect(decode(Apdu, other!)).toMatchObject({ type: 'exception-response' });
    meter.handler.released?.(route);
    expect(await ask(meter, get)).toMatchObject({ type: 'exception-response' });
  });
  it('a pre-established association is open at once, for good', async () => {
    const meter = await meterWith({ preEstablished: true });
    const client = new Client(new DirectChannel(meter.handler), { preEstablished: true });
    await client.connect();
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(10));
    await client.close();
    expect(await ask(meter, aarq('none'))).toMatchObject({ result: 'rejected-permanent' });
    expect(await ask(meter, { type: 'rlrq', reason: 'normal' })).toMatchObject({ type: 'rlre' });
    expect(await ask(meter, get)).toMatchObject({ type: 'get-response' });
  });
  it('a pre-established ciphered association takes general-glo from a client it never heard of', async () => {
    const meter = await meterWith({
      ...(await cipheredConfig({ peerSystemTitle: clientTitle })),
      mechanism: 'none',
      preEstablished: true,
    });
    const client = new Client(new DirectChannel(meter.handler), {
      preEstablished: true,
      security: await contextOf('client', {
        form: 'general-glo',
        peerSystemTitle: Uint8Array.of(0x53, 0x52, 0x56, 0, 0, 0, 0, 1),
      }),
    });
    await client.connect();
    await client.set(Echo, echoName, 'value', octets(33));
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(33));
    expect(await ask(meter, get)).toMatchObject({ type: 'exception-response' });
  });
  it('an AARQ in an open plain association begins anew', async () => {
    const meter = await meterWith();
    await connected(meter);
    expect(await ask(meter, aarq('none'))).toMatchObject({ result: 'accepted' });
    expect(await ask(meter, get)).toMatchObject({ type: 'get-response' });
    expect(await ask(meter, aarq('lls'))).toMatchObject({ result: 'rejected-permanent' });
    expect(await ask(meter, get)).toMatchObject({ type: 'exception-response' });
  });
});

it('a failing onError and a failing onMessage do not reach the client as more than an exception', async () => {
  const fails = (): never => {
    throw new Error('a fault of the application');
  };
  const meter = await meterWith({}, { onError: fails });
  expect(await ask(meter, Uint8Array.of(0x60, 3, 1, 2, 3))).toMatchObject({ type: 'exception-response' });
  const other = await meterWith({ ...(await cipheredConfig()), onMessage: fails });
  expect(
    await failureOf(async () =>
      connected(other, { authentication: { mechanism: 'hls-gmac' }, security: await contextOf('client') }),
    ),
  ).toContain('operation-not-possible');
});

describe('rights that are not configured', () => {
  const withoutRights = (
    config: Pick<AssociationConfig, 'mechanism'> & Partial<AssociationConfig>,
  ): AssociationConfig => ({
    clientSap: 1,
    logicalName: '0-0:40.0.1*255',
    ciphering: 'none',
    ...config,
  });
  const first = { classId: 9000, instanceId: echoName, attributeId: 2 } as const;
  it('a client that did not prove who it is reads only', async () => {
    const { device, calls } = await meterWith();
    const config = device.associations[0] as AssociationConfig;
    const client = new Client(
      new DirectChannel(
        new Meter({
          ...device,
          associations: [{ ...config, rights: readOnlyRights, anybodyMayChange: false }],
        }).connection(),
      ),
    );
    await client.connect();
    expect(await client.get(Echo, echoName, 'value')).toHaveLength(10);
    await expect(client.set(Echo, echoName, 'value', octets(3))).rejects.toMatchObject({
      context: { result: 'read-write-denied' },
    });
    await expect(client.action(Echo, echoName, 'take', octets(3))).rejects.toMatchObject({
      context: { result: 'read-write-denied' },
    });
    await expect(
      client.setData({ cosemAttributeDescriptor: first }, { type: 'octet-string', value: octets(3) }),
    ).rejects.toMatchObject({
      code: 'service/data-access',
    });
    expect(calls).toEqual([]);
  });
  it('one that did reads only as well: what it may change has to be named', async () => {
    const { device, calls } = await meterWith();
    const password = octets(8);
    const client = new Client(
      new DirectChannel(
        new Meter({ ...device, associations: [withoutRights({ mechanism: 'lls', password })] }).connection(),
      ),
      {
        authentication: { mechanism: 'lls', password },
        ciphering: 'none',
      },
    );
    await client.connect();
    await expect(client.set(Echo, echoName, 'value', octets(3))).rejects.toMatchObject({
      context: { result: 'read-write-denied' },
    });
    await expect(client.action(Echo, echoName, 'take', octets(3))).rejects.toMatchObject({
      context: { result: 'read-write-denied' },
    });
    expect(await client.get(Echo, echoName, 'value')).toHaveLength(10);
    expect(calls).toEqual([]);
  });
});
