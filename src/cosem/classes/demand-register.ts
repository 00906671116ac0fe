import { doubleLongUnsigned, integer, longUnsigned } from '../../axdr/data.js';
import { RegisterStatus, RegisterValue } from '../common-types.js';
import { DateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ScalerUnit } from '../units.js';

/**
 * Demand register (class_id 5, version 0). The current and the last average value over `number_of_periods` periods:
 * block or sliding demand.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const DemandRegister = interfaceClass({
  name: 'Demand register',
  classId: 5,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Over the periods that are running now. */
    currentAverageValue: attribute(2, RegisterValue),
    /** Over the last `number_of_periods` complete periods. */
    lastAverageValue: attribute(3, RegisterValue),
    scalerUnit: fixed(attribute(4, ScalerUnit)),
    status: attribute(5, RegisterStatus),
    /** When `last_average_value` was captured. */
    captureTime: attribute(6, DateTime),
    /** When the measurement of `current_average_value` began. */
    startTimeCurrent: attribute(7, DateTime),
    /** Seconds, at least 1. */
    period: fixed(writable(attribute(8, doubleLongUnsigned))),
    /** At least 1 (the default); more than 1 makes it a sliding demand. */
    numberOfPeriods: fixed(writable(attribute(9, longUnsigned))),
  },
  methods: {
    /** Clears both averages and restarts the measurement. */
    reset: method(1, integer),
    /** Ends the current period now. */
    nextPeriod: method(2, integer),
  },
});
