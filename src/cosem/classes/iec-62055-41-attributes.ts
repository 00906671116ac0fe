import { array, doubleLongUnsigned, long64Unsigned, structure, unsigned, visibleString } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const meterPan = structure('meter-pan', {
  issuerId: doubleLongUnsigned,
  decoderReferenceNumber: long64Unsigned,
  panCheckDigit: unsigned,
});
/** The type of `meterPan`. */
export interface MeterPan extends Infer<typeof meterPan> {}
export const MeterPan: Schema<MeterPan> = meterPan;

/**
 * IEC 62055-41 attributes (class_id 116, version 0). Attributes of the standard transfer specification (STS, IEC
 * 62055-41).
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const Iec6205541Attributes = interfaceClass({
  name: 'IEC 62055-41 attributes',
  classId: 116,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    meterPan: fixed(attribute(2, MeterPan)),
    commodity: fixed(attribute(3, visibleString)),
    tokenCarrierTypes: fixed(attribute(4, array(unsigned))),
    encryptionAlgorithm: fixed(attribute(5, unsigned)),
    supplyGroupCode: attribute(6, doubleLongUnsigned),
    tariffIndex: attribute(7, unsigned),
    keyRevisionNumber: attribute(8, unsigned),
    keyType: attribute(9, unsigned),
    keyExpiryNumber: attribute(10, unsigned),
    noOfKctSupported: fixed(attribute(11, unsigned)),
    stsCertificateNo: fixed(attribute(12, visibleString)),
  },
  methods: {},
});
