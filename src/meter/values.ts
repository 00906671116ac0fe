import type { Data } from '../axdr/data.js';
import { type DateTime, fromInstant, unspecifiedDateTime } from '../cosem/date-time.js';
import type { MeterEngine } from './engine.js';

/** A Data value that is a number. */
export type NumberData = Data & { readonly value: number | bigint };

/** The number in a Data value; undefined if it is not a number. */
export function numberOf(value: Data): number | undefined {
  const v = (value as { readonly value?: unknown }).value;
  return typeof v === 'number' ? v : typeof v === 'bigint' ? Number(v) : undefined;
}
/** The same Data type with another number. */
export function withNumber<D extends Data>(like: D, value: number): D {
  const was = (like as { readonly value?: unknown }).value;
  return { ...like, value: typeof was === 'bigint' ? BigInt(Math.trunc(value)) : value } as D;
}
/** The default of a Data type: zero, or empty. */
export function defaultOf<D extends Data>(like: D): D {
  const was = (like as { readonly value?: unknown }).value;
  if (typeof was === 'number') return { ...like, value: 0 } as D;
  if (typeof was === 'bigint') return { ...like, value: 0n } as D;
  if (typeof was === 'string') return { ...like, value: like.type === 'bit-string' ? '0'.repeat(was.length) : '' } as D;
  if (was instanceof Uint8Array) return { ...like, value: new Uint8Array(was.length) } as D;
  if (typeof was === 'boolean') return { ...like, value: false } as D;
  return like;
}
/** A time as the clock of the meter would show it: local time, deviation, status. */
export function dateTimeAt(engine: MeterEngine, utc: number): DateTime {
  const saving = engine.local.daylightSaving(utc) ? 0x80 : 0;
  return fromInstant(utc, engine.local.deviation(utc), engine.clockStatus | saving);
}
export { unspecifiedDateTime };
