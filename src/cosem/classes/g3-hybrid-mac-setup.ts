import {
  array,
  bitString,
  bool,
  Data,
  doubleLongUnsigned,
  enumValue,
  longUnsigned,
  unsigned,
} from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * G3-PLC Hybrid RF MAC setup (class_id 161, version 1). G3-PLC hybrid: the radio MAC layer.
 *
 * Notes:
 * - The layout of the elements of mac_POS_table_RF and the values of mac_frequency_band_RF were not found in any
 *   source.
 * - The method parameter (a short address) is assumed by analogy with class 91.
 * - Version 0 was not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const G3HybridMacSetup = interfaceClass({
  name: 'G3-PLC Hybrid RF MAC setup',
  classId: 161,
  version: 1,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macMaxBeRf: fixed(writable(attribute(2, unsigned))),
    macMaxCsmaBackoffsRf: fixed(writable(attribute(3, unsigned))),
    macMaxFrameRetriesRf: fixed(writable(attribute(4, unsigned))),
    macMinBeRf: fixed(writable(attribute(5, unsigned))),
    macFrameCounterRf: attribute(6, doubleLongUnsigned),
    macDuplicateDetectionTtlRf: fixed(writable(attribute(7, unsigned))),
    macPosTableRf: attribute(8, array(Data)),
    macOperatingModeRf: fixed(writable(attribute(9, unsigned))),
    macChannelNumberRf: fixed(writable(attribute(10, longUnsigned))),
    macDutyCycleUsageRf: attribute(11, unsigned),
    macDutyCyclePeriodRf: fixed(writable(attribute(12, longUnsigned))),
    macDutyCycleLimitRf: fixed(writable(attribute(13, longUnsigned))),
    macDutyCycleThresholdRf: fixed(writable(attribute(14, unsigned))),
    macDisablePhyRf: fixed(writable(attribute(15, bool))),
    macFrequencyBandRf: fixed(writable(attribute(16, enumValue))),
    macTransmitAttenRf: fixed(writable(attribute(17, unsigned))),
    macAdaptivePowerStepRf: fixed(writable(attribute(18, unsigned))),
    macAdaptivePowerHighBoundRf: fixed(writable(attribute(19, unsigned))),
    macAdaptivePowerLowBoundRf: fixed(writable(attribute(20, unsigned))),
    macPosRecentEntriesRf: attribute(21, longUnsigned),
    macHoppingEnabledRf: fixed(writable(attribute(22, bool))),
    macBroadcastIntervalDurationRf: fixed(writable(attribute(23, longUnsigned))),
    macBroadcastSlotDurationRf: fixed(writable(attribute(24, unsigned))),
    macUnicastSlotDurationRf: fixed(writable(attribute(25, unsigned))),
    macExtendedBitmapRf: fixed(writable(attribute(26, bitString))),
    macBeaconRandomizationWindowLengthRf: fixed(writable(attribute(27, longUnsigned))),
    macAdditionalChannelScanTimeRf: fixed(writable(attribute(28, unsigned))),
    macMaxCcaAttemptsRetriesRf: fixed(writable(attribute(29, unsigned))),
    macMinInterTxIntervalRf: fixed(writable(attribute(30, longUnsigned))),
    macInitialRetryTimeRf: fixed(writable(attribute(31, longUnsigned))),
    macMaximumRetryTimeRf: fixed(writable(attribute(32, longUnsigned))),
    macMaxClockDriftRf: fixed(writable(attribute(33, unsigned))),
    macFhUnicastScheduleAddressRf: fixed(writable(attribute(34, longUnsigned))),
    macFhUnicastSlotNumberRf: fixed(writable(attribute(35, longUnsigned))),
    macFhUnicastOffsetRf: fixed(writable(attribute(36, unsigned))),
    macMinGuardTimeRf: fixed(writable(attribute(37, unsigned))),
    macMaxBcastResyncWaitUnitRf: fixed(writable(attribute(38, unsigned))),
  },
  methods: {
    macGetPosTableEntryRf: method(1, longUnsigned, array(Data)),
  },
});
