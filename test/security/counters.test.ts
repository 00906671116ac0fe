import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CounterStore, counterLimit, InvocationCounters, MemoryCounterStore } from '../../src/security/counters.js';
import { nodeProvider } from '../../src/security/node-provider.js';
import { protect } from '../../src/security/protect.js';
import { recoverCounter } from '../../src/security/recovery.js';
import { failure, hex, pairOf } from './support.js';

/** The same rules, but every answer comes later. */
class LateStore implements CounterStore {
  readonly inner = new MemoryCounterStore();
  reserve = async (...args: Parameters<MemoryCounterStore['reserve']>): Promise<number> => {
    await new Promise((r) => setTimeout(r, 1));
    return this.inner.reserve(...args);
  };
  last = async (name: string): Promise<number | bigint | undefined> => this.inner.last(name);
  record = async (groups: Parameters<MemoryCounterStore['record']>[0]): Promise<void> => this.inner.record(groups);
  replace = async (changes: Parameters<MemoryCounterStore['replace']>[0]): Promise<void> => this.inner.replace(changes);
}

describe('counters for sending', () => {
  it('begin with 1, or with 0 when told so, and grow by one', () => {
    const counters = new InvocationCounters();
    expect([1, 2, 3].map(() => counters.next('a'))).toEqual([1, 2, 3]);
    expect(counters.next('b')).toBe(1);
    expect(new InvocationCounters(new MemoryCounterStore(), { initial: 0, block: 10 }).next('a')).toBe(0);
  });
  it('are never dealt out twice by two senders on one store, in any interleaving', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.boolean()), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (steps, b1, b2) => {
          const store = new MemoryCounterStore();
          const make = (i: number): InvocationCounters => new InvocationCounters(store, { block: [b1, b2, 1][i]! });
          const senders = [make(0), make(1), make(2)];
          const used = new Set<number>();
          for (const [i, restart] of steps) {
            if (restart) senders[i] = make(i);
            const value = senders[i]!.next('k') as number;
            expect(used.has(value)).toBe(false);
            used.add(value);
          }
        },
      ),
    );
  });
  it('keep their order and stay unique when the store answers late', async () => {
    const counters = new InvocationCounters(new LateStore(), { block: 4 });
    const values = await Promise.all(Array.from({ length: 30 }, () => counters.next('k')));
    expect(values).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
  it('go on after a store that failed once', async () => {
    const store = new LateStore();
    let broken = true;
    const counters = new InvocationCounters({ ...store, reserve: async (...args) => (broken ? Promise.reject(new Error('disk')) : store.reserve(...args)) });
    const results = await Promise.allSettled([counters.next('k'), counters.next('k')]);
    expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await counters.next('k')).toBe(1);
  });
  it('end before 2^32 - 1, and no message is protected then', async () => {
    for (const block of [1, 16]) {
      const counters = new InvocationCounters(new MemoryCounterStore(), { initial: counterLimit - 17, block });
      const { client } = await pairOf(nodeProvider, 0, { counters });
      const got: number[] = [];
      const error = await failure(async () => {
        for (;;) got.push(Number.parseInt(Buffer.from((await protect(hex('C0'), client)).subarray(3, 7)).toString('hex'), 16));
      });
      expect(error).toMatchObject({ code: 'security/counter-exhausted' });
      expect(Math.max(...got)).toBeLessThan(counterLimit);
      expect(got).toHaveLength(block === 1 ? 17 : 16);
    }
  });
  it('are not used up by a message that could not be made', async () => {
    const { client } = await pairOf(nodeProvider, 0, { keys: {} });
    await failure(() => protect(hex('C0'), client));
    expect(client.counters.next(client.sendName('global-unicast-encryption-key'))).toBe(1);
  });
  it('are shared by all keys under one title unless a scope separates them', async () => {
    const { client } = await pairOf(nodeProvider, 0);
    const names = ['global-unicast-encryption-key', 'dedicated-key', 'wrapped-key', 'agreed-key'] as const;
    expect(new Set(names.map((n) => client.sendName(n))).size).toBe(1);
    expect(client.fresh({ counterScope: 'meter 7' }).sendName('dedicated-key')).not.toBe(client.sendName('dedicated-key'));
    // The broadcast key is common to many meters, so it is counted once for all scopes.
    expect(client.fresh({ counterScope: 'meter 7' }).sendName('global-broadcast-encryption-key')).toBe(client.sendName('global-broadcast-encryption-key'));
  });
});

describe('counters received', () => {
  it('need one value of each group to grow, keep every maximum, and change nothing otherwise', () => {
    const store = new MemoryCounterStore();
    store.record([
      [{ name: 'a', value: 5 }],
      [
        { name: 'b', value: 5 },
        { name: 'c', value: 9n },
      ],
    ]);
    expect(() =>
      store.record([
        [{ name: 'a', value: 6 }],
        [
          { name: 'b', value: 5 },
          { name: 'c', value: 8n },
        ],
      ]),
    ).toThrow(expect.objectContaining({ code: 'security/replay' }));
    expect(['a', 'b', 'c'].map((n) => store.last(n))).toEqual([5, 5, 9n]);
    store.record([
      [
        { name: 'b', value: 1 },
        { name: 'c', value: 2n ** 60n },
      ],
    ]);
    store.record([
      [
        { name: 'b', value: 6 },
        { name: 'c', value: 1n },
      ],
    ]);
    expect([store.last('b'), store.last('c')]).toEqual([6, 2n ** 60n]);
  });
  it('move and begin anew in one step', () => {
    const store = new MemoryCounterStore();
    store.record([[{ name: 'old', value: 5 }], [{ name: 'new', value: 2 }]]);
    store.reserve('old', 9, 1);
    store.replace([{ name: 'old', from: 'new' }, { name: 'gone' }]);
    expect([store.last('old'), store.last('new'), store.reserve('old', 1, 1)]).toEqual([2, undefined, 1]);
    store.replace([{ name: 'old' }]);
    expect(store.last('old')).toBeUndefined();
  });
});

describe('recovery of a counter', () => {
  const next = async (reported: number, own: number, furthest?: number): Promise<number> => {
    const { client } = await pairOf(nodeProvider, 0, { counters: new InvocationCounters(new MemoryCounterStore(), { initial: own, block: 8 }) });
    const promised = await recoverCounter(client, reported, furthest === undefined ? {} : { furthest });
    const used = await client.counters.next(client.sendName('global-unicast-encryption-key'));
    expect(used).toBeGreaterThanOrEqual(promised);
    return used;
  };
  it('continues above the report and never goes back', async () => {
    expect([await next(1999, 1), await next(5, 1), await next(0, 1), await next(10, 5000)]).toEqual([2000, 6, 2, 5001]);
  });
  it('refuses a report that would use the key up', async () => {
    expect(await failure(() => next(0xfffffff0, 1))).toMatchObject({ code: 'security/policy' });
    expect(await failure(() => next(500, 1, 100))).toMatchObject({ code: 'security/policy' });
    expect(await failure(() => next(0xffffffff, 1, 2 ** 32))).toMatchObject({ code: 'security/counter-exhausted' });
    expect(await failure(() => next(-1, 1))).toMatchObject({ code: 'encode/invalid-value' });
  });
});
