import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { Client } from '../../src/client/index.js';
import { DlmsError } from '../../src/core/index.js';
import { Meter } from '../../src/server/index.js';
import { type ApduChannel, wrapperChannel } from '../../src/transport/index.js';
import { connectTcp } from '../../src/transport/media/tcp.js';
import { Apdu } from '../../src/xdlms/index.js';
import {
  cipheredConfig,
  connected,
  contextOf,
  DirectChannel,
  Echo,
  echoName,
  failureOf,
  meterWith,
  octets,
  serverTitle,
} from '../server/support.js';
import { VirtualClock } from '../transport/virtual-clock.js';
import { DelayedChannel, settled } from './delayed.js';

/** Counts what happens to it; `answers` are what the meter says to each APDU. */
class Scripted implements ApduChannel {
  opened = 0;
  closed = 0;
  readonly #fails: DlmsError | undefined;
  readonly #answers: Uint8Array[];
  constructor(answers: readonly Uint8Array[] = [], fails?: DlmsError) {
    this.#answers = [...answers];
    this.#fails = fails;
  }
  async open(): Promise<void> {
    this.opened++;
    if (this.#fails !== undefined) throw this.#fails;
  }
  async send(): Promise<void> {}
  async receive(): Promise<Uint8Array> {
    const next = this.#answers.shift();
    if (next === undefined) throw new DlmsError('transport/timeout', { waitedMs: 1, waitingFor: 'an APDU' });
    return next;
  }
  async close(): Promise<void> {
    this.closed++;
  }
}

describe('a connect that fails closes the channel', () => {
  const failure = new DlmsError('transport/timeout', { waitedMs: 1, waitingFor: 'UA to SNRM' });
  it.each<[string, Scripted, string]>([
    ['the lower layer does not open', new Scripted([], failure), 'transport/timeout'],
    ['nobody answers', new Scripted(), 'transport/timeout'],
    ['the meter refuses', new Scripted([Uint8Array.of(0xd8, 1, 1)]), 'service/exception'],
    [
      'the meter answers something else',
      new Scripted([Uint8Array.of(0xc4, 1, 0xc1, 1, 3)]),
      'protocol/unexpected-apdu',
    ],
    ['the meter answers nonsense', new Scripted([Uint8Array.of(0x61, 0x7f)]), 'decode/unexpected-end'],
  ])('when %s', async (_, channel, code) => {
    const client = new Client(channel);
    await expect(client.connect()).rejects.toMatchObject({ code });
    expect([channel.opened, channel.closed]).toEqual([1, 1]);
    // It is closed already.
    await client.close();
    expect(channel.closed).toBe(1);
    await expect(client.connect()).rejects.toMatchObject({ code: expect.any(String) });
    expect([channel.opened, channel.closed]).toEqual([2, 2]);
  });
  it('when its signal is aborted while the lower layer opens, or before', async () => {
    const channel = new Scripted();
    let fail = (_: Error): void => {};
    channel.open = () => {
      channel.opened++;
      return new Promise((_, reject) => {
        fail = reject;
      });
    };
    const client = new Client(channel);
    const cancel = new AbortController();
    const connecting = client.connect(cancel.signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect([channel.opened, channel.closed]).toEqual([1, 0]);
    cancel.abort(new Error('enough'));
    await expect(connecting).rejects.toMatchObject({ code: 'transport/aborted', cause: cancel.signal.reason });
    expect([channel.opened, channel.closed]).toEqual([1, 1]);
    expect(client.association.state).toBe('failed');
    // What it says later reaches nobody, not even as an unhandled rejection.
    fail(new Error('closed'));
    await expect(client.connect(cancel.signal)).rejects.toMatchObject({ code: 'transport/aborted' });
    expect(channel.opened).toBe(1);
  });
  it('when HLS fails', async () => {
    const meter = await meterWith(await cipheredConfig());
    const channel = new DirectChannel(meter.handler, (answers) =>
      answers.map((a) => (a[0] === 0xcf || a[0] === 0xc7 ? Uint8Array.of(0xd8, 1, 1) : a)),
    );
    let closed = 0;
    channel.close = async () => {
      closed++;
    };
    await expect(
      new Client(channel, { authentication: { mechanism: 'hls-gmac' }, security: await contextOf('client') }).connect(),
    ).rejects.toMatchObject({
      code: 'service/exception',
    });
    expect(closed).toBe(1);
  });
  it('so that no socket keeps the process alive', async () => {
    const ended = new Promise<void>((resolve, reject) => {
      const server = createServer((socket) => {
        socket.on('close', () => server.close(() => resolve()));
        socket.on('error', reject);
        socket.resume();
      });
      server.listen(0, '127.0.0.1', async () => {
        const transport = await connectTcp({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
        const client = new Client(wrapperChannel(transport, { clientSap: 16, serverSap: 1, timeoutMs: 20 }));
        await expect(client.connect()).rejects.toMatchObject({ code: 'transport/timeout' }).catch(reject);
      });
    });
    // The meter sees the end of the connection though nobody called close().
    await ended;
  });
});

describe('close', () => {
  const refuse = (): never => {
    throw new Error('not asked for');
  };
  const meterOf = async (delay: (request: Uint8Array) => number) => {
    const clock = new VirtualClock();
    const { device } = await meterWith();
    const channel = new DelayedChannel(clock, () => new Meter(device).connection(), delay);
    const client = new Client(channel, { clock, timeoutMs: 60_000 });
    await settled(clock, client.connect());
    return { clock, channel, client };
  };
  it('lets a call that is under way end', async () => {
    const { clock, client } = await meterOf((r) => (r[0] === 0xc0 ? 900 : 0));
    const reading = client.get(Echo, echoName, 'value');
    await settled(clock, client.close());
    expect(await reading).toEqual(octets(10));
  });
  it('does not wait behind a call that does not end: it is aborted, and those behind it are refused', async () => {
    const { clock, channel, client } = await meterOf((r) => (r[0] === 0xc0 ? 1e9 : 0));
    const results = Promise.allSettled([client.get(Echo, echoName, 'value', {}), client.get(Echo, echoName, 'other')]);
    // The channel itself would wait for a minute.
    channel.receive = (
      (receive) => () =>
        receive.call(channel, { timeoutMs: 60_000 })
    )(channel.receive);
    const before = clock.now();
    await settled(clock, client.close());
    expect(clock.now() - before).toBeLessThanOrEqual(6000);
    expect((await settled(clock, results)).map((r) => (r.status === 'rejected' ? r.reason.code : r.status))).toEqual([
      'transport/closed',
      'association/not-open',
    ]);
    expect(client.association.state).toBe('closed');
  });
  it('ends in bounded time over a channel that never answers anything, and what it aborted changes nothing afterwards', async () => {
    const clock = new VirtualClock();
    const { device } = await meterWith();
    const handler = new Meter(device).connection();
    const queue: Uint8Array[] = [];
    let silent = false;
    let late: (apdu: Uint8Array) => void = refuse;
    const channel: ApduChannel = {
      open: async () => {},
      send: async (apdu) => {
        if (!silent) queue.push(...(await handler.handle(apdu, { clientSap: 1, serverSap: 1 })));
      },
      receive: () =>
        queue.length > 0 ? Promise.resolve(queue.shift() as Uint8Array) : new Promise((resolve) => (late = resolve)),
      close: () => new Promise(() => {}),
    };
    const client = new Client(channel, { clock });
    await settled(clock, client.connect());
    silent = true;
    const outcome = failureOf(() => client.get(Echo, echoName, 'value'));
    const before = clock.now();
    await settled(clock, client.close());
    expect(clock.now() - before).toBeLessThanOrEqual(10_000);
    silent = false;
    await settled(clock, client.connect());
    // The old call gets something at last: it must not count against the new association.
    late(Uint8Array.of(0xc4, 1, 0xcf, 0, 9, 1, 7));
    expect(await outcome).toContain('transport/aborted');
    expect(client.association.state).toBe('open');
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(10));
  });
  it('lets an aborted call send nothing over a later connection, least of all in clear', async () => {
    const clock = new VirtualClock();
    const { device } = await meterWith(await cipheredConfig());
    let handler = new Meter(device).connection();
    const queue: Uint8Array[] = [];
    const sent: Uint8Array[] = [];
    let release: (() => void) | undefined;
    let hang = false;
    const channel: ApduChannel = {
      open: async () => {
        handler = new Meter(device).connection();
        queue.length = 0;
      },
      send: async (apdu) => {
        sent.push(apdu);
        if (hang) await new Promise<void>((resolve) => (release = resolve));
        else queue.push(...(await handler.handle(apdu, { clientSap: 1, serverSap: 1 })));
      },
      receive: async () => {
        const next = queue.shift();
        if (next === undefined) throw new DlmsError('transport/timeout', { waitedMs: 0, waitingFor: 'an answer' });
        return next;
      },
      close: async () => {},
    };
    const client = new Client(channel, {
      clock,
      authentication: { mechanism: 'hls-gmac' },
      security: await contextOf('client'),
    });
    await settled(clock, client.connect());
    hang = true;
    const outcome = failureOf(() => client.set(Echo, echoName, 'value', octets(3)));
    await settled(clock, client.close());
    hang = false;
    await settled(clock, client.connect());
    const before = sent.length;
    release?.();
    expect(await outcome).toContain('transport/aborted');
    expect(sent).toHaveLength(before);
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(10));
    expect(sent.map((a) => a[0]).filter((tag) => tag === 0xc0 || tag === 0xc1 || tag === 0xc3)).toEqual([]);
  });
  it('ends a connect that is under way', async () => {
    const clock = new VirtualClock();
    const { device } = await meterWith();
    const channel = new DelayedChannel(
      clock,
      () => new Meter(device).connection(),
      () => 1e9,
    );
    channel.receive = (
      (receive) => () =>
        receive.call(channel, { timeoutMs: 60_000 })
    )(channel.receive);
    const client = new Client(channel, { clock, timeoutMs: 60_000 });
    const connecting = failureOf(() => client.connect());
    await settled(clock, client.close());
    expect(await settled(clock, connecting)).toContain('transport/closed');
    expect(client.association.state).toBe('closed');
    expect(clock.now()).toBeLessThanOrEqual(10_000);
    expect(channel.closed).toBe(1);
  });
});

it('forgets a system title that stood in an AARE that did not verify', async () => {
  const meter = await meterWith(await cipheredConfig());
  const security = await contextOf('client');
  const options = { authentication: { mechanism: 'hls-gmac' as const }, security };
  const forged = new DirectChannel(meter.handler, (answers) =>
    answers.map((a) => {
      const apdu = decode(Apdu, a);
      return apdu.type === 'aare'
        ? encode(Apdu, { ...apdu, respondingAPTitle: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) })
        : a;
    }),
  );
  await expect(new Client(forged, options).connect()).rejects.toMatchObject({ code: 'security/authentication-failed' });
  expect(security.peerSystemTitle).toBeUndefined();
  const { client } = await connected(meter, options);
  expect(security.peerSystemTitle).toEqual(serverTitle);
  await client.close();
});
