import { longUnsigned, octetString } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ZigBee tunnel setup (class_id 105, version 0). ZigBee: a tunnel for other protocols.
 *
 * Notes:
 * - The types are from the Edition 16 table only; both sources have the names.
 * - close_tunnel_timeout is in seconds.
 *
 * Sources: a public table of the Edition 16 classes, Wireshark.
 */
export const ZigBeeTunnelSetup = interfaceClass({
  name: 'ZigBee tunnel setup',
  classId: 105,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    maximumIncomingTransferSize: fixed(writable(attribute(2, longUnsigned))),
    maximumOutgoingTransferSize: fixed(writable(attribute(3, longUnsigned))),
    protocolAddress: fixed(writable(attribute(4, octetString))),
    closeTunnelTimeout: fixed(writable(attribute(5, longUnsigned))),
  },
  methods: {},
});
