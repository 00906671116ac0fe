import type { MaybePromise } from '../core/promise.js';
import type { Obis } from '../cosem/obis.js';
import type { SecurityContext } from '../security/context.js';
import type { ManufacturerReply } from '../security/hls.js';
import type { KeyHandle } from '../security/providers/provider.js';
import type { Unprotected } from '../security/unprotected.js';
import { defaultConformance, type Mechanism } from '../session/association.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import type { Caller } from './caller.js';
import type { ServerReferencing } from './referencing.js';
import type { AccessRights } from './rights.js';

/** An association that the logical device offers to one client SAP. */
export interface AssociationConfig {
  readonly clientSap: number;
  /** Logical name of the association object, `0-0:40.0.1*255` and so on. */
  readonly logicalName: Obis;
  readonly mechanism: Mechanism;
  /**
   * Password (LLS), compared in constant time; or a function that checks the password received, so that the real one
   * need not be kept here.
   */
  readonly password?: Uint8Array | ((given: Uint8Array) => MaybePromise<boolean>);
  /** Secret for HLS 3, 4 and 6. */
  readonly secret?: KeyHandle;
  /** Reply function for HLS 2. */
  readonly manufacturer?: ManufacturerReply;
  /**
   * Makes the security context of a new association, a different one each time; required for ciphering and HLS. It has
   * the meter's own title, keys, counters and policy. The client's title comes from the AARQ (not yet verified), and is
   * checked if the context already names the peer.
   */
  readonly security?: (clientSystemTitle?: Uint8Array) => MaybePromise<SecurityContext>;
  /**
   * `required`: the application context is one with ciphering, and every message is protected as the policy of
   * `security` says. `none`: messages travel in clear, so anyone on the path can read them, change them and send their
   * own, whatever the mechanism.
   */
  readonly ciphering: 'required' | 'none';
  /**
   * Accepts requests under the global broadcast key. Every meter of the group has that key, so whoever opened one of
   * them can command all those that accept it. Default: false; such requests are refused, whatever the security context
   * says.
   */
  readonly broadcast?: boolean;
  /** The role of whoever opens it, in the terms of the application; passed to the rights as {@link Caller.role}. */
  readonly role?: string;
  readonly conformance?: readonly ConformanceBit[];
  /** Logical names (default), or `serverShortNames()`. */
  readonly referencing?: ServerReferencing;
  /** Default: {@link readOnlyRights}. An association that anybody can open must name its rights. */
  readonly rights?: AccessRights;
  /**
   * Confirms that `rights` may let clients write and invoke even if they neither prove who they are nor protect their
   * messages (mechanism `none` without ciphering). Default: false; such rights are refused, at construction and again
   * whenever they are asked.
   */
  readonly anybodyMayChange?: boolean;
  /**
   * Asked before each request is served; false ends the association, for example because the client's certificate has
   * expired or was removed since. Default: the association stays open until it is released.
   */
  readonly stillTrusted?: (caller: Caller) => MaybePromise<boolean>;
  /** Called for every protected message that was accepted; its layers carry the counters. */
  readonly onMessage?: (message: Unprotected) => void;
  /** Users of the client that may open it, as named in the AARQ. Default: any user, named or not. */
  readonly users?: readonly number[];
  /** Always open, without AARQ. The only authentication is then that of the messages themselves. */
  readonly preEstablished?: boolean;
}

/**
 * What a meter with logical names supports by default: what a client proposes, without attribute 0 but with general
 * protection.
 */
export const serverConformance: readonly ConformanceBit[] = /* @__PURE__ */ (() => [
  'general-protection',
  ...defaultConformance.filter((bit) => bit !== 'attribute0-supported-with-get'),
])() as ConformanceBit[];
