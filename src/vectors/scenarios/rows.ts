import { Data } from '../../axdr/data.js';
import { encode } from '../../axdr/schema.js';
import { formatHex } from '../../core/hex.js';
import { DateTime } from '../../cosem/date-time.js';
import type { ProfileCell } from '../../cosem/profile.js';
import { matches, mismatch } from './compare.js';
import { isRecord, type Json, notationOf } from './notation.js';
import { type Expectation, Mismatch, type Step, Unsupported } from './scenario.js';

// What clients see of buffers and lists.

export const check = (reason: string | undefined): void => {
  if (reason !== undefined) throw new Mismatch(reason);
};
/** The names in a list of structures that begin with one. */
export const firstMembers = (list: Json): Json =>
  (list as readonly Json[]).map((e) => (isRecord(e) ? Object.values(e)[0] : e) as Json);
export function names(got: Json, ln: string, wanted: boolean): void {
  if (JSON.stringify(got).includes(`"${ln}"`) !== wanted)
    throw new Mismatch(`${wanted ? 'no' : 'a'} reference to ${ln} in ${JSON.stringify(got).slice(0, 200)}`);
}
/** Logical names of an object list. */
export const namesIn = (list: Json): Json =>
  (list as readonly { readonly logical_name: string }[]).map((o) => o.logical_name);
/** A cell of a row in the notation. */
export function cellOf(cell: ProfileCell): Json {
  if (cell === null || typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return Number(cell);
  if (cell instanceof Uint8Array) return formatHex(cell);
  if ('year' in cell) return formatHex(encode(DateTime, cell).subarray(2));
  return notationOf(Data, cell);
}
/** Rows of a buffer that came as an array of structures. */
export function rowsOf(got: Json): readonly (readonly Json[])[] | undefined {
  const array = isRecord(got) ? got.array : got;
  if (!Array.isArray(array)) return undefined;
  return array.map((row) => (isRecord(row) ? (row.structure as readonly Json[]) : (row as readonly Json[])));
}

/** What an expectation says of the rows of a buffer. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one kind of expectation after the other
export function expectRows(e: Step | Expectation, got: Json): void {
  const rows = rowsOf(got);
  if (rows === undefined) throw new Mismatch(`expected rows, got ${JSON.stringify(got)?.slice(0, 200)}`);
  const columns = e.columns as readonly number[] | undefined;
  const shown = columns === undefined ? rows : rows.map((r) => columns.map((c) => r[c - 1] as Json));
  const expected = (e.rows ?? e.firstRows ?? e.lastRows) as Json[] | undefined;
  const second = rows.map((r) => r[1] as Json);
  if (expected !== undefined) {
    const part =
      e.firstRows !== undefined
        ? shown.slice(0, expected.length)
        : e.lastRows !== undefined
          ? shown.slice(-expected.length)
          : shown;
    check(mismatch(expected, part));
  } else if (e.containsCodes !== undefined) {
    for (const code of e.containsCodes as Json[])
      if (!second.some((s) => matches(code, s)))
        throw new Mismatch(`no row with code ${code as number} in ${JSON.stringify(second)}`);
  } else if (e.codes !== undefined) check(mismatch(e.codes, second));
  else if (e.noRowWithCode !== undefined) {
    if (second.some((s) => matches(e.noRowWithCode, s)))
      throw new Mismatch(`a row with code ${String(e.noRowWithCode)}`);
  } else if (e.noRowWithClock !== undefined) {
    for (const time of e.noRowWithClock as Json[])
      if (rows.some((r) => matches(time, r[0]))) throw new Mismatch(`a row of ${String(time)}`);
  } else if (e.countRowsWithClock !== undefined) {
    if (!isRecord(e.countRowsWithClock)) throw new Unsupported('countRowsWithClock');
    for (const [time, count] of Object.entries(e.countRowsWithClock))
      check(mismatch(count, rows.filter((r) => matches(time, r[0])).length));
  } else if (isRecord(e.rowCellIsStructureContaining)) {
    const { row, column, value } = e.rowCellIsStructureContaining;
    const cell = rows[Number(row) - 1]?.[Number(column) - 1];
    const members = isRecord(cell) ? Object.values(cell)[0] : cell;
    if (!Array.isArray(members) || !members.some((m) => matches(value, m)))
      throw new Mismatch(`no ${String(value)} in ${JSON.stringify(cell)}`);
  } else throw new Unsupported(`expectation ${Object.keys(e).join(', ')}`);
}
