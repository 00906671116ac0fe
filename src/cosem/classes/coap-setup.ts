import { Data, enumeration, longUnsigned, octetString, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `transportMode`. */
export const CoapTransportMode = enumeration({
  reliable: 1,
  unreliable: 2,
  'reliable-and-unreliable': 3,
});
export type CoapTransportMode = Infer<typeof CoapTransportMode>;

/**
 * CoAP setup (class_id 152, version 0). CoAP as a transport for DLMS.
 *
 * Notes:
 * - Attribute 12 is the wrapper version; it is a CHOICE in the Edition 16 table, untyped in Gurux.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const CoapSetup = interfaceClass({
  name: 'CoAP setup',
  classId: 152,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    udpReference: fixed(attribute(2, octetString)),
    ackTimeout: fixed(writable(attribute(3, longUnsigned))),
    ackRandomFactor: fixed(writable(attribute(4, longUnsigned))),
    maxRetransmit: fixed(writable(attribute(5, longUnsigned))),
    nstart: fixed(writable(attribute(6, longUnsigned))),
    delayAckTimeout: fixed(writable(attribute(7, longUnsigned))),
    exponentialBackOff: fixed(writable(attribute(8, longUnsigned))),
    probingRate: fixed(writable(attribute(9, longUnsigned))),
    coApUriPath: fixed(writable(attribute(10, octetString))),
    transportMode: fixed(writable(attribute(11, CoapTransportMode))),
    version: attribute(12, Data),
    tokenLength: fixed(writable(attribute(13, unsigned))),
  },
  methods: {},
});
