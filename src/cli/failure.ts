import { isDlmsError, truncate } from '../core/errors.js';
import { harmless } from './text.js';

/** Exit codes, as listed by `dlms-cosem help` and in the documentation. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  connection: 3,
  security: 4,
  interrupted: 5,
  internal: 70,
} as const;
export const exitMeanings: readonly (readonly [number, string])[] = [
  [exitCodes.ok, 'done'],
  [
    exitCodes.failed,
    'negative result: octets that are no frame or APDU, vectors that failed or no vectors at all, a meter that refused an object',
  ],
  [exitCodes.usage, 'unusable command line: unknown command or option, bad hex, no such file'],
  [exitCodes.connection, 'no connection: unreachable, closed, no answer in time'],
  [
    exitCodes.security,
    'refused for security reasons: association rejected, wrong password, wrong key or title, missing key',
  ],
  [exitCodes.interrupted, 'interrupted'],
  [exitCodes.internal, 'a fault of this program'],
];

/**
 * Removes what may be a key (ten octets or more in hexadecimal digits), and the user and password of a URL: an argument
 * may be in the wrong place, and errors end up in logs.
 */
const withoutSecrets = (text: string): string =>
  text.replace(/[\da-f](?: ?[\da-f]){19,}|(?:[\da-f]{2}:){9,}[\da-f]{2}/gi, '…').replace(/\/\/\S*@/g, '//…@');
/** A word of the command line, for an error: limited in length, without anything that may be a key. */
export const shortened = (text: string): string => truncate(withoutSecrets(text), 60);
export const quoted = (text: string): string => JSON.stringify(shortened(text));
const oneLine = (text: string): string => truncate(harmless(text), 2000);

/** Ends a command with one line for the user. */
export class Failure extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(oneLine(withoutSecrets(message)));
    this.exitCode = exitCode;
  }
}
export const usage = (message: string): Failure => new Failure(message, exitCodes.usage);

/** The line and exit code for anything thrown. */
export function failureOf(e: unknown): { readonly line: string; readonly exitCode: number } {
  if (e instanceof Failure) return { line: e.message, exitCode: e.exitCode };
  if (!isDlmsError(e))
    return {
      line: oneLine(
        withoutSecrets(
          `a fault of this program: ${e instanceof Error ? `${e.name}: ${e.message}` : String(e)}`.split(
            '\n',
          )[0] as string,
        ),
      ),
      exitCode: exitCodes.internal,
    };
  const what = (plainly(e) ?? e.message).replace(/\.$/, '').replace(/\s*\n\s*/g, ' ');
  // What came from a meter is shown; what may have come from the command line could be a key.
  const shown = e.code === 'transport/connect' || e.code.startsWith('parse/') ? withoutSecrets(what) : what;
  const next = advice(e);
  return { line: oneLine(next === undefined ? shown : `${shown}. ${next}`), exitCode: codeOf(e) };
}

/** The most common errors, as sentences. */
function plainly(e: { code: string; context: object }): string | undefined {
  const context = e.context as Record<string, unknown>;
  switch (e.code) {
    case 'transport/connect':
      return listening(context)
        ? `cannot listen on ${String(context.target).slice('listening on '.length)}: ${context.reason}`
        : `cannot connect to ${context.target}: ${context.reason}`;
    case 'association/rejected':
      return `the meter refused the association (${context.result}, ${context.diagnostic})`;
    case 'service/exception':
      return `the meter refused: ${context.stateError}, ${context.serviceError}${context.invocationCounter === undefined ? '' : `, counter ${context.invocationCounter}`}`;
    case 'service/data-access':
      return `the meter refused ${context.object}: ${context.result}`;
    default:
      return undefined;
  }
}

const listening = (context: Record<string, unknown>): boolean => String(context.target).startsWith('listening on ');

function codeOf(e: { code: string; context: object }): number {
  const group = e.code.slice(0, e.code.indexOf('/'));
  if (e.code === 'transport/aborted') return exitCodes.interrupted;
  if (e.code === 'service/exception') return deciphering(e) ? exitCodes.security : exitCodes.failed;
  if (group === 'parse' || group === 'encode') return exitCodes.usage;
  if (group === 'transport') return exitCodes.connection;
  return group === 'security' || group === 'association' ? exitCodes.security : exitCodes.failed;
}
const deciphering = (e: { context: object }): boolean =>
  ['deciphering-error', 'invocation-counter-error'].includes(
    String((e.context as { serviceError?: unknown }).serviceError),
  );

/** What to do, if the error itself does not say. */
function advice(e: { code: string; context: object }): string | undefined {
  const context = e.context as Record<string, unknown>;
  switch (e.code) {
    case 'transport/connect':
      if (listening(context)) return 'Choose another port with --port';
      if (/npm install/.test(String(context.reason))) return undefined;
      return /^(\/|COM\d)/i.test(String(context.target))
        ? 'Check that the port exists, that this user may use it (on Linux often via the group dialout), and that no other program has it open'
        : 'Check host and port, and that the meter (or gateway) listens there';
    case 'transport/closed':
      return context.by === 'remote'
        ? 'The other side closed the connection: it may allow one client at a time, or not know this client or server address'
        : undefined;
    case 'association/rejected':
      return rejected(String(context.diagnostic));
    case 'association/authentication-failed':
      return 'Check password, keys and system titles';
    case 'service/exception':
      return context.serviceError === 'deciphering-error'
        ? 'Wrong key or title, or the meter wants different protection: check the keys, --system-title and --protection'
        : context.serviceError === 'invocation-counter-error'
          ? 'Give a higher invocation counter with --counter'
          : undefined;
    case 'service/data-access':
      return context.result === 'read-write-denied' || context.result === 'scope-of-access-violated'
        ? 'This association may not read it: try another client address'
        : undefined;
    case 'security/counter-store':
      return /damaged/.test(String(context.reason))
        ? 'dlms-cosem counters repair --ahead N mends it and moves the counters ahead'
        : undefined;
    case 'transport/timeout':
      return 'dlms-cosem doctor finds out what a meter answers to';
    default:
      return undefined;
  }
}
function rejected(diagnostic: string): string | undefined {
  if (/authentication-failure/.test(diagnostic)) return 'Wrong password: check it';
  if (/authentication-mechanism-name-(required|not)/.test(diagnostic))
    return 'The meter wants different authentication: give a password or keys (--keys, --ask), or another --mechanism';
  if (/application-context/.test(diagnostic))
    return 'The meter wants ciphering (keys: --keys, --ask) here, or none: check the client address';
  if (/calling-AP-title/.test(diagnostic)) return 'The meter does not know this system title: check --system-title';
  return 'Check client and server address, and the authentication';
}
