import { DlmsError } from '../core/errors.js';
import type { SecurityContext } from '../security/context.js';
import type { ManufacturerReply } from '../security/hls.js';
import type { KeyHandle } from '../security/providers/provider.js';
import { isHls } from '../session/association.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import type { ExchangeOptions } from './exchange.js';
import type { Referencing } from './referencing.js';

/** How the client proves who it is. */
export type Authentication =
  | { readonly mechanism: 'none' }
  /** Low level security: the password goes in clear, also in a ciphered association; without ciphering `ciphering: 'none'` must say so. */
  | { readonly mechanism: 'lls'; readonly password: Uint8Array }
  /** HLS with a shared secret; `hls-2` with the function of the manufacturer. */
  | { readonly mechanism: 'hls-md5' | 'hls-sha1' | 'hls-sha256'; readonly secret: KeyHandle }
  | { readonly mechanism: 'hls-2'; readonly manufacturer: ManufacturerReply }
  /** HLS with the keys of the security context: GMAC, or the signing key pair. */
  | { readonly mechanism: 'hls-gmac' | 'hls-ecdsa' };

/** How a client proves who it is, what it protects, and what it proposes. */
export interface ClientOptions extends ExchangeOptions {
  /** Default: none. */
  readonly authentication?: Authentication;
  /** Needed for ciphering and for HLS: titles, keys, counters, policy. See `ciphering`. */
  readonly security?: SecurityContext;
  /**
   * Whether everything behind the AARQ is protected as the policy of `security` says. `required` is the default as soon as `security` is given: nothing then goes out
   * in clear, and no answer in clear is believed (errors in clear stay hints). What is less has to be said: `none` for HLS without ciphering, and for a password (LLS),
   * which any listener reads. Without `security` and without a password there is nothing to protect, and `none` is the default.
   */
  readonly ciphering?: Ciphering;
  /** Proposes a dedicated key for this association. Default false. */
  readonly dedicatedKey?: boolean;
  readonly conformance?: readonly ConformanceBit[];
  /** Logical names (default), or `shortNames()` for meters with short name referencing. */
  readonly referencing?: Referencing;
  /** Longest APDU that we take, in octets. Default 65535. */
  readonly maxReceivePduSize?: number;
  /** Octets of one value that are taken by blocks. Default 64 MiB. */
  readonly maxValueSize?: number;
  /** User of this client (0 to 255), where the meter distinguishes users. */
  readonly userId?: number;
  /** Octets of the challenge with HLS, 8 to 64. Default 16 (32 with ECDSA, which needs them): one widespread server answers longer ones wrongly. */
  readonly challengeLength?: number;
  /**
   * When the meter refuses the first ciphered message because of its invocation counter and says which it expects, continue from there
   * and try once more. The hint is not authenticated; the counter only ever grows. Default true.
   */
  readonly recoverCounter?: boolean;
  /** No AARQ: the association is always open (pre-established). Default false. */
  readonly preEstablished?: boolean;
}

/** Whether an association protects what goes over it. */
export type Ciphering = 'required' | 'none';

/**
 * What `ciphering` means for these options; every combination that would do less than it seems to is refused.
 * @throws DlmsError `configuration/invalid`, `configuration/open-to-everybody`
 */
export function cipheringOf(options: ClientOptions): Ciphering {
  const { security, preEstablished = false } = options;
  const { mechanism } = options.authentication ?? { mechanism: 'none' };
  const ciphering = options.ciphering ?? (security === undefined ? 'none' : 'required');
  if (ciphering !== 'required' && ciphering !== 'none')
    throw invalid(`ciphering ${JSON.stringify(ciphering)}`, "'required' or 'none'");
  if (preEstablished && mechanism !== 'none')
    throw invalid(
      `authentication (${mechanism}) of a pre-established association`,
      'it has no AARQ that could carry it; ciphering proves both sides',
    );
  if (ciphering === 'required') requireCiphering(security);
  else if (options.dedicatedKey === true)
    throw invalid('a dedicated key without ciphering', 'it would go over the line in clear');
  if (mechanism === 'lls' && ciphering === 'none' && options.ciphering === undefined)
    throw new DlmsError('configuration/open-to-everybody', {
      what: 'a password (LLS) in an association without ciphering',
      hint: "ciphering: 'none' says that this is meant",
    });
  if (isHls(mechanism) && security === undefined)
    throw invalid(`${mechanism} without a security context`, 'give security: titles, keys, counters');
  if (mechanism === 'hls-gmac') requireKeys(security, mechanism, ['globalUnicast', 'authentication']);
  if (mechanism === 'hls-ecdsa') requireKeys(security, mechanism, ['signing', 'peerSigning']);
  return ciphering;
}
function requireCiphering(security: SecurityContext | undefined): void {
  if (security === undefined)
    throw invalid('ciphering without a security context', 'give security: titles, keys, counters, policy');
  const { send, receive } = security.policy;
  if (send.authenticated !== true && send.encrypted !== true && send.signed !== true)
    throw new DlmsError('configuration/open-to-everybody', {
      what: 'ciphering under a policy that applies no protection to what is sent',
      hint: "give another policy, or say ciphering: 'none'",
    });
  // Also when everything is only signed: the association is opened under this key.
  requireKeys(security, 'ciphering', ['globalUnicast']);
  if (send.authenticated === true || receive.authenticated === true)
    requireKeys(security, 'a policy with authentication', ['authentication']);
  if (send.signed === true) requireKeys(security, 'a policy with signatures', ['signing']);
  if ((send.signed === true || receive.signed === true) && security.suite.curve === undefined)
    throw invalid(`a policy with signatures in security suite ${security.suite.id}`, 'suites 1 and 2 have signatures');
  if (receive.signed === true && security.signerOf === undefined)
    requireKeys(security, 'a policy that asks for signatures', ['peerSigning']);
}
const keyNames = {
  globalUnicast: 'the global unicast encryption key',
  authentication: 'the authentication key',
  signing: 'the own signing key',
  peerSigning: 'the signing key of the meter',
} as const;
function requireKeys(
  security: SecurityContext | undefined,
  what: string,
  names: readonly (keyof typeof keyNames)[],
): void {
  const missing = names.filter((name) => security?.keys[name] === undefined).map((name) => keyNames[name]);
  if (missing.length > 0)
    throw invalid(`${what} without ${missing.join(' and ')}`, 'is the variable that should hold it set?');
}
const invalid = (what: string, hint: string): DlmsError => new DlmsError('configuration/invalid', { what, hint });
