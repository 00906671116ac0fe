export { type AccessRight, type AccessRights, type AssociationConfig, type MethodRight, rightsOf, serverConformance } from './association.js';
export { type LogicalDevice, Meter } from './meter.js';
export {
  type AccessContext,
  type Accessor,
  AccessRefused,
  type AttributeHandlers,
  access,
  type CosemObject,
  type MethodHandlers,
  ObjectStore,
  object,
  type ServedAttribute,
  type ServedMethod,
} from './object.js';
export { type HlsRequest, type ServedReferencing, type ServedServices, servedLogicalNames } from './referencing.js';
export { type SecuritySetupObjectOptions, securitySetupObject } from './security-setup.js';
export { type OwnPair, SecurityState, type SecurityStateOptions } from './security-state.js';
export { type ServedShortNameOptions, servedShortNames } from './short-name.js';
