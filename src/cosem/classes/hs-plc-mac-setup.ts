import { bool, enumValue, long64Unsigned, octetString } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * HS-PLC ISO/IEC 12139-1 MAC setup (class_id 140, version 0). High-speed power line ISO/IEC 12139-1: the MAC layer.
 *
 * Notes:
 * - Attribute 9 is spelt rts/cts in the Edition 16 table.
 * - The values of encryption_mode were not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const HsPlcMacSetup = interfaceClass({
  name: 'HS-PLC ISO/IEC 12139-1 MAC setup',
  classId: 140,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    groupId: fixed(writable(attribute(2, long64Unsigned))),
    secondaryGroupId: fixed(writable(attribute(3, long64Unsigned))),
    stationId: fixed(writable(attribute(4, long64Unsigned))),
    parentStationId: fixed(writable(attribute(5, long64Unsigned))),
    repeaterStatus: fixed(writable(attribute(6, bool))),
    encryptionMode: fixed(writable(attribute(7, enumValue))),
    initialEncryptionKey: fixed(writable(attribute(8, octetString))),
    rtsCts: fixed(writable(attribute(9, bool))),
  },
  methods: {},
});
