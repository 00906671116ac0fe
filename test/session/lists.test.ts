import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode, sequenceOf } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/index.js';
import {
  type Conversation,
  getAttribute,
  getList,
  invokeList,
  invokeMethod,
  type ServiceLimits,
  setAttribute,
  setList,
} from '../../src/session/index.js';
import { Apdu } from '../../src/xdlms/index.js';

// What a client asks for, octet for octet, against a server that answers as it may: lists whole, in blocks, one by one, or not at all.

const invoke = { invokeId: 3, serviceClass: 'confirmed', priority: 'high' } as const;
const attribute = (n: number) =>
  ({ cosemAttributeDescriptor: { classId: 1, instanceId: `0-0:96.1.${n}*255`, attributeId: 2 } }) as const;
const method = (n: number) => ({ classId: 9, instanceId: `0-0:10.0.${n}*255`, methodId: 1 }) as const;
const data = (length: number, salt = 0): Data => ({
  type: 'octet-string',
  value: Uint8Array.from({ length }, (_, i) => (i + salt) & 0xff),
});
const octets = (length: number, salt = 0): Uint8Array => encode(Data, data(length, salt));
const roomy: ServiceLimits = { sendSize: 1000, receiveTotal: 1000 };
const narrow: ServiceLimits = { sendSize: 60, receiveTotal: 1000 };

/** Answers each request by the function; gives the requests and how it ended. */
function run<T>(
  conversation: Conversation<T>,
  answer: (request: any, i: number) => Apdu,
): { requests: any[]; lengths: number[]; end: T | string } {
  const requests: Apdu[] = [];
  const lengths: number[] = [];
  try {
    let step = conversation.next();
    while (step.done !== true) {
      if (requests.length > 50) throw new Error('no end');
      const request = decode(Apdu, step.value);
      requests.push(request);
      lengths.push(step.value.length);
      step = conversation.next(encode(Apdu, answer(request, requests.length - 1)));
    }
    return { requests, lengths, end: step.value };
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return { requests, lengths, end: e.code };
  }
}
const values = (requests: { value: { type: string } }[]): string[] => requests.map((r) => r.value.type);

describe('GET of a list', () => {
  const targets = [attribute(1), attribute(2), attribute(3)];
  const get = (value: object): Apdu =>
    ({ type: 'get-response', value: { invokeIdAndPriority: invoke, ...value } }) as Apdu;
  const one = (n: number): Apdu => get({ type: 'get-response-normal', result: { type: 'data', value: data(n) } });
  const list = (n: number, from = 1): Apdu =>
    get({
      type: 'get-response-with-list',
      result: Array.from({ length: n }, (_, i) => ({ type: 'data', value: data(from + i) })),
    });
  const results = [1, 2, 3].map((n) => ({ type: 'data', value: octets(n) }));
  const idOf = (request: { value: { cosemAttributeDescriptor: { instanceId: string } } }): number =>
    Number(/1\.(\d)\*/.exec(request.value.cosemAttributeDescriptor.instanceId)?.[1]);

  it('goes in one request that names them all', () => {
    const { requests, end } = run(getList(invoke, targets, roomy), () => list(3));
    expect(requests).toEqual([
      {
        type: 'get-request',
        value: { type: 'get-request-with-list', invokeIdAndPriority: invoke, attributeDescriptorList: targets },
      },
    ]);
    expect(end).toEqual(results);
  });
  it('fills the PDU size of the server exactly, and is halved an octet below', () => {
    const { lengths } = run(getList(invoke, targets, roomy), () => list(3));
    const exact = { ...roomy, sendSize: lengths[0] as number };
    expect(run(getList(invoke, targets, exact), () => list(3)).lengths).toEqual(lengths);
    let from = 1;
    const halved = run(getList(invoke, targets, { ...exact, sendSize: exact.sendSize - 1 }), ({ value }) => {
      const count = value.attributeDescriptorList.length;
      from += count;
      return list(count, from - count);
    });
    expect(halved.requests.map((r) => r.value.attributeDescriptorList.length)).toEqual([1, 2]);
    expect(halved.end).toEqual(results);
  });
  it('asks for one at a time where even that is longer than the server takes: it is for the server to refuse', () => {
    let n = 0;
    const { requests, end } = run(getList(invoke, targets, { ...roomy, sendSize: 5 }), () => list(1, ++n));
    expect(requests).toHaveLength(3);
    expect(end).toEqual(results);
  });
  it('is asked one by one where the server answers like to a single request', () => {
    const refused = get({ type: 'get-response-normal', result: { type: 'data-access-result', value: 'other-reason' } });
    const { requests, end } = run(getList(invoke, targets, roomy), (r, i) => (i === 0 ? refused : one(idOf(r))));
    expect(values(requests)).toEqual(['get-request-with-list', ...Array(3).fill('get-request-normal')]);
    expect(requests.slice(1).map(idOf)).toEqual([1, 2, 3]);
    expect(end).toEqual(results);
  });
  const block = (blockNumber: number, lastBlock: boolean, result: object): Apdu =>
    get({ type: 'get-response-with-datablock', result: { lastBlock, blockNumber, result } });
  it('comes by blocks, and a refusal in a block is the result of each', () => {
    const whole = encode(
      sequenceOf(Data),
      [1, 2, 3].map((n) => data(n)),
    );
    // Each result behind its choice.
    const cut = Uint8Array.of(3, ...[1, 2, 3].flatMap((n) => [0, ...octets(n)]));
    expect(cut.length).toBe(whole.length + 3);
    const raw = (from: number, to?: number) => ({ type: 'raw-data', value: cut.subarray(from, to) });
    expect(
      run(getList(invoke, targets, roomy), (_, i) => (i === 0 ? block(1, false, raw(0, 4)) : block(2, true, raw(4))))
        .end,
    ).toEqual(results);
    const refusal = { type: 'data-access-result', value: 'temporary-failure' } as const;
    expect(
      run(getList(invoke, targets, roomy), (_, i) => (i === 0 ? block(1, false, raw(0, 4)) : block(2, true, refusal)))
        .end,
    ).toEqual([refusal, refusal, refusal]);
  });
  it('tells of its progress block by block, and not of one that came again', () => {
    const heard: number[] = [];
    const value = octets(10);
    const blocks = [
      [1, 0, 5],
      [1, 0, 5],
      [2, 5, 12],
    ] as const;
    const { end } = run(
      getAttribute(invoke, attribute(1), roomy, (n) => heard.push(n)),
      (_, i) => {
        const [number, from, to] = blocks[i] as (typeof blocks)[number];
        return block(number, number === 2, { type: 'raw-data', value: value.subarray(from, to) });
      },
    );
    expect(end).toEqual({ type: 'data', value });
    expect(heard).toEqual([5, 12]);
  });
});

