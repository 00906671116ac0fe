import {
  array,
  doubleLong,
  doubleLongUnsigned,
  enumeration,
  integer,
  long,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { ValueDefinition } from '../common-types.js';
import { DateTime, DateTimeChoice } from '../date-time.js';
import { bitStringFlags } from '../flags.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `chargeType`. */
export const ChargeType = enumeration({
  'consumption-based-collection': 0,
  'time-based-collection': 1,
  'payment-event-based-collection': 2,
});
export type ChargeType = Infer<typeof ChargeType>;

const chargePerUnitScaling = structure('charge-per-unit-scaling', {
  commodityScale: integer,
  priceScale: integer,
});
/** The type of `chargePerUnitScaling`. */
export interface ChargePerUnitScaling extends Infer<typeof chargePerUnitScaling> {}
export const ChargePerUnitScaling: Schema<ChargePerUnitScaling> = chargePerUnitScaling;

const chargeTableElement = structure('charge-table-element', {
  index: octetString,
  chargePerUnit: long,
});
/** An element of `chargeTable`. */
export interface ChargeTableElement extends Infer<typeof chargeTableElement> {}
export const ChargeTableElement: Schema<ChargeTableElement> = chargeTableElement;

const unitCharge = structure('unit-charge', {
  chargePerUnitScaling: ChargePerUnitScaling,
  commodityReference: ValueDefinition,
  chargeTable: array(ChargeTableElement),
});
/** The type of `unitChargeActive`. */
export interface UnitCharge extends Infer<typeof unitCharge> {}
export const UnitCharge: Schema<UnitCharge> = unitCharge;

/** Flags of `chargeConfiguration`. */
export const ChargeConfiguration = bitStringFlags(2, {
  'percentage-based-collection': 0,
  'continuous-collection': 1,
});
export type ChargeConfiguration = Infer<typeof ChargeConfiguration>;

/**
 * Charge (class_id 113, version 0). A charge of an account: how much is collected, for what and how often.
 *
 * Notes:
 * - last_collection_time: date-time in Gurux and the Edition 16 table, octet-string(date-time) in another public
 *   source.
 *
 * Sources: Gurux, Wireshark, a public table of the Edition 16 classes, SPODES (names only).
 */
export const Charge = interfaceClass({
  name: 'Charge',
  classId: 113,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    totalAmountPaid: attribute(2, doubleLong),
    chargeType: fixed(attribute(3, ChargeType)),
    priority: fixed(writable(attribute(4, unsigned))),
    unitChargeActive: fixed(attribute(5, UnitCharge)),
    unitChargePassive: fixed(writable(attribute(6, UnitCharge))),
    unitChargeActivationTime: fixed(writable(attribute(7, DateTime))),
    period: fixed(writable(attribute(8, doubleLongUnsigned))),
    chargeConfiguration: fixed(writable(attribute(9, ChargeConfiguration))),
    lastCollectionTime: attribute(10, DateTimeChoice),
    lastCollectionAmount: attribute(11, doubleLong),
    totalAmountRemaining: attribute(12, doubleLong),
    proportion: fixed(writable(attribute(13, longUnsigned))),
  },
  methods: {
    updateUnitCharge: method(1, array(ChargeTableElement)),
    activatePassiveUnitCharge: method(2, integer),
    collect: method(3, integer),
    updateTotalAmountRemaining: method(4, doubleLong),
    setTotalAmountRemaining: method(5, doubleLong),
  },
});
