import { DlmsError } from '../core/errors.js';

/** The protection that is applied to a message, found on it, or required of it. */
export interface Protection {
  readonly authenticated?: boolean;
  readonly encrypted?: boolean;
  readonly signed?: boolean;
}
/**
 * The protection that this side applies and requires. It comes from local configuration (the security setup, access
 * rights, the operator), never from a message.
 */
export interface SecurityPolicy {
  /** Applied to every message sent: exactly this, no more. */
  readonly send: Protection;
  /** The least that every message received must have, else `security/policy`. */
  readonly receive: Protection;
  /**
   * Accepts an exception-response or confirmed-service-error in clear even though more is required: a meter that cannot
   * decipher cannot answer otherwise. It is reported as not authenticated: a hint, not a fact. Default: true.
   */
  readonly plainErrors?: boolean;
  /**
   * Refuses messages with compressed content (bit 7 of the security control). Default: false; they are decompressed.
   */
  readonly refuseCompressed?: boolean;
  /**
   * Confirms that a policy whose `receive` requires neither authentication nor a signature is intended: anyone who
   * recorded or guessed a message can send it again, altered or not, and encryption alone does not prevent that.
   * Without this option such a policy is refused.
   */
  readonly withoutReplayProtection?: boolean;
}

/** Authenticated and encrypted in both directions: applies when nothing is configured. */
export const strictPolicy: SecurityPolicy = /* @__PURE__ */ Object.freeze({
  send: /* @__PURE__ */ Object.freeze({ authenticated: true, encrypted: true }),
  receive: /* @__PURE__ */ Object.freeze({ authenticated: true, encrypted: true }),
});
/** Nothing applied, nothing required, everything believed: for tools that only look, and for associations in clear. */
export const clearPolicy: SecurityPolicy = /* @__PURE__ */ Object.freeze({
  send: /* @__PURE__ */ Object.freeze({}),
  receive: /* @__PURE__ */ Object.freeze({}),
  withoutReplayProtection: true,
});

/**
 * Returns the policy itself if it requires something that proves a message new, or says that it does without.
 * @throws DlmsError `configuration/open-to-everybody`
 */
export function checkedPolicy(policy: SecurityPolicy): SecurityPolicy {
  const { receive, withoutReplayProtection } = policy;
  if (receive.authenticated !== true && receive.signed !== true && withoutReplayProtection !== true)
    throw new DlmsError('configuration/open-to-everybody', {
      what: `a security policy that asks for ${describe(receive)} of what is received`,
      hint: 'require authentication or a signature, or set withoutReplayProtection: true',
    });
  return policy;
}

/**
 * What the `security_policy` of a Security setup object means for one side. Version 0, requests and responses alike: 0
 * nothing, 1 authenticated, 2 encrypted, 3 both. Version 1: bits 2, 3 and 4 for authenticated, encrypted and digitally
 * signed requests, bits 5, 6 and 7 likewise for responses.
 * @param options values that make this side believe what nothing proves (0 and 2 in version 0; in version 1 those that
 *   require neither authentication nor a signature in the direction received) are refused unless
 *   `withoutReplayProtection` is true
 * @throws DlmsError `security/unsupported` for a value not defined in that version, `configuration/open-to-everybody`
 */
export function policyOf(
  version: 0 | 1,
  value: number,
  role: 'client' | 'server',
  options: Pick<SecurityPolicy, 'withoutReplayProtection'> = {},
): SecurityPolicy {
  if (!Number.isInteger(value) || value < 0 || (version === 0 ? value > 3 : value > 0xff || (value & 3) !== 0))
    throw new DlmsError('security/unsupported', {
      what: `security policy ${value} of Security setup version ${version}`,
    });
  const request = version === 0 ? bits(value) : bits(value >> 2);
  const response = version === 0 ? request : bits(value >> 5);
  return checkedPolicy({
    ...(role === 'client' ? { send: request, receive: response } : { send: response, receive: request }),
    ...options,
  });
}
/** The value of `security_policy`, the reverse of {@link policyOf}. */
export function policyValue(version: 0 | 1, request: Protection, response: Protection): number {
  if (version === 1) return (flags(request) << 2) | (flags(response) << 5);
  if (flags(request) !== flags(response) || request.signed === true)
    throw new DlmsError('security/unsupported', {
      what: 'signatures or unequal directions in security policy version 0',
    });
  return flags(request);
}
/**
 * The protection that the access mode of one attribute or method requires of a request and of its response (Association
 * LN version 3: bits 2 to 7 as in security policy version 1). Earlier versions know only `authenticated`; give those as
 * `{ authenticated: true }`.
 */
export function accessProtection(accessMode: number): { readonly request: Protection; readonly response: Protection } {
  return { request: bits(accessMode >> 2), response: bits(accessMode >> 5) };
}

/** All that either requires: the policy of the association, and the access right of the object. */
export function strongest(a: Protection, b: Protection): Protection {
  return bits(flags(a) | flags(b));
}
/** What both have: for a message in parts, the protection that every part had. */
export function weakest(a: Protection, b: Protection): Protection {
  return bits(flags(a) & flags(b));
}
/** @throws DlmsError `security/policy`, naming what is required and what was found */
export function requireProtection(required: Protection, actual: Protection): void {
  if ((flags(required) & ~flags(actual)) !== 0)
    throw new DlmsError('security/policy', { required: describe(required), actual: describe(actual) });
}

const bits = (value: number): Protection => ({
  authenticated: (value & 1) !== 0,
  encrypted: (value & 2) !== 0,
  signed: (value & 4) !== 0,
});
const flags = (p: Protection): number =>
  (p.authenticated === true ? 1 : 0) | (p.encrypted === true ? 2 : 0) | (p.signed === true ? 4 : 0);
/** In words, for errors. */
export function describe(p: Protection): string {
  const names = [
    p.authenticated === true ? 'authenticated' : '',
    p.encrypted === true ? 'encrypted' : '',
    p.signed === true ? 'signed' : '',
  ].filter((n) => n !== '');
  return names.length === 0 ? 'no protection' : names.join(' and ');
}
