import { longUnsigned, unsigned } from '../../axdr/data.js';
import { BaudRate } from '../common-types.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * IEC HDLC setup (class_id 23, version 1). The HDLC data link of one port.
 *
 * Notes:
 * - The default of comm_speed is 5 (9600 baud).
 * - SPODES has windows_size_transmit and windows_size_receive, and lets device_address be 0x0001 to 0x3FFD.
 *
 * Sources: Gurux, jDLMS, SPODES, a public table of the Edition 16 classes, Wireshark.
 */
export const IecHdlcSetup = interfaceClass({
  name: 'IEC HDLC setup',
  classId: 23,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    commSpeed: fixed(writable(attribute(2, BaudRate))),
    /** 1 to 7 frames, default 1. */
    windowSizeTransmit: fixed(writable(attribute(3, unsigned))),
    /** 1 to 7 frames, default 1. */
    windowSizeReceive: fixed(writable(attribute(4, unsigned))),
    /** 32 to 2030 octets, default 128. */
    maxInfoFieldLengthTransmit: fixed(writable(attribute(5, longUnsigned))),
    /** 32 to 2030 octets, default 128. */
    maxInfoFieldLengthReceive: fixed(writable(attribute(6, longUnsigned))),
    /** Milliseconds, 20 to 6000, default 25. */
    interOctetTimeOut: fixed(writable(attribute(7, longUnsigned))),
    /** Seconds, default 120; 0: never. */
    inactivityTimeOut: fixed(writable(attribute(8, longUnsigned))),
    /** Physical device address; 0x10 to 0x3FFD can be assigned. */
    deviceAddress: fixed(writable(attribute(9, longUnsigned))),
  },
  methods: {},
});

/**
 * IEC HDLC setup (class_id 23, version 0).
 *
 * Notes:
 * - From memory: information fields are limited to 128 octets and their lengths typed unsigned; inter_octet_time_out is
 *   limited to 1000 ms.
 *
 * Source: Gurux; the rest is from memory.
 */
export const IecHdlcSetupV0 = revision(IecHdlcSetup, {
  version: 0,
  confidence: 'one source',
  attributes: {
    /** 32 to 128 octets, default 128. */
    maxInfoFieldLengthTransmit: fixed(writable(attribute(5, unsigned))),
    /** 32 to 128 octets, default 128. */
    maxInfoFieldLengthReceive: fixed(writable(attribute(6, unsigned))),
  },
});
