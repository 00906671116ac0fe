import { longUnsigned, octetString } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * SMTP setup (class_id 46, version 0). Sending of e-mail.
 *
 * Notes:
 * - The default of server_port is 25.
 *
 * Sources: jDLMS, a public table of the Edition 16 classes, SPODES (names only).
 */
export const SmtpSetup = interfaceClass({
  name: 'SMTP setup',
  classId: 46,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    serverPort: fixed(writable(attribute(2, longUnsigned))),
    userName: fixed(writable(attribute(3, octetString))),
    loginPassword: fixed(writable(attribute(4, octetString))),
    serverAddress: fixed(writable(attribute(5, octetString))),
    senderAddress: fixed(writable(attribute(6, octetString))),
  },
  methods: {},
});
