import { array, Data, integer, long, longUnsigned, octetString, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { AttributeAccess, AttributeAccessV1, MethodAccess, MethodAccessV1, UserListEntry } from '../access-rights.js';
import { ObjectDefinition, ValueDefinition } from '../common-types.js';
import { attribute, fixed, interfaceClass, method, revision } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const objectListElementSn = structure('object-list-element', {
  baseName: long,
  classId: longUnsigned,
  version: unsigned,
  logicalName: LogicalName,
});
/** An element of `objectList`. */
export interface ObjectListElementSn extends Infer<typeof objectListElementSn> {}
export const ObjectListElementSn: Schema<ObjectListElementSn> = objectListElementSn;

const accessRightsElement = structure('access-right-element', {
  baseName: long,
  attributeAccess: array(AttributeAccess),
  methodAccess: array(MethodAccess),
});
/** An element of `accessRightsList`. */
export interface AccessRightsElement extends Infer<typeof accessRightsElement> {}
export const AccessRightsElement: Schema<AccessRightsElement> = accessRightsElement;

const accessRightsElementV1 = structure('access-right-element', {
  baseName: long,
  attributeAccess: array(AttributeAccessV1),
  methodAccess: array(MethodAccessV1),
});
/** An element of `accessRightsList`. */
export interface AccessRightsElementV1 extends Infer<typeof accessRightsElementV1> {}
export const AccessRightsElementV1: Schema<AccessRightsElementV1> = accessRightsElementV1;

/**
 * Association SN (class_id 12, version 4). An application association with short names: the objects that the client
 * sees, and what it may do with each.
 *
 * Notes:
 * - The Edition 16 table confirms only that version 4 is current; its attribute list is that of Association LN and is
 *   not used.
 * - The assumed change from version 3 is that access modes are bit fields, as in Association LN version 3.
 *
 * Sources: a public table of the Edition 16 classes, SPODES (names only); the rest is from memory.
 */
export const AssociationSn = interfaceClass({
  name: 'Association SN',
  classId: 12,
  version: 4,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** The objects with their base names, as sent: signed 16-bit numbers. */
    objectList: fixed(attribute(2, array(ObjectListElementSn))),
    accessRightsList: fixed(attribute(3, array(AccessRightsElement))),
    securitySetupReference: fixed(attribute(4, LogicalName)),
    userList: fixed(attribute(5, array(UserListEntry))),
    currentUser: attribute(6, UserListEntry),
  },
  methods: {
    readByLogicalname: method(3, array(ValueDefinition), array(Data)),
    changeSecret: method(5, octetString),
    /** Parameter: f(challenge) of the client; returns f(challenge) of the server. */
    replyToHlsAuthentication: method(8, octetString, octetString),
    addUser: method(9, UserListEntry),
    removeUser: method(10, UserListEntry),
  },
});

/**
 * Association SN (class_id 12, version 3).
 *
 * Notes:
 * - The attributes are confirmed by one published implementation only (weak evidence); its method list is that of
 *   Association LN and is not used here.
 * - Gurux calls methods 9 and 10 add_user and remove_user.
 * - change_secret (5) replaces methods 5 and 6: the name is in the SPODES name list, the index is from memory.
 *
 * Sources: SPODES (names only), one published implementation (weak evidence); the rest is from memory.
 */
export const AssociationSnV3 = revision(AssociationSn, {
  version: 3,
  attributes: {
    accessRightsList: fixed(attribute(3, array(AccessRightsElementV1))),
  },
});

/**
 * Association SN (class_id 12, version 2).
 *
 * Notes:
 * - Method ids 1, 2 and 7 are reserved.
 * - The types are from Gurux only; both sources have the names.
 *
 * Sources: Gurux, jDLMS.
 */
export const AssociationSnV2 = revision(AssociationSn, {
  version: 2,
  confidence: 'two sources',
  attributes: {
    accessRightsList: fixed(attribute(3, array(AccessRightsElementV1))),
  },
  methods: {
    getAttributesAndMethods: method(4, array(ObjectDefinition), array(Data)),
    /** Parameter: the new secret. */
    changeLlsSecret: method(5, octetString),
    /** Parameter: the new secret, wrapped if the mechanism requires it. */
    changeHlsSecret: method(6, octetString),
  },
  without: ['userList', 'currentUser', 'changeSecret', 'addUser', 'removeUser'],
});

/**
 * Association SN (class_id 12, version 1).
 *
 * Notes:
 * - That attribute 3 was introduced in version 1 is from memory; in Gurux, version 1 has only two attributes.
 * - Method ids 1, 2 and 7 are reserved, as version 0 used them.
 *
 * Source: jDLMS; the rest is from memory.
 */
export const AssociationSnV1 = revision(AssociationSn, {
  version: 1,
  attributes: {
    accessRightsList: fixed(attribute(3, array(AccessRightsElementV1))),
  },
  methods: {
    getAttributesAndMethods: method(4, array(ObjectDefinition), array(Data)),
    /** Parameter: the new secret. */
    changeLlsSecret: method(5, octetString),
    /** Parameter: the new secret, wrapped if the mechanism requires it. */
    changeHlsSecret: method(6, octetString),
  },
  without: ['securitySetupReference', 'userList', 'currentUser', 'changeSecret', 'addUser', 'removeUser'],
});

/**
 * Association SN (class_id 12, version 0).
 *
 * Notes:
 * - The method names are those of Gurux; the layouts of the parameters and results of methods 1 to 4 are from memory.
 *
 * Source: Gurux; the rest is from memory.
 */
export const AssociationSnV0 = revision(AssociationSn, {
  version: 0,
  methods: {
    getlistByClassid: method(1, longUnsigned, array(ObjectListElementSn)),
    getobjByLogicalname: method(2, octetString, ObjectListElementSn),
    getAttributesAndServices: method(4, array(ObjectDefinition), array(Data)),
    /** Parameter: the new secret. */
    changeLlsSecret: method(5, octetString),
    /** Parameter: the new secret, wrapped if the mechanism requires it. */
    changeHlsSecret: method(6, octetString),
    getHlsChallenge: method(7, integer, octetString),
    replyToHlsChallenge: method(8, octetString, octetString),
  },
  without: [
    'accessRightsList',
    'securitySetupReference',
    'userList',
    'currentUser',
    'changeSecret',
    'replyToHlsAuthentication',
    'addUser',
    'removeUser',
  ],
});
