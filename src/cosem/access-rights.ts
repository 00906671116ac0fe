import { array, bool, enumeration, integer, nullData, structure, unsigned, visibleString } from '../axdr/data.js';
import type { Infer, Schema } from '../axdr/schema.js';
import { enumFlags } from './flags.js';
import { oneOf } from './one-of.js';

// Access rights in the object lists of Association LN and SN, by version.

/** What the client may do, and the protection that its request must have and the response will have. */
export const AttributeAccessMode = enumFlags({
  read: 0,
  write: 1,
  'authenticated-request': 2,
  'encrypted-request': 3,
  'digitally-signed-request': 4,
  'authenticated-response': 5,
  'encrypted-response': 6,
  'digitally-signed-response': 7,
});
export type AttributeAccessMode = Infer<typeof AttributeAccessMode>;

/** The selectors that the attribute accepts; null-data: none. */
export const AccessSelectors = oneOf('access-selectors', {
  'null-data': nullData,
  array: array(integer),
});
export type AccessSelectors = Infer<typeof AccessSelectors>;

const attributeAccess = structure('attribute-access-item', {
  attributeId: integer,
  accessMode: AttributeAccessMode,
  accessSelectors: AccessSelectors,
});
/** An element of `attributeAccess`. */
export interface AttributeAccess extends Infer<typeof attributeAccess> {}
export const AttributeAccess: Schema<AttributeAccess> = attributeAccess;

/**
 * Whether the client may invoke the method, and the protection that its request must have and the response will have.
 */
export const MethodAccessMode = enumFlags({
  access: 0,
  'not-used': 1,
  'authenticated-request': 2,
  'encrypted-request': 3,
  'digitally-signed-request': 4,
  'authenticated-response': 5,
  'encrypted-response': 6,
  'digitally-signed-response': 7,
});
export type MethodAccessMode = Infer<typeof MethodAccessMode>;

const methodAccess = structure('method-access-item', {
  methodId: integer,
  accessMode: MethodAccessMode,
});
/** An element of `methodAccess`. */
export interface MethodAccess extends Infer<typeof methodAccess> {}
export const MethodAccess: Schema<MethodAccess> = methodAccess;

const userListEntry = structure('user-list-entry', {
  userId: unsigned,
  userName: visibleString,
});
/** A user of the client. */
export interface UserListEntry extends Infer<typeof userListEntry> {}
export const UserListEntry: Schema<UserListEntry> = userListEntry;

/** What the client may do: Association LN versions 1 and 2, Association SN versions 1 to 3. */
export const AttributeAccessModeV1 = enumeration({
  'no-access': 0,
  'read-only': 1,
  'write-only': 2,
  'read-and-write': 3,
  'authenticated-read-only': 4,
  'authenticated-write-only': 5,
  'authenticated-read-and-write': 6,
});
export type AttributeAccessModeV1 = Infer<typeof AttributeAccessModeV1>;

const attributeAccessV1 = structure('attribute-access-item', {
  attributeId: integer,
  accessMode: AttributeAccessModeV1,
  accessSelectors: AccessSelectors,
});
/** An element of `attributeAccess`. */
export interface AttributeAccessV1 extends Infer<typeof attributeAccessV1> {}
export const AttributeAccessV1: Schema<AttributeAccessV1> = attributeAccessV1;

/** Whether the client may invoke the method: Association LN versions 1 and 2, Association SN versions 1 to 3. */
export const MethodAccessModeV1 = enumeration({
  'no-access': 0,
  access: 1,
  'authenticated-access': 2,
});
export type MethodAccessModeV1 = Infer<typeof MethodAccessModeV1>;

const methodAccessV1 = structure('method-access-item', {
  methodId: integer,
  accessMode: MethodAccessModeV1,
});
/** An element of `methodAccess`. */
export interface MethodAccessV1 extends Infer<typeof methodAccessV1> {}
export const MethodAccessV1: Schema<MethodAccessV1> = methodAccessV1;

const accessRights = structure('access-right', {
  attributeAccess: array(AttributeAccess),
  methodAccess: array(MethodAccess),
});
/** The access rights to one object: Association LN version 3, Association SN version 4. */
export interface AccessRight extends Infer<typeof accessRights> {}
export const AccessRight: Schema<AccessRight> = accessRights;

const accessRightsV1 = structure('access-right', {
  attributeAccess: array(AttributeAccessV1),
  methodAccess: array(MethodAccessV1),
});
/** The access rights to one object: Association LN versions 1 and 2. */
export interface AccessRightV1 extends Infer<typeof accessRightsV1> {}
export const AccessRightV1: Schema<AccessRightV1> = accessRightsV1;

/** What the client may do: Association LN version 0. */
export const AttributeAccessModeV0 = enumeration({
  'no-access': 0,
  'read-only': 1,
  'write-only': 2,
  'read-and-write': 3,
});
export type AttributeAccessModeV0 = Infer<typeof AttributeAccessModeV0>;

const attributeAccessV0 = structure('attribute-access-item', {
  attributeId: integer,
  accessMode: AttributeAccessModeV0,
  accessSelectors: AccessSelectors,
});
/** An element of `attributeAccess`. */
export interface AttributeAccessV0 extends Infer<typeof attributeAccessV0> {}
export const AttributeAccessV0: Schema<AttributeAccessV0> = attributeAccessV0;

const methodAccessV0 = structure('method-access-item', {
  methodId: integer,
  accessMode: bool,
});
/** An element of `methodAccess`. */
export interface MethodAccessV0 extends Infer<typeof methodAccessV0> {}
export const MethodAccessV0: Schema<MethodAccessV0> = methodAccessV0;

const accessRightsV0 = structure('access-right', {
  attributeAccess: array(AttributeAccessV0),
  methodAccess: array(MethodAccessV0),
});
/** The access rights to one object: Association LN version 0. */
export interface AccessRightV0 extends Infer<typeof accessRightsV0> {}
export const AccessRightV0: Schema<AccessRightV0> = accessRightsV0;
