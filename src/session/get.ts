import { encodedData } from '../axdr/encoded-data.js';
import { decode, encode, sequenceOf } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import type { CosemAttributeDescriptorWithSelection, InvokeIdAndPriority } from '../xdlms/common.js';
import type { DataBlockG, GetRequest, GetResponse } from '../xdlms/get.js';
import { type GetDataResult, getDataResult } from '../xdlms/get-data-result.js';
import { receiveBlocks } from './block-conversations.js';
import type { Block } from './block-receiver.js';
import { type Conversation, request, response } from './conversation.js';
import { type ServiceLimits, wholeSize } from './limits.js';

// Values are octets of Data, which the caller decodes once, with the type that it knows.

function readResponse(bytes: Uint8Array, invoke: InvokeIdAndPriority, state: string): GetResponse<Uint8Array> {
  const { value } = response(bytes, 'get-response', state);
  sameInvokeId(value.invokeIdAndPriority, invoke);
  return value;
}
export function sameInvokeId(received: InvokeIdAndPriority, sent: InvokeIdAndPriority): void {
  if (received.invokeId !== sent.invokeId)
    throw new DlmsError('protocol/invoke-id', { side: 'remote', expected: sent.invokeId, received: received.invokeId });
}

/** GET of one attribute, in one response or in blocks. `onBlock` is called with the octets received so far. */
export function* getAttribute(
  invoke: InvokeIdAndPriority,
  target: CosemAttributeDescriptorWithSelection,
  limits: ServiceLimits,
  onBlock?: (received: number) => void,
): Conversation<GetDataResult<Uint8Array>> {
  const first: GetRequest = { type: 'get-request-normal', invokeIdAndPriority: invoke, ...target };
  const answer = readResponse(yield request({ type: 'get-request', value: first }), invoke, 'GET');
  if (answer.type === 'get-response-normal') return answer.result;
  if (answer.type !== 'get-response-with-datablock')
    throw new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: 'GET', received: answer.type });
  const blocks = yield* receive(invoke, answer.result, limits, onBlock);
  return blocks instanceof Uint8Array ? { type: 'data', value: blocks } : blocks;
}

/**
 * GET of several attributes, with one result for each. Each request has as many as the server accepts; the response
 * comes whole or in blocks. If a server answers a list like a single request (because it knows no lists, or cannot send
 * so long an answer), the attributes are read one by one.
 */
export function* getList(
  invoke: InvokeIdAndPriority,
  targets: readonly CosemAttributeDescriptorWithSelection[],
  limits: ServiceLimits,
): Conversation<GetDataResult<Uint8Array>[]> {
  const results: GetDataResult<Uint8Array>[] = [];
  while (results.length < targets.length) {
    const { apdu, count } = listRequest(invoke, targets.slice(results.length), wholeSize(limits, 'get'));
    const answer = readResponse(yield apdu, invoke, 'GET with list');
    if (answer.type === 'get-response-with-list') results.push(...checked(answer.result, count));
    else if (answer.type === 'get-response-with-datablock') {
      const blocks = yield* receive(invoke, answer.result, limits);
      results.push(
        ...(blocks instanceof Uint8Array
          ? checked(decode(listOfResults, blocks, { lenient: true }), count)
          : Array.from({ length: count }, () => blocks)),
      );
    } else
      for (const target of targets.slice(results.length, results.length + count))
        results.push(yield* getAttribute(invoke, target, limits));
  }
  return results;
}
const listOfResults = /* @__PURE__ */ sequenceOf(/* @__PURE__ */ getDataResult(encodedData));
function checked<T>(results: T[], count: number): T[] {
  if (results.length !== count)
    throw new DlmsError('decode/invalid-length', { offset: 0, expected: `${count} results`, actual: results.length });
  return results;
}
/** A request with a list that fits, of at least one attribute. */
function listRequest(
  invoke: InvokeIdAndPriority,
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

/**
 * Receives all blocks of a response. The client asks for each by naming the previous one; one repetition of a block
 * (because a lower layer repeated the request) is skipped.
 * @returns the value, or the refusal of a block
 */
function receive(
  invoke: InvokeIdAndPriority,
  first: DataBlockG,
  limits: ServiceLimits,
  onBlock?: (received: number) => void,
): Conversation<Uint8Array | Refusal> {
  const limit = (): number => limits.receiveTotal;
  return receiveBlocks(blockOf(first), { limit, repeats: 1 }, (number) => nextBlock(invoke, number), onBlock);
}
/** A refusal in a normal response counts like one in a block. */
function* nextBlock(invoke: InvokeIdAndPriority, received: number): Conversation<Block | Refusal> {
  const next = yield request({
    type: 'get-request',
    value: { type: 'get-request-next', invokeIdAndPriority: invoke, blockNumber: received },
  });
  const state = `block ${received + 1}`;
  const answer = readResponse(next, invoke, state);
  if (answer.type === 'get-response-with-datablock') return blockOf(answer.result);
  if (answer.type === 'get-response-normal' && answer.result.type === 'data-access-result') return answer.result;
  throw new DlmsError('protocol/unexpected-apdu', { side: 'remote', state, received: answer.type });
}
type Refusal = Extract<GetDataResult, { type: 'data-access-result' }>;
const blockOf = ({ lastBlock, blockNumber, result }: DataBlockG): Block | Refusal =>
  result.type === 'data-access-result' ? result : { lastBlock, blockNumber, rawData: result.value };

/** The values of a list, as they are split into blocks. */
export const encodeValues = (values: readonly Uint8Array[]): Uint8Array => encode(listOfValues, [...values]);
const listOfValues = /* @__PURE__ */ sequenceOf(encodedData);
