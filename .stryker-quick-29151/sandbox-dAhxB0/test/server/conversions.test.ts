import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Data, octetString } from '../../src/axdr/data.js';
import { encode, type Schema } from '../../src/axdr/schema.js';
import type { ClientOptions } from '../../src/client/index.js';
import { shortNames } from '../../src/client/index.js';
import { parseHex } from '../../src/core/hex.js';
import { attribute, interfaceClass, method, writable } from '../../src/cosem/interface-class.js';
import { LogicalName } from '../../src/cosem/obis.js';
import { accessor, cosemObject, ObjectStore, serverShortNames } from '../../src/server/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import { ask, connected, data, dataOctets, descriptor, echoName, invoke, meterWith, octets } from './support.js';

// A value is converted twice on its way: by the side that has it, to octets, and by the side that gets it, from octets.

/** How often values of the class were encoded and decoded, and how often anything was built as a tree of Data. */
const counts = { encoded: 0, decoded: 0, trees: 0 };
const counted = <T>(schema: Schema<T>): Schema<T> => ({
  ...schema,
  read(r) {
    counts.decoded++;
    return schema.read(r);
  },
  write(w, v) {
    counts.encoded++;
    schema.write(w, v);
  },
});
const value = counted(octetString);
const Counted = interfaceClass({
  name: 'Counted',
  classId: 9001,
  version: 0,
  attributes: { logicalName: attribute(1, LogicalName), value: writable(attribute(2, value)) },
  methods: { echo: method(1, value, value), take: method(2, value) },
});
beforeEach(() => {
  for (const way of ['read', 'write'] as const) {
    const original = Data[way] as (...args: unknown[]) => unknown;
    vi.spyOn(Data, way).mockImplementation((...args: unknown[]): never => {
      counts.trees++;
      return original.apply(Data, args) as never;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

async function meter(options: ClientOptions, referencing?: ReturnType<typeof serverShortNames>) {
  let stored = octets(3);
  const keep = (v: Uint8Array): void => {
    stored = v;
  };
  const object = cosemObject(
    Counted,
    echoName,
    { value: accessor({ get: () => stored, set: keep }) },
    { echo: (v) => v, take: keep },
  );
  const test = await meterWith(referencing === undefined ? {} : { referencing }, {
    objects: new ObjectStore().add(object),
    maxReceivePduSize: 200,
  });
  const { client } = await connected(test, options);
  // The first use of short names reads the object list.
  await client.get(Counted, echoName, 'value');
  Object.assign(counts, { encoded: 0, decoded: 0, trees: 0 });
  return { client, stored: () => stored };
}

describe.each([
  ['logical names', {}, undefined],
  [
    'short names',
    { referencing: shortNames({ methodOffset: (_, __, id) => 0x28 + 8 * id }) },
    serverShortNames({ methodOffset: (_, __, id) => 0x28 + 8 * id }),
  ],
] as const)('%s: a value is encoded once and decoded once', (_, options, referencing) => {
  const twice = { encoded: 1, decoded: 1, trees: 0 };
  it.each([
    ['in one request', 30],
    ['by blocks', 1000],
  ])('%s', async (_, length) => {
    const { client, stored } = await meter({ ...options, maxReceivePduSize: 200 }, referencing);
    const sent = octets(length, 4);
    const during = async (work: Promise<unknown>): Promise<unknown> => {
      const result = await work;
      const seen = { ...counts };
      Object.assign(counts, { encoded: 0, decoded: 0, trees: 0 });
      return { result, seen };
    };
    expect(await during(client.set(Counted, echoName, 'value', sent))).toMatchObject({ seen: twice });
    expect(stored()).toEqual(sent);
    expect(await during(client.get(Counted, echoName, 'value'))).toEqual({ result: sent, seen: twice });
    expect(await during(client.action(Counted, echoName, 'take', sent))).toMatchObject({ seen: twice });
    // The parameter, and what is returned.
    expect(await during(client.action(Counted, echoName, 'echo', sent))).toEqual({
      result: sent,
      seen: { encoded: 2, decoded: 2, trees: 0 },
    });
  });
});

it('a tree of Data is counted where one is asked for', async () => {
  const { client } = await meter({});
  await client.setData({ cosemAttributeDescriptor: { ...descriptor(), classId: 9001 } }, data(octets(5)));
  expect(counts).toEqual({ encoded: 0, decoded: 1, trees: 1 });
});

describe('octets that stay octets on their way', () => {
  it('a value with an accepted deviation is written as it should have been', async () => {
    const test = await meterWith();
    await connected(test);
    const long = parseHex('0981020102');
    const request = (rest: string, value: Uint8Array): Uint8Array => Uint8Array.of(...parseHex(rest), ...value);
    const set = encode(Apdu, {
      type: 'set-request',
      value: {
        type: 'set-request-normal',
        invokeIdAndPriority: invoke(),
        cosemAttributeDescriptor: descriptor(),
        value: { type: 'octet-string', value: Uint8Array.of(1, 2) },
      },
    });
    const written = async (apdu: Uint8Array): Promise<unknown> => {
      expect(await ask(test, apdu)).toMatchObject({ value: { result: 'success' } });
      return test.device.objects
        .get(echoName)
        ?.attributes.get(2)
        ?.read({} as never);
    };
    expect(await written(request(Buffer.from(set.subarray(0, -4)).toString('hex'), long))).toEqual(
      dataOctets(Uint8Array.of(1, 2)),
    );
  });
  it('what an object keeps is no view of the request', async () => {
    const test = await meterWith();
    await connected(test);
    // A Buffer: its own slice would be a view.
    const set = Buffer.from(
      encode(Apdu, {
        type: 'set-request',
        value: {
          type: 'set-request-normal',
          invokeIdAndPriority: invoke(),
          cosemAttributeDescriptor: descriptor(),
          value: { type: 'octet-string', value: octets(9) },
        },
      }),
    );
    await ask(test, set);
    set.fill(0xee);
    expect(
      await test.device.objects
        .get(echoName)
        ?.attributes.get(2)
        ?.read({} as never),
    ).toEqual(dataOctets(octets(9)));
  });
});
