import { encode } from '../axdr/schema.js';
import { Apdu } from '../xdlms/apdu.js';

/** The response to a request that was not served at all. */
export const exception = (
  stateError: 'service-not-allowed' | 'service-unknown',
  serviceError:
    | 'operation-not-possible'
    | 'service-not-supported'
    | 'other-reason'
    | 'pdu-too-long'
    | 'deciphering-error'
    | 'invocation-counter-error',
  invocationCounterError?: number,
): Uint8Array =>
  encode(Apdu, {
    type: 'exception-response',
    stateError,
    serviceError,
    ...(invocationCounterError === undefined ? {} : { invocationCounterError }),
  });
