import { describe, expect, it } from 'vitest';
import { Data, encode, octetString, unsigned } from '../../src/axdr/index.js';
import { parseHex } from '../../src/core/hex.js';
import { isDlmsError } from '../../src/core/index.js';
import {
  type Conversation,
  getAttribute,
  getList,
  invokeMethod,
  setAttribute,
  setList,
} from '../../src/session/index.js';
import { readNames } from '../../src/session/short-name.js';
import { Apdu, type InvokeIdAndPriority } from '../../src/xdlms/index.js';

// The client's side of GET, SET and ACTION against answers that break the rules: a list of answers, and how it ends.

const invoke = { invokeId: 3, serviceClass: 'confirmed', priority: 'high' } as const;
const target = { cosemAttributeDescriptor: { classId: 1, instanceId: '0-0:96.1.0*255', attributeId: 2 } } as const;
const method = { classId: 9, instanceId: '0-0:10.0.100*255', methodId: 1 } as const;
const limits = { sendSize: 60, receiveTotal: 100 };
const value: Data = { type: 'octet-string', value: Uint8Array.from({ length: 20 }, (_, i) => i) };
const octets = encode(Data, value);
const long = encode(octetString, new Uint8Array(150));

/** Requests that went out, and the value or the code of the error at the end. */
function play(conversation: Conversation<unknown>, answers: readonly Apdu[]): { requests: number; end: unknown } {
  let requests = 0;
  try {
    let step = conversation.next();
    for (const answer of answers) {
      if (step.done === true) break;
      requests++;
      step = conversation.next(encode(Apdu, answer));
    }
    return { requests, end: step.done === true ? step.value : 'goes on' };
  } catch (e) {
    return { requests, end: isDlmsError(e) ? e.code : e };
  }
}
const block = (
  blockNumber: number,
  rawData: Uint8Array,
  lastBlock = false,
  invokeIdAndPriority: InvokeIdAndPriority = invoke,
): Apdu => ({
  type: 'get-response',
  value: {
    type: 'get-response-with-datablock',
    invokeIdAndPriority,
    result: { lastBlock, blockNumber, result: { type: 'raw-data', value: rawData } },
  },
});
const none = new Uint8Array(0);
const exception: Apdu = { type: 'exception-response', stateError: 'service-not-allowed', serviceError: 'other-reason' };

describe('GET by blocks', () => {
  const get = (...answers: Apdu[]) => play(getAttribute(invoke, target, limits), answers);
  const [a, b] = [octets.subarray(0, 9), octets.subarray(9)];
  it('puts the blocks together', () =>
    expect(get(block(1, a), block(2, b, true))).toEqual({ requests: 2, end: { type: 'data', value: octets } }));
  it('passes over one repetition of a block, not two', () => {
    expect(get(block(1, a), block(1, a), block(2, b, true))).toEqual({
      requests: 3,
      end: { type: 'data', value: octets },
    });
    expect(get(block(1, a), block(1, a), block(1, a)).end).toBe('protocol/block-number');
  });
  it.each([
    ['begins with another number', [block(2, a)], 'protocol/block-number'],
    ['begins with 0', [block(0, a)], 'protocol/block-number'],
    ['leaves a block out', [block(1, a), block(3, b, true)], 'protocol/block-number'],
    ['sends nothing, and not the last', [block(1, none)], 'protocol/unexpected-apdu'],
    [
      'sends more than is taken',
      [block(1, new Uint8Array(60)), block(2, new Uint8Array(60), true)],
      'decode/too-large',
    ],
    ['answers another request', [block(1, a), block(2, b, true, { ...invoke, invokeId: 4 })], 'protocol/invoke-id'],
    ['refuses in between', [block(1, a), exception], 'service/exception'],
    [
      'answers with another service',
      [
        block(1, a),
        {
          type: 'set-response',
          value: { type: 'set-response-normal', invokeIdAndPriority: invoke, result: 'success' },
        },
      ],
      'protocol/unexpected-apdu',
    ],
  ] as const)('ends when the server %s', (_, answers, code) => expect(get(...answers).end).toBe(code));
  it('gives the reason of the server', () => {
    const refused: Apdu = {
      type: 'get-response',
      value: {
        type: 'get-response-normal',
        invokeIdAndPriority: invoke,
        result: { type: 'data-access-result', value: 'long-get-aborted' },
      },
    };
    expect(get(block(1, a), refused).end).toEqual({ type: 'data-access-result', value: 'long-get-aborted' });
  });
  it('a list must have as many results as were asked for', () => {
    const answer = (n: number): Apdu => ({
      type: 'get-response',
      value: {
        type: 'get-response-with-list',
        invokeIdAndPriority: invoke,
        result: Array.from({ length: n }, () => ({ type: 'data' as const, value })),
      },
    });
    const list = (n: number) => play(getList(invoke, [target, target], limits), [answer(n)]).end;
    expect(list(2)).toHaveLength(2);
    expect([list(1), list(3)]).toEqual(['decode/invalid-length', 'decode/invalid-length']);
  });
});

