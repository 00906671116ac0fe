import { Data } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, unclassified, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * Data (class_id 1, version 0). One value of any type: identifiers, status words, parameters, counters. (Exported as
 * `DataClass`, because `Data` is the type of the value.)
 *
 * Notes:
 * - The value can be of any simple data type, an array, a structure or a compact-array.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const DataClass = interfaceClass({
  name: 'Data',
  classId: 1,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Static or dynamic, depending on the instance. */
    value: unclassified(writable(attribute(2, Data))),
  },
  methods: {},
});
