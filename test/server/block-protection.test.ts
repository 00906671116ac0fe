import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import type { Protection } from '../../src/security/policy.js';
import { Services } from '../../src/server/services.js';
import { Apdu, conformanceBits } from '../../src/xdlms/index.js';
import { dataOctets, descriptor, echoName, invoke, meterWith, methodOf, octets, route } from './support.js';

// A right that asks for protection asks it of every block: with the last one alone, anybody could put in what goes before.

const authenticated: Protection = { authenticated: true };
async function services() {
  const { device, calls } = await meterWith();
  const request = authenticated;
  const serve = new Services({
    objects: device.objects,
    rights: { attribute: () => ({ read: true, write: true, request }), method: () => ({ invoke: true, request }) },
    context: { ...route, association: '0-0:40.0.1*255', security: undefined, afterResponse: () => undefined },
    conformance: conformanceBits,
    receiveTotal: 10_000,
  });
  const ask = async (apdu: Apdu, protection: Protection): Promise<unknown> => {
    const answer = await serve.handle(encode(Apdu, apdu), protection, 1000);
    return answer === undefined ? undefined : (decode(Apdu, answer) as { value: unknown }).value;
  };
  const value = async (): Promise<Uint8Array> =>
    (await device.objects
      .find(9000, echoName)
      .attributes.get(2)
      ?.read({} as never)) as Uint8Array;
  return { ask, calls, value };
}
const whole = dataOctets(octets(40, 9));
const first = { lastBlock: false, blockNumber: 1, rawData: whole.subarray(0, 20) };
const last = { lastBlock: true, blockNumber: 2, rawData: whole.subarray(20) };
const list = (part: Uint8Array): Uint8Array => Uint8Array.of(1, ...part);

const setFirst: Apdu = {
  type: 'set-request',
  value: { type: 'set-request-with-first-datablock', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor(), datablock: first },
};
const setListFirst: Apdu = {
  type: 'set-request',
  value: {
    type: 'set-request-with-list-and-first-datablock',
    invokeIdAndPriority: invoke(),
    attributeDescriptorList: [{ cosemAttributeDescriptor: descriptor() }],
    datablock: { ...first, rawData: list(first.rawData) },
  },
};
const setLast: Apdu = { type: 'set-request', value: { type: 'set-request-with-datablock', invokeIdAndPriority: invoke(), datablock: last } };
const actionFirst: Apdu = {
  type: 'action-request',
  value: { type: 'action-request-with-first-pblock', invokeIdAndPriority: invoke(), cosemMethodDescriptor: methodOf(2), pblock: first },
};
const actionListFirst: Apdu = {
  type: 'action-request',
  value: {
    type: 'action-request-with-list-and-first-pblock',
    invokeIdAndPriority: invoke(),
    cosemMethodDescriptorList: [methodOf(2)],
    pblock: { ...first, rawData: list(first.rawData) },
  },
};
const actionLast: Apdu = { type: 'action-request', value: { type: 'action-request-with-pblock', invokeIdAndPriority: invoke(), pblock: last } };

describe('protection of requests in blocks', () => {
  it('writes when every block is authenticated', async () => {
    const { ask, value } = await services();
    await ask(setFirst, authenticated);
    expect(await ask(setLast, authenticated)).toMatchObject({ result: 'success' });
    expect(await value()).toEqual(whole);
  });
  it.each([
    ['first', {}, authenticated],
    ['last', authenticated, {}],
  ])('writes nothing when the %s block is not', async (_, of1, of2) => {
    const { ask, value } = await services();
    const before = await value();
    await ask(setFirst, of1);
    expect(await ask(setLast, of2)).toMatchObject({ result: 'read-write-denied' });
    await ask(setListFirst, of1);
    expect(await ask(setLast, of2)).toMatchObject({ result: ['read-write-denied'] });
    expect(await value()).toEqual(before);
  });
  it.each([
    ['first', {}, authenticated],
    ['last', authenticated, {}],
  ])('invokes nothing when the %s block is not', async (_, of1, of2) => {
    const { ask, calls } = await services();
    await ask(actionFirst, of1);
    expect(await ask(actionLast, of2)).toMatchObject({ singleResponse: { result: 'read-write-denied' } });
    await ask(actionListFirst, of1);
    expect(await ask(actionLast, of2)).toMatchObject({ listOfResponses: [{ result: 'read-write-denied' }] });
    expect(calls).toEqual([]);
    await ask(actionListFirst, authenticated);
    expect(await ask(actionLast, authenticated)).toMatchObject({ listOfResponses: [{ result: 'success' }] });
    expect(calls.length).toBe(1);
  });
});
