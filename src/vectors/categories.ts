import type { DlmsErrorCode } from '../core/error-codes.js';
import { isDlmsError } from '../core/errors.js';
import { Unsupported } from './vector.js';

// The words with which vectors say why something is refused, and the errors of the library that correspond to them.

interface Failure {
  readonly code: DlmsErrorCode;
  readonly context: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
}
type Test = (e: Failure) => boolean;

const code =
  (...codes: DlmsErrorCode[]): Test =>
  (e) =>
    codes.includes(e.code);
const group =
  (...groups: string[]): Test =>
  (e) =>
    groups.some((g) => e.code.startsWith(`${g}/`));
const any =
  (...tests: Test[]): Test =>
  (e) =>
    tests.some((t) => t(e));
/** An error with text that matches this pattern in a field of its context. */
const says =
  (which: DlmsErrorCode, field: string, pattern: RegExp): Test =>
  (e) =>
    e.code === which && pattern.test(String(e.context[field]));
const frame = (pattern: RegExp): Test => says('decode/framing', 'reason', pattern);
const choice = (pattern: RegExp): Test => says('decode/unknown-choice', 'expected', pattern);
const checksum = (pattern: RegExp): Test => says('decode/checksum', 'field', pattern);

const wrongLength = any(
  code('decode/invalid-length', 'decode/unexpected-end', 'decode/trailing-bytes', 'decode/too-large'),
  frame(/length|flag/),
);
const notAuthentic = code('security/authentication-failed', 'association/authentication-failed');
const unframed = code(
  ...(['decode/framing', 'decode/checksum', 'decode/invalid-length'] as const),
  ...(['decode/unexpected-end', 'decode/trailing-bytes'] as const),
);

/** The words for each error. */
const meanings: readonly (readonly [Test, string])[] = [
  [choice(/^(?!xDLMS-APDU$)/), 'unknown-choice'],
  [choice(/^(xDLMS-APDU|ACSE-APDU|Data|type-description)$/), 'unknown-tag'],
  [choice(/^(Data|type-description)$/), 'unknown-type'],
  // `tag` means the tag of a type; that of a message is `mac` or `authentication-tag`.
  [any(code('decode/unexpected-tag'), choice(/./)), 'unexpected-tag wrong-tag tag tags'],
  [code('decode/unexpected-end'), 'truncated truncation unexpected-end incomplete short'],
  [group('decode', 'parse'), 'malformed'],
  [code('decode/trailing-bytes'), 'trailing trailing-octets trailing-bytes trailing-data extra surplus'],
  [wrongLength, 'length size long count invalid-length wrong-length'],
  [code('decode/invalid-length'), 'length-form non-minimal-length'],
  [code('decode/invalid-value', 'encode/invalid-value', 'parse/invalid-text'), 'invalid-value'],
  [code('decode/invalid-value'), 'invalid-code'],
  [(e) => e.code === 'decode/invalid-value' && e.path.some((p) => /dlmsVersion/i.test(p)), 'dlms-version'],
  [says('decode/invalid-value', 'expected', /presence/), 'presence-octet'],
  [code('decode/non-zero-padding'), 'padding non-zero-padding'],
  [code('decode/too-deep'), 'nesting depth deep nesting-too-deep too-deep'],
  [code('decode/too-large'), 'too-large'],
  [code('decode/too-large', 'decode/too-deep'), 'limit'],
  [code('decode/compact-array'), 'compact-array compact-array-contents'],
  [code('decode/no-instant'), 'no-instant'],
  [unframed, 'framing frame flag format address'],
  [frame(/version/), 'wrapper-version'],
  [frame(/address/), 'address-length'],
  [frame(/format/), 'frame-format'],
  [checksum(/./), 'checksum crc'],
  [checksum(/FCS/), 'fcs'],
  [checksum(/HCS/), 'hcs'],
  [checksum(/BCC/), 'bcc'],
  [code('protocol/block-number'), 'block-sequence block-number block blocks gbt order segment'],
  [code('protocol/invoke-id'), 'invoke-id'],
  [code('protocol/unexpected-apdu'), 'unexpected-apdu'],
  [group('protocol'), 'sequence'],
  [notAuthentic, 'authentication authentication-failed authentication-tag mac gmac integrity'],
  [notAuthentic, 'wrong-key wrong-key-or-title key title deciphering deciphering-error decryption unwrap unwrapping'],
  [says('security/authentication-failed', 'what', /signature/), 'signature invalid-signature'],
  [code('security/replay'), 'replay replayed replayed-counter counter-not-greater stale duplicate repeated reused'],
  [code('security/counter-exhausted'), 'counter-exhausted exhausted overflow'],
  [code('security/replay', 'security/counter-exhausted'), 'counter invocation-counter'],
  [code('security/missing-key'), 'missing-key'],
  [code('security/invalid-key'), 'invalid-key invalid-point point curve'],
  [code('security/policy'), 'policy security-policy not-protected unprotected plaintext unencrypted unauthenticated'],
  [code('security/policy', 'security/unsupported'), 'suite unsupported-suite'],
  [any(notAuthentic, code('security/policy')), 'reflection'],
  [code('security/certificate'), 'certificate'],
  [code('decode/unsupported', 'security/unsupported', 'service/unsupported'), 'unsupported'],
  [code('parse/invalid-text'), 'text'],
  [group('parse', 'decode', 'encode'), 'xml'],
];
const byWord: ReadonlyMap<string, Test> = new Map(
  meanings.flatMap(([test, words]) => words.split(' ').map((word) => [word, test] as const)),
);
/** Words that add nothing to the others. */
const fillers: ReadonlySet<string> = new Set(
  [
    'a an and at bad bytes data error failed failure field greater in increasing invalid invocation low lower',
    'mismatch not octets of old out than the too unexpected unknown value wrong',
  ].flatMap((line) => line.split(' ')),
);

/**
 * The meaning of a word in the table, or of several joined by hyphens: all must be known, and one of those with a
 * meaning must fit.
 */
function meaningOf(category: string): Test | undefined {
  const known = byWord.get(category);
  if (known !== undefined) return known;
  const parts = category.split('-').filter((word) => !fillers.has(word) || byWord.has(word));
  const tests = parts.map((word) => byWord.get(word));
  return tests.length > 0 && tests.every((t) => t !== undefined) ? any(...tests) : undefined;
}
/**
 * Whether the error is of the category that a vector names; with `A-or-B`, either is right.
 * @throws Unsupported for an unknown word
 */
export function isCategory(error: unknown, category: unknown): boolean {
  const whole = typeof category === 'string' ? meaningOf(category) : undefined;
  const tests = whole !== undefined ? [whole] : String(category).split('-or-').map(meaningOf);
  if (typeof category !== 'string' || tests.includes(undefined))
    throw new Unsupported(`error category ${JSON.stringify(category)} is not known`);
  return isDlmsError(error) && any(...(tests as Test[]))(error as never);
}
