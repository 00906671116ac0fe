import { long64Unsigned, longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * HS-PLC ISO/IEC 12139-1 CPAS setup (class_id 141, version 0). High-speed power line ISO/IEC 12139-1: convergence
 * protocol adaptation sublayer.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const HsPlcCpasSetup = interfaceClass({
  name: 'HS-PLC ISO/IEC 12139-1 CPAS setup',
  classId: 141,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    cpasAddress: fixed(writable(attribute(2, long64Unsigned))),
    cpasEtherType: fixed(writable(attribute(3, longUnsigned))),
    masterStationCpasAddress: fixed(writable(attribute(4, long64Unsigned))),
  },
  methods: {},
});
