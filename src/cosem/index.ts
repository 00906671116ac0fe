/**
 * COSEM without its classes: OBIS codes, date and time, units and scaled values, system titles, profiles, readings from
 * pushes, and the means to declare a class of your own.
 *
 * Stability: stable.
 *
 * @module
 */
export {
  AccessRight,
  AccessRightV0,
  AccessRightV1,
  AccessSelectors,
  AttributeAccess,
  AttributeAccessMode,
  AttributeAccessModeV0,
  AttributeAccessModeV1,
  AttributeAccessV0,
  AttributeAccessV1,
  MethodAccess,
  MethodAccessMode,
  MethodAccessModeV1,
  MethodAccessV0,
  MethodAccessV1,
  UserListEntry,
} from './access-rights.js';
export { type ClassRegistry, classes } from './class-registry.js';
export {
  ActionItem,
  ActionSet,
  AddressState,
  BaudRate,
  CaptureObjectDefinition,
  CaptureTime,
  ObjectDefinition,
  RegisterStatus,
  RegisterValue,
  ThresholdValue,
  ValueDefinition,
  WindowElement,
} from './common-types.js';
export {
  type ClockStatusFlag,
  CosemDate,
  CosemTime,
  clockStatusBits,
  clockStatusNames,
  DateTime,
  DateTimeChoice,
  type DayOfMonth,
  dateFromBytes,
  dateTimeFromBytes,
  dateTimeToBytes,
  dateToBytes,
  fromDate,
  fromInstant,
  fromPlainDateTime,
  type InstantOptions,
  type Month,
  type PlainDateTime,
  TaggedDate,
  TaggedDateTime,
  TaggedTime,
  timeFromBytes,
  timeToBytes,
  toDate,
  toInstant,
  toPlainDateTime,
  unspecifiedDateTime,
} from './date-time.js';
export { formatDate, formatDateTime, formatTime, parseDate, parseDateTime, parseTime } from './date-time-text.js';
export { flagLetters, flagNumber, manufacturerName } from './flag.js';
export { bitStringFlags, enumFlags, type FlagNames, type Flags, sizedBitString, unsignedFlags } from './flags.js';
export {
  type Attribute,
  type AttributeName,
  type AttributeValue,
  attribute,
  type Confidence,
  fixed,
  type Given,
  type InterfaceClass,
  interfaceClass,
  type Method,
  type MethodName,
  type MethodParameter,
  type MethodResult,
  mandatory,
  method,
  type NoSelection,
  type ObjectOf,
  type ReadValue,
  type Revised,
  type RevisedClass,
  type Revision,
  revision,
  type SelectedValue,
  type Selection,
  type SelectiveAccess,
  type Selector,
  selective,
  selector,
  unclassified,
  type WritableName,
  writable,
} from './interface-class.js';
export {
  buildLogicalDeviceName,
  compareTitles,
  type LogicalDeviceName,
  parseLogicalDeviceName,
  type TitleMismatch,
} from './logical-device-name.js';
export { LogicalName, type Obis, obisFromBytes, obisToBytes, parseObis } from './obis.js';
export { describeObis, type GroupMeaning, type ObisDescription, obisMedia } from './obis-describe.js';
export {
  compareObis,
  matchObis,
  type ObisPattern,
  type ObisRange,
  type ObisRanges,
  parseObisPattern,
} from './obis-match.js';
export { type OneOf, type OneOfOptions, oneOf } from './one-of.js';
export {
  entryDescriptor,
  type Profile,
  type ProfileCell,
  type ProfileColumn,
  type ProfileOptions,
  type ProfileRow,
  profile,
  profileRows,
  type RangeOptions,
  type RowOptions,
  rangeDescriptor,
  scalerAttributes,
  selectColumns,
} from './profile.js';
export {
  type CsvOptions,
  cellText,
  columnTitle,
  type ProfileJson,
  profileCsv,
  profileJson,
  profileText,
} from './profile-text.js';
export { fillTimes, findTimeFindings, type ProfilePeriod, type RowTime, type TimeFinding } from './profile-times.js';
export {
  AgreedKey,
  IdentifiedKey,
  IdentifiedKeyId,
  KekId,
  KeyInfoOptions,
  KeyInfoType,
  ProtectionKeyInfo,
  ProtectionOptions,
  ProtectionParameters,
  ProtectionType,
  RequiredProtection,
  RestrictedObjectDefinition,
  Restriction,
  RestrictionByDate,
  RestrictionByEntry,
  RestrictionType,
  RestrictionValue,
  WrappedKey,
} from './protection.js';
export {
  type PushItem,
  type PushReference,
  plainReading,
  pushListOf,
  pushSetupOf,
  type Reading,
  reading,
  readingsOf,
  scaledReading,
  sortPush,
  withScales,
} from './push-readings.js';
export { type Prefix, ScaledValue, scaled } from './scaled.js';
export { attributeShortName, type MethodOffset, methodOffset } from './short-names.js';
export { statusBits, statusNames } from './status.js';
export {
  buildSystemTitle,
  type DeviceIdentity,
  type FunctionType,
  parseSystemTitle,
  type SystemTitle,
} from './system-title.js';
export { unitTable } from './unit-table.js';
export { ScalerUnit, Unit, type UnitName, unitCodes, unitSymbol } from './units.js';