describe('SET', () => {
  const targets = [attribute(1), attribute(2)];
  const set = (value: object): Apdu =>
    ({ type: 'set-response', value: { invokeIdAndPriority: invoke, ...value } }) as Apdu;
  const acknowledge = (request: any): Apdu => {
    const { lastBlock, blockNumber } = request.value.datablock;
    if (!lastBlock) return set({ type: 'set-response-datablock', blockNumber });
    return set({
      type: 'set-response-last-datablock-with-list',
      result: ['success', 'read-write-denied'],
      blockNumber,
    });
  };
  const rawOf = (requests: any[]): Uint8Array =>
    Uint8Array.of(...requests.flatMap((r) => [...r.value.datablock.rawData]));

  it('of a list goes in one request where it fits to the octet, else by blocks that name the targets first', () => {
    const sent = [octets(10), octets(20)];
    const whole = run(setList(invoke, targets, sent, roomy), () =>
      set({ type: 'set-response-with-list', result: ['success', 'success'] }),
    );
    expect(values(whole.requests)).toEqual(['set-request-with-list']);
    expect(whole.requests[0].value).toMatchObject({
      attributeDescriptorList: targets,
      valueList: [data(10), data(20)],
    });
    const exact = { ...roomy, sendSize: whole.lengths[0] as number };
    const answer = (r: any): Apdu =>
      r.value.type === 'set-request-with-list'
        ? set({ type: 'set-response-with-list', result: ['success', 'success'] })
        : acknowledge(r);
    expect(values(run(setList(invoke, targets, sent, exact), answer).requests)).toEqual(['set-request-with-list']);
    const blocks = run(setList(invoke, targets, sent, { ...exact, sendSize: exact.sendSize - 1 }), answer);
    expect(blocks.requests[0].value).toMatchObject({
      type: 'set-request-with-list-and-first-datablock',
      attributeDescriptorList: targets,
    });
    expect(values(blocks.requests.slice(1))).toEqual(
      Array(blocks.requests.length - 1).fill('set-request-with-datablock'),
    );
    expect(rawOf(blocks.requests)).toEqual(encode(sequenceOf(Data), [data(10), data(20)]));
    for (const length of blocks.lengths) expect(length).toBeLessThan(exact.sendSize);
    expect(blocks.end).toEqual(['success', 'read-write-denied']);
  });
  it('of a list by blocks must be answered as a list, one result for each', () => {
    const sent = [octets(100), octets(100)];
    const ending = (value: object) =>
      run(setList(invoke, targets, sent, narrow), (r) => (r.value.datablock.lastBlock ? set(value) : acknowledge(r)))
        .end;
    expect(ending({ type: 'set-response-with-list', result: ['success', 'success'] })).toEqual(['success', 'success']);
    expect(ending({ type: 'set-response-with-list', result: ['success'] })).toBe('decode/invalid-length');
    expect(ending({ type: 'set-response-normal', result: 'success' })).toBe('protocol/unexpected-apdu');
  });
  it('by blocks ends with what a server says that cannot go on', () => {
    const long = octets(150);
    const refused = (result: string) => set({ type: 'set-response-normal', result });
    const answered = run(setAttribute(invoke, attribute(1), long, narrow), (r) =>
      r.value.datablock.blockNumber === 2 ? refused('temporary-failure') : acknowledge(r),
    );
    expect(answered.requests).toHaveLength(2);
    expect(answered.end).toBe('temporary-failure');
    expect(
      run(setAttribute(invoke, attribute(1), long, narrow), () =>
        set({ type: 'set-response-with-list', result: ['success'] }),
      ).end,
    ).toBe('protocol/unexpected-apdu');
  });
});

