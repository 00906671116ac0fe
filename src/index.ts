/**
 * DLMS/COSEM (IEC 62056): what most programs need, for Node and browsers. Import each interface class from
 * `dlms-cosem/cosem/<class>`, TCP connections from `dlms-cosem/transport/tcp`, and Node's native crypto provider from
 * `dlms-cosem/security/node`.
 *
 * Stability: stable.
 *
 * @module
 */
export { Data, type DataType, decode, encode } from './axdr/index.js';
export {
  type Authentication,
  browse,
  type CallOptions,
  type Ciphering,
  Client,
  type ClientEvent,
  type ClientOptions,
  type GetOptions,
  MeterBrowser,
  ObjectHandle,
  openProfile,
  ProfileData,
  type ReadProfileOptions,
  readProfile,
  type TimeSelection,
} from './client/index.js';
export {
  type DecodeOptions,
  DlmsError,
  type DlmsErrorCode,
  type DlmsErrorContext,
  formatHex,
  isDlmsError,
  latin1,
  type MaybePromise,
  parseHex,
  type Quirk,
} from './core/index.js';
export type { InterfaceClass } from './cosem/interface-class.js';
export { type Obis, obisFromBytes, obisToBytes, parseObis } from './cosem/obis.js';
export { SecurityContext, type SecurityContextOptions } from './security/context.js';
export { InvocationCounters } from './security/counters.js';
export { importKeys, type KeyMaterial, type SecurityKeys } from './security/keys.js';
export { clearPolicy, type SecurityPolicy, strictPolicy } from './security/policy.js';
export { nobleProvider } from './security/providers/noble.js';
export { type Store, VolatileStore } from './store/index.js';
export {
  type ApduChannel,
  type ApduHandler,
  type Route,
  serveWrapper,
  type Transport,
  transportPair,
  wrapperChannel,
} from './transport/index.js';
export { Apdu, type ApduType } from './xdlms/apdu.js';
