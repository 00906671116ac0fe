import { array, integer, longUnsigned, octetString, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { CosemTime, DateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const seasonProfile = structure('season-profile', {
  seasonProfileName: octetString,
  seasonStart: DateTime,
  weekName: octetString,
});
/** An element of `seasonProfileActive`. */
export interface SeasonProfile extends Infer<typeof seasonProfile> {}
export const SeasonProfile: Schema<SeasonProfile> = seasonProfile;

const weekProfile = structure('week-profile', {
  weekProfileName: octetString,
  monday: unsigned,
  tuesday: unsigned,
  wednesday: unsigned,
  thursday: unsigned,
  friday: unsigned,
  saturday: unsigned,
  sunday: unsigned,
});
/** An element of `weekProfileTableActive`. */
export interface WeekProfile extends Infer<typeof weekProfile> {}
export const WeekProfile: Schema<WeekProfile> = weekProfile;

const dayProfileAction = structure('day-profile-action', {
  startTime: CosemTime,
  scriptLogicalName: LogicalName,
  scriptSelector: longUnsigned,
});
/** An element of `daySchedule`. */
export interface DayProfileAction extends Infer<typeof dayProfileAction> {}
export const DayProfileAction: Schema<DayProfileAction> = dayProfileAction;

const dayProfile = structure('day-profile', {
  dayId: unsigned,
  daySchedule: array(DayProfileAction),
});
/** An element of `dayProfileTableActive`. */
export interface DayProfile extends Infer<typeof dayProfile> {}
export const DayProfile: Schema<DayProfile> = dayProfile;

/**
 * Activity calendar (class_id 20, version 0). Tariffs by season, week and day: an active calendar, and a passive one
 * that is prepared first and then activated.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const ActivityCalendar = interfaceClass({
  name: 'Activity calendar',
  classId: 20,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Usually eight octets. */
    calendarNameActive: fixed(attribute(2, octetString)),
    seasonProfileActive: fixed(attribute(3, array(SeasonProfile))),
    weekProfileTableActive: fixed(attribute(4, array(WeekProfile))),
    dayProfileTableActive: fixed(attribute(5, array(DayProfile))),
    calendarNamePassive: fixed(writable(attribute(6, octetString))),
    seasonProfilePassive: fixed(writable(attribute(7, array(SeasonProfile)))),
    weekProfileTablePassive: fixed(writable(attribute(8, array(WeekProfile)))),
    dayProfileTablePassive: fixed(writable(attribute(9, array(DayProfile)))),
    /** When the passive calendar becomes active; no field specified: never. */
    activatePassiveCalendarTime: fixed(writable(attribute(10, DateTime))),
  },
  methods: {
    /** Activates the passive calendar now. */
    activatePassiveCalendar: method(1, integer),
  },
});
