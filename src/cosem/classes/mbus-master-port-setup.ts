import { enumeration } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `commSpeed`. */
export const MBusMasterBaudRate = enumeration({
  '300-baud': 0,
  '600-baud': 1,
  '1200-baud': 2,
  '2400-baud': 3,
  '4800-baud': 4,
  '9600-baud': 5,
  '19200-baud': 6,
  '38400-baud': 7,
});
export type MBusMasterBaudRate = Infer<typeof MBusMasterBaudRate>;

/**
 * M-Bus master port setup (class_id 74, version 0). The port of a meter that is an M-Bus master.
 *
 * Notes:
 * - The default of comm_speed is 3 (2400 baud).
 *
 * Sources: Gurux, SPODES (names only).
 */
export const MBusMasterPortSetup = interfaceClass({
  name: 'M-Bus master port setup',
  classId: 74,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    commSpeed: fixed(writable(attribute(2, MBusMasterBaudRate))),
  },
  methods: {},
});
