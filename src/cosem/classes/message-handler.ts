import { array, Data, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { WindowElement } from '../common-types.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const senderAndActions = structure('sender-and-actions', {
  sender: octetString,
  actions: array(Data),
});
/** An element of `listOfSendersAndActions`. */
export interface SenderAndActions extends Infer<typeof senderAndActions> {}
export const SenderAndActions: Schema<SenderAndActions> = senderAndActions;

/**
 * Message handler (class_id 60, version 0). Who may send short messages to the device, and which scripts they start.
 * Dropped from later editions.
 *
 * Notes:
 * - The attribute names are from a public file of unknown origin; the inner layouts of attributes 3 and 4 are from
 *   memory.
 *
 * Source: a public file of unknown origin (weak evidence); the rest is from memory.
 */
export const MessageHandler = interfaceClass({
  name: 'Message handler',
  classId: 60,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    listeningWindow: fixed(writable(attribute(2, array(WindowElement)))),
    listOfAllowedSenders: fixed(writable(attribute(3, array(octetString)))),
    listOfSendersAndActions: fixed(writable(attribute(4, array(SenderAndActions)))),
  },
  methods: {},
});
