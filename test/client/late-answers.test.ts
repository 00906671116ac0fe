import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Data } from '../../src/axdr/data.js';
import { encode } from '../../src/axdr/schema.js';
import { Client, type ClientEvent, type ClientOptions, shortNames } from '../../src/client/index.js';
import { isDlmsError } from '../../src/core/errors.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import type { Obis } from '../../src/cosem/obis.js';
import {
  type AssociationConfig,
  accessor,
  cosemObject,
  Meter,
  ObjectStore,
  objectRights,
  serverShortNames,
} from '../../src/server/index.js';
import { Apdu, type ConformanceBit } from '../../src/xdlms/index.js';
import { cipheredConfig, contextOf, failureOf } from '../server/support.js';
import { VirtualClock } from '../transport/virtual-clock.js';
import { DelayedChannel, settled } from './delayed.js';

const count = 24;
const nameOf = (i: number): Obis => `0-0:96.1.${i}*255`;
/** Object i has a value of its own; every third goes by blocks where the client takes 64 octets. */
const contentOf = (i: number): Data => ({ type: 'octet-string', value: new Uint8Array(i % 3 === 0 ? 150 : 9).fill(i) });

interface Setup {
  readonly clock: VirtualClock;
  readonly channel: DelayedChannel;
  readonly client: Client;
  readonly events: ClientEvent[];
  readonly get: (i: number) => Promise<Data>;
}
function setup(
  delay: (request: Uint8Array, answer: Uint8Array) => number,
  config: Partial<AssociationConfig> = {},
  options: ClientOptions = {},
  size: { client?: number } = {},
): Setup {
  const clock = new VirtualClock();
  const objects = new ObjectStore();
  for (let i = 0; i < count; i++)
    objects.add(cosemObject(DataClass, nameOf(i), { value: accessor({ get: () => contentOf(i), set: () => {} }) }));
  const meter = new Meter({
    sap: 1,
    objects,
    associations: [
      {
        clientSap: 1,
        logicalName: '0-0:40.0.1*255',
        mechanism: 'none',
        ciphering: 'none',
        rights: objectRights,
        anybodyMayChange: true,
        ...config,
      },
    ],
    maxReceivePduSize: 200,
  });
  const channel = new DelayedChannel(clock, () => meter.connection(), delay);
  const events: ClientEvent[] = [];
  const client = new Client(channel, {
    timeoutMs: 1000,
    clock,
    onEvent: (e) => events.push(e),
    maxReceivePduSize: size.client ?? 0xffff,
    ...options,
  });
  return { clock, channel, client, events, get: (i) => client.get(DataClass, nameOf(i), 'value') };
}
const dropped = (events: readonly ClientEvent[]): string[] =>
  events.flatMap((e) => (e.type === 'dropped' ? [e.reason] : []));
