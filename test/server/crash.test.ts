import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { KeyRing } from '../../src/security/key-ring.js';
import { importKeys } from '../../src/security/keys.js';
import { protect } from '../../src/security/protect.js';
import { unprotect } from '../../src/security/unprotect.js';
import { Meter, objectRights } from '../../src/server/index.js';
import { FileStore } from '../../src/store/file-store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import type { ApduHandler } from '../../src/transport/index.js';
import { clientTitle, DirectChannel, Echo, echoName, meterWith, octets, provider, serverTitle } from './support.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crash-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keysOf = async () => importKeys(provider, 0, testKeys);
const proven = { clientSap: 1, serverSap: 1 };
const always = { clientSap: 2, serverSap: 1 };

interface Side {
  readonly store: FileStore;
  readonly counters: InvocationCounters;
}
/** What a process finds; it dies without closing anything. */
async function side(name: string, first = false): Promise<Side> {
  const store = await (first ? FileStore.create(join(folder, name)) : FileStore.open(join(folder, name)));
  return { store, counters: new InvocationCounters(store) };
}
interface Running {
  readonly handler: () => ApduHandler;
  /** What was carried out. */
  readonly calls: readonly Uint8Array[];
}
/** A meter with one association that a challenge proves and one that is always open, under the same keys. */
async function meterOn({ counters }: Side): Promise<Running> {
  const keys = await keysOf();
  const security = () => new SecurityContext({ provider, suite: 0, systemTitle: serverTitle, keys, counters });
  const made = await meterWith();
  const config = { logicalName: '0-0:40.0.1*255', ciphering: 'required', rights: objectRights, security } as const;
  const meter = new Meter({
    ...made.device,
    associations: [
      { ...config, clientSap: proven.clientSap, mechanism: 'hls-gmac' },
      {
        ...config,
        clientSap: always.clientSap,
        mechanism: 'none',
        preEstablished: true,
        security: () =>
          new SecurityContext({
            provider,
            suite: 0,
            systemTitle: serverTitle,
            peerSystemTitle: clientTitle,
            keys,
            counters,
          }),
      },
    ],
  });
  return { handler: () => meter.connection(), calls: made.calls };
}
async function contextOn({ counters }: Side): Promise<SecurityContext> {
  return new SecurityContext({
    provider,
    suite: 0,
    systemTitle: clientTitle,
    peerSystemTitle: serverTitle,
    keys: await keysOf(),
    counters,
  });
}
async function connect(meter: Running, security: SecurityContext): Promise<{ client: Client; channel: DirectChannel }> {
  const channel = new DirectChannel(meter.handler(), undefined, proven);
  const client = new Client(channel, { authentication: { mechanism: 'hls-gmac' }, security, recoverCounter: false });
  await client.connect();
  return { client, channel };
}
async function serverOn({ counters }: Side): Promise<SecurityContext> {
  return new SecurityContext({
    provider,
    suite: 0,
    systemTitle: serverTitle,
    peerSystemTitle: clientTitle,
    keys: await keysOf(),
    counters,
  });
}
const codeOf = async (use: () => unknown): Promise<string> => {
  try {
    await use();
    return 'accepted';
  } catch (e) {
    return (e as { code: string }).code;
  }
};
const versions = (name: string): number =>
  Math.max(...readdirSync(join(folder, name)).map((file) => Number(/\d+$/.exec(file)?.[0] ?? 0)));

