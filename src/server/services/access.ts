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
  const answered = (
    accessResponseListOfData: Uint8Array[],
    accessResponseSpecification: AccessResponseSpecification[],
  ): Uint8Array =>
    encode(EncodedApdu, {
      type: 'access-response',
      longInvokeIdAndPriority: invoke,
      dateTime: request.dateTime,
      accessResponseBody: {
        ...(invoke.selfDescriptive ? { accessRequestSpecification: specifications } : {}),
        accessResponseListOfData,
        accessResponseSpecification,
      },
    });
  // Values that do not fit are left out one by one, because what was set or invoked must be reported all the same.
  let room = limits.octets;
  if (!cut && invoke.serviceClass === 'confirmed') {
    const withoutValues = answered(
      specifications.map(() => encodedNull),
      specifications.map(() => ({ type: 'access-response-get', result: 'success' })),
    );
    // Nothing is carried out that could not be reported.
    if (withoutValues.length > sendSize) return exception('service-not-allowed', 'pdu-too-long');
    room = Math.min(room, sendSize - withoutValues.length);
  }
  const fits = ({ length }: Uint8Array): boolean => {
    // Each value takes the place of null-data.
    if (total + length - encodedNull.length > room) return false;
    total += length - encodedNull.length;
    return true;
  };
  for (const [i, s] of specifications.entries()) {
    const value = data[i] ?? encodedNull;
    const refusal =
      broken || data.length !== specifications.length
        ? 'other-reason'
        : (await exchange.next())
          ? undefined
          : 'temporary-failure';
    let returned = encodedNull;
    let result: DataAccessResult | ActionResult;
    if (s.type === 'access-request-action') {
      const response: ActionResponseWithOptionalData<Uint8Array> =
        refusal === undefined ? await objects.invoke(s.cosemMethodDescriptor, value, exchange) : { result: refusal };
      // The method was carried out, so its result stays even if there is no room for what it returned.
      if (response.returnParameters?.type === 'data' && fits(response.returnParameters.value))
        returned = response.returnParameters.value;
      result = response.result;
      results.push({ type: 'access-response-action', result: response.result });
    } else if (s.type === 'access-request-get' || s.type === 'access-request-get-with-selection') {
      const found = refusal ?? (await objects.read(s, exchange));
      const read = found instanceof Uint8Array && !fits(found) ? 'other-reason' : found;
      if (read instanceof Uint8Array) returned = decode(encodedData, read);
      result = read instanceof Uint8Array ? 'success' : read;
      results.push({ type: 'access-response-get', result });
    } else {
      result = refusal ?? (await objects.write(s, value, exchange));
      results.push({ type: 'access-response-set', result });
    }
    values.push(returned);
    // The items after the first failure are answered with other-reason (unconfirmed: no known source says what is
    // right).
    if (result !== 'success' && invoke.processingOption === 'break-on-error') broken = true;
  }
  if (invoke.serviceClass === 'unconfirmed') return undefined;
  const response = answered(values, results);
  return response.length <= sendSize || cut ? response : exception('service-not-allowed', 'pdu-too-long');
}
