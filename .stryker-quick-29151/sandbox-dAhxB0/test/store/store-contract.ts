import { describe, expect, it } from 'vitest';
import { DlmsError } from '../../src/core/errors.js';
import type { MaybePromise } from '../../src/core/promise.js';
import { InvocationCounters } from '../../src/security/counters.js';
import type { Store } from '../../src/store/store.js';
import { failure } from '../support/outcome.js';

/** One place where a store lives, and how to come to it. */
export interface StorePlace {
  /** Makes the store, once. */
  create(): MaybePromise<Store>;
  /** The same values again, as another process would find them. Absent where nothing outlives the process. */
  reopen?(): MaybePromise<Store>;
}

export const put = (
  store: Store,
  values: Readonly<Record<string, string | undefined>>,
  durable = true,
): MaybePromise<void> =>
  store.update(Object.keys(values), () => ({ result: undefined, set: new Map(Object.entries(values)) }), { durable });
export const add = (store: Store, name: string, durable = true): MaybePromise<number> =>
  store.update(
    [name],
    (get) => {
      const next = Number(get(name) ?? 0) + 1;
      return { result: next, set: new Map([[name, String(next)]]) };
    },
    { durable },
  );

/** What every store promises; `place` gives a new place for each test. */
export function storeContract(name: string, place: () => StorePlace): void {
  describe(`${name}: the contract of stores`, () => {
    it('gives what was put, by name, until it is taken away', async () => {
      const store = await place().create();
      expect(await store.get('a')).toBeUndefined();
      expect(await store.entries('')).toEqual([]);
      await put(store, { b: '2', a: '1', 'a b': 'x\ny', ä: '💡', '': 'empty name', __proto__x: '', c: '\ud800' });
      expect(await store.get('b')).toBe('2');
      expect(await store.get('')).toBe('empty name');
      expect(await store.get('__proto__x')).toBe('');
      expect(await store.get('__proto__')).toBeUndefined();
      expect(await store.entries('a')).toEqual([
        ['a', '1'],
        ['a b', 'x\ny'],
      ]);
      expect((await store.entries('')).map(([n]) => n)).toEqual(['', '__proto__x', 'a', 'a b', 'b', 'c', 'ä']);
      await put(store, { a: undefined, b: '3', none: undefined });
      expect([await store.get('a'), await store.get('b')]).toEqual([undefined, '3']);
      expect(await store.entries('a')).toEqual([['a b', 'x\ny']]);
      await store.close();
    });
    it('reads, decides and writes in one step, however many ask at once', async () => {
      const store = await place().create();
      const numbers = await Promise.all(Array.from({ length: 40 }, () => add(store, 'n')));
      expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      expect(await store.get('n')).toBe('40');
      await store.close();
    });
    it('writes nothing when the change throws, and goes on', async () => {
      const store = await place().create();
      await put(store, { a: '1' });
      const refused = new DlmsError('security/replay', { received: 1, last: 1 });
      const results = await Promise.allSettled([
        add(store, 'a'),
        (async () =>
          store.update(['a'], () => {
            throw refused;
          }))(),
        add(store, 'a'),
      ]);
      expect(results).toEqual([
        { status: 'fulfilled', value: 2 },
        { status: 'rejected', reason: refused },
        { status: 'fulfilled', value: 3 },
      ]);
      expect(await store.entries('')).toEqual([['a', '3']]);
      await store.close();
    });
    it('lets every later call see a change that is not durable yet, and keeps its order', async () => {
      const store = await place().create();
      const durable = add(store, 'a');
      const loose = add(store, 'a', false);
      expect(new Set(await Promise.all([durable, loose]))).toEqual(new Set([1, 2]));
      expect(await add(store, 'b', false)).toBe(1);
      expect(await store.get('b')).toBe('1');
      expect(await add(store, 'b')).toBe(2);
      expect(await add(store, 'b', false)).toBe(3);
      expect(await store.entries('')).toEqual([
        ['a', '2'],
        ['b', '3'],
      ]);
      await put(store, { b: undefined }, false);
      expect(await store.get('b')).toBeUndefined();
      expect(await store.entries('b')).toEqual([]);
      await store.close();
    });
    it('refuses calls after it was closed, and can be closed twice', async () => {
      const store = await place().create();
      await store.close();
      await store.close();
      const code = 'security/counter-store';
      expect(await failure(() => store.get('a'))).toMatchObject({ code });
      expect(await failure(() => store.entries(''))).toMatchObject({ code });
      expect(await failure(() => add(store, 'a'))).toMatchObject({ code });
      expect(await failure(() => add(store, 'a', false))).toMatchObject({ code });
    });
    it('carries counters: none dealt out twice, each message recorded once', async () => {
      const store = await place().create();
      const senders = [1, 3].map((block) => new InvocationCounters(store, { initial: 1, block }));
      const dealt = await Promise.all(Array.from({ length: 60 }, (_, i) => senders[i % 2]!.next('send k')));
      expect(new Set(dealt).size).toBe(60);
      const accepted = await Promise.allSettled(
        [5, 5, 6, 4, 6].map(async (value, i) =>
          senders[i % 2]!.record([[{ name: 'receive k', value }]], i % 2 === 0 ? 'none' : 'proven'),
        ),
      );
      expect(await senders[0]!.last('receive k')).toBe(6);
      const taken = accepted.flatMap((r, i) => (r.status === 'fulfilled' ? [[5, 5, 6, 4, 6][i]] : []));
      expect(new Set(taken).size).toBe(taken.length);
      expect(taken).toContain(6);
      await senders[0]!.record([[{ name: 'receive t', value: 2n ** 70n }]]);
      expect(await senders[1]!.last('receive t')).toBe(2n ** 70n);
      await store.close();
    });
  });
  if (place().reopen === undefined) return;
  describe(`${name}: what lasts`, () => {
    const lasting = (): Required<StorePlace> => place() as Required<StorePlace>;
    it('finds everything again, also what was not durable before it was closed', async () => {
      const at = lasting();
      const first = await at.create();
      await put(first, { a: '1', b: '2', c: '\ud800' });
      await put(first, { b: undefined, d: '4' }, false);
      await first.close();
      const second = await at.reopen();
      expect(await second.entries('')).toEqual([
        ['a', '1'],
        ['c', '\ud800'],
        ['d', '4'],
      ]);
      expect(await add(second, 'a')).toBe(2);
      await second.close();
    });
    it('finds what was durable after a crash, and with it all that went before', async () => {
      const at = lasting();
      const first = await at.create();
      await add(first, 'loose', false);
      await add(first, 'a');
      await add(first, 'loose', false);
      const second = await at.reopen();
      expect([await second.get('a'), await second.get('loose')]).toEqual(['1', '1']);
      await second.close();
    });
    it('is made and opened by different calls: neither does the work of the other', async () => {
      const at = lasting();
      expect(await failure(() => at.reopen())).toMatchObject({ code: 'security/counter-store' });
      const store = await at.create();
      await add(store, 'a');
      await store.close();
      expect(await failure(() => at.create())).toMatchObject({ code: 'security/counter-store' });
      const again = await at.reopen();
      expect(await again.get('a')).toBe('1');
      await again.close();
    });
    it('a process that lost its store to another is refused, whether it would wait for the disk or not', async () => {
      const at = lasting();
      const first = await at.create();
      await add(first, 'a');
      const second = await at.reopen();
      for (const durable of [false, true])
        expect(await failure(() => add(first, 'a', durable))).toMatchObject({ code: 'security/counter-store' });
      expect(await add(second, 'a')).toBe(2);
      await second.close();
    });
  });
}
