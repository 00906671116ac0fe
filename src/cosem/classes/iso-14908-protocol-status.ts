import { doubleLongUnsigned, integer, longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ISO/IEC 14908 protocol status (class_id 132, version 0). ISO/IEC 14908 node: counters.
 *
 * Notes:
 * - According to the Edition 16 table, another publication of version 0 has no reset method.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const Iso14908ProtocolStatus = interfaceClass({
  name: 'ISO/IEC 14908 protocol status',
  classId: 132,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    transmissionErrors: attribute(2, longUnsigned),
    transmitTxFailure: attribute(3, longUnsigned),
    transmitTxRetries: attribute(4, longUnsigned),
    receiveTxFull: attribute(5, longUnsigned),
    lostMessages: attribute(6, longUnsigned),
    missedMessages: attribute(7, longUnsigned),
    layer2Received: attribute(8, longUnsigned),
    layer3Received: attribute(9, longUnsigned),
    messagesReceived: attribute(10, doubleLongUnsigned),
    messagesValidated: attribute(11, doubleLongUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
