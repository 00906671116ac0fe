import { decodeFrom, type Optional, optional } from '../axdr/schema.js';
import { equalBytes } from '../core/bytes.js';
import { type DecodeOptions, Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { GeneralProtectionHeader, KeyInfo } from '../xdlms/ciphered.js';
import { generalCipheringTag, generalDedCipheringTag, generalGloCipheringTag, generalSigningTag, isPlainError, plainTag } from './apdu-tags.js';
import { openContent, openUnverified, readSecurityHeader } from './ciphering.js';
import { type KeyName, need, type SecurityContext } from './context.js';
import { type ReceivedValue, replayed } from './counters.js';
import { asymmetric, onePassRecipient, staticUnified } from './key-agreement.js';
import { type Protection, requireProtection, strongest } from './policy.js';
import { type KeyHandle, publicKeyLength } from './provider.js';

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

interface Opening {
  readonly context: SecurityContext;
  readonly options: UnprotectOptions;
  readonly verified: boolean;
  readonly layers: ProtectionLayer[];
  /** To be recorded when all is well. */
  received: (readonly ReceivedValue[])[] | undefined;
  dedicated: (readonly ReceivedValue[])[] | undefined;
  signatures: ReceivedValue[] | undefined;
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

interface Ciphered {
  readonly kind: ProtectionLayer['kind'];
  readonly sender: Uint8Array;
  readonly dedicated: boolean;
  /** General-ciphering: the key, its name, and what else is authenticated. */
  readonly given: { readonly key: KeyHandle; readonly name: KeyName; readonly extra: Uint8Array; readonly transactionId: Uint8Array } | undefined;
}
/** Security header, content and tag of any ciphered APDU: the octets of `ciphered` from `from` to its end. */
function openCiphered(ciphered: Uint8Array, from: number, { kind, sender, dedicated, given }: Ciphered, opening: Opening): MaybePromise<Uint8Array> {
  const { context, verified } = opening;
  const { keys, provider } = context;
  const header = readSecurityHeader(ciphered, from);
  const { control, invocationCounter } = header;
  if (!context.acceptSuites.includes(control.suite))
    throw new DlmsError('security/policy', { required: `security suite ${context.suite.id}`, actual: `security suite ${control.suite}` });
  const name: KeyName =
    given?.name ?? (dedicated ? 'dedicated-key' : control.broadcastKey ? 'global-broadcast-encryption-key' : 'global-unicast-encryption-key');
  const key = given?.key ?? need(dedicated ? keys.dedicated : control.broadcastKey ? keys.globalBroadcast : keys.globalUnicast, name);
  const unverified = !verified && control.authenticated && keys.authentication === undefined;
  const layer = {
    kind,
    authenticated: control.authenticated && !unverified,
    encrypted: control.encrypted,
    suite: control.suite,
    invocationCounter,
    systemTitle: sender,
    key: name,
  };
  opening.layers.push(given === undefined ? layer : { ...layer, transactionId: given.transactionId });
  if (unverified) return openUnverified({ provider, key, systemTitle: sender }, header, ciphered, from);
  const authenticationKey = control.authenticated ? need(keys.authentication, 'authentication-key') : undefined;
  const open = (): MaybePromise<Uint8Array> =>
    openContent({ provider, key, authenticationKey, systemTitle: sender, extra: given?.extra }, header, ciphered, from);
  // A header in front of plaintext protects nothing, so its counter says nothing either.
  if (!verified || (!control.authenticated && !control.encrypted)) return open();
  const group = receivedGroup(context, name, sender, invocationCounter, given?.transactionId);
  const pending = dedicated ? opening.dedicated : opening.received;
  // Inside a layer of the same key and sender, which was made later and has the higher counter.
  if (pending?.some(([outer]) => outer?.name === group[0]?.name)) return open();
  if (dedicated) opening.dedicated = [...(pending ?? []), group];
  else opening.received = pending === undefined ? [group] : [...pending, group];
  const fresh = compare(dedicated ? context.dedicatedStore : context.counters.store, group);
  return fresh instanceof Promise ? fresh.then(open) : open();
}
/** A content key that is new in every message starts its counter anew, so there the transaction-id may grow instead. */
function receivedGroup(
  context: SecurityContext,
  key: KeyName,
  sender: Uint8Array,
  counter: number,
  transactionId: Uint8Array | undefined,
): readonly ReceivedValue[] {
  const value = { name: context.receiveName(key, sender), value: counter };
  if (transactionId === undefined || transactionId.length === 0 || (key !== 'wrapped-key' && key !== 'agreed-key')) return [value];
  return [value, { name: context.receiveName('transaction', sender), value: numberOf(transactionId) }];
}
/** Refuses what was seen before, before the cipher runs: a flood of old messages costs little, and teaches an attacker nothing. */
function compare(store: SecurityContext['dedicatedStore'], group: readonly ReceivedValue[]): MaybePromise<void> {
  const [first, ...others] = group as [ReceivedValue, ...ReceivedValue[]];
  return andThen(store.last(first.name), (last) => {
    if (last === undefined || first.value > last) return;
    if (others.length === 0) throw replayed(first, last);
    return compare(store, others);
  });
}

function openGeneralCiphering(apdu: Uint8Array, opening: Opening): MaybePromise<Uint8Array> {
  const r = new Reader(apdu, opening.options);
  r.offset = 1;
  const header = decodeFrom(GeneralProtectionHeader, r);
  const extra = apdu.subarray(1, r.offset);
  const keyInfo = decodeFrom(optionalKeyInfo, r);
  const from = lastOctetsFrom(apdu, r.offset, opening.options);
  const sender = senderOf(header.originatorSystemTitle, opening);
  checkRecipient(header, opening);
  const { transactionId } = header;
  return andThen(contentKey(keyInfo, header, sender, opening), ({ key, name }) =>
    andThen(openCiphered(apdu, from, { kind: 'general-ciphering', sender, dedicated: false, given: { key, name, extra, transactionId } }, opening), (inner) => {
      if (name === 'wrapped-key' || name === 'agreed-key') key.destroy();
      return inner;
    }),
  );
}
function contentKey(
  info: KeyInfo | undefined,
  header: GeneralProtectionHeader,
  sender: Uint8Array,
  opening: Opening,
): MaybePromise<{ key: KeyHandle; name: KeyName }> {
  const { provider, suite, keys, systemTitle } = opening.context;
  switch (info?.type) {
    case undefined:
      return { key: need(opening.options.contentKey, 'content key of general-ciphering without key-info'), name: 'given-key' };
    case 'identified-key':
      if (info.keyId === 0) return { key: need(keys.globalUnicast, 'global-unicast-encryption-key'), name: 'global-unicast-encryption-key' };
      if (info.keyId === 1) return { key: need(keys.globalBroadcast, 'global-broadcast-encryption-key'), name: 'global-broadcast-encryption-key' };
      throw new DlmsError('security/unsupported', { what: `key-id ${info.keyId} of an identified key` });
    case 'wrapped-key': {
      if (info.kekId !== 0) throw new DlmsError('security/unsupported', { what: `kek-id ${info.kekId} of a wrapped key` });
      return andThen(provider.unwrap(need(keys.master, 'master-key'), info.keyCipheredData, suite.aes), (key) => {
        if (key === undefined) throw new DlmsError('security/authentication-failed', { what: 'wrapped key', systemTitle: formatHex(sender) });
        return { key, name: 'wrapped-key' as const };
      });
    }
    case 'agreed-key': {
      asymmetric(suite);
      const own = need(keys.agreement, 'key agreement key');
      const agreed = (key: KeyHandle): { key: KeyHandle; name: KeyName } => ({ key, name: 'agreed-key' });
      const scheme = info.keyParameters.length === 1 ? info.keyParameters[0] : undefined;
      if (scheme === 1) {
        const signer = need(keys.peerSigning, 'digital signature key of the originator');
        return andThen(onePassRecipient(provider, suite, own, signer, info.keyCipheredData, sender, systemTitle), agreed);
      }
      if (scheme !== 2) throw new DlmsError('security/unsupported', { what: 'key-parameters of an agreed key' });
      if (info.keyCipheredData.length !== 0)
        throw new DlmsError('decode/invalid-length', { offset: 0, expected: 'no key-ciphered-data', actual: info.keyCipheredData.length });
      const peer = need(keys.peerAgreement, 'key agreement key of the originator');
      return andThen(staticUnified(provider, suite, own, peer, header.transactionId, sender, systemTitle), agreed);
    }
  }
}
const optionalKeyInfo: Optional<KeyInfo> = /* @__PURE__ */ optional(KeyInfo);

function openGeneralSigning(apdu: Uint8Array, opening: Opening): MaybePromise<Uint8Array> {
  const { context, verified } = opening;
  const { curve } = asymmetric(context.suite);
  const r = new Reader(apdu, opening.options);
  r.offset = 1;
  const header = decodeFrom(GeneralProtectionHeader, r);
  const content = octetsOf(r);
  const signed = apdu.subarray(1, r.offset);
  const signature = apdu.subarray(lastOctetsFrom(apdu, r.offset, opening.options));
  const { transactionId } = header;
  const signer = header.originatorSystemTitle.length === 0 ? peerOf(opening) : header.originatorSystemTitle;
  const layer: ProtectionLayer = { kind: 'general-signing', authenticated: false, encrypted: false, systemTitle: signer, transactionId };
  if (verified && equalBytes(signer, context.systemTitle))
    throw new DlmsError('security/authentication-failed', { what: 'signed by ourselves: a reflected message' });
  if (verified) checkRecipient(header, opening);
  const isPeer = context.peerSystemTitle !== undefined && equalBytes(signer, context.peerSystemTitle);
  const publicKey = isPeer ? context.keys.peerSigning : context.signerOf?.(signer);
  // Without a signature (some profiles leave it empty under a MAC) the layer is a header and proves nothing.
  if (signature.length === 0 || (!verified && publicKey === undefined)) {
    opening.layers.push(layer);
    return content.slice();
  }
  if (signature.length !== publicKeyLength(curve))
    throw new DlmsError('decode/invalid-length', {
      offset: apdu.length - signature.length,
      expected: `a signature of ${publicKeyLength(curve)} octets`,
      actual: signature.length,
    });
  return andThen(context.provider.verify(need(publicKey, `digital signature key of ${formatHex(signer)}`), signed, signature), (valid) => {
    if (!valid) throw new DlmsError('security/authentication-failed', { what: 'signature', systemTitle: formatHex(signer) });
    opening.layers.push({ ...layer, signedBy: signer });
    if (transactionId.length !== 0)
      opening.signatures = [...(opening.signatures ?? []), { name: context.receiveName('signature', signer), value: numberOf(transactionId) }];
    return content.slice();
  });
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
  const result: Unprotected = { apdu, layers, authenticated: authenticated || signed, protection: { authenticated, encrypted, signed } };
  if (!verified) return result;
  const { policy, counters } = context;
  if (layers.length === 0 && isPlainError(apdu) && policy.plainErrors !== false) return result;
  requireProtection(options.required === undefined ? policy.receive : strongest(policy.receive, options.required), result.protection);
  if (signed && !authenticated) opening.received = [...(opening.received ?? []), signatureGroup(opening)];
  const { received, dedicated } = opening;
  const recorded = received === undefined ? undefined : counters.store.record(received);
  if (dedicated === undefined && !(recorded instanceof Promise)) return result;
  return andThen(recorded, () => andThen(dedicated === undefined ? undefined : context.dedicatedStore.record(dedicated), () => result));
}
/** A signature without a counter around it stays valid for ever, so its transaction-id must grow. */
function signatureGroup({ signatures = [] }: Opening): readonly ReceivedValue[] {
  if (signatures.length === 0)
    throw new DlmsError('security/policy', { required: 'a counter or a transaction-id', actual: 'a signature that could be repeated' });
  return signatures;
}

function octetsOf(r: Reader): Uint8Array {
  try {
    return r.take(r.length());
  } catch (e) {
    throw e instanceof RangeError ? new DlmsError('decode/unexpected-end', { offset: Math.min(r.offset, r.bytes.length) }, { cause: e }) : e;
  }
}
/** Where the octet string begins whose length stands at `at`, and which must end with the APDU. The short forms are read without a Reader: every message has one. */
function lastOctetsFrom(apdu: Uint8Array, at: number, options: DecodeOptions): number {
  const first = apdu[at] ?? 0;
  if (first < 0x80) {
    if (first === apdu.length - at - 1) return at + 1;
  } else if (first === 0x82 && apdu.length > 0xff && (((apdu[at + 1] as number) << 8) | (apdu[at + 2] as number)) === apdu.length - at - 3) return at + 3;
  const r = new Reader(apdu, options);
  r.offset = at;
  const octets = octetsOf(r);
  if (r.left !== 0) throw new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left });
  return r.offset - octets.length;
}
function peerOf({ context }: Opening): Uint8Array {
  return need(context.peerSystemTitle, 'system title of the sender');
}
/** The title in the message, which must be that of the peer; or the peer when the field is empty. Looking at recordings, any title goes. */
function senderOf(title: Uint8Array, opening: Opening): Uint8Array {
  const { context, verified } = opening;
  if (title.length === 0) return peerOf(opening);
  if (title.length !== 8) throw new DlmsError('decode/invalid-length', { offset: 2, expected: 'a system title of 0 or 8 octets', actual: title.length });
  if (verified) context.checkPeer(title);
  const peer = context.peerSystemTitle;
  return peer !== undefined && equalBytes(title, peer) ? peer : title.slice();
}
function checkRecipient({ recipientSystemTitle, dateTime }: GeneralProtectionHeader, { context, verified }: Opening): void {
  if (dateTime.length !== 0 && dateTime.length !== 12)
    throw new DlmsError('decode/invalid-length', { offset: 0, expected: 'a date-time of 0 or 12 octets', actual: dateTime.length });
  if (verified && recipientSystemTitle.length !== 0 && !equalBytes(recipientSystemTitle, context.systemTitle))
    throw new DlmsError('security/authentication-failed', { what: 'the message is for another recipient', systemTitle: formatHex(recipientSystemTitle) });
}
function numberOf(transactionId: Uint8Array): bigint {
  if (transactionId.length > 32) throw new DlmsError('decode/too-large', { offset: 1, limit: 32, actual: transactionId.length });
  return BigInt(`0x${formatHex(transactionId)}`);
}
