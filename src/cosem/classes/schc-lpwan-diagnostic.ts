import { Data, doubleLongUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * SCHC-LPWAN diagnostic (class_id 127, version 0). Counters of the SCHC layer.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const SchcLpwanDiagnostic = interfaceClass({
  name: 'SCHC-LPWAN diagnostic',
  classId: 127,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    schcPacketsTxCounter: attribute(2, doubleLongUnsigned),
    schcPacketsRxCounter: attribute(3, doubleLongUnsigned),
    schcFragmentsTxCounter: attribute(4, doubleLongUnsigned),
    schcFragmentsRxCounter: attribute(5, doubleLongUnsigned),
    schcAckTxCounter: attribute(6, doubleLongUnsigned),
    schcAckRxCounter: attribute(7, doubleLongUnsigned),
  },
  methods: {
    reset: method(1, Data),
  },
});
