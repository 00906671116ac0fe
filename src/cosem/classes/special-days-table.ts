import { array, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { CosemDate } from '../date-time.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const specialDay = structure('special-day', {
  index: longUnsigned,
  specialdayDate: CosemDate,
  dayId: unsigned,
});
/** An element of `entries`. */
export interface SpecialDay extends Infer<typeof specialDay> {}
export const SpecialDay: Schema<SpecialDay> = specialDay;

/**
 * Special days table (class_id 11, version 0). Days with their own day profile (holidays); an unspecified field of a
 * date matches any value.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const SpecialDaysTable = interfaceClass({
  name: 'Special days table',
  classId: 11,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    entries: fixed(writable(attribute(2, array(SpecialDay)))),
  },
  methods: {
    insert: method(1, SpecialDay),
    /** Parameter: the index of the entry. */
    delete: method(2, longUnsigned),
  },
});
