import type { ApduProtection } from '../core/apdu-facts.js';
import type { DecodeOptions } from '../core/cursor.js';
import type { KeyName } from './keys.js';
import type { Protection } from './policy.js';
import type { KeyHandle } from './providers/provider.js';

/** One layer of protection that was found and opened. */
export interface ProtectionLayer {
  readonly kind: ApduProtection;
  /** Whether a tag was verified under the authentication key. */
  readonly authenticated: boolean;
  /** Proves nothing by itself: see {@link Unprotected.protection}. */
  readonly encrypted: boolean;
  /** Whether the content was compressed (V.44); absent on a signature. */
  readonly compressed?: boolean;
  /** As in the security control; absent on a signature. */
  readonly suite?: number;
  readonly invocationCounter?: number;
  /** System title of whoever made this layer: the sender or originator. */
  readonly systemTitle: Uint8Array;
  readonly key?: KeyName;
  /** System title of the signer, when the signature was verified. */
  readonly signedBy?: Uint8Array;
  /**
   * Why that signature counts for nothing: it names no recipient, or has no transaction-id that could prove it new.
   * Absent when it counts.
   */
  readonly uncounted?: string;
  readonly transactionId?: Uint8Array;
}
/** An opened APDU, and what is proven about it. */
export interface Unprotected {
  /** The plain APDU. */
  readonly apdu: Uint8Array;
  /** Outermost first. */
  readonly layers: readonly ProtectionLayer[];
  /** Whether a verified tag, or a signature that counts, covers the APDU. */
  readonly authenticated: boolean;
  /**
   * The protection of all layers together, to be compared with what an access right requires. Encryption counts only in
   * or inside a layer that is authenticated or signed, unless no layer is.
   */
  readonly protection: Protection;
  /** Name of the key of the outermost layer that authenticates or, if none does, of the outermost ciphered layer. */
  readonly key: KeyName | undefined;
  /**
   * System title of the side that made the outermost layer with a verified tag or signature. Unless `authenticated`,
   * that of the outermost layer, unproven.
   */
  readonly originator: Uint8Array | undefined;
  /** System titles of the signers whose signatures were verified, name this side as the recipient, and are new. */
  readonly signers: readonly Uint8Array[];
  /**
   * Whether the message is proven to be new: a counter or transaction-id under a verified tag or signature was compared
   * and recorded.
   */
  readonly replayProtected: boolean;
}
/** Options of {@link unprotect}. */
export interface UnprotectOptions extends DecodeOptions {
  /**
   * `unverified` reads whatever the available keys can read: without the authentication key, the tag is not verified
   * and the result says `authenticated: false`. No policy applies, counters are neither compared nor recorded, and any
   * recipient is accepted. For tools that only look, never for those that act. Default: `verified`.
   */
  readonly mode?: 'verified' | 'unverified';
  /** Required in addition to `policy.receive` of the context. */
  readonly required?: Protection;
  /** Content key, agreed by other means, for a general-ciphering APDU without key information. */
  readonly contentKey?: KeyHandle;
}
