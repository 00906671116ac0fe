import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { AccessRefused, cosemObject } from '../../src/server/index.js';
import type {
  AccessRequestSpecification,
  Apdu,
  ConformanceBit,
  LongInvokeIdAndPriority,
} from '../../src/xdlms/index.js';
import { Apdu as ApduSchema } from '../../src/xdlms/index.js';
import {
  ask,
  connected,
  data,
  dataOctets,
  descriptor,
  Echo,
  echoName,
  invoke,
  meterWith,
  methodOf,
  octets,
  route,
  type TestMeter,
} from './support.js';

const conformance: readonly ConformanceBit[] = [
  'get',
  'set',
  'action',
  'access',
  'multiple-references',
  'block-transfer-with-get-or-read',
  'block-transfer-with-set-or-write',
  'block-transfer-with-action',
];
async function opened(maxReceivePduSize = 64, bits: readonly ConformanceBit[] = conformance): Promise<TestMeter> {
  const meter = await meterWith({ conformance: bits });
  await connected(meter, { conformance: bits, maxReceivePduSize });
  return meter;
}
const get = (invokeId = 1): Apdu => ({
  type: 'get-request',
  value: { type: 'get-request-normal', invokeIdAndPriority: invoke(invokeId), cosemAttributeDescriptor: descriptor() },
});
const next = (blockNumber: number): Apdu => ({
  type: 'get-request',
  value: { type: 'get-request-next', invokeIdAndPriority: invoke(), blockNumber },
});
const nextPblock = (blockNumber: number): Apdu => ({
  type: 'action-request',
  value: { type: 'action-request-next-pblock', invokeIdAndPriority: invoke(), blockNumber },
});
const firstSet = (rawData: Uint8Array, lastBlock = false): Apdu => ({
  type: 'set-request',
  value: {
    type: 'set-request-with-first-datablock',
    invokeIdAndPriority: invoke(),
    cosemAttributeDescriptor: descriptor(),
    datablock: { lastBlock, blockNumber: 1, rawData },
  },
});
const moreSet = (blockNumber: number, rawData: Uint8Array, lastBlock = false, invokeId = 1): Apdu => ({
  type: 'set-request',
  value: {
    type: 'set-request-with-datablock',
    invokeIdAndPriority: invoke(invokeId),
    datablock: { lastBlock, blockNumber, rawData },
  },
});
const firstAction = (rawData: Uint8Array, methodId = 2): Apdu => ({
  type: 'action-request',
  value: {
    type: 'action-request-with-first-pblock',
    invokeIdAndPriority: invoke(),
    cosemMethodDescriptor: methodOf(methodId),
    pblock: { lastBlock: false, blockNumber: 1, rawData },
  },
});
const moreAction = (blockNumber: number, rawData: Uint8Array, lastBlock = false): Apdu => ({
  type: 'action-request',
  value: {
    type: 'action-request-with-pblock',
    invokeIdAndPriority: invoke(),
    pblock: { lastBlock, blockNumber, rawData },
  },
});
const text = (apdu: Apdu | undefined): string => JSON.stringify(apdu);

