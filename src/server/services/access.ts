import { encodedData, encodedNull } from '../../axdr/encoded-data.js';
import { decode, encode } from '../../axdr/schema.js';
import type { AccessRequest, AccessResponseSpecification } from '../../xdlms/access.js';
import type { ActionResponseWithOptionalData } from '../../xdlms/action.js';
import type { ActionResult, DataAccessResult } from '../../xdlms/common.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import { exception } from '../exception.js';
import type { Exchange } from '../exchange.js';
import type { ServiceContext } from './service-context.js';

/**
 * Carries out the items of an Access-Request in order, with a result for each.
 * @returns the Access-Response; undefined when the client wants none
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: items that share the room of a response
export async function serveAccess(
  request: AccessRequest<Uint8Array>,
  exchange: Exchange,
  context: ServiceContext,
): Promise<Uint8Array | undefined> {
  const { objects } = context;
  // General block transfer takes care of the length.
  const cut = context.supports('general-block-transfer');
  const { accessRequestSpecification: specifications, accessRequestListOfData: data } = request.accessRequestBody;
  const invoke = request.longInvokeIdAndPriority;
  const results: AccessResponseSpecification[] = [];
  const values: Uint8Array[] = [];
  let broken = false;
  let total = 0;
  // What an item requires of the response determines how much fits, so it must be known before the first item is
  // carried out.
  for (const s of specifications) {
    if (s.type === 'access-request-action') objects.invokeRefusal(s.cosemMethodDescriptor, exchange);
    else if (s.type === 'access-request-set' || s.type === 'access-request-set-with-selection')
      objects.writeRefusal(s, exchange);
    else objects.readRefusal(s, exchange);
  }
  const { sendSize, limits } = exchange;
  // Values that do not fit are refused one by one, because what was set or invoked must be reported all the same.
  const room = Math.min(
    limits.octets,
    cut
      ? Number.POSITIVE_INFINITY
      : sendSize - accessFields - specifications.length * (invoke.selfDescriptive ? 16 : 4),
  );
  for (const [i, s] of specifications.entries()) {
    const value = data[i] ?? encodedNull;
    const failed = broken || data.length !== specifications.length || !(await exchange.next());
    let returned = encodedNull;
    let result: DataAccessResult | ActionResult;
    if (s.type === 'access-request-action') {
      const response: ActionResponseWithOptionalData<Uint8Array> = failed
        ? { result: 'other-reason' }
        : await objects.invoke(s.cosemMethodDescriptor, value, exchange);
      if (response.returnParameters?.type === 'data') returned = response.returnParameters.value;
      result = response.result;
      results.push({ type: 'access-response-action', result: response.result });
    } else if (s.type === 'access-request-get' || s.type === 'access-request-get-with-selection') {
      const found = failed ? 'other-reason' : await objects.read(s, exchange);
      const read = found instanceof Uint8Array && total + found.length > room ? 'other-reason' : found;
      if (read instanceof Uint8Array) total += read.length;
      if (read instanceof Uint8Array) returned = decode(encodedData, read);
      result = read instanceof Uint8Array ? 'success' : read;
      results.push({ type: 'access-response-get', result });
    } else {
      result = failed ? 'other-reason' : await objects.write(s, value, exchange);
      results.push({ type: 'access-response-set', result });
    }
    values.push(returned);
    // The items after the first failure are answered with other-reason (unconfirmed: no known source says what is
    // right).
    if (result !== 'success' && invoke.processingOption === 'break-on-error') broken = true;
  }
  if (invoke.serviceClass === 'unconfirmed') return undefined;
  const response = encode(EncodedApdu, {
    type: 'access-response',
    longInvokeIdAndPriority: invoke,
    dateTime: request.dateTime,
    accessResponseBody: {
      ...(invoke.selfDescriptive ? { accessRequestSpecification: specifications } : {}),
      accessResponseListOfData: values,
      accessResponseSpecification: results,
    },
  });
  return response.length <= sendSize || cut ? response : exception('service-not-allowed', 'pdu-too-long');
}

/** Tag, invoke-id, date-time and the three counts. */
const accessFields = 26;
