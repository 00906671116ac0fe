import { type DlmsErrorCode, isDlmsError } from '../core/errors.js';
import { Unsupported } from './vector.js';

// The words in which vectors say why something is refused, and the errors of the library that mean it.

type Test = (e: {
  readonly code: DlmsErrorCode;
  readonly context: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
}) => boolean;

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
/** A frame or header refused with this word in its reason. */
const reason =
  (pattern: RegExp): Test =>
  (e) =>
    e.code === 'decode/framing' && pattern.test(String(e.context.reason));
const choiceOf =
  (pattern: RegExp): Test =>
  (e) =>
    e.code === 'decode/unknown-choice' && pattern.test(String(e.context.expected));
const field =
  (pattern: RegExp): Test =>
  (e) =>
    e.code === 'decode/checksum' && pattern.test(String(e.context.field));

const lengths = any(
  code('decode/invalid-length', 'decode/unexpected-end', 'decode/trailing-bytes', 'decode/too-large'),
  reason(/length|flag/),
);
const authentication = code('security/authentication-failed', 'association/authentication-failed');

const categories: Readonly<Record<string, Test>> = {
  'unknown-choice': choiceOf(/^(?!xDLMS-APDU$)/),
  'unknown-tag': choiceOf(/^(xDLMS-APDU|ACSE-APDU|Data|type-description)$/),
  'unknown-type': choiceOf(/^(Data|type-description)$/),
  'unexpected-tag': any(code('decode/unexpected-tag'), choiceOf(/./)),
  'wrong-tag': any(code('decode/unexpected-tag'), choiceOf(/./)),
  truncated: code('decode/unexpected-end'),
  'unexpected-end': code('decode/unexpected-end'),
  incomplete: code('decode/unexpected-end'),
  malformed: group('decode', 'parse'),
  'trailing-octets': code('decode/trailing-bytes'),
  'trailing-bytes': code('decode/trailing-bytes'),
  'trailing-data': code('decode/trailing-bytes'),
  trailing: code('decode/trailing-bytes'),
  length: lengths,
  'invalid-length': lengths,
  'wrong-length': lengths,
  'length-form': code('decode/invalid-length'),
  'non-minimal-length': code('decode/invalid-length'),
  'invalid-value': code('decode/invalid-value', 'encode/invalid-value', 'parse/invalid-text'),
  'dlms-version': (e) => e.code === 'decode/invalid-value' && e.path.some((p) => /dlmsVersion/i.test(p)),
  'presence-octet': (e) => e.code === 'decode/invalid-value' && /presence/.test(String(e.context.expected)),
  'wrapper-version': reason(/version/),
  'non-zero-padding': code('decode/non-zero-padding'),
  'nesting-too-deep': code('decode/too-deep'),
  'too-deep': code('decode/too-deep'),
  'too-large': code('decode/too-large'),
  limit: code('decode/too-large', 'decode/too-deep'),
  'compact-array-contents': code('decode/compact-array'),
  'compact-array': code('decode/compact-array'),
  checksum: code('decode/checksum'),
  fcs: field(/FCS/),
  hcs: field(/HCS/),
  bcc: field(/BCC/),
  'address-length': reason(/address/),
  'frame-format': reason(/format/),
  framing: code(
    'decode/framing',
    'decode/checksum',
    'decode/invalid-length',
    'decode/unexpected-end',
    'decode/trailing-bytes',
  ),
  'block-sequence': code('protocol/block-number'),
  'block-number': code('protocol/block-number'),
  'invoke-id': code('protocol/invoke-id'),
  'unexpected-apdu': code('protocol/unexpected-apdu'),
  sequence: group('protocol'),
  'no-instant': code('decode/no-instant'),
  authentication,
  'authentication-failed': authentication,
  'authentication-tag': authentication,
  'wrong-key': authentication,
  'wrong-key-or-title': authentication,
  deciphering: authentication,
  'deciphering-error': authentication,
  signature: (e) => e.code === 'security/authentication-failed' && /signature/.test(String(e.context.what)),
  'invalid-signature': (e) => e.code === 'security/authentication-failed' && /signature/.test(String(e.context.what)),
  integrity: authentication,
  replay: code('security/replay'),
  'replayed-counter': code('security/replay'),
  'counter-not-greater': code('security/replay'),
  'invocation-counter': code('security/replay', 'security/counter-exhausted'),
  counter: code('security/replay', 'security/counter-exhausted'),
  'counter-exhausted': code('security/counter-exhausted'),
  'missing-key': code('security/missing-key'),
  'invalid-key': code('security/invalid-key'),
  'invalid-point': code('security/invalid-key'),
  policy: code('security/policy'),
  'security-policy': code('security/policy'),
  'not-protected': code('security/policy'),
  suite: code('security/policy', 'security/unsupported'),
  'unsupported-suite': code('security/policy', 'security/unsupported'),
  reflection: any(authentication, code('security/policy')),
  certificate: code('security/certificate'),
  unsupported: any(code('decode/unsupported', 'security/unsupported', 'service/unsupported')),
  text: code('parse/invalid-text'),
  xml: any(group('parse', 'decode', 'encode')),
};

