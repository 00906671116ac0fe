import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { BlockBuffer } from '../../src/core/block-buffer.js';
import { protect } from '../../src/security/protect.js';
import {
  type AssociationConfig,
  accessor,
  cosemObject,
  type LogicalDevice,
  Meter,
  ObjectStore,
  objectRights,
  serverShortNames,
} from '../../src/server/index.js';
import { GbtEndpoint } from '../../src/session/index.js';
import { Apdu, type ConformanceBit, conformanceBits } from '../../src/xdlms/index.js';
import { VirtualClock } from '../transport/virtual-clock.js';
import {
  ask,
  cipheredConfig,
  clientTitle,
  connected,
  contextOf,
  data,
  dataOctets,
  descriptor,
  Echo,
  echoName,
  invoke,
  meterWith,
  octets,
  route,
  serverTitle,
  type TestMeter,
} from './support.js';

// What a stranger may make a meter keep, and what one request may cost.

/** Octets that this test holds, and nobody else in the process: the heap and what lies outside of it, without what is garbage. */
const used = async (): Promise<number> => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    gc();
    // Memory outside of the heap is let go after the collection.
    await new Promise((resume) => setImmediate(resume));
  }
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
};
const gbt = (blockNumber: number, blockData: Uint8Array, lastBlock = false): Apdu => ({
  type: 'general-block-transfer',
  blockControl: { lastBlock, streaming: true, window: 10 },
  blockNumber,
  blockNumberAck: 0,
  blockData,
});
const referencing = serverShortNames({ baseNames: { [echoName]: 0x1000 } });
const writeBlock = (blockNumber: number, rawData: Uint8Array, lastBlock = false): Apdu => ({
  type: 'writeRequest',
  variableAccessSpecification: [{ type: 'write-data-block-access', lastBlock, blockNumber }],
  listOfData: [data(rawData)],
});
const readBlock = (blockNumber: number, rawData: Uint8Array, lastBlock = false): Apdu => ({
  type: 'readRequest',
  value: [{ type: 'read-data-block-access', lastBlock, blockNumber, rawData }],
});
/** Sends blocks until one is refused. @returns octets that were taken */
async function fill(
  send: (blockNumber: number) => Promise<Apdu | undefined>,
  size: number,
  limit: number,
): Promise<number> {
  for (let n = 1; (n - 1) * size <= limit; n++) {
    const text = JSON.stringify((await send(n)) ?? '');
    if (/other-reason|aborted|too-long|exception/.test(text)) return (n - 1) * size;
  }
  return Number.POSITIVE_INFINITY;
}

