import { Data } from '../axdr/data.js';
import { boolean, octets, unsigned32 } from '../axdr/scalars.js';
import {
  alternative,
  choice,
  decode,
  decodeFrom,
  encode,
  type Infer,
  type Schema,
  scalar,
  sequence,
  sequenceOf,
  withReadPath,
} from '../axdr/schema.js';
import { asDecodeError, Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { Apdu } from '../xdlms/apdu.js';
import {
  type CosemAttributeDescriptorWithSelection,
  DataAccessResult,
  type InvokeIdAndPriority as InvokeId,
  InvokeIdAndPriority,
} from '../xdlms/common.js';
import type { GetRequest } from '../xdlms/get.js';
import { ReceivedBlocks } from './blocks.js';
import { type Conversation, refused, request } from './conversation.js';
import { type ServiceLimits, wholeSize } from './limits.js';

/** The encoded Data of an attribute, or why there is none. The caller decodes it once, with the type that it knows. */
export type RawGetResult =
  | { type: 'data'; value: Uint8Array }
  | { type: 'data-access-result'; value: DataAccessResult };

// The response again, but with the Data left as octets: an attribute is decoded by its own schema, once, not as Data first.
const untilEnd: Schema<Uint8Array> = /* @__PURE__ */ scalar(
  'Data',
  { of: 'octets' },
  (r) => r.take(r.left),
  (w, v) => w.bytes(v),
);
const rawResponse = /* @__PURE__ */ choice('Get-Response', {
  'get-response-normal': alternative(
    1,
    /* @__PURE__ */ sequence('Get-Response-Normal', {
      invokeIdAndPriority: InvokeIdAndPriority,
      result: /* @__PURE__ */ choice('Get-Data-Result', {
        data: alternative(0, untilEnd),
        'data-access-result': alternative(1, DataAccessResult),
      }),
    }),
  ),
  'get-response-with-datablock': alternative(
    2,
    /* @__PURE__ */ sequence('Get-Response-With-Datablock', {
      invokeIdAndPriority: InvokeIdAndPriority,
      lastBlock: boolean,
      blockNumber: unsigned32,
      result: /* @__PURE__ */ choice('DataBlock-G-Result', {
        'raw-data': alternative(0, octets),
        'data-access-result': alternative(1, DataAccessResult),
      }),
    }),
  ),
  'get-response-with-list': alternative(
    3,
    /* @__PURE__ */ sequence('Get-Response-With-List', { invokeIdAndPriority: InvokeIdAndPriority, list: untilEnd }),
  ),
});
type RawResponse = Infer<typeof rawResponse>;

function readResponse(bytes: Uint8Array, invoke: InvokeId, state: string): RawResponse {
  if (bytes[0] !== 0xc4) throw refused(decode(Apdu, bytes, { lenient: true }), state);
  const r = new Reader(bytes, { lenient: true });
  r.offset = 1;
  const response = decodeFrom(rawResponse, r);
  if (r.left !== 0)
    r.tolerate('trailing-octets', new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left }));
  sameInvokeId(response.invokeIdAndPriority, invoke);
  return response;
}
export function sameInvokeId(received: InvokeId, sent: InvokeId): void {
  if (received.invokeId !== sent.invokeId)
    throw new DlmsError('protocol/invoke-id', { side: 'remote', expected: sent.invokeId, received: received.invokeId });
}

/** GET of one attribute, in one response or by blocks. `onBlock` hears of progress. */
export function* getAttribute(
  invoke: InvokeId,
  target: CosemAttributeDescriptorWithSelection,
  limits: ServiceLimits,
  onBlock?: (received: number) => void,
): Conversation<RawGetResult> {
  const first: GetRequest = { type: 'get-request-normal', invokeIdAndPriority: invoke, ...target };
  const response = readResponse(yield request({ type: 'get-request', value: first }), invoke, 'GET');
  if (response.type === 'get-response-normal') return response.result;
  if (response.type !== 'get-response-with-datablock')
    throw new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: 'GET', received: response.type });
  const blocks = yield* remainingBlocks(invoke, response, limits, onBlock);
  return blocks instanceof Uint8Array
    ? { type: 'data', value: blocks }
    : { type: 'data-access-result', value: blocks.value };
}

export type GetResult = { type: 'data'; value: unknown } | { type: 'data-access-result'; value: DataAccessResult };

/**
 * GET of several attributes; each result decoded with the schema at its place. As many go into one request as the server takes; the response comes whole
 * or by blocks. A server that answers a list like a single request (it knows no lists, or cannot send so long an answer) is asked one by one.
 */
