import { array, Data, dataOf, octetString } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * SCHC-LPWAN setup (class_id 126, version 0). Header compression and fragmentation for low-power wide-area networks
 * (SCHC, RFC 8724).
 *
 * Notes:
 * - The layouts of the rules and of the fragmentation parameters were not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const SchcLpwanSetup = interfaceClass({
  name: 'SCHC-LPWAN setup',
  classId: 126,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    lpwanReference: fixed(writable(attribute(2, octetString))),
    schcCdRules: fixed(writable(attribute(3, array(Data)))),
    schcFrParam: fixed(writable(attribute(4, dataOf('structure')))),
  },
  methods: {},
});
