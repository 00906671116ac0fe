import { longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * S-FSK MAC synchronization timeouts (class_id 52, version 0). S-FSK power line: timeouts of the synchronisation.
 *
 * Notes:
 * - The first two and the last are in seconds, time_out_not_addressed in minutes (from memory); 0 cancels the counter.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const SFskMacSynchronizationTimeouts = interfaceClass({
  name: 'S-FSK MAC synchronization timeouts',
  classId: 52,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    searchInitiatorTimeout: fixed(writable(attribute(2, longUnsigned))),
    synchronizationConfirmationTimeout: fixed(writable(attribute(3, longUnsigned))),
    timeOutNotAddressed: fixed(writable(attribute(4, longUnsigned))),
    timeOutFrameNotOk: fixed(writable(attribute(5, longUnsigned))),
  },
  methods: {},
});