describe('blocks the meter sends', () => {
  it('repeats a block whose response was lost, refuses any other number, and ends the transfer then', async () => {
    const meter = await opened();
    await ask(meter, firstSet(dataOctets(octets(200)), true));
    const first = await ask(meter, get());
    expect(first).toMatchObject({
      value: { type: 'get-response-with-datablock', result: { lastBlock: false, blockNumber: 1 } },
    });
    const second = await ask(meter, next(1));
    expect(second).toMatchObject({ value: { result: { blockNumber: 2 } } });
    expect(await ask(meter, next(1))).toEqual(second);
    expect(await ask(meter, next(2))).toMatchObject({ value: { result: { blockNumber: 3 } } });
    expect(text(await ask(meter, next(1)))).toContain('data-block-number-invalid');
    expect(text(await ask(meter, next(2)))).toContain('no-long-get-in-progress');
  });
  it('repeats the last block, then there is no next', async () => {
    const meter = await opened();
    await ask(meter, firstSet(dataOctets(octets(70)), true));
    await ask(meter, get());
    const last = await ask(meter, next(1));
    expect(last).toMatchObject({ value: { result: { lastBlock: true, blockNumber: 2 } } });
    expect(await ask(meter, next(1))).toEqual(last);
    expect(text(await ask(meter, next(2)))).toContain('data-block-number-invalid');
  });
  it('keeps the blocks of a GET and of an ACTION apart, and drops both at a new request', async () => {
    const meter = await opened();
    expect(text(await ask(meter, next(0)))).toContain('no-long-get-in-progress');
    expect(text(await ask(meter, nextPblock(1)))).toContain('no-long-action-in-progress');
    await ask(meter, firstSet(dataOctets(octets(200)), true));
    await ask(meter, get());
    expect(text(await ask(meter, nextPblock(1)))).toContain('no-long-action-in-progress');
    const pblock = await ask(meter, {
      type: 'action-request',
      value: {
        type: 'action-request-normal',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: methodOf(),
        methodInvocationParameters: data(octets(90)),
      },
    });
    expect(pblock).toMatchObject({
      value: { type: 'action-response-with-pblock', pblock: { blockNumber: 1, lastBlock: false } },
    });
    expect(text(await ask(meter, next(1)))).toContain('no-long-get-in-progress');
    expect(await ask(meter, nextPblock(1))).toMatchObject({ value: { pblock: { blockNumber: 2 } } });
  });
});

describe('blocks the meter takes', () => {
  it('acknowledges a repeated block again, and carries out a repeated last block once', async () => {
    const meter = await opened(0);
    const value = dataOctets(octets(40));
    const acknowledged = { value: { type: 'set-response-datablock', blockNumber: 1 } };
    expect(await ask(meter, firstSet(value.subarray(0, 10)))).toMatchObject(acknowledged);
    expect(await ask(meter, firstSet(value.subarray(0, 10)))).toMatchObject(acknowledged);
    expect(await ask(meter, moreSet(2, value.subarray(10, 20)))).toMatchObject({ value: { blockNumber: 2 } });
    expect(await ask(meter, moreSet(2, value.subarray(10, 20)))).toMatchObject({ value: { blockNumber: 2 } });
    const done = await ask(meter, moreSet(3, value.subarray(20), true));
    expect(done).toMatchObject({ value: { type: 'set-response-last-datablock', result: 'success', blockNumber: 3 } });
    expect(await ask(meter, moreSet(3, value.subarray(20), true))).toEqual(done);
    expect(text(await ask(meter, moreSet(3, value.subarray(21), true)))).toContain('no-long-set-in-progress');
    expect(text(await ask(meter, moreSet(3, value.subarray(20), true, 2)))).toContain('no-long-set-in-progress');

    const parameter = dataOctets(octets(30));
    await ask(meter, firstAction(parameter.subarray(0, 12)));
    const called = await ask(meter, moreAction(2, parameter.subarray(12), true));
    expect(called).toMatchObject({ value: { singleResponse: { result: 'success' } } });
    expect(await ask(meter, moreAction(2, parameter.subarray(12), true))).toEqual(called);
    expect(meter.calls).toEqual([octets(30)]);
  });
  it('aborts at a wrong number and writes nothing', async () => {
    const meter = await opened(0);
    await ask(meter, firstSet(dataOctets(octets(40)).subarray(0, 10)));
    expect(text(await ask(meter, moreSet(3, octets(5), true)))).toContain('data-block-number-invalid');
    expect(text(await ask(meter, moreSet(2, octets(5), true)))).toContain('no-long-set-in-progress');
    expect(text(await ask(meter, moreAction(2, octets(5), true)))).toContain('no-long-action-in-progress');
    await ask(meter, firstAction(octets(5)));
    expect(text(await ask(meter, moreAction(3, octets(5))))).toContain('long-action-aborted');
    expect(await ask(meter, get())).toMatchObject({ value: { result: { value: data(octets(10)) } } });
    expect(meter.calls).toEqual([]);
  });
  it('an empty block that is not the last, octets that are no Data, and a count that lies', async () => {
    const meter = await opened(0);
    expect(text(await ask(meter, firstSet(octets(0))))).toContain('long-set-aborted');
    expect(text(await ask(meter, firstSet(octets(9), true)))).toContain('type-unmatched');
    const list = {
      type: 'set-request',
      value: {
        type: 'set-request-with-list',
        invokeIdAndPriority: invoke(),
        attributeDescriptorList: [
          { cosemAttributeDescriptor: descriptor() },
          { cosemAttributeDescriptor: descriptor(3) },
        ],
        valueList: [data(octets(1))],
      },
    } as const;
    expect(await ask(meter, list as unknown as Apdu)).toMatchObject({
      value: { result: ['type-unmatched', 'type-unmatched'] },
    });
    expect(await ask(meter, get())).toMatchObject({ value: { result: { value: data(octets(10)) } } });
  });
  it('a new request ends the one under way', async () => {
    const meter = await opened(0);
    await ask(meter, firstSet(dataOctets(octets(40)).subarray(0, 10)));
    await ask(meter, {
      type: 'set-request',
      value: {
        type: 'set-request-normal',
        invokeIdAndPriority: invoke(),
        cosemAttributeDescriptor: descriptor(),
        value: data(octets(3)),
      },
    });
    expect(text(await ask(meter, moreSet(2, octets(5), true)))).toContain('no-long-set-in-progress');
    // GET and SET do not meet: a read between two blocks is allowed.
    await ask(meter, firstSet(dataOctets(octets(6)).subarray(0, 4)));
    await ask(meter, get());
    expect(await ask(meter, moreSet(2, dataOctets(octets(6)).subarray(4), true))).toMatchObject({
      value: { result: 'success' },
    });
  });
});

