import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { accessor, cosemObject, ObjectStore, serverShortNames } from '../../src/server/index.js';
import { defaultConformance, encodeAarq, encodeInitiateRequest } from '../../src/session/index.js';
import { Apdu, conformanceBits } from '../../src/xdlms/index.js';
import {
  ask,
  callerOf,
  cipheredConfig,
  clientTitle,
  data,
  dataOctets,
  descriptor,
  Echo,
  echoName,
  invoke,
  meterWith,
  methodOf,
  octets,
  provider,
  type TestMeter,
} from './support.js';

// What comes twice, in the wrong order, or with what does not belong there.

const text = (x: unknown): string => JSON.stringify(x);
const open = (): Promise<TestMeter> => meterWith({ preEstablished: true, conformance: conformanceBits });
const value = dataOctets(octets(60));
const [head, tail] = [value.subarray(0, 30), value.subarray(30)];
const setFirst = (rawData = head): Apdu => ({
  type: 'set-request',
  value: {
    type: 'set-request-with-first-datablock',
    invokeIdAndPriority: invoke(),
    cosemAttributeDescriptor: descriptor(),
    datablock: { lastBlock: false, blockNumber: 1, rawData },
  },
});
const setNext = (
  o: { blockNumber?: number; rawData?: Uint8Array; lastBlock?: boolean; invokeId?: number } = {},
): Apdu => ({
  type: 'set-request',
  value: {
    type: 'set-request-with-datablock',
    invokeIdAndPriority: invoke(o.invokeId ?? 1),
    datablock: { lastBlock: o.lastBlock ?? true, blockNumber: o.blockNumber ?? 2, rawData: o.rawData ?? tail },
  },
});
const actionFirst: Apdu = {
  type: 'action-request',
  value: {
    type: 'action-request-with-first-pblock',
    invokeIdAndPriority: invoke(),
    cosemMethodDescriptor: methodOf(2),
    pblock: { lastBlock: false, blockNumber: 1, rawData: head },
  },
};
const actionNext = (o: { rawData?: Uint8Array; invokeId?: number } = {}): Apdu => ({
  type: 'action-request',
  value: {
    type: 'action-request-with-pblock',
    invokeIdAndPriority: invoke(o.invokeId ?? 1),
    pblock: { lastBlock: true, blockNumber: 2, rawData: o.rawData ?? tail },
  },
});

describe('the last block of a long request comes again', () => {
  it('is answered as before, and not carried out again', async () => {
    let writes = 0;
    const counting = cosemObject(Echo, echoName, { value: accessor<Uint8Array>({ set: () => void writes++ }) });
    const meter = await meterWith(
      { preEstablished: true, conformance: conformanceBits },
      { objects: new ObjectStore().add(counting) },
    );
    await ask(meter, setFirst());
    const done = await ask(meter, setNext());
    expect(done).toMatchObject({ value: { result: 'success' } });
    expect(await ask(meter, setNext())).toEqual(done);
    expect(writes).toBe(1);
    const acting = await open();
    await ask(acting, actionFirst);
    const called = await ask(acting, actionNext());
    expect(called).toMatchObject({ value: { singleResponse: { result: 'success' } } });
    expect(await ask(acting, actionNext())).toEqual(called);
    expect(acting.calls).toHaveLength(1);
  });
  it('with other data, another number, another invoke-id or of another service it is not the same', async () => {
    for (const other of [
      setNext({ rawData: tail.map((o) => o ^ 1) }),
      setNext({ rawData: tail.subarray(1) }),
      setNext({ blockNumber: 3 }),
      setNext({ invokeId: 2 }),
      setNext({ lastBlock: false }),
    ]) {
      const meter = await open();
      await ask(meter, setFirst());
      await ask(meter, setNext());
      expect(text(await ask(meter, other))).toContain('no-long-set-in-progress');
      // And the answer is forgotten then.
      expect(text(await ask(meter, setNext()))).toContain('no-long-set-in-progress');
    }
    for (const other of [actionNext({ rawData: tail.subarray(1) }), actionNext({ invokeId: 2 })]) {
      const meter = await open();
      await ask(meter, actionFirst);
      await ask(meter, actionNext());
      expect(text(await ask(meter, other))).toContain('no-long-action-in-progress');
    }
    const meter = await open();
    await ask(meter, setFirst());
    await ask(meter, setNext());
    expect(text(await ask(meter, actionNext()))).toContain('no-long-action-in-progress');
  });
  it('is a new one as soon as another transfer has begun', async () => {
    const meter = await open();
    await ask(meter, setFirst());
    await ask(meter, setNext());
    await ask(meter, setFirst(dataOctets(octets(60, 5)).subarray(0, 30)));
    expect(await ask(meter, setNext())).toMatchObject({ value: { result: 'success' } });
    const stored = await meter.device.objects.get(echoName)?.attributes.get(2)?.read({ caller: callerOf() });
    expect(stored).toEqual(Uint8Array.from([...dataOctets(octets(60, 5)).subarray(0, 30), ...tail]));
  });
  it('a block in the middle that comes again is passed over, one that is missing ends it', async () => {
    const meter = await open();
    const three = dataOctets(octets(90));
    const part = (n: number): Uint8Array => three.subarray((n - 1) * 31, n * 31);
    await ask(meter, setFirst(part(1)));
    for (let i = 0; i < 3; i++)
      expect(await ask(meter, setNext({ blockNumber: 2, rawData: part(2), lastBlock: false }))).toMatchObject({
        value: { type: 'set-response-datablock', blockNumber: 2 },
      });
    expect(await ask(meter, setNext({ blockNumber: 3, rawData: part(3) }))).toMatchObject({
      value: { result: 'success' },
    });
    await ask(meter, setFirst(part(1)));
    expect(text(await ask(meter, setNext({ blockNumber: 3, rawData: part(3) })))).toContain(
      'data-block-number-invalid',
    );
    expect(text(await ask(meter, setNext({ blockNumber: 2, rawData: part(2) })))).toContain('no-long-set-in-progress');
    await ask(meter, setFirst(part(1)));
    expect(text(await ask(meter, setNext({ blockNumber: 1, rawData: part(1) })))).toContain(
      'data-block-number-invalid',
    );
    await ask(meter, setFirst(part(1)));
    expect(text(await ask(meter, setNext({ rawData: new Uint8Array(0), lastBlock: false })))).toContain(
      'long-set-aborted',
    );
  });
});

