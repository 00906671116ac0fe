import { longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ISO/IEC 8802-2 LLC Type 1 setup (class_id 57, version 0). ISO/IEC 8802-2 logical link layer, connectionless.
 *
 * Notes:
 * - The default is 128.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const LlcType1Setup = interfaceClass({
  name: 'ISO/IEC 8802-2 LLC Type 1 setup',
  classId: 57,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    maxOctetsUiPdu: fixed(writable(attribute(2, longUnsigned))),
  },
  methods: {},
});