it('does unconfirmed requests and says nothing', async () => {
  const meter = await opened(0);
  const invokeIdAndPriority = { invokeId: 1, serviceClass: 'unconfirmed', priority: 'normal' } as const;
  const silent = async (apdu: Apdu): Promise<void> =>
    expect(await meter.handler.handle(encode(ApduSchema, apdu), route)).toEqual([]);
  await silent({
    type: 'set-request',
    value: {
      type: 'set-request-normal',
      invokeIdAndPriority,
      cosemAttributeDescriptor: descriptor(),
      value: data(octets(4)),
    },
  });
  await silent({
    type: 'action-request',
    value: {
      type: 'action-request-normal',
      invokeIdAndPriority,
      cosemMethodDescriptor: methodOf(2),
      methodInvocationParameters: data(octets(2)),
    },
  });
  await silent({
    type: 'get-request',
    value: { type: 'get-request-normal', invokeIdAndPriority, cosemAttributeDescriptor: descriptor() },
  });
  expect(meter.calls).toEqual([octets(2)]);
  expect(await ask(meter, get(5))).toMatchObject({
    value: { invokeIdAndPriority: { invokeId: 5 }, result: { value: data(octets(4)) } },
  });
});

describe('ACCESS', () => {
  const long = (changes: Partial<LongInvokeIdAndPriority> = {}): LongInvokeIdAndPriority => ({
    invokeId: 77_777,
    selfDescriptive: false,
    processingOption: 'continue',
    serviceClass: 'confirmed',
    priority: 'normal',
    ...changes,
  });
  const none = { type: 'null-data' } as const;
  const request = (
    changes: Partial<LongInvokeIdAndPriority>,
    ...items: [AccessRequestSpecification, ReturnType<typeof data> | typeof none][]
  ): Apdu => ({
    type: 'access-request',
    longInvokeIdAndPriority: long(changes),
    dateTime: new Uint8Array(0),
    accessRequestBody: {
      accessRequestSpecification: items.map(([s]) => s),
      accessRequestListOfData: items.map(([, d]) => d),
    },
  });
  const read: [AccessRequestSpecification, typeof none] = [
    { type: 'access-request-get', cosemAttributeDescriptor: descriptor() },
    none,
  ];
  const absent: [AccessRequestSpecification, typeof none] = [
    { type: 'access-request-get', cosemAttributeDescriptor: descriptor(9) },
    none,
  ];
  const set = (value: Uint8Array): [AccessRequestSpecification, ReturnType<typeof data>] => [
    { type: 'access-request-set', cosemAttributeDescriptor: descriptor() },
    data(value),
  ];
  const call = (value: Uint8Array): [AccessRequestSpecification, ReturnType<typeof data>] => [
    { type: 'access-request-action', cosemMethodDescriptor: methodOf() },
    data(value),
  ];

  it('does every item in order and answers each', async () => {
    const meter = await opened(0);
    const answer = await ask(meter, request({}, read, set(octets(2)), read, absent, call(octets(3))));
    expect(answer).toMatchObject({
      type: 'access-response',
      longInvokeIdAndPriority: { invokeId: 77_777 },
      accessResponseBody: {
        accessResponseListOfData: [data(octets(10)), none, data(octets(2)), none, data(octets(3))],
        accessResponseSpecification: [
          { type: 'access-response-get', result: 'success' },
          { type: 'access-response-set', result: 'success' },
          { type: 'access-response-get', result: 'success' },
          { type: 'access-response-get', result: 'object-undefined' },
          { type: 'access-response-action', result: 'success' },
        ],
      },
    });
    expect(answer).not.toHaveProperty('accessResponseBody.accessRequestSpecification');
    expect(await ask(meter, request({ selfDescriptive: true }, read))).toMatchObject({
      accessResponseBody: { accessRequestSpecification: [read[0]] },
    });
  });
  it('stops after the first failure when it is told to', async () => {
    const meter = await opened(0);
    const answer = await ask(
      meter,
      request({ processingOption: 'break-on-error' }, set(octets(1)), absent, set(octets(2)), call(octets(3))),
    );
    expect(answer).toMatchObject({
      accessResponseBody: {
        accessResponseSpecification: [
          { result: 'success' },
          { result: 'object-undefined' },
          { result: 'other-reason' },
          { result: 'other-reason' },
        ],
      },
    });
    expect(meter.calls).toEqual([]);
    expect(await ask(meter, get())).toMatchObject({ value: { result: { value: data(octets(1)) } } });
  });
  it('keeps to the size of the client, and says what it did', async () => {
    const meter = await opened(64);
    const answer = await ask(meter, request({}, set(octets(80)), read));
    expect(answer).toMatchObject({
      accessResponseBody: { accessResponseSpecification: [{ result: 'success' }, { result: 'other-reason' }] },
    });
    const many = await ask(meter, request({}, ...Array.from({ length: 30 }, () => absent)));
    expect(many).toMatchObject({ type: 'exception-response', serviceError: 'pdu-too-long' });
  });
  it.each([
    ['of the client', 64, conformance, {}],
    ['of all values', 0, [...conformance, 'general-block-transfer'], { maxResponseSize: 60 }],
  ] as const)(
    'a method whose return data exceeds the room %s is reported as carried out',
    async (_, size, bits, device) => {
      const meter = await meterWith({ conformance: bits }, device);
      await connected(meter, { conformance: bits, maxReceivePduSize: size });
      const answer = await ask(meter, request({}, call(octets(12)), call(octets(80)), call(octets(5))));
      expect(meter.calls).toEqual([octets(12), octets(80), octets(5)]);
      expect(answer).toMatchObject({
        accessResponseBody: {
          accessResponseListOfData: [data(octets(12)), none, data(octets(5))],
          accessResponseSpecification: Array(3).fill({ type: 'access-response-action', result: 'success' }),
        },
      });
    },
  );
  it('carries out nothing when not even the results fit into the response', async () => {
    const meter = await opened(64);
    const answer = await ask(meter, request({}, ...Array.from({ length: 30 }, (_, i) => call(octets(1, i)))));
    expect(answer).toMatchObject({ type: 'exception-response', serviceError: 'pdu-too-long' });
    expect(meter.calls).toEqual([]);
  });
  it('a self-descriptive response leaves room for the selections that it repeats', async () => {
    const meter = await opened(128);
    const selected: AccessRequestSpecification = {
      type: 'access-request-get-with-selection',
      cosemAttributeDescriptor: descriptor(),
      accessSelection: { accessSelector: 1, accessParameters: data(octets(50)) },
    };
    const answer = await ask(meter, request({ selfDescriptive: true }, [selected, none], call(octets(40))));
    expect(answer).toMatchObject({
      accessResponseBody: {
        accessResponseListOfData: [none, none],
        accessResponseSpecification: [{ result: 'scope-of-access-violated' }, { result: 'success' }],
      },
    });
  });
  it('does nothing when the counts differ, and answers nothing when unconfirmed', async () => {
    const meter = await opened(0);
    const odd = request({}, set(octets(1))) as Extract<Apdu, { type: 'access-request' }>;
    odd.accessRequestBody.accessRequestListOfData.push(none);
    expect(await ask(meter, odd)).toMatchObject({
      accessResponseBody: { accessResponseSpecification: [{ result: 'other-reason' }] },
    });
    expect(await ask(meter, get())).toMatchObject({ value: { result: { value: data(octets(10)) } } });
    expect(await ask(meter, request({ serviceClass: 'unconfirmed' }, set(octets(6))))).toBeUndefined();
    expect(await ask(meter, get())).toMatchObject({ value: { result: { value: data(octets(6)) } } });
  });
});

