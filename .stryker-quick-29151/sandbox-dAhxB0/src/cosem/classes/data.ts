import { Data } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, unclassified, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * Data (class_id 1, version 0). One value of any type: identifiers, status words, parameters, counters. (Exported as `DataClass`: `Data` is the type of the
 * value.)
 *
 * Doubts and ranges:
 * - Value may be any simple data type, or array, structure or compact-array; whether it is static or dynamic is fixed per instance.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark, gvtret-dlms (weak).
 */
export const DataClass = interfaceClass({
  name: 'Data',
  classId: 1,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Whether it changes by itself differs by instance. */
    value: unclassified(writable(attribute(2, Data))),
  },
  methods: {},
});
