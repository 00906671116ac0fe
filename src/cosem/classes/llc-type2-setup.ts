import { longUnsigned, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ISO/IEC 8802-2 LLC Type 2 setup (class_id 58, version 0). ISO/IEC 8802-2 logical link layer, connection oriented.
 *
 * Notes:
 * - Window sizes are 1 to 127; timers are in seconds.
 * - Some sources spell attribute 3 receive_window_size_rm.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const LlcType2Setup = interfaceClass({
  name: 'ISO/IEC 8802-2 LLC Type 2 setup',
  classId: 58,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    transmitWindowSizeK: fixed(writable(attribute(2, unsigned))),
    receiveWindowSizeRw: fixed(writable(attribute(3, unsigned))),
    maxOctetsIPduN1: fixed(writable(attribute(4, longUnsigned))),
    maxNumberTransmissionsN2: fixed(writable(attribute(5, unsigned))),
    acknowledgementTimer: fixed(writable(attribute(6, longUnsigned))),
    pBitTimer: fixed(writable(attribute(7, longUnsigned))),
    rejectTimer: fixed(writable(attribute(8, longUnsigned))),
    busyStateTimer: fixed(writable(attribute(9, longUnsigned))),
  },
  methods: {},
});
