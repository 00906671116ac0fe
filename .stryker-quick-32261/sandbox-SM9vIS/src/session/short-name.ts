import { Data } from '../axdr/data.js';
import { decode, encode } from '../axdr/schema.js';
import { concat, equalBytes } from '../core/bytes.js';
import { asDecodeError, Reader, Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { Apdu } from '../xdlms/apdu.js';
import { DataAccessResult } from '../xdlms/common.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { ReadRequest, type VariableAccessSpecification, WriteRequest, type WriteResult } from '../xdlms/short-name.js';
import { ReceivedBlocks, splitBlocks } from './blocks.js';
import { type Conversation, refused, request, response } from './conversation.js';
import type { RawGetResult } from './get.js';
import type { ServiceLimits } from './limits.js';

// READ and WRITE with short names. There is no invoke-id: a response belongs to the request before it.

/** What a client for short names proposes, and a server supports, unless told otherwise. */
export const shortNameConformance: readonly ConformanceBit[] = [
  'read',
  'write',
  'unconfirmed-write',
  'block-transfer-with-get-or-read',
  'block-transfer-with-set-or-write',
  'multiple-references',
  'parameterized-access',
];

/** Octets of a request around the raw data of a block: tag, counts, choice, last-block, number, tag and length. */
const blockFields = 16;

/**
 * READ of one or more names; one result for each, as octets of Data. Long responses come by blocks (`data-block-result`; the client names the last block that it got
 * with `block-number-access`), long requests go by blocks (`read-data-block-access`: from the ASN.1 alone, no peer at hand takes them).
 */
export function* readNames(
  names: readonly VariableAccessSpecification[],
  limits: ServiceLimits,
  onBlock?: (received: number) => void,
): Conversation<RawGetResult[]> {
  const whole = request({ type: 'readRequest', value: [...names] });
  if (whole.length <= limits.sendSize) return yield* readResults(yield whole, names.length, limits, onBlock);
  const parts = blocksOf(encode(ReadRequest, [...names]), limits);
  let answer = new Uint8Array(0);
  for (const [i, rawData] of parts.entries()) {
    const lastBlock = i === parts.length - 1;
    answer = (yield request({
      type: 'readRequest',
      value: [{ type: 'read-data-block-access', lastBlock, blockNumber: i + 1, rawData }],
    })).slice();
    if (!lastBlock) requireNumber(readOnly(answer), i + 1);
  }
  return yield* readResults(answer, names.length, limits, onBlock);
}

/**
 * WRITE of one or more names; one result for each. A request longer than the server takes goes by blocks: `write-data-block-access`, with the octets of the list of
 * names and the list of values as one octet-string after the other (from the ASN.1 and recollection; no peer at hand takes them).
 */
export function* writeNames(
  names: readonly VariableAccessSpecification[],
  values: readonly Data[],
  limits: ServiceLimits,
): Conversation<DataAccessResult[]> {
  const whole: WriteRequest = { variableAccessSpecification: [...names], listOfData: [...values] };
  const apdu = request({ type: 'writeRequest', ...whole });
  const results =
    apdu.length <= limits.sendSize ? writeResults(yield apdu) : yield* writeBlocks(encode(WriteRequest, whole), limits);
  if (results.length !== names.length)
    throw new DlmsError('decode/invalid-length', {
      offset: 0,
      expected: `${names.length} results`,
      actual: results.length,
    });
  return results.map((r) => {
    if (r.type === 'block-number') throw unexpected('WRITE', r.type);
    return r.type === 'success' ? 'success' : r.value;
  });
}
/** WRITE of one name that is answered like a READ, with data: no book has it, the Gurux family invokes methods with return data so. */
export function* writeThenRead(name: VariableAccessSpecification, value: Data): Conversation<RawGetResult[]> {
  const answer = yield request({ type: 'writeRequest', variableAccessSpecification: [name], listOfData: [value] });
  if (answer[0] !== 0x0d) return plain(itemsOf(answer, 'WRITE'), 1);
  return writeResults(answer).map((r) => ({
    type: 'data-access-result',
    value: r.type === 'data-access-error' ? r.value : 'other-reason',
  }));
}
function* writeBlocks(octets: Uint8Array, limits: ServiceLimits): Conversation<WriteResult[]> {
  const parts = blocksOf(octets, limits);
  for (const [i, value] of parts.entries()) {
    const lastBlock = i === parts.length - 1;
    const answer = writeResults(
      yield request({
        type: 'writeRequest',
        variableAccessSpecification: [{ type: 'write-data-block-access', lastBlock, blockNumber: i + 1 }],
        listOfData: [{ type: 'octet-string', value }],
      }),
    );
    if (lastBlock) return answer;
    requireNumber(answer[0], i + 1);
  }
  throw unexpected('WRITE', 'no blocks');
}
function blocksOf(octets: Uint8Array, limits: ServiceLimits): readonly Uint8Array[] {
  const parts = splitBlocks(octets, limits.sendSize - blockFields);
  if (parts.length > 0xffff) throw new DlmsError('service/unsupported', { what: 'more than 65535 blocks' });
  return parts;
}

// ── responses ────────────────────────────────────────────────────────────────────────────────────────────

type Item =
  | RawGetResult
  | { type: 'block'; lastBlock: boolean; blockNumber: number; rawData: Uint8Array }
  | { type: 'block-number'; value: number };

function* readResults(
  first: Uint8Array,
  count: number,
  limits: ServiceLimits,
  onBlock: ((received: number) => void) | undefined,
): Conversation<RawGetResult[]> {
  const items = itemsOf(first, 'READ');
  const [only] = items;
  if (items.length !== 1 || only?.type !== 'block') return plain(items, count);
  const blocks = new ReceivedBlocks(limits.receiveTotal);
  let block = only;
  for (let expected = 1; ; expected++) {
    // Sixteen bits: a transfer longer than that begins again at 0.
    if (block.blockNumber !== (expected & 0xffff))
      throw new DlmsError('protocol/block-number', { side: 'remote', expected, received: block.blockNumber });
    const received = blocks.take(block.rawData, block.lastBlock);
    onBlock?.(received);
    if (block.lastBlock) return fromBlocks(blocks.octets(), count);
    const next = itemsOf(
      yield request({ type: 'readRequest', value: [{ type: 'block-number-access', blockNumber: expected & 0xffff }] }),
      `block ${expected + 1}`,
    );
    const [item] = next;
    if (item?.type === 'data-access-result') return Array.from({ length: count }, () => item);
    if (next.length !== 1 || item?.type !== 'block') throw unexpected(`block ${expected + 1}`, item?.type ?? 'nothing');
    block = item;
  }
}
function plain(items: readonly Item[], count: number): RawGetResult[] {
  if (items.length !== count)
    throw new DlmsError('decode/invalid-length', { offset: 0, expected: `${count} results`, actual: items.length });
  return items.map((item) => {
    if (item.type === 'block' || item.type === 'block-number') throw unexpected('READ', item.type);
    return item;
  });
}
/**
 * What the blocks hold together: the list of results with its count, as in a response without blocks; or, as the Gurux family cuts it, the same without the count
 * and the choice of the first result. With one result the first octets tell: a count of 1 and a choice of 0 are no Data with anything behind it.
 */
function fromBlocks(octets: Uint8Array, count: number): RawGetResult[] {
  const w = new Writer(8);
  w.length(count);
  const head = w.finish();
  const choice = octets[head.length];
  if (equalBytes(octets.subarray(0, head.length), head) && (choice === 0 || (choice === 1 && count > 1))) {
    try {
      const r = new Reader(octets, { lenient: true });
      const results = plain(readItems(r, 'READ by blocks'), count);
      if (r.left === 0) return results;
    } catch (e) {
      if (count === 1) throw e;
    }
  }
  return plain(
    readItems(new Reader(concat(head, Uint8Array.of(0), octets), { lenient: true }), 'READ by blocks'),
    count,
  );
}

function itemsOf(bytes: Uint8Array, state: string): Item[] {
  if (bytes[0] !== 0x0c) throw refused(decode(Apdu, bytes, { lenient: true }), state);
  return readItems(new Reader(bytes.subarray(1), { lenient: true }), state);
}
/** The results of a ReadResponse, Data left as octets: an attribute is decoded by its own type, once. Octets behind the last Data stay with it. */
function readItems(r: Reader, state: string): Item[] {
  try {
    const n = r.count(1);
    return Array.from({ length: n }, (): Item => {
      const { offset } = r;
      const choice = r.u8();
      switch (choice) {
        case 0: {
          const from = r.offset;
          if (n === 1) return { type: 'data', value: r.take(r.left) };
          Data.read(r);
          return { type: 'data', value: r.bytes.subarray(from, r.offset) };
        }
        case 1:
          return { type: 'data-access-result', value: DataAccessResult.read(r) };
        case 2:
          return { type: 'block', lastBlock: r.u8() !== 0, blockNumber: r.u16(), rawData: r.take(r.length()) };
        case 3:
          return { type: 'block-number', value: r.u16() };
        default:
          throw new DlmsError('decode/unknown-choice', { offset, expected: `Read-Result (${state})`, actual: choice });
      }
    });
  } catch (e) {
    throw asDecodeError(e, r);
  }
}
const readOnly = (bytes: Uint8Array): { type: string; value?: unknown } | undefined => {
  const items = itemsOf(bytes, 'READ by blocks');
  return items.length === 1 ? items[0] : undefined;
};
function requireNumber(item: { type: string; value?: unknown } | undefined, expected: number): void {
  if (item?.type === 'data-access-result' || item?.type === 'data-access-error')
    throw new DlmsError('service/data-access', { result: item.value as string | number, object: `block ${expected}` });
  if (item?.type !== 'block-number') throw unexpected(`block ${expected}`, item?.type ?? 'several results');
  if (item.value !== expected)
    throw new DlmsError('protocol/block-number', { side: 'remote', expected, received: Number(item.value) });
}
const writeResults = (bytes: Uint8Array): WriteResult[] => response(bytes, 'writeResponse', 'WRITE').value;
const unexpected = (state: string, received: string): DlmsError =>
  new DlmsError('protocol/unexpected-apdu', { side: 'remote', state, received });
