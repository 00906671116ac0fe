import { describe, expect, it, vi } from 'vitest';
import { InvocationCounters, type ProofOfFreshness } from '../../src/security/counters.js';
import { type Store, VolatileStore } from '../../src/store/store.js';
import { announced, LateStore, MemoryDisk } from '../store/support.js';
import { failure } from '../support/outcome.js';

const name = 'receive k';
const limitName = `ahead ${name}`;
/** The code of the refusal, or `taken`. */
async function taken(counters: InvocationCounters, value: number | bigint, proof?: ProofOfFreshness): Promise<string> {
  try {
    await counters.record([[{ name, value }]], proof);
    return 'taken';
  } catch (e) {
    return (e as { code: string }).code;
  }
}
const entry = (store: Store, key: string): string | undefined => store.get(key) as string | undefined;

describe('the counter of a message that was received', () => {
  it('must be higher than every one before, in each kind of proof: equal and lower ones are replays', async () => {
    for (const proof of ['none', 'expected', 'proven'] as const) {
      for (const store of [new VolatileStore(), new LateStore(), new MemoryDisk().open()]) {
        const counters = new InvocationCounters(announced(store));
        expect(await counters.last(name, proof)).toBeUndefined();
        const codes: string[] = [];
        for (const value of [0, 0, 7, 7, 6, 8]) codes.push(await taken(counters, value, proof));
        expect(codes).toEqual(['taken', 'security/replay', 'taken', 'security/replay', 'security/replay', 'taken']);
        expect(await counters.last(name, 'proven')).toBe(8);
      }
    }
  });
  it('says in the refusal what came and what was there', async () => {
    const counters = new InvocationCounters(new VolatileStore());
    counters.record([[{ name, value: 9 }]]);
    expect(await failure(() => counters.record([[{ name, value: 5 }]]))).toMatchObject({
      code: 'security/replay',
      context: { received: 5, last: 9 },
    });
    const groups = [[{ name, value: 9 }], [{ name: 'other', value: 1 }]];
    expect(await failure(() => counters.record(groups))).toMatchObject({
      code: 'security/replay',
      context: { received: 9, last: 9 },
    });
  });
  it('is compared within one message too: the same name twice must grow twice', async () => {
    const counters = new InvocationCounters(new VolatileStore());
    const twice = (second: number) => () => counters.record([[{ name, value: 5 }], [{ name, value: second }]]);
    expect(await failure(twice(5))).toMatchObject({ code: 'security/replay' });
    expect(counters.last(name)).toBeUndefined();
    await twice(6)();
    expect(counters.last(name)).toBe(6);
  });
  it('of a message without counters is nothing to remember', async () => {
    const store = new VolatileStore();
    await new InvocationCounters(store).record([[], []]);
    expect(store.entries('')).toEqual([]);
  });
  it('may be a transaction-id of any length, compared as a number', async () => {
    const counters = new InvocationCounters(new VolatileStore());
    // 15 digits are kept as a number, 16 as a bigint; both sides of 2^53.
    const growing = [999_999_999_999_999n, 1_000_000_000_000_000n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 256n - 1n];
    for (const value of growing) {
      expect(await taken(counters, value)).toBe('taken');
      expect(await taken(counters, value)).toBe('security/replay');
      expect(BigInt((await counters.last(name)) ?? -1)).toBe(value);
    }
  });
  it.each(['01234567890123456', '-1', '1.5', 'x'.repeat(16), '1'.repeat(79), ' 1', '1 ', '0x10'])(
    'is never guessed from a store that holds %j under its name',
    async (text) => {
      const store = new VolatileStore();
      store.update([name], () => ({ result: undefined, set: new Map([[name, text]]) }));
      const counters = new InvocationCounters(store);
      expect(await failure(() => counters.last(name))).toMatchObject({ code: 'security/counter-store' });
      expect(await taken(counters, 2n ** 300n)).toBe('security/counter-store');
    },
  );
  it('may have 78 digits, the longest that 32 octets make', () => {
    const store = new VolatileStore();
    const text = (2n ** 256n - 1n).toString();
    expect(text).toHaveLength(78);
    store.update([name], () => ({ result: undefined, set: new Map([[name, text]]) }));
    expect(new InvocationCounters(store).last(name)).toBe(2n ** 256n - 1n);
  });
});

