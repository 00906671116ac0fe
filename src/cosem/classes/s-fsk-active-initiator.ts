import { Data, longUnsigned, octetString, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const initiatorDescriptor = structure('initiator-descriptor', {
  systemTitle: octetString,
  macAddress: longUnsigned,
  lSapSelector: unsigned,
});
/** The type of `activeInitiator`. */
export interface InitiatorDescriptor extends Infer<typeof initiatorDescriptor> {}
export const InitiatorDescriptor: Schema<InitiatorDescriptor> = initiatorDescriptor;

/**
 * S-FSK Active initiator (class_id 51, version 0). S-FSK power line: the initiator that the device belongs to.
 *
 * Notes:
 * - The parameter type of the method is not confirmed (from memory: a long-unsigned with the submitted MAC address).
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const SFskActiveInitiator = interfaceClass({
  name: 'S-FSK Active initiator',
  classId: 51,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    activeInitiator: attribute(2, InitiatorDescriptor),
  },
  methods: {
    resetNewNotSynchronized: method(1, Data),
  },
});
