import { equalBytes } from '../core/bytes.js';
import type { Obis } from '../cosem/obis.js';
import type { KeyName } from '../security/context.js';
import { type Protection, requireProtection, weakest } from '../security/policy.js';
import type { Mechanism } from '../session/association.js';

/** Who made a request, under which association, and how the request was protected. */
export interface Caller {
  readonly clientSap: number;
  readonly serverSap: number;
  /** Logical name of the association object. */
  readonly association: Obis;
  readonly mechanism: Mechanism;
  /** As the association is configured: what the one who opens it is there for. */
  readonly role?: string;
  /** What was found on the request, verified. Of a request in parts: what every part had. */
  readonly protection: Protection;
  /** The key of the layer that authenticates; absent on a request in clear. */
  readonly key?: KeyName;
  /** System title of who protected the request; proven when `protection` says authenticated. */
  readonly originator?: Uint8Array;
  /** System titles whose signatures verified. Of a request in parts: those that signed every part. */
  readonly signers: readonly Uint8Array[];
}

/** The caller of a request whose parts came so; undefined when they came under different keys or from different originators, and do not belong together. */
export function joined(first: Caller, next: Caller): Caller | undefined {
  if (!sameSource(first, next)) return undefined;
  const signers = first.signers.filter((s) => next.signers.some((n) => equalBytes(s, n)));
  const protection = weakest(first.protection, next.protection);
  // Parts that were signed by different people were signed by nobody as a whole.
  return { ...first, signers, protection: { ...protection, signed: protection.signed === true && signers.length > 0 } };
}
/** Whether a request for the next part of a response comes from the caller that began it, protected no less. */
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
