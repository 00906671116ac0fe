import type { DlmsErrorCode, DlmsErrorContext } from './error-codes.js';
import { factsOf } from './error-text.js';

/**
 * The error of every failure in this library. Narrow it by `code` (see {@link isDlmsError}); `context` holds the facts,
 * `path` the place in the value.
 */
export class DlmsError<C extends DlmsErrorCode = DlmsErrorCode> extends Error {
  override readonly name: string = 'DlmsError';
  readonly code: C;
  readonly context: DlmsErrorContext[C];
  /** Field names and element indexes, outermost first; assembled while the stack unwinds. */
  path: string[] = [];
  constructor(code: C, context: DlmsErrorContext[C], options?: ErrorOptions) {
    super(undefined, options);
    this.code = code;
    this.context = bounded(context);
    // A plain property would be set before the path is known.
    Object.defineProperty(this, 'message', { get: () => messageOf(this), configurable: true, enumerable: false });
  }
  /** What a log line or a command line tool needs; never octets of the message, never a key. */
  toJSON(): { code: C; context: DlmsErrorContext[C]; path: string[]; message: string } {
    return { code: this.code, context: this.context, path: shortPath(this.path), message: this.message };
  }
}

/** A text shortened to at most `most` characters, whatever a peer or caller sent. */
export function truncate(text: string, most = 300): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
/**
 * A wrong value as text for a message. Octets are counted, not shown, as they could be a key; arrays and objects are
 * only named as such.
 */
export function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} octets`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : truncate(String(value), 60);
}
/** An unreadable text in quotation marks, shortened. */
export const quoted = (text: string): string => JSON.stringify(truncate(text, 60));

/** Facts can come from anywhere, including received messages: none may make an error long. */
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

/**
 * Narrows without `instanceof`, so that it works across two copies of the library in one process. Without a code: any
 * DlmsError.
 */
export function isDlmsError<C extends DlmsErrorCode = DlmsErrorCode>(e: unknown, code?: C): e is DlmsError<C> {
  return e instanceof Error && e.name === 'DlmsError' && (code === undefined || (e as DlmsError).code === code);
}

const hints: Partial<Record<DlmsErrorCode, string>> = {
  'security/authentication-failed':
    'wrong key or title (encryption key, authentication key or system title), or the octets were altered',
  'security/replay':
    'the counter must be greater than the last one accepted: an old message was replayed, or the sender lost its counter',
  'security/missing-key': 'supply the key, or explicitly open without verification',
  'security/policy': 'the message is protected less than the local policy requires',
  'association/not-open': 'call connect() first',
  'transport/timeout':
    'no answer: check the address, the client SAP and the logical device; many meters stay silent when they do not know one of them; dlms-cosem doctor finds out which ones answer',
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
