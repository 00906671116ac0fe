import { type ApduFacts, apduFacts } from '../core/apdu-facts.js';
import type { Apdu } from '../xdlms/apdu.js';

// What all ciphered APDUs have, under different names.

/** The security header, content and tag of a general ciphering APDU, or of a service in its glo- or ded- form. */
export function contentsOf(apdu: Apdu): Uint8Array | undefined {
  if ('cipheredContent' in apdu) return apdu.cipheredContent;
  const { value } = apdu as { value?: unknown };
  const facts = (apduFacts as Readonly<Record<string, ApduFacts | undefined>>)[apdu.type];
  return facts?.plain !== undefined && value instanceof Uint8Array ? value : undefined;
}
/** The title of the sender, if the APDU names one. */
export const originatorOf = (apdu: Apdu): Uint8Array | undefined =>
  whole('systemTitle' in apdu ? apdu.systemTitle : 'originatorSystemTitle' in apdu ? apdu.originatorSystemTitle : none);
/** The title that the APDU names as its recipient, the only one that can open it. */
export const recipientOf = (apdu: Apdu): Uint8Array | undefined =>
  whole('recipientSystemTitle' in apdu ? apdu.recipientSystemTitle : none);
const whole = (title: Uint8Array): Uint8Array | undefined => (title.length === 8 ? title : undefined);
const none = /* @__PURE__ */ new Uint8Array(0);
