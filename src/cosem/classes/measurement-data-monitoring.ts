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
 * Notes:
 * - The title in the Edition 16 table is Measurement data monitoring objects.
 * - Another public file has a different order without waveform_data; it is not used.
 * - trigger_time is in microseconds.
 *
 * Source: a public table of the Edition 16 classes.
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
