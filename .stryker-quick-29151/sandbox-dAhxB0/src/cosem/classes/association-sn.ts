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
 * Association SN (class_id 12, version 4). An application association with short names: what the client sees of the meter, and what it may do.
 *
 * Doubts and ranges:
 * - The Edition 16 table confirms only that version 4 is the current version; its attribute list is that of Association LN and was rejected.
 * - Assumed change against version 3: access mode bit fields as in Association LN version 3.
 *
 * Sources: an Edition 16 class table, SPODES (names), recollection.
 */
export const AssociationSn = interfaceClass({
  name: 'Association SN',
  classId: 12,
  version: 4,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** With base names, signed 16 bits as sent. */
    objectList: fixed(attribute(2, array(ObjectListElementSn))),
    accessRightsList: fixed(attribute(3, array(AccessRightsElement))),
    securitySetupReference: fixed(attribute(4, LogicalName)),
    userList: fixed(attribute(5, array(UserListEntry))),
    currentUser: attribute(6, UserListEntry),
  },
  methods: {
    readByLogicalname: method(3, array(ValueDefinition), array(Data)),
    changeSecret: method(5, octetString),
    /** f(challenge) of the client; answers f(challenge) of the server. */
    replyToHlsAuthentication: method(8, octetString, octetString),
    addUser: method(9, UserListEntry),
    removeUser: method(10, UserListEntry),
  },
});

/**
 * Association SN (class_id 12, version 3).
 *
 * Doubts and ranges:
 * - Attributes from gvtret-dlms (it lists the same six); its method list is that of Association LN and is not used here.
 * - Gurux names methods 9 and 10 add_user and remove_user.
 * - change_secret (5) replacing 5 and 6: name in the SPODES name list, index is a recollection.
 *
 * Sources: gvtret-dlms (weak), SPODES (names), recollection.
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
 * Doubts and ranges:
 * - Method ids 1, 2 and 7 reserved.
 * - Types from Gurux only; names in both.
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
    /** The new secret. */
    changeLlsSecret: method(5, octetString),
    /** The new secret, wrapped where the mechanism asks for it. */
    changeHlsSecret: method(6, octetString),
  },
  without: ['userList', 'currentUser', 'changeSecret', 'addUser', 'removeUser'],
});

/**
 * Association SN (class_id 12, version 1).
 *
 * Doubts and ranges:
 * - Attribute 3 introduced in version 1 is a recollection; Gurux gives version 1 only two attributes.
 * - Method ids 1, 2 and 7 reserved from version 0.
 *
 * Sources: jDLMS, recollection.
 */
export const AssociationSnV1 = revision(AssociationSn, {
  version: 1,
  attributes: {
    accessRightsList: fixed(attribute(3, array(AccessRightsElementV1))),
  },
  methods: {
    getAttributesAndMethods: method(4, array(ObjectDefinition), array(Data)),
    /** The new secret. */
    changeLlsSecret: method(5, octetString),
    /** The new secret, wrapped where the mechanism asks for it. */
    changeHlsSecret: method(6, octetString),
  },
  without: ['securitySetupReference', 'userList', 'currentUser', 'changeSecret', 'addUser', 'removeUser'],
});

/**
 * Association SN (class_id 12, version 0).
 *
 * Doubts and ranges:
 * - Method names from Gurux; parameter and return layouts of methods 1-4 are recollections.
 *
 * Sources: Gurux, recollection.
 */
export const AssociationSnV0 = revision(AssociationSn, {
  version: 0,
  methods: {
    getlistByClassid: method(1, longUnsigned, array(ObjectListElementSn)),
    getobjByLogicalname: method(2, octetString, ObjectListElementSn),
    getAttributesAndServices: method(4, array(ObjectDefinition), array(Data)),
    /** The new secret. */
    changeLlsSecret: method(5, octetString),
    /** The new secret, wrapped where the mechanism asks for it. */
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
