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
import type { CosemMethodDescriptor, InvokeIdAndPriority } from '../xdlms/common.js';
import { ReceivedBlocks, splitBlocks } from './blocks.js';
import { type Conversation, request, response } from './conversation.js';
import { encodeValues, sameInvokeId } from './get.js';
import { type ServiceLimits, wholeSize } from './limits.js';

type Returned = ActionResponseWithOptionalData<Uint8Array>;
const returned = /* @__PURE__ */ actionResponseWithOptionalData(encodedData);

/**
 * ACTION of one method. Long parameters go by blocks, and so may the return data.
 * @param parameters octets of Data; so is the return data
 */
export function* invokeMethod(
  invoke: InvokeIdAndPriority,
  method: CosemMethodDescriptor,
  parameters: Uint8Array | undefined,
  limits: ServiceLimits,
): Conversation<Returned> {
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
      : yield* sendBlocks(invoke, parameters, limits, (pblock) => ({
          type: 'action-request-with-first-pblock',
          invokeIdAndPriority: invoke,
          cosemMethodDescriptor: method,
          pblock,
        }));
  if (answer.type === 'action-response-normal') return answer.singleResponse;
  if (answer.type === 'action-response-with-pblock') return singleOf(yield* receiveBlocks(invoke, answer, limits));
  throw unexpected(answer);
}

/**
 * ACTION of several methods; one response for each. Methods without parameters take null-data.
 * @param parameters octets of Data; so is the return data
 */
export function* invokeList(
  invoke: InvokeIdAndPriority,
  methods: readonly CosemMethodDescriptor[],
  parameters: readonly Uint8Array[],
  limits: ServiceLimits,
): Conversation<Returned[]> {
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
      : yield* sendBlocks(invoke, encodeValues(parameters), limits, (pblock) => ({
          type: 'action-request-with-list-and-first-pblock',
          invokeIdAndPriority: invoke,
          cosemMethodDescriptorList,
          pblock,
        }));
  const responses =
    answer.type === 'action-response-with-list'
      ? answer.listOfResponses
      : answer.type === 'action-response-with-pblock'
        ? decode(sequenceOf(returned), yield* receiveBlocks(invoke, answer, limits), {
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

type Pblock = Extract<ActionResponse, { type: 'action-response-with-pblock' }>['pblock'];
function* sendBlocks(
  invoke: InvokeIdAndPriority,
  value: Uint8Array,
  limits: ServiceLimits,
  first: (block: Pblock) => ActionRequest<Uint8Array>,
): Conversation<ActionResponse<Uint8Array>> {
  const empty: Pblock = { lastBlock: false, blockNumber: 1, rawData: new Uint8Array(0) };
  const room = (r: ActionRequest<Uint8Array>): number =>
    limits.sendSize - request({ type: 'action-request', value: r }).length - 4;
  const next = (pblock: Pblock): ActionRequest<Uint8Array> => ({
    type: 'action-request-with-pblock',
    invokeIdAndPriority: invoke,
    pblock,
  });
  const parts = splitBlocks(value, room(first(empty)), room(next(empty)));
  for (const [i, rawData] of parts.entries()) {
    const block: Pblock = { lastBlock: i === parts.length - 1, blockNumber: i + 1, rawData };
    const answer = read(yield request({ type: 'action-request', value: i === 0 ? first(block) : next(block) }), invoke);
    if (block.lastBlock || answer.type !== 'action-response-next-pblock') return answer;
    if (answer.blockNumber !== block.blockNumber)
      throw new DlmsError('protocol/block-number', {
        side: 'remote',
        expected: block.blockNumber,
        received: answer.blockNumber,
      });
  }
  throw new DlmsError('service/unsupported', { what: 'an ACTION without parameters by blocks' });
}

function* receiveBlocks(
  invoke: InvokeIdAndPriority,
  first: Extract<ActionResponse, { type: 'action-response-with-pblock' }>,
  limits: ServiceLimits,
): Conversation<Uint8Array> {
  const blocks = new ReceivedBlocks(limits.receiveTotal);
  let { pblock } = first;
  for (let expected = 1; ; expected++) {
    if (pblock.blockNumber !== expected)
      throw new DlmsError('protocol/block-number', { side: 'remote', expected, received: pblock.blockNumber });
    blocks.take(pblock.rawData, pblock.lastBlock);
    if (pblock.lastBlock) return blocks.octets();
    const answer = read(
      yield request({
        type: 'action-request',
        value: { type: 'action-request-next-pblock', invokeIdAndPriority: invoke, blockNumber: expected },
      }),
      invoke,
    );
    if (answer.type !== 'action-response-with-pblock') throw unexpected(answer);
    pblock = answer.pblock;
  }
}

/**
 * What the blocks of one response hold together is not confirmed by any source: the whole Action-Response-With-Optional-Data, or the
 * return Data alone. The first is tried first; it must use up all octets.
 */
function singleOf(bytes: Uint8Array): Returned {
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
