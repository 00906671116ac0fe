import { spawn } from 'node:child_process';
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket, connect as socketConnect } from 'node:net';
import { decode } from '../src/axdr/schema.js';
import { Client } from '../src/client/client.js';
import { systemClock } from '../src/core/clock.js';
import { Clock } from '../src/cosem/classes/clock.js';
import { SecurityContext } from '../src/security/context.js';
import { InvocationCounters } from '../src/security/counters.js';
import { importKeys } from '../src/security/keys.js';
import { protect } from '../src/security/protect.js';
import { nodeProvider } from '../src/security/providers/node-provider.js';
import { VolatileStore } from '../src/store/store.js';
import { simulatedMeter, testKeys } from '../src/testing/simulated-meter.js';
import { wrapperChannel } from '../src/transport/channels/wrapper.js';
import { wrap } from '../src/transport/framing/wpdu.js';
import { serveWrapper } from '../src/transport/index.js';
import { connectTcp, listenTcp } from '../src/transport/media/tcp.js';
import type { Row } from './measure.js';

/** Requests in one run; runs of ours and of the bare client alternate, so that both meet the same machine. */
const requests = 2000;
const rounds = 14;
/** A quarter more time for each GET than the bare client is 0.8 of its round trips. */
const target = 1.25;

/**
 * GET and SET of a clock over loopback TCP, one after the other: the client of the library against a socket that sends prebuilt octets, to the same meter, which
 * answers with prebuilt octets. Both ends are in this process, so each request is paid for by one core. The bare client neither encodes, decodes nor ciphers; with
 * ciphering it is also measured with the two calls of node:crypto that no client can do without (one message sealed, one opened, under keys made once).
 */
export async function getBench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const ciphered of [false, true])
    for (const service of ['GET', 'SET'] as const) rows.push(...(await compared(service, ciphered)));
  rows.push(...(await idleConnections(Number(process.env.CONNECTIONS ?? 2000))));
  return rows;
}

async function compared(service: Service, ciphered: boolean): Promise<Row[]> {
  const script = ciphered ? await cipheredScript(service) : plainScript(service);
  const server = await answering(script);
  const { port } = server.address() as { port: number };
  const channel = wrapperChannel(await connectTcp({ host: '127.0.0.1', port }), { clientSap: 16, serverSap: 1 });
  const security = ciphered ? await contextOf('client') : undefined;
  const client = new Client(channel, { preEstablished: true, ...(security === undefined ? {} : { security }) });
  await client.connect();
  const raw = await connectRaw(port);
  const costs: Record<'ours' | 'bare' | 'sealing', Cost[]> = { ours: [], bare: [], sealing: [] };
  for (let i = 0; i < rounds; i++) {
    script.seek(i * requests);
    costs.ours.push(await cost(() => clientRun(client, service)));
    script.seek(0);
    costs.bare.push(await cost(() => bareRun(raw, script.request, () => {})));
    if (!ciphered) continue;
    script.seek(0);
    costs.sealing.push(await cost(() => bareRun(raw, script.request, () => sealAndOpen(service))));
  }
  await client.close();
  raw.destroy();
  server.close();
  const name = `${service}, ${ciphered ? 'authenticated and encrypted' : 'plain'}`;
  const least = (which: keyof typeof costs, of: keyof Cost): number => Math.min(...costs[which].map((c) => c[of]));
  const row = (text: string, of: keyof Cost, reference: keyof typeof costs, limit?: number): Row => {
    const [a, b] = [least('ours', of), least(reference, of)];
    return { name: text, unit: 'us', ours: a, reference: b, ratio: a / b, target: limit };
  };
  const [ours, bare] = [1e6 / least('ours', 'time'), 1e6 / least('bare', 'time')];
  return [
    ...(ciphered
      ? [
          row(`${name}: round trip, bare client with node:crypto`, 'time', 'sealing', target),
          row('  bare client without any cipher', 'time', 'bare'),
        ]
      : []),
    ...(ciphered ? [] : [row(`${name}: round trip, bare client`, 'time', 'bare', target)]),
    { name: '  round trips per second', unit: '1/s', ours, reference: bare, ratio: ours / bare },
    row(`  CPU of a ${service}, both ends`, 'cpu', 'bare'),
  ];
}

