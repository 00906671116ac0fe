import { equalBytes } from '../core/bytes.js';
import type { Obis } from '../cosem/obis.js';
import type { KeyName } from '../security/keys.js';
import { type Protection, requireProtection, weakest } from '../security/policy.js';
import type { Mechanism } from '../session/association.js';

/** Who made a request, under which association, and how the request was protected. */
export interface Caller {
  readonly clientSap: number;
  readonly serverSap: number;
  /** Logical name of the association object. */
  readonly association: Obis;
  readonly mechanism: Mechanism;
  /** Role of whoever opened the association, as configured. */
  readonly role?: string;
  /** The verified protection of the request; for a request in parts, the protection that every part had. */
  readonly protection: Protection;
  /** Name of the key of the layer that authenticates; absent for a request in clear. */
  readonly key?: KeyName;
  /** System title of whoever protected the request; proven if `protection` says authenticated. */
  readonly originator?: Uint8Array;
  /**
   * System titles of the signers whose signatures were verified; for a request in parts, of those who signed every
   * part.
   */
  readonly signers: readonly Uint8Array[];
}

/**
 * The caller of a request in parts; undefined when the parts came under different keys or from different originators,
 * and do not belong together.
 */
export function joined(first: Caller, next: Caller): Caller | undefined {
  if (!sameSource(first, next)) return undefined;
  const signers = first.signers.filter((s) => next.signers.some((n) => equalBytes(s, n)));
  const protection = weakest(first.protection, next.protection);
  // If different parties signed the parts, nobody signed the whole.
  return { ...first, signers, protection: { ...protection, signed: protection.signed === true && signers.length > 0 } };
}
/** Whether a request for the next part of a response comes from the caller that began it, with no less protection. */
export function continues(began: Caller, now: Caller): boolean {
  return (
    sameSource(began, now) &&
    hasProtection(now, began.protection) &&
    began.signers.every((s) => now.signers.some((n) => equalBytes(s, n)))
  );
}
export function hasProtection({ protection }: Caller, required: Protection): boolean {
  try {
    requireProtection(required, protection);
    return true;
  } catch {
    return false;
  }
}
const sameSource = (a: Caller, b: Caller): boolean =>
  a.key === b.key &&
  (a.originator === undefined
    ? b.originator === undefined
    : b.originator !== undefined && equalBytes(a.originator, b.originator));
