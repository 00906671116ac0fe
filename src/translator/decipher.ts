import { DlmsError, isDlmsError } from '../core/errors.js';
import { openContent, openUnverified, readSecurityHeader } from '../security/ciphering.js';
import { nobleProvider } from '../security/noble.js';
import type { KeyHandle } from '../security/provider.js';
import type { CipheredContent, Decipher, Deciphered } from './explain-ciphered.js';

/** Keys as octets: 16 in suites 0 and 1, 32 in suite 2. */
export interface ExplainKeys {
  /** Global unicast encryption key. */
  readonly encryptionKey?: Uint8Array;
  readonly authenticationKey?: Uint8Array;
  readonly broadcastKey?: Uint8Array;
  /** Of this association; one that is seen in a deciphered InitiateRequest is found without it. */
  readonly dedicatedKey?: Uint8Array;
  /** Opens the wrapped keys of general-ciphering. */
  readonly masterKey?: Uint8Array;
  /** Title or titles of the senders, for messages that do not name theirs. */
  readonly systemTitle?: Uint8Array | readonly Uint8Array[];
}

/**
 * A decipherer for `explain`. Without the authentication key content is read without its tag being verified.
 * Agreed keys of general-ciphering need private keys and are not opened here.
 */
export function decipherWith(keys: ExplainKeys): Decipher {
  const given = keys.systemTitle === undefined ? [] : keys.systemTitle instanceof Uint8Array ? [keys.systemTitle] : keys.systemTitle;
  return (content) => {
    const key = contentKey(keys, content);
    if (key === undefined) return undefined;
    const titles = [...content.systemTitles, ...given];
    if (titles.length === 0) throw new DlmsError('security/missing-key', { key: 'system title of the sender' });
    let failure: unknown;
    for (const [i, title] of titles.entries()) {
      if (titles.findIndex((t) => t.every((b, j) => b === title[j])) < i) continue;
      try {
        return open(keys, content, key, title);
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        failure ??= e;
      }
    }
    throw failure;
  };
}

function contentKey(keys: ExplainKeys, content: CipheredContent): KeyHandle | undefined {
  const { keyInfo } = content;
  if (keyInfo?.type === 'agreed-key') return undefined;
  if (keyInfo?.type === 'wrapped-key') {
    if (keys.masterKey === undefined) return undefined;
    const wrapped = keyInfo.keyCipheredData;
    const key = sync(nobleProvider.unwrap(symmetric(keys.masterKey), wrapped, wrapped.length === 40 ? 'AES-256' : 'AES-128'));
    if (key === undefined) throw new DlmsError('security/authentication-failed', { what: 'wrapped key' });
    return key;
  }
  const octets =
    content.key === 'dedicated'
      ? (content.dedicatedKey ?? keys.dedicatedKey)
      : content.key === 'broadcast' || (keyInfo?.type === 'identified-key' && keyInfo.keyId === 1)
        ? keys.broadcastKey
        : keys.encryptionKey;
  return octets === undefined ? undefined : symmetric(octets);
}

function open(keys: ExplainKeys, content: CipheredContent, key: KeyHandle, systemTitle: Uint8Array): Deciphered {
  const header = readSecurityHeader(content.ciphered);
  const input = { provider: nobleProvider, key, systemTitle };
  if (keys.authenticationKey === undefined || !header.control.authenticated)
    return { plaintext: sync(openUnverified(input, header, content.ciphered)), verified: false };
  const authenticationKey = sync(nobleProvider.importKey('secret', keys.authenticationKey));
  return { plaintext: sync(openContent({ ...input, authenticationKey, extra: content.header }, header, content.ciphered)), verified: true };
}
const symmetric = (octets: Uint8Array): KeyHandle => sync(nobleProvider.importKey(octets.length === 32 ? 'AES-256' : 'AES-128', octets));
/** This provider answers at once. */
const sync = <T>(value: T | Promise<T>): T => value as T;
