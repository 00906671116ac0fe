import { createServer, type Server, type Socket, connect as socketConnect } from 'node:net';
import { concat } from '../src/core/bytes.js';
import { serveWrapper, wpduDeframer, wrap, wrapperChannel } from '../src/transport/index.js';
import { connectTcp, listenTcp } from '../src/transport/media/tcp.js';

export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly reference: number;
  readonly unit: string;
  /** Ours to the reference; above 1 is more of the unit. */
  readonly ratio: number;
}

/** GET-Request-Normal for the clock, and an answer of the usual size. */
const request = new Uint8Array([0xc0, 1, 0xc1, 0, 8, 0, 0, 1, 0, 0, 255, 2, 0]);
const response = new Uint8Array([0xc4, 1, 0xc1, 0, 9, 12, 7, 0xea, 11, 21, 6, 12, 0, 0, 0, 0, 0, 0]);

/** Wrapping and unwrapping against a bare copy of the same octets, and round trips over loopback TCP against raw sockets with prebuilt octets. */
export async function transportBench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of [128, 2048]) {
    const count = Math.floor(1e6 / size);
    const payload = new Uint8Array(size).fill(0x5a);
    const stream = concat(...Array.from({ length: count }, () => wrap(16, 1, payload)));
    const copy = best(() => {
      for (let i = 0; i < count; i++) payload.slice();
    });
    rows.push(
      row(
        `wrap 1 MB in ${size}-octet APDUs`,
        best(() => {
          for (let i = 0; i < count; i++) wrap(16, 1, payload);
        }),
        copy,
        'ms',
      ),
    );
    // Copied in the same pieces as a socket gives.
    const chunks = Array.from({ length: Math.ceil(stream.length / 65536) }, (_, i) =>
      stream.subarray(i * 65536, (i + 1) * 65536),
    );
    let found = 0;
    rows.push(
      row(
        `unwrap 1 MB of ${size}-octet APDUs`,
        best(() => {
          const deframer = wpduDeframer();
          for (const chunk of chunks) found += deframer.push(chunk).length;
        }),
        copy,
        'ms',
      ),
    );
    if (found % count !== 0) throw new Error('lost APDUs');
  }
  rows.push(...(await roundTrips()));
  return rows;
}

/** Both ends in this process, alternating short runs so that both see the same machine. */
async function roundTrips(): Promise<Row[]> {
  const listener = await listenTcp(
    { port: 0 },
    (transport) => void serveWrapper(transport, { handle: () => [response] }),
  );
  const channel = wrapperChannel(await connectTcp({ host: '127.0.0.1', port: listener.port }), {
    clientSap: 16,
    serverSap: 1,
  });
  const rawServer = await rawListen();
  const raw = await rawConnect((rawServer.address() as { port: number }).port);
  const ours: Rate[] = [];
  const reference: Rate[] = [];
  for (let i = 0; i < 12; i++) {
    ours.push(await rate(() => channelRun(channel, 2000)));
    reference.push(await rate(() => rawRun(raw, 2000)));
  }
  await channel.close();
  await listener.close();
  raw.destroy();
  rawServer.close();
  const most = (rates: readonly Rate[]) => Math.max(...rates.map((r) => r.perSecond));
  const least = (rates: readonly Rate[]) => Math.min(...rates.map((r) => r.cpuMicroseconds));
  return [
    row('echo round trips over loopback TCP', most(ours), most(reference), '1/s'),
    row('CPU per echo round trip, both ends', least(ours), least(reference), 'µs'),
  ];
}

interface Rate {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

async function channelRun(channel: ReturnType<typeof wrapperChannel>, n: number): Promise<number> {
  for (let i = 0; i < n; i++) {
    await channel.send(request);
    await channel.receive();
  }
  return n;
}

const prebuiltRequest = wrap(16, 1, request);
const prebuiltResponse = wrap(1, 16, response);

function rawRun(socket: Socket, n: number): Promise<number> {
  return new Promise((resolve) => {
    let left = n;
    const next = (): void => {
      if (left-- === 0) {
        socket.off('data', next);
        resolve(n);
      } else socket.write(prebuiltRequest);
    };
    socket.on('data', next);
    next();
  });
}

function rawListen(): Promise<Server> {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('data', () => socket.write(prebuiltResponse));
    socket.on('error', () => {});
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function rawConnect(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = socketConnect({ host: '127.0.0.1', port }, () => resolve(socket));
    socket.setNoDelay(true);
  });
}

async function rate(run: () => Promise<number>): Promise<Rate> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const n = await run();
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (n * 1000) / elapsed, cpuMicroseconds: (user + system) / n };
}

/** The shortest of several runs, in milliseconds. */
function best(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 40; i++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

const row = (name: string, ours: number, reference: number, unit: string): Row => ({
  name,
  ours,
  reference,
  unit,
  ratio: ours / reference,
});
