import fs, { mkdtempSync, rmSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '../src/client/client.js';
import type { MaybePromise } from '../src/core/promise.js';
import { Clock } from '../src/cosem/classes/clock.js';
import { SecurityContext } from '../src/security/context.js';
import { InvocationCounters } from '../src/security/counters.js';
import { importKeys } from '../src/security/keys.js';
import { nodeProvider } from '../src/security/providers/node-provider.js';
import { FileStore } from '../src/store/file-store.js';
import { SqliteStore } from '../src/store/sqlite-store.js';
import { type Store, VolatileStore } from '../src/store/store.js';
import { type SimulatedMeter, simulatedMeter, testKeys } from '../src/testing/simulated-meter.js';
import type { ApduChannel, ApduHandler } from '../src/transport/index.js';
import type { Row } from './measure.js';

const meters = 200;
const gets = 20;
/** Messages that a head-end takes from one meter: AARE, answer to its proof, GET responses. */
const messages = gets + 2;
/** Where one flush takes a millisecond or more. */
const target = 1.5;

/**
 * A head-end that reads 200 meters at once, each in an association with HLS 5, authenticated and encrypted: with its counters in memory, in files and in
 * SQLite (where better-sqlite3 is installed: npm ci --prefix test/real). Both ends are in this process; the meters keep theirs in memory.
 */
export async function fleetBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'fleet-'));
  const flushes = countFlushes();
  try {
    const rows: Row[] = [
      { name: 'one flush of a small file and its folder', unit: 'ms', ours: await flushCost(folder) },
    ];
    const fleet = await Promise.all(Array.from({ length: meters }, (_, i) => meterOf(i)));
    const kinds: readonly (readonly [string, (path: string) => MaybePromise<Store>])[] = [
      ['files', (path) => FileStore.create(path)],
      ...sqlite(),
    ];
    await run(fleet, new VolatileStore());
    for (const [name, make] of kinds) {
      const memory: number[] = [];
      const disk: number[] = [];
      let counted = { ...flushes };
      // In turns, so that both meet the same machine.
      for (let round = 0; round < 5; round++) {
        memory.push(await run(fleet, new VolatileStore()));
        const store = await make(join(folder, `${name}-${round}`));
        const before = { ...flushes };
        disk.push(await run(fleet, store));
        counted = { all: flushes.all - before.all, reading: flushes.reading - before.reading };
        await store.close();
      }
      const [ours, reference] = [Math.min(...disk), Math.min(...memory)];
      rows.push({
        name: `200 meters with HLS 5, 20 GETs each, counters in ${name}`,
        unit: 'ms',
        ours,
        reference,
        ratio: ours / reference,
        target,
      });
      if (name !== 'files') continue;
      rows.push({ name: '  flushes for each meter (a group has two)', unit: '', ours: counted.all / meters });
      rows.push({
        name: '  flushes for each message in a proven association',
        unit: '',
        ours: counted.reading / (meters * messages),
        target: 0,
      });
    }
    const { median, mean } = await reservation(folder);
    rows.push({
      name: '  reservation among 3000 names, files, without the flush',
      unit: 'ms',
      ours: median,
      target: 2,
    });
    rows.push({ name: '    mean, with a snapshot in 128', unit: 'ms', ours: mean });
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let reading = 0;
interface Flushes {
  all: number;
  /** While every association was proven and nothing but GETs was under way. */
  reading: number;
}
function countFlushes(): Flushes {
  const count: Flushes = { all: 0, reading: 0 };
  const real = fs.fsync;
  fs.fsync = ((file, done) => {
    count.all++;
    if (reading === meters) count.reading++;
    real(file, done);
  }) as typeof fs.fsync;
  syncBuiltinESMExports();
  return count;
}
async function flushCost(folder: string): Promise<number> {
  const store = await FileStore.create(join(folder, 'cost'));
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await store.update(['k'], () => ({ result: undefined, set: new Map([['k', String(i)]]) }));
    best = Math.min(best, performance.now() - start);
  }
  await store.close();
  return best;
}
/** What a reservation costs beyond the flush: the same store with the flushes left out. */
async function reservation(folder: string): Promise<{ median: number; mean: number }> {
  const store = await FileStore.create(join(folder, 'names'));
  const names = Array.from({ length: 3000 }, (_, i) => `send ${i.toString(16).padStart(16, '0')} 434C490000000001`);
  await store.update(names, () => ({ result: undefined, set: new Map(names.map((name) => [name, '1000'])) }));
  const real = fs.fsync;
  fs.fsync = ((_: number, done: (e: null) => void) => setImmediate(done, null)) as unknown as typeof fs.fsync;
  syncBuiltinESMExports();
  const counters = new InvocationCounters(store, { block: 1 });
  const times: number[] = [];
  for (let i = 0; i < 400; i++) {
    const start = performance.now();
    await counters.next(names[i % 7] as string);
    times.push(performance.now() - start);
  }
  fs.fsync = real;
  syncBuiltinESMExports();
  await store.close();
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1] as number, mean: times.reduce((a, b) => a + b, 0) / times.length };
}
function sqlite(): [string, (path: string) => Store][] {
  try {
    const Database = createRequire(resolve('test/real/package.json'))('better-sqlite3');
    return [['SQLite', (path) => SqliteStore.create(new Database(path))]];
  } catch {
    console.log('  SQLite left out: better-sqlite3 is not installed');
    return [];
  }
}

