import { long64Unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * HS-PLC ISO/IEC 12139-1 HDLC SSAS setup (class_id 143, version 0). High-speed power line ISO/IEC 12139-1: HDLC service
 * specific adaptation sublayer.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const HsPlcHdlcSsasSetup = interfaceClass({
  name: 'HS-PLC ISO/IEC 12139-1 HDLC SSAS setup',
  classId: 143,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    masterStationId: fixed(writable(attribute(2, long64Unsigned))),
  },
  methods: {},
});
