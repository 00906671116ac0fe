import { array, enumValue, integer, octetString } from '../../axdr/data.js';
import { ActionSet, RegisterStatus, RegisterValue, ThresholdValue, ValueDefinition } from '../common-types.js';
import { TaggedDateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ScalerUnit } from '../units.js';

/**
 * Sensor manager (class_id 67, version 0). A sensor: identification, sealing, adjustment, raw and processed values.
 *
 * Doubts and ranges:
 * - Enum values of output_type and sealing_method not found.
 * - static/dynamic flags as given by the Edition 16 table, which marks every attribute dynamic; doubtful.
 * - Inner types of 7, 11, 12, 14, 15 follow Extended register and Register monitor (the Edition 16 table describes them so).
 *
 * Sources: an Edition 16 class table, gvtret-dlms (weak), SPODES (names).
 */
export const SensorManager = interfaceClass({
  name: 'Sensor manager',
  classId: 67,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    serialNumber: attribute(2, octetString),
    metrologicalIdentification: attribute(3, octetString),
    outputType: attribute(4, enumValue),
    adjustmentMethod: attribute(5, octetString),
    sealingMethod: attribute(6, enumValue),
    rawValue: attribute(7, RegisterValue),
    scalerUnit: attribute(8, ScalerUnit),
    status: attribute(9, RegisterStatus),
    captureTime: attribute(10, TaggedDateTime),
    rawValueThresholds: attribute(11, array(ThresholdValue)),
    rawValueActions: attribute(12, array(ActionSet)),
    processedValue: attribute(13, ValueDefinition),
    processedValueThresholds: attribute(14, array(ThresholdValue)),
    processedValueActions: attribute(15, array(ActionSet)),
  },
  methods: {
    reset: method(1, integer),
  },
});
