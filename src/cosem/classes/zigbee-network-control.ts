import {
  array,
  bitString,
  bool,
  Data,
  integer,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { DateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, mandatory, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const zigBeeActiveDevice = structure('zig-bee-active-device', {
  macAddress: octetString,
  status: bitString,
  maxRssi: integer,
  averageRssi: integer,
  minRssi: integer,
  maxLqi: unsigned,
  averageLqi: unsigned,
  minLqi: unsigned,
  lastCommunicationDateTime: DateTime,
  numberOfHops: unsigned,
  transmissionFailures: unsigned,
  transmissionSuccesses: unsigned,
  applicationVersion: unsigned,
  stackVersion: unsigned,
});
/** An element of `activeDevices`. */
export interface ZigBeeActiveDevice extends Infer<typeof zigBeeActiveDevice> {}
export const ZigBeeActiveDevice: Schema<ZigBeeActiveDevice> = zigBeeActiveDevice;

/**
 * ZigBee network control (class_id 104, version 0). ZigBee: the network that the device coordinates.
 *
 * Notes:
 * - The members of active_devices are those of Gurux (C library).
 * - The layouts of the method parameters were not found in any source.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, Wireshark.
 */
export const ZigBeeNetworkControl = interfaceClass({
  name: 'ZigBee network control',
  classId: 104,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    enableDisableJoining: fixed(writable(attribute(2, bool))),
    joinTimeout: fixed(writable(attribute(3, longUnsigned))),
    activeDevices: attribute(4, array(ZigBeeActiveDevice)),
  },
  methods: {
    registerDevice: mandatory(method(1, Data)),
    unregisterDevice: mandatory(method(2, Data)),
    unregisterAllDevices: method(3, Data),
    backupPan: method(4, Data),
    restorePan: method(5, Data),
    identifyDevice: method(6, Data),
    removeMirror: method(7, Data),
    updateNetworkKey: method(8, Data),
    updateLinkKey: method(9, Data),
    createPan: mandatory(method(10, Data)),
    removePan: mandatory(method(11, Data)),
  },
});
