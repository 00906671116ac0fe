import {
  array,
  bool,
  doubleLongUnsigned,
  enumeration,
  integer,
  longUnsigned,
  octetString,
  structure,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, mandatory, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `authenticationMethod`. */
export const NtpAuthenticationMethod = enumeration({
  'no-security': 0,
  'shared-secrets': 1,
  'autokey-iff': 2,
});
export type NtpAuthenticationMethod = Infer<typeof NtpAuthenticationMethod>;

const ntpAuthenticationKey = structure('ntp-authentication-key', {
  keyId: doubleLongUnsigned,
  key: octetString,
});
/** An element of `authenticationKeys`. */
export interface NtpAuthenticationKey extends Infer<typeof ntpAuthenticationKey> {}
export const NtpAuthenticationKey: Schema<NtpAuthenticationKey> = ntpAuthenticationKey;

/**
 * NTP setup (class_id 100, version 0). Time synchronisation by NTP.
 *
 * Notes:
 * - The default of server_port is 123.
 *
 * Sources: Gurux, SPODES, a public table of the Edition 16 classes.
 */
export const NtpSetup = interfaceClass({
  name: 'NTP setup',
  classId: 100,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    activated: fixed(writable(attribute(2, bool))),
    serverAddress: fixed(writable(attribute(3, octetString))),
    serverPort: fixed(writable(attribute(4, longUnsigned))),
    authenticationMethod: fixed(writable(attribute(5, NtpAuthenticationMethod))),
    authenticationKeys: fixed(writable(attribute(6, array(NtpAuthenticationKey)))),
    clientKey: fixed(writable(attribute(7, octetString))),
  },
  methods: {
    synchronize: mandatory(method(1, integer)),
    addAuthenticationKey: method(2, NtpAuthenticationKey),
    deleteAuthenticationKey: method(3, doubleLongUnsigned),
  },
});
