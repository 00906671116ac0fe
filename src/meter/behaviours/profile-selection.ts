import { Data } from '../../axdr/data.js';
import { decode, encode } from '../../axdr/schema.js';
import { concat } from '../../core/bytes.js';
import { EntryDescriptor, ProfileGeneric, RangeDescriptor } from '../../cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../../cosem/common-types.js';
import { AccessRefused } from '../../server/object.js';
import type { SelectiveAccessDescriptor } from '../../xdlms/common.js';
import { isClock, structureOf } from '../cells.js';
import { refuse } from '../engine.js';
import type { LocalTime } from '../local-time.js';
import { numberOf } from '../values.js';
import { rowsOf } from './profile-compression.js';
import { cellsOf, type Profile, sameColumn } from './profile-rows.js';

/**
 * The buffer as octets of Data: all of it, rows between two values of a column (selector 1, both ends included), or
 * rows and columns by position (selector 2). An empty array if nothing matches.
 * @throws AccessRefused `scope-of-access-violated` for another selector, `type-unmatched`, `other-reason` for a column
 *   that is not captured
 */
export function selectRows(self: Profile, selection: SelectiveAccessDescriptor | undefined): Uint8Array {
  if (selection === undefined) return answer(self, octetsOf(self));
  switch (selection.accessSelector) {
    case ProfileGeneric.attributes.buffer.selective.range.selector:
      return rowsBetween(self, parameters(RangeDescriptor, selection.accessParameters));
    case ProfileGeneric.attributes.buffer.selective.entry.selector:
      return byEntry(self, parameters(EntryDescriptor, selection.accessParameters));
    default:
      throw new AccessRefused('scope-of-access-violated');
  }
}
function parameters<T>(schema: Parameters<typeof decode<T>>[0], value: Data): T {
  try {
    return decode(schema, encode(Data, value));
  } catch {
    throw new AccessRefused('type-unmatched');
  }
}
/** Encodes some columns of some rows (knob `profileCompression`). */
function answer(self: Profile, rows: readonly Uint8Array[], wanted?: readonly number[]): Uint8Array {
  const captured = self.get('captureObjects');
  const told = wanted ?? captured.map((_, i) => i);
  return rowsOf(wanted === undefined ? rows : rows.map((row) => columnsOf(row, wanted)), {
    compression: self.engine.knobs.profileCompression,
    clocks: told.flatMap((column, i) => (isClock(captured[column] as CaptureObjectDefinition) ? [i] : [])),
    period: self.get('capturePeriod') * 1000,
  });
}
/** The columns of a row, by index from 0. */
function columnsOf(row: Uint8Array, wanted: readonly number[]): Uint8Array {
  const cells = cellsOf(row);
  return concat(structureOf(wanted.length), ...wanted.map((i) => encode(Data, cells[i] as Data)));
}

/**
 * Rows whose value in one column lies between two values, both included.
 * @throws AccessRefused `other-reason` for a column that is not captured
 */
export function rowsBetween(self: Profile, range: RangeDescriptor): Uint8Array {
  const captured = self.get('captureObjects');
  const by = captured.findIndex((c) => sameColumn(c, range.restrictingObject));
  if (by < 0) refuse();
  const wanted = columnsNamed(captured, range.selectedValues);
  const { local } = self.engine;
  const inside = octetsOf(self).filter((row) => {
    const value = cellsOf(row)[by] as Data;
    return (
      compare(range.fromValue, value, local, 'lowest') <= 0 && compare(value, range.toValue, local, 'highest') <= 0
    );
  });
  return answer(self, inside, wanted);
}

/**
 * Rows by position (from 1, 0 for the last), with some columns, or all columns if none are given.
 * @throws AccessRefused `other-reason` for a column that is not captured
 */
export function rowsAt(
  self: Profile,
  from: number,
  to: number,
  columns: readonly CaptureObjectDefinition[],
): Uint8Array {
  return answer(self, part(self, from, to), columnsNamed(self.get('captureObjects'), columns));
}
function part(self: Profile, from: number, to: number): readonly Uint8Array[] {
  const rows = octetsOf(self);
  const first = Math.max(1, from) - 1;
  return rows.slice(first, Math.max(first, to === 0 ? rows.length : to));
}
const octetsOf = (self: Profile): readonly Uint8Array[] => self.state.rows.map((r) => r.octets);
/** The positions of named columns, in the order of the profile; undefined for all columns. */
function columnsNamed(
  captured: readonly CaptureObjectDefinition[],
  named: readonly CaptureObjectDefinition[],
): readonly number[] | undefined {
  if (named.some((s) => !captured.some((c) => sameColumn(s, c)))) refuse();
  if (named.length === 0) return undefined;
  return captured.flatMap((c, i) => (named.some((s) => sameColumn(s, c)) ? [i] : []));
}

function byEntry(self: Profile, entry: EntryDescriptor): Uint8Array {
  const width = self.get('captureObjects').length;
  const first = Math.max(1, entry.fromSelectedValue);
  const last = entry.toSelectedValue === 0 ? width : Math.min(width, entry.toSelectedValue);
  if (first > width) refuse();
  const rows = part(self, entry.fromEntry, entry.toEntry);
  if (first === 1 && last === width) return answer(self, rows);
  const wanted = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first - 1 + i);
  return answer(self, rows, wanted);
}

// ── values ───────────────────────────────────────────────────────────────────────────────────────────────

/** Compares numbers by value; times as instants if both have a deviation, otherwise by their local fields. */
function compare(a: Data, b: Data, local: LocalTime, open: 'lowest' | 'highest'): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  const [s, t] = [momentOf(a), momentOf(b)];
  if (s === undefined || t === undefined) return compareOctets(encode(Data, a), encode(Data, b));
  const bound = open === 'lowest' ? s : t;
  const both = s.deviation !== undefined && t.deviation !== undefined;
  const at = (m: Moment): number => {
    const fields = m.fields(m === bound ? open : 'lowest');
    return both && m.deviation !== undefined ? fields + m.deviation * 60_000 : fields;
  };
  void local;
  return at(s) - at(t);
}
interface Moment {
  readonly deviation: number | undefined;
  /** As if the local clock showed UTC; unspecified fields have the lowest or the highest possible value. */
  fields(open: 'lowest' | 'highest'): number;
}
function momentOf(value: Data): Moment | undefined {
  if (value.type !== 'octet-string' && value.type !== 'date-time') return undefined;
  const o = encode(Data, value).subarray(-12);
  if (o.length !== 12) return undefined;
  const at = (i: number): number => o[i] as number;
  const deviation = ((at(9) << 24) >> 16) | at(10);
  return {
    deviation: deviation === -0x8000 ? undefined : deviation,
    fields(open) {
      const low = open === 'lowest';
      const year = (at(0) << 8) | at(1);
      if (year === 0xffff) return low ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      const or = (i: number, lowest: number, highest: number): number =>
        at(i) === 0xff ? (low ? lowest : highest) : at(i);
      const month = or(2, 1, 12);
      const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
      return Date.UTC(year, month - 1, or(3, 1, lastDay), or(5, 0, 23), or(6, 0, 59), or(7, 0, 59));
    },
  };
}
function compareOctets(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}
