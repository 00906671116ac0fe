import { integer } from '../../axdr/data.js';
import { RegisterValue } from '../common-types.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ScalerUnit } from '../units.js';

/**
 * Register (class_id 3, version 0). A process or status value with its scaler and unit.
 *
 * Notes:
 * - The parameter of reset is integer 0.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const Register = interfaceClass({
  name: 'Register',
  classId: 3,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** The meter chooses its Data type; the quantity is value × 10^scaler. */
    value: attribute(2, RegisterValue),
    scalerUnit: fixed(attribute(3, ScalerUnit)),
  },
  methods: {
    /** Sets `value` to its default. */
    reset: method(1, integer),
  },
});