async function clientRun(client: Client, service: Service): Promise<void> {
  if (service === 'GET') for (let i = 0; i < requests; i++) await client.get(Clock, '0-0:1.0.0*255', 'time');
  else for (let i = 0; i < requests; i++) await client.set(Clock, '0-0:1.0.0*255', 'time', moment);
}
function bareRun(socket: Socket, request: Uint8Array, work: () => void): Promise<void> {
  return new Promise((resolve) => {
    let left = requests;
    const next = (): void => {
      if (left-- === 0) {
        socket.off('data', next);
        resolve();
      } else {
        work();
        socket.write(request);
      }
    };
    socket.on('data', next);
    next();
  });
}

/** An octet-string of 12 octets: a date-time. */
const time = [9, 12, 7, 0xea, 11, 21, 6, 12, 0, 0, 0, 0, 0, 0];
const moment = decode(Clock.attributes.time.schema, Uint8Array.from(time));
const key = createSecretKey(Buffer.alloc(16, 1));
const iv = Buffer.alloc(12, 2);
const aad = Buffer.alloc(17, 3);
function seal(plain: Uint8Array): { octets: Buffer; tag: Buffer } {
  const cipher = createCipheriv('aes-128-gcm', key, iv, { authTagLength: 12 });
  cipher.setAAD(aad);
  const octets = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { octets, tag: cipher.getAuthTag() };
}
/** One request and one response of each service, in clear and sealed. */
const messages = {
  GET: { request: requestOf('GET', 1), sealed: seal(responseOf('GET', 1)) },
  SET: { request: requestOf('SET', 1), sealed: seal(responseOf('SET', 1)) },
};
function sealAndOpen(service: Service): void {
  const { request, sealed } = messages[service];
  seal(request);
  const decipher = createDecipheriv('aes-128-gcm', key, iv, { authTagLength: 12 });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.tag);
  decipher.update(sealed.octets);
  decipher.final();
}

/** What the meter answers, and what the bare client sends. */
interface Script {
  readonly request: Uint8Array;
  /** Goes to the answers from this one on. */
  seek(from: number): void;
  answer(request: Uint8Array): Uint8Array;
}
type Service = 'GET' | 'SET';
/** Clock, attribute 2, and a date-time. */
function requestOf(service: Service, invokeId: number): Uint8Array {
  const attribute = [0, 8, 0, 0, 1, 0, 0, 255, 2, 0];
  return service === 'GET'
    ? Uint8Array.of(0xc0, 1, 0xc0 | invokeId, ...attribute)
    : Uint8Array.of(0xc1, 1, 0xc0 | invokeId, ...attribute, ...time);
}
function responseOf(service: Service, invokeId: number): Uint8Array {
  return service === 'GET'
    ? Uint8Array.of(0xc4, 1, 0xc0 | invokeId, 0, ...time)
    : Uint8Array.of(0xc5, 1, 0xc0 | invokeId, 0);
}

function plainScript(service: Service): Script {
  const answers = Array.from({ length: 16 }, (_, i) => wrap(1, 16, responseOf(service, i)));
  return {
    request: wrap(16, 1, requestOf(service, 1)),
    seek: () => {},
    answer: (request) => answers[(request[10] as number) & 15] as Uint8Array,
  };
}
/** Each answer has its own counter, so they come in order: the client numbers its requests 1 to 15, over and over. The bare client takes the first ones again. */
async function cipheredScript(service: Service): Promise<Script> {
  const meter = await contextOf('meter');
  const request = wrap(16, 1, await protect(requestOf(service, 1), await contextOf('client')));
  const answers: Uint8Array[] = [];
  while (answers.length < rounds * requests)
    answers.push(wrap(1, 16, await protect(responseOf(service, (answers.length % 15) + 1), meter)));
  let at = 0;
  return {
    request,
    seek(from) {
      at = from;
    },
    answer: () => answers[at++] as Uint8Array,
  };
}

