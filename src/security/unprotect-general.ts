import { decodeFrom, type Optional, optional } from '../axdr/schema.js';
import { factsOfTag } from '../core/apdu-facts.js';
import { equalBytes } from '../core/bytes.js';
import { Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { identifiedKeyIds, kekIds } from '../core/key-ids.js';
import { andThen, lastly, type MaybePromise } from '../core/promise.js';
import { GeneralProtectionHeader, KeyInfo } from '../xdlms/ciphered.js';
import { securityHeaderAt } from './ciphering.js';
import type { SecurityContext } from './context.js';
import { asymmetric, onePassRecipient, staticKey, unsupportedNonce } from './key-agreement.js';
import { requireKey } from './keys.js';
import { type KeyHandle, type PublicKey, publicKeyLength } from './providers/provider.js';
import { authenticatedBit } from './security-control.js';
import { securityHeaderLength } from './suites.js';
import { type ContentKey, openCiphered } from './unprotect-ciphered.js';
import {
  checkRecipient,
  compare,
  counts,
  lastOctetsFrom,
  numberOf,
  type Opening,
  octetsOf,
  peerOf,
  senderOf,
} from './unprotect-state.js';
import type { ProtectionLayer } from './unprotected.js';

/** general-ciphering: finds the content key, opens the content, and destroys a key that served only this message. */
export function openGeneralCiphering(apdu: Uint8Array, opening: Opening): MaybePromise<Uint8Array> {
  const r = new Reader(apdu, opening.options);
  r.offset = 1;
  const header = decodeFrom(GeneralProtectionHeader, r);
  const extra = apdu.subarray(1, r.offset);
  const keyInfo = decodeFrom(optionalKeyInfo, r);
  const from = lastOctetsFrom(apdu, r.offset, opening.options);
  if (keyInfo === undefined && opening.options.contentKey === undefined) refuseCompanionMac(extra, apdu, from);
  const sender = senderOf(header.originatorSystemTitle, opening);
  checkRecipient(header, opening);
  const { transactionId } = header;
  if (keyInfo?.type === 'agreed-key' && keyInfo.keyParameters[0] === 2 && transactionId.length === 0)
    takeWithoutNonce(r, apdu, from, opening);
  return andThen(contentKey(keyInfo, header, sender, opening), (content) => {
    const { key, name } = content;
    const open = (): MaybePromise<Uint8Array> =>
      openCiphered(
        apdu,
        from,
        { kind: 'general-ciphering', sender, dedicated: false, given: { ...content, extra, transactionId } },
        opening,
      );
    // A key for this message alone is destroyed, whether or not the message verifies.
    return name === 'wrapped-key' || name === 'agreed-key' ? lastly(open, () => key.destroy()) : open();
  });
}
/**
 * Refuses messages of the Great Britain Companion Specification: authenticated-only general-ciphering with empty header
 * fields and counter 0 around general-signing, with a key derived from the titles and the transaction-id inside, and no
 * authentication key in the authenticated data. Layout, key and tag are known from recordings, but not the rules by
 * which a receiver tells a repeated message from a new one, so these messages are not opened.
 */
function refuseCompanionMac(header: Uint8Array, apdu: Uint8Array, from: number): void {
  if (apdu.length - from < securityHeaderLength || header.some((o) => o !== 0)) return;
  const { control, invocationCounter } = securityHeaderAt(apdu, from);
  const authenticatedAlone = control.authenticated && !control.encrypted && !control.compressed;
  const inside = factsOfTag(apdu[from + securityHeaderLength])?.protection;
  if (authenticatedAlone && invocationCounter === 0 && inside === 'general-signing')
    throw new DlmsError('security/unsupported', {
      what: 'the message authentication code of the Great Britain Companion Specification',
    });
}
/**
 * The static unified model without its nonce: the key is the same in every message, so only a counter under a tag tells
 * old messages from new ones.
 */
function takeWithoutNonce(r: Reader, apdu: Uint8Array, from: number, { verified }: Opening): void {
  r.tolerate('static-agreement-without-nonce', unsupportedNonce(0));
  if (verified && ((apdu[from] ?? 0) & authenticatedBit) === 0) throw unsupportedNonce(0);
}
function contentKey(
  info: KeyInfo | undefined,
  header: GeneralProtectionHeader,
  sender: Uint8Array,
  opening: Opening,
): MaybePromise<ContentKey> {
  const { provider, suite, keys, systemTitle } = opening.context;
  switch (info?.type) {
    case undefined: {
      const key = requireKey(opening.options.contentKey, 'content key of general-ciphering without key-info');
      return { key, name: 'given-key', namedBy: key };
    }
    case 'identified-key':
      if (info.keyId === identifiedKeyIds['global-unicast-encryption-key'])
        return {
          key: requireKey(keys.globalUnicast, 'global-unicast-encryption-key'),
          name: 'global-unicast-encryption-key',
        };
      if (info.keyId === identifiedKeyIds['global-broadcast-encryption-key'])
        return {
          key: requireKey(keys.globalBroadcast, 'global-broadcast-encryption-key'),
          name: 'global-broadcast-encryption-key',
        };
      throw new DlmsError('security/unsupported', { what: `key-id ${info.keyId} of an identified key` });
    case 'wrapped-key': {
      if (info.kekId !== kekIds['master-key'])
        throw new DlmsError('security/unsupported', { what: `kek-id ${info.kekId} of a wrapped key` });
      return andThen(provider.unwrap(requireKey(keys.master, 'master-key'), info.keyCipheredData, suite.aes), (key) => {
        if (key === undefined)
          throw new DlmsError('security/authentication-failed', {
            what: 'wrapped key',
            systemTitle: formatHex(sender),
          });
        return { key, name: 'wrapped-key' as const };
      });
    }
    case 'agreed-key': {
      asymmetric(suite);
      const own = requireKey(keys.agreement, 'key agreement key');
      const agreedWith =
        (namedBy: PublicKey) =>
        (key: KeyHandle): ContentKey => ({ key, name: 'agreed-key', namedBy });
      const scheme = info.keyParameters.length === 1 ? info.keyParameters[0] : undefined;
      if (scheme === 1) {
        const signer = requireKey(keys.peerSigning, 'digital signature key of the originator');
        return andThen(
          onePassRecipient(provider, suite, own, signer, info.keyCipheredData, sender, systemTitle),
          agreedWith(signer),
        );
      }
      if (scheme !== 2) throw new DlmsError('security/unsupported', { what: 'key-parameters of an agreed key' });
      if (info.keyCipheredData.length !== 0)
        throw new DlmsError('decode/invalid-length', {
          offset: 0,
          expected: 'no key-ciphered-data',
          actual: info.keyCipheredData.length,
        });
      const peer = requireKey(keys.peerAgreement, 'key agreement key of the originator');
      return andThen(
        staticKey(provider, suite, own, peer, header.transactionId, sender, systemTitle),
        agreedWith(peer),
      );
    }
  }
}
const optionalKeyInfo: Optional<KeyInfo> = /* @__PURE__ */ optional(KeyInfo);

/**
 * general-signing: verifies the signature, if there is one and its signer is known. It counts if it names us as the
 * recipient and its transaction-id is greater than all those received from this signer: a signature has no counter, so
 * without both it would be valid at any receiver, forever.
 */
export function openGeneralSigning(apdu: Uint8Array, opening: Opening): MaybePromise<Uint8Array> {
  const { context, verified } = opening;
  const { curve } = asymmetric(context.suite);
  const r = new Reader(apdu, opening.options);
  r.offset = 1;
  const header = decodeFrom(GeneralProtectionHeader, r);
  const content = octetsOf(r);
  const signed = apdu.subarray(1, r.offset);
  const signature = apdu.subarray(lastOctetsFrom(apdu, r.offset, opening.options));
  const { transactionId } = header;
  const signer = header.originatorSystemTitle.length === 0 ? peerOf(opening) : header.originatorSystemTitle.slice();
  const layer: ProtectionLayer = {
    kind: 'general-signing',
    authenticated: false,
    encrypted: false,
    systemTitle: signer,
    transactionId,
  };
  if (verified && equalBytes(signer, context.systemTitle))
    throw new DlmsError('security/authentication-failed', { what: 'signed by ourselves: a reflected message' });
  if (verified) checkRecipient(header, opening);
  const isPeer = context.peerSystemTitle !== undefined && equalBytes(signer, context.peerSystemTitle);
  const publicKey = isPeer ? context.keys.peerSigning : context.signerOf?.(signer);
  // Without a signature (some profiles leave it empty under a MAC), the layer is only a header and proves nothing.
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
  const key = requireKey(publicKey, `digital signature key of ${formatHex(signer)}`);
  const uncounted = verified ? whyUncounted(header, context) : undefined;
  const counted = verified && uncounted === undefined;
  if (counted && opening.layers.some((other) => counts(other) && equalBytes(other.systemTitle, signer)))
    throw new DlmsError('security/policy', {
      required: 'one signature of each signer',
      actual: `two of ${formatHex(signer)}`,
    });
  const value = counted
    ? { name: context.receiveName('signature', signer, key), value: numberOf(transactionId) }
    : undefined;
  return andThen(value === undefined ? undefined : compare(context.counters, [value], 'none'), () =>
    andThen(context.provider.verify(key, signed, signature), (valid) => {
      if (!valid)
        throw new DlmsError('security/authentication-failed', { what: 'signature', systemTitle: formatHex(signer) });
      opening.layers.push({ ...layer, signedBy: signer, ...(uncounted === undefined ? {} : { uncounted }) });
      if (value !== undefined) opening.received = [...(opening.received ?? []), [value]];
      return content.slice();
    }),
  );
}
function whyUncounted(
  { transactionId, recipientSystemTitle }: GeneralProtectionHeader,
  context: SecurityContext,
): string | undefined {
  if (recipientSystemTitle.length === 0 && !context.acceptSignaturesWithoutRecipient)
    return 'a signature that names no recipient';
  return transactionId.length === 0 ? 'a signature without a transaction-id' : undefined;
}
