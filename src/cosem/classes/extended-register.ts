import { integer } from '../../axdr/data.js';
import { RegisterStatus, RegisterValue } from '../common-types.js';
import { DateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ScalerUnit } from '../units.js';

/**
 * Extended register (class_id 4, version 0). A register that also holds the status of its value and the time of its
 * capture.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const ExtendedRegister = interfaceClass({
  name: 'Extended register',
  classId: 4,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** The meter chooses its Data type; the quantity is value × 10^scaler. */
    value: attribute(2, RegisterValue),
    scalerUnit: fixed(attribute(3, ScalerUnit)),
    /** Its meaning is defined by the manufacturer or a companion profile. */
    status: attribute(4, RegisterStatus),
    /** When `value` was captured. */
    captureTime: attribute(5, DateTime),
  },
  methods: {
    /** Sets `value` to its default. */
    reset: method(1, integer),
  },
});
