import { describe, expect, it } from 'vitest';
import type { Data } from '../../src/axdr/data.js';
import { encode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/index.js';
import { type Conversation, invokeMethod } from '../../src/session/index.js';
import { readNames } from '../../src/session/short-name.js';
import { Apdu } from '../../src/xdlms/index.js';

// What blocks of a response hold together is written in more than one way.

const limits = { sendSize: 500, receiveTotal: 500 };
const invoke = { invokeId: 3, serviceClass: 'confirmed', priority: 'high' } as const;
const method = { classId: 9, instanceId: '0-0:10.0.100*255', methodId: 1 } as const;
const name = (value: number) => ({ type: 'variable-name', value }) as const;
const data: Data = { type: 'octet-string', value: Uint8Array.of(1, 2, 3) };
/** The first answer that the conversation gets, and what comes of it. */
function after<T>(conversation: Conversation<T>, answer: Apdu): T | string {
  conversation.next();
  try {
    const step = conversation.next(encode(Apdu, answer));
    return step.done === true ? step.value : 'goes on';
  } catch (e) {
    if (isDlmsError(e)) return e.code;
    throw e;
  }
}

describe('the blocks of an ACTION', () => {
  const returned = (...rawData: number[]) =>
    after(invokeMethod(invoke, method, undefined, limits), {
      type: 'action-response',
      value: {
        type: 'action-response-with-pblock',
        invokeIdAndPriority: invoke,
        pblock: { lastBlock: true, blockNumber: 1, rawData: Uint8Array.from(rawData) },
      },
    });
  const success = { result: 'success', returnParameters: { type: 'data', value: Uint8Array.of(9, 3, 1, 2, 3) } };
  it('hold the result with its data, or the data alone', () => {
    expect(returned(0, 1, 0, 9, 3, 1, 2, 3)).toEqual(success);
    expect(returned(9, 3, 1, 2, 3)).toEqual(success);
    // A length in two octets, as some meters write it: the octets stay as they came.
    expect(returned(9, 0x81, 3, 1, 2, 3)).toMatchObject({ result: 'success' });
  });
  it('that hold neither are refused', () => {
    expect(returned(9, 3, 1)).toMatch(/^decode\//);
  });
});

describe('the response to a READ of two names', () => {
  const block = { type: 'data-block-result', lastBlock: false, blockNumber: 1, rawData: Uint8Array.of(2) } as const;
  it('goes on by blocks only where the block stands alone', () => {
    const read = (...value: Extract<Apdu, { type: 'readResponse' }>['value']) =>
      after(readNames([name(8), name(16)], limits), { type: 'readResponse', value });
    expect(read(block)).toBe('goes on');
    expect(read(block, { type: 'data', value: data })).toBe('protocol/unexpected-apdu');
  });
});
