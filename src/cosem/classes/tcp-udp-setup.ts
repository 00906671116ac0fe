import { longUnsigned, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * TCP-UDP setup (class_id 41, version 0). The TCP or UDP port of the device.
 *
 * Notes:
 * - SPODES spells MSS as MMS.
 *
 * Sources: Gurux, jDLMS, SPODES, a public table of the Edition 16 classes.
 */
export const TcpUdpSetup = interfaceClass({
  name: 'TCP-UDP setup',
  classId: 41,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Default 4059, the port assigned to DLMS. */
    tcpUdpPort: fixed(writable(attribute(2, longUnsigned))),
    /** Logical name of the IPv4 or IPv6 setup. */
    ipReference: fixed(attribute(3, LogicalName)),
    /** Maximum segment size, 40 to 65 535, default 576. */
    mss: fixed(writable(attribute(4, longUnsigned))),
    /** Simultaneous connections, default 1. */
    nbOfSimConn: fixed(writable(attribute(5, unsigned))),
    /** Seconds, default 180; 0: never. */
    inactivityTimeOut: fixed(writable(attribute(6, longUnsigned))),
  },
  methods: {},
});
