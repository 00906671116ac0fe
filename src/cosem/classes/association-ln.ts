import {
  array,
  enumeration,
  integer,
  longUnsigned,
  nullData,
  octetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { AccessRight, AccessRightV0, AccessRightV1, UserListEntry } from '../access-rights.js';
import { ObjectDefinition } from '../common-types.js';
import { sizedBitString } from '../flags.js';
import {
  attribute,
  fixed,
  interfaceClass,
  method,
  revision,
  selective,
  selector,
  writable,
} from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { oneOf } from '../one-of.js';

const objectListEntry = structure('object-list-entry', {
  classId: longUnsigned,
  version: unsigned,
  logicalName: LogicalName,
});
/** An element of the object list when it is read without access rights. */
export interface ObjectListEntry extends Infer<typeof objectListEntry> {}
export const ObjectListEntry: Schema<ObjectListEntry> = objectListEntry;

const objectListSelectors = {
  /** The whole list without access rights. */
  withoutRights: selector(1, nullData, array(ObjectListEntry)),
  /** The objects of these classes, without access rights. */
  classes: selector(2, array(longUnsigned), array(ObjectListEntry)),
  /** These objects, with access rights. */
  objects: selector(3, array(ObjectDefinition)),
  /** One object, with access rights. */
  object: selector(4, ObjectDefinition),
} as const;

const objectListElement = structure('object-list-element', {
  classId: longUnsigned,
  version: unsigned,
  logicalName: LogicalName,
  accessRights: AccessRight,
});
/** An element of `objectList`. */
export interface ObjectListElement extends Infer<typeof objectListElement> {}
export const ObjectListElement: Schema<ObjectListElement> = objectListElement;

const associatedPartners = structure('associated-partners', {
  clientSap: integer,
  serverSap: longUnsigned,
});
/** The type of `associatedPartnersId`. */
export interface AssociatedPartners extends Infer<typeof associatedPartners> {}
export const AssociatedPartners: Schema<AssociatedPartners> = associatedPartners;

const contextName = structure('context-name', {
  jointIsoCttElement: unsigned,
  countryElement: unsigned,
  countryNameElement: longUnsigned,
  identifiedOrganizationElement: unsigned,
  dlmsUaElement: unsigned,
  applicationContextElement: unsigned,
  contextIdElement: unsigned,
});
/** The `structure` option of a choice. */
export interface ContextName extends Infer<typeof contextName> {}
export const ContextName: Schema<ContextName> = contextName;

/** The options of `applicationContextName`. */
export const ApplicationContextName = oneOf('application-context-name', {
  structure: ContextName,
  'octet-string': octetString,
});
export type ApplicationContextName = Infer<typeof ApplicationContextName>;

const xdlmsContextInfo = structure('xdlms-context-info', {
  conformance: sizedBitString(24),
  maxReceivePduSize: longUnsigned,
  maxSendPduSize: longUnsigned,
  dlmsVersionNumber: unsigned,
  qualityOfService: integer,
  cypheringInfo: octetString,
});
/** The type of `xDlmsContextInfo`. */
export interface XdlmsContextInfo extends Infer<typeof xdlmsContextInfo> {}
export const XdlmsContextInfo: Schema<XdlmsContextInfo> = xdlmsContextInfo;

const mechanismName = structure('mechanism-name', {
  jointIsoCttElement: unsigned,
  countryElement: unsigned,
  countryNameElement: longUnsigned,
  identifiedOrganizationElement: unsigned,
  dlmsUaElement: unsigned,
  authenticationMechanismNameElement: unsigned,
  mechanismIdElement: unsigned,
});
/** The `structure` option of a choice. */
export interface MechanismName extends Infer<typeof mechanismName> {}
export const MechanismName: Schema<MechanismName> = mechanismName;

/** The options of `authenticationMechanismName`. */
export const AuthenticationMechanismName = oneOf('authentication-mechanism-name', {
  structure: MechanismName,
  'octet-string': octetString,
});
export type AuthenticationMechanismName = Infer<typeof AuthenticationMechanismName>;

/** Values of `associationStatus`. */
export const AssociationStatus = enumeration({
  'non-associated': 0,
  'association-pending': 1,
  associated: 2,
});
export type AssociationStatus = Infer<typeof AssociationStatus>;

const objectListElementV1 = structure('object-list-element', {
  classId: longUnsigned,
  version: unsigned,
  logicalName: LogicalName,
  accessRights: AccessRightV1,
});
/** An element of `objectList`. */
export interface ObjectListElementV1 extends Infer<typeof objectListElementV1> {}
export const ObjectListElementV1: Schema<ObjectListElementV1> = objectListElementV1;

const objectListElementV0 = structure('object-list-element', {
  classId: longUnsigned,
  version: unsigned,
  logicalName: LogicalName,
  accessRights: AccessRightV0,
});
/** An element of `objectList`. */
export interface ObjectListElementV0 extends Infer<typeof objectListElementV0> {}
export const ObjectListElementV0: Schema<ObjectListElementV0> = objectListElementV0;

/**
 * Association LN (class_id 15, version 3). An application association with logical names: the objects that the client
 * sees, and what it may do with each.
 *
 * Notes:
 * - access_mode is an enum whose value is read as eight flags.
 * - change_HLS_secret: the secret is wrapped with the key encryption key when HLS uses AES-GCM (from memory).
 *
 * Sources: Gurux, a public table of the Edition 16 classes, Wireshark.
 */
export const AssociationLn = interfaceClass({
  name: 'Association LN',
  classId: 15,
  version: 3,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** The objects that the client sees, with its access rights; the list can be long. */
    objectList: fixed(selective(attribute(2, array(ObjectListElement)), objectListSelectors)),
    associatedPartnersId: fixed(attribute(3, AssociatedPartners)),
    /** A structure with the arcs of the object identifier, or its octets. */
    applicationContextName: fixed(attribute(4, ApplicationContextName)),
    xDlmsContextInfo: fixed(attribute(5, XdlmsContextInfo)),
    /** A structure with the arcs of the object identifier, or its octets. */
    authenticationMechanismName: fixed(attribute(6, AuthenticationMechanismName)),
    /** The secret of low level security; most meters do not let it be read. */
    secret: fixed(writable(attribute(7, octetString))),
    associationStatus: attribute(8, AssociationStatus),
    /** Logical name of the Security setup; all zero when there is none. */
    securitySetupReference: fixed(attribute(9, LogicalName)),
    userList: fixed(attribute(10, array(UserListEntry))),
    currentUser: attribute(11, UserListEntry),
  },
  methods: {
    /** Parameter: f(challenge) of the client; returns f(challenge) of the server. */
    replyToHlsAuthentication: method(1, octetString, octetString),
    /** Parameter: the new secret, wrapped if the mechanism requires it. */
    changeHlsSecret: method(2, octetString),
    addObject: method(3, ObjectListElement),
    removeObject: method(4, ObjectListElement),
    addUser: method(5, UserListEntry),
    removeUser: method(6, UserListEntry),
  },
});

