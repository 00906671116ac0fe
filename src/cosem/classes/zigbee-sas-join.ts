import { longUnsigned, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ZigBee SAS join (class_id 102, version 0). ZigBee: how the device joins a network.
 *
 * Notes:
 * - The types are from the Edition 16 table only; both sources have the names.
 * - Times are in seconds.
 *
 * Sources: a public table of the Edition 16 classes, Wireshark.
 */
export const ZigBeeSasJoin = interfaceClass({
  name: 'ZigBee SAS join',
  classId: 102,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    scanAttempts: fixed(writable(attribute(2, unsigned))),
    timeBetweenScans: fixed(writable(attribute(3, longUnsigned))),
    rejoinInterval: fixed(writable(attribute(4, longUnsigned))),
    rejoinRetryInterval: fixed(writable(attribute(5, longUnsigned))),
  },
  methods: {},
});
