import { encodedData } from '../axdr/encoded-data.js';
import { type Alternatives, alternative, choice, type InferAlternatives, type Schema } from '../axdr/schema.js';
import { apduFacts } from '../core/apdu-facts.js';
import { accessRequest, accessResponse } from './access.js';
import { actionRequest, actionResponse } from './action.js';
import { Apdu } from './apdu.js';
import { getResponse } from './get.js';
import { setRequest } from './set.js';
import { readRequest, readResponse, writeRequest } from './short-name.js';

/** The services that carry values, parameters or return data, which stay octets here. */
const services = () => ({
  readRequest: readRequest(encodedData),
  readResponse: readResponse(encodedData),
  writeRequest: writeRequest(encodedData),
  unconfirmedWriteRequest: writeRequest(encodedData),
  'set-request': setRequest(encodedData),
  'action-request': actionRequest(encodedData),
  'get-response': getResponse(encodedData),
  'action-response': actionResponse(encodedData),
  'access-request': accessRequest(encodedData),
  'access-response': accessResponse(encodedData),
});
type Services = ReturnType<typeof services>;

/**
 * Any APDU, with all values, parameters and return data left as the octets of their Data: client and meter know the
 * types and convert them once. The parameters of a selective access are a tree as in {@link Apdu}, and so is the body
 * of a notification.
 */
export type EncodedApdu =
  | Exclude<Apdu, { type: keyof Services }>
  | InferAlternatives<{ [K in keyof Services]: { readonly tag: number; readonly schema: Services[K] } }>;
export const EncodedApdu: Schema<EncodedApdu> = /* @__PURE__ */ (() => {
  const { alternatives } = Apdu.shape as { readonly alternatives: Alternatives };
  const encoded = Object.entries<Schema<unknown>>(services()).map(([type, schema]) => [
    type,
    alternative(apduFacts[type as keyof Services].tag, schema),
  ]);
  return choice('xDLMS-APDU', {
    ...alternatives,
    ...Object.fromEntries(encoded),
  }) as Schema<unknown> as Schema<EncodedApdu>;
})();