const forSn = { referencing: serverShortNames() } as const;
describe('a late response with logical names', () => {
  it('never answers another request: it is passed over, and told', async () => {
    let hold = 0;
    const { clock, client, events, get } = setup(() => hold);
    await settled(clock, client.connect());
    hold = 1500;
    await expect(settled(clock, get(1))).rejects.toMatchObject({ code: 'transport/timeout' });
    // 1 comes while 2 is waited for, and before it.
    hold = 700;
    expect(await settled(clock, get(2))).toEqual(contentOf(2));
    expect(dropped(events)).toEqual(['answer to another request']);
    expect(await settled(clock, get(4))).toEqual(contentOf(4));
    expect(client.association.state).toBe('open');
  });
  it('does not answer the sixteenth request after it either', async () => {
    let hold: number | undefined;
    const { clock, channel, client, events, get } = setup(() => hold ?? 0);
    await settled(clock, client.connect());
    hold = 1_000_000;
    await expect(settled(clock, get(1))).rejects.toMatchObject({ code: 'transport/timeout' });
    const given = channel.sent.at(-1) as Uint8Array;
    hold = 0;
    for (let i = 0; i < 60; i++) {
      expect(await settled(clock, get(i % count))).toEqual(contentOf(i % count));
      expect((channel.sent.at(-1) as Uint8Array)[2]).not.toBe(given[2]);
    }
    // Just before the one that would have had its invoke-id.
    clock.advance(2_000_000);
    for (let i = 0; i < 20; i++) expect(await settled(clock, get(i))).toEqual(contentOf(i));
    expect(dropped(events)).toEqual(['answer to another request']);
  });
  it.each(['get', 'set'] as const)('of one service does not answer another: %s', async (late) => {
    let hold = 0;
    const { clock, client, events, get } = setup(() => hold);
    await settled(clock, client.connect());
    const set = () => client.set(DataClass, nameOf(3), 'value', contentOf(3));
    hold = 1500;
    await expect(settled<unknown>(clock, late === 'get' ? get(1) : set())).rejects.toMatchObject({
      code: 'transport/timeout',
    });
    hold = 700;
    if (late === 'get') await settled(clock, set());
    else expect(await settled(clock, get(2))).toEqual(contentOf(2));
    expect(dropped(events)).toEqual(['answer to another request']);
  });
  it('a late block is not taken for one of the next transfer', async () => {
    let hold = 0;
    const { clock, client, get } = setup(() => hold, {}, {}, { client: 64 });
    await settled(clock, client.connect());
    for (const held of [1, 2, 3]) {
      let blocks = 0;
      const reading = client.get(DataClass, nameOf(3), 'value', {
        onProgress: () => {
          hold = ++blocks === held ? 1500 : 0;
        },
      });
      await settled(clock, reading).catch((e) => expect(e).toMatchObject({ code: 'transport/timeout' }));
      hold = 0;
      const next = get(6);
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(600);
      expect(await settled(clock, next)).toEqual(contentOf(6));
    }
  });
  it('an exception-response after a request was given up belongs to no request for certain: the association ends', async () => {
    let hold = 0;
    const { clock, channel, client, get } = setup(() => hold);
    await settled(clock, client.connect());
    hold = 100_000;
    await expect(settled(clock, get(1))).rejects.toMatchObject({ code: 'transport/timeout' });
    const next = get(2);
    await new Promise((resolve) => setImmediate(resolve));
    channel.arrive(Uint8Array.of(0xd8, 1, 1));
    expect(await failureOf(() => settled(clock, next))).toMatch(
      /^protocol\/unexpected-apdu .*exception.*could belong to any/,
    );
    expect(client.association.state).toBe('failed');
    expect(await failureOf(() => get(3))).toMatch(/^association\/not-open .*refusal/);
    expect(channel.closed).toBe(1);
  });
  it('an exception-response is believed again when the late response has come', async () => {
    let hold = 1500;
    const { clock, channel, client, get } = setup((r) => (r[0] === 0x60 ? 0 : hold));
    await settled(clock, client.connect());
    await expect(settled(clock, get(1))).rejects.toMatchObject({ code: 'transport/timeout' });
    hold = 700;
    expect(await settled(clock, get(2))).toEqual(contentOf(2));
    hold = 100_000;
    const next = get(3);
    await new Promise((resolve) => setImmediate(resolve));
    channel.arrive(Uint8Array.of(0xd8, 1, 1));
    expect(await failureOf(() => settled(clock, next))).toContain('service/exception');
    expect(client.association.state).toBe('open');
  });
  it('too many requests without an answer end the association, and connect opens it again', async () => {
    let hold = 0;
    const { clock, channel, client, get } = setup(() => hold);
    await settled(clock, client.connect());
    hold = 1_000_000;
    const outcomes: string[] = [];
    for (let i = 0; i < 10; i++) outcomes.push((await failureOf(() => settled(clock, get(i)))).split(' ')[0] as string);
    expect(outcomes).toEqual([...Array(9).fill('transport/timeout'), 'association/not-open']);
    expect(await failureOf(() => get(1))).toContain('too many requests went unanswered');
    expect(channel.closed).toBe(1);
    hold = 0;
    await settled(clock, client.connect());
    for (let i = 0; i < 20; i++) expect(await settled(clock, get(i))).toEqual(contentOf(i));
    await settled(clock, client.close());
    expect([channel.opened, channel.closed]).toEqual([2, 2]);
  });
  it('what was aborted by its signal is given up like what timed out', async () => {
    let hold = 0;
    const { clock, client, events, get } = setup(() => hold);
    await settled(clock, client.connect());
    hold = 500;
    const cancel = new AbortController();
    const reading = client.get(DataClass, nameOf(1), 'value', { signal: cancel.signal });
    await new Promise((resolve) => setImmediate(resolve));
    cancel.abort();
    await expect(reading).rejects.toMatchObject({ code: 'transport/aborted' });
    expect(await settled(clock, get(2))).toEqual(contentOf(2));
    expect(dropped(events)).toEqual(['answer to another request']);
    // A signal that fired before is no request at all.
    const sent = events.filter((e) => e.type === 'sent').length;
    expect(await failureOf(() => client.get(DataClass, nameOf(1), 'value', { signal: cancel.signal }))).toContain(
      'transport/aborted',
    );
    expect(events.filter((e) => e.type === 'sent')).toHaveLength(sent);
  });
  it('endless responses to other requests end the call', async () => {
    const { clock, channel, client } = setup((r) => (r[0] === 0x60 ? 0 : 10_000));
    await settled(clock, client.connect());
    const reading = client.getData(1, nameOf(1), 2);
    await new Promise((resolve) => setImmediate(resolve));
    const other = encode(Apdu, {
      type: 'get-response',
      value: {
        type: 'get-response-normal',
        invokeIdAndPriority: { invokeId: 9, serviceClass: 'confirmed', priority: 'high' },
        result: { type: 'data', value: contentOf(9) },
      },
    });
    for (let i = 0; i < 66; i++) channel.arrive(other);
    expect(await failureOf(() => settled(clock, reading))).toMatch(
      /^protocol\/unexpected-apdu .*responses to other requests/,
    );
  });
});

