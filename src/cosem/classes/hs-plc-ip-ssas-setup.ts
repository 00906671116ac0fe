import { enumValue, longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * HS-PLC ISO/IEC 12139-1 IP SSAS setup (class_id 142, version 0). High-speed power line ISO/IEC 12139-1: IP service
 * specific adaptation sublayer.
 *
 * Notes:
 * - ip_alive_time is in seconds; 0 means no expiry.
 * - The enumeration values were not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const HsPlcIpSsasSetup = interfaceClass({
  name: 'HS-PLC ISO/IEC 12139-1 IP SSAS setup',
  classId: 142,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    ipHeaderCompType: fixed(writable(attribute(2, enumValue))),
    ipAliveTime: fixed(writable(attribute(3, longUnsigned))),
  },
  methods: {},
});