it('any other SET or ACTION ends the long one under way', async () => {
  const list = { cosemAttributeDescriptor: descriptor(3) };
  const value = data(octets(2));
  const others: Apdu[] = [
    { type: 'set-request', value: { type: 'set-request-normal', invokeIdAndPriority: invoke(), ...list, value } },
    {
      type: 'set-request',
      value: {
        type: 'set-request-with-list',
        invokeIdAndPriority: invoke(),
        attributeDescriptorList: [list],
        valueList: [value],
      },
    },
    {
      type: 'set-request',
      value: {
        type: 'set-request-with-first-datablock',
        invokeIdAndPriority: invoke(),
        cosemAttributeDescriptor: descriptor(9),
        datablock: { lastBlock: false, blockNumber: 1, rawData: head },
      },
    },
    {
      type: 'set-request',
      value: {
        type: 'set-request-with-list-and-first-datablock',
        invokeIdAndPriority: invoke(),
        attributeDescriptorList: [{ cosemAttributeDescriptor: descriptor(9) }],
        datablock: { lastBlock: false, blockNumber: 1, rawData: head },
      },
    },
    {
      type: 'action-request',
      value: {
        type: 'action-request-normal',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: methodOf(2),
        methodInvocationParameters: value,
      },
    },
    {
      type: 'action-request',
      value: {
        type: 'action-request-with-list',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptorList: [methodOf(2)],
        methodInvocationParameters: [value],
      },
    },
    {
      type: 'action-request',
      value: {
        type: 'action-request-with-first-pblock',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: methodOf(9),
        pblock: { lastBlock: false, blockNumber: 1, rawData: head },
      },
    },
  ];
  for (const other of others) {
    const meter = await open();
    await ask(meter, setFirst());
    await ask(meter, other);
    expect(text(await ask(meter, setNext()))).toContain('no-long-set-in-progress');
    await ask(meter, actionFirst);
    await ask(meter, other);
    expect(text(await ask(meter, actionNext()))).toContain('no-long-action-in-progress');
  }
});

it('what an attribute allows by itself is what it has functions for', async () => {
  const functions = [{ get: () => octets(1) }, { getEncoded: () => dataOctets(octets(1)) }, { set: () => {} }, {}];
  const rights = functions.map((f) => {
    const { readable, writable } = cosemObject(Echo, echoName, { value: accessor<Uint8Array>(f) }).attributes.get(2)!;
    return `${readable} ${writable}`;
  });
  expect(rights).toEqual(['true false', 'true false', 'false true', 'false false']);
});

