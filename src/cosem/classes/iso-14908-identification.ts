import { octetString, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ISO/IEC 14908 identification (class_id 130, version 0). ISO/IEC 14908 node: its identification.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const Iso14908Identification = interfaceClass({
  name: 'ISO/IEC 14908 identification',
  classId: 130,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    nodeId: fixed(writable(attribute(2, unsigned))),
    subnetId: fixed(writable(attribute(3, unsigned))),
    domainId: fixed(writable(attribute(4, octetString))),
    programId: fixed(attribute(5, octetString)),
    uniqueNodeId: fixed(attribute(6, octetString)),
  },
  methods: {},
});
