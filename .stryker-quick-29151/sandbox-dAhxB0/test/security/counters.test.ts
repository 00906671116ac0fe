import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { counterEpoch, counterLimit, InvocationCounters } from '../../src/security/counters.js';
import { protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { recoverCounter } from '../../src/security/recovery.js';
import { VolatileStore } from '../../src/store/store.js';
import { announced, LateStore } from '../store/support.js';
import { failure } from '../support/outcome.js';
import { countersFrom, hex, pairOf } from './support.js';

describe('counters for sending', () => {
  it('grow by one from the value that was given, 0 too', () => {
    const counters = new InvocationCounters(announced(new VolatileStore()), { initial: 1 });
    expect([1, 2, 3].map(() => counters.next('a'))).toEqual([1, 2, 3]);
    expect(counters.next('b')).toBe(1);
    expect(new InvocationCounters(new VolatileStore(), { initial: 0, block: 10 }).next('a')).toBe(0);
  });
  it('never begin low in a store that forgot: whoever sends less than a message a second meets no value again', async () => {
    const at = Date.UTC(2026, 7, 1);
    const used = new Set<number>();
    // Ten stores, one after the other, each lost after ten minutes and six hundred messages.
    for (let lost = 0; lost < 10; lost++) {
      let now = at + lost * 601_000;
      const counters = new InvocationCounters(new VolatileStore(), { now: () => now });
      for (let i = 0; i < 600; i++, now += 1000) used.add(counters.next('k') as number);
    }
    expect(used.size).toBe(6000);
    expect(Math.min(...used)).toBe((at - counterEpoch) / 1000);
    expect(new InvocationCounters(new VolatileStore()).next('k')).toBeGreaterThan(4e7);
  });
  it('begin at random, from 2^24 to 2^28 - 1, when the clock is from before 2025', () => {
    const first = (now: number): number =>
      new InvocationCounters(new VolatileStore(), { now: () => now }).next('k') as number;
    const values = Array.from({ length: 200 }, (_, i) => first(i % 2 === 0 ? 0 : counterEpoch));
    expect(new Set(values).size).toBeGreaterThan(190);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(2 ** 24);
    expect(Math.max(...values)).toBeLessThan(2 ** 28);
    expect(first(counterEpoch + 1000)).toBe(1);
  });
  it('have all 28 bits of that from the random octets', () => {
    const random = vi.spyOn(globalThis.crypto, 'getRandomValues');
    const first = (octets: readonly number[]): unknown => {
      random.mockImplementationOnce((to) => {
        (to as unknown as Uint8Array).set(octets);
        return to;
      });
      return new InvocationCounters(new VolatileStore(), { now: () => 0 }).next('k');
    };
    try {
      expect(first([0, 0, 0, 0])).toBe(2 ** 24);
      expect(first([0x0a, 0x0b, 0x0c, 0x0d])).toBe(2 ** 24 + 0x0a0b0c0d);
      expect(first([0xff, 0xff, 0xff, 0xff])).toBe(2 ** 24 + (0xffffffff % (2 ** 28 - 2 ** 24)));
    } finally {
      random.mockRestore();
    }
  });
  it('have no default store, and refuse blocks and first values that are none', () => {
    // @ts-expect-error a store must be given
    expect(() => new InvocationCounters()).toThrow(TypeError);
    for (const options of [
      { block: 0 },
      { block: 1.5 },
      { block: 2 ** 33 },
      { initial: -1 },
      { initial: 0.5 },
      { initial: 2 ** 32 },
    ])
      expect(() => new InvocationCounters(new VolatileStore(), options)).toThrow(
        expect.objectContaining({ code: 'encode/invalid-value' }),
      );
    // The largest are none too many.
    expect(new InvocationCounters(new VolatileStore(), { block: counterLimit, initial: 0 }).next('k')).toBe(0);
    expect(() => new InvocationCounters(new VolatileStore(), { initial: counterLimit }).next('k')).toThrow(
      expect.objectContaining({ code: 'security/counter-exhausted' }),
    );
  });
  it('are never dealt out twice by two senders on one store, in any interleaving', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.boolean()), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (steps, b1, b2) => {
          const store = new VolatileStore();
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
    const counters = new InvocationCounters(new LateStore(), { initial: 1, block: 4 });
    const values = await Promise.all(Array.from({ length: 30 }, () => counters.next('k')));
    expect(values).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
  it('go on after a store that failed once', async () => {
    const store = new LateStore();
    const counters = new InvocationCounters(store, { initial: 1, block: 1 });
    store.broken = true;
    const results = await Promise.allSettled([counters.next('k'), counters.next('k')]);
    expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected']);
    store.broken = false;
    expect(await counters.next('k')).toBe(1);
  });
  it.each([
    [5, 'inside what is being reserved'],
    [17, 'behind what is being reserved'],
    [9, 'at its end'],
  ])('keep a floor of %i that is told while a reservation is under way, %s', async (floor) => {
    for (const decided of [false, true]) {
      const store = new LateStore();
      const counters = new InvocationCounters(store, { initial: 1, block: 8 });
      // Told before the store has decided what it reserves, or between that and its answer.
      if (decided) store.onUpdated = () => counters.advance('k', floor);
      const early = [counters.next('k'), counters.next('k')];
      if (!decided) counters.advance('k', floor);
      const values = [...(await Promise.all(early)), await counters.next('k')];
      expect(values).toEqual([floor, floor + 1, floor + 2]);
    }
  });
  it('never go back, whatever floor is told', () => {
    const counters = new InvocationCounters(new VolatileStore(), { initial: 100, block: 4 });
    expect(counters.next('k')).toBe(100);
    for (const floor of [0, 50, 100]) counters.advance('k', floor);
    expect(counters.next('k')).toBe(101);
    counters.advance('k', 200);
    counters.advance('k', 150);
    expect(counters.next('k')).toBe(200);
    counters.advance('k', counterLimit);
    expect(() => counters.next('k')).toThrow(expect.objectContaining({ code: 'security/counter-exhausted' }));
    for (const floor of [-1, 1.5, Number.NaN, 2 ** 32])
      expect(() => counters.advance('k', floor)).toThrow(expect.objectContaining({ code: 'encode/invalid-value' }));
  });
  it('are never dealt out twice while floors are told and stores answer late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant('next' as const), fc.nat(60)), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, block) => {
          const store = new LateStore();
          const both = [
            new InvocationCounters(store, { initial: 1, block }),
            new InvocationCounters(store, { initial: 1, block: 2 }),
          ];
          const waiting: (Promise<number> | number)[] = [];
          steps.forEach((step, i) => {
            const counters = both[i % 2]!;
            if (step === 'next') waiting.push(counters.next('k'));
            else counters.advance('k', step);
          });
          const values = await Promise.all(waiting);
          expect(new Set(values).size).toBe(values.length);
        },
      ),
      { numRuns: 60 },
    );
  });
  it('refuse a store that holds something else under their name', async () => {
    for (const text of ['', 'x', '-1', '1.5', '01', '1e3', ' 1', '4294967296', '99999999999999999999']) {
      const store = new VolatileStore();
      store.update(['k'], () => ({ result: undefined, set: new Map([['k', text]]) }));
      expect(await failure(async () => new InvocationCounters(store).next('k'))).toMatchObject({
        code: 'security/counter-store',
      });
    }
    // The highest there is was used up, and is no fault of the store.
    const store = new VolatileStore();
    store.update(['k'], () => ({ result: undefined, set: new Map([['k', String(counterLimit)]]) }));
    expect(await failure(() => new InvocationCounters(store).next('k'))).toMatchObject({
      code: 'security/counter-exhausted',
    });
  });
  it('end before 2^32 - 1, and no message is protected then', async () => {
    for (const block of [1, 16]) {
      const counters = new InvocationCounters(new VolatileStore(), { initial: counterLimit - 17, block });
      const { client } = await pairOf(nodeProvider, 0, { counters });
      const got: number[] = [];
      const error = await failure(async () => {
        for (;;)
          got.push(Number.parseInt(Buffer.from((await protect(hex('C0'), client)).subarray(3, 7)).toString('hex'), 16));
      });
      expect(error).toMatchObject({ code: 'security/counter-exhausted' });
      expect(Math.max(...got)).toBeLessThan(counterLimit);
      expect(got).toHaveLength(block === 1 ? 17 : 16);
    }
  });
  it('are not used up by a message that could not be made', async () => {
    const { client } = await pairOf(nodeProvider, 0, { counters: countersFrom(1) });
    const { authentication } = client.keys;
    client.setKeys({ authentication: undefined });
    await failure(() => protect(hex('C0'), client));
    client.setKeys({ authentication });
    expect(client.counters.next(client.sendName('global-unicast-encryption-key'))).toBe(1);
  });
  it('are named by key and title: the dedicated key shares the sequence of the unicast key, and every other key has its own', async () => {
    const { client } = await pairOf(nodeProvider, 1);
    await client.newDedicatedKey();
    const name = (key: Parameters<typeof client.sendName>[0]): string => client.sendName(key);
    expect(name('dedicated-key')).toBe(name('global-unicast-encryption-key'));
    expect(name('global-unicast-encryption-key')).toBe(
      `send ${client.keys.globalUnicast!.fingerprint} 4D4D4D0000BC614E`,
    );
    const names = (
      [
        'global-unicast-encryption-key',
        'global-broadcast-encryption-key',
        'wrapped-key',
        'agreed-key',
        'signature',
      ] as const
    ).map(name);
    expect(new Set(names).size).toBe(5);
    expect(name('wrapped-key')).toContain(client.keys.master!.fingerprint);
    expect(client.fresh().sendName('global-unicast-encryption-key')).toBe(name('global-unicast-encryption-key'));
    expect(await failure(() => client.fresh({ keys: {} }).sendName('global-broadcast-encryption-key'))).toMatchObject({
      code: 'security/missing-key',
    });
  });
  it('of a dedicated key die with it: the next one begins with nothing received', async () => {
    const { server } = await pairOf(nodeProvider, 0);
    await server.takeDedicatedKey(new Uint8Array(16).fill(1));
    const first = server.dedicatedCounters;
    first.record([[{ name: 'receive k', value: 5 }]]);
    server.setKeys({ globalUnicast: await nodeProvider.generateKey('AES-128') });
    expect(server.dedicatedCounters).toBe(first);
    await server.takeDedicatedKey(new Uint8Array(16).fill(2));
    expect(server.dedicatedCounters.last('receive k')).toBeUndefined();
    expect(server.fresh().dedicatedCounters.last('receive k')).toBeUndefined();
  });
  it('and names of received ones, follow the keys and the peer of the moment', async () => {
    const { client, server } = await pairOf(nodeProvider, 0);
    const peer = client.peerSystemTitle!;
    const before = [
      client.sendName('global-unicast-encryption-key'),
      client.receiveName('global-unicast-encryption-key', peer),
      client.receiveName('hls', peer),
    ];
    expect(new Set(before).size).toBe(3);
    client.setKeys({ globalUnicast: await nodeProvider.generateKey('AES-128') });
    const after = [
      client.sendName('global-unicast-encryption-key'),
      client.receiveName('global-unicast-encryption-key', peer),
      client.receiveName('hls', peer),
    ];
    expect(new Set([...before, ...after]).size).toBe(6);
    // A peer that is forgotten takes the names of its messages with it.
    const other = hex('4D4D4D0000000002');
    client.forgetPeer();
    client.setPeer(other);
    expect(client.receiveName('global-unicast-encryption-key', client.peerSystemTitle!)).toBe(
      `receive ${client.keys.globalUnicast!.fingerprint} 4D4D4D0000000002`,
    );
    expect(server.receiveName('global-unicast-encryption-key', other)).not.toBe(before[1]);
  });
});

