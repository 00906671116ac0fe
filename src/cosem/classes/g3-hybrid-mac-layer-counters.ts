import { doubleLongUnsigned, integer } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * G3-PLC Hybrid RF MAC layer counters (class_id 160, version 0). G3-PLC hybrid: counters of the radio MAC layer.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const G3HybridMacLayerCounters = interfaceClass({
  name: 'G3-PLC Hybrid RF MAC layer counters',
  classId: 160,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macRetryCountRf: attribute(2, doubleLongUnsigned),
    macMultipleRetryCountRf: attribute(3, doubleLongUnsigned),
    macTxFailCountRf: attribute(4, doubleLongUnsigned),
    macTxSuccessCountRf: attribute(5, doubleLongUnsigned),
    macFcsErrorCountRf: attribute(6, doubleLongUnsigned),
    macSecurityFailureCountRf: attribute(7, doubleLongUnsigned),
    macDuplicateFrameCountRf: attribute(8, doubleLongUnsigned),
    macRxSuccessCountRf: attribute(9, doubleLongUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