/**
 * Association LN (class_id 15, version 2).
 *
 * Sources: Gurux, SPODES, Wireshark.
 */
export const AssociationLnV2 = revision(AssociationLn, {
  version: 2,
  attributes: {
    /** The objects that the client sees, with its access rights; the list can be long. */
    objectList: fixed(selective(attribute(2, array(ObjectListElementV1)), objectListSelectors)),
  },
  methods: {
    addObject: method(3, ObjectListElementV1),
    removeObject: method(4, ObjectListElementV1),
  },
});

/**
 * Association LN (class_id 15, version 1).
 *
 * Notes:
 * - The names of context and mechanism can be a structure, or an octet-string with the contents of the BER object
 *   identifier.
 * - jDLMS still uses the name LLS_secret in version 1.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const AssociationLnV1 = revision(AssociationLn, {
  version: 1,
  attributes: {
    /** The objects that the client sees, with its access rights; the list can be long. */
    objectList: fixed(selective(attribute(2, array(ObjectListElementV1)), objectListSelectors)),
  },
  methods: {
    addObject: method(3, ObjectListElementV1),
    removeObject: method(4, ObjectListElementV1),
  },
  without: ['userList', 'currentUser', 'addUser', 'removeUser'],
});

/**
 * Association LN (class_id 15, version 0).
 *
 * Notes:
 * - In version 0 the access_mode of a method is a boolean.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const AssociationLnV0 = revision(AssociationLn, {
  version: 0,
  attributes: {
    /** The objects that the client sees, with its access rights; the list can be long. */
    objectList: fixed(selective(attribute(2, array(ObjectListElementV0)), objectListSelectors)),
    /** A structure with the arcs of the object identifier, or its octets. */
    applicationContextName: fixed(attribute(4, ContextName)),
    /** A structure with the arcs of the object identifier, or its octets. */
    authenticationMechanismName: fixed(attribute(6, MechanismName)),
    /** The secret of low level security. */
    llsSecret: fixed(writable(attribute(7, octetString))),
  },
  methods: {
    addObject: method(3, ObjectListElementV0),
    removeObject: method(4, ObjectListElementV0),
  },
  without: ['secret', 'securitySetupReference', 'userList', 'currentUser', 'addUser', 'removeUser'],
});
