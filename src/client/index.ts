/**
 * The client: attributes, methods, object lists, profiles, key changes, pushes.
 *
 * Stability: stable.
 *
 * @module
 */

export {
  type AccessCall,
  type AccessOptions,
  type AccessOutcome,
  type AccessOutcomes,
  accessAction,
  accessGet,
  accessSet,
} from './access.js';
export type { ClientAssociation } from './association.js';
export {
  type BrowsedAttribute,
  type BrowsedMethod,
  BrowsedObject,
  type BrowseOptions,
  browse,
  MeterBrowser,
  type ObjectRecord,
} from './browser.js';
export {
  type ActionOptions,
  type CallOptions,
  Client,
  type GetOptions,
  type GetOutcome,
  type GetTarget,
  ObjectHandle,
} from './client.js';
export { target } from './descriptors.js';
export type { ClientEvent, DropReason, ExchangeOptions } from './exchange.js';
export { agreeKeys, type ChangedKeys, type ChangeKeysOptions, changeKeys, resumeKeyChange } from './key-change.js';
export {
  type AttributeAccessRight,
  type ListedObject,
  type MethodAccessRight,
  type ObjectList,
  readObjectList,
  readShortNameList,
} from './object-list.js';
export type { Authentication, Ciphering, ClientOptions } from './options.js';
export {
  openProfile,
  ProfileReader,
  type ReadProfileOptions,
  type RowsOptions,
  readProfile,
  type TimeSelection,
} from './profile.js';
export {
  type OpenProfileOptions,
  ProfileData,
  type ProfileLayout,
  type RangeForm,
  type RowCell,
} from './profile-data.js';
export type { ProfileMarker, StreamRow } from './profile-stream.js';
export { type JoinedPush, PushJoiner, type PushJoinerOptions } from './push-joiner.js';
export {
  type PushFault,
  type PushHandler,
  type PushReception,
  type ReceivePushesOptions,
  receivePushes,
} from './push-listener.js';
export { logicalNames, type Referencing } from './referencing.js';
export { type ShortNameOptions, shortNames } from './short-name.js';
