import { factsOfTag, isApduTag } from '../core/apdu-facts.js';
import { equalBytes } from '../core/bytes.js';
import { Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
import type { CryptoProvider } from './providers/provider.js';

/** Authentication mechanism ids (Green Book 9.4.2.2.3); the last arc of the mechanism name. 0 is none, 1 low level security. */
export type HlsMechanism = 2 | 3 | 4 | 5 | 6 | 7;
const names: Readonly<Record<HlsMechanism, string>> = {
  2: 'HLS 2 (manufacturer specific)',
  3: 'HLS 3 (MD5, legacy)',
  4: 'HLS 4 (SHA-1, legacy)',
  5: 'HLS 5 (GMAC)',
  6: 'HLS 6 (SHA-256)',
  7: 'HLS 7 (ECDSA)',
};

/** Lengths of a challenge: 8 to 64 octets, 32 to 64 for ECDSA. */
export function challengeLengths(mechanism: HlsMechanism): readonly [minimum: number, maximum: number] {
  return mechanism === 7 ? [32, 64] : [8, 64];
}
/** Four draws in five are good; this many bad ones in a row are no accident. */
const draws = 64;
/**
 * A random challenge that no peer has a reason to refuse: drawn again until {@link checkChallenge} takes it for a reply in clear.
 * @param length default 32 octets
 * @throws DlmsError `security/provider` when the generator gives nothing else
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

/** How the challenge of the other side is judged. */
export interface ChallengeOptions {
  /** Challenges seen before; a repeated one is refused. */
  readonly memory?: ChallengeMemory;
  /**
   * The reply will leave encrypted, so nobody else sees it: only challenges that read as a whole APDU are refused, not every one that begins like one
   * (a quarter of random ones). Default: false.
   */
  readonly encryptedReply?: boolean;
}
/**
 * Judges the challenge of the other side as soon as it arrives, before anything is computed from it.
 *
 * The reply of mechanism 5 is the tag of an authenticated-only APDU whose content is the challenge, so whoever may choose the challenge could have an
 * APDU of his tagged. A challenge that reads as one is refused, though an honest one can look so by chance: repeat the association, the next has another.
 * @param own the challenge of this side: the same octets sent back (a reflection) would make this side answer its own question
 * @throws DlmsError `association/authentication-failed`, with `retryable` when a new association may do better
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
      throw failed(mechanism, 'remote', 'the challenge reads as an APDU, of which the reply would be the tag', true);
    if (options.encryptedReply !== true && beginsApdu(challenge))
      throw failed(
        mechanism,
        'remote',
        'the challenge begins as an APDU, and the reply, which could be its tag, would leave in clear',
        true,
      );
  }
  if (options.memory !== undefined && !options.memory.add(challenge))
    throw failed(mechanism, 'remote', 'the challenge was used before');
}

/** Whether the first octet is the tag of any APDU that we know. */
export const beginsApdu = (octets: Uint8Array): boolean => isApduTag(octets[0]);

/**
 * Whether an authenticated-only message could have these octets as what its tag covers: an APDU as our lenient decoder reads it, with whatever behind it;
 * the beginning of a general protection APDU; or the header fields that are authenticated together with their content, five in general-ciphering and four
 * with protected data (class 30).
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
/** Whether these octets are what a signature of general-signing covers: five header fields and the content. */
export const readsAsSigned = (octets: Uint8Array): boolean => behindStrings(octets, 0, 6) === 0;
/** Octets left behind `count` octet strings that stand at `from`; undefined when they do not fit. */
function behindStrings(octets: Uint8Array, from: number, count: number): number | undefined {
  // Nearly always the first length is too great already.
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

/** Remembers the last challenges of a peer. Some peers repeat theirs (a generator with a fixed seed), so it is used only where it is given. */
export class ChallengeMemory {
  readonly #seen = new Set<string>();
  readonly #size: number;
  /** @param size challenges kept; the oldest is forgotten first. Default 1024 */
  constructor(size = 1024) {
    this.#size = size;
  }
  /** @returns false when it was there already */
  add(challenge: Uint8Array): boolean {
    const key = formatHex(challenge);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > this.#size) this.#seen.delete(this.#seen.values().next().value as string);
    return true;
  }
}

/** The error of an authentication that failed. @param retryable a new association, with other challenges, may succeed */
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
