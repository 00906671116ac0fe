import type { Column, Table } from '../axdr/table.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { ProfileGeneric, ProfileGenericV0 } from '../cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../cosem/common-types.js';
import {
  type Profile,
  type ProfileCell,
  type ProfileColumn,
  type ProfileRow,
  profileRows,
  type RowOptions,
  selectColumns,
} from '../cosem/profile.js';
import { type CsvOptions, type ProfileJson, profileCsv, profileJson, profileText } from '../cosem/profile-text.js';
import { findTimeFindings, type TimeFinding } from '../cosem/profile-times.js';
import { statusNames } from '../cosem/status.js';
import type { CallOptions } from './client.js';

/** How this meter expects a selection by time or by position. Its answers are read in any form. */
export interface RangeForm {
  /** Data type of the bounds. Default: octet-string, which most meters accept. */
  readonly as?: 'octet-string' | 'date-time';
  /**
   * `specified` (default): local time with its deviation. `unspecified`: local time with deviation 8000. `inverted`:
   * with the opposite sign, as some meters use it contrary to the Blue Book (their rows are then read likewise).
   */
  readonly deviation?: 'specified' | 'unspecified' | 'inverted';
  /**
   * Minutes from the local time of the meter to UTC, negative east of Greenwich. Default: the meter's clock is asked
   * once.
   */
  readonly deviationMinutes?: number;
  /** Includes the day of the week in the bounds. Default: false; it is not specified. */
  readonly withDayOfWeek?: boolean;
  /**
   * Whether the meter can send single columns. Default: true. If false, or if it sends all columns anyway, the others
   * are dropped here.
   */
  readonly columnSelection?: boolean;
  /**
   * What is sent as to_entry if a selection by position has no end. `entries-in-use` (default): the number of the last
   * row, which is read from the meter first; 0 if the meter does not say. `zero`: 0, which means the last row according
   * to the Blue Book and saves a request; some meters answer it with nothing, refuse it, or break.
   */
  readonly lastEntry?: 'entries-in-use' | 'zero';
}
/** Options of {@link openProfile}. */
export interface OpenProfileOptions extends RowOptions, CallOptions {
  /** Default: version 1. */
  readonly definition?: typeof ProfileGeneric | typeof ProfileGenericV0;
  /** Names of the columns. Default: the meaning of the OBIS code, e.g. `Active import (+A, QI+QIV) energy`. */
  readonly name?: (object: CaptureObjectDefinition) => string | undefined;
  /** Names of the bits of status columns. Default: bits stay numbers. */
  readonly statusNames?: Readonly<Partial<Record<number, string>>>;
  /** Which columns are status words. Default: values of the objects 0-b:96.10.e (profile status). */
  readonly isStatus?: (object: CaptureObjectDefinition) => boolean;
  readonly range?: RangeForm;
  /** A layout read earlier (`reader.layout`); then it is not read from the meter. */
  readonly layout?: ProfileLayout;
}
/** What is read once about a profile. Plain data, so it can be stored. */
export interface ProfileLayout extends Profile {
  /** Whether the rows are in the order of their time (sort method fifo or lifo). */
  readonly sortedByTime: boolean;
  /** Registers whose scaler and unit could not be read, and why; their values stay raw numbers. */
  readonly withoutScaler: Readonly<Record<string, string>>;
}

