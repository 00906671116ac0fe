import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { accessAction, accessGet, accessSet, Client, type ClientOptions } from '../../src/client/index.js';
import type { SimpleForm } from '../../src/security/context.js';
import { GbtEndpoint } from '../../src/session/index.js';
import { Apdu, type ConformanceBit } from '../../src/xdlms/index.js';
import {
  cipheredConfig,
  connected,
  contextOf,
  DirectChannel,
  data,
  Echo,
  echoName,
  failureOf,
  meterWith,
  octets,
} from './support.js';

const withBlocks: readonly ConformanceBit[] = [
  'get',
  'set',
  'action',
  'multiple-references',
  'block-transfer-with-get-or-read',
  'block-transfer-with-set-or-write',
  'block-transfer-with-action',
];
const general: readonly ConformanceBit[] = ['get', 'set', 'action', 'multiple-references', 'general-block-transfer'];
type Protection = 'plain' | SimpleForm;

async function setup(o: {
  protection: Protection;
  conformance: readonly ConformanceBit[];
  clientSize: number;
  serverSize: number;
}) {
  const ciphered = o.protection !== 'plain';
  const meter = await meterWith(
    { conformance: o.conformance, ...(ciphered ? await cipheredConfig() : {}) },
    { maxReceivePduSize: o.serverSize },
  );
  const dedicated = o.protection === 'ded' || o.protection === 'general-ded';
  const options: ClientOptions = {
    conformance: o.conformance,
    maxReceivePduSize: o.clientSize,
    ...(ciphered
      ? {
          authentication: { mechanism: 'hls-gmac' },
          security: await contextOf('client', { form: o.protection as SimpleForm }),
          dedicatedKey: dedicated,
        }
      : {}),
  };
  return { meter, ...(await connected(meter, options)) };
}
/** No APDU after the opening is longer than the receiver takes. */
function keptSizes(apdus: readonly Uint8Array[], limit: number, opening: number): boolean {
  return limit === 0 || apdus.slice(opening).every((a) => a.length <= limit);
}

describe.each<[Protection]>([['plain'], ['glo'], ['ded'], ['general-glo'], ['general-ded']])(
  'long values, %s',
  (protection) => {
    it.each([
      [64, 64],
      [65, 200],
      [200, 71],
      [128, 128],
      [1024, 0],
      [0, 1024],
    ])('client takes %i, server takes %i octets', async (clientSize, serverSize) => {
      for (const conformance of [withBlocks, general]) {
        const { client, channel, meter } = await setup({ protection, conformance, clientSize, serverSize });
        const opening = protection === 'plain' ? 1 : 2;
        for (const n of [1, 30, 40, 100, 1500]) {
          const value = octets(n, n);
          await client.set(Echo, echoName, 'value', value);
          expect(await client.get(Echo, echoName, 'value')).toEqual(value);
          expect(await client.action(Echo, echoName, 'echo', value)).toEqual(value);
          expect(meter.calls.at(-1)).toEqual(value);
          expect(await client.object(Echo, echoName).get('value', 'other', 'logicalName')).toEqual([
            value,
            octets(20, 3),
            echoName,
          ]);
        }
        expect(keptSizes(channel.sent, serverSize, opening)).toBe(true);
        expect(keptSizes(channel.received, clientSize, opening)).toBe(true);
        expect(meter.errors).toEqual([]);
        await client.close();
      }
    });
  },
);

it.each([['plain'], ['general-glo']] as const)(
  'a long ACCESS goes by general block transfer both ways, %s',
  async (protection) => {
    const conformance: readonly ConformanceBit[] = ['get', 'set', 'action', 'access', 'general-block-transfer'];
    const { client, channel } = await setup({ protection, conformance, clientSize: 100, serverSize: 80 });
    const value = octets(300, 1);
    const [written, echoed, read] = await client.access([
      accessSet(Echo, echoName, 'value', value),
      accessAction(Echo, echoName, 'echo', value),
      accessGet(Echo, echoName, 'value'),
    ]);
    expect([written, echoed, read]).toEqual([{ value: undefined }, { value }, { value }]);
    expect(keptSizes(channel.sent, 80, 2)).toBe(true);
    expect(keptSizes(channel.received, 100, 2)).toBe(true);
    await client.close();
  },
);

