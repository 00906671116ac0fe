import { array, Data, integer, octetString } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * Wi-SUN diagnostic (class_id 96, version 0). State of the Wi-SUN network.
 *
 * Notes:
 * - The layouts of the array elements were not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const WiSunDiagnostic = interfaceClass({
  name: 'Wi-SUN diagnostic',
  classId: 96,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    sysdescr: attribute(2, octetString),
    ifnumber: attribute(3, integer),
    iftable: attribute(4, array(Data)),
    neighbourTableInformation: attribute(5, array(Data)),
    transmissionInformation: attribute(6, array(Data)),
  },
  methods: {
    reset: method(1, Data),
  },
});
