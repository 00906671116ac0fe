import { array, enumValue, integer, octetString } from '../../axdr/data.js';
import { ActionSet, RegisterStatus, RegisterValue, ThresholdValue, ValueDefinition } from '../common-types.js';
import { TaggedDateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ScalerUnit } from '../units.js';

/**
 * Sensor manager (class_id 67, version 0). A sensor: identification, sealing, adjustment, raw and processed values.
 *
 * Notes:
 * - The values of output_type and sealing_method were not found in any source.
 * - The Edition 16 table marks every attribute as dynamic, and so does this definition; doubtful.
 * - The inner types of attributes 7, 11, 12, 14 and 15 follow Extended register and Register monitor, as the Edition 16
 *   table describes them.
 *
 * Sources: a public table of the Edition 16 classes, SPODES (names only).
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
