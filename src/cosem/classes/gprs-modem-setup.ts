import { longUnsigned, octetString, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const gprsQosElement = structure('gprs-qos-element', {
  precedence: unsigned,
  delay: unsigned,
  reliability: unsigned,
  peakThroughput: unsigned,
  meanThroughput: unsigned,
});
/** The type of `default`. */
export interface GprsQosElement extends Infer<typeof gprsQosElement> {}
export const GprsQosElement: Schema<GprsQosElement> = gprsQosElement;

const gprsQualityOfService = structure('gprs-quality-of-service', {
  default: GprsQosElement,
  requested: GprsQosElement,
});
/** The type of `qualityOfService`. */
export interface GprsQualityOfService extends Infer<typeof gprsQualityOfService> {}
export const GprsQualityOfService: Schema<GprsQualityOfService> = gprsQualityOfService;

/**
 * GPRS modem setup (class_id 45, version 0). Access point, PIN and quality of service of a GPRS modem.
 *
 * Sources: Gurux, jDLMS, SPODES, a public table of the Edition 16 classes.
 */
export const GprsModemSetup = interfaceClass({
  name: 'GPRS modem setup',
  classId: 45,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Access point name. */
    apn: fixed(writable(attribute(2, octetString))),
    pinCode: fixed(writable(attribute(3, longUnsigned))),
    qualityOfService: fixed(writable(attribute(4, GprsQualityOfService))),
  },
  methods: {},
});
