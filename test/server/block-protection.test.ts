import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import type { Protection } from '../../src/security/policy.js';
import { LogicalNameServices } from '../../src/server/services/logical-names.js';
import { Apdu, conformanceBits } from '../../src/xdlms/index.js';
import { dataOctets, descriptor, echoName, exchangeOf, invoke, meterWith, methodOf, octets } from './support.js';

// A right that asks for protection asks it of every block: with the last one alone, anybody could put in what goes before.

const authenticated: Protection = { authenticated: true };
async function services() {
  const { device, calls } = await meterWith();
  const request = authenticated;
  const serve = new LogicalNameServices({
    objects: device.objects,
    rights: { attribute: () => ({ read: true, write: true, request }), method: () => ({ invoke: true, request }) },
    context: { security: undefined, afterResponse: () => undefined },
    conformance: conformanceBits,
    receiveLimit: () => 10_000,
  });
  const ask = async (apdu: Apdu, protection: Protection): Promise<unknown> => {
    const answer = await serve.handle(encode(Apdu, apdu), exchangeOf({ protection }));
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
  value: {
    type: 'set-request-with-first-datablock',
    invokeIdAndPriority: invoke(),
    cosemAttributeDescriptor: descriptor(),
    datablock: first,
  },
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
const setLast: Apdu = {
  type: 'set-request',
  value: { type: 'set-request-with-datablock', invokeIdAndPriority: invoke(), datablock: last },
};
const actionFirst: Apdu = {
  type: 'action-request',
  value: {
    type: 'action-request-with-first-pblock',
    invokeIdAndPriority: invoke(),
    cosemMethodDescriptor: methodOf(2),
    pblock: first,
  },
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
const actionLast: Apdu = {
  type: 'action-request',
  value: { type: 'action-request-with-pblock', invokeIdAndPriority: invoke(), pblock: last },
};

describe('protection of requests in blocks', () => {
  it('writes when every block is authenticated', async () => {
    const { ask, value } = await services();
    await ask(setFirst, authenticated);
    expect(await ask(setLast, authenticated)).toMatchObject({ result: 'success' });
    expect(await value()).toEqual(whole);
  });
  it('a first block that is protected too little is refused before it is kept, and so is what follows', async () => {
    const { ask, value, calls } = await services();
    const before = await value();
    expect(await ask(setFirst, {})).toMatchObject({ type: 'set-response-last-datablock', result: 'read-write-denied' });
    expect(await ask(setLast, authenticated)).toMatchObject({ result: 'no-long-set-in-progress' });
    expect(await ask(setListFirst, {})).toMatchObject({
      type: 'set-response-last-datablock-with-list',
      result: ['read-write-denied'],
    });
    expect(await ask(setLast, authenticated)).toMatchObject({ result: 'no-long-set-in-progress' });
    expect(await ask(actionFirst, {})).toMatchObject({ singleResponse: { result: 'read-write-denied' } });
    expect(await ask(actionLast, authenticated)).toMatchObject({
      singleResponse: { result: 'no-long-action-in-progress' },
    });
    expect(await ask(actionListFirst, {})).toMatchObject({ listOfResponses: [{ result: 'read-write-denied' }] });
    expect(await ask(actionLast, authenticated)).toMatchObject({
      singleResponse: { result: 'no-long-action-in-progress' },
    });
    expect(await value()).toEqual(before);
    expect(calls).toEqual([]);
  });
  it('a last block that is protected too little does not ride on the first one', async () => {
    const { ask, value, calls } = await services();
    const before = await value();
    await ask(setFirst, authenticated);
    expect(await ask(setLast, {})).toMatchObject({ result: 'read-write-denied' });
    await ask(setListFirst, authenticated);
    expect(await ask(setLast, {})).toMatchObject({ result: ['read-write-denied'] });
    await ask(actionFirst, authenticated);
    expect(await ask(actionLast, {})).toMatchObject({ singleResponse: { result: 'read-write-denied' } });
    await ask(actionListFirst, authenticated);
    expect(await ask(actionLast, {})).toMatchObject({ listOfResponses: [{ result: 'read-write-denied' }] });
    expect(await value()).toEqual(before);
    expect(calls).toEqual([]);
    await ask(actionListFirst, authenticated);
    expect(await ask(actionLast, authenticated)).toMatchObject({ listOfResponses: [{ result: 'success' }] });
    expect(calls.length).toBe(1);
  });
});