describe('ACTION', () => {
  const methods = [method(1), method(2)];
  const action = (value: object): Apdu =>
    ({ type: 'action-response', value: { invokeIdAndPriority: invoke, ...value } }) as Apdu;
  const acknowledge = ({ value }: any): Apdu =>
    action({ type: 'action-response-next-pblock', blockNumber: value.pblock.blockNumber });
  const rawOf = (requests: any[]): Uint8Array => Uint8Array.of(...requests.flatMap((r) => [...r.value.pblock.rawData]));
  const listed = action({
    type: 'action-response-with-list',
    listOfResponses: [{ result: 'success' }, { result: 'object-undefined' }],
  });
  it('of a list goes in one request where it fits to the octet, else by blocks that name the methods first', () => {
    const sent = [octets(10), octets(20)];
    const whole = run(invokeList(invoke, methods, sent, roomy), () => listed);
    expect(whole.requests).toMatchObject([
      {
        value: {
          type: 'action-request-with-list',
          cosemMethodDescriptorList: methods,
          methodInvocationParameters: [data(10), data(20)],
        },
      },
    ]);
    expect(whole.end).toEqual([{ result: 'success' }, { result: 'object-undefined' }]);
    const exact = { ...roomy, sendSize: whole.lengths[0] as number };
    const answer = (r: any): Apdu => (r.value.pblock?.lastBlock === false ? acknowledge(r) : listed);
    expect(run(invokeList(invoke, methods, sent, exact), answer).requests).toHaveLength(1);
    const blocks = run(invokeList(invoke, methods, sent, { ...exact, sendSize: exact.sendSize - 1 }), answer);
    expect(blocks.requests[0].value).toMatchObject({
      type: 'action-request-with-list-and-first-pblock',
      cosemMethodDescriptorList: methods,
    });
    expect(values(blocks.requests.slice(1))).toEqual(
      Array(blocks.requests.length - 1).fill('action-request-with-pblock'),
    );
    expect(rawOf(blocks.requests)).toEqual(encode(sequenceOf(Data), [data(10), data(20)]));
    expect(blocks.end).toEqual([{ result: 'success' }, { result: 'object-undefined' }]);
  });
  it('of a list is answered with one response for each, whole or by blocks', () => {
    const end = (answer: (r: any, i: number) => Apdu) =>
      run(invokeList(invoke, methods, [octets(1), octets(1)], roomy), answer).end;
    expect(end(() => action({ type: 'action-response-with-list', listOfResponses: [{ result: 'success' }] }))).toBe(
      'decode/invalid-length',
    );
    expect(end(() => action({ type: 'action-response-normal', singleResponse: { result: 'success' } }))).toBe(
      'protocol/unexpected-apdu',
    );
    const cut = Uint8Array.of(2, 0, 0, 12, 0);
    const pblock = (blockNumber: number, lastBlock: boolean, rawData: Uint8Array): Apdu =>
      action({ type: 'action-response-with-pblock', pblock: { lastBlock, blockNumber, rawData } });
    expect(end((_, i) => (i === 0 ? pblock(1, false, cut.subarray(0, 2)) : pblock(2, true, cut.subarray(2))))).toEqual([
      { result: 'success' },
      { result: 'type-unmatched' },
    ]);
    // The count may be longer than it need be: so some meters write it.
    expect(end(() => pblock(1, true, Uint8Array.of(0x81, 2, 0, 0, 12, 0)))).toHaveLength(2);
  });
  it('without a parameter goes whole, whatever the server takes: there is nothing to cut', () => {
    const { requests, end } = run(invokeMethod(invoke, method(1), undefined, { ...roomy, sendSize: 5 }), () =>
      action({ type: 'action-response-normal', singleResponse: { result: 'success' } }),
    );
    expect(values(requests)).toEqual(['action-request-normal']);
    expect(end).toEqual({ result: 'success' });
  });
  it('with a long parameter names the method in the first block only, and every block fits', () => {
    const { requests, lengths } = run(invokeMethod(invoke, method(1), octets(150), narrow), (r) =>
      r.value.pblock.lastBlock
        ? action({ type: 'action-response-normal', singleResponse: { result: 'success' } })
        : acknowledge(r),
    );
    expect(requests[0].value).toMatchObject({
      type: 'action-request-with-first-pblock',
      cosemMethodDescriptor: method(1),
    });
    expect(values(requests.slice(1))).toEqual(Array(requests.length - 1).fill('action-request-with-pblock'));
    expect(rawOf(requests)).toEqual(octets(150));
    for (const length of lengths) expect(length).toBeLessThanOrEqual(narrow.sendSize);
  });
});
