import { array } from '../../axdr/data.js';
import { ActionSet, ThresholdValue, ValueDefinition } from '../common-types.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * Register monitor (class_id 21, version 0). Scripts started when a monitored value crosses thresholds.
 *
 * Doubts and ranges:
 * - One action set per threshold; thresholds have the type of the monitored attribute.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark, gvtret-dlms (weak).
 */
export const RegisterMonitor = interfaceClass({
  name: 'Register monitor',
  classId: 21,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Of the type of the monitored attribute. */
    thresholds: fixed(writable(attribute(2, array(ThresholdValue)))),
    monitoredValue: fixed(writable(attribute(3, ValueDefinition))),
    /** One pair for each threshold. */
    actions: fixed(writable(attribute(4, array(ActionSet)))),
  },
  methods: {},
});
