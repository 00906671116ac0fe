import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { SecuritySetup } from '../../src/cosem/classes/security-setup.js';
import { accessor, cosemObject, type LogicalDevice, ObjectStore, serverShortNames } from '../../src/server/index.js';
import { encodeAarq, encodeInitiateRequest } from '../../src/session/index.js';
import { readNames, shortNameConformance } from '../../src/session/short-name.js';
import { Apdu, type ConformanceBit, conformanceBits } from '../../src/xdlms/index.js';
import {
  ask,
  cipheredConfig,
  data,
  dataOctets,
  descriptor,
  Echo,
  echoName,
  invoke,
  meterWith,
  methodOf,
  octets,
  type TestMeter,
} from './support.js';

// Requests that name several things, or name them in an unusual way, and how the meter answers each part.

const referencing = serverShortNames({ baseNames: { [echoName]: 0x1000 } });
const named = (
  device: Partial<LogicalDevice> = {},
  conformance: readonly ConformanceBit[] = conformanceBits,
): Promise<TestMeter> => meterWith({ preEstablished: true, referencing, conformance }, device);
const name = (value: number) => ({ type: 'variable-name', value }) as const;
type ReadRequest = Extract<Apdu, { type: 'readRequest' }>['value'];
const read = (...value: ReadRequest): Apdu => ({ type: 'readRequest', value });
const write = (names: ReadRequest, ...listOfData: Data[]): Apdu => ({
  type: 'writeRequest',
  variableAccessSpecification: names,
  listOfData,
});
const undefinedName = { type: 'data-access-error', value: 'object-undefined' };
const stored = async (meter: TestMeter, attribute = 2): Promise<unknown> => {
  const read = await meter.device.objects
    .get(echoName)
    ?.attributes.get(attribute)
    ?.read({} as never);
  return read && decode(Data, read);
};

describe('READ', () => {
  it('of names that are not there answers the others', async () => {
    const meter = await named();
    expect(await ask(meter, read(name(0x1008), name(0x7000), name(0x1010)))).toMatchObject({
      value: [{ type: 'data', value: data(octets(10)) }, undefinedName, { type: 'data', value: data(octets(20, 3)) }],
    });
    // What goes on with a transfer stands alone; in a list it names nothing.
    expect(await ask(meter, read({ type: 'block-number-access', blockNumber: 1 }, name(0x1008)))).toMatchObject({
      value: [undefinedName, { type: 'data' }],
    });
    expect(meter.errors).toEqual([]);
  });
  it('goes whole as long as the response fits to the octet', async () => {
    // 0C 01 00, and 09 0A in front of ten octets.
    const exact = await named({ maxSendPduSize: 15 });
    expect(await ask(exact, read(name(0x1008)))).toEqual({
      type: 'readResponse',
      value: [{ type: 'data', value: data(octets(10)) }],
    });
    const short = await named({ maxSendPduSize: 14 });
    expect(await ask(short, read(name(0x1008)))).toMatchObject({
      value: [{ type: 'data-block-result', blockNumber: 1, lastBlock: false }],
    });
  });
  it('by blocks says of the first name too that it was refused', async () => {
    const meter = await named({ maxSendPduSize: 30 });
    const conversation = readNames([name(0x7000), name(0x1008), name(0x1010)], { sendSize: 500, receiveTotal: 500 });
    let step = conversation.next();
    let requests = 0;
    while (step.done !== true) {
      requests++;
      step = conversation.next(encode(Apdu, (await ask(meter, step.value)) as Apdu));
    }
    expect(requests).toBeGreaterThan(1);
    expect(step.value).toEqual([
      { type: 'data-access-result', value: 'object-undefined' },
      { type: 'data', value: dataOctets(octets(10)) },
      { type: 'data', value: dataOctets(octets(20, 3)) },
    ]);
  });
});

