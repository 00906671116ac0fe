import {
  array,
  Data,
  doubleLongUnsigned,
  enumeration,
  integer,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const captureDefinitionElement = structure('capture-definition-element', {
  dataInformationBlock: octetString,
  valueInformationBlock: octetString,
});
/** An element of `captureDefinition`. */
export interface CaptureDefinitionElement extends Infer<typeof captureDefinitionElement> {}
export const CaptureDefinitionElement: Schema<CaptureDefinitionElement> = captureDefinitionElement;

/** Values of `encryptionKeyStatus`. */
export const MBusEncryptionKeyStatus = enumeration({
  'no-encryption-key': 0,
  'encryption-key-set': 1,
  'encryption-key-transferred': 2,
  'encryption-key-set-and-transferred': 3,
  'encryption-key-in-use': 4,
});
export type MBusEncryptionKeyStatus = Infer<typeof MBusEncryptionKeyStatus>;

const dataSendElement = structure('data-send-element', {
  dataInformationBlock: octetString,
  valueInformationBlock: octetString,
  data: Data,
});
/** An element of the parameter of `dataSend`. */
export interface DataSendElement extends Infer<typeof dataSendElement> {}
export const DataSendElement: Schema<DataSendElement> = dataSendElement;

/**
 * M-Bus client (class_id 72, version 2). An M-Bus device that the meter reads: its address, identification and captured
 * values.
 *
 * Notes:
 * - The Edition 16 table confirms only that version 2 is current; that its attributes equal those of version 1 is
 *   assumed, not verified.
 *
 * Source: a public table of the Edition 16 classes; the rest is from memory.
 */
export const MBusClient = interfaceClass({
  name: 'M-Bus client',
  classId: 72,
  version: 2,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Logical name of the M-Bus master port setup. */
    mbusPortReference: fixed(attribute(2, LogicalName)),
    captureDefinition: fixed(writable(attribute(3, array(CaptureDefinitionElement)))),
    /** Seconds; 0: no automatic capture. */
    capturePeriod: fixed(writable(attribute(4, doubleLongUnsigned))),
    /** 0: not yet assigned. */
    primaryAddress: writable(attribute(5, unsigned)),
    /** From the M-Bus header: its BCD digits read as a number. */
    identificationNumber: writable(attribute(6, doubleLongUnsigned)),
    /** Three letters of five bits each, as in the M-Bus header. */
    manufacturerId: writable(attribute(7, longUnsigned)),
    version: writable(attribute(8, unsigned)),
    deviceType: writable(attribute(9, unsigned)),
    /** From the last M-Bus header. */
    accessNumber: attribute(10, unsigned),
    /** From the last M-Bus header. */
    status: attribute(11, unsigned),
    /** Alarm state of the M-Bus device. */
    alarm: attribute(12, unsigned),
    configuration: attribute(13, longUnsigned),
    encryptionKeyStatus: attribute(14, MBusEncryptionKeyStatus),
  },
  methods: {
    /** Parameter: the primary address to assign. */
    slaveInstall: method(1, unsigned),
    slaveDeinstall: method(2, integer),
    /** Captures the values now. */
    capture: method(3, integer),
    resetAlarm: method(4, integer),
    synchronizeClock: method(5, integer),
    dataSend: method(6, array(DataSendElement)),
    /** Sets the key that the M-Bus client uses. */
    setEncryptionKey: method(7, octetString),
    /** Parameter: the key, wrapped for the M-Bus device. */
    transferKey: method(8, octetString),
  },
});

/**
 * M-Bus client (class_id 72, version 1).
 *
 * Sources: Gurux, SPODES (names only).
 */
export const MBusClientV1 = revision(MBusClient, {
  version: 1,
  confidence: 'two sources',
});

/**
 * M-Bus client (class_id 72, version 0).
 *
 * Notes:
 * - slave_install: Gurux sends an integer (signed) in one place; an unsigned primary address is assumed here.
 *
 * Sources: Gurux, jDLMS.
 */
export const MBusClientV0 = revision(MBusClient, {
  version: 0,
  confidence: 'two sources',
  without: ['configuration', 'encryptionKeyStatus'],
});