export function* getList(
  invoke: InvokeId,
  targets: readonly CosemAttributeDescriptorWithSelection[],
  schemas: readonly Schema<any>[],
  limits: ServiceLimits,
): Conversation<GetResult[]> {
  const results: GetResult[] = [];
  while (results.length < targets.length) {
    const { apdu, count } = listRequest(invoke, targets.slice(results.length), wholeSize(limits, 'get'));
    const expected = schemas.slice(results.length, results.length + count);
    const response = readResponse(yield apdu, invoke, 'GET with list');
    if (response.type === 'get-response-with-list') results.push(...readList(response.list, expected));
    else if (response.type === 'get-response-with-datablock') {
      const blocks = yield* remainingBlocks(invoke, response, limits, undefined);
      results.push(...(blocks instanceof Uint8Array ? readList(blocks, expected) : expected.map(() => blocks)));
    } else {
      for (const schema of expected) {
        const result = yield* getAttribute(
          invoke,
          targets[results.length] as CosemAttributeDescriptorWithSelection,
          limits,
        );
        results.push(
          result.type === 'data' ? { type: 'data', value: decode(schema, result.value, { lenient: true }) } : result,
        );
      }
    }
  }
  return results;
}
/** The longest list that fits, at least one. */
function listRequest(
  invoke: InvokeId,
  targets: readonly CosemAttributeDescriptorWithSelection[],
  sendSize: number,
): { apdu: Uint8Array; count: number } {
  for (let count = targets.length; ; count = Math.max(1, count >> 1)) {
    const apdu = request({
      type: 'get-request',
      value: {
        type: 'get-request-with-list',
        invokeIdAndPriority: invoke,
        attributeDescriptorList: targets.slice(0, count),
      },
    });
    if (count <= 1 || apdu.length <= sendSize) return { apdu, count };
  }
}

function readList(bytes: Uint8Array, schemas: readonly Schema<any>[]): GetResult[] {
  const r = new Reader(bytes, { lenient: true });
  const n = read(r, () => r.length());
  if (n !== schemas.length)
    throw new DlmsError('decode/invalid-length', { offset: 0, expected: `${schemas.length} results`, actual: n });
  const results = schemas.map((schema, i): GetResult => {
    try {
      const offset = r.offset;
      const kind = r.u8();
      if (kind === 0) return { type: 'data', value: schema.read(r) };
      if (kind === 1) return { type: 'data-access-result', value: DataAccessResult.read(r) };
      throw new DlmsError('decode/unknown-choice', { offset, expected: 'Get-Data-Result', actual: kind });
    } catch (e) {
      throw withReadPath(e, String(i), r);
    }
  });
  if (r.left > 0)
    r.tolerate('trailing-octets', new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left }));
  return results;
}
function read<T>(r: Reader, work: () => T): T {
  try {
    return work();
  } catch (e) {
    throw asDecodeError(e, r);
  }
}

/**
 * The blocks after the first. They are numbered from 1, and the client asks for the next by naming the last one.
 * A block that was already taken (the server repeats it after a request was repeated below) is passed over once.
 */
function* remainingBlocks(
  invoke: InvokeId,
  first: DataBlock,
  limits: ServiceLimits,
  onBlock: ((received: number) => void) | undefined,
): Conversation<Uint8Array | { type: 'data-access-result'; value: DataAccessResult }> {
  const blocks = new ReceivedBlocks(limits.receiveTotal);
  let block = first;
  let repeated = false;
  for (let expected = 1; ; ) {
    if (block.result.type === 'data-access-result') return block.result;
    const again: boolean = block.blockNumber === expected - 1 && blocks.count > 0 && !repeated;
    if (!again && block.blockNumber !== expected)
      throw new DlmsError('protocol/block-number', { side: 'remote', expected, received: block.blockNumber });
    repeated = again;
    if (again) {
      block = yield* nextBlock(invoke, expected - 1);
      continue;
    }
    const received = blocks.take(block.result.value, block.lastBlock);
    onBlock?.(received);
    if (block.lastBlock) return blocks.octets();
    block = yield* nextBlock(invoke, expected++);
  }
}
/** A refusal in the form of a normal response counts as one in a block. */
function* nextBlock(invoke: InvokeId, received: number): Conversation<DataBlock> {
  const next = yield request({
    type: 'get-request',
    value: { type: 'get-request-next', invokeIdAndPriority: invoke, blockNumber: received },
  });
  const response = readResponse(next, invoke, `block ${received + 1}`);
  if (response.type === 'get-response-with-datablock') return response;
  if (response.type === 'get-response-normal' && response.result.type === 'data-access-result')
    return { lastBlock: true, blockNumber: received + 1, result: response.result };
  throw new DlmsError('protocol/unexpected-apdu', {
    side: 'remote',
    state: `block ${received + 1}`,
    received: response.type,
  });
}
type DataBlock = Pick<
  Extract<RawResponse, { type: 'get-response-with-datablock' }>,
  'lastBlock' | 'blockNumber' | 'result'
>;

/** The encoded SEQUENCE OF Data or one Data, as it is cut into blocks. */
export const encodeValues = (values: readonly Data[]): Uint8Array => encode(sequenceOf(Data), [...values]);