describe('WRITE', () => {
  const refused = (value: string) => ({ type: 'confirmedServiceError', value: { type: 'write', value: { value } } });
  it('with more names than values, or fewer, writes nothing', async () => {
    const meter = await named();
    const names = [name(0x1008), name(0x1010)];
    expect(await ask(meter, write(names, data(octets(3))))).toMatchObject(refused('other'));
    expect(await ask(meter, write(names.slice(1), data(octets(3)), data(octets(4))))).toMatchObject(refused('other'));
    expect([await stored(meter), await stored(meter, 3)]).toEqual([data(octets(10)), data(octets(20, 3))]);
    expect(await ask(meter, write(names, data(octets(3)), data(octets(4))))).toMatchObject({
      value: [{ type: 'success' }, { type: 'success' }],
    });
    expect(meter.errors).toEqual([]);
  });
  it('of several names has to be agreed, of one not', async () => {
    const meter = await named(
      {},
      shortNameConformance.filter((bit) => bit !== 'multiple-references'),
    );
    expect(await ask(meter, write([name(0x1008), name(0x1010)], data(octets(3)), data(octets(4))))).toMatchObject(
      refused('service-unsupported'),
    );
    expect(await stored(meter)).toEqual(data(octets(10)));
    expect(await ask(meter, write([name(0x1008)], data(octets(3))))).toMatchObject({ value: [{ type: 'success' }] });
    expect(await stored(meter)).toEqual(data(octets(3)));
  });
  it('of a block without a value has the wrong type', async () => {
    const meter = await named();
    const block = { type: 'write-data-block-access', lastBlock: true, blockNumber: 1 } as const;
    expect(await ask(meter, write([block]))).toMatchObject({ value: [{ value: 'type-unmatched' }] });
    expect(meter.errors).toEqual([]);
  });
  it('that wants no answer is carried out without one, where it was agreed', async () => {
    const quiet = (value: Data): Apdu => ({
      type: 'unconfirmedWriteRequest',
      variableAccessSpecification: [name(0x1008)],
      listOfData: [value],
    });
    const meter = await named();
    expect(await ask(meter, quiet(data(octets(4))))).toBeUndefined();
    expect(await stored(meter)).toEqual(data(octets(4)));
    const without = await named(
      {},
      shortNameConformance.filter((bit) => bit !== 'unconfirmed-write'),
    );
    expect(await ask(without, quiet(data(octets(4))))).toBeUndefined();
    expect(await stored(without)).toEqual(data(octets(10)));
  });
  it('and READ that cannot be read are refused by their own name', async () => {
    const meter = await named();
    expect(await ask(meter, Uint8Array.of(6, 1, 2))).toMatchObject(refused('other'));
    expect(await ask(meter, Uint8Array.of(5, 1, 2))).toMatchObject({
      value: { type: 'read', value: { value: 'other' } },
    });
  });
});

describe('the reply to a challenge with short names', () => {
  const manufacturer = (challenge: Uint8Array): Uint8Array => challenge.map((o) => o ^ 0x5a);
  // Method 8, reply_to_HLS_authentication, of the association at FA00.
  const method = 0xfa58 - 0x10000;
  it('is taken at its name alone, by READ or WRITE of nothing else', async () => {
    for (const service of ['read', 'write'] as const) {
      const meter = await meterWith({
        mechanism: 'hls-2',
        manufacturer,
        referencing,
        security: (await cipheredConfig()).security!,
      });
      const aare = await ask(
        meter,
        encodeAarq({
          mechanism: 'hls-2',
          referencing: 'SN',
          ciphered: false,
          userInformation: encodeInitiateRequest({ conformance: shortNameConformance, maxReceivePduSize: 500 }),
          authenticationValue: octets(16),
        }),
      );
      const { respondingAuthenticationValue } = aare as { respondingAuthenticationValue: { value: Uint8Array } };
      const reply = data(manufacturer(respondingAuthenticationValue.value));
      const access = (variableName: number) =>
        ({ type: 'parameterized-access', variableName, selector: 0, parameter: reply }) as const;
      const wrong: Apdu[] = [
        read(access(method), name(0x1008)),
        read(name(0x1008), access(method)),
        read(access(method + 8)),
        read(name(method)),
        write([name(method), name(0x1008)], reply, reply),
        write([name(method + 8)], reply),
        write([access(method)], reply),
        write([name(method)]),
        read(),
      ];
      for (const request of wrong)
        expect(await ask(meter, request)).toMatchObject({
          type: 'exception-response',
          serviceError: 'operation-not-possible',
        });
      const right = service === 'read' ? read(access(method)) : write([name(method)], reply);
      expect(await ask(meter, right)).toMatchObject({
        type: 'readResponse',
        value: [{ type: 'data', value: data(manufacturer(octets(16))) }],
      });
      expect(await ask(meter, read(name(0x1008)))).toMatchObject({ value: [{ type: 'data' }] });
      expect(meter.errors).toEqual([]);
    }
  });
});

