import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { type OpenOptions, openContent, openUnverified, readSecurityHeader } from './ciphering.js';
import type { SecurityContext } from './context.js';
import type { ReceivedValue } from './counters.js';
import { type KeyName, requireKey } from './keys.js';
import type { KeyHandle, PublicKey } from './providers/provider.js';
import { compare, numberOf, type Opening } from './unprotect-state.js';
import type { ProtectionLayer } from './unprotected.js';

/**
 * The content key of general-ciphering. `namedBy` is the key that names its counters, where the context does not
 * determine it.
 */
export interface ContentKey {
  readonly key: KeyHandle;
  readonly name: KeyName;
  readonly namedBy?: KeyHandle | PublicKey;
}
/** Which key opens ciphered content, and who sent it. */
export interface Ciphered {
  readonly kind: ProtectionLayer['kind'];
  readonly sender: Uint8Array;
  readonly dedicated: boolean;
  /** Only in general-ciphering: the key, its name, and what else is authenticated. */
  readonly given: (ContentKey & { readonly extra: Uint8Array; readonly transactionId: Uint8Array }) | undefined;
}
/** Opens the security header, content and tag of any ciphered APDU: the octets of `ciphered` from `from` to the end. */
export function openCiphered(
  ciphered: Uint8Array,
  from: number,
  { kind, sender, dedicated, given }: Ciphered,
  opening: Opening,
): MaybePromise<Uint8Array> {
  const { context, verified } = opening;
  const { keys, provider } = context;
  const header = readSecurityHeader(ciphered, from);
  const { control, invocationCounter } = header;
  if (!context.acceptSuites.includes(control.suite))
    throw new DlmsError('security/policy', {
      required: `security suite ${context.suite.id}`,
      actual: `security suite ${control.suite}`,
    });
  const name: KeyName =
    given?.name ??
    (dedicated ? 'dedicated-key' : control.broadcastKey ? broadcastKey : 'global-unicast-encryption-key');
  if (verified) checkUse(name, opening);
  // Decompressing costs more than the size of a packet suggests, so what the policy refuses is not even opened.
  if (verified && control.compressed && context.policy.refuseCompressed === true)
    throw new DlmsError('security/policy', {
      required: 'content that is not compressed',
      actual: 'compressed content',
    });
  const key =
    given?.key ??
    requireKey(dedicated ? keys.dedicated : control.broadcastKey ? keys.globalBroadcast : keys.globalUnicast, name);
  const reading: OpenOptions | undefined = control.compressed
    ? { ...opening.options, maxDecompressed: context.maxDecompressed }
    : undefined;
  const unverified = !verified && control.authenticated && keys.authentication === undefined;
  const layer = {
    kind,
    authenticated: control.authenticated && !unverified,
    encrypted: control.encrypted,
    compressed: control.compressed,
    suite: control.suite,
    invocationCounter,
    systemTitle: sender,
    key: name,
  };
  opening.layers.push(given === undefined ? layer : { ...layer, transactionId: given.transactionId });
  if (unverified) return openUnverified({ provider, key, systemTitle: sender }, header, ciphered, from, reading);
  const authenticationKey = control.authenticated ? requireKey(keys.authentication, 'authentication-key') : undefined;
  const open = (): MaybePromise<Uint8Array> =>
    openContent(
      { provider, key, authenticationKey, systemTitle: sender, extra: given?.extra },
      header,
      ciphered,
      from,
      reading,
    );
  // A header in front of plaintext protects nothing, so its counter means nothing either.
  if (!verified || (!control.authenticated && !control.encrypted)) return open();
  const group = receivedGroup(context, name, given?.namedBy, sender, invocationCounter, given?.transactionId);
  const fresh = compare(dedicated ? context.dedicatedCounters : context.counters, group, context.proof);
  const content = fresh instanceof Promise ? fresh.then(open) : open();
  // Anybody can put a counter in front of encrypted octets: only a tag makes it worth remembering.
  if (!control.authenticated) return content;
  return andThen(content, (plain) => {
    if (dedicated) opening.dedicated = [group];
    else if (opening.received === undefined) opening.received = [group];
    else opening.received.push(group);
    return plain;
  });
}
/**
 * Each key may be used once, the broadcast key only where it was allowed. No known source has a message that one key
 * protects twice, which is how an old message could be put inside a layer that looks new.
 */
function checkUse(name: KeyName, { context, layers }: Opening): void {
  if (name === broadcastKey && !context.broadcast)
    throw new DlmsError('security/policy', {
      required: 'a key that not every meter of the group knows (or broadcast: true)',
      actual: name,
    });
  if (layers.length !== 0 && layers.some((outer) => outer.key === name))
    throw new DlmsError('security/policy', {
      required: 'one layer under each key',
      actual: `a layer under the ${name} inside another`,
    });
}
const broadcastKey: KeyName = 'global-broadcast-encryption-key';
/** A content key that is new in every message may start its counter anew, so the transaction-id may grow instead. */
function receivedGroup(
  context: SecurityContext,
  key: KeyName,
  namedBy: KeyHandle | PublicKey | undefined,
  sender: Uint8Array,
  counter: number,
  transactionId: Uint8Array | undefined,
): readonly ReceivedValue[] {
  const value = { name: context.receiveName(key, sender, namedBy), value: counter };
  if (transactionId === undefined || transactionId.length === 0 || (key !== 'wrapped-key' && key !== 'agreed-key'))
    return [value];
  return [value, { name: `${value.name} transaction`, value: numberOf(transactionId) }];
}
