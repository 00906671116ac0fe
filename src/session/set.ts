import { DlmsError } from '../core/errors.js';
import type {
  CosemAttributeDescriptorWithSelection,
  DataAccessResult,
  DataBlockSA,
  InvokeIdAndPriority,
} from '../xdlms/common.js';
import type { SetRequest, SetResponse } from '../xdlms/set.js';
import { emptyBlock, roomOf, sendBlocks } from './block-conversations.js';
import { type Conversation, request, response } from './conversation.js';
import { encodeValues, sameInvokeId } from './get.js';
import { type ServiceLimits, wholeSize } from './limits.js';

/**
 * SET of one attribute: in one request, or in blocks if the request would be longer than the server accepts.
 * @param value octets of Data
 */
export function* setAttribute(
  invoke: InvokeIdAndPriority,
  target: CosemAttributeDescriptorWithSelection,
  value: Uint8Array,
  limits: ServiceLimits,
): Conversation<DataAccessResult> {
  const whole = request({
    type: 'set-request',
    value: { type: 'set-request-normal', invokeIdAndPriority: invoke, ...target, value },
  });
  if (whole.length <= wholeSize(limits, 'set')) {
    const answer = read(yield whole, invoke);
    if (answer.type === 'set-response-normal') return answer.result;
    throw unexpected(answer);
  }
  const last = yield* sendValue(invoke, value, limits, (datablock) => ({
    type: 'set-request-with-first-datablock',
    invokeIdAndPriority: invoke,
    ...target,
    datablock,
  }));
  if (last.type === 'set-response-last-datablock' || last.type === 'set-response-normal') return last.result;
  throw unexpected(last);
}

/**
 * SET of several attributes, with one result for each.
 * @param values octets of Data
 */
export function* setList(
  invoke: InvokeIdAndPriority,
  targets: readonly CosemAttributeDescriptorWithSelection[],
  values: readonly Uint8Array[],
  limits: ServiceLimits,
): Conversation<DataAccessResult[]> {
  const attributeDescriptorList = [...targets];
  const whole = request({
    type: 'set-request',
    value: {
      type: 'set-request-with-list',
      invokeIdAndPriority: invoke,
      attributeDescriptorList,
      valueList: [...values],
    },
  });
  const checked = (results: DataAccessResult[]): DataAccessResult[] => {
    if (results.length !== targets.length)
      throw new DlmsError('decode/invalid-length', {
        offset: 0,
        expected: `${targets.length} results`,
        actual: results.length,
      });
    return results;
  };
  if (whole.length <= wholeSize(limits, 'set')) {
    const answer = read(yield whole, invoke);
    if (answer.type === 'set-response-with-list') return checked(answer.result);
    throw unexpected(answer);
  }
  const last = yield* sendValue(invoke, encodeValues(values), limits, (datablock) => ({
    type: 'set-request-with-list-and-first-datablock',
    invokeIdAndPriority: invoke,
    attributeDescriptorList,
    datablock,
  }));
  if (last.type === 'set-response-last-datablock-with-list' || last.type === 'set-response-with-list')
    return checked(last.result);
  throw unexpected(last);
}

/** Sends a value in blocks; all but the last are acknowledged by their number. */
function sendValue(
  invoke: InvokeIdAndPriority,
  value: Uint8Array,
  limits: ServiceLimits,
  first: (block: DataBlockSA) => SetRequest<Uint8Array>,
): Conversation<SetResponse> {
  const next = (datablock: DataBlockSA): SetRequest<Uint8Array> => ({
    type: 'set-request-with-datablock',
    invokeIdAndPriority: invoke,
    datablock,
  });
  const encoded = (r: SetRequest<Uint8Array>): Uint8Array => request({ type: 'set-request', value: r });
  return sendBlocks(value, {
    first: roomOf(limits, encoded(first(emptyBlock))),
    others: roomOf(limits, encoded(next(emptyBlock))),
    request: (block) => encoded(block.blockNumber === 1 ? first(block) : next(block)),
    answer: (bytes) => read(bytes, invoke),
    acknowledged: (answer) => (answer.type === 'set-response-datablock' ? answer.blockNumber : undefined),
  });
}

function read(bytes: Uint8Array, invoke: InvokeIdAndPriority): SetResponse {
  const { value } = response(bytes, 'set-response', 'SET');
  sameInvokeId(value.invokeIdAndPriority, invoke);
  return value;
}
const unexpected = (r: SetResponse): DlmsError =>
  new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: 'SET', received: r.type });
