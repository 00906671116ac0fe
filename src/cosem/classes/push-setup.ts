import {
  array,
  doubleLongUnsigned,
  enumeration,
  integer,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { CaptureObjectDefinition, WindowElement } from '../common-types.js';
import { TaggedDateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, mandatory, method, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { ProtectionParameters, RestrictedObjectDefinition, Restriction } from '../protection.js';

const pushObjectDefinition = structure('push-object-definition', {
  classId: longUnsigned,
  logicalName: LogicalName,
  attributeIndex: integer,
  dataIndex: longUnsigned,
  restriction: Restriction,
  columns: array(CaptureObjectDefinition),
});
/** An element of `pushObjectList`. */
export interface PushObjectDefinition extends Infer<typeof pushObjectDefinition> {}
export const PushObjectDefinition: Schema<PushObjectDefinition> = pushObjectDefinition;

/** Values of `transportService`. */
export const PushTransportService = enumeration({
  tcp: 0,
  udp: 1,
  ftp: 2,
  smtp: 3,
  sms: 4,
  hdlc: 5,
  'm-bus': 6,
  zigbee: 7,
  'dlms-gateway': 8,
  'reliable-coap': 9,
  'unreliable-coap': 10,
});
export type PushTransportService = Infer<typeof PushTransportService>;

/** Values of `message`. */
export const PushMessage = enumeration({
  'a-xdr-encoded-xdlms-apdu': 0,
  'xml-encoded-xdlms-apdu': 1,
});
export type PushMessage = Infer<typeof PushMessage>;

const sendDestinationAndMethod = structure('send-destination-and-method', {
  transportService: PushTransportService,
  destination: octetString,
  message: PushMessage,
});
/** The type of `sendDestinationAndMethod`. */
export interface SendDestinationAndMethod extends Infer<typeof sendDestinationAndMethod> {}
export const SendDestinationAndMethod: Schema<SendDestinationAndMethod> = sendDestinationAndMethod;

const repetitionDelay = structure('repetition-delay', {
  repetitionDelayMin: longUnsigned,
  repetitionDelayExponent: longUnsigned,
  repetitionDelayMax: longUnsigned,
});
/** The type of `repetitionDelay`. */
export interface RepetitionDelay extends Infer<typeof repetitionDelay> {}
export const RepetitionDelay: Schema<RepetitionDelay> = repetitionDelay;

/** Values of `pushOperationMethod`. */
export const PushOperationMethod = enumeration({
  'unconfirmed-retry-on-supporting-layer-failure': 0,
  'unconfirmed-retry-on-missing-supporting-layer-confirmation': 1,
  'confirmed-retry-on-missing-confirmation': 2,
});
export type PushOperationMethod = Infer<typeof PushOperationMethod>;

const confirmationParameters = structure('confirmation-parameters', {
  confirmationStartDate: TaggedDateTime,
  confirmationInterval: doubleLongUnsigned,
});
/** The type of `confirmationParameters`. */
export interface ConfirmationParameters extends Infer<typeof confirmationParameters> {}
export const ConfirmationParameters: Schema<ConfirmationParameters> = confirmationParameters;

/**
 * Push setup (class_id 40, version 3). What the meter sends unasked, to whom and when.
 *
 * Notes:
 * - According to the Edition 16 table, version 3 is current and has the same 13 attributes and 2 methods as version 2;
 *   what changed inside the types is not known.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const PushSetup = interfaceClass({
  name: 'Push setup',
  classId: 40,
  version: 3,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** What a push carries, in order. */
    pushObjectList: fixed(writable(attribute(2, array(PushObjectDefinition)))),
    sendDestinationAndMethod: fixed(writable(attribute(3, SendDestinationAndMethod))),
    /** When the meter may push; empty: always. */
    communicationWindow: fixed(writable(attribute(4, array(WindowElement)))),
    /** Seconds; the first attempt is delayed by a random part of this interval. */
    randomisationStartInterval: fixed(writable(attribute(5, longUnsigned))),
    /** Further attempts after the first has failed. */
    numberOfRetries: fixed(writable(attribute(6, unsigned))),
    repetitionDelay: fixed(writable(attribute(7, RepetitionDelay))),
    /** Logical name of the communication port setup. */
    portReference: fixed(writable(attribute(8, octetString))),
    /** Client SAP of the association whose security applies. */
    pushClientSap: fixed(writable(attribute(9, integer))),
    pushProtectionParameters: fixed(writable(attribute(10, array(ProtectionParameters)))),
    pushOperationMethod: fixed(writable(attribute(11, PushOperationMethod))),
    confirmationParameters: fixed(writable(attribute(12, ConfirmationParameters))),
    /** When the last push was confirmed. */
    lastConfirmationDateTime: attribute(13, TaggedDateTime),
  },
  methods: {
    /** Pushes now. */
    push: mandatory(method(1, integer)),
    reset: method(2, integer),
  },
});

/**
 * Push setup (class_id 40, version 2).
 *
 * Notes:
 * - SPODES calls the list of columns column.
 * - Restriction by entry: Gurux writes long-unsigned bounds here, double-long-unsigned elsewhere.
 * - confirmation_interval is in seconds.
 *
 * Sources: Gurux, SPODES.
 */
export const PushSetupV2 = revision(PushSetup, {
  version: 2,
  confidence: 'two sources',
});

/**
 * Push setup (class_id 40, version 1).
 *
 * Source: Gurux; the rest is from memory.
 */
export const PushSetupV1 = revision(PushSetup, {
  version: 1,
  attributes: {
    /** What a push carries, in order. */
    pushObjectList: fixed(writable(attribute(2, array(RestrictedObjectDefinition)))),
    repetitionDelay: fixed(writable(attribute(7, longUnsigned))),
  },
  without: ['pushOperationMethod', 'confirmationParameters', 'lastConfirmationDateTime', 'reset'],
});

/**
 * Push setup (class_id 40, version 0).
 *
 * Notes:
 * - transport_service 200 to 255 and message 128 to 255 are manufacturer specific; transport_service 8 to 10 belong to
 *   later editions.
 *
 * Source: Gurux.
 */
export const PushSetupV0 = revision(PushSetup, {
  version: 0,
  attributes: {
    /** What a push carries, in order. */
    pushObjectList: fixed(writable(attribute(2, array(CaptureObjectDefinition)))),
    repetitionDelay: fixed(writable(attribute(7, longUnsigned))),
  },
  without: [
    'portReference',
    'pushClientSap',
    'pushProtectionParameters',
    'pushOperationMethod',
    'confirmationParameters',
    'lastConfirmationDateTime',
    'reset',
  ],
});
