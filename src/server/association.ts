import type { MaybePromise } from '../core/promise.js';
import type { Obis } from '../cosem/obis.js';
import type { SecurityContext } from '../security/context.js';
import type { ManufacturerReply } from '../security/hls.js';
import type { Protection } from '../security/policy.js';
import type { KeyHandle } from '../security/provider.js';
import type { Unprotected } from '../security/unprotect.js';
import { defaultConformance, type Mechanism } from '../session/association.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import type { CosemObject, ServedAttribute, ServedMethod } from './object.js';
import type { ServedReferencing } from './referencing.js';

/** What one client may do, beyond what the class allows. */
export interface AccessRight {
  readonly read: boolean;
  readonly write: boolean;
  /** Asked of the request besides the policy of the association. */
  readonly request?: Protection;
}
export interface MethodRight {
  readonly invoke: boolean;
  /** Asked of the request besides the policy of the association. */
  readonly request?: Protection;
}
export interface AccessRights {
  /** Default: read everything, write what the class makes writable. */
  attribute?(object: CosemObject, attribute: ServedAttribute): AccessRight;
  /** Default: every method of the object. */
  method?(object: CosemObject, method: ServedMethod): MethodRight;
}

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
   * Makes the security state of a new association: needed for ciphering and HLS. The meter's own title, keys, counters and policy come from
   * here; the client's title from the AARQ (not verified yet), checked when the context already names the peer.
   */
  readonly security?: (clientSystemTitle?: Uint8Array) => MaybePromise<SecurityContext>;
  /** The application context must be one with ciphering. Default: false. */
  readonly ciphered?: boolean;
  readonly conformance?: readonly ConformanceBit[];
  /** Logical names (default), or `servedShortNames()`. */
  readonly referencing?: ServedReferencing;
  /** Default: see {@link rightsOf}. */
  readonly rights?: AccessRights;
  /** Hears of every protected message that was accepted: its layers carry the counter. */
  readonly onMessage?: (message: Unprotected) => void;
  /** Users of the client that may open it, as the AARQ names them. Default: any, also none. */
  readonly users?: readonly number[];
  /** Always open, without AARQ. */
  readonly preEstablished?: boolean;
}

/**
 * The rights of an association: as configured; else a client that did not prove who it is reads only, and one that did may what the
 * objects themselves allow.
 */
export function rightsOf({ rights, mechanism, ciphered }: AssociationConfig): AccessRights {
  if (rights !== undefined || mechanism !== 'none' || ciphered === true) return rights ?? {};
  return { attribute: (_, attribute) => ({ read: attribute.readable, write: false }), method: () => ({ invoke: false }) };
}

/** What a meter for logical names supports unless told otherwise: what a client proposes, without attribute 0, and with general protection. */
export const serverConformance: readonly ConformanceBit[] = /* @__PURE__ */ (() => [
  'general-protection',
  ...defaultConformance.filter((bit) => bit !== 'attribute0-supported-with-get'),
])() as ConformanceBit[];
