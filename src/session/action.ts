import { encodedData } from '../axdr/encoded-data.js';
import { decode, decodeFrom, sequenceOf } from '../axdr/schema.js';
import { Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import {
  type ActionRequest,
  type ActionResponse,
  type ActionResponseWithOptionalData,
  actionResponseWithOptionalData,
} from '../xdlms/action.js';
import type { CosemMethodDescriptor, DataBlockSA, InvokeIdAndPriority } from '../xdlms/common.js';
import { emptyBlock, receiveBlocks, roomOf, sendBlocks } from './block-conversations.js';
import { type Conversation, request, response } from './conversation.js';
import { encodeValues, sameInvokeId } from './get.js';
import { type ServiceLimits, wholeSize } from './limits.js';

const returned = /* @__PURE__ */ actionResponseWithOptionalData(encodedData);

/**
 * ACTION of one method. Long parameters are sent in blocks, and return data may arrive in blocks.
 * @param parameters octets of Data, like the return data
 */
export function* invokeMethod(
  invoke: InvokeIdAndPriority,
  method: CosemMethodDescriptor,
  parameters: Uint8Array | undefined,
  limits: ServiceLimits,
): Conversation<ActionResponseWithOptionalData<Uint8Array>> {
  const whole = request({
    type: 'action-request',
    value: {
      type: 'action-request-normal',
      invokeIdAndPriority: invoke,
      cosemMethodDescriptor: method,
      ...(parameters === undefined ? {} : { methodInvocationParameters: parameters }),
    },
  });
  const answer =
    whole.length <= wholeSize(limits, 'action') || parameters === undefined
      ? read(yield whole, invoke)
      : yield* sendParameters(invoke, parameters, limits, (pblock) => ({
          type: 'action-request-with-first-pblock',
          invokeIdAndPriority: invoke,
          cosemMethodDescriptor: method,
          pblock,
        }));
  if (answer.type === 'action-response-normal') return answer.singleResponse;
  if (answer.type === 'action-response-with-pblock') return singleOf(yield* receiveReturned(invoke, answer, limits));
  throw unexpected(answer);
}

/**
 * ACTION of several methods, with one response for each. Methods without parameters get null-data.
 * @param parameters octets of Data, like the return data
 */
export function* invokeList(
  invoke: InvokeIdAndPriority,
  methods: readonly CosemMethodDescriptor[],
  parameters: readonly Uint8Array[],
  limits: ServiceLimits,
): Conversation<ActionResponseWithOptionalData<Uint8Array>[]> {
  const cosemMethodDescriptorList = [...methods];
  const whole = request({
    type: 'action-request',
    value: {
      type: 'action-request-with-list',
      invokeIdAndPriority: invoke,
      cosemMethodDescriptorList,
      methodInvocationParameters: [...parameters],
    },
  });
  const answer =
    whole.length <= wholeSize(limits, 'action')
      ? read(yield whole, invoke)
      : yield* sendParameters(invoke, encodeValues(parameters), limits, (pblock) => ({
          type: 'action-request-with-list-and-first-pblock',
          invokeIdAndPriority: invoke,
          cosemMethodDescriptorList,
          pblock,
        }));
  const responses =
    answer.type === 'action-response-with-list'
      ? answer.listOfResponses
      : answer.type === 'action-response-with-pblock'
        ? decode(sequenceOf(returned), yield* receiveReturned(invoke, answer, limits), {
            lenient: true,
          })
        : undefined;
  if (responses === undefined) throw unexpected(answer);
  if (responses.length !== methods.length)
    throw new DlmsError('decode/invalid-length', {
      offset: 0,
      expected: `${methods.length} responses`,
      actual: responses.length,
    });
  return responses;
}

function sendParameters(
  invoke: InvokeIdAndPriority,
  parameters: Uint8Array,
  limits: ServiceLimits,
  first: (block: DataBlockSA) => ActionRequest<Uint8Array>,
): Conversation<ActionResponse<Uint8Array>> {
  const next = (pblock: DataBlockSA): ActionRequest<Uint8Array> => ({
    type: 'action-request-with-pblock',
    invokeIdAndPriority: invoke,
    pblock,
  });
  const encoded = (r: ActionRequest<Uint8Array>): Uint8Array => request({ type: 'action-request', value: r });
  return sendBlocks(parameters, {
    first: roomOf(limits, encoded(first(emptyBlock))),
    others: roomOf(limits, encoded(next(emptyBlock))),
    request: (block) => encoded(block.blockNumber === 1 ? first(block) : next(block)),
    answer: (bytes) => read(bytes, invoke),
    acknowledged: (answer) => (answer.type === 'action-response-next-pblock' ? answer.blockNumber : undefined),
  });
}
function receiveReturned(
  invoke: InvokeIdAndPriority,
  { pblock }: WithPblock,
  limits: ServiceLimits,
): Conversation<Uint8Array> {
  return receiveBlocks<never>(pblock, { limit: () => limits.receiveTotal }, function* (blockNumber) {
    const next = { type: 'action-request-next-pblock', invokeIdAndPriority: invoke, blockNumber } as const;
    const answer = read(yield request({ type: 'action-request', value: next }), invoke);
    if (answer.type !== 'action-response-with-pblock') throw unexpected(answer);
    return answer.pblock;
  });
}
type WithPblock = Extract<ActionResponse, { type: 'action-response-with-pblock' }>;

/**
 * What the blocks of one response contain together is not confirmed by any source: the whole
 * Action-Response-With-Optional-Data, or only the return Data. The former is tried first, and must use up all octets.
 */
function singleOf(bytes: Uint8Array): ActionResponseWithOptionalData<Uint8Array> {
  try {
    return decode(returned, bytes);
  } catch {
    const r = new Reader(bytes, { lenient: true });
    return { result: 'success', returnParameters: { type: 'data', value: decodeFrom(encodedData, r) } };
  }
}

function read(bytes: Uint8Array, invoke: InvokeIdAndPriority): ActionResponse<Uint8Array> {
  const { value } = response(bytes, 'action-response', 'ACTION');
  sameInvokeId(value.invokeIdAndPriority, invoke);
  return value;
}
const unexpected = (r: ActionResponse<Uint8Array>): DlmsError =>
  new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: 'ACTION', received: r.type });
