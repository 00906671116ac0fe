import { longUnsigned, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ISO/IEC 8802-2 LLC Type 3 setup (class_id 59, version 0). ISO/IEC 8802-2 logical link layer, acknowledged
 * connectionless.
 *
 * Notes:
 * - Timers are in seconds.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const LlcType3Setup = interfaceClass({
  name: 'ISO/IEC 8802-2 LLC Type 3 setup',
  classId: 59,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    maxOctetsAcnPduN3: fixed(writable(attribute(2, longUnsigned))),
    maxNumberTransmissionsN4: fixed(writable(attribute(3, unsigned))),
    acknowledgementTimeT1: fixed(writable(attribute(4, longUnsigned))),
    receiveLifetimeVarT2: fixed(writable(attribute(5, longUnsigned))),
    transmitLifetimeVarT3: fixed(writable(attribute(6, longUnsigned))),
  },
  methods: {},
});
