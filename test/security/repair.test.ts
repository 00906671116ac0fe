import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { counterLimit, InvocationCounters } from '../../src/security/counters.js';
import { repairCounters } from '../../src/security/repair-counters.js';
import { FileStore } from '../../src/store/file-store.js';
import { put } from '../store/store-contract.js';
import { failure } from '../support/outcome.js';

// The disk is not what is tested here.
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  fsync: (_: number, done: (e: unknown) => void) => setImmediate(done, null),
  ...(await dying()),
}));
/** Everything that changes the disk, until the process is killed. */
async function dying() {
  const fs = await vi.importActual<typeof import('node:fs')>('node:fs');
  const names = ['mkdirSync', 'linkSync', 'renameSync', 'rmSync', 'openSync', 'writeSync', 'chmodSync'] as const;
  return Object.fromEntries(
    names.map((name) => [
      name,
      (...args: never[]) => {
        if (life.steps-- <= 0) throw new Error('killed');
        return (fs[name] as (...a: never[]) => unknown)(...args);
      },
    ]),
  );
}
const life = vi.hoisted(() => ({ steps: Number.POSITIVE_INFINITY }));

let folder: string;
let directory: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'repair-'));
  directory = join(folder, 'store');
});
afterEach(() => rmSync(folder, { recursive: true }));

const mine = 'send 00112233AABBCCDD 434C490000000001';
const meter = 'receive 00112233AABBCCDD 4D4D4D0000000001';
const other = 'receive FFEEDDCCBBAA9988 4D4D4D0000000002 hls';
/** 200 versions, a snapshot among them. */
async function filled(): Promise<string[]> {
  const store = await FileStore.create(directory);
  for (let i = 1; i <= 198; i++)
    await put(store, {
      [mine]: String(i * 32),
      [meter]: String(i),
      ...(i === 5 ? { [other]: '7', 'state meter': 'on' } : {}),
    });
  await store.close();
  return readdirSync(directory).sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)));
}

