import { array, doubleLongUnsigned, enumeration, longUnsigned, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { WindowElement } from '../common-types.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `mBusPortCommunicationState`. */
export const MBusPortCommunicationState = enumeration({
  'no-access': 0,
  'temporary-no-access': 1,
  'limited-access': 2,
  'unlimited-access': 3,
  'wm-bus': 4,
});
export type MBusPortCommunicationState = Infer<typeof MBusPortCommunicationState>;

/** Values of `mBusDataHeaderType`. */
export const MBusDataHeaderType = enumeration({
  none: 0,
  short: 1,
  long: 2,
});
export type MBusDataHeaderType = Infer<typeof MBusDataHeaderType>;

/**
 * DLMS server M-Bus port setup (class_id 76, version 0). A DLMS server on a wired or wireless M-Bus port.
 *
 * Notes:
 * - Which attributes are static or dynamic is from memory.
 * - The entry in the Edition 16 table is not credible and is not used.
 * - The types are from Gurux only; both sources have the names.
 *
 * Sources: Gurux, SPODES (names only).
 */
export const DlmsMBusPortSetup = interfaceClass({
  name: 'DLMS server M-Bus port setup',
  classId: 76,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    mBusProfileSelection: fixed(writable(attribute(2, LogicalName))),
    mBusPortCommunicationState: attribute(3, MBusPortCommunicationState),
    mBusDataHeaderType: fixed(writable(attribute(4, MBusDataHeaderType))),
    primaryAddress: fixed(writable(attribute(5, unsigned))),
    identificationNumber: fixed(writable(attribute(6, doubleLongUnsigned))),
    manufacturerId: fixed(attribute(7, longUnsigned)),
    mBusVersion: fixed(attribute(8, unsigned)),
    deviceType: fixed(attribute(9, unsigned)),
    maxPduSize: fixed(writable(attribute(10, longUnsigned))),
    listeningWindow: fixed(writable(attribute(11, array(WindowElement)))),
  },
  methods: {},
});