describe('a late response with short names', () => {
  it('never answers another request: after one timeout the association is over, with its reason', async () => {
    let hold = 0;
    const { clock, channel, client, get } = setup(() => hold, forSn, { referencing: shortNames() });
    await settled(clock, client.connect());
    expect(await settled(clock, get(1))).toEqual(contentOf(1));
    hold = 1500;
    await expect(settled(clock, get(2))).rejects.toMatchObject({ code: 'transport/timeout' });
    hold = 0;
    expect(client.association.state).toBe('failed');
    expect(await failureOf(() => get(4))).toMatch(/^association\/not-open .*short names have no invoke-id/);
    expect(channel.closed).toBe(1);
    // What was on its way comes into no later association.
    await settled(clock, client.connect());
    const next = get(4);
    clock.advance(600);
    expect(await settled(clock, next)).toEqual(contentOf(4));
  });
  it('a refusal of the meter ends nothing', async () => {
    const { clock, client } = setup(() => 0, forSn, { referencing: shortNames() });
    await settled(clock, client.connect());
    expect(await failureOf(() => settled(clock, client.getData(1, '0-0:99.99.99*255', 2)))).toContain(
      'object-undefined',
    );
    expect(client.association.state).toBe('open');
  });
});

it('general block transfer has no invoke-id: a request that was given up ends the association', async () => {
  const conformance: readonly ConformanceBit[] = ['get', 'set', 'general-block-transfer'];
  let hold = 0;
  const { clock, client, get } = setup(
    (r) => (r[0] === 0x60 ? 0 : hold),
    { conformance },
    { conformance },
    { client: 64 },
  );
  await settled(clock, client.connect());
  expect(await settled(clock, get(3))).toEqual(contentOf(3));
  hold = 100_000;
  await expect(settled(clock, get(1))).rejects.toBeDefined();
  expect(await failureOf(() => get(2))).toMatch(/^association\/not-open .*general block transfer/);
});

