import { integer } from '../../axdr/data.js';
import { RegisterValue } from '../common-types.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ScalerUnit } from '../units.js';

/**
 * Register (class_id 3, version 0). A process or status value with its scaler and unit.
 *
 * Doubts and ranges:
 * - Reset parameter is integer(0).
 * - unit: see enumerations.json units.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark, gvtret-dlms (weak).
 */
export const Register = interfaceClass({
  name: 'Register',
  classId: 3,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Its Data type is chosen by the meter; × 10^scaler. */
    value: attribute(2, RegisterValue),
    scalerUnit: fixed(attribute(3, ScalerUnit)),
  },
  methods: {
    /** Sets `value` to its default. */
    reset: method(1, integer),
  },
});
