import type { DlmsErrorCode, DlmsErrorContext } from './error-codes.js';

/** The facts of an error in words: what follows the code and the place in its message, without the hint. */
export function factsOf(code: DlmsErrorCode, context: object): string {
  const say = (sentences as Partial<Record<string, (c: never) => string>>)[code];
  return say === undefined ? listed(context) : say(context as never);
}

const sentences: { readonly [C in DlmsErrorCode]?: (c: DlmsErrorContext[C]) => string } = {
  'decode/unexpected-end': ({ expected }) => (expected === undefined ? '' : `${expected} expected`),
  'decode/unexpected-tag': (c) => instead(c),
  'decode/unknown-choice': (c) => instead(c),
  'decode/trailing-bytes': ({ left }) => (left === 1 ? '1 octet is left over' : `${left} octets are left over`),
  'decode/invalid-length': ({ expected, actual }) => `${actual} instead of ${expected}`,
  'decode/invalid-value': (c) => instead(c),
  'decode/non-zero-padding': ({ actual }) => `the unused bits are ${numbered(actual)}`,
  'decode/too-deep': ({ limit }) => `more than ${limit} levels`,
  'decode/too-large': ({ limit, actual }) => `${actual}, where at most ${limit} are accepted`,
  'decode/checksum': ({ field, expected, actual }) =>
    `the ${field} is ${numbered(actual)}, the octets give ${numbered(expected)}`,
  'parse/invalid-text': ({ expected, actual, line, column }) =>
    `expected ${expected}, found ${actual}${line === undefined ? '' : `, in line ${line}`}${column === undefined ? '' : `, column ${column}`}`,
  'encode/invalid-value': ({ expected, actual }) => `expected ${expected}, found ${actual}`,
  'protocol/unexpected-apdu': ({ side, state, received }) =>
    side === 'remote'
      ? `the other side sent ${received} (state: ${state})`
      : `${received} has no place here (state: ${state})`,
  'protocol/block-number': ({ side, expected, received }) => `${received} instead of ${expected}, from ${sides[side]}`,
  'protocol/invoke-id': ({ side, expected, received }) => `${received} instead of ${expected}, from ${sides[side]}`,
  'protocol/block-transfer': ({ side, reason }) => `${reason} (fault of ${sides[side]})`,
  'protocol/link': ({ state, reason }) => `${reason} (state: ${state})`,
  'service/data-access': ({ result, object }) => `${result} for ${object}`,
  'service/action': ({ result, object }) => `${result} for ${object}`,
  'service/exception': ({ stateError, serviceError, invocationCounter }) =>
    `${stateError}, ${serviceError}${invocationCounter === undefined ? '' : `, invocation counter ${invocationCounter}`}`,
  'service/confirmed-error': ({ service, error }) => `${service}, ${error}`,
  'association/rejected': ({ result, diagnostic }) => `${result}, ${diagnostic}`,
  'association/not-open': ({ state, reason }: { state: string; reason?: string }) =>
    `it is ${state}${reason === undefined ? '' : `: ${reason}`}`,
  'association/authentication-failed': ({ mechanism, reason }) => `${reason} (mechanism ${mechanism})`,
  'security/authentication-failed': ({ what, invocationCounter, systemTitle }) =>
    [
      /^(tag|signature)\b(?!.* is )/.test(what)
        ? `the ${what} does not verify`
        : /^wrapped /.test(what)
          ? `the ${what} does not unwrap`
          : what,
      ...(invocationCounter === undefined ? [] : [`invocation counter ${invocationCounter}`]),
      ...(systemTitle === undefined ? [] : [`system title ${systemTitle}`]),
    ].join(', '),
  'security/replay': ({ received, last }) => `counter ${received} came after ${last}`,
  'security/counter-exhausted': ({ last }) => `the last one was ${last}`,
  'security/missing-key': ({ key, systemTitle }) => `${key}${systemTitle === undefined ? '' : ` of ${systemTitle}`}`,
  'security/policy': ({ required, actual }) => `${required} required, ${actual} found`,
  'security/certificate': ({ reason, subject, detail }) =>
    `${reason}${subject === undefined ? '' : ` of ${subject}`}${detail === undefined ? '' : `: ${detail}`}`,
  'security/provider': ({ provider, operation, reason }) => `${reason} (${operation} of ${provider})`,
  'transport/timeout': ({ waitedMs, waitingFor }) =>
    `waited ${waitedMs < 1000 ? `${waitedMs} ms` : `${waitedMs / 1000} s`} for ${waitingFor}`,
  'transport/closed': ({ by, during }) => `by ${sides[by]}, during ${during}`,
  'transport/connect': ({ target, reason }) => `${target}: ${reason}`,
  'transport/aborted': ({ during }) => `during ${during}`,
};
const sides = { local: 'this side', remote: 'the other side' } as const;
const numbered = (n: number): string => `${n} (0x${n.toString(16)})`;
const instead = ({ expected, actual }: { readonly expected: string; readonly actual: number | string }): string =>
  `${typeof actual === 'number' ? numbered(actual) : actual} instead of ${expected}`;

/** For codes without a sentence of their own: the facts of the context, one after another. */
const listed = (context: object): string =>
  Object.entries(context)
    .filter(([name, value]) => value !== undefined && name !== 'offset')
    .map(([name, value]) =>
      name === 'reason' || name === 'what' || name === 'hint' ? String(value) : `${name} ${value}`,
    )
    .join(', ');
