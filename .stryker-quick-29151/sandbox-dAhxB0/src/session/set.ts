import { DlmsError } from '../core/errors.js';
import type { CosemAttributeDescriptorWithSelection, DataAccessResult, InvokeIdAndPriority } from '../xdlms/common.js';
import type { SetRequest, SetResponse } from '../xdlms/set.js';
import { splitBlocks } from './blocks.js';
import { type Conversation, request, response } from './conversation.js';
import { encodeValues, sameInvokeId } from './get.js';
import { type ServiceLimits, wholeSize } from './limits.js';

/**
 * SET of one attribute, in one request or by blocks when the request would be longer than the server takes.
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
  const last = yield* sendBlocks(invoke, value, limits, (datablock) => ({
    type: 'set-request-with-first-datablock',
    invokeIdAndPriority: invoke,
    ...target,
    datablock,
  }));
  if (last.type === 'set-response-last-datablock' || last.type === 'set-response-normal') return last.result;
  throw unexpected(last);
}

/**
 * SET of several attributes; one result for each.
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
  const last = yield* sendBlocks(invoke, encodeValues(values), limits, (datablock) => ({
    type: 'set-request-with-list-and-first-datablock',
    invokeIdAndPriority: invoke,
    attributeDescriptorList,
    datablock,
  }));
  if (last.type === 'set-response-last-datablock-with-list' || last.type === 'set-response-with-list')
    return checked(last.result);
  throw unexpected(last);
}

type DataBlock = Extract<SetRequest, { type: 'set-request-with-datablock' }>['datablock'];
/** All blocks but the last are acknowledged by their number; what the server says to the last one is returned. */
function* sendBlocks(
  invoke: InvokeIdAndPriority,
  value: Uint8Array,
  limits: ServiceLimits,
  first: (block: DataBlock) => SetRequest<Uint8Array>,
): Conversation<SetResponse> {
  const empty: DataBlock = { lastBlock: false, blockNumber: 1, rawData: new Uint8Array(0) };
  const room = (r: SetRequest<Uint8Array>): number =>
    limits.sendSize - request({ type: 'set-request', value: r }).length - 4;
  const next = (datablock: DataBlock): SetRequest<Uint8Array> => ({
    type: 'set-request-with-datablock',
    invokeIdAndPriority: invoke,
    datablock,
  });
  const parts = splitBlocks(value, room(first(empty)), room(next(empty)));
  for (const [i, rawData] of parts.entries()) {
    const block: DataBlock = { lastBlock: i === parts.length - 1, blockNumber: i + 1, rawData };
    const answer = read(yield request({ type: 'set-request', value: i === 0 ? first(block) : next(block) }), invoke);
    if (block.lastBlock) return answer;
    // A server that cannot go on says so with the final response instead of an acknowledgement.
    if (answer.type !== 'set-response-datablock') return answer;
    if (answer.blockNumber !== block.blockNumber)
      throw new DlmsError('protocol/block-number', {
        side: 'remote',
        expected: block.blockNumber,
        received: answer.blockNumber,
      });
  }
  throw unexpected({ type: 'set-response-datablock', invokeIdAndPriority: invoke, blockNumber: 0 });
}

function read(bytes: Uint8Array, invoke: InvokeIdAndPriority): SetResponse {
  const { value } = response(bytes, 'set-response', 'SET');
  sameInvokeId(value.invokeIdAndPriority, invoke);
  return value;
}
const unexpected = (r: SetResponse): DlmsError =>
  new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: 'SET', received: r.type });
