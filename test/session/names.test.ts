import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/index.js';
import type { Conversation, ServiceLimits } from '../../src/session/index.js';
import { readNames, writeNames, writeThenRead } from '../../src/session/short-name.js';
import { Apdu, ReadRequest, ReadResponse, WriteRequest } from '../../src/xdlms/index.js';

// READ and WRITE of short names: what a client sends by blocks, and servers that answer something else.

const name = (value: number) => ({ type: 'variable-name', value }) as const;
const data = (length: number): Data => ({ type: 'octet-string', value: new Uint8Array(length).fill(length) });
const octets = (length: number): Uint8Array => encode(Data, data(length));
const roomy: ServiceLimits = { sendSize: 1000, receiveTotal: 1000 };
const narrow: ServiceLimits = { sendSize: 40, receiveTotal: 1000 };
type Item = Extract<Apdu, { type: 'readResponse' }>['value'][number];
type Written = Extract<Apdu, { type: 'writeResponse' }>['value'][number];
const read = (...value: Item[]): Apdu => ({ type: 'readResponse', value });
const written = (...value: Written[]): Apdu => ({ type: 'writeResponse', value });
const value = (length: number): Item => ({ type: 'data', value: data(length) });

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

describe('READ', () => {
  const names = Array.from({ length: 20 }, (_, i) => name(8 * i));
  it('a request longer than the server takes goes by blocks, and holds the names as they stand in a request', () => {
    const { requests, lengths, end } = run(readNames(names, narrow), ({ value: [block] }) =>
      block.lastBlock
        ? read(...names.map((_, i) => value(i)))
        : read({ type: 'block-number', value: block.blockNumber }),
    );
    expect(requests.length).toBeGreaterThan(1);
    for (const length of lengths) expect(length).toBeLessThanOrEqual(narrow.sendSize);
    const raw = Uint8Array.of(...requests.flatMap((r) => [...r.value[0].rawData]));
    expect(decode(ReadRequest, raw)).toEqual(names);
    expect(end).toHaveLength(20);
  });
  it('by blocks ends with the reason of a server that does not take them', () => {
    const end = (...items: Item[]) => run(readNames(names, narrow), () => read(...items)).end;
    expect(end({ type: 'data-access-error', value: 'read-write-denied' })).toBe('service/data-access');
    expect(end({ type: 'block-number', value: 2 })).toBe('protocol/block-number');
    expect(end({ type: 'block-number', value: 1 }, { type: 'block-number', value: 1 })).toBe(
      'protocol/unexpected-apdu',
    );
    expect(end(value(1))).toBe('protocol/unexpected-apdu');
    expect(end()).toBe('protocol/unexpected-apdu');
  });
  it('blocks of the response are asked for by number until the last, and a list must be complete', () => {
    const whole = encode(ReadResponse, [value(10), { type: 'data-access-error', value: 'object-undefined' }]);
    const block = (blockNumber: number, lastBlock: boolean, rawData: Uint8Array): Item => ({
      type: 'data-block-result',
      blockNumber,
      lastBlock,
      rawData,
    });
    const first = block(1, false, whole.subarray(0, 5));
    const after = (...items: Item[]) =>
      run(readNames([name(8), name(16)], roomy), (_, i) => (i === 0 ? read(first) : read(...items)));
    const { requests, end } = after(block(2, true, whole.subarray(5)));
    expect(requests[1].value).toEqual([{ type: 'block-number-access', blockNumber: 1 }]);
    expect(end).toEqual([
      { type: 'data', value: octets(10) },
      { type: 'data-access-result', value: 'object-undefined' },
    ]);
    // Instead of the second block: a refusal, which is then the result of each name; two blocks; nothing; something else.
    const refusal = { type: 'data-access-result', value: 'data-block-unavailable' };
    expect(after({ type: 'data-access-error', value: 'data-block-unavailable' }).end).toEqual([refusal, refusal]);
    expect(after(block(2, false, octets(1)), block(3, true, octets(1))).end).toBe('protocol/unexpected-apdu');
    expect(after().end).toBe('protocol/unexpected-apdu');
    expect(after(value(1)).end).toBe('protocol/unexpected-apdu');
    expect(after(block(3, true, octets(1))).end).toBe('protocol/block-number');
  });
  it('an answer to two names that is neither a value nor a refusal is none', () => {
    const end = (...items: Item[]) => run(readNames([name(8), name(16)], roomy), () => read(...items)).end;
    expect(end(value(1), { type: 'block-number', value: 1 })).toBe('protocol/unexpected-apdu');
    expect(end(value(1))).toBe('decode/invalid-length');
    expect(end(value(1), value(2), value(3))).toBe('decode/invalid-length');
  });
});

describe('WRITE', () => {
  const names = [name(8), name(16)];
  it('a request longer than the server takes goes by blocks, and holds names and values as they stand in a request', () => {
    const { requests, lengths, end } = run(
      writeNames(names, [octets(50), octets(60)], narrow),
      ({ variableAccessSpecification: [block] }) =>
        block.lastBlock
          ? written({ type: 'success' }, { type: 'data-access-error', value: 'type-unmatched' })
          : written({ type: 'block-number', value: block.blockNumber }),
    );
    for (const length of lengths) expect(length).toBeLessThanOrEqual(narrow.sendSize);
    const raw = Uint8Array.of(...requests.flatMap((r) => [...r.listOfData[0].value]));
    expect(decode(WriteRequest, raw)).toEqual({
      variableAccessSpecification: names,
      listOfData: [data(50), data(60)],
    });
    expect(end).toEqual(['success', 'type-unmatched']);
  });
  it('has one result for each name, and no other answer will do', () => {
    const end = (...items: Written[]) =>
      run(writeNames(names, [octets(1), octets(2)], roomy), () => written(...items)).end;
    const success: Written = { type: 'success' };
    expect(end(success, success)).toEqual(['success', 'success']);
    expect(end(success)).toBe('decode/invalid-length');
    expect(end(success, success, success)).toBe('decode/invalid-length');
    expect(end(success, { type: 'block-number', value: 1 })).toBe('protocol/unexpected-apdu');
  });
  it('is refused before it is sent where it would need more blocks than there are numbers', () => {
    const limits = { sendSize: 17, receiveTotal: 1000 };
    const { requests, end } = run(writeNames([name(8)], [octets(0x10000)], limits), () => written({ type: 'success' }));
    expect([requests.length, end]).toEqual([0, 'service/unsupported']);
  });
  it('of one name may be answered like a READ, or with a result', () => {
    const end = (answer: Apdu) => run(writeThenRead(name(8), octets(1)), () => answer).end;
    expect(end(read(value(5)))).toEqual([{ type: 'data', value: octets(5) }]);
    expect(end(read(value(5), value(6)))).toBe('decode/invalid-length');
    expect(end(written({ type: 'data-access-error', value: 'read-write-denied' }))).toEqual([
      { type: 'data-access-result', value: 'read-write-denied' },
    ]);
    // A success brings no data where data was asked for.
    expect(end(written({ type: 'success' }))).toEqual([{ type: 'data-access-result', value: 'other-reason' }]);
    expect(end({ type: 'exception-response', stateError: 'service-unknown', serviceError: 'other-reason' })).toBe(
      'service/exception',
    );
  });
});