interface Read {
  readonly meter: SimulatedMeter;
  readonly context: (counters: InvocationCounters) => Promise<SecurityContext>;
}
async function meterOf(i: number): Promise<Read> {
  const systemTitle = Uint8Array.of(0x53, 0x49, 0x4d, 0, 0, 1, i >> 8, i);
  const keys = { ...testKeys, globalUnicast: Uint8Array.from({ length: 16 }, (_, n) => (n * 7 + i) & 0xff) };
  const meter = await simulatedMeter({ provider: nodeProvider, keys, systemTitle, profileRows: 1 });
  const handles = await importKeys(nodeProvider, 0, keys);
  // One sequence for all runs, as a head-end has: a store that is new goes on above.
  let initial = 0;
  return {
    meter,
    context: async (counters) => {
      initial += 1000;
      const context = new SecurityContext({
        provider: nodeProvider,
        suite: 0,
        systemTitle: Uint8Array.of(0x43, 0x4c, 0x49, 0, 0, 0, 0, 1),
        peerSystemTitle: systemTitle,
        keys: handles,
        counters,
      });
      counters.advance(context.sendName('global-unicast-encryption-key'), 0x10000000 + initial);
      return context;
    },
  };
}
async function run(fleet: readonly Read[], store: Store): Promise<number> {
  const counters = new InvocationCounters(store);
  const contexts = await Promise.all(fleet.map(({ context }) => context(counters)));
  const start = performance.now();
  await Promise.all(
    fleet.map(async ({ meter }, i) => {
      const client = new Client(new Direct(meter.connection()), {
        authentication: { mechanism: 'hls-gmac' },
        security: contexts[i] as SecurityContext,
      });
      await client.connect();
      reading++;
      for (let n = 0; n < gets; n++) await client.get(Clock, '0-0:1.0.0*255', 'time');
      reading--;
      await client.close();
    }),
  );
  return performance.now() - start;
}
class Direct implements ApduChannel {
  readonly #handler: ApduHandler;
  #waiting: Uint8Array[] = [];
  constructor(handler: ApduHandler) {
    this.#handler = handler;
  }
  async open(): Promise<void> {}
  async send(apdu: Uint8Array): Promise<void> {
    this.#waiting.push(...(await this.#handler.handle(apdu, { clientSap: 1, serverSap: 1 })));
  }
  async receive(): Promise<Uint8Array> {
    return this.#waiting.shift() as Uint8Array;
  }
  async close(): Promise<void> {}
}
