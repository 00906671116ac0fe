import { type DecodeOptions, Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { generalCipheringTag, generalDedCipheringTag, generalGloCipheringTag, generalSigningTag, isPlainError, plainTag } from './apdu-tags.js';
import type { KeyName, SecurityContext } from './context.js';
import type { ReceivedValue } from './counters.js';
import { type Protection, requireProtection, strongest } from './policy.js';
import type { KeyHandle } from './provider.js';
import { openCiphered } from './unprotect-ciphered.js';
import { openGeneralCiphering, openGeneralSigning } from './unprotect-general.js';
import { lastOctetsFrom, type Opening, octetsOf, peerOf, senderOf } from './unprotect-state.js';

/** One protection that was found and opened. */
export interface ProtectionLayer {
  readonly kind: 'glo' | 'ded' | 'general-glo' | 'general-ded' | 'general-ciphering' | 'general-signing';
  /** A tag verified under the authentication key. */
  readonly authenticated: boolean;
  readonly encrypted: boolean;
  /** As in the security control; absent on a signature. */
  readonly suite?: number;
  readonly invocationCounter?: number;
  /** Who protected it: the sender or originator. */
  readonly systemTitle: Uint8Array;
  readonly key?: KeyName;
  /** System title whose signature verified. */
  readonly signedBy?: Uint8Array;
  readonly transactionId?: Uint8Array;
}
export interface Unprotected {
  /** The plain APDU. */
  readonly apdu: Uint8Array;
  /** Outermost first. */
  readonly layers: readonly ProtectionLayer[];
  /** Whether a verified tag or a verified signature covers the APDU. */
  readonly authenticated: boolean;
  /** All layers together: compare with what an access right asks (`requireProtection`). */
  readonly protection: Protection;
  /** The key of the outermost layer that authenticates; of the outermost symmetric layer when none does. */
  readonly key: KeyName | undefined;
  /** System title of the side that protected the outermost layer; not proven unless `authenticated`. */
  readonly originator: Uint8Array | undefined;
  /** System titles whose signatures verified. */
  readonly signers: readonly Uint8Array[];
  /** Whether what was verified also proves that the message is new: its counter or transaction-id was compared and recorded. */
  readonly replayProtected: boolean;
}
export interface UnprotectOptions extends DecodeOptions {
  /**
   * `unverified` reads what the keys at hand can read: with the authentication key withheld the tag is not verified and the result says
   * `authenticated: false`. No policy applies, counters are neither compared nor recorded. For tools that look, never for one that acts.
   */
  readonly mode?: 'verified' | 'unverified';
  /** Required beyond `policy.receive` of the context. */
  readonly required?: Protection;
  /** Content key of a general-ciphering APDU without key information, agreed by other means. */
  readonly contentKey?: KeyHandle;
}

/**
 * Opens a protected APDU layer by layer. Before anything is given out: every tag and signature verified, the inner APDU is the one that the
 * outer tag names, the policy of the context is met, and the counters have been recorded. A failure changes nothing.
 *
 * @throws DlmsError `security/authentication-failed` (wrong key, wrong title, changed octets), `security/replay`, `security/policy`,
 *   `security/missing-key`, `security/unsupported` (compression, suites), `decode/…` (not such an APDU)
 */
export function unprotect(apdu: Uint8Array, context: SecurityContext, options: UnprotectOptions = {}): MaybePromise<Unprotected> {
  const opening: Opening = {
    context,
    options,
    verified: options.mode !== 'unverified',
    layers: [],
    received: undefined,
    dedicated: undefined,
    signatures: undefined,
  };
  return andThen(openLayer(apdu, opening), (plain) => finish(plain, opening));
}

/** One more than any nesting that the books describe. */
const deepest = 4;

function openLayer(apdu: Uint8Array, opening: Opening): MaybePromise<Uint8Array> {
  if (apdu.length === 0) throw new DlmsError('decode/unexpected-end', { offset: 0, expected: 'an APDU' });
  const tag = apdu[0] as number;
  const specific = plainTag(tag);
  if (specific !== undefined) {
    guardDepth(opening);
    return openSpecific(apdu, specific, opening);
  }
  if (tag === generalGloCipheringTag || tag === generalDedCipheringTag) {
    guardDepth(opening);
    return andThen(openGeneralGlo(apdu, tag === generalDedCipheringTag, opening), (inner) => openLayer(inner, opening));
  }
  if (tag === generalCipheringTag) {
    guardDepth(opening);
    return andThen(openGeneralCiphering(apdu, opening), (inner) => openLayer(inner, opening));
  }
  if (tag === generalSigningTag) {
    guardDepth(opening);
    return andThen(openGeneralSigning(apdu, opening), (inner) => openLayer(inner, opening));
  }
  return apdu;
}
function guardDepth({ layers }: Opening): void {
  if (layers.length >= deepest) throw new DlmsError('decode/too-deep', { offset: 0, limit: deepest });
}

function openSpecific(apdu: Uint8Array, plain: { tag: number; dedicated: boolean }, opening: Opening): MaybePromise<Uint8Array> {
  const from = lastOctetsFrom(apdu, 1, opening.options);
  const ciphered = { kind: plain.dedicated ? 'ded' : 'glo', dedicated: plain.dedicated, sender: peerOf(opening), given: undefined } as const;
  // The tag itself is not authenticated: what is inside must be what it promised.
  return andThen(openCiphered(apdu, from, ciphered, opening), (inner) => {
    if (inner[0] !== plain.tag) throw new DlmsError('security/authentication-failed', { what: 'the APDU inside is not the one that the tag names' });
    return inner;
  });
}

function openGeneralGlo(apdu: Uint8Array, dedicated: boolean, opening: Opening): MaybePromise<Uint8Array> {
  const r = new Reader(apdu, opening.options);
  r.offset = 1;
  const title = octetsOf(r);
  const from = lastOctetsFrom(apdu, r.offset, opening.options);
  return openCiphered(apdu, from, { kind: dedicated ? 'general-ded' : 'general-glo', dedicated, sender: senderOf(title, opening), given: undefined }, opening);
}

function finish(apdu: Uint8Array, opening: Opening): MaybePromise<Unprotected> {
  const { context, layers, verified, options } = opening;
  let authenticated = false;
  let encrypted = false;
  let signed = false;
  for (const layer of layers) {
    authenticated ||= layer.authenticated;
    encrypted ||= layer.encrypted;
    signed ||= layer.signedBy !== undefined;
  }
  const keyed = layers.find((l) => l.authenticated) ?? layers.find((l) => l.key !== undefined);
  const result: Unprotected = {
    apdu,
    layers,
    authenticated: authenticated || signed,
    protection: { authenticated, encrypted, signed },
    key: keyed?.key,
    originator: layers[0]?.systemTitle,
    signers: layers.flatMap((l) => (l.signedBy === undefined ? [] : [l.signedBy])),
    replayProtected: verified && (authenticated || signed),
  };
  if (!verified) return result;
  const { policy, counters } = context;
  if (layers.length === 0 && isPlainError(apdu) && policy.plainErrors !== false) return result;
  requireProtection(options.required === undefined ? policy.receive : strongest(policy.receive, options.required), result.protection);
  if (signed && !authenticated) opening.received = [...(opening.received ?? []), signatureGroup(opening)];
  const { received, dedicated } = opening;
  const recorded = received === undefined ? undefined : counters.record(received);
  if (dedicated === undefined && !(recorded instanceof Promise)) return result;
  return andThen(recorded, () => andThen(dedicated === undefined ? undefined : context.dedicatedCounters.record(dedicated), () => result));
}
/** A signature without a counter around it stays valid for ever, so its transaction-id must grow. */
function signatureGroup({ signatures = [] }: Opening): readonly ReceivedValue[] {
  if (signatures.length === 0)
    throw new DlmsError('security/policy', { required: 'a counter or a transaction-id', actual: 'a signature that could be repeated' });
  return signatures;
}
