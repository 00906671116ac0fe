import { createSocket } from 'node:dgram';
import { createServer, connect as rawConnect, Server } from 'node:net';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { concat, type DlmsError, equalBytes, parseHex } from '../../../src/core/index.js';
import {
  type ApduHandler,
  octetLink,
  serveWrapper,
  type Transport,
  wrap,
  wrapperChannel,
} from '../../../src/transport/index.js';
import { connectTcp, type Listener, listenTcp } from '../../../src/transport/media/tcp.js';
import { connectUdp, listenUdp } from '../../../src/transport/media/udp.js';
import { VirtualClock } from '../virtual-clock.js';

const echo: ApduHandler = { handle: (apdu) => [apdu] };
const route = { clientSap: 16, serverSap: 1 };
const listeners: Listener[] = [];
const keep = <L extends Listener>(listener: L): L => {
  listeners.push(listener);
  return listener;
};
afterAll(() => Promise.all(listeners.map((l) => l.close())));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('TCP', () => {
  it('carries APDUs of every size both ways', async () => {
    const { port } = keep(await listenTcp({ port: 0 }, (transport) => void serveWrapper(transport, echo)));
    const channel = wrapperChannel(await connectTcp({ host: '127.0.0.1', port }), route);
    for (const size of [0, 1, 1500, 65535]) {
      const apdu = new Uint8Array(size).map((_, i) => i * 7);
      await channel.send(apdu);
      const answer = await channel.receive();
      expect(answer).toEqual(apdu);
      // A Buffer's `slice` is a view: it must not get out.
      expect(Object.getPrototypeOf(answer)).toBe(Uint8Array.prototype);
    }
    await channel.close();
  });

  it('is a pair of Web Streams as well, which push back', async () => {
    const received: Transport[] = [];
    const { port } = keep(await listenTcp({ port: 0 }, (transport) => void received.push(transport)));
    const client = await connectTcp({ host: '127.0.0.1', port });
    await until(() => received.length === 1);
    const writer = client.writable.getWriter();
    const octets = new Uint8Array(3_000_000).map((_, i) => i >> 8);
    const writing = writer.write(octets).then(() => writer.close());
    const chunks: Uint8Array[] = [];
    const reader = (received[0] as Transport).readable.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) chunks.push(read.value);
    await writing;
    expect(equalBytes(concat(...chunks), octets)).toBe(true);
  });

  it('says why it cannot connect', async () => {
    const closed = await listenTcp({ port: 0 }, () => {});
    await closed.close();
    await expect(connectTcp({ host: '127.0.0.1', port: closed.port })).rejects.toMatchObject({
      code: 'transport/connect',
      context: { target: `127.0.0.1:${closed.port}`, reason: 'nothing listens on this port (ECONNREFUSED)' },
    });
    await expect(connectTcp({ host: 'no-such-host.invalid', port: 4059 })).rejects.toMatchObject({
      code: 'transport/connect',
    });
    const { port } = keep(await listenTcp({ port: 0 }, () => {}));
    await expect(listenTcp({ port }, () => {})).rejects.toMatchObject({
      code: 'transport/connect',
      context: { reason: 'the port is in use (EADDRINUSE)' },
    });
    await expect(connectTcp({ host: '127.0.0.1', port, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'transport/aborted',
    });
  });

  it('tells both sides of the end: orderly, and with a reset', async () => {
    let served: Promise<void> | undefined;
    const errors: DlmsError[] = [];
    const { port } = keep(
      await listenTcp({ port: 0 }, (transport) => {
        served = serveWrapper(transport, echo, { onError: (e) => errors.push(e) }).closed;
      }),
    );
    const channel = wrapperChannel(await connectTcp({ host: '127.0.0.1', port }), route);
    await channel.send(parseHex('C0'));
    await channel.receive();
    await channel.close();
    await served;
    expect(errors).toEqual([]);
    await expect(channel.receive()).rejects.toMatchObject({ code: 'transport/closed', context: { by: 'local' } });

    const socket = rawConnect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(wrap(16, 1, parseHex('C0')));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.resetAndDestroy();
    await served;
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: 'transport/closed', context: { by: 'remote' } });
  });

  it('ends a connection to a peer that closes without a word', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const channel = wrapperChannel(
      await connectTcp({ host: '127.0.0.1', port: (server.address() as { port: number }).port }),
      route,
    );
    await expect(channel.receive()).rejects.toMatchObject({ code: 'transport/closed', context: { by: 'remote' } });
    server.close();
  });

  it('bounds memory against a peer that never reads, and names it', async () => {
    let peer: Transport | undefined;
    const { port } = keep(
      await listenTcp({ port: 0 }, (transport) => {
        peer = transport;
      }),
    );
    const channel = wrapperChannel(await connectTcp({ host: '127.0.0.1', port }), { ...route, timeoutMs: 50 });
    await until(() => peer !== undefined);
    const apdu = new Uint8Array(60_000);
    let sent = 0;
    const flood = async () => {
      for (; sent < 1000; sent++) await channel.send(apdu);
    };
    await expect(flood()).rejects.toMatchObject({
      code: 'transport/timeout',
      context: { waitingFor: 'the peer to read' },
    });
    expect(sent).toBeLessThan(1000);
    await channel.close();
  });

  it('limits connections', async () => {
    let calls = 0;
    const { port } = keep(await listenTcp({ port: 0, maxConnections: 1 }, () => void calls++));
    const first = await connectTcp({ host: '127.0.0.1', port });
    await until(() => calls === 1);
    const second = await connectTcp({ host: '127.0.0.1', port });
    await new Promise<void>((resolve) => octetLink(second).start({ octets() {}, ended: () => resolve() }));
    expect(calls).toBe(1);
    octetLink(first).abort();
  });
});