describe('what was not agreed is not served', () => {
  it.each<[ConformanceBit, Apdu]>([
    ['get', get()],
    ['set', firstSet(octets(1), true)],
    ['action', firstAction(octets(1))],
    [
      'access',
      {
        type: 'access-request',
        longInvokeIdAndPriority: {
          invokeId: 1,
          selfDescriptive: false,
          processingOption: 'continue',
          serviceClass: 'confirmed',
          priority: 'normal',
        },
        dateTime: new Uint8Array(0),
        accessRequestBody: { accessRequestSpecification: [], accessRequestListOfData: [] },
      },
    ],
  ])('%s', async (bit, apdu) => {
    const meter = await opened(
      0,
      conformance.filter((c) => c !== bit),
    );
    expect(await ask(meter, apdu)).toMatchObject({
      type: 'exception-response',
      stateError: 'service-not-allowed',
      serviceError: 'service-not-supported',
    });
  });
  it('services that this meter does not know', async () => {
    const meter = await opened(0);
    expect(await ask(meter, Uint8Array.of(0x7f, 1, 2))).toMatchObject({
      type: 'exception-response',
      stateError: 'service-unknown',
    });
    expect(await ask(meter, { type: 'readRequest', value: [] })).toMatchObject({
      type: 'exception-response',
      serviceError: 'service-not-supported',
    });
    expect(await ask(meter, Uint8Array.of(0xc0, 1, 0xc1))).toMatchObject({
      type: 'exception-response',
      serviceError: 'other-reason',
    });
  });
});

it('faults of handlers stay in the meter', async () => {
  const meter = await opened(0);
  const secret = new Error('the inside of the meter');
  meter.device.objects.add(
    cosemObject(
      Echo,
      echoName,
      {},
      {
        echo: () => {
          throw secret;
        },
        take: () => {
          throw new AccessRefused('temporary-failure');
        },
      },
    ),
  );
  const called = async (id: number): Promise<Apdu | undefined> =>
    ask(meter, {
      type: 'action-request',
      value: {
        type: 'action-request-normal',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: methodOf(id),
        methodInvocationParameters: data(octets(1)),
      },
    });
  expect(await called(1)).toMatchObject({ value: { singleResponse: { result: 'other-reason' } } });
  expect(await called(2)).toMatchObject({ value: { singleResponse: { result: 'temporary-failure' } } });
  expect(meter.errors).toEqual([secret]);
  expect(await ask(meter, get())).toMatchObject({ value: { result: { value: 'object-unavailable' } } });
});
