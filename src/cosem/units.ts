import { enumeration, integer, structure } from '../axdr/data.js';
import type { Infer, Schema } from '../axdr/schema.js';

/**
 * The codes of the physical units, by symbol. If two codes would share a symbol, the second one is qualified, as in `m³
 * (corrected)`. Source: the table of units of the Blue Book, as three public implementations have it (from 128 on only
 * two of them, 253 only one). The spelling of the symbols from 128 on is this library's. Codes 151, 161 and 166 are
 * taken as pulse values like 55; Gurux calls them plain volumes.
 */
export const unitCodes = {
  a: 1,
  mo: 2,
  wk: 3,
  d: 4,
  h: 5,
  min: 6,
  s: 7,
  '°': 8,
  '°C': 9,
  currency: 10,
  m: 11,
  'm/s': 12,
  'm³': 13,
  'm³ (corrected)': 14,
  'm³/h': 15,
  'm³/h (corrected)': 16,
  'm³/d': 17,
  'm³/d (corrected)': 18,
  l: 19,
  kg: 20,
  N: 21,
  Nm: 22,
  Pa: 23,
  bar: 24,
  J: 25,
  'J/h': 26,
  W: 27,
  VA: 28,
  var: 29,
  Wh: 30,
  VAh: 31,
  varh: 32,
  A: 33,
  C: 34,
  V: 35,
  'V/m': 36,
  F: 37,
  Ω: 38,
  'Ωm²/m': 39,
  Wb: 40,
  T: 41,
  'A/m': 42,
  H: 43,
  Hz: 44,
  '1/(Wh)': 45,
  '1/(varh)': 46,
  '1/(VAh)': 47,
  'V²h': 48,
  'A²h': 49,
  'kg/s': 50,
  S: 51,
  K: 52,
  '1/(V²h)': 53,
  '1/(A²h)': 54,
  '1/m³': 55,
  '%': 56,
  Ah: 57,
  'Wh/m³': 60,
  'J/m³': 61,
  'Mol %': 62,
  'g/m³': 63,
  'Pa s': 64,
  'J/kg': 65,
  'g/cm²': 66,
  atm: 67,
  dBm: 70,
  dBµV: 71,
  dB: 72,
  in: 128,
  ft: 129,
  lb: 130,
  '°F': 131,
  '°R': 132,
  'in²': 133,
  'ft²': 134,
  ac: 135,
  'in³': 136,
  'ft³': 137,
  'ac ft': 138,
  'gal (imp)': 139,
  'gal (US)': 140,
  lbf: 141,
  psi: 142,
  'lb/ft³': 143,
  'lb/(ft s)': 144,
  'ft²/s': 145,
  Btu: 146,
  'thm (EC)': 147,
  'thm (US)': 148,
  'Btu/lb': 149,
  'Btu/ft³': 150,
  '1/ft³': 151,
  'ft/s': 152,
  'ft³/s': 153,
  'ft³/min': 154,
  'ft³/h': 155,
  'ft³/d': 156,
  'ac ft/s': 157,
  'ac ft/min': 158,
  'ac ft/h': 159,
  'ac ft/d': 160,
  '1/gal (imp)': 161,
  'gal (imp)/s': 162,
  'gal (imp)/min': 163,
  'gal (imp)/h': 164,
  'gal (imp)/d': 165,
  '1/gal (US)': 166,
  'gal (US)/s': 167,
  'gal (US)/min': 168,
  'gal (US)/h': 169,
  'gal (US)/d': 170,
  'Btu/s': 171,
  'Btu/min': 172,
  'Btu/h': 173,
  'Btu/d': 174,
  extended: 253,
  other: 254,
  count: 255,
} as const;
/** The symbol of a unit: `Wh`, `V`, `m³`. */
export type UnitName = keyof typeof unitCodes;

/** The unit of a value; a code that is not in the table stays a number. */
export const Unit: Schema<UnitName | number> = /* @__PURE__ */ enumeration(unitCodes);
export type Unit = UnitName | number;

const scalerUnit = /* @__PURE__ */ structure('scal-unit-type', {
  /** The power of ten by which the value is multiplied. */
  scaler: integer,
  /** The physical unit of the scaled value. */
  unit: Unit,
});
/** How to read a value: value × 10^scaler, in this unit. A value without a unit has `count`. */
export interface ScalerUnit extends Infer<typeof scalerUnit> {}
export const ScalerUnit: Schema<ScalerUnit> = scalerUnit;

/** The symbol to print, for instance `Wh`; empty for a count; `unit 99` for an unknown code. */
export function unitSymbol(unit: Unit): string {
  if (typeof unit === 'number') return `unit ${unit}`;
  if (unit === 'count' || unit === 'other' || unit === 'extended') return unit === 'count' ? '' : unit;
  return unit.replace(' (corrected)', '');
}