describe('listeners under attack', () => {
  it('callers beyond the limit are closed, and reported with who they are', async () => {
    const refused: string[] = [];
    const { port } = keep(
      await listenTcp(
        {
          port: 0,
          maxConnections: 2,
          onRefused: (e, from) =>
            refused.push(`${e.code} ${e.message.replace(/^.*: (\d+) are/, '$1 are')} ${from.address}`),
        },
        () => {},
      ),
    );
    const open = [await connectTcp({ host: '127.0.0.1', port }), await connectTcp({ host: '127.0.0.1', port })];
    const third = await connectTcp({ host: '127.0.0.1', port });
    await new Promise<void>((resolve) => octetLink(third).start({ octets() {}, ended: () => resolve() }));
    await until(() => refused.length === 1);
    expect(refused[0]).toMatch(/^transport\/closed .*2 are open.* 127\.0\.0\.1$/);
    for (const t of open) octetLink(t).abort();
  });
  it('the number of connections has a limit that nobody has to name', async () => {
    let limit: number | undefined;
    const original = Server.prototype.listen;
    const listen = vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...args: never[]) {
      limit = this.maxConnections;
      return (original as (...all: unknown[]) => Server).apply(this, args);
    } as typeof original);
    keep(await listenTcp({ port: 0 }, () => {}));
    listen.mockRestore();
    expect(limit).toBe(1024);
  });
  it('a connection on which nothing arrives is closed, and one that speaks is not', async () => {
    const clock = new VirtualClock();
    const ended: string[] = [];
    const { port } = keep(
      await listenTcp({ port: 0, inactivityMs: 1000, clock }, (transport) => {
        const mine = ended.length;
        octetLink(transport).start({
          octets() {},
          ended: (e) => void ended.push(`${mine} ${(e as DlmsError | undefined)?.code}`),
        });
      }),
    );
    const silent = await connectTcp({ host: '127.0.0.1', port });
    const gone = new Promise<void>((resolve) => octetLink(silent).start({ octets() {}, ended: () => resolve() }));
    await until(() => clock.pending === 1);
    clock.advance(999);
    const speaking = await connectTcp({ host: '127.0.0.1', port });
    await until(() => clock.pending === 2);
    expect(ended).toEqual([]);
    clock.advance(1);
    await gone;
    await until(() => ended.length === 1);
    expect(ended).toEqual(['0 transport/timeout']);
    octetLink(speaking).abort();
    await until(() => ended.length === 2);
    expect(clock.pending).toBe(0);
  });
  it('closing does not hang, whatever the connections do', async () => {
    const listener = await listenTcp(
      { port: 0 },
      (transport) => void serveWrapper(transport, { handle: () => new Promise(() => {}) }),
    );
    const idle = await connectTcp({ host: '127.0.0.1', port: listener.port });
    const waiting = wrapperChannel(await connectTcp({ host: '127.0.0.1', port: listener.port }), route);
    await waiting.send(parseHex('C0'));
    await listener.close();
    await expect(waiting.receive()).rejects.toMatchObject({ code: 'transport/closed' });
    octetLink(idle).abort();
  });
});