describe('blocks of a client that proved nothing', () => {
  const preEstablished = true;
  it.each<[string, Partial<AssociationConfig>, (n: number) => Apdu]>([
    ['WRITE', { referencing }, (n) => writeBlock(n, octets(100))],
    ['READ', { referencing }, (n) => readBlock(n, octets(100))],
    ['general block transfer', {}, (n) => gbt(n, octets(100))],
    ['general block transfer with short names', { referencing }, (n) => gbt(n, octets(100))],
  ])('%s by blocks: 8 KiB are kept, not a mebibyte', async (_, config, block) => {
    const meter = await meterWith({ ...config, conformance: conformanceBits, preEstablished, rights: {} });
    const taken = await fill((n) => ask(meter, block(n)), 100, 0x100000);
    expect(taken).toBeGreaterThan(0x2000 - 200);
    expect(taken).toBeLessThanOrEqual(0x2000);
  });
  it('as much as is configured, of all associations of a connection together', async () => {
    const config = {
      ciphering: 'none',
      mechanism: 'none',
      preEstablished,
      rights: {},
      referencing,
      conformance: conformanceBits,
    } as const;
    const associations: AssociationConfig[] = [1, 2, 3].map((clientSap) => ({
      ...config,
      clientSap,
      logicalName: `0-0:40.0.${clientSap}*255`,
    }));
    const device: LogicalDevice = { sap: 1, objects: new ObjectStore(), associations, maxUnprovenSize: 1000 };
    const handler = new Meter(device).connection();
    const send = (clientSap: number, apdu: Apdu) => async () => {
      const [answer] = await handler.handle(encode(Apdu, apdu), { clientSap, serverSap: 1 });
      return answer === undefined ? undefined : decode(Apdu, answer);
    };
    expect(await send(1, writeBlock(1, octets(600)))()).toMatchObject({
      type: 'writeResponse',
      value: [{ type: 'block-number' }],
    });
    expect(await send(2, readBlock(1, octets(300)))()).toMatchObject({ value: [{ type: 'block-number' }] });
    expect(JSON.stringify(await send(3, writeBlock(1, octets(101)))())).toContain('other-reason');
    expect(await send(3, writeBlock(1, octets(100)))()).toMatchObject({ value: [{ type: 'block-number' }] });
    // What one lets go another may have.
    await send(1, writeBlock(9, octets(1)))();
    expect(await send(3, writeBlock(2, octets(600)))()).toMatchObject({ value: [{ type: 'block-number' }] });
    // Another connection is another one.
    const other = new Meter(device).connection();
    expect(decode(Apdu, (await other.handle(encode(Apdu, writeBlock(1, octets(1000))), route))[0]!)).toMatchObject({
      value: [{ type: 'block-number' }],
    });
  });
  it('LLS in clear is no proof, HLS is', async () => {
    const conformance: readonly ConformanceBit[] = ['get', 'set', 'general-block-transfer'];
    const password = octets(8);
    const read = async (meter: TestMeter): Promise<number> =>
      fill((n) => ask(meter, gbt(n, octets(500))), 500, 0x80000);
    const lls = await meterWith({ mechanism: 'lls', password, conformance });
    await connected(lls, { authentication: { mechanism: 'lls', password }, ciphering: 'none', conformance });
    expect(await read(lls)).toBe(8000);
    const hls = await meterWith({ mechanism: 'hls-gmac', security: (await cipheredConfig()).security!, conformance });
    await connected(hls, {
      authentication: { mechanism: 'hls-gmac' },
      ciphering: 'none',
      security: await contextOf('client'),
      conformance,
    });
    expect(await read(hls)).toBe(Number.POSITIVE_INFINITY);
  });
  it('a ciphered association that is always open has heard nobody before the first message that verifies', async () => {
    const config = {
      ...(await cipheredConfig({ peerSystemTitle: clientTitle })),
      mechanism: 'none',
      preEstablished,
      conformance: conformanceBits,
    } as const;
    const meter = await meterWith(config);
    expect(await fill((n) => ask(meter, gbt(n, octets(500))), 500, 0x80000)).toBe(8000);
    const client = await contextOf('client', { peerSystemTitle: serverTitle });
    const get = encode(Apdu, {
      type: 'get-request',
      value: { type: 'get-request-normal', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor() },
    });
    await meter.handler.handle(await protect(get, client), route);
    expect(await fill((n) => ask(meter, gbt(n, octets(500))), 500, 0x80000)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('blocks cost no more than twice their octets', () => {
  it('in blocks of one octet', async () => {
    const size = 4_000_000;
    const block = Uint8Array.of(7);
    const before = await used();
    const buffer = new BlockBuffer();
    let taken = 0;
    for (let i = 0; i < size; i++) if (buffer.add(block, size)) taken++;
    const after = await used();
    expect(taken).toBe(size);
    expect((after - before) / size).toBeLessThan(2);
    expect(buffer.add(block, size)).toBe(false);
    expect([buffer.length, buffer.blocks, buffer.octets().every((o) => o === 7)]).toEqual([size, size, true]);
  });
  it('in a general block transfer', async () => {
    const endpoint = new GbtEndpoint({ receiveTotal: 0x400000 });
    const blocks = 60_000;
    const encoded = (n: number): Uint8Array => encode(Apdu, gbt(n, octets(30, n)));
    endpoint.receive(encoded(1));
    const before = await used();
    for (let n = 2; n <= blocks; n++) endpoint.receive(encoded(n));
    expect(endpoint.held).toBe(blocks * 30);
    expect(((await used()) - before) / endpoint.held).toBeLessThan(2);
  });
  it('whatever their lengths: a change of the length counts against the limit', () => {
    const buffer = new BlockBuffer();
    let n = 0;
    while (buffer.add(octets(1 + (n % 2)), 10_000)) n++;
    expect(n).toBeLessThan(400);
    expect(buffer.cost).toBeLessThanOrEqual(10_000);
    for (const i of [0, 1, 2, n - 1]) expect(buffer.block(i)).toEqual(octets(1 + (i % 2)));
    expect(buffer.block(n)).toBeUndefined();
  });
  it('knows where its blocks are, and when two are the same', () => {
    const of = (...lengths: number[]): BlockBuffer => {
      const buffer = new BlockBuffer();
      for (const [i, length] of lengths.entries()) expect(buffer.add(octets(length, i), 1000)).toBe(true);
      return buffer;
    };
    const a = of(5, 10, 10, 3);
    expect([a.length, a.blocks, a.cost]).toEqual([28, 4, 28]);
    expect([0, 1, 2, 3].map((i) => a.block(i))).toEqual([octets(5, 0), octets(10, 1), octets(10, 2), octets(3, 3)]);
    expect(a.equals(of(5, 10, 10, 3))).toBe(true);
    const flat = new BlockBuffer();
    flat.add(a.octets(), 1000);
    for (const other of [of(5, 10, 10), of(5, 10, 10, 3, 1), of(5, 10, 9, 4), flat])
      expect(a.equals(other)).toBe(false);
    expect(a.add(octets(973), 1000)).toBe(false);
    expect(a.length).toBe(28);
    expect(a.add(octets(972), 1000)).toBe(true);
  });
});

describe('a list of 85 large values', () => {
  const large = 700_000;
  const encoded = dataOctets(octets(large));
  function listMeter(
    device: Partial<LogicalDevice> = {},
    conformance: readonly ConformanceBit[] = ['get', 'multiple-references', 'block-transfer-with-get-or-read'],
  ) {
    const clock = new VirtualClock();
    const reads: number[] = [];
    let sent = 0;
    const value = accessor<Uint8Array>({
      getEncoded: () => {
        reads.push(sent);
        clock.advance(20);
        return encoded.slice();
      },
    });
    const objects = new ObjectStore().add(cosemObject(Echo, echoName, { value }));
    const list: Apdu = {
      type: 'get-request',
      value: {
        type: 'get-request-with-list',
        invokeIdAndPriority: invoke(),
        attributeDescriptorList: Array.from({ length: 85 }, () => ({ cosemAttributeDescriptor: descriptor() })),
      },
    };
    const meter = meterWith({ conformance, preEstablished: true }, { objects, clock, ...device });
    const send = async (apdu: Apdu): Promise<Apdu | undefined> => {
      sent++;
      const answer = ask(await meter, apdu);
      // The clock is virtual: whoever gave up the turn gets it back here.
      const pump = setInterval(() => clock.advance(1), 0);
      return answer.finally(() => clearInterval(pump));
    };
    return { send, list, reads, clock };
  }
  it('is read as its blocks are asked for, not before', async () => {
    const { send, list, reads } = listMeter({ maxSendPduSize: 1024 });
    const before = await used();
    expect(await send(list)).toMatchObject({ value: { result: { blockNumber: 1, lastBlock: false } } });
    expect(reads).toEqual([1]);
    for (let n = 1; n < 1500; n++)
      await send({
        type: 'get-request',
        value: { type: 'get-request-next', invokeIdAndPriority: invoke(), blockNumber: n },
      });
    expect(reads.length).toBe(3);
    expect((await used()) - before).toBeLessThan(8_000_000);
  });
  it('gives every octet of every value', async () => {
    const { send, list } = listMeter({ maxSendPduSize: 60_000 });
    const parts: Uint8Array[] = [];
    let answer = await send(list);
    for (let n = 1; ; n++) {
      const { result } = (answer as { value: { result: { lastBlock: boolean; result: { value: Uint8Array } } } }).value;
      parts.push(result.result.value);
      if (result.lastBlock) break;
      answer = await send({
        type: 'get-request',
        value: { type: 'get-request-next', invokeIdAndPriority: invoke(), blockNumber: n },
      });
    }
    const whole = Buffer.concat(parts);
    const item = Buffer.concat([Uint8Array.of(0), encoded]);
    // What is behind 8 MiB is refused, by name.
    const full = Math.floor(0x800000 / (item.length - 1));
    expect(whole[0]).toBe(85);
    for (let i = 0; i < full; i++)
      expect(whole.subarray(1 + i * item.length, 1 + (i + 1) * item.length).equals(item)).toBe(true);
    expect(whole.subarray(1 + full * item.length)).toEqual(
      Buffer.from(Array.from({ length: 85 - full }, () => [1, 250]).flat()),
    );
  });
  it('that has to go whole ends with the octets of a response, and gives others their turn', async () => {
    const { send, list, reads } = listMeter({ maxResponseSize: 3_000_000 });
    let turns = 0;
    const other = setInterval(() => turns++, 0);
    const answer = (await send(list)) as { value: { type: string; result: { type: string; value: unknown }[] } };
    clearInterval(other);
    expect(answer.value.type).toBe('get-response-with-list');
    expect(answer.value.result.map((r) => r.type)).toEqual([
      ...Array.from({ length: 4 }, () => 'data'),
      ...Array.from({ length: 81 }, () => 'data-access-result'),
    ]);
    expect(reads.length).toBe(5);
    expect(turns).toBeGreaterThan(3);
  });
  it('ends with the time of a request', async () => {
    const { send, list, reads } = listMeter({ maxRequestMs: 100 });
    const answer = (await send(list)) as { value: { result: { type: string; value: unknown }[] } };
    expect(reads.length).toBeLessThan(8);
    expect(reads.length).toBeGreaterThan(3);
    expect(answer.value.result.at(-1)).toEqual({ type: 'data-access-result', value: 'temporary-failure' });
  });
});

it('lists of methods and of values to write end with the time of a request, and say what was done', async () => {
  const clock = new VirtualClock();
  const done: string[] = [];
  const slowly = (what: string): void => {
    done.push(what);
    clock.advance(9);
  };
  const slow = cosemObject(
    Echo,
    echoName,
    { value: accessor<Uint8Array>({ set: () => slowly('set') }) },
    { take: () => slowly('take') },
  );
  const meter = await meterWith(
    { preEstablished: true, conformance: conformanceBits },
    { objects: new ObjectStore().add(slow), clock, maxRequestMs: 8 },
  );
  const list = { cosemAttributeDescriptor: descriptor() };
  expect(
    await ask(meter, {
      type: 'set-request',
      value: {
        type: 'set-request-with-list',
        invokeIdAndPriority: invoke(),
        attributeDescriptorList: [list, list],
        valueList: [data(octets(1)), data(octets(1))],
      },
    }),
  ).toMatchObject({ value: { result: ['success', 'temporary-failure'] } });
  const method = { classId: 9000, instanceId: echoName, methodId: 2 } as const;
  expect(
    await ask(meter, {
      type: 'action-request',
      value: {
        type: 'action-request-with-list',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptorList: [method, method],
        methodInvocationParameters: [data(octets(1)), data(octets(1))],
      },
    }),
  ).toMatchObject({ value: { listOfResponses: [{ result: 'success' }, { result: 'temporary-failure' }] } });
  expect(
    await ask(meter, {
      type: 'access-request',
      longInvokeIdAndPriority: {
        invokeId: 1,
        selfDescriptive: false,
        processingOption: 'continue',
        serviceClass: 'confirmed',
        priority: 'normal',
      },
      dateTime: new Uint8Array(0),
      accessRequestBody: {
        accessRequestSpecification: [
          { type: 'access-request-set', ...list },
          { type: 'access-request-set', ...list },
        ],
        accessRequestListOfData: [data(octets(1)), data(octets(1))],
      },
    }),
  ).toMatchObject({
    accessResponseBody: { accessResponseSpecification: [{ result: 'success' }, { result: 'temporary-failure' }] },
  });
  expect(done).toEqual(['set', 'take', 'set']);
});

describe('sizes of APDUs', () => {
  const conformance: readonly ConformanceBit[] = ['get', 'set', 'block-transfer-with-get-or-read'];
  const long = (device: Partial<LogicalDevice>, config: Partial<AssociationConfig> = {}) =>
    meterWith(
      { conformance, rights: objectRights, ...config },
      { objects: new ObjectStore().add(cosemObject(Echo, echoName, { value: octets(5000) })), ...device },
    );
  it.each<[number | undefined, number, number]>([
    // What the meter likes to send, what the client says that it takes, and the longest APDU.
    [undefined, 65_535, 1024],
    [undefined, 0, 1024],
    [undefined, 300, 300],
    [2000, 65_535, 2000],
    [0, 65_535, 5008],
    [0, 0, 5008],
    [0, 700, 700],
  ])(
    'a meter of %s that meets a client of %i octets sends %i at most',
    async (maxSendPduSize, maxReceivePduSize, longest) => {
      const { maxSendPduSize: _, ...device } = (await long({})).device;
      const whole = { ...device, ...(maxSendPduSize === undefined ? {} : { maxSendPduSize }) };
      const meter: TestMeter = { handler: new Meter(whole).connection(), device: whole, calls: [], errors: [] };
      const { client, channel } = await connected(meter, { maxReceivePduSize, conformance });
      expect(await client.get(Echo, echoName, 'value')).toEqual(octets(5000));
      const sent = Math.max(...channel.received.map((a) => a.length));
      // The fields of a block take two octets more than a short one needs.
      expect(sent).toBeGreaterThan(longest - 3);
      expect(sent).toBeLessThanOrEqual(longest);
    },
  );
  const set = (size: number): Uint8Array =>
    encode(Apdu, {
      type: 'set-request',
      value: {
        type: 'set-request-normal',
        invokeIdAndPriority: invoke(),
        cosemAttributeDescriptor: descriptor(),
        value: data(octets(size)),
      },
    });
  const front = set(0).length + 2;
  it('a plain request may be as long as the meter said, and not an octet longer', async () => {
    const meter = await meterWith({ preEstablished: true }, { maxReceivePduSize: 300 });
    expect(set(300 - front).length).toBe(300);
    expect(await ask(meter, set(300 - front))).toMatchObject({ value: { result: 'success' } });
    expect(await ask(meter, set(301 - front))).toMatchObject({
      type: 'exception-response',
      serviceError: 'pdu-too-long',
    });
    const unlimited = await meterWith({ preEstablished: true }, { maxReceivePduSize: 0 });
    expect(await ask(unlimited, set(100_000))).toMatchObject({ value: { result: 'success' } });
    const { maxReceivePduSize: _, ...device } = meter.device;
    const usual: TestMeter = { ...meter, handler: new Meter(device).connection() };
    expect(await ask(usual, set(1024 - front))).toMatchObject({ value: { result: 'success' } });
    expect(await ask(usual, set(1025 - front))).toMatchObject({ type: 'exception-response' });
  });
  it('a ciphered one, and a block, may be longer by the header that clients forget, and not by much more', async () => {
    const config = {
      ...(await cipheredConfig({ peerSystemTitle: clientTitle })),
      mechanism: 'none',
      preEstablished: true,
      conformance: conformanceBits,
    } as const;
    const meter = await meterWith(config, { maxReceivePduSize: 300 });
    const client = await contextOf('client', { peerSystemTitle: serverTitle });
    for (const form of ['glo', 'general-glo'] as const) {
      const apdu = await protect(set(300 - front), client, { form });
      expect(apdu.length).toBeGreaterThan(300);
      expect((await meter.handler.handle(apdu, route))[0]![0]).not.toBe(0xd8);
    }
    expect(await ask(meter, await protect(set(400 - front), client))).toMatchObject({
      type: 'exception-response',
      serviceError: 'pdu-too-long',
    });
    const plain = await meterWith({ preEstablished: true, conformance: conformanceBits }, { maxReceivePduSize: 300 });
    const inBlock = encode(Apdu, gbt(1, set(300 - front), true));
    expect(inBlock.length).toBeGreaterThan(300);
    expect(await ask(plain, inBlock)).toMatchObject({ type: 'set-response', value: { result: 'success' } });
    expect(await ask(plain, encode(Apdu, gbt(1, set(400 - front), true)))).toMatchObject({
      type: 'exception-response',
      serviceError: 'pdu-too-long',
    });
  });
});
