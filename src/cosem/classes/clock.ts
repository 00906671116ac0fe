import { bool, enumeration, integer, long, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { clockStatusBits, DateTime, DateTimeChoice } from '../date-time.js';
import { unsignedFlags } from '../flags.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Flags of `status`. */
export const ClockStatus = unsignedFlags(clockStatusBits);
export type ClockStatus = Infer<typeof ClockStatus>;

/** Values of `clockBase`. */
export const ClockBase = enumeration({
  'not-defined': 0,
  'internal-crystal': 1,
  'mains-frequency-50-hz': 2,
  'mains-frequency-60-hz': 3,
  gps: 4,
  'radio-controlled': 5,
});
export type ClockBase = Infer<typeof ClockBase>;

const presetAdjustingTime = structure('preset-adjusting-time', {
  presetTime: DateTimeChoice,
  validityIntervalStart: DateTimeChoice,
  validityIntervalEnd: DateTimeChoice,
});
/** The parameter of `presetAdjustingTime`. */
export interface PresetAdjustingTime extends Infer<typeof presetAdjustingTime> {}
export const PresetAdjustingTime: Schema<PresetAdjustingTime> = presetAdjustingTime;

/**
 * Clock (class_id 8, version 0). The clock of the device, with time zone and daylight saving.
 *
 * Notes:
 * - The members of preset_adjusting_time have the date-time tag (25) in SPODES and are octet-strings in Gurux.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const Clock = interfaceClass({
  name: 'Clock',
  classId: 8,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Local time with its deviation from UTC. */
    time: writable(attribute(2, DateTime)),
    /** Minutes from local normal time to UTC: -60 in Central Europe. -720 to 840 according to one source (SPODES). */
    timeZone: fixed(writable(attribute(3, long))),
    /** The bits of the status octet in `time`. */
    status: attribute(4, ClockStatus),
    /** Local time; usually with unspecified fields, to hold for every year. */
    daylightSavingsBegin: fixed(writable(attribute(5, DateTime))),
    /** Local time; usually with unspecified fields, to hold for every year. */
    daylightSavingsEnd: fixed(writable(attribute(6, DateTime))),
    /** Minutes, -120 to 120, usually 60. */
    daylightSavingsDeviation: fixed(writable(attribute(7, integer))),
    daylightSavingsEnabled: fixed(writable(attribute(8, bool))),
    clockBase: fixed(writable(attribute(9, ClockBase))),
  },
  methods: {
    /** Sets the clock to the nearest quarter of an hour. */
    adjustToQuarter: method(1, integer),
    /** Sets the clock to the nearest start of a measuring period. */
    adjustToMeasuringPeriod: method(2, integer),
    /** Sets the clock to the nearest full minute. */
    adjustToMinute: method(3, integer),
    /** Sets the clock to the time of `preset_adjusting_time`, within its validity interval. */
    adjustToPresetTime: method(4, integer),
    /** Prepares a time, and the interval in which `adjust_to_preset_time` applies it. */
    presetAdjustingTime: method(5, PresetAdjustingTime),
    /** Shifts the clock by -900 to 900 seconds. */
    shiftTime: method(6, long),
  },
});
