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
 * Doubts and ranges:
 * - time_zone: deviation of local normal time to UTC in minutes, SPODES range -720..840.
 * - daylight_savings_deviation range -120..120 minutes.
 * - shift_time range -900..900 seconds.
 * - preset_adjusting_time members: SPODES encodes them with the date-time tag (25), Gurux as octet-string.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark, gvtret-dlms (weak).
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
    /** Minutes from local normal time to UTC: -60 is Central Europe. -720 to 840 in one source. */
    timeZone: fixed(writable(attribute(3, long))),
    /** The bits of the status octet in `time`. */
    status: attribute(4, ClockStatus),
    /** Local time; usually with fields not specified, for every year. */
    daylightSavingsBegin: fixed(writable(attribute(5, DateTime))),
    /** Local time; usually with fields not specified, for every year. */
    daylightSavingsEnd: fixed(writable(attribute(6, DateTime))),
    /** Minutes, -120 to 120, usually 60. */
    daylightSavingsDeviation: fixed(writable(attribute(7, integer))),
    daylightSavingsEnabled: fixed(writable(attribute(8, bool))),
    clockBase: fixed(writable(attribute(9, ClockBase))),
  },
  methods: {
    /** To the nearest quarter of an hour. */
    adjustToQuarter: method(1, integer),
    /** To the nearest start of a measuring period. */
    adjustToMeasuringPeriod: method(2, integer),
    /** To the nearest full minute. */
    adjustToMinute: method(3, integer),
    /** To the time of `preset_adjusting_time`, within its validity interval. */
    adjustToPresetTime: method(4, integer),
    /** Prepares a time, and the interval in which `adjust_to_preset_time` takes it. */
    presetAdjustingTime: method(5, PresetAdjustingTime),
    /** Seconds, -900 to 900. */
    shiftTime: method(6, long),
  },
});