describe('a process that dies with counters it had not written yet', () => {
  /** A session of ten commands between two stores, after which both sides die. */
  async function session(): Promise<{ sent: readonly Uint8Array[]; received: readonly Uint8Array[]; head: Side }> {
    const [head, field] = [await side('head', true), await side('field', true)];
    const meter = await meterOn(field);
    const { client, channel } = await connect(meter, await contextOn(head));
    const before = [versions('head'), versions('field')];
    for (let i = 0; i < 10; i++) await client.action(Echo, echoName, 'take', octets(5, i));
    expect(meter.calls).toHaveLength(10);
    // Nothing was written for any of the messages.
    expect([versions('head'), versions('field')]).toEqual(before);
    return { sent: channel.sent, received: channel.received, head };
  }
  it('an on-path attacker replays every recorded request to the meter: in an association that is always open, in new ones, and in that of the client', async () => {
    const { sent, head } = await session();
    const meter = await meterOn(await side('field'));
    const opened = meter.handler();
    for (const apdu of sent) await opened.handle(apdu, always);
    // In the state before the challenge is answered, which only an AARQ that was never used opens.
    const opening = meter.handler();
    for (const apdu of sent) for (const route of [proven, always]) await opening.handle(apdu, route);
    expect(meter.calls).toEqual([]);
    // The client comes back, proves itself, and the attacker speaks into its association.
    const { client, channel } = await connect(meter, await contextOn(head));
    const inside = meter.handler();
    for (const apdu of sent) await channel.send(apdu).catch(() => {});
    while ((await channel.receive().catch(() => undefined)) !== undefined);
    for (const apdu of sent) await inside.handle(apdu, always);
    expect(meter.calls).toEqual([]);
    await client.action(Echo, echoName, 'take', octets(5, 99));
    expect(meter.calls).toEqual([octets(5, 99)]);
  });
  it('the same with each request as the user-information of a new AARQ', async () => {
    const { sent } = await session();
    const meter = await meterOn(await side('field'));
    const first = sent[0] as Uint8Array;
    for (const apdu of sent)
      expect((await meter.handler().handle(apdu === first ? apdu : first, proven))[0]?.[0]).toBe(0xd8);
  });
  it('an on-path attacker replays every recorded response to the client: to a listener for pushes, where it is always open, and in a new association', async () => {
    const { received } = await session();
    const head = await side('head');
    const ring = new KeyRing({ provider, systemTitle: clientTitle, counters: head.counters });
    ring.set(serverTitle, { suite: 0, keys: await keysOf() });
    const codes = new Set<string>();
    // The first is the AARE, in clear but for what it carries.
    for (const apdu of received.slice(1)) {
      for (const context of [ring.context(serverTitle)!, await contextOn(head)]) {
        codes.add(await codeOf(() => unprotect(apdu, context)));
      }
    }
    expect([...codes]).toEqual(['security/replay']);
    // After a new proof nothing of the old is new either.
    const meter = await meterOn(await side('field'));
    const security = await contextOn(head);
    const { client } = await connect(meter, security);
    for (const apdu of received.slice(1)) expect(await codeOf(() => unprotect(apdu, security))).toBe('security/replay');
    await client.action(Echo, echoName, 'take', octets(1));
  });
  const notification = Uint8Array.of(0x0f, 0, 0, 0, 1, 0, 0);
  const response = Uint8Array.of(0xc4, 1, 0xc1, 0, 0);
  it.each([
    ['a data-notification', notification, {}],
    ['a data-notification in general-glo', notification, { form: 'general-glo' }],
    ['an event-notification-request', Uint8Array.of(0xc2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0), {}],
    ['a message under the broadcast key', response, { broadcast: true }],
    [
      'general-ciphering with the unicast key',
      response,
      { form: { type: 'general-ciphering', key: 'global-unicast' } },
    ],
    ['general-ciphering with a wrapped key', response, { form: { type: 'general-ciphering', key: 'wrapped' } }],
    ['an InitiateResponse', Uint8Array.of(8, 0, 6, 0x5f, 0x1f, 4, 0, 0, 0, 0, 4, 0, 0, 7), {}],
  ] as const)('%s is on the disk before it is answered, also in a proven association', async (_, apdu, options) => {
    const [head, field] = [await side('head', true), await side('field', true)];
    const security = await contextOn(head);
    await connect(await meterOn(field), security);
    expect(security.proof).toBe('proven');
    security.broadcast = true;
    const before = versions('head');
    const secured = await protect(apdu, await serverOn(field), options);
    await unprotect(secured, security);
    expect(versions('head')).toBe(before + 1);
    const restarted = await contextOn(await side('head'));
    restarted.broadcast = true;
    expect(await codeOf(() => unprotect(secured, restarted))).toBe('security/replay');
  });
  it('a client that was closed properly loses nothing: pushes go on where they stood', async () => {
    const [head, field] = [await side('head', true), await side('field', true)];
    const meter = await meterOn(field);
    const { client } = await connect(meter, await contextOn(head));
    await client.action(Echo, echoName, 'take', octets(1));
    await client.close();
    const keys = await keysOf();
    const push = (): Uint8Array | Promise<Uint8Array> =>
      protect(
        Uint8Array.of(0x0f, 0, 0, 0, 1, 0, 0),
        new SecurityContext({
          provider,
          suite: 0,
          systemTitle: serverTitle,
          peerSystemTitle: clientTitle,
          keys,
          counters: field.counters,
        }),
      );
    await head.counters.close();
    const again = await side('head');
    expect((await unprotect(await push(), await contextOn(again))).authenticated).toBe(true);
  });
  it('a push that follows a crash is refused only until the meter has answered a challenge again', async () => {
    const { head } = await session();
    expect(head.store.defers).toBe(true);
    const [restarted, field] = [await side('head'), await side('field')];
    const server = new SecurityContext({
      provider,
      suite: 0,
      systemTitle: serverTitle,
      peerSystemTitle: clientTitle,
      keys: await keysOf(),
      counters: field.counters,
    });
    const push = (): Uint8Array | Promise<Uint8Array> => protect(Uint8Array.of(0x0f, 0, 0, 0, 1, 0, 0), server);
    expect(await codeOf(async () => unprotect(await push(), await contextOn(restarted)))).toBe('security/replay');
    await connect(await meterOn(field), await contextOn(restarted));
    expect((await unprotect(await push(), await contextOn(restarted))).authenticated).toBe(true);
  });
  it('an attacker replays to processes that share the store of one that had it for itself and died: refused until a proof', async () => {
    const { received } = await session();
    const store = await FileStore.open(join(folder, 'head'), { shared: true });
    const head: Side = { store, counters: new InvocationCounters(store) };
    expect(store.defers).toBe(false);
    for (const apdu of received.slice(1))
      expect(await codeOf(async () => unprotect(apdu, await contextOn(head)))).toBe('security/replay');
    expect(store.entries('ahead ')).toHaveLength(1);
    const { channel } = await connect(await meterOn(await side('field')), await contextOn(head));
    expect(store.entries('ahead ')).toEqual([]);
    for (const apdu of [...received.slice(1), ...channel.received.slice(1)])
      expect(await codeOf(async () => unprotect(apdu, await contextOn(head)))).toBe('security/replay');
  });
  it('a proof ends with its association: what comes after is waited for again', async () => {
    const [head, field] = [await side('head', true), await side('field', true)];
    const meter = await meterOn(field);
    const security = await contextOn(head);
    const { client } = await connect(meter, security);
    expect(security.proof).toBe('proven');
    expect(security.fresh().proof).toBe('none');
    await client.close();
    expect(security.proof).toBe('none');
    const channel = new DirectChannel(meter.handler(), () => [], proven);
    const failing = new Client(channel, { authentication: { mechanism: 'hls-gmac' }, security });
    await expect(failing.connect()).rejects.toMatchObject({ code: 'transport/timeout' });
    expect(security.proof).toBe('none');
  });
  it('a proof without a counter of its own says nothing about counters', async () => {
    const head = await side('head', true);
    const context = await contextOn(head);
    context.proof = 'expected';
    await context.proven();
    expect(context.proof).toBe('none');
    expect(head.store.entries('ahead ')).toEqual([]);
  });
});
