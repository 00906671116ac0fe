/**
 * What went wrong, as data: each code has one shape of context. Codes are grouped by what is at fault: `decode` and
 * `parse` (the octets or the text), `encode` (the caller's value), `protocol` (one side broke the rules), `service`
 * (the meter refused), `association`, `security`, `transport`, `configuration` (the options, before anything is sent).
 */
export interface DlmsErrorContext {
  /** The octets ended inside a value. */
  'decode/unexpected-end': { offset: number; expected?: string };
  /** The type is fixed here, and another tag was found. */
  'decode/unexpected-tag': { offset: number; expected: string; actual: number };
  /** A CHOICE octet (or an APDU tag) that the CHOICE does not know. */
  'decode/unknown-choice': { offset: number; expected: string; actual: number };
  'decode/trailing-bytes': { offset: number; left: number };
  /** A length or count that cannot be right: too large, not in minimal form, or not the number of elements expected. */
  'decode/invalid-length': { offset: number; expected: string; actual: number };
  'decode/invalid-value': { offset: number; expected: string; actual: number | string };
  /** The unused bits of a bit-string are not zero. */
  'decode/non-zero-padding': { offset: number; actual: number };
  'decode/too-deep': { offset: number; limit: number };
  'decode/too-large': { offset: number; limit: number; actual: number };
  /** The contents of a compact-array do not match its type description. */
  'decode/compact-array': { offset: number; reason: string };
  /** An HCS, FCS or M-Bus checksum is wrong. */
  'decode/checksum': { offset: number; field: string; expected: number; actual: number };
  /** Not a valid frame: flags, format, addresses or version are wrong. */
  'decode/framing': { offset: number; reason: string };
  /**
   * A date-time that is no moment: a field is unspecified or out of range, or the clock status marks the value as
   * invalid.
   */
  'decode/no-instant': { reason: string };
  /** Known to exist but not supported here: refused by name. */
  'decode/unsupported': { offset: number; what: string };
  /** A text (hex, OBIS code, XML, JSON, URL, command line) that cannot be read. */
  'parse/invalid-text': { offset: number; expected: string; actual: string; line?: number; column?: number };
  'encode/invalid-value': { expected: string; actual: string };
  'protocol/unexpected-apdu': { side: 'local' | 'remote'; state: string; received: string };
  'protocol/block-number': { side: 'local' | 'remote'; expected: number; received: number };
  'protocol/invoke-id': { side: 'local' | 'remote'; expected: number; received: number };
  /** A general block transfer that cannot be completed. */
  'protocol/block-transfer': { side: 'local' | 'remote'; reason: string };
  'protocol/link': { side: 'local' | 'remote'; state: string; reason: string };
  /** The meter answered a get or set with this Data-Access-Result. */
  'service/data-access': { result: string | number; object: string };
  'service/action': { result: string | number; object: string };
  'service/exception': { stateError: string | number; serviceError: string | number; invocationCounter?: number };
  'service/confirmed-error': { service: string; error: string };
  /** The caller asks for something this association or class does not have. */
  'service/unsupported': { what: string };
  'association/rejected': { result: string | number; diagnostic: string };
  /** Never opened, closed, or ended for the given `reason`. */
  'association/not-open': { state: string; reason?: string };
  /** `retryable`: only the challenge was bad; a new association will use another. */
  'association/authentication-failed': {
    mechanism: string;
    side: 'local' | 'remote';
    reason: string;
    retryable?: true;
  };
  /** The tag or signature does not verify: wrong key, wrong system title, or altered octets. */
  'security/authentication-failed': { what: string; invocationCounter?: number; systemTitle?: string };
  'security/replay': { received: number; last: number };
  'security/counter-exhausted': { last: number };
  /** The store cannot be read or written, or does not hold what it must; `file` names the damaged part. */
  'security/counter-store': { reason: string; file?: string };
  'security/missing-key': { key: string; systemTitle?: string };
  'security/invalid-key': { reason: string };
  /** Local policy requires more protection than the message has. */
  'security/policy': { required: string; actual: string };
  /** A certificate, request or list is refused; `reason` is one of the names listed in `security/certificates`. */
  'security/certificate': { reason: string; subject?: string; detail?: string };
  'security/unsupported': { what: string };
  /** A token or key service failed: it is gone, locked, or refuses the operation. `reason` is its own error code. */
  'security/provider': { provider: string; operation: string; reason: string };
  'transport/timeout': { waitedMs: number; waitingFor: string };
  'transport/closed': { by: 'local' | 'remote'; during: string };
  'transport/connect': { target: string; reason: string };
  'transport/aborted': { during: string };
  /** Options that contradict each other or are incomplete: refused when they are given, not at the first message. */
  'configuration/invalid': { what: string; hint?: string };
  /** Options that would let anybody in, or send secrets in the clear, without saying so. */
  'configuration/open-to-everybody': { what: string; hint?: string };
}
/** The error codes; the part before the slash says what is at fault (see {@link DlmsErrorContext}). */
export type DlmsErrorCode = keyof DlmsErrorContext;