describe('counters of an association that a challenge has proven, on a disk', () => {
  /** A process that has taken up to `value` in a proven association. */
  async function running(disk: MemoryDisk, value: number): Promise<{ store: Store; counters: InvocationCounters }> {
    const store = announced(disk.open());
    const counters = new InvocationCounters(store);
    await counters.record([[{ name, value }]], 'expected');
    await counters.proven(name);
    return { store, counters };
  }

  it('are written once for 1024 messages, and the limit before any counter beyond it', async () => {
    const disk = new MemoryDisk();
    const { store, counters } = await running(disk, 10);
    expect(disk.entries('')).toEqual([
      [limitName, '1034'],
      [name, '10'],
    ]);
    const { writes } = disk;
    for (let value = 11; value <= 1034; value++) expect(await taken(counters, value, 'proven')).toBe('taken');
    expect(disk.writes).toBe(writes);
    expect([entry(store, name), disk.get(name)]).toEqual(['1034', '10']);
    expect(await taken(counters, 1035, 'proven')).toBe('taken');
    expect(disk.writes).toBe(writes + 1);
    expect(disk.entries('')).toEqual([
      [limitName, String(1035 + 1024)],
      [name, '1035'],
    ]);
    expect(await taken(counters, 1035, 'proven')).toBe('security/replay');
  });
  it('are not deferred before the proof, and not in several at once', async () => {
    const disk = new MemoryDisk();
    const { counters } = await running(disk, 10);
    for (const [value, proof] of [
      [11, 'expected'],
      [12, 'none'],
    ] as const) {
      const { writes } = disk;
      await counters.record([[{ name, value }]], proof);
      expect([disk.writes, disk.get(name)]).toEqual([writes + 1, String(value)]);
    }
    await counters.record([[{ name, value: 13 }], [{ name: 'other', value: 1 }]], 'proven');
    expect([disk.get(name), disk.get('other')]).toEqual(['13', '1']);
    await counters.record(
      [
        [
          { name, value: 13 },
          { name: 'other', value: 2 },
        ],
      ],
      'proven',
    );
    expect([disk.get(name), disk.get('other')]).toEqual(['13', '2']);
  });
  it('cannot be replayed after a crash: nothing up to the limit is new, until a proof comes', async () => {
    const disk = new MemoryDisk();
    const { counters } = await running(disk, 10);
    await counters.record([[{ name, value: 500 }]], 'proven');
    expect(disk.get(name)).toBe('10');
    const restarted = new InvocationCounters(announced(disk.open()));
    expect(await restarted.last(name)).toBe(1034);
    for (const value of [11, 500, 501, 1034]) expect(await taken(restarted, value)).toBe('security/replay');
    // The same, together with something that is new.
    const other = [{ name: 'other', value: 1 }];
    expect(await failure(() => restarted.record([[{ name, value: 1034 }], other]))).toMatchObject({
      code: 'security/replay',
    });
    // Nothing is acted on before the challenge is answered, so its own messages need not be above the limit.
    expect(await restarted.last(name, 'expected')).toBe(10);
    expect(await taken(restarted, 501, 'expected')).toBe('taken');
    expect(await restarted.last(name)).toBe(1034);
    await restarted.proven(name);
    expect(await restarted.last(name)).toBe(501);
    expect(await taken(restarted, 502)).toBe('taken');
  });
  it('go on above the limit after a crash, without a proof', async () => {
    const disk = new MemoryDisk();
    await running(disk, 10);
    const restarted = new InvocationCounters(disk.open());
    expect(await taken(restarted, 1035)).toBe('taken');
    // What was recorded is above the limit now, and counts.
    expect(await restarted.last(name)).toBe(1035);
    expect(await taken(restarted, 1035)).toBe('security/replay');
    expect(await taken(restarted, 1036)).toBe('taken');
  });
  it('make room again only when half of it is used', async () => {
    const disk = new MemoryDisk();
    const { counters } = await running(disk, 0);
    for (const [value, limit] of [
      // 513 of 1024 are left, then 512.
      [511, 1024],
      [512, 512 + 1024],
    ] as const) {
      await counters.record([[{ name, value }]], 'proven');
      await counters.proven(name);
      expect([value, disk.get(limitName)]).toEqual([value, String(limit)]);
    }
  });
  it('have room from 0 when nothing was recorded under their name', async () => {
    const disk = new MemoryDisk();
    const counters = new InvocationCounters(disk.open());
    await counters.proven(name);
    expect(disk.entries('')).toEqual([[limitName, '1024']]);
    expect(await new InvocationCounters(disk.open()).last(name)).toBe(1024);
  });
  it('lose nothing when the store is closed: the next process knows exactly what was taken', async () => {
    const disk = new MemoryDisk();
    const { counters, store } = await running(disk, 10);
    await counters.record([[{ name, value: 20 }]], 'proven');
    await counters.close();
    expect(await failure(() => store.get(name))).toMatchObject({ code: 'security/counter-store' });
    expect(disk.entries('')).toEqual([[name, '20']]);
    const next = new InvocationCounters(disk.open());
    expect(await next.last(name)).toBe(20);
    expect(await taken(next, 21)).toBe('taken');
  });
  it('leave the limits of senders alone that proved nothing since, when the store is closed', async () => {
    const disk = new MemoryDisk();
    await running(disk, 10);
    const next = new InvocationCounters(disk.open());
    // Of this one there is no limit, and nothing to forget.
    await next.record([[{ name: 'other', value: 1 }]]);
    expect(await next.last('other')).toBe(1);
    const store = next.store;
    const update = vi.spyOn(store, 'update');
    await next.close();
    expect(update).not.toHaveBeenCalled();
    expect(await new InvocationCounters(disk.open()).last(name)).toBe(1034);
  });
  it('are known exactly to all who count on one store', async () => {
    const disk = new MemoryDisk();
    const { store, counters } = await running(disk, 10);
    await counters.record([[{ name, value: 12 }]], 'proven');
    const beside = new InvocationCounters(store);
    expect(await beside.last(name)).toBe(12);
    expect(await taken(beside, 13)).toBe('taken');
    // Another store on the same disk is another process.
    expect(await new InvocationCounters(disk.open()).last(name)).toBe(1034);
  });
  it('are written before they are answered where somebody else uses the store too', async () => {
    const store = announced(new LateStore());
    const seen: (boolean | undefined)[] = [];
    store.onUpdate = (_, options) => void seen.push(options?.durable);
    const counters = new InvocationCounters(store);
    await counters.record([[{ name, value: 1 }]], 'proven');
    await counters.proven(name);
    expect(seen).toEqual([undefined]);
    expect(await store.get(limitName)).toBeUndefined();
    // A process that had the store for itself died: a proof takes its limit away, and nothing short of it.
    await store.update([limitName], () => ({ result: undefined, set: new Map([[limitName, '900']]) }));
    expect(await taken(counters, 900)).toBe('security/replay');
    await counters.proven(name);
    expect(await store.get(limitName)).toBeUndefined();
    expect(await taken(counters, 2)).toBe('taken');
  });
  it('may have a limit at any time where somebody else uses the store too', async () => {
    const store = new LateStore();
    const counters = new InvocationCounters(store);
    await counters.record([[{ name, value: 1 }]]);
    expect(await counters.last(name)).toBe(1);
    await store.update([limitName], () => ({ result: undefined, set: new Map([[limitName, '900']]) }));
    expect(await counters.last(name)).toBe(900);
    expect(await taken(counters, 900)).toBe('security/replay');
  });
  it('are looked up without their limit once it is known that there is none, and nothing is kept of a sender that never came', async () => {
    for (const store of [new MemoryDisk().open(), new VolatileStore()]) {
      const counters = new InvocationCounters(store);
      const get = vi.spyOn(store, 'get');
      const lookups = async (): Promise<string[]> => {
        get.mockClear();
        await counters.last(name);
        return get.mock.calls.map(([key]) => key);
      };
      for (let i = 0; i < 2; i++) expect(await lookups()).toEqual([limitName, name]);
      await counters.record([[{ name, value: 1 }]]);
      expect(await lookups()).toEqual([limitName, name]);
      expect(await lookups()).toEqual([name]);
    }
  });
  it('of transaction-ids have room as well', async () => {
    const disk = new MemoryDisk();
    const counters = new InvocationCounters(disk.open());
    expect(await taken(counters, 2n ** 60n, 'proven')).toBe('taken');
    expect(disk.get(limitName)).toBe(String(2n ** 60n + 1024n));
    const { writes } = disk;
    expect(await taken(counters, 2n ** 60n + 1024n, 'proven')).toBe('taken');
    expect(disk.writes).toBe(writes);
  });
});
