import { decode } from '../axdr/schema.js';
import { equalBytes } from '../core/bytes.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { identifiedKeyIds } from '../core/key-ids.js';
import { openContent, openUnverified, readSecurityHeader } from '../security/ciphering.js';
import { nobleProvider } from '../security/providers/noble.js';
import type { KeyHandle, KeyUse } from '../security/providers/provider.js';
import { Apdu } from '../xdlms/apdu.js';
import type { CipheredContent, Decipher } from './explain-ciphered.js';

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
 * A decipherer for `explain`. Without the authentication key, or where nothing but encryption was applied, content is read without being verified, and said
 * so; of several titles that may be the sender's, the first is taken under which it is an APDU. Agreed keys of general-ciphering need private keys and are
 * not opened here.
 */
export function decipherWith(keys: ExplainKeys): Decipher {
  const given =
    keys.systemTitle === undefined
      ? []
      : keys.systemTitle instanceof Uint8Array
        ? [keys.systemTitle]
        : keys.systemTitle;
  return (content) => {
    const candidates = contentKeys(keys, content);
    if (candidates.length === 0) return undefined;
    const titles = distinct(content.sender === undefined ? [...given, ...content.systemTitles] : [content.sender]);
    if (titles.length === 0) throw new DlmsError('security/missing-key', { key: 'system title of the sender' });
    const header = readSecurityHeader(content.ciphered);
    const attempts = titles.flatMap((systemTitle) => candidates.map((key) => ({ systemTitle, key })));
    if (header.control.authenticated && keys.authenticationKey !== undefined) {
      const authenticationKey = sync(nobleProvider.importKey('secret', keys.authenticationKey));
      const { plaintext, systemTitle } = firstThat(attempts, (a) =>
        sync(
          openContent(
            { provider: nobleProvider, ...a, authenticationKey, extra: content.header },
            header,
            content.ciphered,
            0,
            lenient,
          ),
        ),
      );
      return { plaintext, systemTitle, verified: true, readings: 1 };
    }
    const open = (a: (typeof attempts)[number]): Uint8Array =>
      sync(openUnverified({ provider: nobleProvider, ...a }, header, content.ciphered, 0, lenient));
    // What a wrong key makes of compressed content is hardly ever a packet.
    const read = header.control.compressed
      ? [firstThat(attempts, open)]
      : attempts.map((a) => ({ systemTitle: a.systemTitle, plaintext: open(a) }));
    const sensible = read.filter(({ plaintext }) => isApdu(plaintext, content.expectedTag));
    return { ...((sensible[0] ?? read[0]) as (typeof read)[0]), verified: false, readings: sensible.length };
  };
}
const lenient = { lenient: true } as const;
/** @throws DlmsError of the first attempt when all fail */
function firstThat<T extends object>(
  attempts: readonly T[],
  open: (attempt: T) => Uint8Array,
): T & { plaintext: Uint8Array } {
  let failure: unknown;
  for (const attempt of attempts) {
    try {
      return { ...attempt, plaintext: open(attempt) };
    } catch (e) {
      if (!isDlmsError(e)) throw e;
      failure ??= e;
    }
  }
  throw failure;
}
function isApdu(plaintext: Uint8Array, expectedTag: number | undefined): boolean {
  if (expectedTag !== undefined && plaintext[0] !== expectedTag) return false;
  try {
    decode(Apdu, plaintext, { lenient: true });
    return true;
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return false;
  }
}
const distinct = (titles: readonly Uint8Array[]): Uint8Array[] =>
  titles.filter((t, i) => titles.findIndex((other) => equalBytes(t, other)) === i);

function contentKeys(keys: ExplainKeys, content: CipheredContent): readonly KeyHandle[] {
  const { keyInfo } = content;
  if (keyInfo?.type === 'agreed-key') return [];
  if (keyInfo?.type === 'wrapped-key') {
    if (keys.masterKey === undefined) return [];
    const wrapped = keyInfo.keyCipheredData;
    const key = sync(
      nobleProvider.unwrap(
        symmetric(keys.masterKey, 'wrapping'),
        wrapped,
        wrapped.length === 40 ? 'AES-256' : 'AES-128',
      ),
    );
    if (key === undefined) throw new DlmsError('security/authentication-failed', { what: 'wrapped key' });
    return [key];
  }
  const octets =
    content.key === 'dedicated'
      ? [content.dedicatedKey, keys.dedicatedKey]
      : [
          content.key === 'broadcast' ||
          (keyInfo?.type === 'identified-key' && keyInfo.keyId === identifiedKeyIds['global-broadcast-encryption-key'])
            ? keys.broadcastKey
            : keys.encryptionKey,
        ];
  return distinct(octets.filter((key) => key !== undefined)).map((key) => symmetric(key));
}

const symmetric = (octets: Uint8Array, use: KeyUse = 'ciphering'): KeyHandle =>
  sync(nobleProvider.importKey(octets.length === 32 ? 'AES-256' : 'AES-128', octets, { use }));
/** This provider answers at once. */
const sync = <T>(value: T | Promise<T>): T => value as T;
