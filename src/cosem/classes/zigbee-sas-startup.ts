import { bool, doubleLongUnsigned, enumValue, longUnsigned, octetString, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ZigBee SAS startup (class_id 101, version 0). ZigBee: how the device starts.
 *
 * Notes:
 * - The types are from the Edition 16 table only; both sources have the names.
 * - The values of stack_profile are those of the ZigBee specification (1 ZigBee, 2 ZigBee PRO).
 *
 * Sources: a public table of the Edition 16 classes, Wireshark.
 */
export const ZigBeeSasStartup = interfaceClass({
  name: 'ZigBee SAS startup',
  classId: 101,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    shortAddress: attribute(2, longUnsigned),
    extendedPanId: attribute(3, octetString),
    panId: attribute(4, longUnsigned),
    channelMask: attribute(5, doubleLongUnsigned),
    protocolVersion: fixed(attribute(6, unsigned)),
    stackProfile: fixed(attribute(7, enumValue)),
    startUpControl: attribute(8, unsigned),
    trustCenterAddress: attribute(9, octetString),
    linkKey: attribute(10, octetString),
    networkKey: attribute(11, octetString),
    useInsecureJoin: fixed(writable(attribute(12, bool))),
  },
  methods: {},
});
