import { factsOfTag, isApduTag } from '../core/apdu-facts.js';
import { equalBytes } from '../core/bytes.js';
import { Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
import type { CryptoProvider } from './providers/provider.js';

/**
 * Id of an HLS authentication mechanism (Green Book 9.4.2.2.3): the last arc of the mechanism name. 0 is no security, 1
 * low level security.
 */
export type HlsMechanism = 2 | 3 | 4 | 5 | 6 | 7;
const names: Readonly<Record<HlsMechanism, string>> = {
  2: 'HLS 2 (manufacturer specific)',
  3: 'HLS 3 (MD5, legacy)',
  4: 'HLS 4 (SHA-1, legacy)',
  5: 'HLS 5 (GMAC)',
  6: 'HLS 6 (SHA-256)',
  7: 'HLS 7 (ECDSA)',
};

/** Allowed lengths of a challenge in octets: 8 to 64, or 32 to 64 for ECDSA. */
export function challengeLengths(mechanism: HlsMechanism): readonly [minimum: number, maximum: number] {
  return mechanism === 7 ? [32, 64] : [8, 64];
}
/** About four draws in five are good; this many bad ones in a row are no accident. */
const draws = 64;
/**
 * A random challenge that no peer has a reason to refuse: drawn again until {@link checkChallenge} would accept it even
 * for a reply in clear.
 * @param length in octets. Default: 32
 * @throws DlmsError `security/provider` when the generator yields nothing acceptable
 */
export function generateChallenge(provider: CryptoProvider, mechanism: HlsMechanism, length = 32): Uint8Array {
  const [minimum, maximum] = challengeLengths(mechanism);
  if (!Number.isInteger(length) || length < minimum || length > maximum)
    throw new DlmsError('encode/invalid-value', {
      expected: `a challenge of ${minimum} to ${maximum} octets`,
      actual: `${length} octets`,
    });
  for (let i = 0; i < draws; i++) {
    const challenge = provider.random(length);
    if (!beginsApdu(challenge) && !readsAsApdu(challenge)) return challenge;
  }
  throw new DlmsError('security/provider', {
    provider: provider.name,
    operation: 'random',
    reason: `${draws} challenges in a row that read as APDUs`,
  });
}

/** Options of {@link checkChallenge}. */
export interface ChallengeOptions {
  /** Challenges seen before: a repeated one is refused. Default: none are remembered. */
  readonly memory?: ChallengeMemory;
  /**
   * Says that the reply will be sent encrypted, so nobody else sees it. Then only challenges that read as a whole APDU
   * are refused, not all that begin like one (a quarter of random ones). Default: false.
   */
  readonly encryptedReply?: boolean;
}
/**
 * Checks the challenge of the other side. Call this as soon as it arrives, before computing anything from it.
 *
 * The reply of mechanism 5 is the tag of an authenticated-only APDU whose content is the challenge, so whoever chooses
 * the challenge could have an APDU of their own tagged. A challenge that reads as an APDU is therefore refused. An
 * honest challenge may look like one by chance: repeat the association to get another.
 * @param own the challenge of this side: if it came back (a reflection), this side would answer its own question
 * @throws DlmsError `association/authentication-failed`, with `retryable` when a new association may succeed
 */
export function checkChallenge(
  mechanism: HlsMechanism,
  challenge: Uint8Array,
  own: Uint8Array | undefined,
  options: ChallengeOptions = {},
): void {
  const [minimum, maximum] = challengeLengths(mechanism);
  if (challenge.length < minimum || challenge.length > maximum)
    throw failed(mechanism, 'remote', `a challenge of ${challenge.length} octets (${minimum} to ${maximum} allowed)`);
  if (own !== undefined && equalBytes(challenge, own))
    throw failed(mechanism, 'remote', 'our own challenge came back (reflection)');
  if (mechanism === 5) {
    if (readsAsApdu(challenge))
      throw failed(mechanism, 'remote', 'the challenge reads as an APDU, and the reply would be its tag', true);
    if (options.encryptedReply !== true && beginsApdu(challenge))
      throw failed(
        mechanism,
        'remote',
        'the challenge begins like an APDU, and the reply, which could be its tag, would be sent in clear',
        true,
      );
  }
  if (options.memory !== undefined && !options.memory.add(challenge))
    throw failed(mechanism, 'remote', 'the challenge was used before');
}

/** Whether the first octet is the tag of an APDU that we know. */
export const beginsApdu = (octets: Uint8Array): boolean => isApduTag(octets[0]);

/**
 * Whether the tag of an authenticated-only message could cover these octets: an APDU as our lenient decoder reads it,
 * whatever follows it; the beginning of a general protection APDU; or the header fields that are authenticated together
 * with their content, five in general-ciphering and four in protected data (class 30).
 */
export function readsAsApdu(octets: Uint8Array): boolean {
  const { protection, plain } = factsOfTag(octets[0]) ?? {};
  if (protection !== undefined && plain === undefined)
    return behindStrings(octets, 1, protection === 'general-glo' || protection === 'general-ded' ? 1 : 5) !== undefined;
  return (beginsApdu(octets) && decodes(octets)) || behindStrings(octets, 0, 4) !== undefined;
}
function decodes(octets: Uint8Array): boolean {
  try {
    Apdu.read(new Reader(octets, lenient));
    return true;
  } catch {
    return false;
  }
}
/** Whether a signature of general-signing could cover these octets: five header fields and the content. */
export const readsAsSigned = (octets: Uint8Array): boolean => behindStrings(octets, 0, 6) === 0;
/** How many octets follow the `count` octet strings that begin at `from`; undefined when the strings do not fit. */
function behindStrings(octets: Uint8Array, from: number, count: number): number | undefined {
  // Nearly always the first length is already too large.
  if ((octets[from] ?? 0xff) < 0x80 && (octets[from] as number) >= octets.length - from) return undefined;
  const r = new Reader(octets, lenient);
  r.offset = from;
  try {
    for (let i = 0; i < count; i++) r.take(r.length());
    return r.left;
  } catch {
    return undefined;
  }
}
const lenient = { lenient: true } as const;

/**
 * Remembers the latest challenges of a peer. Optional, because some honest peers repeat theirs (a generator with a
 * fixed seed).
 */
export class ChallengeMemory {
  readonly #seen = new Set<string>();
  readonly #size: number;
  /**
   * @param size how many challenges are kept, at least 1; the oldest is forgotten first. Default: 1024
   * @throws DlmsError `configuration/invalid`
   */
  constructor(size = 1024) {
    if (!Number.isSafeInteger(size) || size < 1)
      throw new DlmsError('configuration/invalid', {
        what: `a memory of ${size} challenges`,
        hint: 'an integer from 1',
      });
    this.#size = size;
  }
  /** Adds a challenge. @returns false when it was already there */
  add(challenge: Uint8Array): boolean {
    const key = formatHex(challenge);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > this.#size) this.#seen.delete(this.#seen.values().next().value as string);
    return true;
  }
}

/**
 * The error for a failed authentication.
 * @param retryable whether a new association, with other challenges, may succeed
 */
export function failed(
  mechanism: HlsMechanism,
  side: 'local' | 'remote',
  reason: string,
  retryable = false,
): DlmsError {
  const hint = retryable ? ': repeat the association for another challenge' : '';
  return new DlmsError('association/authentication-failed', {
    mechanism: names[mechanism],
    side,
    reason: reason + hint,
    ...(retryable ? { retryable } : {}),
  });
}