/** Categories that are put together of words: every word must be known, and one of those with a meaning must fit. */
const words: Readonly<Record<string, Test>> = {
  ...either(code('security/replay'), 'replay', 'replayed', 'stale', 'duplicate', 'repeated', 'reused'),
  ...either(code('security/counter-exhausted'), 'exhausted', 'overflow'),
  ...either(code('security/replay', 'security/counter-exhausted'), 'counter'),
  ...either(
    authentication,
    'signature',
    'authentication',
    'mac',
    'gmac',
    'integrity',
    'key',
    'title',
    'deciphering',
    'decryption',
    'unwrap',
    'unwrapping',
  ),
  ...either(code('security/policy'), 'policy', 'unprotected', 'plaintext', 'unencrypted', 'unauthenticated'),
  ...either(code('security/invalid-key'), 'point', 'curve'),
  ...either(code('protocol/block-number'), 'block', 'blocks', 'gbt', 'sequence', 'order', 'segment'),
  ...either(code('decode/checksum'), 'checksum', 'crc', 'fcs', 'hcs', 'bcc'),
  ...either(code('decode/too-deep'), 'nesting', 'depth', 'deep'),
  ...either(code('decode/trailing-bytes'), 'trailing', 'extra', 'surplus'),
  // A tag is that of a type; the one of a message is the `mac` or `authentication-tag`.
  ...either(any(code('decode/unexpected-tag'), choiceOf(/./)), 'tag', 'tags'),
  ...either(code('decode/unexpected-end'), 'truncated', 'truncation', 'incomplete', 'short'),
  ...either(lengths, 'length', 'size', 'long', 'count'),
  ...either(code('decode/non-zero-padding'), 'padding'),
  ...either(categories.framing as Test, 'framing', 'frame', 'flag', 'format', 'address'),
};
const fillers: ReadonlySet<string> = new Set(
  'a an and at bad bytes data error failed failure field greater in increasing invalid invocation low lower mismatch not octets of old out than the too unexpected unknown value wrong'.split(
    ' ',
  ),
);
function either(test: Test, ...names: string[]): Record<string, Test> {
  return Object.fromEntries(names.map((name) => [name, test]));
}
function composed(category: string): Test | undefined {
  const parts = category.split('-');
  const meanings = parts.filter((w) => Object.hasOwn(words, w)).map((w) => words[w] as Test);
  return meanings.length > 0 && parts.every((w) => fillers.has(w) || Object.hasOwn(words, w))
    ? any(...meanings)
    : undefined;
}

/** `A-or-B`: either is right, and both must be known. */
function testOf(category: string): Test | undefined {
  const tests = category
    .split('-or-')
    .map((word) => (Object.hasOwn(categories, word) ? categories[word] : composed(word)));
  return tests.every((t) => t !== undefined) ? any(...tests) : undefined;
}

/**
 * Whether the error is of the category that a vector names.
 * @throws Unsupported for a word that is not known
 */
export function isCategory(error: unknown, word: unknown): boolean {
  const test = typeof word === 'string' ? testOf(word) : undefined;
  if (test === undefined) throw new Unsupported(`error category ${JSON.stringify(word)} is not known`);
  return isDlmsError(error) && test(error as never);
}
