import { enumValue, integer, longUnsigned, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ISO/IEC 14908 diagnostic (class_id 133, version 0). ISO/IEC 14908 node: state of the power line.
 *
 * Notes:
 * - The enumeration values were not found in any source.
 * - According to the Edition 16 table, another publication of version 0 has no reset method.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const Iso14908Diagnostic = interfaceClass({
  name: 'ISO/IEC 14908 diagnostic',
  classId: 133,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    plcSignalQualityStatus: attribute(2, enumValue),
    comModuleState: attribute(3, enumValue),
    receivedMessageStatus: attribute(4, unsigned),
    noReceiveBuffer: attribute(5, longUnsigned),
    transmitNoData: attribute(6, longUnsigned),
    backlogOverflows: attribute(7, longUnsigned),
    lateAck: attribute(8, longUnsigned),
    frequencyInvalid: attribute(9, longUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
