import { apduFacts } from '../core/apdu-facts.js';
import { DlmsError } from '../core/errors.js';
import { cipheredTag } from './apdu-tags.js';
import type { SimpleForm } from './context.js';
import type { Protection } from './policy.js';
import type { GeneralCipheringForm } from './protect.js';
import { publicKeyLength } from './providers/provider.js';
import { securityHeaderLength, securitySuite, tagLength } from './suites.js';

/** The layer whose overhead is asked for. */
export interface OverheadQuestion {
  /** Octets of the APDU before this layer. */
  readonly length: number;
  /** 0, 1 or 2; determines the size of signatures, public keys and wrapped keys. */
  readonly suite: number;
  readonly form:
    | SimpleForm
    | 'general-signing'
    | { readonly type: 'general-ciphering'; readonly key: GeneralCipheringForm['key'] };
  readonly protection: Protection;
  /**
   * Tag of the APDU: with `glo` and `ded`, a service without a ciphered form of its own travels in a general APDU.
   * Default: that of get-request.
   */
  readonly tag?: number;
  /** Octets of the transaction-id in the header of general-ciphering and general-signing. Default: 8. */
  readonly transactionId?: number;
  /** Octets of the recipient's system title there. Default: 8. */
  readonly recipientSystemTitle?: number;
  /** Octets of the date-time there. Default: 0. */
  readonly dateTime?: number;
  /** Octets of the other-information there. Default: 0. */
  readonly otherInformation?: number;
}

/**
 * How many octets `protect` adds to an APDU. For nested layers, ask again with the sum.
 *
 * In the usual case (authenticated and encrypted, service-specific) it adds 19 octets to an APDU of up to 110 octets,
 * 20 up to 238, and 21 above: less than 10 % from 201 octets on. In general-glo-ciphering (9 octets more) it is less
 * than 10 % from 301 octets on.
 */
export function overhead(question: OverheadQuestion): number {
  // Computed rather than measured, because there may be no keys here. test/security/protect.test.ts compares the result
  // with what protect writes.
  const { length, form, protection } = question;
  const suite = securitySuite(question.suite);
  if (form === 'general-signing') {
    if (suite.curve === undefined)
      throw new DlmsError('security/unsupported', { what: 'signatures in security suite 0' });
    return 1 + headerLength(question) + lengthOctets(length) + 1 + publicKeyLength(suite.curve);
  }
  const { authenticated = false, encrypted = false } = protection;
  if (typeof form === 'string' && !authenticated && !encrypted) return 0;
  const added = securityHeaderLength + (authenticated ? tagLength : 0);
  const content = added + lengthOctets(length + added);
  if (typeof form === 'string') {
    const specific =
      (form === 'glo' || form === 'ded') &&
      cipheredTag(question.tag ?? apduFacts['get-request'].tag, form === 'ded') !== undefined;
    return 1 + (specific ? 0 : 9) + content;
  }
  return 1 + headerLength(question) + 1 + keyInfoLength(form.key, question.suite) + content;
}

/** Five fields, each with its length; our own title is in every header. */
function headerLength({
  transactionId = 8,
  recipientSystemTitle = 8,
  dateTime = 0,
  otherInformation = 0,
}: OverheadQuestion): number {
  return [transactionId, 8, recipientSystemTitle, dateTime, otherInformation].reduce(
    (sum, n) => sum + lengthOctets(n) + n,
    0,
  );
}
function keyInfoLength(key: GeneralCipheringForm['key'], suiteId: number): number {
  const { keyLength, curve } = securitySuite(suiteId);
  if (key === 'global-unicast' || key === 'global-broadcast') return 2;
  if (key === 'wrapped') return 3 + keyLength + 8;
  if (curve === undefined) throw new DlmsError('security/unsupported', { what: 'key agreement in security suite 0' });
  if (key === 'static') return 4;
  const data = 2 * publicKeyLength(curve);
  return 3 + lengthOctets(data) + data;
}
const lengthOctets = (n: number): number => (n < 0x80 ? 1 : n < 0x100 ? 2 : n < 0x10000 ? 3 : n < 0x1000000 ? 4 : 5);
