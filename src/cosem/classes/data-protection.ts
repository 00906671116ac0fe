import { array, integer, longUnsigned, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method, unclassified, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ProtectionParameters, RequiredProtection, RestrictedObjectDefinition } from '../protection.js';

const protectedGet = structure('protected-get', {
  objectList: array(RestrictedObjectDefinition),
  getProtectionParameters: array(ProtectionParameters),
});
/** The parameter of `getProtectedAttributes`. */
export interface ProtectedGet extends Infer<typeof protectedGet> {}
export const ProtectedGet: Schema<ProtectedGet> = protectedGet;

const protectedAttributes = structure('protected-attributes', {
  protectionParameters: array(ProtectionParameters),
  protectedAttributes: octetString,
});
/** The result of `getProtectedAttributes`. */
export interface ProtectedAttributes extends Infer<typeof protectedAttributes> {}
export const ProtectedAttributes: Schema<ProtectedAttributes> = protectedAttributes;

const protectedSet = structure('protected-set', {
  objectList: array(RestrictedObjectDefinition),
  setProtectionParameters: array(ProtectionParameters),
  protectedAttributes: octetString,
});
/** The parameter of `setProtectedAttributes`. */
export interface ProtectedSet extends Infer<typeof protectedSet> {}
export const ProtectedSet: Schema<ProtectedSet> = protectedSet;

const objectMethodDefinition = structure('object-method-definition', {
  classId: longUnsigned,
  logicalName: LogicalName,
  methodIndex: integer,
});
/** The member `objectMethod`. */
export interface ObjectMethodDefinition extends Infer<typeof objectMethodDefinition> {}
export const ObjectMethodDefinition: Schema<ObjectMethodDefinition> = objectMethodDefinition;

const protectedInvocation = structure('protected-invocation', {
  objectMethod: ObjectMethodDefinition,
  invokeProtectionParameters: array(ProtectionParameters),
  protectedMethodInvocationParameters: octetString,
});
/** The parameter of `invokeProtectedMethod`. */
export interface ProtectedInvocation extends Infer<typeof protectedInvocation> {}
export const ProtectedInvocation: Schema<ProtectedInvocation> = protectedInvocation;

const protectedReturn = structure('protected-return', {
  returnProtectionParameters: array(ProtectionParameters),
  protectedReturnParameters: octetString,
});
/** The result of `invokeProtectedMethod`. */
export interface ProtectedReturn extends Infer<typeof protectedReturn> {}
export const ProtectedReturn: Schema<ProtectedReturn> = protectedReturn;

/**
 * COSEM data protection (class_id 30, version 0). Gives access to attributes and methods of other objects with
 * end-to-end protection (authentication, encryption, signature).
 *
 * Notes:
 * - Wireshark and Gurux agree on the names of attributes and methods; the entry in the Edition 16 table is not credible
 *   and is not used.
 * - The parameter structures of the methods are from memory; Gurux does not implement them.
 * - Options of an identified key: Gurux wraps the enum in a structure of one element, SPODES writes the bare enum.
 * - Dates of a restriction: Gurux writes an octet-string, SPODES an octet-string of 5 octets (date).
 *
 * Sources: Gurux, Wireshark, SPODES (names only).
 */
export const DataProtection = interfaceClass({
  name: 'COSEM data protection',
  classId: 30,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    protectionBuffer: attribute(2, octetString),
    protectionObjectList: fixed(writable(attribute(3, array(RestrictedObjectDefinition)))),
    protectionParametersGet: unclassified(attribute(4, array(ProtectionParameters))),
    protectionParametersSet: unclassified(attribute(5, array(ProtectionParameters))),
    requiredProtection: fixed(writable(attribute(6, RequiredProtection))),
  },
  methods: {
    getProtectedAttributes: method(1, ProtectedGet, ProtectedAttributes),
    setProtectedAttributes: method(2, ProtectedSet),
    invokeProtectedMethod: method(3, ProtectedInvocation, ProtectedReturn),
  },
});
