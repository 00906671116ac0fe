import { formatHex } from '../core/hex.js';
import type { DateTime } from './date-time.js';
import { formatDateTime } from './date-time-text.js';
import type { Profile, ProfileCell, ProfileColumn, ProfileRow } from './profile.js';
import { ScaledValue } from './scaled.js';
import { type Unit, unitSymbol } from './units.js';

/** Options of {@link profileCsv}. */
export interface CsvOptions {
  /** Default: `,`. Spreadsheets in countries with a decimal comma often expect `;`. */
  readonly separator?: string;
  /** The decimal separator. Default: `.`. */
  readonly decimal?: string;
}

/**
 * Rows as comma-separated values (RFC 4180); lines end in CR LF. The first line has the names and units of the columns.
 * Registers are exact decimals, times are ISO 8601, octets hexadecimal, null-data is empty. Text that a spreadsheet
 * would take for a formula is prefixed with an apostrophe.
 */
export function profileCsv(p: Profile, rows: Iterable<ProfileRow>, options: CsvOptions = {}): string {
  const { separator = ',', decimal = '.' } = options;
  const line = (cells: readonly string[]) => `${cells.map((cell) => quoted(cell, separator)).join(separator)}\r\n`;
  let out = line(p.columns.map(columnTitle));
  for (const row of rows)
    out += line(
      row.cells.map((cell) => {
        const text = cellText(cell);
        return isNumeric(cell) ? text.replace('.', decimal) : harmless(text);
      }),
    );
  return out;
}
/** The heading of a column: its name, with its unit in square brackets. */
export function columnTitle({ name, scalerUnit }: ProfileColumn): string {
  const unit = scalerUnit === undefined ? '' : unitSymbol(scalerUnit.unit);
  return unit === '' ? name : `${name} [${unit}]`;
}
const isNumeric = (cell: ProfileCell): boolean =>
  cell instanceof ScaledValue || typeof cell === 'number' || typeof cell === 'bigint';
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const quoted = (text: string, separator: string): string =>
  text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A profile as JSON; see {@link profileJson}. */
export interface ProfileJson {
  readonly columns: readonly {
    readonly name: string;
    readonly classId: number;
    readonly logicalName: string;
    readonly attribute: number;
    readonly unit?: Unit;
  }[];
  readonly rows: readonly {
    readonly time?: string;
    readonly computed?: true;
    readonly cells: readonly (string | number | null)[];
  }[];
}
/**
 * Rows for JSON. Registers and 64-bit integers are decimal strings, exact to the last digit; other numbers are numbers;
 * the rest is as in {@link profileCsv}.
 */
export const profileJson = (p: Profile, rows: Iterable<ProfileRow>): ProfileJson => ({
  columns: p.columns.map(({ name, object, scalerUnit }) => ({
    name,
    classId: object.classId,
    logicalName: object.logicalName,
    attribute: object.attributeIndex,
    ...(scalerUnit === undefined ? {} : { unit: scalerUnit.unit }),
  })),
  rows: Array.from(rows, (row) => ({
    ...(row.clock === undefined ? {} : { time: formatDateTime(row.clock) }),
    ...(row.computed ? { computed: true as const } : {}),
    cells: row.cells.map((cell) =>
      cell === null || (typeof cell === 'number' && Number.isFinite(cell)) ? cell : cellText(cell),
    ),
  })),
});

/**
 * Rows as a table for a terminal, with aligned columns and a heading with units; registers are right-aligned. Every
 * line ends in LF.
 */
export function profileText(p: Profile, rows: Iterable<ProfileRow>): string {
  const lines = [p.columns.map(columnTitle), ...Array.from(rows, (row) => row.cells.map(cellText))];
  const widths = p.columns.map((_, j) => lines.reduce((n, line) => Math.max(n, (line[j] ?? '').length), 0));
  const padded = (text: string, j: number): string =>
    p.columns[j]?.kind === 'scaled' ? text.padStart(widths[j] ?? 0) : text.padEnd(widths[j] ?? 0);
  return lines.map((line) => `${line.map(padded).join('  ').trimEnd()}\n`).join('');
}

/** One cell as text: exact decimals, ISO 8601, hexadecimal octets; null-data is empty. */
export function cellText(cell: ProfileCell): string {
  if (cell === null) return '';
  if (cell instanceof ScaledValue) return cell.toDecimalString();
  if (typeof cell !== 'object') return String(cell);
  if (cell instanceof Uint8Array) return formatHex(cell);
  if ('year' in cell) return formatDateTime(cell satisfies DateTime);
  if (!('value' in cell)) return '';
  const { value } = cell;
  if (typeof value === 'object') return value instanceof Uint8Array ? formatHex(value) : value.map(cellText).join(' ');
  return String(value);
}
