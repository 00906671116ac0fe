import type { Data } from '../axdr/data.js';
import type { Column, Table } from '../axdr/table.js';
import { DlmsError } from '../core/errors.js';
import type { EntryDescriptor, RangeDescriptor } from './classes/profile-generic.js';
import type { CaptureObjectDefinition, ValueDefinition } from './common-types.js';
import { type DateTime, dateTimeFromBytes, dateTimeToBytes, fromInstant, type InstantOptions } from './date-time.js';
import { fillTimes } from './profile-times.js';
import { isClock, registerAttributes, scalerUnitOf } from './registers.js';
import { ScaledValue, scaled } from './scaled.js';
import type { ScalerUnit } from './units.js';

/** One column of a Profile generic. */
export interface ProfileColumn {
  /** Unique in its profile: the logical name, with the attribute when it is not the value; or the caller's choice. */
  readonly name: string;
  readonly object: CaptureObjectDefinition;
  /**
   * `clock`: the time of the row. `date-time`: another time stamp. `scaled`: the value of a register with known scaler
   * and unit. `plain`: anything else.
   */
  readonly kind: 'clock' | 'date-time' | 'scaled' | 'plain';
  readonly scalerUnit?: ScalerUnit;
}
/**
 * The layout of a profile, read once from the meter: what its rows mean. It is pure data; a client does the reading.
 */
export interface Profile {
  readonly columns: readonly ProfileColumn[];
  /** Seconds between rows; 0: not periodic. */
  readonly capturePeriod: number;
  /** The newest row comes first (sort method lifo). */
  readonly newestFirst: boolean;
}
/** What is known about a profile besides its capture objects. */
export interface ProfileOptions {
  /** Attribute 4, in seconds. Default: 0. */
  readonly capturePeriod?: number;
  /** Attribute 5. */
  readonly sortMethod?: string | number;
  /** By logical name; see {@link scalerAttributes}. */
  readonly scalerUnits?: Readonly<Record<string, ScalerUnit>>;
  /** Your own name for a column, for instance from the OBIS tables. */
  readonly name?: (object: CaptureObjectDefinition) => string | undefined;
}

/**
 * The layout of a profile from its capture objects.
 * @param captureObjects attribute 3
 */
export function profile(captureObjects: readonly CaptureObjectDefinition[], options: ProfileOptions = {}): Profile {
  const taken = new Map<string, number>();
  const columns = captureObjects.map((object): ProfileColumn => {
    const scalerUnit = options.scalerUnits?.[object.logicalName];
    const kind = isClock(object)
      ? 'clock'
      : isTime(object)
        ? 'date-time'
        : isValue(object) && scalerUnit !== undefined
          ? 'scaled'
          : 'plain';
    const wanted = options.name?.(object) ?? columnName(object);
    const n = (taken.get(wanted) ?? 0) + 1;
    taken.set(wanted, n);
    const name = n === 1 ? wanted : `${wanted} (${n})`;
    return kind === 'scaled' && scalerUnit !== undefined ? { name, object, kind, scalerUnit } : { name, object, kind };
  });
  return {
    columns,
    capturePeriod: options.capturePeriod ?? 0,
    newestFirst: options.sortMethod === 'lifo' || options.sortMethod === 2,
  };
}

/** The attributes with the scalers and units of the columns, each once: read them before calling {@link profile}. */
export function scalerAttributes(captureObjects: readonly CaptureObjectDefinition[]): ValueDefinition[] {
  const found = new Map<string, ValueDefinition>();
  for (const { classId, logicalName, attributeIndex: value } of captureObjects) {
    const attributeIndex = scalerUnitOf(classId, value);
    if (attributeIndex !== undefined) found.set(logicalName, { classId, logicalName, attributeIndex });
  }
  return [...found.values()];
}

const isTime = (o: CaptureObjectDefinition): boolean =>
  registerAttributes(o.classId)?.times.includes(o.attributeIndex) === true;
const isValue = (o: CaptureObjectDefinition): boolean => scalerUnitOf(o.classId, o.attributeIndex) !== undefined;
const columnName = (o: CaptureObjectDefinition): string =>
  `${o.logicalName}${o.attributeIndex === 2 ? '' : ` attribute ${o.attributeIndex}`}${o.dataIndex === 0 ? '' : ` element ${o.dataIndex}`}`;

// ── selection ────────────────────

/** Options of {@link rangeDescriptor}. */
export interface RangeOptions {
  /** Names of the columns to send. Default: all. Decode the answer with {@link selectColumns}. */
  readonly columns?: readonly string[];
  /**
   * The deviation of the times that are sent, in minutes; `null`: UTC with the deviation unspecified, as some meters
   * demand. Default: 0.
   */
  readonly deviationMinutes?: number | null;
  /** Also sends the day of the week, which some meters refuse. Default: false. */
  readonly withDayOfWeek?: boolean;
  /** The Data type of the bounds: octet-string (the default, which most meters accept) or date-time. */
  readonly as?: 'octet-string' | 'date-time';
}
/**
 * Selective access by time: rows whose clock is between `from` and `to`, both included. Milliseconds since 1970 or a
 * Date are sent with the deviation `deviationMinutes`, by default in UTC. A DateTime is sent as it is, for meters that
 * expect local time with an unspecified deviation.
 * @throws DlmsError `service/unsupported` when no clock is captured, or a column is not.
 */
