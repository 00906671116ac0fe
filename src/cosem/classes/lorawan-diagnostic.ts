import { Data, doubleLongUnsigned, enumValue, integer } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * LoRaWAN diagnostic (class_id 129, version 0). Counters and signal quality of a LoRaWAN modem.
 *
 * Notes:
 * - The values of internal_error_code were not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const LoRaWanDiagnostic = interfaceClass({
  name: 'LoRaWAN diagnostic',
  classId: 129,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    internalErrorCode: attribute(2, enumValue),
    outFramesUCounter: attribute(3, doubleLongUnsigned),
    outFramesCCounter: attribute(4, doubleLongUnsigned),
    inFramesUCounter: attribute(5, doubleLongUnsigned),
    inFramesCCounter: attribute(6, doubleLongUnsigned),
    inMacCommandCounter: attribute(7, doubleLongUnsigned),
    inMacAnsErrorCounter: attribute(8, doubleLongUnsigned),
    inMacIgnoredCounter: attribute(9, doubleLongUnsigned),
    inPer: attribute(10, integer),
    inMeanRssiRx1: attribute(11, integer),
    inMeanSnrRx1: attribute(12, integer),
    inMeanRssiRx2: attribute(13, integer),
    inMeanSnrRx2: attribute(14, integer),
  },
  methods: {
    reset: method(1, Data),
  },
});
