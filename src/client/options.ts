import { DlmsError } from '../core/errors.js';
import type { SecurityContext } from '../security/context.js';
import type { ManufacturerReply } from '../security/hls.js';
import type { KeyHandle } from '../security/providers/provider.js';
import { isHls } from '../session/association.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import type { ExchangeOptions } from './exchange.js';
import type { Referencing } from './referencing.js';

/** How a client proves who it is. */
export type Authentication =
  | { readonly mechanism: 'none' }
  /**
   * Low level security. The password is sent in clear, even in a ciphered association. Without ciphering,
   * `ciphering: 'none'` must be set explicitly.
   */
  | { readonly mechanism: 'lls'; readonly password: Uint8Array }
  /** HLS with a shared secret, or (`hls-2`) with the manufacturer's reply function. */
  | { readonly mechanism: 'hls-md5' | 'hls-sha1' | 'hls-sha256'; readonly secret: KeyHandle }
  | { readonly mechanism: 'hls-2'; readonly manufacturer: ManufacturerReply }
  /** HLS with keys of the security context: the symmetric keys (GMAC), or the signing key pair (ECDSA). */
  | { readonly mechanism: 'hls-gmac' | 'hls-ecdsa' };

/** Options of {@link Client}: how it proves who it is, what it protects, and what it proposes. */
export interface ClientOptions extends ExchangeOptions {
  /** Default: none. */
  readonly authentication?: Authentication;
  /** Titles, keys, counters and policy: required for ciphering and for HLS. See {@link ClientOptions.ciphering}. */
  readonly security?: SecurityContext;
  /**
   * Whether everything after the AARQ is protected as the policy of `security` says. If `security` is given, the
   * default is `required`: nothing is sent in clear, and no answer in clear is believed (errors in clear are only
   * hints). Anything less must be explicit: `none` for HLS without ciphering, and for a password (LLS), which any
   * listener can read. Without `security` and without a password there is nothing to protect, and the default is
   * `none`.
   */
  readonly ciphering?: Ciphering;
  /** Proposes a dedicated key for this association. Default: false. */
  readonly dedicatedKey?: boolean;
  readonly conformance?: readonly ConformanceBit[];
  /** Logical names (default), or `shortNames()` for meters with short name referencing. */
  readonly referencing?: Referencing;
  /** Longest APDU that we accept, in octets. Default: 65 535. */
  readonly maxReceivePduSize?: number;
  /** Maximum size of a value received in blocks, in octets. Default: 64 MiB. */
  readonly maxValueSize?: number;
  /** User of this client (0 to 255), for meters that distinguish users. */
  readonly userId?: number;
  /**
   * Length of our HLS challenge in octets, 8 to 64. Default: 16, because one widespread server answers longer ones
   * wrongly; 32 for ECDSA, which needs them.
   */
  readonly challengeLength?: number;
  /**
   * If the meter refuses the first ciphered message because of its invocation counter and says which one it expects,
   * continues from there and tries once more. The hint is not authenticated, but the counter can only grow. Default:
   * true.
   */
  readonly recoverCounter?: boolean;
  /** The association is pre-established: always open, without AARQ. Default: false. */
  readonly preEstablished?: boolean;
}

/** Whether an association protects its messages. */
export type Ciphering = 'required' | 'none';

/**
 * The effective `ciphering` of these options. Refuses every combination that would do less than it seems to.
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
      'there is no AARQ to carry it; ciphering proves who both sides are',
    );
  if (ciphering === 'required') requireCiphering(security);
  else if (options.dedicatedKey === true)
    throw invalid('a dedicated key without ciphering', 'it would be sent in clear');
  if (mechanism === 'lls' && ciphering === 'none' && options.ciphering === undefined)
    throw new DlmsError('configuration/open-to-everybody', {
      what: 'a password (LLS) in an association without ciphering',
      hint: "set ciphering: 'none' if this is intended",
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
      hint: "give another policy, or set ciphering: 'none'",
    });
  // Even if everything is only signed, the association is opened under this key.
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
  signing: 'our signing key',
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