async function contextOf(side: 'client' | 'meter'): Promise<SecurityContext> {
  const titles = {
    client: Uint8Array.of(0x43, 0x4c, 0x49, 0, 0, 0, 0, 1),
    meter: Uint8Array.of(0x4d, 0x45, 0x54, 0, 0, 0, 0, 1),
  };
  return new SecurityContext({
    provider: nodeProvider,
    suite: 0,
    systemTitle: titles[side],
    peerSystemTitle: titles[side === 'client' ? 'meter' : 'client'],
    keys: await importKeys(nodeProvider, 0, {
      globalUnicast: testKeys.globalUnicast,
      authentication: testKeys.authentication,
    }),
    counters: new InvocationCounters(new VolatileStore()),
    policy: { send: { authenticated: true, encrypted: true }, receive: { authenticated: true, encrypted: true } },
  });
}

function answering(script: Script): Promise<Server> {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => socket.write(script.answer(chunk)));
    socket.on('error', () => {});
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
function connectRaw(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = socketConnect({ host: '127.0.0.1', port }, () => resolve(socket));
    socket.setNoDelay(true);
  });
}

/** Microseconds for each request. */
interface Cost {
  readonly time: number;
  readonly cpu: number;
}
async function cost(run: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = systemClock.now();
  await run();
  const time = ((systemClock.now() - start) * 1000) / requests;
  const { user, system } = process.cpuUsage(cpu);
  return { time, cpu: (user + system) / requests };
}

/**
 * Memory of connections on which nothing happens: served by a simulated meter, against sockets that are only accepted. The callers are in a process of their own,
 * so what is counted is the served end alone. `CONNECTIONS=10000 npm run bench -- get` asks for ten thousand.
 */
export async function idleConnections(count: number): Promise<Row[]> {
  const { meter } = await simulatedMeter({ provider: nodeProvider, profileRows: 1 });
  const served = await listenTcp({ port: 0 }, (transport) => void serveWrapper(transport, meter.connection()));
  // The first few load code and make pools.
  await heldBy(50, served.port);
  const ours = await heldBy(count, served.port);
  await served.close();
  const bare = createServer((socket) => socket.on('data', () => {}).on('error', () => {}));
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
  const { port } = bare.address() as { port: number };
  await heldBy(50, port);
  const reference = await heldBy(count, port);
  bare.close();
  const row = (name: string, of: 'heap' | 'resident'): Row => ({
    name,
    unit: 'kB',
    ours: ours[of],
    reference: reference[of],
    ratio: ours[of] / reference[of],
  });
  return [
    row(`memory of an idle served connection, of ${count}: heap`, 'heap'),
    row('  resident set of the process', 'resident'),
  ];
}
/** Kilobytes for each connection. */
async function heldBy(count: number, port: number): Promise<{ heap: number; resident: number }> {
  const before = await memory();
  const callers = spawn(process.execPath, ['-e', calling, `${port}`, `${count}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(callers.stdout, 'data');
  const after = await memory();
  callers.stdin.end();
  await once(callers, 'exit');
  await memory();
  return { heap: (after.heapUsed - before.heapUsed) / count / 1000, resident: (after.rss - before.rss) / count / 1000 };
}
/** Calls one after the other, says when all are there, and holds them until its input ends. */
const calling = `
const [port, count] = process.argv.slice(1).map(Number);
let open = 0;
const call = () => require('net').connect(port, '127.0.0.1', () => (++open === count ? process.stdout.write('ready') : call())).on('error', () => {});
call();
process.stdin.on('end', () => process.exit()).resume();`;
async function memory(): Promise<NodeJS.MemoryUsage> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage();
}
