import { longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * ISO/IEC 14908 protocol setup (class_id 131, version 0). ISO/IEC 14908 node: the protocol.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const Iso14908ProtocolSetup = interfaceClass({
  name: 'ISO/IEC 14908 protocol setup',
  classId: 131,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Minutes. */
    inactivityTimeout: fixed(writable(attribute(2, longUnsigned))),
  },
  methods: {},
});