describe('a selection where none belongs', () => {
  const accessSelection = { accessSelector: 1, accessParameters: { type: 'null-data' } } as const;
  it('is refused on SET, and nothing is written', async () => {
    const meter = await open();
    const written = async (): Promise<unknown> =>
      meter.device.objects.get(echoName)?.attributes.get(2)?.read({ caller: callerOf() });
    const before = await written();
    const target = { cosemAttributeDescriptor: descriptor(), accessSelection };
    const requests: Apdu[] = [
      {
        type: 'set-request',
        value: { type: 'set-request-normal', invokeIdAndPriority: invoke(), ...target, value: data(octets(3)) },
      },
      {
        type: 'set-request',
        value: {
          type: 'set-request-with-list',
          invokeIdAndPriority: invoke(),
          attributeDescriptorList: [target],
          valueList: [data(octets(3))],
        },
      },
      {
        type: 'set-request',
        value: {
          type: 'set-request-with-first-datablock',
          invokeIdAndPriority: invoke(),
          ...target,
          datablock: { lastBlock: true, blockNumber: 1, rawData: dataOctets(octets(3)) },
        },
      },
    ];
    for (const request of requests) expect(text(await ask(meter, request))).toContain('scope-of-access-violated');
    expect(await written()).toEqual(before);
  });
  it('is refused on GET of an attribute without selectors, and where it was not agreed', async () => {
    const get: Apdu = {
      type: 'get-request',
      value: {
        type: 'get-request-normal',
        invokeIdAndPriority: invoke(),
        cosemAttributeDescriptor: descriptor(),
        accessSelection,
      },
    };
    expect(text(await ask(await open(), get))).toContain('scope-of-access-violated');
    const selective = cosemObject(Echo, echoName, {
      value: accessor<Uint8Array>({ get: ({ selection }) => octets(selection?.accessSelector ?? 0), selective: true }),
    });
    const device = { objects: new ObjectStore().add(selective) };
    expect(
      await ask(await meterWith({ preEstablished: true, conformance: ['get', 'selective-access'] }, device), get),
    ).toMatchObject({
      value: { result: { value: data(octets(1)) } },
    });
    expect(text(await ask(await meterWith({ preEstablished: true, conformance: ['get'] }, device), get))).toContain(
      'scope-of-access-violated',
    );
  });
});

