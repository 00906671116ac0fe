import {
  array,
  doubleLongUnsigned,
  enumeration,
  longUnsigned,
  structure,
  unsigned,
  visibleString,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { TaggedDateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, revision } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `status`. */
export const GsmStatus = enumeration({
  'not-registered': 0,
  'registered-home-network': 1,
  searching: 2,
  'registration-denied': 3,
  unknown: 4,
  'registered-roaming': 5,
});
export type GsmStatus = Infer<typeof GsmStatus>;

/** Values of `csAttachment`. */
export const CsAttachment = enumeration({
  inactive: 0,
  'incoming-call': 1,
  active: 2,
});
export type CsAttachment = Infer<typeof CsAttachment>;

/** Values of `psStatus`. */
export const PsStatus = enumeration({
  inactive: 0,
  gprs: 1,
  edge: 2,
  umts: 3,
  hsdpa: 4,
  lte: 5,
  cdma: 6,
  'lte-cat-m1': 7,
  'lte-cat-nb1': 8,
  'lte-cat-nb2': 9,
});
export type PsStatus = Infer<typeof PsStatus>;

const cellInfo = structure('cell-info', {
  cellId: doubleLongUnsigned,
  locationId: longUnsigned,
  signalQuality: unsigned,
  ber: unsigned,
  mcc: longUnsigned,
  mnc: longUnsigned,
  channelNumber: doubleLongUnsigned,
});
/** The type of `cellInfo`. */
export interface CellInfo extends Infer<typeof cellInfo> {}
export const CellInfo: Schema<CellInfo> = cellInfo;

const adjacentCell = structure('adjacent-cell', {
  cellId: doubleLongUnsigned,
  signalQuality: unsigned,
});
/** An element of `adjacentCells`. */
export interface AdjacentCell extends Infer<typeof adjacentCell> {}
export const AdjacentCell: Schema<AdjacentCell> = adjacentCell;

/** Values of `psStatus`. */
export const PsStatusV1 = enumeration({
  inactive: 0,
  gprs: 1,
  edge: 2,
  umts: 3,
  hsdpa: 4,
  lte: 5,
  cdma: 6,
});
export type PsStatusV1 = Infer<typeof PsStatusV1>;

/** Values of `psStatus`. */
export const PsStatusV0 = enumeration({
  inactive: 0,
  gprs: 1,
  edge: 2,
  umts: 3,
  hsdpa: 4,
});
export type PsStatusV0 = Infer<typeof PsStatusV0>;

const cellInfoV0 = structure('cell-info-v0', {
  cellId: longUnsigned,
  locationId: longUnsigned,
  signalQuality: unsigned,
  ber: unsigned,
});
/** The type of `cellInfo`. */
export interface CellInfoV0 extends Infer<typeof cellInfoV0> {}
export const CellInfoV0: Schema<CellInfoV0> = cellInfoV0;

const adjacentCellV0 = structure('adjacent-cell-v0', {
  cellId: longUnsigned,
  signalQuality: unsigned,
});
/** An element of `adjacentCells`. */
export interface AdjacentCellV0 extends Infer<typeof adjacentCellV0> {}
export const AdjacentCellV0: Schema<AdjacentCellV0> = adjacentCellV0;

/**
 * GSM diagnostic (class_id 47, version 2). State of the cellular network as the modem sees it.
 *
 * Notes:
 * - cs_attachment and ps_status: values above those listed are reserved. signal_quality: 0 to 31, or 99 for unknown.
 *   ber: 0 to 7, or 99 for unknown.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const GsmDiagnostic = interfaceClass({
  name: 'GSM diagnostic',
  classId: 47,
  version: 2,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Name of the network operator. */
    operator: attribute(2, visibleString),
    status: attribute(3, GsmStatus),
    csAttachment: attribute(4, CsAttachment),
    psStatus: attribute(5, PsStatus),
    cellInfo: attribute(6, CellInfo),
    adjacentCells: attribute(7, array(AdjacentCell)),
    captureTime: attribute(8, TaggedDateTime),
  },
  methods: {},
});

/**
 * GSM diagnostic (class_id 47, version 1).
 *
 * Notes:
 * - SPODES has adjacent_cell.
 *
 * Sources: Gurux, SPODES.
 */
export const GsmDiagnosticV1 = revision(GsmDiagnostic, {
  version: 1,
  attributes: {
    psStatus: attribute(5, PsStatusV1),
  },
});

/**
 * GSM diagnostic (class_id 47, version 0).
 *
 * Notes:
 * - SPODES has adjacent_cell.
 *
 * Sources: Gurux, SPODES.
 */
export const GsmDiagnosticV0 = revision(GsmDiagnostic, {
  version: 0,
  attributes: {
    psStatus: attribute(5, PsStatusV0),
    cellInfo: attribute(6, CellInfoV0),
    adjacentCells: attribute(7, array(AdjacentCellV0)),
  },
});
