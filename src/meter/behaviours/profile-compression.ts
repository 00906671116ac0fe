import { Data } from '../../axdr/data.js';
import { decode, encode } from '../../axdr/schema.js';
import { concat, equalBytes } from '../../core/bytes.js';
import { dateTimeFromBytes, toInstant } from '../../cosem/date-time.js';
import { arrayOf, nullData, structureOf } from '../cells.js';

/** How selected rows are encoded. */
export interface RowForm {
  readonly compression: 'none' | 'partial' | 'total' | 'delta';
  /** Columns of the answer that are captured clocks. */
  readonly clocks: readonly number[];
  /** Milliseconds. */
  readonly period: number;
}

const deltaTypes = [
  ['delta-integer', 0x7f],
  ['delta-long', 0x7fff],
  ['delta-double-long', 0x7fff_ffff],
] as const;
const numberTypes = new Set(['integer', 'long', 'double-long', 'unsigned', 'long-unsigned', 'double-long-unsigned']);

/**
 * Rows as an array of structures. Null-data means the same value as in the previous row or, for a time, one period
 * later; the first row is always complete, and so are times after a gap, a change of season or a clock that was set.
 * `partial`: rows at midnight are complete too. `delta`: a number that changed is encoded as the difference, if that is
 * shorter.
 */
export function rowsOf(rows: readonly Uint8Array[], { compression, clocks, period }: RowForm): Uint8Array {
  if (compression === 'none' || rows.length < 2) return arrayOf(rows);
  let before: readonly Data[] | undefined;
  return arrayOf(
    rows.map((row) => {
      const cells = (decode(Data, row) as { readonly value: readonly Data[] }).value;
      const last = before;
      before = cells;
      const whole = compression === 'partial' && clocks.some((i) => isMidnight(cells[i] as Data));
      if (last === undefined || whole) return row;
      const told = cells.map((cell, i) => {
        const was = last[i] as Data;
        if (clocks.includes(i) && isTime(cell)) return follows(was, cell, period) ? nullData : encode(Data, cell);
        return cellAfter(was, cell, compression === 'delta');
      });
      return concat(structureOf(told.length), ...told);
    }),
  );
}
function cellAfter(was: Data, cell: Data, deltas: boolean): Uint8Array {
  const octets = encode(Data, cell);
  if (equalBytes(octets, encode(Data, was))) return nullData;
  if (!deltas || was.type !== cell.type || !numberTypes.has(cell.type)) return octets;
  const value = (cell as { value: number }).value - (was as { value: number }).value;
  const type = deltaTypes.find(([, most]) => Math.abs(value) <= most)?.[0];
  const delta = type === undefined ? octets : encode(Data, { type, value } as Data);
  return delta.length < octets.length ? delta : octets;
}

const timeOctets = (cell: Data): Uint8Array | undefined => {
  if (cell.type !== 'octet-string' && cell.type !== 'date-time') return undefined;
  const octets = encode(Data, cell).subarray(-12);
  return octets.length === 12 ? octets : undefined;
};
const isTime = (cell: Data): boolean => timeOctets(cell) !== undefined;
function isMidnight(cell: Data): boolean {
  const octets = timeOctets(cell);
  return octets !== undefined && octets[5] === 0 && octets[6] === 0 && octets[7] === 0;
}
/** Whether a time has the same deviation and status, one period later. */
function follows(was: Data, cell: Data, period: number): boolean {
  const [a, b] = [timeOctets(was), timeOctets(cell)];
  if (a === undefined || b === undefined || !equalBytes(a.subarray(9), b.subarray(9))) return false;
  try {
    const at = (octets: Uint8Array): number => toInstant(dateTimeFromBytes(octets), { acceptInvalid: true });
    return period > 0 && at(b) - at(a) === period;
  } catch {
    // No deviation, or not specified.
    return false;
  }
}
