import { array, longUnsigned, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { BaudRate } from '../common-types.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const initializationString = structure('initialization-string', {
  request: octetString,
  response: octetString,
  delayAfterResponse: longUnsigned,
});
/** An element of `initializationString`. */
export interface InitializationString extends Infer<typeof initializationString> {}
export const InitializationString: Schema<InitializationString> = initializationString;

const initializationStringV0 = structure('initialization-string-v0', {
  request: octetString,
  response: octetString,
});
/** An element of `initializationString`. */
export interface InitializationStringV0 extends Infer<typeof initializationStringV0> {}
export const InitializationStringV0: Schema<InitializationStringV0> = initializationStringV0;

/**
 * Modem configuration (class_id 27, version 1). Initialisation strings and profile of a modem.
 *
 * Notes:
 * - delay_after_response is in milliseconds.
 *
 * Sources: Gurux, jDLMS, SPODES.
 */
export const ModemConfiguration = interfaceClass({
  name: 'Modem configuration',
  classId: 27,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    commSpeed: fixed(writable(attribute(2, BaudRate))),
    /** Sent in order, each after the response to the previous one. */
    initializationString: fixed(writable(attribute(3, array(InitializationString)))),
    modemProfile: fixed(writable(attribute(4, array(octetString)))),
  },
  methods: {},
});

/**
 * PSTN modem configuration (class_id 27, version 0).
 *
 * Notes:
 * - The types are from SPODES only; both sources have the names.
 *
 * Sources: jDLMS, SPODES.
 */
export const ModemConfigurationV0 = revision(ModemConfiguration, {
  version: 0,
  name: 'PSTN modem configuration',
  attributes: {
    /** Sent in order, each after the response to the previous one. */
    initializationString: fixed(writable(attribute(3, array(InitializationStringV0)))),
  },
});
