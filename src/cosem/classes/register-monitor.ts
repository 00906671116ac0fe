import { array } from '../../axdr/data.js';
import { ActionSet, ThresholdValue, ValueDefinition } from '../common-types.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * Register monitor (class_id 21, version 0). Starts scripts when a monitored value crosses thresholds.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const RegisterMonitor = interfaceClass({
  name: 'Register monitor',
  classId: 21,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Their type is that of the monitored attribute. */
    thresholds: fixed(writable(attribute(2, array(ThresholdValue)))),
    monitoredValue: fixed(writable(attribute(3, ValueDefinition))),
    /** One pair of scripts for each threshold. */
    actions: fixed(writable(attribute(4, array(ActionSet)))),
  },
  methods: {},
});
