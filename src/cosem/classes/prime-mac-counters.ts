import { doubleLongUnsigned, integer } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * PRIME NB OFDM PLC MAC counters (class_id 84, version 0). PRIME power line: counters of the MAC layer.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const PrimeMacCounters = interfaceClass({
  name: 'PRIME NB OFDM PLC MAC counters',
  classId: 84,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macTxDataPktCount: attribute(2, doubleLongUnsigned),
    macRxDataPktCount: attribute(3, doubleLongUnsigned),
    macTxCtrlPktCount: attribute(4, doubleLongUnsigned),
    macRxCtrlPktCount: attribute(5, doubleLongUnsigned),
    macCsmaFailCount: attribute(6, doubleLongUnsigned),
    macCsmaChBusyCount: attribute(7, doubleLongUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
