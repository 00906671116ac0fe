import { encodedNull } from '../axdr/encoded-data.js';
import { DlmsError } from '../core/errors.js';
import type { AccessRequestSpecification, AccessResponseSpecification } from '../xdlms/access.js';
import type {
  ActionResult,
  CosemAttributeDescriptorWithSelection,
  CosemMethodDescriptor,
  DataAccessResult,
  LongInvokeIdAndPriority,
} from '../xdlms/common.js';
import { type Conversation, request, response } from './conversation.js';
import { type ServiceLimits, wholeSize } from './limits.js';

/** One item of an Access-Request. Values and parameters are octets of Data. */
export type AccessItem =
  | { readonly service: 'get'; readonly attribute: CosemAttributeDescriptorWithSelection }
  | {
      readonly service: 'set';
      readonly attribute: CosemAttributeDescriptorWithSelection;
      readonly value: Uint8Array;
    }
  | {
      readonly service: 'action';
      readonly method: CosemMethodDescriptor;
      /** Default: null-data. */
      readonly parameter?: Uint8Array | undefined;
    };
/** The outcome of one item. */
export interface AccessResult {
  readonly result: DataAccessResult | ActionResult;
  /** Octets of Data: the value of a GET, or the return data of an ACTION; null-data if there is none. */
  readonly data: Uint8Array;
}

/**
 * ACCESS: GET, SET and ACTION of any objects, carried out in order, with one result for each. Each request has as many
 * as the server accepts; with general block transfer, all of them. With `break-on-error` in the invoke-id, nothing more
 * is sent after a request in which an item failed; what was not sent has no result.
 * @throws DlmsError `service/unsupported` for an item that does not even fit into a request of its own, before anything
 *   is sent; `service/exception`, `protocol/…`, `decode/…`
 */
export function* accessItems(
  invoke: LongInvokeIdAndPriority,
  items: readonly AccessItem[],
  limits: ServiceLimits,
): Conversation<AccessResult[]> {
  const results: AccessResult[] = [];
  const sendSize = wholeSize(limits, 'access');
  let failed = false;
  // About as many items fit as fitted into the request before: trying them all each time would cost their square.
  for (let most = items.length; results.length < items.length; ) {
    const { apdu, count } = longestRequest(invoke, items.slice(results.length, results.length + most), sendSize);
    most = 2 * count;
    // An item refused after the first request would lose the results of what had been done.
    if (results.length === 0 && count < items.length)
      for (const item of items) longestRequest(invoke, [item], sendSize);
    const { longInvokeIdAndPriority, accessResponseBody } = response(yield apdu, 'access-response', 'ACCESS');
    if (longInvokeIdAndPriority.invokeId !== invoke.invokeId)
      throw new DlmsError('protocol/invoke-id', {
        side: 'remote',
        expected: invoke.invokeId,
        received: longInvokeIdAndPriority.invokeId,
      });
    const { accessResponseSpecification: outcomes, accessResponseListOfData: data } = accessResponseBody;
    for (const list of [outcomes, data])
      if (list.length !== count)
        throw new DlmsError('decode/invalid-length', { offset: 0, expected: `${count} results`, actual: list.length });
    for (const [i, outcome] of outcomes.entries()) {
      checkService(items[results.length] as AccessItem, outcome);
      results.push({ result: outcome.result, data: data[i] as Uint8Array });
      failed ||= outcome.result !== 'success';
    }
    if (invoke.processingOption === 'break-on-error' && failed) break;
  }
  return results;
}

/** The longest request that fits. */
function longestRequest(
  invoke: LongInvokeIdAndPriority,
  items: readonly AccessItem[],
  sendSize: number,
): { apdu: Uint8Array; count: number } {
  for (let count = items.length; ; count >>= 1) {
    const part = items.slice(0, count);
    const apdu = request({
      type: 'access-request',
      longInvokeIdAndPriority: invoke,
      dateTime: new Uint8Array(0),
      accessRequestBody: {
        accessRequestSpecification: part.map(specificationOf),
        accessRequestListOfData: part.map(dataOf),
      },
    });
    if (apdu.length <= sendSize) return { apdu, count };
    if (count === 1)
      throw new DlmsError('service/unsupported', {
        what: `an ACCESS of ${apdu.length} octets where the server takes ${sendSize}, without general block transfer`,
      });
  }
}
function specificationOf(item: AccessItem): AccessRequestSpecification {
  if (item.service === 'action') return { type: 'access-request-action', cosemMethodDescriptor: item.method };
  const { cosemAttributeDescriptor, accessSelection } = item.attribute;
  return accessSelection === undefined
    ? { type: `access-request-${item.service}`, cosemAttributeDescriptor }
    : { type: `access-request-${item.service}-with-selection`, cosemAttributeDescriptor, accessSelection };
}
function dataOf(item: AccessItem): Uint8Array {
  if (item.service === 'set') return item.value;
  return (item.service === 'action' ? item.parameter : undefined) ?? encodedNull;
}
function checkService(item: AccessItem, { type }: AccessResponseSpecification): void {
  if (type !== `access-response-${item.service}`)
    throw new DlmsError('protocol/unexpected-apdu', {
      side: 'remote',
      state: `ACCESS, where the item is a ${item.service.toUpperCase()}`,
      received: type,
    });
}
