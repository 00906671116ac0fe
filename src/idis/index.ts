/**
 * Companion profiles as data, decoding of pushes and events with them, and pre-checks of meters.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export {
  type AssociationView,
  associationViewJsonSchema,
  formatAssociationView,
  objectsOfList,
  parseAssociationView,
  type ViewAttribute,
  type ViewMethod,
  type ViewObject,
} from './association-view.js';
export { type CheckOptions, checkProfile, type PreCheck } from './check-profile.js';
export {
  bitFieldOf,
  type CapturedObject,
  type DecodedBit,
  type DecodedEvent,
  decodeBits,
  decodeEvent,
  decodeEventLog,
  type LoggedEvent,
  logOf,
  logOfColumns,
} from './decode.js';
export { type DsmrVersion, dsmr, nordicCustomerPort } from './dsmr.js';
export { type Finding, type FindingKind, formatFinding } from './finding.js';
export type { JsonSchema } from './json-check.js';
export { idisPackage1, idisPackage2 } from './packages.js';
export { formatProfile, parseProfile, profileJsonSchema } from './parse-profile.js';
export type {
  BitField,
  BitRow,
  CompanionProfile,
  DeviceTypeRow,
  EventCode,
  EventLog,
  FunctionTypeRow,
  PayloadElement,
  ProfileAttribute,
  ProfileClient,
  ProfileKey,
  ProfileObject,
  ProfileSuite,
  Provenance,
  PushPayload,
  PushSetupRow,
  ScriptRow,
  TitleRule,
  TitleRules,
} from './profile.js';
export { builtInProfile, builtInProfiles } from './profiles.js';
export { type DecodedPush, type DecodePushOptions, decodePush, type NamedReading, nameOf } from './push.js';
export { mayInvoke, type ProfileRight, parseRights, profileRight, type Rights } from './rights.js';
export { firstCode, type ViewOfProfileOptions, viewOfProfile } from './view-of-profile.js';
