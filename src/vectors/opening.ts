import { decode } from '../axdr/schema.js';
import { readSecurityHeader } from '../security/ciphering.js';
import { unprotect } from '../security/unprotect.js';
import type { Unprotected } from '../security/unprotected.js';
import { Apdu } from '../xdlms/apdu.js';
import { contentsOf, originatorOf, recipientOf } from './ciphered.js';
import { contextOf, suiteOf } from './keys.js';
import { octetsParam } from './parameters.js';
import type { Vector } from './vector.js';

/**
 * Opens an APDU with the keys of its vector. Nothing is verified without the authentication key, or if the vector says
 * that its published tag is wrong.
 * @param title the title of the sender, if neither the vector nor the APDU names it
 */
export async function openedBy(vector: Vector, apdu: Uint8Array, title?: Uint8Array): Promise<Unprotected> {
  const outer = decode(Apdu, apdu, { lenient: true });
  const contents = contentsOf(outer);
  const unverified = octetsParam(vector, 'authenticationKey') === undefined || vector.params.tagVerified === false;
  const context = await contextOf(vector, {
    suite: suiteOf(vector, contents && readSecurityHeader(contents).control.suite),
    own: octetsParam(vector, 'ownSystemTitle') ?? recipientOf(outer),
    peer: octetsParam(vector, 'systemTitle') ?? originatorOf(outer) ?? title,
    ...(unverified ? { without: 'authenticationKey' } : {}),
  });
  return unprotect(apdu, context, unverified ? { mode: 'unverified' } : {});
}