describe('a listener that throws does not end the call in progress', () => {
  const conformance: readonly ConformanceBit[] = ['get', 'set', 'general-block-transfer'];
  const kinds: Record<string, [Partial<AssociationConfig>, ClientOptions]> = {
    'logical names': [{}, {}],
    'short names': [forSn, { referencing: shortNames() }],
    'general block transfer': [{ conformance }, { conformance }],
  };
  it.each(Object.keys(kinds))('onNotification, with %s', async (kind) => {
    const [config, options] = kinds[kind]!;
    const failure = new Error('a fault of the caller');
    const onNotification = (): void => {
      throw failure;
    };
    const { clock, channel, client, events, get } = setup(() => 0, config, { ...options, onNotification });
    await settled(clock, client.connect());
    const notification = encode(Apdu, {
      type: 'data-notification',
      longInvokeIdAndPriority: {
        invokeId: 1,
        selfDescriptive: false,
        processingOption: 'continue',
        serviceClass: 'unconfirmed',
        priority: 'normal',
      },
      dateTime: new Uint8Array(0),
      notificationBody: { dataValue: { type: 'null-data' } },
    });
    channel.arrive(notification);
    expect(await settled(clock, get(1))).toEqual(contentOf(1));
    expect(events.filter((e) => e.type === 'dropped')).toEqual([
      { type: 'dropped', apdu: notification, reason: 'notification whose listener failed', error: failure },
    ]);
    expect(client.association.state).toBe('open');
    expect(await settled(clock, get(2))).toEqual(contentOf(2));
  });
  it.each(Object.keys(kinds))('onEvent, with %s', async (kind) => {
    const [config, options] = kinds[kind]!;
    const onEvent = (): void => {
      throw new Error('a fault of the caller');
    };
    const { clock, client, get } = setup(() => 0, config, { ...options, onEvent, plainEvents: true });
    await settled(clock, client.connect());
    expect(await settled(clock, get(1))).toEqual(contentOf(1));
    expect(client.association.state).toBe('open');
    await settled(clock, client.close());
  });
});

describe('answers with any delay', () => {
  const general: readonly ConformanceBit[] = ['get', 'set', 'general-block-transfer'];
  const kinds: Record<string, () => Promise<[Partial<AssociationConfig>, ClientOptions, { client?: number }]>> = {
    'logical names': async () => [{}, {}, {}],
    'logical names, by blocks': async () => [{}, {}, { client: 64 }],
    'short names': async () => [forSn, { referencing: shortNames() }, {}],
    'short names, by blocks': async () => [forSn, { referencing: shortNames() }, { client: 64 }],
    'general block transfer': async () => [{ conformance: general }, { conformance: general }, { client: 64 }],
    ciphered: async () => [
      await cipheredConfig(),
      { authentication: { mechanism: 'hls-gmac' }, security: await contextOf('client') },
      {},
    ],
  };
  it.each(Object.keys(kinds))('never answer another request: %s', async (kind) => {
    let right = 0;
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            { weight: 4, arbitrary: fc.constant(0) },
            { weight: 1, arbitrary: fc.integer({ min: 1, max: 4000 }) },
          ),
          {
            minLength: 10,
            maxLength: 80,
          },
        ),
        fc.array(fc.integer({ min: 0, max: count - 1 }), { minLength: 10, maxLength: 40 }),
        async (delays, calls) => {
          const at = delays[Symbol.iterator]();
          const { clock, client, get } = setup(
            (r) => (r[0] === 0x60 || r[0] === 0x62 ? 0 : (at.next().value ?? 0)),
            ...(await kinds[kind]!()),
          );
          for (const i of calls) {
            try {
              if (client.association.state !== 'open') await settled(clock, client.connect());
              expect(await settled(clock, get(i))).toEqual(contentOf(i));
              right++;
            } catch (e) {
              if (!isDlmsError(e)) throw e;
              failed++;
            }
          }
        },
      ),
      { numRuns: 25 },
    );
    expect(right).toBeGreaterThan(200);
    expect(failed).toBeGreaterThan(10);
  });
});
