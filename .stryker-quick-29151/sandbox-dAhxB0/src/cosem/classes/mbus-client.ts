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
 * M-Bus client (class_id 72, version 2). An M-Bus device that the meter reads: its address, identification and captured values.
 *
 * Doubts and ranges:
 * - The Edition 16 table only confirms that version 2 is current; attributes are assumed equal to version 1; not verified.
 *
 * Sources: an Edition 16 class table, recollection.
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
    /** Seconds; 0: no capture by itself. */
    capturePeriod: fixed(writable(attribute(4, doubleLongUnsigned))),
    /** 0: not yet assigned. */
    primaryAddress: writable(attribute(5, unsigned)),
    /** Of the header, BCD digits read as a number. */
    identificationNumber: writable(attribute(6, doubleLongUnsigned)),
    /** Three letters of five bits, as in the header. */
    manufacturerId: writable(attribute(7, longUnsigned)),
    version: writable(attribute(8, unsigned)),
    deviceType: writable(attribute(9, unsigned)),
    /** Of the last header. */
    accessNumber: attribute(10, unsigned),
    /** Of the last header. */
    status: attribute(11, unsigned),
    /** Alarm state of the device. */
    alarm: attribute(12, unsigned),
    configuration: attribute(13, longUnsigned),
    encryptionKeyStatus: attribute(14, MBusEncryptionKeyStatus),
  },
  methods: {
    /** Primary address to assign. */
    slaveInstall: method(1, unsigned),
    slaveDeinstall: method(2, integer),
    /** Reads the values now. */
    capture: method(3, integer),
    resetAlarm: method(4, integer),
    synchronizeClock: method(5, integer),
    dataSend: method(6, array(DataSendElement)),
    /** Key for this side. */
    setEncryptionKey: method(7, octetString),
    /** Key wrapped for the M-Bus device. */
    transferKey: method(8, octetString),
  },
});

/**
 * M-Bus client (class_id 72, version 1).
 *
 * Sources: Gurux, gvtret-dlms (weak), SPODES (names).
 */
export const MBusClientV1 = revision(MBusClient, {
  version: 1,
  confidence: 'two sources',
});

/**
 * M-Bus client (class_id 72, version 0).
 *
 * Doubts and ranges:
 * - capture_period in seconds.
 * - slave_install: Gurux sends integer (Int8) in one place; unsigned primary address assumed here.
 *
 * Sources: Gurux, jDLMS, gvtret-dlms (weak).
 */
export const MBusClientV0 = revision(MBusClient, {
  version: 0,
  confidence: 'two sources',
  without: ['configuration', 'encryptionKeyStatus'],
});