describe('base names', () => {
  const other = '0-0:96.1.1*255';
  it('that follow one another leave out the place of those that are given', async () => {
    const objects = new ObjectStore().add(
      cosemObject(Echo, echoName, { value: octets(1), other: octets(2) }),
      cosemObject(Echo, other, { value: octets(3), other: octets(4) }),
    );
    // Three attributes from 0110; the first object would need 0100 to 0110.
    const meter = await meterWith(
      {
        preEstablished: true,
        referencing: serverShortNames({ baseNames: { [other]: 0x0110 } }),
        conformance: conformanceBits,
      },
      { objects },
    );
    expect(await ask(meter, read(...[0x0118, 0x0120, 0x0130, 0x0138].map(name)))).toMatchObject({
      value: [3, 4, 1, 2].map((n) => ({ type: 'data', value: data(octets(n)) })),
    });
    expect(meter.errors).toEqual([]);
  });
  it('the association names the security setup of the device, or none', async () => {
    const setup = '0-0:43.0.7*255';
    // security_setup_reference is attribute 4 of the association at FA00.
    const reference = name(0xfa18 - 0x10000);
    const with64 = await named({ objects: new ObjectStore().add(cosemObject(SecuritySetup, setup, {})) });
    expect(await ask(with64, read(reference))).toMatchObject({
      value: [{ value: { type: 'octet-string', value: Uint8Array.of(0, 0, 43, 0, 7, 255) } }],
    });
    expect(await ask(await named(), read(reference))).toMatchObject({
      value: [{ value: { type: 'octet-string', value: Uint8Array.of(0, 0, 0, 0, 0, 0) } }],
    });
  });
});