describe('SET', () => {
  const normal: Apdu = {
    type: 'set-response',
    value: { type: 'set-response-normal', invokeIdAndPriority: invoke, result: 'success' },
  };
  const ack = (blockNumber: number): Apdu => ({
    type: 'set-response',
    value: { type: 'set-response-datablock', invokeIdAndPriority: invoke, blockNumber },
  });
  const last = (blockNumber: number): Apdu => ({
    type: 'set-response',
    value: { type: 'set-response-last-datablock', invokeIdAndPriority: invoke, result: 'success', blockNumber },
  });
  const set = (data: Uint8Array, ...answers: Apdu[]) => play(setAttribute(invoke, target, data, limits), answers);
  it('in one request', () => expect(set(octets, normal)).toEqual({ requests: 1, end: 'success' }));
  it('by blocks, each acknowledged by its number', () => {
    expect(set(long, ack(1), ack(2), ack(3), last(4))).toEqual({ requests: 4, end: 'success' });
    expect(set(long, ack(2)).end).toBe('protocol/block-number');
    expect(set(long, ack(1), ack(1)).end).toBe('protocol/block-number');
    expect(set(long, ack(1), exception).end).toBe('service/exception');
  });
  it('a list must have as many results as values', () => {
    const answer = (n: number): Apdu => ({
      type: 'set-response',
      value: { type: 'set-response-with-list', invokeIdAndPriority: invoke, result: Array(n).fill('success') },
    });
    const list = (n: number) =>
      play(setList(invoke, [target, target], [encode(unsigned, 1), encode(unsigned, 2)], limits), [answer(n)]).end;
    expect(list(2)).toEqual(['success', 'success']);
    expect(list(1)).toBe('decode/invalid-length');
  });
});

describe('ACTION', () => {
  const pblock = (blockNumber: number, rawData: Uint8Array, lastBlock = false): Apdu => ({
    type: 'action-response',
    value: {
      type: 'action-response-with-pblock',
      invokeIdAndPriority: invoke,
      pblock: { lastBlock, blockNumber, rawData },
    },
  });
  const next = (blockNumber: number): Apdu => ({
    type: 'action-response',
    value: { type: 'action-response-next-pblock', invokeIdAndPriority: invoke, blockNumber },
  });
  const action = (parameter: Uint8Array | undefined, ...answers: Apdu[]) =>
    play(invokeMethod(invoke, method, parameter, limits), answers);
  it('by blocks both ways', () => {
    const returned = Uint8Array.of(0, 1, 0, ...octets);
    const end = { result: 'success', returnParameters: { type: 'data', value: octets } };
    expect(
      action(
        long,
        next(1),
        next(2),
        next(3),
        pblock(1, returned.subarray(0, 4)),
        pblock(2, returned.subarray(4), true),
      ),
    ).toEqual({ requests: 5, end });
  });
  it.each([
    ['an acknowledgement of another block', [next(2)], 'protocol/block-number'],
    [
      'a response that begins with block 2',
      [next(1), next(2), next(3), pblock(2, octets, true)],
      'protocol/block-number',
    ],
    ['an empty block that is not the last', [next(1), next(2), next(3), pblock(1, none)], 'protocol/unexpected-apdu'],
    ['more than is taken', [next(1), next(2), next(3), pblock(1, new Uint8Array(101), true)], 'decode/too-large'],
  ] as const)('ends at %s', (_, answers, code) => expect(action(long, ...answers).end).toBe(code));
});

describe('a refusal that ends with its result', () => {
  const hex = (text: string): Uint8Array => parseHex(text);
  const answered = (conversation: Conversation<unknown>, ...answers: Uint8Array[]): unknown => {
    try {
      let step = conversation.next();
      for (const a of answers) step = conversation.next(a);
      return step.done === true ? step.value : 'goes on';
    } catch (e) {
      return isDlmsError(e) ? e.code : e;
    }
  };
  it('of an ACTION and of a SET by blocks shows the result', () => {
    expect(answered(invokeMethod(invoke, method, undefined, limits), hex('C7014303'))).toEqual({
      result: 'read-write-denied',
    });
    const blocks = [1, 2, 3].map((n) => hex(`C50243${n.toString(16).padStart(8, '0')}`));
    expect(answered(setAttribute(invoke, target, long, limits), ...blocks, hex('C5034303'))).toBe('read-write-denied');
  });
  it('is never a success', () => {
    expect(answered(invokeMethod(invoke, method, undefined, limits), hex('C7014300'))).toBe('decode/unexpected-end');
    const blocks = [1, 2, 3].map((n) => hex(`C50243${n.toString(16).padStart(8, '0')}`));
    expect(answered(setAttribute(invoke, target, long, limits), ...blocks, hex('C5034300'))).toBe(
      'decode/unexpected-end',
    );
  });
});

describe('blocks of a value', () => {
  const one = Uint8Array.of(7);
  /** Feeds one-octet blocks to a conversation until it ends. */
  const flood = (conversation: Conversation<unknown>, blockOf: (n: number) => Uint8Array): number => {
    let n = 0;
    expect(() => {
      let step = conversation.next();
      for (; step.done !== true && n < 5000; n++) step = conversation.next(blockOf(n + 1));
    }).toThrowError(expect.objectContaining({ code: 'protocol/unexpected-apdu' }));
    return n;
  };
  const many = { sendSize: 60, receiveTotal: 1 << 26 };
  it.each<[string, () => number]>([
    ['GET', () => flood(getAttribute(invoke, target, many), (n) => encode(Apdu, block(n, one)))],
    [
      'ACTION',
      () =>
        flood(invokeMethod(invoke, method, undefined, many), (blockNumber) =>
          encode(Apdu, {
            type: 'action-response',
            value: {
              type: 'action-response-with-pblock',
              invokeIdAndPriority: invoke,
              pblock: { lastBlock: false, blockNumber, rawData: one },
            },
          }),
        ),
    ],
    [
      'READ',
      () =>
        flood(readNames([{ type: 'variable-name', value: 8 }], many), (n) =>
          Uint8Array.of(0x0c, 1, 2, 0, n >> 8, n & 0xff, 1, 7),
        ),
    ],
  ])('%s: of one octet each do not go on for ever', (_, run) => {
    const n = run();
    expect(n).toBeGreaterThan(1024);
    expect(n).toBeLessThan(1300);
  });
});
