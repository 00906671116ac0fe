import { apduFacts, factsOfTag } from '../core/apdu-facts.js';

/**
 * The tag of the glo- or ded- form of a service; undefined when there is none (the service then travels in a general
 * APDU).
 */
export function cipheredTag(plainTag: number, dedicated: boolean): number | undefined {
  const facts = factsOfTag(plainTag);
  return dedicated ? facts?.ded : facts?.glo;
}
/**
 * InitiateRequest and InitiateResponse travel inside AARQ and AARE, never under the dedicated key: the request is what
 * carries it.
 */
export function isInitiate(tag: number | undefined): boolean {
  return tag === apduFacts.initiateRequest.tag || tag === apduFacts.initiateResponse.tag;
}
/**
 * Whether this is a plain exception-response (3 octets, or 7 with a counter) or confirmed-service-error (4 octets), and
 * nothing else. Only the tag and length are checked: this runs for every unprotected message, and so few octets cannot
 * hide anything.
 */
export function isPlainError(apdu: Uint8Array): boolean {
  return apdu[0] === apduFacts['exception-response'].tag
    ? apdu.length === 3 || (apdu.length === 7 && apdu[2] === 6)
    : apdu[0] === apduFacts.confirmedServiceError.tag && apdu.length === 4;
}
