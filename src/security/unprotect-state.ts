import { equalBytes } from '../core/bytes.js';
import { type DecodeOptions, Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { GeneralProtectionHeader } from '../xdlms/ciphered.js';
import type { SecurityContext } from './context.js';
import { type InvocationCounters, type ProofOfFreshness, type ReceivedValue, replayed } from './counters.js';
import { requireKey } from './keys.js';
import type { ProtectionLayer, UnprotectOptions } from './unprotected.js';

/** What one call of `unprotect` has found so far. */
export interface Opening {
  readonly context: SecurityContext;
  readonly options: UnprotectOptions;
  readonly verified: boolean;
  readonly layers: ProtectionLayer[];
  /**
   * Counters and transaction-ids under tags and signatures that verified, to be recorded if everything else is right.
   */
  received: (readonly ReceivedValue[])[] | undefined;
  /** The same for the dedicated key, which has its own store. */
  dedicated: (readonly ReceivedValue[])[] | undefined;
}

/** Whether the layer bears a signature that counts. */
export const counts = (layer: ProtectionLayer): boolean =>
  layer.signedBy !== undefined && layer.uncounted === undefined;

/**
 * Refuses what was seen before, before the cipher runs, so that a flood of old messages costs little and teaches an
 * attacker nothing.
 */
export function compare(
  counters: InvocationCounters,
  group: readonly ReceivedValue[],
  proof: ProofOfFreshness,
  at = 0,
): MaybePromise<void> {
  const value = group[at] as ReceivedValue;
  return andThen(counters.last(value.name, proof), (last) => {
    if (last === undefined || value.value > last) return;
    if (at + 1 === group.length) throw replayed(value, last);
    return compare(counters, group, proof, at + 1);
  });
}

export function octetsOf(r: Reader): Uint8Array {
  try {
    return r.take(r.length());
  } catch (e) {
    throw e instanceof RangeError
      ? new DlmsError('decode/unexpected-end', { offset: Math.min(r.offset, r.bytes.length) }, { cause: e })
      : e;
  }
}
/**
 * The offset of the contents of the octet string whose length is at `at`, and which must end with the APDU. The usual
 * forms are read without a Reader, because every message has one; test/security/layouts.test.ts compares this with the
 * declarations.
 */
export function lastOctetsFrom(apdu: Uint8Array, at: number, options: DecodeOptions): number {
  const first = apdu[at] ?? 0;
  if (first < 0x80) {
    if (first === apdu.length - at - 1) return at + 1;
  } else if (first === 0x82 && apdu[at + 1] !== 0) {
    if ((((apdu[at + 1] as number) << 8) | (apdu[at + 2] as number)) === apdu.length - at - 3) return at + 3;
  }
  const r = new Reader(apdu, options);
  r.offset = at;
  const octets = octetsOf(r);
  if (r.left !== 0) throw new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left });
  return r.offset - octets.length;
}
export function peerOf({ context }: Opening): Uint8Array {
  return requireKey(context.peerSystemTitle, 'system title of the sender');
}
/**
 * The title in the message, which must be that of the peer; the peer when the field is empty. In unverified mode any
 * title is accepted.
 */
export function senderOf(title: Uint8Array, opening: Opening): Uint8Array {
  const { context, verified } = opening;
  if (title.length === 0) return peerOf(opening);
  if (title.length !== 8)
    throw new DlmsError('decode/invalid-length', {
      offset: 2,
      expected: 'a system title of 0 or 8 octets',
      actual: title.length,
    });
  if (verified) context.checkPeer(title);
  const peer = context.peerSystemTitle;
  return peer !== undefined && equalBytes(title, peer) ? peer : title.slice();
}
export function checkRecipient(
  { recipientSystemTitle, dateTime }: GeneralProtectionHeader,
  { context, verified }: Opening,
): void {
  if (dateTime.length !== 0 && dateTime.length !== 12)
    throw new DlmsError('decode/invalid-length', {
      offset: 0,
      expected: 'a date-time of 0 or 12 octets',
      actual: dateTime.length,
    });
  if (verified && recipientSystemTitle.length !== 0 && !equalBytes(recipientSystemTitle, context.systemTitle))
    throw new DlmsError('security/authentication-failed', {
      what: 'the message is for another recipient',
      systemTitle: formatHex(recipientSystemTitle),
    });
}
export function numberOf(transactionId: Uint8Array): bigint {
  if (transactionId.length > 32)
    throw new DlmsError('decode/too-large', { offset: 1, limit: 32, actual: transactionId.length });
  return BigInt(`0x${formatHex(transactionId)}`);
}
