import { factsOf } from './error-text.js';

/**
 * What went wrong, as data: one code, one context shape per code. Codes are grouped by who can act:
 * `decode` and `parse` (the octets or the text), `encode` (the caller's value), `protocol` (one side left the rules),
 * `service` (the meter said no), `association`, `security`, `transport`, `configuration` (the options, before anything is sent).
 */
export interface DlmsErrorContext {
  /** The octets ended inside a value. */
  'decode/unexpected-end': { offset: number; expected?: string };
  /** Another tag stands where the type is fixed. */
  'decode/unexpected-tag': { offset: number; expected: string; actual: number };
  /** A CHOICE octet (or an APDU tag) that the CHOICE does not know. */
  'decode/unknown-choice': { offset: number; expected: string; actual: number };
  'decode/trailing-bytes': { offset: number; left: number };
  /** A length or count that cannot be right: too many octets, not minimal, or not the number of elements expected. */
  'decode/invalid-length': { offset: number; expected: string; actual: number };
  'decode/invalid-value': { offset: number; expected: string; actual: number | string };
  /** Unused bits of a bit-string are not zero. */
  'decode/non-zero-padding': { offset: number; actual: number };
  'decode/too-deep': { offset: number; limit: number };
  'decode/too-large': { offset: number; limit: number; actual: number };
  /** The contents of a compact-array do not fit its description. */
  'decode/compact-array': { offset: number; reason: string };
  /** HCS, FCS or M-Bus checksum. */
  'decode/checksum': { offset: number; field: string; expected: number; actual: number };
  /** A frame that is not one: flags, format, addresses, version. */
  'decode/framing': { offset: number; reason: string };
  /** A date-time that is not a moment: a field is not specified or out of range, or the clock says that the value is invalid. */
  'decode/no-instant': { reason: string };
  /** Known to exist, not supported here: refused by name. */
  'decode/unsupported': { offset: number; what: string };
  /** A text (hex, OBIS code, XML, JSON, URL, command line) that cannot be read. */
  'parse/invalid-text': { offset: number; expected: string; actual: string; line?: number; column?: number };
  'encode/invalid-value': { expected: string; actual: string };
  'protocol/unexpected-apdu': { side: 'local' | 'remote'; state: string; received: string };
  'protocol/block-number': { side: 'local' | 'remote'; expected: number; received: number };
  'protocol/invoke-id': { side: 'local' | 'remote'; expected: number; received: number };
  /** General block transfer that cannot be brought to an end. */
  'protocol/block-transfer': { side: 'local' | 'remote'; reason: string };
  'protocol/link': { side: 'local' | 'remote'; state: string; reason: string };
  /** The meter answered a get or set with this Data-Access-Result. */
  'service/data-access': { result: string | number; object: string };
  'service/action': { result: string | number; object: string };
  'service/exception': { stateError: string | number; serviceError: string | number; invocationCounter?: number };
  'service/confirmed-error': { service: string; error: string };
  /** The caller asks for something that this association or class does not have. */
  'service/unsupported': { what: string };
  'association/rejected': { result: string | number; diagnostic: string };
  /** Never opened, closed, or ended by what `reason` says. */
  'association/not-open': { state: string; reason?: string };
  /** `retryable`: only the challenge was bad; a new association has another. */
  'association/authentication-failed': {
    mechanism: string;
    side: 'local' | 'remote';
    reason: string;
    retryable?: true;
  };
  /** The tag, or the signature, does not verify: wrong key, wrong title, or changed octets. */
  'security/authentication-failed': { what: string; invocationCounter?: number; systemTitle?: string };
  'security/replay': { received: number; last: number };
  'security/counter-exhausted': { last: number };
  /** A store that cannot be read or written, or does not hold what it must; `file` names the damaged part. */
  'security/counter-store': { reason: string; file?: string };
  'security/missing-key': { key: string; systemTitle?: string };
  'security/invalid-key': { reason: string };
  /** Local policy asks for more protection than the message has. */
  'security/policy': { required: string; actual: string };
  /** A certificate, request or list is refused; `reason` is one of the names that the certificates part lists. */
  'security/certificate': { reason: string; subject?: string; detail?: string };
  'security/unsupported': { what: string };
  /** A token or key service failed: it is gone, locked, or refuses the operation. The reason is its own code. */
  'security/provider': { provider: string; operation: string; reason: string };
  'transport/timeout': { waitedMs: number; waitingFor: string };
  'transport/closed': { by: 'local' | 'remote'; during: string };
  'transport/connect': { target: string; reason: string };
  'transport/aborted': { during: string };
  /** Options that contradict each other, or lack what they need: refused when they are given, not at the first message. */
  'configuration/invalid': { what: string; hint?: string };
  /** Options that would let anybody in, or send secrets in clear, without saying so. */
  'configuration/open-to-everybody': { what: string; hint?: string };
}
/** The codes of errors; what stands before the slash says who can act (see {@link DlmsErrorContext}). */
export type DlmsErrorCode = keyof DlmsErrorContext;

