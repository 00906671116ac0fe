import { array, bool, doubleLongUnsigned, longUnsigned, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ActionItem, ThresholdValue, ValueDefinition } from '../common-types.js';
import { DateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const emergencyProfile = structure('emergency-profile', {
  emergencyProfileId: longUnsigned,
  emergencyActivationTime: DateTime,
  emergencyDuration: doubleLongUnsigned,
});
/** The type of `emergencyProfile`. */
export interface EmergencyProfile extends Infer<typeof emergencyProfile> {}
export const EmergencyProfile: Schema<EmergencyProfile> = emergencyProfile;

const limiterActions = structure('limiter-actions', {
  actionOverThreshold: ActionItem,
  actionUnderThreshold: ActionItem,
});
/** The type of `actions`. */
export interface LimiterActions extends Infer<typeof limiterActions> {}
export const LimiterActions: Schema<LimiterActions> = limiterActions;

/**
 * Limiter (class_id 71, version 0). Compares a value with thresholds and starts scripts; has an emergency profile.
 *
 * Notes:
 * - Durations are in seconds.
 *
 * Sources: Gurux, SPODES, Wireshark.
 */
export const Limiter = interfaceClass({
  name: 'Limiter',
  classId: 71,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    monitoredValue: fixed(writable(attribute(2, ValueDefinition))),
    /** The threshold that applies now. */
    thresholdActive: attribute(3, ThresholdValue),
    thresholdNormal: fixed(writable(attribute(4, ThresholdValue))),
    thresholdEmergency: fixed(writable(attribute(5, ThresholdValue))),
    /** Seconds above the threshold before the script runs. */
    minOverThresholdDuration: fixed(writable(attribute(6, doubleLongUnsigned))),
    /** Seconds below the threshold before the script runs. */
    minUnderThresholdDuration: fixed(writable(attribute(7, doubleLongUnsigned))),
    emergencyProfile: fixed(writable(attribute(8, EmergencyProfile))),
    /** The emergency profile applies only when its id is one of these. */
    emergencyProfileGroupIdList: fixed(writable(attribute(9, array(longUnsigned)))),
    emergencyProfileActive: attribute(10, bool),
    actions: fixed(writable(attribute(11, LimiterActions))),
  },
  methods: {},
});
