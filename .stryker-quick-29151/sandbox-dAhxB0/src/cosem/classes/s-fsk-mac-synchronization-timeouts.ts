import { longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * S-FSK MAC synchronization timeouts (class_id 52, version 0). S-FSK power line: time-outs of the synchronisation.
 *
 * Doubts and ranges:
 * - Unit seconds for the first two, minutes for time_out_not_addressed, seconds for the last (recollection); 0 cancels the counter.
 *
 * Sources: Gurux, an Edition 16 class table, gvtret-dlms (weak), SPODES (names).
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
