import { unsigned } from '../../axdr/data.js';
import { AddressState, BaudRate } from '../common-types.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * M-Bus slave port setup (class_id 25, version 0). The port of a meter that is an M-Bus slave.
 *
 * Notes:
 * - Whether addr_state and bus_address are static or dynamic is from memory.
 *
 * Sources: Gurux, SPODES (names only).
 */
export const MBusSlavePortSetup = interfaceClass({
  name: 'M-Bus slave port setup',
  classId: 25,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    defaultBaud: fixed(writable(attribute(2, BaudRate))),
    availBaud: fixed(attribute(3, BaudRate)),
    addrState: attribute(4, AddressState),
    busAddress: writable(attribute(5, unsigned)),
  },
  methods: {},
});
