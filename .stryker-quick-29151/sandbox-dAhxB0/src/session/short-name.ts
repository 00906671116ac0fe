import { octetString } from '../axdr/data.js';
import { encodedData } from '../axdr/encoded-data.js';
import { decode, decodeFrom, encode } from '../axdr/schema.js';
import { concat, equalBytes } from '../core/bytes.js';
import { Reader, Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import type { DataAccessResult } from '../xdlms/common.js';
import { EncodedApdu } from '../xdlms/encoded-apdu.js';
import type { GetDataResult } from '../xdlms/get-data-result.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import {
  type ReadResult,
  readRequest,
  readResponse,
  type VariableAccessSpecification,
  type WriteRequest,
  type WriteResult,
  writeRequest,
} from '../xdlms/short-name.js';
import { ReceivedBlocks, splitBlocks } from './blocks.js';
import { type Conversation, refused, request, response } from './conversation.js';
import type { ServiceLimits } from './limits.js';

// READ and WRITE with short names. There is no invoke-id: a response belongs to the request before it. Values and parameters are octets of Data.

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
 * READ of one or more names; one result for each. Long responses come by blocks (`data-block-result`; the client names the last block that it got
 * with `block-number-access`), long requests go by blocks (`read-data-block-access`: from the ASN.1 alone, no peer at hand takes them).
 */
export function* readNames(
  names: readonly VariableAccessSpecification<Uint8Array>[],
  limits: ServiceLimits,
  onBlock?: (received: number) => void,
): Conversation<GetDataResult<Uint8Array>[]> {
  const whole = request({ type: 'readRequest', value: [...names] });
  if (whole.length <= limits.sendSize) return yield* readResults(yield whole, names.length, limits, onBlock);
  const parts = blocksOf(encode(encodedReadRequest, [...names]), limits);
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
  names: readonly VariableAccessSpecification<Uint8Array>[],
  values: readonly Uint8Array[],
  limits: ServiceLimits,
): Conversation<DataAccessResult[]> {
  const whole: WriteRequest<Uint8Array> = { variableAccessSpecification: [...names], listOfData: [...values] };
  const apdu = request({ type: 'writeRequest', ...whole });
  const results =
    apdu.length <= limits.sendSize
      ? writeResults(yield apdu)
      : yield* writeBlocks(encode(encodedWriteRequest, whole), limits);
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
export function* writeThenRead(
  name: VariableAccessSpecification<Uint8Array>,
  value: Uint8Array,
): Conversation<GetDataResult<Uint8Array>[]> {
  const bytes = yield request({ type: 'writeRequest', variableAccessSpecification: [name], listOfData: [value] });
  const answer = decode(EncodedApdu, bytes, { lenient: true });
  if (answer.type === 'readResponse') return plain(answer.value, 1);
  if (answer.type !== 'writeResponse') throw refused(answer, 'WRITE');
  return answer.value.map((r) => ({
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
        listOfData: [encode(octetString, value)],
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

type Item = ReadResult<Uint8Array>;
const encodedReadRequest = /* @__PURE__ */ readRequest(encodedData);
const encodedReadResponse = /* @__PURE__ */ readResponse(encodedData);
const encodedWriteRequest = /* @__PURE__ */ writeRequest(encodedData);

function* readResults(
  first: Uint8Array,
  count: number,
  limits: ServiceLimits,
  onBlock: ((received: number) => void) | undefined,
): Conversation<GetDataResult<Uint8Array>[]> {
  const items = itemsOf(first, 'READ');
  const [only] = items;
  if (items.length !== 1 || only?.type !== 'data-block-result') return plain(items, count);
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
    if (item?.type === 'data-access-error')
      return Array.from({ length: count }, () => ({ type: 'data-access-result', value: item.value }));
    if (next.length !== 1 || item?.type !== 'data-block-result')
      throw unexpected(`block ${expected + 1}`, item?.type ?? 'nothing');
    block = item;
  }
}
function plain(items: readonly Item[], count: number): GetDataResult<Uint8Array>[] {
  if (items.length !== count)
    throw new DlmsError('decode/invalid-length', { offset: 0, expected: `${count} results`, actual: items.length });
  return items.map((item) => {
    if (item.type === 'data') return item;
    if (item.type === 'data-access-error') return { type: 'data-access-result', value: item.value };
    throw unexpected('READ', item.type);
  });
}
/**
 * What the blocks hold together: the list of results with its count, as in a response without blocks; or, as the Gurux family cuts it, the same without the count
 * and the choice of the first result. With one result the first octets tell: a count of 1 and a choice of 0 are no Data with anything behind it.
 */
function fromBlocks(octets: Uint8Array, count: number): GetDataResult<Uint8Array>[] {
  const w = new Writer(8);
  w.length(count);
  const head = w.finish();
  const choice = octets[head.length];
  if (equalBytes(octets.subarray(0, head.length), head) && (choice === 0 || (choice === 1 && count > 1))) {
    try {
      const r = new Reader(octets, { lenient: true });
      const results = plain(decodeFrom(encodedReadResponse, r), count);
      if (count === 1 || r.left === 0) return results;
    } catch (e) {
      if (count === 1) throw e;
    }
  }
  return plain(decode(encodedReadResponse, concat(head, Uint8Array.of(0), octets), { lenient: true }), count);
}

const itemsOf = (bytes: Uint8Array, state: string): Item[] => response(bytes, 'readResponse', state).value;
const readOnly = (bytes: Uint8Array): Item | undefined => {
  const items = itemsOf(bytes, 'READ by blocks');
  return items.length === 1 ? items[0] : undefined;
};
function requireNumber(item: Item | WriteResult | undefined, expected: number): void {
  if (item?.type === 'data-access-error')
    throw new DlmsError('service/data-access', { result: item.value, object: `block ${expected}` });
  if (item?.type !== 'block-number') throw unexpected(`block ${expected}`, item?.type ?? 'several results');
  if (item.value !== expected)
    throw new DlmsError('protocol/block-number', { side: 'remote', expected, received: item.value });
}
const writeResults = (bytes: Uint8Array): WriteResult[] => response(bytes, 'writeResponse', 'WRITE').value;
const unexpected = (state: string, received: string): DlmsError =>
  new DlmsError('protocol/unexpected-apdu', { side: 'remote', state, received });
