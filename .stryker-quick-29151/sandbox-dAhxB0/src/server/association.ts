import type { MaybePromise } from '../core/promise.js';
import type { Obis } from '../cosem/obis.js';
import type { SecurityContext } from '../security/context.js';
import type { ManufacturerReply } from '../security/hls.js';
import type { KeyHandle } from '../security/providers/provider.js';
import type { Unprotected } from '../security/unprotect.js';
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
  /** Password (LLS), compared in constant time; or what judges the one that was given, so that it need not stand here. */
  readonly password?: Uint8Array | ((given: Uint8Array) => MaybePromise<boolean>);
  /** Secret of HLS 3, 4 and 6. */
  readonly secret?: KeyHandle;
  /** Function of HLS 2. */
  readonly manufacturer?: ManufacturerReply;
  /**
   * Makes the security state of a new association, another one each time: needed for ciphering and HLS. The meter's own title, keys, counters and policy come from
   * here; the client's title from the AARQ (not verified yet), checked when the context already names the peer.
   */
  readonly security?: (clientSystemTitle?: Uint8Array) => MaybePromise<SecurityContext>;
  /**
   * `required`: the application context is one with ciphering, and every message is protected as the policy of `security` says. `none` says that messages
   * travel in clear: whoever is on the way reads them, changes them and sends his own, whatever the mechanism.
   */
  readonly ciphering: 'required' | 'none';
  /**
   * Takes requests under the global broadcast key. Every meter of the group has it, so whoever opened one of them can command all others that do.
   * Default: false, they are refused, whatever the security context says.
   */
  readonly broadcast?: boolean;
  /** What the one who opens it is there for, in words of the application: handed to the rights as {@link Caller.role}. */
  readonly role?: string;
  readonly conformance?: readonly ConformanceBit[];
  /** Logical names (default), or `serverShortNames()`. */
  readonly referencing?: ServerReferencing;
  /** Default: {@link readOnlyRights}; an association that anybody can open must name its rights. */
  readonly rights?: AccessRights;
  /**
   * Says that `rights` may let clients write and invoke that neither prove who they are nor protect their messages (mechanism `none` without ciphering).
   * Default: false: such rights are refused, at construction and again when they are asked.
   */
  readonly anybodyMayChange?: boolean;
  /**
   * Asked before each request is served; false ends the association: say, because the certificate of the client has expired or was removed since it was
   * opened. Default: it stays open until it is released.
   */
  readonly stillTrusted?: (caller: Caller) => MaybePromise<boolean>;
  /** Hears of every protected message that was accepted: its layers carry the counter. */
  readonly onMessage?: (message: Unprotected) => void;
  /** Users of the client that may open it, as the AARQ names them. Default: any, also none. */
  readonly users?: readonly number[];
  /** Always open, without AARQ. There is no authentication then but that of the messages themselves. */
  readonly preEstablished?: boolean;
}

/** What a meter for logical names supports unless told otherwise: what a client proposes, without attribute 0, and with general protection. */
export const serverConformance: readonly ConformanceBit[] = /* @__PURE__ */ (() => [
  'general-protection',
  ...defaultConformance.filter((bit) => bit !== 'attribute0-supported-with-get'),
])() as ConformanceBit[];
