import { decode, encode } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import type { Apdu, ApduType } from '../xdlms/apdu.js';
import { EncodedApdu } from '../xdlms/encoded-apdu.js';

/**
 * An exchange as the standard tells it: ask, look at the answer, ask again. It yields the octets of plain request APDUs and is resumed
 * with the octets of plain responses; it holds no connection and no time, so a test is a list of pairs.
 */
export type Conversation<T> = Generator<Uint8Array, T, Uint8Array>;

/** The octets of a request; values and parameters in it are octets of Data. */
export const request = (apdu: EncodedApdu): Uint8Array => encode(EncodedApdu, apdu);

/** A response of the type that is awaited, its values left as octets of Data; refusals of the whole request become errors. */
export function response<K extends ApduType>(
  bytes: Uint8Array,
  expected: K,
  state: string,
): Extract<EncodedApdu, { type: K }> {
  const apdu = decode(EncodedApdu, bytes, { lenient: true });
  if (apdu.type === expected) return apdu as Extract<EncodedApdu, { type: K }>;
  throw refused(apdu, state);
}

/** The error that an unexpected APDU means: exception-response and confirmed-service-error say why, anything else breaks the rules. */
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

/** Runs a conversation against a function that answers at once: for tests and for machines that are composed in memory. */
export function converse<T>(conversation: Conversation<T>, answer: (request: Uint8Array) => Uint8Array): T {
  let step = conversation.next();
  while (step.done !== true) step = conversation.next(answer(step.value));
  return step.value;
}
