import { decode, encode } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import type { Apdu, ApduType } from '../xdlms/apdu.js';
import { EncodedApdu } from '../xdlms/encoded-apdu.js';

/**
 * A conversation as the standard describes it: ask, look at the answer, ask again. It yields the octets of plain
 * request APDUs, and is resumed with the octets of plain responses. It knows neither connection nor time, so a test is
 * a list of pairs.
 */
export type Conversation<T> = Generator<Uint8Array, T, Uint8Array>;

/** Encodes a request; its values and parameters are octets of Data. */
export const request = (apdu: EncodedApdu): Uint8Array => encode(EncodedApdu, apdu);

/**
 * Decodes a response of the expected type, leaving its values as octets of Data. Refusals of the whole request become
 * errors.
 */
export function response<K extends ApduType>(
  bytes: Uint8Array,
  expected: K,
  state: string,
): Extract<EncodedApdu, { type: K }> {
  const apdu = decode(EncodedApdu, bytes, { lenient: true });
  if (apdu.type === expected) return apdu as Extract<EncodedApdu, { type: K }>;
  throw refused(apdu, state);
}

/**
 * The error for an unexpected APDU: exception-response and confirmed-service-error say why; anything else violates the
 * protocol.
 */
export function refused(apdu: Apdu | EncodedApdu, state: string): DlmsError {
  if (apdu.type === 'exception-response') {
    return new DlmsError('service/exception', {
      stateError: apdu.stateError,
      serviceError: apdu.serviceError,
      ...(apdu.invocationCounterError === undefined ? {} : { invocationCounter: apdu.invocationCounterError }),
    });
  }
  if (apdu.type === 'confirmedServiceError') {
    return new DlmsError('service/confirmed-error', {
      service: apdu.value.type,
      error: `${apdu.value.value.type} ${apdu.value.value.value}`,
    });
  }
  return new DlmsError('protocol/unexpected-apdu', { side: 'remote', state, received: apdu.type });
}

/**
 * Runs a conversation against a function that answers synchronously: for tests, and for machines composed in memory.
 */
export function converse<T>(conversation: Conversation<T>, answer: (request: Uint8Array) => Uint8Array): T {
  let step = conversation.next();
  while (step.done !== true) step = conversation.next(answer(step.value));
  return step.value;
}