describe('UDP', () => {
  it('datagrams that nobody reads are kept up to a number, and reported beyond', async () => {
    const dropped: string[] = [];
    const held: Transport[] = [];
    const { port } = keep(
      await listenUdp({ port: 0, onDropped: (e, from) => dropped.push(`${e.code} ${from.address}`) }, (transport) => {
        held.push(transport);
      }),
    );
    const sender = octetLink(await connectUdp({ host: '127.0.0.1', port }));
    for (let i = 0; i < 70; i++) await sender.write(Uint8Array.of(i));
    await until(() => dropped.length === 6);
    expect(dropped[0]).toBe('protocol/link 127.0.0.1');
    const seen: number[] = [];
    octetLink(held[0] as Transport).start({ octets: (o) => seen.push(o[0] as number), ended() {} });
    await until(() => seen.length === 64);
    sender.abort();
  });

  it('carries the wrapper, each sender apart, pushes included', async () => {
    const pushes: Promise<void>[] = [];
    const { port } = keep(
      await listenUdp({ port: 0 }, (transport) => {
        const served = serveWrapper(transport, { handle: (apdu) => [apdu] });
        pushes.push(served.send(route, parseHex('C2')));
      }),
    );
    const one = wrapperChannel(await connectUdp({ host: '127.0.0.1', port }), route);
    const two = wrapperChannel(await connectUdp({ host: '127.0.0.1', port }), route);
    await one.send(parseHex('AA01'));
    await two.send(parseHex('BB02'));
    const both = async (c: typeof one) => [await c.receive({ timeoutMs: 2000 }), await c.receive({ timeoutMs: 2000 })];
    expect(await both(one)).toEqual(expect.arrayContaining([parseHex('C2'), parseHex('AA01')]));
    expect(await both(two)).toEqual(expect.arrayContaining([parseHex('C2'), parseHex('BB02')]));
    await one.send(new Uint8Array(20_000));
    expect(await one.receive({ timeoutMs: 2000 })).toHaveLength(20_000);
    await one.close();
    await two.close();
    expect(pushes).toHaveLength(2);
  });

  it('reports a port nobody listens on', async () => {
    const free = createSocket('udp4');
    await new Promise<void>((resolve) => free.bind(0, '127.0.0.1', resolve));
    const { port } = free.address();
    await new Promise<void>((resolve) => free.close(() => resolve()));
    const channel = wrapperChannel(await connectUdp({ host: '127.0.0.1', port }), { ...route, timeoutMs: 2000 });
    await channel.send(parseHex('C0'));
    await expect(channel.receive()).rejects.toMatchObject({ code: 'transport/closed' });
    await channel.close();
  });

  it('names an APDU that no datagram can hold', async () => {
    const { port } = keep(await listenUdp({ port: 0 }, () => {}));
    const channel = wrapperChannel(await connectUdp({ host: '127.0.0.1', port }), { ...route, timeoutMs: 2000 });
    await expect(channel.send(new Uint8Array(65_535))).rejects.toMatchObject({
      code: 'transport/closed',
      context: { during: 'sending a datagram that is too long' },
    });
    await channel.close();
  });

  it('forgets the sender silent longest when too many call', async () => {
    const ended: number[] = [];
    let count = 0;
    const { port } = keep(
      await listenUdp({ port: 0, maxPeers: 2 }, (transport) => {
        const id = count++;
        octetLink(transport).start({ octets() {}, ended: () => void ended.push(id) });
      }),
    );
    for (let i = 0; i < 4; i++) {
      const link = octetLink(await connectUdp({ host: '127.0.0.1', port }));
      await link.write(parseHex('00'));
      await until(() => count === i + 1);
      await link.close();
    }
    await until(() => ended.length === 2);
    expect(ended).toEqual([0, 1]);
  });
});