export function rangeDescriptor(
  p: Profile,
  from: number | Date | DateTime,
  to: number | Date | DateTime,
  options: RangeOptions = {},
): RangeDescriptor {
  const clock = p.columns.find((c) => c.kind === 'clock');
  if (clock === undefined)
    throw new DlmsError('service/unsupported', {
      what: 'a range by time of a profile that does not capture the clock',
    });
  const bound = (at: number | Date | DateTime): Data => ({
    type: options.as ?? 'octet-string',
    value: dateTimeToBytes(moment(at, options)),
  });
  return {
    restrictingObject: clock.object,
    fromValue: bound(from),
    toValue: bound(to),
    selectedValues: options.columns === undefined ? [] : selectColumns(p, options.columns).columns.map((c) => c.object),
  };
}
function moment(at: number | Date | DateTime, { deviationMinutes = 0, withDayOfWeek = false }: RangeOptions): DateTime {
  if (typeof at !== 'number' && !(at instanceof Date)) return at;
  const v = fromInstant(Number(at), deviationMinutes ?? 0);
  return { ...v, deviationMinutes, ...(withDayOfWeek ? {} : { dayOfWeek: null }) };
}

/**
 * Selective access by position: rows and columns are counted from 1; 0 for `toEntry` or `toSelectedValue` means the
 * last one.
 */
export const entryDescriptor = (
  fromEntry = 1,
  toEntry = 0,
  fromSelectedValue = 1,
  toSelectedValue = 0,
): EntryDescriptor => ({
  fromEntry,
  toEntry,
  fromSelectedValue,
  toSelectedValue,
});

/**
 * The profile with only these columns, in the order of the profile: the layout of the answer to a selection.
 * @throws DlmsError `service/unsupported` when the profile has no such column.
 */
export function selectColumns(p: Profile, names: readonly string[]): Profile {
  const missing = names.find((name) => !p.columns.some((c) => c.name === name));
  if (missing !== undefined) throw new DlmsError('service/unsupported', { what: `column ${missing}` });
  return { ...p, columns: p.columns.filter((c) => names.includes(c.name)) };
}

// ── rows ────────────────────

/** A clock or time stamp as DateTime, a register as ScaledValue, anything else as received; null-data is `null`. */
export type ProfileCell = DateTime | ScaledValue | number | bigint | Uint8Array | Data | null;
/** One row of a profile. */
export interface ProfileRow {
  /** Position in the buffer, from 0. */
  readonly index: number;
  /** The time of the row; `undefined` when no clock is captured or the time is not known. */
  readonly clock: DateTime | undefined;
  /** The clock as milliseconds since 1970; `undefined` when it is no instant (see `toInstant`). */
  readonly instant: number | undefined;
  /** The clock was null-data and has been computed from another row and the capture period. */
  readonly computed: boolean;
  /** One cell per column. */
  readonly cells: readonly ProfileCell[];
}
/** How rows are read from a buffer. */
export interface RowOptions extends InstantOptions {
  /**
   * Reads null-data in a value as "the same as in the row before", a meaning that the Blue Book allows. Default: it
   * stays `null`.
   */
  readonly repeat?: boolean;
}

/**
 * The rows of a decoded buffer (see `decodeTable`). Clocks that are null-data are computed from the capture period.
 * @throws DlmsError `decode/invalid-length` when the number of columns is not that of the profile.
 */
export function* profileRows(
  p: Profile,
  table: Table,
  options: RowOptions = {},
): Generator<ProfileRow, void, undefined> {
  if (table.length === 0) return;
  if (table.columns.length !== p.columns.length)
    throw new DlmsError('decode/invalid-length', {
      offset: 0,
      expected: `${p.columns.length} columns`,
      actual: table.columns.length,
    });
  const clockAt = p.columns.findIndex((c) => c.kind === 'clock');
  const clockColumn = table.columns[clockAt];
  const clocks =
    clockColumn === undefined ? [] : Array.from({ length: table.length }, (_, i) => dateTime(raw(clockColumn, i)));
  const times = fillTimes(clocks, p, options);
  const last: ProfileCell[] = new Array(p.columns.length).fill(null);
  for (let i = 0; i < table.length; i++) {
    const time = times[i];
    const cells = p.columns.map((c, j): ProfileCell => {
      if (j === clockAt && time !== undefined) return time.clock ?? cellOf(c, raw(clockColumn as Column, i));
      const cell = cellOf(c, raw(table.columns[j] as Column, i));
      if (cell === null && options.repeat === true) return last[j] ?? null;
      last[j] = cell;
      return cell;
    });
    yield { index: i, clock: time?.clock, instant: time?.instant, computed: time?.computed ?? false, cells };
  }
}

function raw(column: Column, i: number): number | bigint | Uint8Array | Data | null {
  if (column.absent?.[i] === 1) return null;
  if (column.type === 'octets') return column.values.subarray(i * column.width, (i + 1) * column.width);
  return column.values[i] ?? null;
}
function cellOf(column: ProfileColumn, cell: ReturnType<typeof raw>): ProfileCell {
  if (column.kind === 'clock' || column.kind === 'date-time') return dateTime(cell) ?? cell;
  if (column.scalerUnit === undefined || cell === null || cell instanceof Uint8Array) return cell;
  return typeof cell === 'object'
    ? (scaled(cell, column.scalerUnit) ?? cell)
    : new ScaledValue(cell, column.scalerUnit);
}
/** A date-time from twelve octets, bare or as Data. */
function dateTime(cell: ReturnType<typeof raw>): DateTime | undefined {
  const octets =
    cell instanceof Uint8Array
      ? cell
      : typeof cell === 'object' && cell !== null && 'value' in cell
        ? cell.value
        : undefined;
  return octets instanceof Uint8Array && octets.length === 12 ? dateTimeFromBytes(octets) : undefined;
}
