import {
  array,
  bitString,
  bool,
  Data,
  enumeration,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const adpRoutingConfiguration = structure('adp-routing-configuration', {
  adpNetTraversalTime: unsigned,
  adpRoutingTableEntryTtl: longUnsigned,
  adpKr: unsigned,
  adpKm: unsigned,
  adpKc: unsigned,
  adpKq: unsigned,
  adpKh: unsigned,
  adpKrt: unsigned,
  adpRreqRetries: unsigned,
  adpRreqRerrWait: unsigned,
  adpBlacklistTableEntryTtl: longUnsigned,
  adpUnicastRreqGenEnable: bool,
  adpRlcEnabled: bool,
  adpAddRevLinkCost: unsigned,
});
/** An element of `adpRoutingConfiguration`. */
export interface AdpRoutingConfiguration extends Infer<typeof adpRoutingConfiguration> {}
export const AdpRoutingConfiguration: Schema<AdpRoutingConfiguration> = adpRoutingConfiguration;

const adpRoutingTableEntry = structure('adp-routing-table-entry', {
  destinationAddress: longUnsigned,
  nextHopAddress: longUnsigned,
  routeCost: longUnsigned,
  hopCount: unsigned,
  weakLinkCount: unsigned,
  validTime: longUnsigned,
});
/** An element of `adpRoutingTable`. */
export interface AdpRoutingTableEntry extends Infer<typeof adpRoutingTableEntry> {}
export const AdpRoutingTableEntry: Schema<AdpRoutingTableEntry> = adpRoutingTableEntry;

const adpContextInformation = structure('adp-context-information', {
  cid: bitString,
  contextLength: unsigned,
  context: octetString,
  c: bool,
  validLifetime: longUnsigned,
});
/** An element of `adpContextInformationTable`. */
export interface AdpContextInformation extends Infer<typeof adpContextInformation> {}
export const AdpContextInformation: Schema<AdpContextInformation> = adpContextInformation;

const adpBlacklistEntry = structure('adp-blacklist-entry', {
  blacklistedNeighbourAddress: longUnsigned,
  validTime: longUnsigned,
});
/** An element of `adpBlacklistTable`. */
export interface AdpBlacklistEntry extends Infer<typeof adpBlacklistEntry> {}
export const AdpBlacklistEntry: Schema<AdpBlacklistEntry> = adpBlacklistEntry;

const adpBroadcastLogEntry = structure('adp-broadcast-log-entry', {
  sourceAddress: longUnsigned,
  sequenceNumber: unsigned,
  validTime: longUnsigned,
});
/** An element of `adpBroadcastLogTable`. */
export interface AdpBroadcastLogEntry extends Infer<typeof adpBroadcastLogEntry> {}
export const AdpBroadcastLogEntry: Schema<AdpBroadcastLogEntry> = adpBroadcastLogEntry;

/** Values of `adpDeviceType`. */
export const G3DeviceType = enumeration({
  'pan-device': 0,
  'pan-coordinator': 1,
  'not-defined': 2,
});
export type G3DeviceType = Infer<typeof G3DeviceType>;

/**
 * G3-PLC 6LoWPAN adaptation layer setup (class_id 92, version 4). G3-PLC: the 6LoWPAN adaptation layer.
 *
 * Notes:
 * - The inner layouts of the tables are those of version 3 in Gurux.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const G3AdaptationLayerSetup = interfaceClass({
  name: 'G3-PLC 6LoWPAN adaptation layer setup',
  classId: 92,
  version: 4,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    adpMaxHops: fixed(writable(attribute(2, unsigned))),
    adpWeakLqiValue: fixed(writable(attribute(3, unsigned))),
    adpSecurityLevel: fixed(writable(attribute(4, unsigned))),
    adpPrefixTable: attribute(5, array(Data)),
    adpRoutingConfiguration: fixed(writable(attribute(6, array(AdpRoutingConfiguration)))),
    adpBroadcastLogTableEntryTtl: fixed(writable(attribute(7, longUnsigned))),
    adpRoutingTable: attribute(8, array(AdpRoutingTableEntry)),
    adpContextInformationTable: attribute(9, array(AdpContextInformation)),
    adpBlacklistTable: attribute(10, array(AdpBlacklistEntry)),
    adpBroadcastLogTable: attribute(11, array(AdpBroadcastLogEntry)),
    adpGroupTable: attribute(12, array(longUnsigned)),
    adpMaxJoinWaitTime: fixed(writable(attribute(13, longUnsigned))),
    adpPathDiscoveryTime: fixed(writable(attribute(14, unsigned))),
    adpActiveKeyIndex: fixed(writable(attribute(15, unsigned))),
    adpMetricType: fixed(writable(attribute(16, unsigned))),
    adpCoordShortAddress: fixed(writable(attribute(17, longUnsigned))),
    adpDisableDefaultRouting: fixed(writable(attribute(18, bool))),
    adpDeviceType: fixed(writable(attribute(19, G3DeviceType))),
    adpDefaultCoordRouteEnabled: fixed(writable(attribute(20, bool))),
    adpDestinationAddressSet: attribute(21, array(longUnsigned)),
    adpLowLqiValue: fixed(writable(attribute(22, unsigned))),
    adpHighLqiValue: fixed(writable(attribute(23, unsigned))),
    adpDelayLowLqi: fixed(writable(attribute(24, longUnsigned))),
    adpDelayHighLqi: fixed(writable(attribute(25, longUnsigned))),
    adpRreqJitterLowLqi: fixed(writable(attribute(26, unsigned))),
    adpRreqJitterHighLqi: fixed(writable(attribute(27, unsigned))),
    adpTrickleDataEnabled: fixed(writable(attribute(28, bool))),
    adpTrickleLqiThresholdLow: fixed(writable(attribute(29, unsigned))),
    adpTrickleStep: fixed(writable(attribute(30, unsigned))),
    adpTrickleImin: fixed(writable(attribute(31, longUnsigned))),
    adpTrickleMaxKi: fixed(writable(attribute(32, unsigned))),
    adpTrickleAdaptiveImin: fixed(writable(attribute(33, bool))),
    adpTrickleAdaptiveKi: fixed(writable(attribute(34, bool))),
    adpClusterTrickleEnabled: fixed(writable(attribute(35, bool))),
    adpClusterMinLqi: fixed(writable(attribute(36, unsigned))),
    adpClusterTrickleK: fixed(writable(attribute(37, unsigned))),
    adpClusterRreqRouteCostDeviation: fixed(writable(attribute(38, unsigned))),
    adpClusterTrickleI: fixed(writable(attribute(39, longUnsigned))),
    adpTrickleLqiThresholdHigh: fixed(writable(attribute(40, unsigned))),
  },
  methods: {},
});

/**
 * G3-PLC 6LoWPAN adaptation layer setup (class_id 92, version 3).
 *
 * Notes:
 * - How many attributes each version has is from Gurux; the names are from the Edition 16 table (version 4).
 * - The layout of the elements of adp_prefix_table was not found (Gurux writes untyped elements).
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const G3AdaptationLayerSetupV3 = revision(G3AdaptationLayerSetup, {
  version: 3,
  confidence: 'two sources',
  without: [
    'adpDelayLowLqi',
    'adpDelayHighLqi',
    'adpRreqJitterLowLqi',
    'adpRreqJitterHighLqi',
    'adpTrickleDataEnabled',
    'adpTrickleLqiThresholdLow',
    'adpTrickleStep',
    'adpTrickleImin',
    'adpTrickleMaxKi',
    'adpTrickleAdaptiveImin',
    'adpTrickleAdaptiveKi',
    'adpClusterTrickleEnabled',
    'adpClusterMinLqi',
    'adpClusterTrickleK',
    'adpClusterRreqRouteCostDeviation',
    'adpClusterTrickleI',
    'adpTrickleLqiThresholdHigh',
  ],
});

/**
 * G3-PLC 6LoWPAN adaptation layer setup (class_id 92, version 2).
 *
 * Notes:
 * - How many attributes each version has is from Gurux; the names are from the Edition 16 table (version 4).
 * - The layout of the elements of adp_prefix_table was not found (Gurux writes untyped elements).
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const G3AdaptationLayerSetupV2 = revision(G3AdaptationLayerSetup, {
  version: 2,
  confidence: 'two sources',
  without: [
    'adpLowLqiValue',
    'adpHighLqiValue',
    'adpDelayLowLqi',
    'adpDelayHighLqi',
    'adpRreqJitterLowLqi',
    'adpRreqJitterHighLqi',
    'adpTrickleDataEnabled',
    'adpTrickleLqiThresholdLow',
    'adpTrickleStep',
    'adpTrickleImin',
    'adpTrickleMaxKi',
    'adpTrickleAdaptiveImin',
    'adpTrickleAdaptiveKi',
    'adpClusterTrickleEnabled',
    'adpClusterMinLqi',
    'adpClusterTrickleK',
    'adpClusterRreqRouteCostDeviation',
    'adpClusterTrickleI',
    'adpTrickleLqiThresholdHigh',
  ],
});

/**
 * G3-PLC 6LoWPAN adaptation layer setup (class_id 92, version 1).
 *
 * Notes:
 * - How many attributes each version has is from Gurux; the names are from the Edition 16 table (version 4).
 * - The layout of the elements of adp_prefix_table was not found (Gurux writes untyped elements).
 * - Gurux also has a version 0 with 16 attributes.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const G3AdaptationLayerSetupV1 = revision(G3AdaptationLayerSetup, {
  version: 1,
  confidence: 'two sources',
  without: [
    'adpDefaultCoordRouteEnabled',
    'adpDestinationAddressSet',
    'adpLowLqiValue',
    'adpHighLqiValue',
    'adpDelayLowLqi',
    'adpDelayHighLqi',
    'adpRreqJitterLowLqi',
    'adpRreqJitterHighLqi',
    'adpTrickleDataEnabled',
    'adpTrickleLqiThresholdLow',
    'adpTrickleStep',
    'adpTrickleImin',
    'adpTrickleMaxKi',
    'adpTrickleAdaptiveImin',
    'adpTrickleAdaptiveKi',
    'adpClusterTrickleEnabled',
    'adpClusterMinLqi',
    'adpClusterTrickleK',
    'adpClusterRreqRouteCostDeviation',
    'adpClusterTrickleI',
    'adpTrickleLqiThresholdHigh',
  ],
});
