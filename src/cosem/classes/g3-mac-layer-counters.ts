import { doubleLongUnsigned, integer } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * G3-PLC MAC layer counters (class_id 90, version 1). G3-PLC: counters of the MAC layer.
 *
 * Notes:
 * - Version 0 was not found in any source.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const G3MacLayerCounters = interfaceClass({
  name: 'G3-PLC MAC layer counters',
  classId: 90,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macTxDataPacketCount: attribute(2, doubleLongUnsigned),
    macRxDataPacketCount: attribute(3, doubleLongUnsigned),
    macTxCmdPacketCount: attribute(4, doubleLongUnsigned),
    macRxCmdPacketCount: attribute(5, doubleLongUnsigned),
    macCsmaFailCount: attribute(6, doubleLongUnsigned),
    macCsmaNoAckCount: attribute(7, doubleLongUnsigned),
    macBadCrcCount: attribute(8, doubleLongUnsigned),
    macTxDataBroadcastCount: attribute(9, doubleLongUnsigned),
    macRxDataBroadcastCount: attribute(10, doubleLongUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
