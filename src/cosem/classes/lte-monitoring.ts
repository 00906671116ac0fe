import { doubleLongUnsigned, enumeration, integer, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, revision } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const lteNetworkParameters = structure('lte-network-parameters', {
  t3402: longUnsigned,
  t3412: longUnsigned,
  t3412ext2: doubleLongUnsigned,
  t3324: longUnsigned,
  teDrx: doubleLongUnsigned,
  tptw: longUnsigned,
  qRxlevMin: integer,
  qRxlevMinCeR13: integer,
  qRxlevMinCe1R13: integer,
});
/** The type of `lteNetworkParameters`. */
export interface LteNetworkParameters extends Infer<typeof lteNetworkParameters> {}
export const LteNetworkParameters: Schema<LteNetworkParameters> = lteNetworkParameters;

/** Values of `coverageEnhancement`. */
export const CoverageEnhancement = enumeration({
  'ce-mode-a-or-ce-level-0': 0,
  'ce-mode-b-or-ce-level-1': 1,
  'ce-level-2': 2,
});
export type CoverageEnhancement = Infer<typeof CoverageEnhancement>;

const lteQualityOfService = structure('lte-quality-of-service', {
  signalQuality: integer,
  signalLevel: integer,
  signalToNoiseRatio: integer,
  coverageEnhancement: CoverageEnhancement,
});
/** The type of `lteQualityOfService`. */
export interface LteQualityOfService extends Infer<typeof lteQualityOfService> {}
export const LteQualityOfService: Schema<LteQualityOfService> = lteQualityOfService;

const lteNetworkParametersV0 = structure('lte-network-parameters-v0', {
  t3402: longUnsigned,
  t3412: longUnsigned,
  rsrq: unsigned,
  rsrp: unsigned,
  qRxlevMin: integer,
});
/** The type of `lteNetworkParameters`. */
export interface LteNetworkParametersV0 extends Infer<typeof lteNetworkParametersV0> {}
export const LteNetworkParametersV0: Schema<LteNetworkParametersV0> = lteNetworkParametersV0;

/**
 * LTE monitoring (class_id 151, version 1). Parameters and signal quality of the LTE network.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const LteMonitoring = interfaceClass({
  name: 'LTE monitoring',
  classId: 151,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    lteNetworkParameters: attribute(2, LteNetworkParameters),
    lteQualityOfService: attribute(3, LteQualityOfService),
  },
  methods: {},
});

/**
 * LTE monitoring (class_id 151, version 0).
 *
 * Notes:
 * - The attribute name in version 0 is assumed (some sources have LTE_QoS).
 *
 * Source: Gurux.
 */
export const LteMonitoringV0 = revision(LteMonitoring, {
  version: 0,
  confidence: 'one source',
  attributes: {
    lteNetworkParameters: attribute(2, LteNetworkParametersV0),
  },
  without: ['lteQualityOfService'],
});
