import type { Data } from '../axdr/data.js';
import { DlmsError, quoted } from '../core/errors.js';
import { type ScalerUnit, type Unit, unitSymbol } from './units.js';

/**
 * A value with its scaler and unit. The raw value is never replaced by a product, because powers such as 10^-2 have no
 * exact binary form and rounding errors would show. Use {@link ScaledValue.toDecimalString} for money and energy,
 * {@link ScaledValue.toNumber} for charts.
 */
export class ScaledValue {
  /** As the meter sent it: an integer, a bigint for 64 bits, or a float. */
  readonly value: number | bigint;
  /** The power of ten, -128 to 127. */
  readonly scaler: number;
  readonly unit: Unit;
  constructor(value: number | bigint, scalerUnit: ScalerUnit) {
    this.value = value;
    this.scaler = scalerUnit.scaler;
    this.unit = scalerUnit.unit;
  }
  /** The double nearest to the exact value. */
  toNumber(): number {
    return Number(this.toDecimalString());
  }
  /** The exact value with all its digits and no others: 12345 with scaler -2 is `123.45`, 1500 is `15.00`. */
  toDecimalString(): string {
    return shiftDecimal(String(this.value), this.scaler);
  }
  /** The exact value with the symbol of its unit: `123.45 Wh`. */
  toString(): string {
    return `${this.toDecimalString()} ${unitSymbol(this.unit)}`.trimEnd();
  }
  /** The exact value with a prefixed unit: `format('k')` of 12345 × 10^-1 Wh is `1.2345 kWh`. */
  format(prefix: Prefix = ''): string {
    return `${shiftDecimal(String(this.value), this.scaler - prefixes[prefix])} ${prefix}${unitSymbol(this.unit)}`.trimEnd();
  }
  /** The exact value as a string, because JSON numbers are not exact. */
  toJSON(): { value: string; unit: Unit } {
    return { value: this.toDecimalString(), unit: this.unit };
  }
}

const prefixes = { µ: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12 } as const;
/** A prefix of a unit, from µ (10^-6) to T (10^12); the empty one is 1. */
export type Prefix = keyof typeof prefixes;

/**
 * The value of a register with its scaler and unit; `undefined` when it is not a number (null-data, text, octets). A
 * value of type enum or bcd counts as a number.
 */
export function scaled(value: Data, scalerUnit: ScalerUnit): ScaledValue | undefined {
  const v = 'value' in value ? value.value : undefined;
  return typeof v === 'number' || typeof v === 'bigint' ? new ScaledValue(v, scalerUnit) : undefined;
}

/**
 * Moves the decimal point of a decimal number: `shiftDecimal('1234', -2)` is `12.34`. `NaN` and infinities stay as they
 * are.
 * @throws DlmsError `parse/invalid-text` when the text is not a number.
 */
export function shiftDecimal(text: string, power: number): string {
  if (/^(NaN|-?Infinity)$/.test(text)) return text;
  const m = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (m === null)
    throw new DlmsError('parse/invalid-text', { offset: 0, expected: 'a decimal number', actual: quoted(text) });
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = m;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent) + power;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + bare(digits + '0'.repeat(point - digits.length));
  return `${sign}${bare(digits.slice(0, point))}.${digits.slice(point)}`;
}
const bare = (whole: string): string => whole.replace(/^0+(?=\d)/, '');