describe('counters received', () => {
  it('need one value of each group to grow, keep every maximum, and change nothing otherwise', () => {
    const store = new InvocationCounters(new VolatileStore());
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
    expect(['a', 'b', 'c'].map((n) => store.last(n))).toEqual([5, 5, 9]);
    expect(store.last('d')).toBeUndefined();
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
});

describe('recovery of a counter', () => {
  const next = async (reported: number, own: number, furthest?: number): Promise<number> => {
    const { client } = await pairOf(nodeProvider, 0, {
      counters: new InvocationCounters(new VolatileStore(), { initial: own, block: 8 }),
    });
    await client.counters.next(client.sendName('global-unicast-encryption-key'));
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
    for (const last of [0xffffffff, 0xfffffffe])
      expect(await failure(() => next(last, 1, 2 ** 32))).toMatchObject({ code: 'security/counter-exhausted' });
    expect(await next(0xfffffffd - 8, 1, 2 ** 32)).toBe(0xfffffffe - 8);
    expect(await failure(() => next(-1, 1))).toMatchObject({ code: 'encode/invalid-value' });
  });
  it('an attacker with forged counter errors: all of them together move the counter no further than allowed, over restarts too', async () => {
    for (const late of [false, true]) {
      const store = late ? new LateStore() : new VolatileStore();
      let own = 0;
      let refused = 0;
      for (let connect = 0; connect < 40; connect++) {
        // Each connection is another process; it sends, is told to go on from far ahead, and the meter accepts that.
        const { client } = await pairOf(nodeProvider, 0, { counters: new InvocationCounters(store, { initial: 1 }) });
        const name = client.sendName('global-unicast-encryption-key');
        own = Math.max(own, await client.counters.next(name));
        await (async () => recoverCounter(client, own + 2 ** 26))().catch((e: unknown) => {
          expect(e).toMatchObject({ code: 'security/policy' });
          refused++;
        });
        own = await client.counters.next(name);
      }
      expect(refused).toBe(36);
      expect(own).toBeLessThanOrEqual(2 ** 28 + 40 * 64);
      // Whoever knows better says so.
      const { client } = await pairOf(nodeProvider, 0, { counters: new InvocationCounters(store) });
      expect(await recoverCounter(client, own + 2 ** 26, { furthest: 2 ** 29 })).toBe(own + 2 ** 26 + 1);
    }
  });
  it('says where the sequence stands, and writes nothing, when the report is behind it', () => {
    const store = announced(new VolatileStore());
    const counters = new InvocationCounters(store, { initial: 100, block: 8 });
    counters.next('k');
    const before = store.entries('');
    // Another process goes on behind all that this one reserved; this one behind what it used.
    for (const [of, standing] of [
      [new InvocationCounters(store, { initial: 1 }), 108],
      [counters, 101],
    ] as const) {
      for (const reported of [0, standing - 2, standing - 1]) expect(of.raise('k', reported, 0)).toBe(standing);
      expect(store.entries('')).toEqual(before);
      expect(() => of.raise('k', standing, 0)).toThrow(expect.objectContaining({ code: 'security/policy' }));
    }
    // The last counter there is cannot be the next.
    expect(() => counters.raise('k', counterLimit - 1, 2 ** 32)).toThrow(
      expect.objectContaining({ code: 'security/counter-exhausted' }),
    );
    expect(store.entries('')).toEqual(before);
    expect(new InvocationCounters(store).raise('k', 108, 1)).toBe(109);
    expect(new InvocationCounters(new VolatileStore(), { initial: 50 }).raise('k', 49, 0)).toBe(50);
  });
  it('keeps account of the moves of each key by itself', async () => {
    const { client } = await pairOf(nodeProvider, 0, { counters: countersFrom(1) });
    await recoverCounter(client, 1000, { furthest: 1000 });
    expect(await failure(() => recoverCounter(client, 1001 + 20, { furthest: 1000 }))).toMatchObject({
      code: 'security/policy',
    });
    expect(await recoverCounter(client, 1000, { furthest: 1000, broadcast: true })).toBe(1001);
    client.setKeys({ globalUnicast: await nodeProvider.generateKey('AES-128') });
    expect(await recoverCounter(client, 1000, { furthest: 1000 })).toBe(1001);
  });
  it('is durable: the next process does not fall behind it', async () => {
    const store = new VolatileStore();
    const { client } = await pairOf(nodeProvider, 0, { counters: new InvocationCounters(store, { initial: 1 }) });
    await recoverCounter(client, 70_000);
    expect(new InvocationCounters(store, { initial: 1 }).next(client.sendName('global-unicast-encryption-key'))).toBe(
      70_001,
    );
  });
});
