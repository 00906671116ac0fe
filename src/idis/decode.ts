import type { Data } from '../axdr/data.js';
import { type DateTime, dateTimeFromBytes } from '../cosem/date-time.js';
import type { Obis } from '../cosem/obis.js';
import { matchObis } from '../cosem/obis-match.js';
import { statusBits } from '../cosem/status.js';
import type { BitField, BitRow, CompanionProfile, EventCode, EventLog } from './profile.js';

/** An event code with its meaning in a profile; a code that the profile does not know has no name. */
export interface DecodedEvent extends Partial<Omit<EventCode, 'code'>> {
  readonly code: number;
}
/**
 * The meaning of an event code in a log. Without a log, all logs are searched; a code with different meanings in
 * several logs then has no name.
 * @param log the name of the log, or the OBIS code of its profile or event object
 */
export function decodeEvent(profile: CompanionProfile, code: number, log?: string): DecodedEvent {
  const name = log === undefined ? undefined : (logOf(profile, log)?.name ?? log);
  const rows = profile.events.filter(
    (e) => e.code === code && (name === undefined || e.log === name || e.log === 'all' || e.log === 'unknown'),
  );
  const own = rows.find((e) => e.log === name) ?? rows[0];
  return own === undefined || (name === undefined && rows.some((e) => e.name !== own.name)) ? { code } : own;
}

/** The log with this name, or with this OBIS code of its Profile generic object or event object. */
export function logOf(profile: CompanionProfile, obisOrName: string): EventLog | undefined {
  if (!/^[\d.:*-]+$/.test(obisOrName)) return profile.eventLogs.find((l) => l.name === obisOrName);
  return profile.eventLogs.find(
    (l) => matchObis(l.profile, obisOrName) || (l.eventObject !== undefined && matchObis(l.eventObject, obisOrName)),
  );
}
/** A column of an event log: the captured attribute. */
export interface CapturedObject {
  readonly classId: number;
  readonly logicalName: Obis | string;
  readonly attributeIndex: number;
}
/**
 * Which log a Profile generic object really is: manufacturers swap instances 2 to 5, but the event object among the
 * capture objects tells. Undefined when no column is the event object of a log.
 */
export function logOfColumns(profile: CompanionProfile, columns: readonly CapturedObject[]): EventLog | undefined {
  const isEvent = (c: CapturedObject, log: EventLog) =>
    c.attributeIndex === 2 && log.eventObject !== undefined && matchObis(log.eventObject, c.logicalName);
  return profile.eventLogs.find((log) => columns.some((c) => isEvent(c, log)));
}

/** One entry of an event log. */
export interface LoggedEvent {
  /** Undefined when the row has no clock (null-data, or no clock column). */
  readonly dateTime: DateTime | undefined;
  /** Undefined when the row has no code. */
  readonly event: DecodedEvent | undefined;
  /** The other columns as received, for instance the threshold of a limiter. */
  readonly others: readonly (CapturedObject & { readonly value: Data })[];
}
/**
 * The rows of an event log, read by its capture objects. Of a row with another number of cells, those that have a
 * column are read.
 */
export function decodeEventLog(
  profile: CompanionProfile,
  columns: readonly CapturedObject[],
  buffer: Data,
): LoggedEvent[] {
  const log = logOfColumns(profile, columns);
  const rows = buffer.type === 'array' || buffer.type === 'structure' ? buffer.value : [];
  return rows.map((row) => {
    const cells = row.type === 'structure' || row.type === 'array' ? row.value : [row];
    let dateTime: DateTime | undefined;
    let event: DecodedEvent | undefined;
    const others: (CapturedObject & { value: Data })[] = [];
    for (const [i, value] of cells.entries()) {
      const column = columns[i];
      if (column === undefined) continue;
      const isCode =
        log?.eventObject !== undefined && matchObis(log.eventObject, column.logicalName) && column.attributeIndex === 2;
      const code = isCode ? eventCode(value) : undefined;
      if (
        column.classId === 8 &&
        (value.type === 'octet-string' || value.type === 'date-time') &&
        value.value.length === 12
      )
        dateTime = dateTimeFromBytes(value.value);
      else if (code !== undefined) event = decodeEvent(profile, code, log?.name);
      else if (value.type !== 'null-data' || !(isCode || column.classId === 8)) others.push({ ...column, value });
    }
    return { dateTime, event, others };
  });
}
/** The number in an event object, whatever numeric type it has. */
export const eventCode = (value: Data): number | undefined =>
  'value' in value && typeof value.value === 'number' ? value.value : undefined;

/** A bit that is set; a bit that the profile does not know has no name. */
export interface DecodedBit extends Partial<Omit<BitRow, 'bit'>> {
  readonly bit: number;
}
/**
 * The bit field of a profile with this id (`alarm 1`, `profile status`), or with the OBIS code of an object that holds
 * it.
 */
export const bitFieldOf = (profile: CompanionProfile, idOrObis: string): BitField | undefined =>
  profile.bitFields.find(
    (f) => f.id === idOrObis || (/^\d/.test(idOrObis) && f.objects.some((o) => matchObis(o, idOrObis))),
  );

/**
 * The bits that are set in an alarm register, filter or descriptor, an error register or a profile status, lowest
 * first.
 * @throws DlmsError `encode/invalid-value` when the value is not a status word (an unsigned integer, bit-string or
 * octet-string).
 */
export function decodeBits(profile: CompanionProfile, idOrObis: string, value: Data): DecodedBit[] {
  const rows = bitFieldOf(profile, idOrObis)?.bits ?? [];
  return statusBits(value).map((bit) => rows.find((row) => row.bit === bit) ?? { bit });
}
