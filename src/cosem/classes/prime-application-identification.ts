import { longUnsigned, octetString } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * PRIME NB OFDM PLC Application identification (class_id 86, version 0). PRIME power line: firmware, vendor and product
 * of the modem.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const PrimeApplicationIdentification = interfaceClass({
  name: 'PRIME NB OFDM PLC Application identification',
  classId: 86,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    firmwareVersion: fixed(attribute(2, octetString)),
    vendorId: fixed(attribute(3, longUnsigned)),
    productId: fixed(attribute(4, longUnsigned)),
  },
  methods: {},
});
