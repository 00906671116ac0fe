import { type ApduProtection, factsOfTag, isNotification } from '../core/apdu-facts.js';
import { Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { isInitiate, isPlainError } from './apdu-tags.js';
import type { SecurityContext } from './context.js';
import type { ProofOfFreshness } from './counters.js';
import { describe, type Protection, requireProtection, strongest } from './policy.js';
import { openCiphered } from './unprotect-ciphered.js';
import { openGeneralCiphering, openGeneralSigning } from './unprotect-general.js';
import { counts, lastOctetsFrom, type Opening, octetsOf, peerOf, senderOf } from './unprotect-state.js';
import type { ProtectionLayer, Unprotected, UnprotectOptions } from './unprotected.js';

/**
 * Opens a protected APDU layer by layer. Before anything is returned, every tag and signature has been verified, the
 * inner APDU is the one that the outer tag names, the policy of the context is met, and the counters have been
 * recorded. A failure changes nothing.
 *
 * The counter of each layer is compared before its cipher runs, and remembered only if that layer's own tag verified. A
 * message that one key protects twice, or one signer signs twice, is refused.
 *
 * @throws DlmsError `security/authentication-failed` (wrong key, wrong title, changed octets), `security/replay`,
 *   `security/policy`, `security/missing-key`, `security/unsupported` (suites, compression in suite 0), `decode/…` (not
 *   such an APDU, or content that cannot be decompressed)
 */
export function unprotect(
  apdu: Uint8Array,
  context: SecurityContext,
  options: UnprotectOptions = {},
): MaybePromise<Unprotected> {
  const opening: Opening = {
    context,
    options,
    verified: options.mode !== 'unverified',
    layers: [],
    received: undefined,
    dedicated: undefined,
  };
  return andThen(openLayer(apdu, opening), (plain) => finish(plain, opening));
}

/** One more than the deepest nesting in the books. */
const deepest = 4;

function openLayer(apdu: Uint8Array, opening: Opening): MaybePromise<Uint8Array> {
  if (apdu.length === 0) throw new DlmsError('decode/unexpected-end', { offset: 0, expected: 'an APDU' });
  const facts = factsOfTag(apdu[0]);
  if (facts?.protection === undefined) return apdu;
  guardDepth(opening);
  return facts.plain === undefined
    ? andThen(openGeneral(apdu, facts.protection, opening), (inner) => openLayer(inner, opening))
    : openSpecific(apdu, facts.plain, facts.protection === 'ded', opening);
}
function openGeneral(apdu: Uint8Array, protection: ApduProtection, opening: Opening): MaybePromise<Uint8Array> {
  if (protection === 'general-ciphering') return openGeneralCiphering(apdu, opening);
  if (protection === 'general-signing') return openGeneralSigning(apdu, opening);
  return openGeneralGlo(apdu, protection === 'general-ded', opening);
}
function guardDepth({ layers }: Opening): void {
  if (layers.length >= deepest) throw new DlmsError('decode/too-deep', { offset: 0, limit: deepest });
}

function openSpecific(
  apdu: Uint8Array,
  plainTag: number,
  dedicated: boolean,
  opening: Opening,
): MaybePromise<Uint8Array> {
  const from = lastOctetsFrom(apdu, 1, opening.options);
  const ciphered = {
    kind: dedicated ? 'ded' : 'glo',
    dedicated,
    sender: peerOf(opening),
    given: undefined,
  } as const;
  // The tag itself is not authenticated, so what is inside must be what it promises.
  return andThen(openCiphered(apdu, from, ciphered, opening), (inner) => {
    if (inner[0] !== plainTag)
      throw new DlmsError('security/authentication-failed', {
        what: 'the APDU inside is not the one that the tag names',
      });
    return inner;
  });
}

function openGeneralGlo(apdu: Uint8Array, dedicated: boolean, opening: Opening): MaybePromise<Uint8Array> {
  const r = new Reader(apdu, opening.options);
  r.offset = 1;
  const title = octetsOf(r);
  const from = lastOctetsFrom(apdu, r.offset, opening.options);
  return openCiphered(
    apdu,
    from,
    { kind: dedicated ? 'general-ded' : 'general-glo', dedicated, sender: senderOf(title, opening), given: undefined },
    opening,
  );
}

function finish(apdu: Uint8Array, opening: Opening): MaybePromise<Unprotected> {
  const { context, layers, verified, options, received, dedicated } = opening;
  const protection = protectionOf(layers);
  const proven = layers.find((l) => l.authenticated || counts(l));
  const keyed = layers.find((l) => l.authenticated) ?? layers.find((l) => l.key !== undefined);
  const result: Unprotected = {
    apdu,
    layers,
    authenticated: proven !== undefined,
    protection,
    key: keyed?.key,
    originator: (proven ?? layers[0])?.systemTitle,
    signers: protection.signed === true ? layers.filter(counts).map((l) => l.systemTitle) : none,
    replayProtected: received !== undefined || dedicated !== undefined,
  };
  if (!verified) return result;
  const { policy, counters } = context;
  if (layers.length === 0 && isPlainError(apdu) && policy.plainErrors !== false) return result;
  const required = options.required === undefined ? policy.receive : strongest(policy.receive, options.required);
  const uncounted = protection.signed === true ? undefined : layers.find((l) => l.uncounted !== undefined)?.uncounted;
  if (uncounted !== undefined && required.signed === true)
    throw new DlmsError('security/policy', { required: describe(required), actual: uncounted });
  requireProtection(required, protection);
  if (received === undefined) context.counted = false;
  const recorded = received === undefined ? undefined : counters.record(received, proofOf(apdu, opening));
  if (dedicated === undefined && !(recorded instanceof Promise)) return result;
  return andThen(recorded, () =>
    andThen(dedicated === undefined ? undefined : context.dedicatedCounters.record(dedicated), () => result),
  );
}
const none: readonly Uint8Array[] = [];
/**
 * The rule for all layers together. A tag or signature covers what is inside it, so encryption counts if that layer, or
 * one outside it, is authenticated or has a signature that counts. Elsewhere it proves nothing: anyone with some key
 * stream can wrap a message in it. If nothing at all is proven, the result is the encryption found, which only a policy
 * without replay protection accepts.
 */
function protectionOf(layers: readonly ProtectionLayer[]): Protection {
  let authenticated = false;
  let signed = false;
  let encrypted = false;
  let claimed = false;
  for (const layer of layers) {
    authenticated ||= layer.authenticated;
    signed ||= counts(layer);
    claimed ||= layer.encrypted;
    encrypted ||= layer.encrypted && (authenticated || signed);
  }
  return { authenticated, encrypted: authenticated || signed ? encrypted : claimed, signed };
}
/**
 * Whether the counter may be written later. Only authenticated requests and responses in the simple forms belong to the
 * association whose challenge was answered: a notification is also accepted outside of it, an InitiateRequest opens
 * another one, and general-ciphering and broadcast have keys of their own.
 */
function proofOf(apdu: Uint8Array, { context, layers }: Opening): ProofOfFreshness {
  if (context.proof === 'none') return 'none';
  const inside =
    !isNotification(apdu) &&
    !isInitiate(apdu[0]) &&
    layers.every(
      ({ authenticated, key }) => authenticated && (key === 'global-unicast-encryption-key' || key === 'dedicated-key'),
    );
  if (context.proof === 'proven')
    return inside && layers.every(({ kind }) => kind !== 'general-ciphering') ? 'proven' : 'none';
  context.counted = inside && layers.some(({ key }) => key === 'global-unicast-encryption-key');
  return 'expected';
}
