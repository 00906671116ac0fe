import { octetString } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * MAC address setup (class_id 43, version 0). The MAC address of the device (earlier title: Ethernet setup).
 *
 * Notes:
 * - The types are from Gurux only; both sources have the names.
 *
 * Sources: Gurux, jDLMS, SPODES (names only).
 */
export const MacAddressSetup = interfaceClass({
  name: 'MAC address setup',
  classId: 43,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macAddress: fixed(attribute(2, octetString)),
  },
  methods: {},
});
