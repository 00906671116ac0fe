import { octetString } from '../axdr/data.js';
import { encodedData } from '../axdr/encoded-data.js';
import { decode, decodeFrom, encode, encodeCount } from '../axdr/schema.js';
import { concat, equalBytes } from '../core/bytes.js';
import { Reader } from '../core/cursor.js';
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
import { type BlockRequests, receiveBlocks, sendBlocks } from './block-conversations.js';
import { type Conversation, refused, request, response } from './conversation.js';
import type { ServiceLimits } from './limits.js';

// READ and WRITE with short names. There is no invoke-id: a response belongs to the request before it. Values and
// parameters are octets of Data.

/** What a client with short names proposes, and a server supports, by default. */
export const shortNameConformance: readonly ConformanceBit[] = [
  'read',
  'write',
  'unconfirmed-write',
  'block-transfer-with-get-or-read',
  'block-transfer-with-set-or-write',
  'multiple-references',
  'parameterized-access',
];

/** Octets of a request besides the raw data of a block: tag, counts, choice, last-block, number, tag and length. */
const blockFields = 16;

/**
 * READ of one or more names, with one result for each. Long responses come in blocks (`data-block-result`; the client
 * names the last block it got with `block-number-access`); long requests are sent in blocks (`read-data-block-access`;
 * from the ASN.1 alone, no known peer accepts them).
 */
export function* readNames(
  names: readonly VariableAccessSpecification<Uint8Array>[],
  limits: ServiceLimits,
  onBlock?: (received: number) => void,
): Conversation<GetDataResult<Uint8Array>[]> {
  const whole = request({ type: 'readRequest', value: [...names] });
  if (whole.length <= limits.sendSize)
    return yield* readResults(itemsOf(yield whole, 'READ'), names.length, limits, onBlock);
  const items = yield* sendByBlocks(encode(encodedReadRequest, [...names]), limits, {
    request: (block) => request({ type: 'readRequest', value: [{ type: 'read-data-block-access', ...block }] }),
    answer: (bytes) => itemsOf(bytes, 'READ in blocks'),
  });
  return yield* readResults(items, names.length, limits, onBlock);
}

/**
 * WRITE of one or more names, with one result for each. A request longer than the server accepts is sent in blocks:
 * `write-data-block-access`, with the octets of both lists, names and values, as one octet-string after the other
 * (doubtful: from the ASN.1 alone, no known peer accepts them).
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
      : yield* sendByBlocks(encode(encodedWriteRequest, whole), limits, {
          request: ({ rawData, ...block }) =>
            request({
              type: 'writeRequest',
              variableAccessSpecification: [{ type: 'write-data-block-access', ...block }],
              listOfData: [encode(octetString, rawData)],
            }),
          answer: writeResults,
        });
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
/**
 * WRITE of one name that is answered like a READ, with data. Not in the books, but the Gurux family invokes methods
 * with return data this way.
 */
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
/** Sends a value in blocks; all but the last are acknowledged by just their number. */
function sendByBlocks<R extends Item | WriteResult>(
  value: Uint8Array,
  limits: ServiceLimits,
  service: Pick<BlockRequests<R[]>, 'request' | 'answer'>,
): Conversation<R[]> {
  const size = limits.sendSize - blockFields;
  if (size > 0 && value.length > size * 0xffff)
    throw new DlmsError('service/unsupported', { what: 'more than 65535 blocks' });
  return sendBlocks(value, {
    ...service,
    first: size,
    others: size,
    acknowledged(answer, { blockNumber }) {
      const [item] = answer;
      if (item?.type === 'data-access-error')
        throw new DlmsError('service/data-access', { result: item.value, object: `block ${blockNumber}` });
      if (answer.length !== 1 || item?.type !== 'block-number')
        throw unexpected(`block ${blockNumber}`, item?.type ?? 'nothing');
      return item.value;
    },
  });
}

// ── responses ────────────────────────────────────────────────────────────────────────────────────────────

type Item = ReadResult<Uint8Array>;
const encodedReadRequest = /* @__PURE__ */ readRequest(encodedData);
const encodedReadResponse = /* @__PURE__ */ readResponse(encodedData);
const encodedWriteRequest = /* @__PURE__ */ writeRequest(encodedData);

function* readResults(
  items: readonly Item[],
  count: number,
  limits: ServiceLimits,
  onBlock: ((received: number) => void) | undefined,
): Conversation<GetDataResult<Uint8Array>[]> {
  const [only] = items;
  if (items.length !== 1 || only?.type !== 'data-block-result') return plain(items, count);
  // Numbers have sixteen bits; a longer transfer wraps around to 0.
  const options = { limit: () => limits.receiveTotal, modulus: 0x10000 };
  const blocks = yield* receiveBlocks<Refusal>(only, options, nextBlock, onBlock);
  if (blocks instanceof Uint8Array) return fromBlocks(blocks, count);
  return Array.from({ length: count }, () => resultOf(blocks));
}
function* nextBlock(received: number): Conversation<DataBlockResult | Refusal> {
  const state = `block ${received + 1}`;
  const next = { type: 'block-number-access', blockNumber: received & 0xffff } as const;
  const items = itemsOf(yield request({ type: 'readRequest', value: [next] }), state);
  const [item] = items;
  if (item?.type === 'data-access-error') return item;
  if (items.length !== 1 || item?.type !== 'data-block-result') throw unexpected(state, item?.type ?? 'nothing');
  return item;
}
type DataBlockResult = Extract<Item, { type: 'data-block-result' }>;
type Refusal = Extract<Item, { type: 'data-access-error' }>;
const resultOf = ({ value }: Refusal): GetDataResult<Uint8Array> => ({ type: 'data-access-result', value });
function plain(items: readonly Item[], count: number): GetDataResult<Uint8Array>[] {
  if (items.length !== count)
    throw new DlmsError('decode/invalid-length', { offset: 0, expected: `${count} results`, actual: items.length });
  return items.map((item) => {
    if (item.type === 'data') return item;
    if (item.type === 'data-access-error') return resultOf(item);
    throw unexpected('READ', item.type);
  });
}
/**
 * The results in the blocks: a list with its count, as in a response without blocks; or, in the Gurux family, the same
 * without the count and the choice of the first result. For a single result, the first octets tell which: a count of 1
 * and a choice of 0 cannot be the start of Data that is followed by anything.
 */
function fromBlocks(octets: Uint8Array, count: number): GetDataResult<Uint8Array>[] {
  const head = encodeCount(count);
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
const writeResults = (bytes: Uint8Array): WriteResult[] => response(bytes, 'writeResponse', 'WRITE').value;
const unexpected = (state: string, received: string): DlmsError =>
  new DlmsError('protocol/unexpected-apdu', { side: 'remote', state, received });
