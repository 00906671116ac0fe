import {
  dataOf,
  doubleLongUnsigned,
  enumeration,
  enumValue,
  integer,
  long64Unsigned,
  longUnsigned,
  structure,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ScalerUnit } from '../units.js';

/** Values of `triggerOrigin`. */
export const TriggerOrigin = enumeration({
  remote: 0,
  'local-script': 1,
});
export type TriggerOrigin = Infer<typeof TriggerOrigin>;

const triggerSource = structure('trigger-source', {
  triggerOrigin: TriggerOrigin,
  triggerCause: longUnsigned,
});
/** The type of `triggerSource`. */
export interface TriggerSource extends Infer<typeof triggerSource> {}
export const TriggerSource: Schema<TriggerSource> = triggerSource;

/**
 * Measurement data monitoring (class_id 66, version 0). Waveforms captured on a trigger.
 *
 * Doubts and ranges:
 * - The Edition 16 table title: Measurement data monitoring objects.
 * - Another unnamed public file lists a different order without waveform_data: rejected.
 * - trigger_time in microseconds.
 *
 * Sources: an Edition 16 class table.
 */
export const MeasurementDataMonitoring = interfaceClass({
  name: 'Measurement data monitoring',
  classId: 66,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    waveformData: attribute(2, dataOf('compact-array')),
    triggerTime: attribute(3, long64Unsigned),
    triggerSource: attribute(4, TriggerSource),
    status: attribute(5, enumValue),
    samplingRate: fixed(writable(attribute(6, doubleLongUnsigned))),
    numberOfSamplesBeforeTrigger: fixed(writable(attribute(7, doubleLongUnsigned))),
    numberOfSamplesAfterTrigger: fixed(writable(attribute(8, doubleLongUnsigned))),
    scalerUnit: fixed(attribute(9, ScalerUnit)),
  },
  methods: {
    reset: method(1, integer),
    trigger: method(2, integer),
  },
});
