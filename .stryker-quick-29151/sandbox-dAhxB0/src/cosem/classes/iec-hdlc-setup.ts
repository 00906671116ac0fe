import { longUnsigned, unsigned } from '../../axdr/data.js';
import { BaudRate } from '../common-types.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * IEC HDLC setup (class_id 23, version 1). The HDLC data link of one port.
 *
 * Doubts and ranges:
 * - ranges: windows 1..7 (default 1); information field 32..2030 octets (default 128); inter_octet_time_out 20..6000 ms (default 25); inactivity_time_out
 * seconds, default 120, 0 = never; comm_speed default 5 (9600).
 * - SPODES writes windows_size_transmit and windows_size_receive; device_address 0x10..0x3FFD assignable (SPODES: 0x0001..0x3FFD).
 *
 * Sources: Gurux, jDLMS, SPODES, an Edition 16 class table, Wireshark.
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
 * Doubts and ranges:
 * - Information field lengths limited to 128 and typed unsigned; inter_octet_time_out limit 1000 ms: recollections.
 *
 * Sources: Gurux, recollection.
 */
export const IecHdlcSetupV0 = revision(IecHdlcSetup, {
  version: 0,
  confidence: 'one source',
  attributes: {
    /** 32 to 2030 octets, default 128. */
    maxInfoFieldLengthTransmit: fixed(writable(attribute(5, unsigned))),
    /** 32 to 2030 octets, default 128. */
    maxInfoFieldLengthReceive: fixed(writable(attribute(6, unsigned))),
  },
});
