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
 * Register activation (class_id 6, version 0). Groups of registers that are activated together by a mask, as a tariff does.
 *
 * Doubts and ranges:
 * - index_list entries are 1-based positions in register_assignment.
 * - Element type of index_list: Gurux and SPODES use unsigned, gvtret-dlms uses long-unsigned.
 *
 * Sources: Gurux, jDLMS, SPODES, gvtret-dlms (weak).
 */
export const RegisterActivation = interfaceClass({
  name: 'Register activation',
  classId: 6,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** The registers that masks refer to by position. */
    registerAssignment: fixed(writable(attribute(2, array(ObjectDefinition)))),
    /** For each mask the positions (from 1) of its registers. */
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
