import { array, octetString, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ObjectDefinition } from '../common-types.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const registerActivationMask = structure('register-act-mask', {
  maskName: octetString,
  indexList: array(unsigned),
});
/** An element of `maskList`. */
export interface RegisterActivationMask extends Infer<typeof registerActivationMask> {}
export const RegisterActivationMask: Schema<RegisterActivationMask> = registerActivationMask;

/**
 * Register activation (class_id 6, version 0). Groups of registers, each activated together by a mask, for instance by
 * a tariff.
 *
 * Notes:
 * - index_list holds positions in register_assignment, counted from 1.
 * - index_list: Gurux and SPODES have unsigned elements, one other implementation long-unsigned.
 *
 * Sources: Gurux, jDLMS, SPODES.
 */
export const RegisterActivation = interfaceClass({
  name: 'Register activation',
  classId: 6,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** The registers that the masks refer to by position. */
    registerAssignment: fixed(writable(attribute(2, array(ObjectDefinition)))),
    /** For each mask, the positions (from 1) of its registers. */
    maskList: fixed(writable(attribute(3, array(RegisterActivationMask)))),
    /** Name of the active mask. */
    activeMask: writable(attribute(4, octetString)),
  },
  methods: {
    addRegister: method(1, ObjectDefinition),
    addMask: method(2, RegisterActivationMask),
    deleteMask: method(3, octetString),
  },
});
