import { array, enumeration, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ActionItem } from '../common-types.js';
import { CosemDate, CosemTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `type`. */
export const SingleActionScheduleType = enumeration({
  'one-entry-wildcard-in-date-allowed': 1,
  'n-entries-same-time-no-wildcard-in-date': 2,
  'n-entries-same-time-wildcard-in-date-allowed': 3,
  'n-entries-different-times-no-wildcard-in-date': 4,
  'n-entries-different-times-wildcard-in-date-allowed': 5,
});
export type SingleActionScheduleType = Infer<typeof SingleActionScheduleType>;

const executionTime = structure('execution-time', {
  time: CosemTime,
  date: CosemDate,
});
/** An element of `executionTime`. */
export interface ExecutionTime extends Infer<typeof executionTime> {}
export const ExecutionTime: Schema<ExecutionTime> = executionTime;

/**
 * Single action schedule (class_id 22, version 0). Runs one script at given times and dates.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const SingleActionSchedule = interfaceClass({
  name: 'Single action schedule',
  classId: 22,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    executedScript: fixed(writable(attribute(2, ActionItem))),
    type: fixed(writable(attribute(3, SingleActionScheduleType))),
    /** Hundredths of a second are 0. */
    executionTime: fixed(writable(attribute(4, array(ExecutionTime)))),
  },
  methods: {},
});
