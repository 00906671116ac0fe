import { array, bitString, bool, longUnsigned, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { CosemDate, CosemTime } from '../date-time.js';
import { bitStringFlags } from '../flags.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Flags of `execWeekdays`. */
export const ExecWeekdays = bitStringFlags(7, {
  monday: 0,
  tuesday: 1,
  wednesday: 2,
  thursday: 3,
  friday: 4,
  saturday: 5,
  sunday: 6,
});
export type ExecWeekdays = Infer<typeof ExecWeekdays>;

const scheduleEntry = structure('schedule-entry', {
  index: longUnsigned,
  enable: bool,
  scriptLogicalName: LogicalName,
  scriptSelector: longUnsigned,
  switchTime: CosemTime,
  validityWindow: longUnsigned,
  execWeekdays: ExecWeekdays,
  execSpecdays: bitString,
  beginDate: CosemDate,
  endDate: CosemDate,
});
/** An element of `entries`. */
export interface ScheduleEntry extends Infer<typeof scheduleEntry> {}
export const ScheduleEntry: Schema<ScheduleEntry> = scheduleEntry;

const enableDisableRanges = structure('enable-disable-ranges', {
  firstIndexA: longUnsigned,
  lastIndexA: longUnsigned,
  firstIndexB: longUnsigned,
  lastIndexB: longUnsigned,
});
/** The parameter of `enableDisable`. */
export interface EnableDisableRanges extends Infer<typeof enableDisableRanges> {}
export const EnableDisableRanges: Schema<EnableDisableRanges> = enableDisableRanges;

const scheduleRange = structure('schedule-range', {
  firstIndex: longUnsigned,
  lastIndex: longUnsigned,
});
/** The parameter of `delete`. */
export interface ScheduleRange extends Infer<typeof scheduleRange> {}
export const ScheduleRange: Schema<ScheduleRange> = scheduleRange;

/**
 * Schedule (class_id 10, version 0). Starts scripts at times of day, by weekday, special day and date range.
 *
 * Notes:
 * - index is 1 to 9999; validity_window is in minutes, FFFF means always.
 * - jDLMS marks enable_disable as mandatory; here it is optional.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const Schedule = interfaceClass({
  name: 'Schedule',
  classId: 10,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    entries: fixed(writable(attribute(2, array(ScheduleEntry)))),
  },
  methods: {
    /** Disables the entries of range A and enables those of range B; 0 means none. */
    enableDisable: method(1, EnableDisableRanges),
    insert: method(2, ScheduleEntry),
    delete: method(3, ScheduleRange),
  },
});
