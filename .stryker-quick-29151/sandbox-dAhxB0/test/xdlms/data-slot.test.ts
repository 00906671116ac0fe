import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodedData } from '../../src/axdr/encoded-data.js';
import { Data, decode, encode, type Schema, unsigned } from '../../src/axdr/index.js';
import { apduArbitrary, apduTypes } from '../../src/testing/apdu-samples.js';
import { EncodedApdu } from '../../src/xdlms/encoded-apdu.js';
import {
  Apdu,
  accessRequest,
  accessResponse,
  actionRequest,
  actionResponse,
  getResponse,
  readRequest,
  readResponse,
  setRequest,
  writeRequest,
} from '../../src/xdlms/index.js';

/** Every Data in the value as its octets, where the APDU with octets has them. */
function withOctets(tree: unknown, encoded: unknown): unknown {
  if (encoded instanceof Uint8Array && !(tree instanceof Uint8Array)) return encode(Data, tree as Data);
  if (Array.isArray(tree)) return tree.map((t, i) => withOctets(t, (encoded as unknown[])[i]));
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([k, t]) => [k, withOctets(t, (encoded as Record<string, unknown>)?.[k])]),
  );
}

describe('an APDU with its values left as octets', () => {
  it.each(apduTypes().filter((type) => !/^(glo|ded)-/.test(type)))('%s is the same APDU', (type) =>
    fc.assert(
      fc.property(apduArbitrary([type]), (apdu) => {
        const octets = encode(Apdu, apdu);
        const encoded = decode(EncodedApdu, octets);
        expect(encoded).toEqual(withOctets(apdu, encoded));
        expect(encode(EncodedApdu, encoded)).toEqual(octets);
      }),
      { numRuns: 50 },
    ),
  );
  it.each([
    'readRequest',
    'readResponse',
    'writeRequest',
    'unconfirmedWriteRequest',
    'set-request',
    'action-request',
    'get-response',
    'action-response',
    'access-request',
    'access-response',
  ] as const)('%s holds no tree of a value', (type) => {
    const trees = fc.sample(apduArbitrary([type]), { numRuns: 300, seed: 1 }).filter((apdu) => {
      const octets = encode(Apdu, apdu);
      const encoded = decode(EncodedApdu, octets);
      return JSON.stringify(withoutSelections(encoded)).includes('"type":"octet-string"');
    });
    expect(trees).toEqual([]);
  });
});
/** The parameters of a selective access stay a tree. */
function withoutSelections(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, v) => (key === 'accessSelection' || typeof v === 'bigint' ? undefined : v)),
  );
}

describe('a declaration takes any form of its Data', () => {
  const invokeIdAndPriority = { invokeId: 1, serviceClass: 'confirmed', priority: 'high' } as const;
  const cosemAttributeDescriptor = { classId: 1, instanceId: '0-0:96.1.0*255', attributeId: 2 } as const;
  const cosemMethodDescriptor = { classId: 9, instanceId: '0-0:10.0.100*255', methodId: 1 } as const;
  const long = {
    longInvokeIdAndPriority: {
      invokeId: 1,
      selfDescriptive: false,
      processingOption: 'continue',
      serviceClass: 'confirmed',
      priority: 'normal',
    },
    dateTime: new Uint8Array(0),
  } as const;
  /** The APDU with 7 in each form: as it is, as a tree, as octets. */
  const made = {
    'set-request': <D>(data: Schema<D>, value: D) => ({
      schema: setRequest(data),
      apdu: { type: 'set-request-normal', invokeIdAndPriority, cosemAttributeDescriptor, value },
    }),
    'get-response': <D>(data: Schema<D>, value: D) => ({
      schema: getResponse(data),
      apdu: { type: 'get-response-with-list', invokeIdAndPriority, result: [{ type: 'data', value }] },
    }),
    'action-request': <D>(data: Schema<D>, value: D) => ({
      schema: actionRequest(data),
      apdu: {
        type: 'action-request-with-list',
        invokeIdAndPriority,
        cosemMethodDescriptorList: [cosemMethodDescriptor],
        methodInvocationParameters: [value],
      },
    }),
    'action-response': <D>(data: Schema<D>, value: D) => ({
      schema: actionResponse(data),
      apdu: {
        type: 'action-response-normal',
        invokeIdAndPriority,
        singleResponse: { result: 'success', returnParameters: { type: 'data', value } },
      },
    }),
    'access-request': <D>(data: Schema<D>, value: D) => ({
      schema: accessRequest(data),
      apdu: {
        ...long,
        accessRequestBody: {
          accessRequestSpecification: [{ type: 'access-request-set', cosemAttributeDescriptor }],
          accessRequestListOfData: [value],
        },
      },
    }),
    'access-response': <D>(data: Schema<D>, value: D) => ({
      schema: accessResponse(data),
      apdu: {
        ...long,
        accessResponseBody: {
          accessResponseListOfData: [value],
          accessResponseSpecification: [{ type: 'access-response-get', result: 'success' }],
        },
      },
    }),
    readRequest: <D>(data: Schema<D>, parameter: D) => ({
      schema: readRequest(data),
      apdu: [{ type: 'parameterized-access', variableName: 8, selector: 1, parameter }],
    }),
    readResponse: <D>(data: Schema<D>, value: D) => ({ schema: readResponse(data), apdu: [{ type: 'data', value }] }),
    writeRequest: <D>(data: Schema<D>, value: D) => ({
      schema: writeRequest(data),
      apdu: { variableAccessSpecification: [{ type: 'variable-name', value: 8 }], listOfData: [value] },
    }),
  };
  it.each(Object.entries(made))('%s', (_, form) => {
    const forms = [
      form(unsigned, 7),
      form(Data, { type: 'unsigned', value: 7 }),
      form(encodedData, Uint8Array.of(17, 7)),
    ] as { schema: Schema<unknown>; apdu: unknown }[];
    for (const { schema, apdu } of forms) {
      const octets = encode(schema, apdu);
      expect(octets).toEqual(encode((forms[0] as (typeof forms)[0]).schema, forms[0]?.apdu));
      expect(decode(schema, octets)).toEqual(apdu);
    }
  });
});
