import {
  doubleLongUnsigned,
  enumeration,
  integer,
  longUnsigned,
  nullData,
  octetString,
  structure,
} from '../axdr/data.js';
import type { Infer, Schema } from '../axdr/schema.js';
import { identifiedKeyIds, kekIds } from '../core/key-ids.js';
import { DateTime } from './date-time.js';
import { enumFlags } from './flags.js';
import { LogicalName } from './obis.js';
import { oneOf } from './one-of.js';

// Restrictions and protection parameters, shared by Push setup, Compact data and COSEM data protection.

/** Values of `restrictionType`. */
export const RestrictionType = enumeration({
  none: 0,
  'restriction-by-date': 1,
  'restriction-by-entry': 2,
});
export type RestrictionType = Infer<typeof RestrictionType>;

const restrictionByDate = structure('restriction-by-date', {
  fromDate: DateTime,
  toDate: DateTime,
});
/** Rows by date: the `by-date` option of `restrictionValue`. */
export interface RestrictionByDate extends Infer<typeof restrictionByDate> {}
export const RestrictionByDate: Schema<RestrictionByDate> = restrictionByDate;

const restrictionByEntry = structure('restriction-by-entry', {
  fromEntry: doubleLongUnsigned,
  toEntry: doubleLongUnsigned,
});
/** Rows by position: the `by-entry` option of `restrictionValue`. */
export interface RestrictionByEntry extends Infer<typeof restrictionByEntry> {}
export const RestrictionByEntry: Schema<RestrictionByEntry> = restrictionByEntry;

/** The restriction itself, as its type requires. */
export const RestrictionValue = oneOf('restriction-value', {
  'null-data': nullData,
  'by-date': RestrictionByDate,
  'by-entry': RestrictionByEntry,
});
export type RestrictionValue = Infer<typeof RestrictionValue>;

const restriction = structure('restriction', {
  restrictionType: RestrictionType,
  restrictionValue: RestrictionValue,
});
/** Which rows of a buffer are included. */
export interface Restriction extends Infer<typeof restriction> {}
export const Restriction: Schema<Restriction> = restriction;

const restrictedObjectDefinition = structure('restricted-object-definition', {
  classId: longUnsigned,
  logicalName: LogicalName,
  attributeIndex: integer,
  dataIndex: longUnsigned,
  restriction: Restriction,
});
/** An attribute of an object, and which of its rows. */
export interface RestrictedObjectDefinition extends Infer<typeof restrictedObjectDefinition> {}
export const RestrictedObjectDefinition: Schema<RestrictedObjectDefinition> = restrictedObjectDefinition;

/** Values of `protectionType`. */
export const ProtectionType = enumeration({
  authentication: 0,
  encryption: 1,
  'authentication-and-encryption': 2,
  'digital-signature': 3,
});
export type ProtectionType = Infer<typeof ProtectionType>;

/** Values of `keyInfoType`. */
export const KeyInfoType = enumeration({
  'identified-key': 0,
  'wrapped-key': 1,
  'agreed-key': 2,
});
export type KeyInfoType = Infer<typeof KeyInfoType>;

/** Values of `keyId`. */
export const IdentifiedKeyId = enumeration(identifiedKeyIds);
export type IdentifiedKeyId = Infer<typeof IdentifiedKeyId>;

const identifiedKey = structure('identified-key', {
  keyId: IdentifiedKeyId,
});
/** The `identified` option of `keyInfoOptions`. */
export interface IdentifiedKey extends Infer<typeof identifiedKey> {}
export const IdentifiedKey: Schema<IdentifiedKey> = identifiedKey;

/** Values of `kekId`. */
export const KekId = enumeration(kekIds);
export type KekId = Infer<typeof KekId>;

const wrappedKey = structure('wrapped-key', {
  kekId: KekId,
  keyCipheredData: octetString,
});
/** The `wrapped` option of `keyInfoOptions`. */
export interface WrappedKey extends Infer<typeof wrappedKey> {}
export const WrappedKey: Schema<WrappedKey> = wrappedKey;

const agreedKey = structure('agreed-key', {
  keyParameters: octetString,
  keyCipheredData: octetString,
});
/** The `agreed` option of `keyInfoOptions`. */
export interface AgreedKey extends Infer<typeof agreedKey> {}
export const AgreedKey: Schema<AgreedKey> = agreedKey;

/** The options of `keyInfoOptions`. */
export const KeyInfoOptions = oneOf('key-info-options', {
  identified: IdentifiedKey,
  wrapped: WrappedKey,
  agreed: AgreedKey,
});
export type KeyInfoOptions = Infer<typeof KeyInfoOptions>;

const keyInfo = structure('key-info', {
  keyInfoType: KeyInfoType,
  keyInfoOptions: KeyInfoOptions,
});
/** The member `keyInfo`. */
export interface ProtectionKeyInfo extends Infer<typeof keyInfo> {}
export const ProtectionKeyInfo: Schema<ProtectionKeyInfo> = keyInfo;

const protectionOptions = structure('protection-options', {
  transactionId: octetString,
  originatorSystemTitle: octetString,
  recipientSystemTitle: octetString,
  otherInformation: octetString,
  keyInfo: ProtectionKeyInfo,
});
/** The member `protectionOptions`. */
export interface ProtectionOptions extends Infer<typeof protectionOptions> {}
export const ProtectionOptions: Schema<ProtectionOptions> = protectionOptions;

const protectionParameters = structure('protection-parameters', {
  protectionType: ProtectionType,
  protectionOptions: ProtectionOptions,
});
/** One layer of protection; several are applied in order. */
export interface ProtectionParameters extends Infer<typeof protectionParameters> {}
export const ProtectionParameters: Schema<ProtectionParameters> = protectionParameters;

/** The protection required of requests and responses. Bits 0 and 1 are reserved. */
export const RequiredProtection = enumFlags({
  'authenticated-request': 2,
  'encrypted-request': 3,
  'digitally-signed-request': 4,
  'authenticated-response': 5,
  'encrypted-response': 6,
  'digitally-signed-response': 7,
});
export type RequiredProtection = Infer<typeof RequiredProtection>;
