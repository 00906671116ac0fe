import { array, bool, Data, longUnsigned, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * G3-PLC Hybrid 6LoWPAN adaptation layer setup (class_id 162, version 1). G3-PLC hybrid: the 6LoWPAN adaptation layer.
 *
 * Notes:
 * - The layouts of the table elements differ from class 92 (a member for the media type is added) and were not found in
 *   any source.
 * - Version 0 was not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const G3HybridAdaptationLayerSetup = interfaceClass({
  name: 'G3-PLC Hybrid 6LoWPAN adaptation layer setup',
  classId: 162,
  version: 1,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    adpRoutingTable: attribute(2, array(Data)),
    adpBlacklistTable: attribute(3, array(Data)),
    adpLowLqiValueRf: fixed(writable(attribute(4, unsigned))),
    adpHighLqiValueRf: fixed(writable(attribute(5, unsigned))),
    adpRoutingConfigurationRf: fixed(writable(attribute(6, array(Data)))),
    adpUseBackupMedia: fixed(writable(attribute(7, bool))),
    adpWeakLqiValueRf: fixed(writable(attribute(8, unsigned))),
    adpTrickleLqiThresholdLowRf: fixed(writable(attribute(9, unsigned))),
    adpDelayLowLqiRf: fixed(writable(attribute(10, longUnsigned))),
    adpDelayHighLqiRf: fixed(writable(attribute(11, longUnsigned))),
    adpRreqJitterLowLqiRf: fixed(writable(attribute(12, unsigned))),
    adpRreqJitterHighLqiRf: fixed(writable(attribute(13, unsigned))),
    adpClusterTrickleIRf: fixed(writable(attribute(14, longUnsigned))),
    adpClusterTrickleKRf: fixed(writable(attribute(15, unsigned))),
    adpClusterMinLqiRf: fixed(writable(attribute(16, unsigned))),
    adpLastGasp: fixed(writable(attribute(17, bool))),
    adpProbingInterval: fixed(writable(attribute(18, unsigned))),
    adpTrickleLqiThresholdHighRf: fixed(writable(attribute(19, unsigned))),
  },
  methods: {},
});
