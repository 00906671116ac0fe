/**
 * The meter: associations, rights, objects, and the services on them.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export { type AssociationConfig, serverConformance } from './association.js';
export type { Caller } from './caller.js';
export type { Exchange, RequestLimits, ResponseProtection } from './exchange.js';
export { type LogicalDevice, Meter } from './meter.js';
export {
  type AccessContext,
  type Accessor,
  AccessRefused,
  type AttributeHandlers,
  accessor,
  type CosemObject,
  cosemObject,
  type MethodHandlers,
  ObjectStore,
  type ServedAttribute,
  type ServedMethod,
} from './object.js';
export type { ObjectAccessOptions } from './object-access.js';
export { type AssociationLnOptions, associationLnObject } from './objects/association-ln.js';
export { type AssociationSnOptions, associationSnObject } from './objects/association-sn.js';
export { type ClockObjectOptions, clockObject } from './objects/clock.js';
export { type DisconnectControlObjectOptions, disconnectControlObject } from './objects/disconnect-control.js';
export { type SecuritySetupObjectOptions, securitySetupObject } from './objects/security-setup.js';
export { type OwnPair, SecurityState, type SecurityStateOptions } from './objects/security-state.js';
export { type HlsRequest, type ServerReferencing, type ServerServices, serverLogicalNames } from './referencing.js';
export {
  type AccessModes,
  type AccessRights,
  type AttributeRight,
  attributeRight,
  type MethodRight,
  methodRight,
  objectRights,
  readOnlyRights,
  tableRights,
} from './rights.js';
export type { ServiceOptions } from './services/service-context.js';
export { type ServerShortNameOptions, serverShortNames } from './services/short-names.js';
