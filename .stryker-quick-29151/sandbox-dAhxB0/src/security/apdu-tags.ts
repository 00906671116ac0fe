import { apduFacts, factsOfTag } from '../core/apdu-facts.js';

/** The tag of the glo- or ded- form of a service; undefined when it has none (it travels in a general APDU). */
export function cipheredTag(plainTag: number, dedicated: boolean): number | undefined {
  const facts = factsOfTag(plainTag);
  return dedicated ? facts?.ded : facts?.glo;
}
/** InitiateRequest and InitiateResponse travel inside AARQ and AARE, and never under the dedicated key, which the request brings. */
export function isInitiate(tag: number | undefined): boolean {
  return tag === apduFacts.initiateRequest.tag || tag === apduFacts.initiateResponse.tag;
}
/**
 * An exception-response (3 octets, or 7 with a counter) or confirmed-service-error (4 octets) in clear, and nothing else. The lengths are looked at and
 * nothing is decoded: this is asked of every message that is not protected, and a refusal of four octets cannot hide anything.
 */
export function isPlainError(apdu: Uint8Array): boolean {
  return apdu[0] === apduFacts['exception-response'].tag
    ? apdu.length === 3 || (apdu.length === 7 && apdu[2] === 6)
    : apdu[0] === apduFacts.confirmedServiceError.tag && apdu.length === 4;
}