it('any sizes: what is written is read, what a method gets comes back, and no APDU is too long', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        protection: fc.constantFrom<Protection>('plain', 'glo', 'general-glo'),
        conformance: fc.constantFrom(withBlocks, general, [...withBlocks, 'general-block-transfer' as const]),
        clientSize: fc.integer({ min: 64, max: 400 }),
        serverSize: fc.integer({ min: 64, max: 400 }),
        lengths: fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 1, maxLength: 3 }),
      }),
      async ({ lengths, ...o }) => {
        const { client, channel } = await setup(o);
        for (const n of lengths) {
          const value = octets(n, 5);
          await client.set(Echo, echoName, 'value', value);
          expect(await client.get(Echo, echoName, 'value')).toEqual(value);
          expect(await client.action(Echo, echoName, 'echo', value)).toEqual(value);
        }
        const opening = o.protection === 'plain' ? 1 : 2;
        expect(keptSizes(channel.sent, o.serverSize, opening)).toBe(true);
        expect(keptSizes(channel.received, o.clientSize, opening)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

describe('without block transfer', () => {
  it('a value that does not fit is refused, one that fits is not', async () => {
    const { client } = await setup({
      protection: 'plain',
      conformance: ['get', 'set', 'action', 'multiple-references'],
      clientSize: 64,
      serverSize: 0,
    });
    await client.set(Echo, echoName, 'value', octets(58));
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(58));
    await client.set(Echo, echoName, 'value', octets(59));
    expect(await failureOf(() => client.get(Echo, echoName, 'value'))).toContain('other-reason');
    // The list does not fit, each of its members does: asked one by one.
    await client.set(Echo, echoName, 'value', octets(50));
    expect(await client.object(Echo, echoName).get('value', 'other')).toEqual([octets(50), octets(20, 3)]);
  });
  it('writes longer than the server takes are refused by name', async () => {
    const { client } = await setup({
      protection: 'plain',
      conformance: ['get', 'set', 'action'],
      clientSize: 0,
      serverSize: 100,
    });
    expect(await failureOf(() => client.set(Echo, echoName, 'value', octets(300)))).toContain('other-reason');
    expect(await failureOf(() => client.action(Echo, echoName, 'take', octets(300)))).toContain('other-reason');
  });
});

it('a long list goes in as many requests as the server needs', async () => {
  const { client, channel } = await setup({
    protection: 'plain',
    conformance: withBlocks,
    clientSize: 0,
    serverSize: 64,
  });
  const handle = client.object(Echo, echoName);
  const many = await handle.get(
    ...Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? ('value' as const) : ('other' as const))),
  );
  expect(many).toHaveLength(20);
  expect(many[19]).toEqual(octets(20, 3));
  expect(keptSizes(channel.sent, 64, 1)).toBe(true);
});
it('a value above the limit of the server is aborted', async () => {
  const meter = await meterWith({ conformance: withBlocks }, { maxReceivePduSize: 128, maxValueSize: 500 });
  const { client } = await connected(meter, { conformance: withBlocks });
  await client.set(Echo, echoName, 'value', octets(490));
  expect(await failureOf(() => client.set(Echo, echoName, 'value', octets(510)))).toContain('long-set-aborted');
  expect(await failureOf(() => client.action(Echo, echoName, 'take', octets(510)))).toContain('long-action-aborted');
  expect(await client.get(Echo, echoName, 'value')).toEqual(octets(490));
});
it('a value above the limit of the client ends with a name', async () => {
  const meter = await meterWith({ conformance: withBlocks });
  const { client } = await connected(meter, { conformance: withBlocks, maxReceivePduSize: 128, maxValueSize: 500 });
  await client.setData(
    { cosemAttributeDescriptor: { classId: 9000, instanceId: echoName, attributeId: 2 } },
    data(octets(600)),
  );
  expect(await failureOf(() => client.get(Echo, echoName, 'value'))).toContain('decode/too-large');
  expect(await failureOf(() => client.action(Echo, echoName, 'echo', octets(600)))).toContain('decode/too-large');
});

describe('general block transfer of the client', () => {
  const open = async (lose: (n: number) => boolean): Promise<{ client: Client; channel: DirectChannel }> => {
    const meter = await meterWith({ conformance: general, ...(await cipheredConfig()) }, { maxReceivePduSize: 128 });
    let n = 0;
    const channel = new DirectChannel(meter.handler, (answers) => answers.filter((a) => a[0] !== 0xe0 || !lose(n++)));
    const client = new Client(channel, {
      conformance: general,
      maxReceivePduSize: 100,
      authentication: { mechanism: 'hls-gmac' },
      security: await contextOf('client'),
    });
    await client.connect();
    return { client, channel };
  };
  it('asks for blocks that got lost, and goes on', async () => {
    // The first block of a response is not asked for: a request without blocks is not repeated by itself.
    const { client, channel } = await open((n) => n % 4 === 3);
    await client.set(Echo, echoName, 'value', octets(900));
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(900));
    expect(channel.sent.filter((a) => a[0] === 0xe0).length).toBeGreaterThan(12);
  });
  it('gives up with a name', async () => {
    let silent = false;
    const { client } = await open(() => silent);
    await client.set(Echo, echoName, 'value', octets(900));
    silent = true;
    // The window of the meter is known: the whole request goes in one turn, and the short answer comes without blocks. So a longer one.
    expect(await failureOf(() => client.set(Echo, echoName, 'value', octets(3000)))).toContain(
      'protocol/block-transfer',
    );
  });
  it('acknowledges a notification that came in blocks, and passes it on', async () => {
    const meter = await meterWith({ conformance: general });
    const push = encode(Apdu, {
      type: 'data-notification',
      longInvokeIdAndPriority: {
        invokeId: 5,
        selfDescriptive: false,
        processingOption: 'continue',
        serviceClass: 'confirmed',
        priority: 'normal',
      },
      dateTime: new Uint8Array(0),
      notificationBody: { dataValue: data(octets(100)) },
    });
    const pushing = new GbtEndpoint({ sendSize: 64 });
    let armed = false;
    const channel: DirectChannel = new DirectChannel(meter.handler, (answers) => {
      const sent = channel.sent.at(-1)!;
      // What the client says to the push goes to the machine that pushes, and the meter does not hear of it.
      if (sent[0] === 0xe0) return [...pushing.receive(sent).send, ...(pushing.pending ? [] : last.splice(0))];
      if (!armed) return answers;
      armed = false;
      last.push(...answers);
      return pushing.begin(push);
    });
    const last: Uint8Array[] = [];
    const heard: Apdu[] = [];
    const client = new Client(channel, { conformance: general, onNotification: (apdu) => heard.push(apdu) });
    await client.connect();
    armed = true;
    const value = client.get(Echo, echoName, 'value');
    await failureOf(() => value);
    expect(heard).toMatchObject([{ type: 'data-notification', notificationBody: { dataValue: data(octets(100)) } }]);
    expect(channel.sent.filter((a) => a[0] === 0xe0)).toHaveLength(2);
  });
});
