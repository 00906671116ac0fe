import { enumValue, longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * HS-PLC ISO/IEC 12139-1 IP SSAS setup (class_id 142, version 0). High-speed power line ISO/IEC 12139-1: IP service specific adaptation sublayer.
 *
 * Doubts and ranges:
 * - ip_alive_time in seconds, 0 = no expiry.
 * - Enum values not found.
 *
 * Sources: an Edition 16 class table.
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
