import { factsOfTag } from '../core/apdu-facts.js';
import { Reader } from '../core/cursor.js';
import { formatHex } from '../core/hex.js';
import { GeneralGloCiphering, GeneralProtectionHeader } from '../xdlms/ciphered.js';
import { SecurityContext, type SecurityContextOptions } from './context.js';

/** What is known about one peer; the other {@link SecurityContextOptions} are common to the ring. */
export type RingEntry = Omit<SecurityContextOptions, 'provider' | 'systemTitle' | 'peerSystemTitle' | 'counters'>;
/** What all contexts of a ring share. */
export type RingOptions = Pick<SecurityContextOptions, 'provider' | 'systemTitle' | 'counters'>;

/**
 * The keys of many peers, by system title and logical device. A head-end or a listener for notifications uses it to
 * find the context of a message.
 */
export class KeyRing {
  readonly #options: RingOptions;
  readonly #entries = new Map<string, RingEntry>();
  constructor(options: RingOptions) {
    this.#options = options;
  }
  /**
   * Adds a peer, or replaces its entry.
   * @param logicalDevice server SAP; without it the entry serves every logical device that has none of its own
   */
  set(systemTitle: Uint8Array, entry: RingEntry, logicalDevice?: number): void {
    this.#entries.set(ringKey(systemTitle, logicalDevice), entry);
  }
  /**
   * Forgets a peer.
   * @returns whether it was known
   */
  delete(systemTitle: Uint8Array, logicalDevice?: number): boolean {
    return this.#entries.delete(ringKey(systemTitle, logicalDevice));
  }
  get size(): number {
    return this.#entries.size;
  }
  /**
   * A new context for the peer; undefined when the ring does not know it. Counters are shared, so a peer may have many
   * contexts.
   */
  context(systemTitle: Uint8Array, logicalDevice?: number): SecurityContext | undefined {
    const entry = this.#entries.get(ringKey(systemTitle, logicalDevice)) ?? this.#entries.get(ringKey(systemTitle));
    return entry === undefined
      ? undefined
      : new SecurityContext({ ...entry, ...this.#options, peerSystemTitle: systemTitle });
  }
  /** Contains no keys, so it is safe to log. */
  toJSON(): object {
    return { entries: [...this.#entries.keys()] };
  }
}
const ringKey = (title: Uint8Array, logicalDevice?: number): string =>
  `${formatHex(title)}${logicalDevice === undefined ? '' : `/${logicalDevice}`}`;

/**
 * The system title that a general APDU names as its sender. Not verified: use it only to choose keys. Undefined when
 * the APDU names none, and for service-specific APDUs, whose sender is known from the association.
 */
export function senderTitleOf(apdu: Uint8Array): Uint8Array | undefined {
  const { protection, plain } = factsOfTag(apdu[0]) ?? {};
  if (protection === undefined || plain !== undefined) return undefined;
  const r = new Reader(apdu, { lenient: true });
  r.offset = 1;
  try {
    const title =
      protection === 'general-glo' || protection === 'general-ded'
        ? GeneralGloCiphering.read(r).systemTitle
        : GeneralProtectionHeader.read(r).originatorSystemTitle;
    return title.length === 8 ? title.slice() : undefined;
  } catch {
    // Truncated or malformed: it names nobody.
    return undefined;
  }
}