/** Every failure of the library. Narrow by `code` (see {@link isDlmsError}); `context` carries the facts, `path` where in the value. */
export class DlmsError<C extends DlmsErrorCode = DlmsErrorCode> extends Error {
  override readonly name: string = 'DlmsError';
  readonly code: C;
  readonly context: DlmsErrorContext[C];
  /** Names of fields and element indexes from the outside in; assembled while the stack unwinds. */
  path: string[] = [];
  constructor(code: C, context: DlmsErrorContext[C], options?: ErrorOptions) {
    super(undefined, options);
    this.code = code;
    this.context = bounded(context);
    // A plain property would be fixed before the path is known.
    Object.defineProperty(this, 'message', { get: () => messageOf(this), configurable: true, enumerable: false });
  }
  /** What a log line or a command needs; no octets of the message, no key. */
  toJSON(): { code: C; context: DlmsErrorContext[C]; path: string[]; message: string } {
    return { code: this.code, context: this.context, path: shortPath(this.path), message: this.message };
  }
}

/** A text for a message, never longer than `most` characters: whatever a peer or a caller sent. */
export function truncate(text: string, most = 300): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
/** A wrong value for a message. Octets are counted and not shown, they could be a key; of an array or object only that it is one. */
export function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} octets`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : truncate(String(value), 60);
}
/** A text that cannot be read, in quotation marks. */
export const quoted = (text: string): string => JSON.stringify(truncate(text, 60));

/** Facts come from everywhere, messages received among them: none of them makes an error long. */
function bounded<C extends object>(context: C): C {
  for (const value of Object.values(context))
    if (typeof value === 'string' && value.length > 300)
      return Object.fromEntries(
        Object.entries(context).map(([k, v]) => [k, typeof v === 'string' ? truncate(v) : v]),
      ) as C;
  return context;
}
const shortPath = (path: readonly string[]): string[] =>
  (path.length > 12 ? [...path.slice(0, 11), '…'] : path).map((p) => truncate(p, 60));

/** Narrows without `instanceof`, so that two copies of the library in one process still agree. Without a code: any DlmsError. */
export function isDlmsError<C extends DlmsErrorCode = DlmsErrorCode>(e: unknown, code?: C): e is DlmsError<C> {
  return e instanceof Error && e.name === 'DlmsError' && (code === undefined || (e as DlmsError).code === code);
}

const hints: Partial<Record<DlmsErrorCode, string>> = {
  'security/authentication-failed':
    'wrong key or title (encryption key, authentication key or system title), or the octets were changed',
  'security/replay':
    'the counter must be greater than the last one accepted: an old message was sent again, or the sender lost its counter',
  'security/missing-key': 'give the key, or open without verification explicitly',
  'security/policy': 'the message is protected less than the local policy requires',
  'association/not-open': 'call connect() first',
  'transport/timeout':
    'no answer: check address, client SAP and logical device; many meters stay silent when one of them is unknown; the command doctor finds out which answer',
};

function messageOf(e: DlmsError): string {
  const { offset } = e.context as { offset?: number };
  const what = e.code.slice(e.code.indexOf('/') + 1).replaceAll('-', ' ');
  const facts = factsOf(e.code, e.context);
  const where = [
    offset === undefined ? '' : ` at offset ${offset}`,
    e.path.length === 0 ? '' : ` in ${shortPath(e.path).join('.')}`,
  ].join('');
  const hint = hints[e.code];
  return `${what}${where}${facts === '' ? '' : `: ${facts}`}${hint === undefined ? '' : `. ${hint[0]?.toUpperCase()}${hint.slice(1)}.`}`;
}
