import { doubleLongUnsigned, integer, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { CaptureTime } from '../common-types.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const coapMessagesCounter = structure('coap-messages-counter', {
  tx: doubleLongUnsigned,
  rx: doubleLongUnsigned,
  txResend: doubleLongUnsigned,
  txReset: doubleLongUnsigned,
  rxReset: doubleLongUnsigned,
  txAck: doubleLongUnsigned,
  rxAck: doubleLongUnsigned,
  rxDrop: doubleLongUnsigned,
  txNonPiggybacked: doubleLongUnsigned,
  maxRtxExceeded: doubleLongUnsigned,
});
/** The type of `messagesCounter`. */
export interface CoapMessagesCounter extends Infer<typeof coapMessagesCounter> {}
export const CoapMessagesCounter: Schema<CoapMessagesCounter> = coapMessagesCounter;

const coapRequestResponseCounter = structure('coap-request-response-counter', {
  rxRequests: doubleLongUnsigned,
  txRequests: doubleLongUnsigned,
  rxResponse: doubleLongUnsigned,
  txResponse: doubleLongUnsigned,
  txClientError: doubleLongUnsigned,
  rxClientError: doubleLongUnsigned,
  txServerError: doubleLongUnsigned,
  rxServerError: doubleLongUnsigned,
});
/** The type of `requestResponseCounter`. */
export interface CoapRequestResponseCounter extends Infer<typeof coapRequestResponseCounter> {}
export const CoapRequestResponseCounter: Schema<CoapRequestResponseCounter> = coapRequestResponseCounter;

const coapBlockTransferCounter = structure('coap-block-transfer-counter', {
  blockWiseTransferStarted: doubleLongUnsigned,
  blockWiseTransferCompleted: doubleLongUnsigned,
  blockWiseTransferTimeout: doubleLongUnsigned,
});
/** The type of `coapBtCounter`. */
export interface CoapBlockTransferCounter extends Infer<typeof coapBlockTransferCounter> {}
export const CoapBlockTransferCounter: Schema<CoapBlockTransferCounter> = coapBlockTransferCounter;

/**
 * CoAP diagnostic (class_id 153, version 0). Counters of the CoAP layer.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const CoapDiagnostic = interfaceClass({
  name: 'CoAP diagnostic',
  classId: 153,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    messagesCounter: attribute(2, CoapMessagesCounter),
    requestResponseCounter: attribute(3, CoapRequestResponseCounter),
    coapBtCounter: attribute(4, CoapBlockTransferCounter),
    captureTime: attribute(5, CaptureTime),
  },
  methods: {
    reset: method(1, integer),
  },
});
