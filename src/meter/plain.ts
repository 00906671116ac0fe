import { formatHex, parseHex } from '../core/hex.js';

// What an engine keeps, as values that JSON has: octets, large and unlimited numbers and `undefined` are marked.

/** A value that JSON has. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** A value as one that JSON has; {@link fromPlain} takes it back. */
export function toPlain(value: unknown): Plain {
  switch (typeof value) {
    case 'undefined':
      return { $: 'undefined' };
    case 'bigint':
      return { $: 'bigint', value: String(value) };
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: 'number', value: String(value) };
    case 'boolean':
    case 'string':
      return value;
    default:
      break;
  }
  if (value === null) return null;
  if (value instanceof Uint8Array) return { $: 'octets', value: formatHex(value) };
  if (Array.isArray(value)) return value.map(toPlain);
  const plain = Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, toPlain(v)]));
  return Object.hasOwn(plain, '$') ? { $: 'record', value: plain } : plain;
}
const recordOf = (plain: object): unknown =>
  Object.fromEntries(Object.entries(plain).map(([k, v]) => [k, fromPlain(v)]));
/** Takes back what {@link toPlain} gave. */
export function fromPlain(plain: Plain): unknown {
  if (plain === null || typeof plain !== 'object') return plain;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  const { $, value } = plain as { readonly $?: Plain; readonly value?: Plain };
  switch ($) {
    case undefined:
      return recordOf(plain);
    case 'record':
      return recordOf(value as object);
    case 'undefined':
      return undefined;
    case 'bigint':
      return BigInt(value as string);
    case 'octets':
      return parseHex(value as string);
    default:
      return Number(value);
  }
}
