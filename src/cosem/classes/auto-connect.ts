import { array, enumeration, integer, longUnsigned, octetString, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { WindowElement } from '../common-types.js';
import { attribute, fixed, interfaceClass, method, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `mode`. */
export const AutoConnectMode = enumeration({
  'no-auto-connect': 0,
  'auto-dialling-anytime': 1,
  'auto-dialling-in-calling-window': 2,
  'regular-auto-dialling-in-window-alarm-anytime': 3,
  'sms-via-plmn': 4,
  'sms-via-pstn': 5,
  email: 6,
  'permanently-connected': 101,
  'permanently-connected-in-calling-window': 102,
  'permanently-connected-in-calling-window-or-on-connect': 103,
  'disconnected-connects-on-connect-method': 104,
});
export type AutoConnectMode = Infer<typeof AutoConnectMode>;

/** Values of `mode`. */
export const AutoConnectModeV1 = enumeration({
  'no-auto-connect': 0,
  'auto-dialling-anytime': 1,
  'auto-dialling-in-calling-window': 2,
  'regular-auto-dialling-in-window-alarm-anytime': 3,
  'sms-via-plmn': 4,
  'sms-via-pstn': 5,
  email: 6,
});
export type AutoConnectModeV1 = Infer<typeof AutoConnectModeV1>;

/** Values of `mode`. */
export const AutoConnectModeV0 = enumeration({
  'no-auto-connect': 0,
  'auto-dialling-anytime': 1,
  'auto-dialling-in-calling-window': 2,
  'regular-auto-dialling-in-window-alarm-anytime': 3,
});
export type AutoConnectModeV0 = Infer<typeof AutoConnectModeV0>;

/**
 * Auto connect (class_id 29, version 2). When, and to whom, the device connects on its own.
 *
 * Notes:
 * - Modes 200 to 255 are manufacturer specific.
 *
 * Sources: Gurux, jDLMS, SPODES (names only).
 */
export const AutoConnect = interfaceClass({
  name: 'Auto connect',
  classId: 29,
  version: 2,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    mode: fixed(writable(attribute(2, AutoConnectMode))),
    /** Further attempts after the first has failed. */
    repetitions: fixed(writable(attribute(3, unsigned))),
    /** Seconds. */
    repetitionDelay: fixed(writable(attribute(4, longUnsigned))),
    /** When the device may connect. */
    callingWindow: fixed(writable(attribute(5, array(WindowElement)))),
    destinationList: fixed(writable(attribute(6, array(octetString)))),
  },
  methods: {
    /** Connects now. */
    connect: method(1, integer),
  },
});

/**
 * Auto connect (class_id 29, version 1).
 *
 * Notes:
 * - Gurux has the connect method from version 1 on, other sources only in version 2.
 *
 * Source: jDLMS.
 */
export const AutoConnectV1 = revision(AutoConnect, {
  version: 1,
  confidence: 'one source',
  attributes: {
    mode: fixed(writable(attribute(2, AutoConnectModeV1))),
  },
  without: ['connect'],
});

/**
 * PSTN auto dial (class_id 29, version 0).
 *
 * Source: jDLMS; the rest is from memory.
 */
export const AutoConnectV0 = revision(AutoConnect, {
  version: 0,
  name: 'PSTN auto dial',
  confidence: 'one source',
  attributes: {
    mode: fixed(writable(attribute(2, AutoConnectModeV0))),
    phoneList: fixed(writable(attribute(6, array(octetString)))),
  },
  without: ['destinationList', 'connect'],
});