describe('short names by blocks', () => {
  const referencing = serverShortNames({ baseNames: { [echoName]: 0x1000 } });
  const meterOf = (): Promise<TestMeter> =>
    meterWith({ preEstablished: true, referencing, conformance: conformanceBits });
  const inner = (bytes: Uint8Array): Uint8Array =>
    encode(Apdu, {
      type: 'writeRequest',
      variableAccessSpecification: [{ type: 'variable-name', value: 0x1008 }],
      listOfData: [data(bytes)],
    }).subarray(1);
  const block = (blockNumber: number, rawData: Uint8Array, lastBlock = false): Apdu => ({
    type: 'writeRequest',
    variableAccessSpecification: [{ type: 'write-data-block-access', lastBlock, blockNumber }],
    listOfData: [data(rawData)],
  });
  const readBlock = (blockNumber: number, rawData: Uint8Array, lastBlock = false): Apdu => ({
    type: 'readRequest',
    value: [{ type: 'read-data-block-access', lastBlock, blockNumber, rawData }],
  });
  const stored = async (meter: TestMeter): Promise<Uint8Array> =>
    (await meter.device.objects.get(echoName)?.attributes.get(2)?.read({ caller: callerOf() })) as Uint8Array;
  it('block 1 begins anew, whatever was under way', async () => {
    const meter = await meterOf();
    const [a, b] = [inner(octets(40, 1)), inner(octets(40, 2))];
    await ask(meter, block(1, a.subarray(0, 10)));
    await ask(meter, block(2, a.subarray(10, 20)));
    await ask(meter, block(1, b.subarray(0, 10)));
    expect(text(await ask(meter, block(2, b.subarray(10), true)))).toContain('success');
    expect(await stored(meter)).toEqual(dataOctets(octets(40, 2)));
  });
  it('a block that is missing, or empty, ends it', async () => {
    const meter = await meterOf();
    const a = inner(octets(40, 1));
    const before = await stored(meter);
    await ask(meter, block(1, a.subarray(0, 10)));
    expect(text(await ask(meter, block(3, a.subarray(10), true)))).toContain('data-block-number-invalid');
    expect(text(await ask(meter, block(2, a.subarray(10), true)))).toContain('data-block-number-invalid');
    expect(text(await ask(meter, block(1, new Uint8Array(0))))).toContain('other-reason');
    expect(text(await ask(meter, block(2, a, true)))).toContain('data-block-number-invalid');
    expect(await stored(meter)).toEqual(before);
  });
  it('the blocks of a READ do not go on a WRITE, and a request between ends both', async () => {
    const meter = await meterOf();
    const a = inner(octets(40, 1));
    const before = await stored(meter);
    await ask(meter, block(1, a.subarray(0, 10)));
    expect(text(await ask(meter, readBlock(2, a.subarray(10), true)))).toContain('data-block-number-invalid');
    expect(text(await ask(meter, block(2, a.subarray(10), true)))).toContain('data-block-number-invalid');
    await ask(meter, block(1, a.subarray(0, 10)));
    await ask(meter, { type: 'readRequest', value: [{ type: 'variable-name', value: 0x1008 }] });
    expect(text(await ask(meter, block(2, a.subarray(10), true)))).toContain('data-block-number-invalid');
    expect(await stored(meter)).toEqual(before);
  });
  it('what is kept is a copy: the octets of the request may change afterwards', async () => {
    const meter = await meterOf();
    const a = inner(octets(40, 1));
    const first = encode(Apdu, block(1, a.subarray(0, 20)));
    await ask(meter, first);
    first.fill(0xee);
    expect(text(await ask(meter, block(2, a.subarray(20), true)))).toContain('success');
    expect(await stored(meter)).toEqual(dataOctets(octets(40, 1)));
  });
  it('blocks inside a block, and what is no request, are refused', async () => {
    const meter = await meterOf();
    const nested = encode(Apdu, block(1, octets(3), true)).subarray(1);
    expect(text(await ask(meter, block(1, nested, true)))).toContain('type-unmatched');
    expect(text(await ask(meter, block(1, octets(5), true)))).toContain('type-unmatched');
    expect(text(await ask(meter, readBlock(1, octets(5), true)))).toContain('type-unmatched');
  });
  it('methods of a list are carried out once, for the request that names them', async () => {
    const meter = await meterWith(
      { preEstablished: true, referencing, conformance: conformanceBits },
      { maxSendPduSize: 64 },
    );
    const offsets = serverShortNames({
      baseNames: { [echoName]: 0x1000 },
      methodOffset: (classId, _, method) => (classId === 9000 ? 0x20 + 8 * method : undefined),
    });
    const withMethods = await meterWith(
      { preEstablished: true, referencing: offsets, conformance: conformanceBits },
      { maxSendPduSize: 64 },
    );
    expect(meter.calls).toEqual([]);
    const read: Apdu = {
      type: 'readRequest',
      value: [
        { type: 'variable-name', value: 0x1010 },
        { type: 'parameterized-access', variableName: 0x1028, selector: 0, parameter: data(octets(70)) },
        { type: 'parameterized-access', variableName: 0x1030, selector: 0, parameter: data(octets(9)) },
      ],
    };
    expect(text(await ask(withMethods, read))).toContain('data-block-result');
    expect(withMethods.calls.map((c) => c.length)).toEqual([70, 9]);
    for (let n = 1; n < 4; n++)
      await ask(withMethods, { type: 'readRequest', value: [{ type: 'block-number-access', blockNumber: n }] });
    expect(withMethods.calls).toHaveLength(2);
  });
});

describe('a challenge that cannot be accepted', () => {
  const userInformation = encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0 });
  const aarqWith = (mechanism: 'hls-gmac' | 'hls-sha256', authenticationValue: Uint8Array): Uint8Array =>
    encodeAarq({
      mechanism,
      referencing: 'LN',
      ciphered: false,
      userInformation,
      authenticationValue,
      systemTitle: clientTitle,
    });
  it('is refused, and no tag is made of it', async () => {
    const { security } = await cipheredConfig();
    const meter = await meterWith({ mechanism: 'hls-gmac', security: security! });
    const request = encode(Apdu, {
      type: 'get-request',
      value: { type: 'get-request-normal', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor() },
    });
    for (const challenge of [octets(0), octets(7), octets(65), request])
      expect(text(await ask(meter, aarqWith('hls-gmac', challenge)))).toMatch(
        /rejected-permanent.*authentication-failure/,
      );
    for (const length of [8, 64])
      expect(text(await ask(meter, aarqWith('hls-gmac', new Uint8Array(length).fill(0xa5))))).toMatch(
        /"accepted".*authentication-required/,
      );
    const secret = await provider.importKey('secret', octets(16));
    const sha = await meterWith({ mechanism: 'hls-sha256', secret, security: security! });
    expect(text(await ask(sha, aarqWith('hls-sha256', octets(7))))).toContain('authentication-failure');
  });
});