describe('lists with logical names', () => {
  const actions = (...parameters: Uint8Array[]): Apdu => ({
    type: 'action-request',
    value: {
      type: 'action-request-with-list',
      invokeIdAndPriority: invoke(),
      cosemMethodDescriptorList: parameters.map(() => methodOf()),
      methodInvocationParameters: parameters.map(data),
    },
  });
  it('of methods are refused where lists were not agreed, and nothing is called', async () => {
    const meter = await meterWith({
      preEstablished: true,
      conformance: ['action', 'block-transfer-with-action'],
    });
    const denied = { value: { type: 'action-response-normal', singleResponse: { result: 'other-reason' } } };
    expect(await ask(meter, actions(octets(1), octets(2)))).toMatchObject(denied);
    expect(
      await ask(meter, {
        type: 'action-request',
        value: {
          type: 'action-request-with-list-and-first-pblock',
          invokeIdAndPriority: invoke(),
          cosemMethodDescriptorList: [methodOf()],
          pblock: { lastBlock: true, blockNumber: 1, rawData: Uint8Array.of(1, ...dataOctets(octets(1))) },
        },
      }),
    ).toMatchObject(denied);
    expect(meter.calls).toEqual([]);
  });
  it('of methods end where what they returned is more than one response may hold', async () => {
    const meter = await meterWith({ preEstablished: true, conformance: conformanceBits }, { maxResponseSize: 50 });
    const answer = await ask(meter, actions(octets(30), octets(30), octets(1)));
    expect(answer).toMatchObject({
      value: { listOfResponses: [{ result: 'success' }, { result: 'success' }, { result: 'other-reason' }] },
    });
    expect(meter.calls.map((c) => c.length)).toEqual([30, 30]);
  });
  it('of values by blocks may deviate where that is accepted, and are written as they should have been', async () => {
    const meter = await meterWith({ preEstablished: true, conformance: conformanceBits });
    const targets = [2, 3].map((id) => ({ cosemAttributeDescriptor: descriptor(id) }));
    // The length of the first one in two octets.
    const rawData = Uint8Array.of(2, 9, 0x81, 2, 7, 8, ...dataOctets(octets(5)));
    expect(
      await ask(meter, {
        type: 'set-request',
        value: {
          type: 'set-request-with-list-and-first-datablock',
          invokeIdAndPriority: invoke(),
          attributeDescriptorList: targets,
          datablock: { lastBlock: true, blockNumber: 1, rawData },
        },
      }),
    ).toMatchObject({ value: { result: ['success', 'success'] } });
    const octetsOf = (id: number) =>
      meter.device.objects
        .get(echoName)
        ?.attributes.get(id)
        ?.read({} as never);
    expect([await octetsOf(2), await octetsOf(3)]).toEqual([Uint8Array.of(9, 2, 7, 8), dataOctets(octets(5))]);
  });
});

describe('ACCESS', () => {
  const access = (item: object, value: Data = { type: 'null-data' }): Apdu =>
    ({
      type: 'access-request',
      longInvokeIdAndPriority: {
        invokeId: 5,
        selfDescriptive: false,
        processingOption: 'continue',
        serviceClass: 'confirmed',
        priority: 'normal',
      },
      dateTime: new Uint8Array(0),
      accessRequestBody: { accessRequestSpecification: [item], accessRequestListOfData: [value] },
    }) as Apdu;
  it('reads with a selection what understands it', async () => {
    const objects = new ObjectStore().add(
      cosemObject(Echo, echoName, {
        value: accessor<Uint8Array>({
          get: ({ selection }) => octets(selection?.accessSelector ?? 0),
          selective: true,
        }),
      }),
    );
    const meter = await meterWith({ preEstablished: true, conformance: conformanceBits }, { objects });
    const accessSelection = { accessSelector: 3, accessParameters: { type: 'null-data' } };
    expect(
      await ask(
        meter,
        access({ type: 'access-request-get-with-selection', cosemAttributeDescriptor: descriptor(), accessSelection }),
      ),
    ).toMatchObject({
      accessResponseBody: {
        accessResponseListOfData: [data(octets(3))],
        accessResponseSpecification: [{ type: 'access-response-get', result: 'success' }],
      },
    });
  });
  it('is answered as long as the response fits to the octet', async () => {
    const request = access({ type: 'access-request-set', cosemAttributeDescriptor: descriptor() }, data(octets(2)));
    const conformance = conformanceBits.filter((bit) => bit !== 'general-block-transfer');
    const size = encode(
      Apdu,
      (await ask(await meterWith({ preEstablished: true, conformance }), request)) as Apdu,
    ).length;
    const exact = await meterWith({ preEstablished: true, conformance }, { maxSendPduSize: size });
    expect(await ask(exact, request)).toMatchObject({ type: 'access-response' });
    const short = await meterWith({ preEstablished: true, conformance }, { maxSendPduSize: size - 1 });
    expect(await ask(short, request)).toMatchObject({ type: 'exception-response', serviceError: 'pdu-too-long' });
  });
});
