import { octetString } from '../../axdr/data.js';
import { AddressState } from '../common-types.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * Wireless Mode Q channel (class_id 73, version 1). A wireless Mode Q channel.
 *
 * Notes:
 * - Version 0 was not found in any source.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const WirelessModeQChannel = interfaceClass({
  name: 'Wireless Mode Q channel',
  classId: 73,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    addrState: fixed(attribute(2, AddressState)),
    deviceAddress: fixed(writable(attribute(3, octetString))),
    addressMask: fixed(writable(attribute(4, octetString))),
  },
  methods: {},
});