/** The rows that were read, as rows and as columns. */
export class ProfileData {
  /** The columns that were read. */
  readonly layout: ProfileLayout;
  /** Columns as typed arrays, without scalers. */
  readonly table: Table;
  readonly #options: OpenProfileOptions;
  #rows: readonly ProfileRow[] | undefined;
  constructor(
    layout: ProfileLayout,
    columns: readonly number[] | undefined,
    table: Table,
    options: OpenProfileOptions,
  ) {
    this.layout =
      columns === undefined
        ? layout
        : {
            ...layout,
            ...selectColumns(
              layout,
              columns.map((i) => (layout.columns[i] as ProfileColumn).name),
            ),
          };
    this.table = table;
    this.#options = options;
  }
  get length(): number {
    return this.table.length;
  }
  get rows(): readonly ProfileRow[] {
    const { range } = this.#options;
    this.#rows ??= [
      ...profileRows(this.layout, this.table, {
        ...this.#options,
        ...(range?.deviation === 'inverted' ? { invertedDeviation: true } : {}),
        ...(range?.deviationMinutes !== undefined && this.#options.deviationMinutes === undefined
          ? { deviationMinutes: range.deviationMinutes }
          : {}),
      }),
    ];
    return this.#rows;
  }
  /** The rows in order. */
  [Symbol.iterator](): Iterator<ProfileRow> {
    return this.rows[Symbol.iterator]();
  }
  /** Gaps, duplicates and rows out of order; empty for a profile that is not sorted by time. */
  get findings(): readonly TimeFinding[] {
    return this.layout.sortedByTime ? findTimeFindings(this.rows, this.layout) : [];
  }
  /** One column as decoded, by name, logical name or position (from 0). */
  column(which: string | number): Column {
    const index = columnIndex(this.layout, which);
    return this.table.columns[index] ?? { type: 'data', dataType: 'null-data', values: [], absent: undefined };
  }
  /**
   * The numbers of a column with the scaler applied, NaN where there is none: for charts and sums. The rows have the
   * exact values.
   */
  numbers(which: string | number): Float64Array {
    const { scalerUnit } = this.layout.columns[columnIndex(this.layout, which)] as ProfileColumn;
    const column = this.column(which);
    const power = scalerUnit?.scaler ?? 0;
    // 10^3 has an exact binary form, but 10^-3 has not: a division rounds only once.
    const factor = 10 ** Math.abs(power);
    return Float64Array.from({ length: this.length }, (_, i) => {
      const v = column.absent?.[i] === 1 ? undefined : numberAt(column, i);
      return v === undefined ? Number.NaN : power < 0 ? v / factor : v * factor;
    });
  }
  /** The times of the rows in milliseconds since 1970-01-01T00:00:00Z; NaN where a row has none. */
  get instants(): Float64Array {
    return Float64Array.from(this.rows, (r) => r.instant ?? Number.NaN);
  }
  /** The cells of a row by column name; status words as the names of their bits. */
  values(row: ProfileRow): Record<string, RowCell> {
    return rowValues(this.layout, row, this.#options);
  }
  /** The rows as comma-separated values. */
  toCsv(options?: CsvOptions): string {
    return profileCsv(this.layout, this.#printed(), options);
  }
  /** The rows in a form for JSON. */
  toJson(): ProfileJson {
    return profileJson(this.layout, this.#printed());
  }
  /** A table with aligned columns and units in the heading, for a terminal. */
  toText(): string {
    return profileText(this.layout, this.#printed());
  }
  /** The rows, with status words spelled out. */
  *#printed(): Generator<ProfileRow> {
    for (const row of this.rows) {
      const cells = row.cells.map((cell, i): ProfileCell => {
        const named = statusOf(this.layout.columns[i] as ProfileColumn, cell, this.#options);
        return named === undefined || this.#options.statusNames === undefined
          ? cell
          : { type: 'visible-string', value: named.join(' ') };
      });
      yield { ...row, cells };
    }
  }
}

/** A cell of a row, with a status word as the list of its bits. */
export type RowCell = ProfileCell | readonly (string | number)[];
export function rowValues(layout: Profile, row: ProfileRow, options: OpenProfileOptions): Record<string, RowCell> {
  return Object.fromEntries(
    layout.columns.map((c, i) => [c.name, statusOf(c, row.cells[i] ?? null, options) ?? row.cells[i] ?? null]),
  );
}

/** @throws DlmsError `service/unsupported` for a column that does not exist */
export function columnIndex({ columns }: Profile, which: string | number): number {
  const index =
    typeof which === 'number' ? which : columns.findIndex((c) => c.name === which || c.object.logicalName === which);
  if (columns[index] === undefined)
    throw new DlmsError('service/unsupported', {
      what: `column ${String(which).slice(0, 80)} (there are ${columns.map((c) => c.name).join('; ')})`,
    });
  return index;
}
function numberAt(column: Column, i: number): number | undefined {
  if (column.type === 'octets') return undefined;
  const cell = column.values[i];
  const value = typeof cell === 'object' ? ('value' in cell ? cell.value : undefined) : cell;
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}
/** The bits of a status column; undefined for any other cell. */
function statusOf(
  { object }: ProfileColumn,
  cell: ProfileCell,
  options: OpenProfileOptions,
): readonly (string | number)[] | undefined {
  if (cell === null || !(options.isStatus ?? profileStatus)(object)) return undefined;
  try {
    if (typeof cell === 'number' && cell >= 0)
      return statusNames({ type: 'double-long-unsigned', value: cell }, options.statusNames ?? {});
    if (typeof cell === 'bigint' && cell >= 0n)
      return statusNames({ type: 'long64-unsigned', value: cell }, options.statusNames ?? {});
    if (cell instanceof Uint8Array)
      return statusNames({ type: 'octet-string', value: cell }, options.statusNames ?? {});
    return typeof cell === 'object' && 'type' in cell ? statusNames(cell, options.statusNames ?? {}) : undefined;
  } catch (e) {
    // Not a status word after all.
    if (isDlmsError(e)) return undefined;
    throw e;
  }
}
const profileStatus = ({ classId, logicalName, attributeIndex }: CaptureObjectDefinition): boolean =>
  (classId === 1 || classId === 3 || classId === 63) &&
  attributeIndex === 2 &&
  /^0-\d+:96\.10\.\d+\*/.test(logicalName);