describe('the repair of a store', () => {
  it('a version cut off by a full disk: keeps what is intact, sends far ahead, and says whom to ask', async () => {
    const files = await filled();
    const last = join(directory, files.at(-1)!);
    truncateSync(last, 100);
    await failure(() => FileStore.open(directory));
    const repair = await repairCounters(directory, { ahead: 100_000 });
    expect(repair).toEqual({
      damaged: [{ file: last, reason: 'damaged: truncated' }],
      movedTo: expect.stringMatching(/store\.damaged-\d{8}T\d{6}Z$/),
      sent: [
        {
          name: mine,
          key: '00112233AABBCCDD',
          systemTitle: '434C490000000001',
          from: 197 * 32,
          to: 197 * 32 + 100_000,
        },
      ],
      ask: ['4D4D4D0000000001', '4D4D4D0000000002'],
      kept: ['state meter'],
    });
    expect(readdirSync(repair.movedTo!)).toEqual(expect.arrayContaining([files.at(-1)]));
    const store = await FileStore.open(directory);
    const counters = new InvocationCounters(store);
    expect(await counters.next(mine)).toBe(197 * 32 + 100_001);
    expect([counters.last(meter), counters.last(other), store.get('state meter')]).toEqual([197, 7, 'on']);
    await store.close();
  });
  it.each([0, 1, 40, -1])(
    'whichever version is damaged (%i): no counter is lower than in any that can be read',
    async (index) => {
      const files = await filled();
      const file = join(directory, files.at(index)!);
      const octets = readFileSync(file);
      octets[60]! ^= 1;
      writeFileSync(file, octets);
      const { damaged, sent } = await repairCounters(directory, { ahead: 1 });
      expect(damaged.map((d) => d.file)).toEqual([file]);
      expect(sent[0]!.from).toBeGreaterThanOrEqual(index === -1 ? 197 * 32 : 198 * 32);
      expect(await new InvocationCounters(await FileStore.open(directory)).next(mine)).toBe(sent[0]!.to + 1);
    },
  );
  it('interrupted after any step: no new store can be made in its place, and the next repair is complete', async () => {
    let interrupted = 0;
    const files = await filled();
    truncateSync(join(directory, files.at(-1)!), 100);
    const damaged = mkdtempSync(join(tmpdir(), 'damaged-'));
    cpSync(directory, damaged, { recursive: true });
    for (let steps = 0; ; steps++) {
      life.steps = steps;
      const killed = await repairCounters(directory, { ahead: 1000 }).then(
        () => false,
        () => true,
      );
      life.steps = Number.POSITIVE_INFINITY;
      expect(await failure(() => FileStore.create(directory))).toMatchObject({ code: 'security/counter-store' });
      if (killed) {
        interrupted++;
        await repairCounters(directory, { ahead: 1000 });
      }
      const store = await FileStore.open(directory);
      const counters = new InvocationCounters(store);
      expect(await counters.next(mine)).toBe(197 * 32 + 1001);
      expect([counters.last(meter), counters.last(other), store.get('state meter')]).toEqual([197, 7, 'on']);
      await store.close();
      // The damaged store is there too, whole, and nothing else.
      expect(readdirSync(folder).sort()).toEqual(['store', expect.stringMatching(/^store\.damaged-/)]);
      expect(readdirSync(join(folder, readdirSync(folder).sort()[1]!))).toEqual(expect.arrayContaining(files));
      rmSync(folder, { recursive: true });
      if (!killed) break;
      cpSync(damaged, directory, { recursive: true });
      chmodSync(directory, 0o700);
    }
    rmSync(damaged, { recursive: true });
    mkdirSync(folder);
    expect(interrupted).toBeGreaterThan(8);
  });
  it('interrupted, and the damaged store taken away since: the new one takes its place', async () => {
    const files = await filled();
    truncateSync(join(directory, files.at(-1)!), 100);
    const { movedTo } = await repairCounters(directory, { ahead: 1000 });
    rmSync(movedTo!, { recursive: true });
    renameSync(directory, `${directory}.repaired`);
    expect(await repairCounters(directory, { ahead: 10 })).toMatchObject({ damaged: [], sent: [] });
    expect(await new InvocationCounters(await FileStore.open(directory)).next(mine)).toBe(197 * 32 + 1001);
  });
  it('a version that is missing is named', async () => {
    const files = await filled();
    rmSync(join(directory, files[3]!));
    const { damaged, sent } = await repairCounters(directory, { ahead: 10 });
    expect(damaged).toEqual([{ file: join(directory, files[3]!), reason: expect.stringContaining('missing') }]);
    expect(sent[0]!.to).toBe(198 * 32 + 10);
  });
  it('does nothing to a store that is well, and nothing where there is none', async () => {
    const files = await filled();
    expect(await repairCounters(directory, { ahead: 10 })).toEqual({
      damaged: [],
      movedTo: undefined,
      sent: [],
      ask: [],
      kept: [],
    });
    // Opening it has taken it over: one more version, no other change.
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(files));
    expect(readdirSync(folder)).toEqual(['store']);
    expect(await failure(() => repairCounters(join(folder, 'none'), { ahead: 10 }))).toMatchObject({
      code: 'security/counter-store',
    });
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
  it('refuses where nothing can be read, and margins that are none', async () => {
    const files = await filled();
    for (const file of files) writeFileSync(join(directory, file), '');
    expect(await failure(() => repairCounters(directory, { ahead: 10 }))).toMatchObject({
      code: 'security/counter-store',
    });
    expect(readdirSync(folder)).toEqual(['store']);
    for (const ahead of [0, -1, 1.5, 2 ** 33])
      expect(await failure(() => repairCounters(directory, { ahead }))).toMatchObject({ code: 'encode/invalid-value' });
  });
  it('ends at the end of the counters', async () => {
    const store = await FileStore.create(directory);
    await put(store, { [mine]: String(counterLimit - 10) });
    await put(store, { x: '1' });
    writeFileSync(join(directory, readdirSync(directory).sort().at(-1)!), 'x');
    const { sent } = await repairCounters(directory, { ahead: 100 });
    expect(sent[0]!.to).toBe(counterLimit);
    expect(await failure(async () => new InvocationCounters(await FileStore.open(directory)).next(mine))).toMatchObject(
      { code: 'security/counter-exhausted' },
    );
  });
});
