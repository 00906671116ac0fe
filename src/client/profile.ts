import { oneOfEach } from '../axdr/decode-noting.js';
import { type Column, decodeTable, type Table } from '../axdr/table.js';
import type { Quirk } from '../core/cursor.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import { Clock } from '../cosem/classes/clock.js';
import { ProfileGeneric } from '../cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition, ValueDefinition } from '../cosem/common-types.js';
import { type DateTime, fromInstant, type InstantOptions } from '../cosem/date-time.js';
import type { Selection } from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import { describeObis } from '../cosem/obis-describe.js';
import { entryDescriptor, type ProfileColumn, profile, rangeDescriptor, scalerAttributes } from '../cosem/profile.js';
import type { TimeFinding } from '../cosem/profile-times.js';
import { type ScalerUnit, ScalerUnit as ScalerUnitSchema } from '../cosem/units.js';
import type { CallOptions, Client, GetTarget } from './client.js';
import { target } from './descriptors.js';
import { columnIndex, type OpenProfileOptions, ProfileData, type ProfileLayout } from './profile-data.js';
import { type ProfileMarker, type StreamRow, StreamTracker, timeOrder } from './profile-stream.js';

/** Rows between two times, both included. Default: from the oldest to the newest. */
export interface TimeSelection {
  readonly from?: Date | DateTime | number;
  readonly to?: Date | DateTime | number;
}
/** Which rows and columns of a profile to read. */
export interface ReadProfileOptions extends TimeSelection, CallOptions {
  /** Rows by position instead, from 1. `to` is 0 or omitted for the last one (see `RangeForm.lastEntry`). */
  readonly entries?: { readonly from?: number; readonly to?: number };
  /** Columns by name, logical name or position (from 0). Default: all. */
  readonly columns?: readonly (string | number)[];
}
/** Options of {@link ProfileReader.rows}. */
export interface RowsOptions extends ReadProfileOptions {
  /** How much to read in one request; a number counts rows. Default: everything at once. */
  readonly chunk?: 'hour' | 'day' | 'week' | number;
  /** The `marker` of the last row received: continues after that row. The other options must be the same as before. */
  readonly resumeFrom?: ProfileMarker;
  /**
   * Called when the connection breaks. It returns a connected client (the same or a new one), and reading continues
   * after the last row. Without it, or if it throws, the error ends the iteration.
   */
  readonly reconnect?: (error: DlmsError, attempt: number) => Promise<Client>;
  /** Called for gaps, duplicates and rows out of order. */
  readonly onFinding?: (finding: TimeFinding) => void;
}

/**
 * Reads once what has to be known about a Profile generic: capture objects, capture period, order, and the scaler and
 * unit of each register column (in one request if the meter supports lists).
 *
 * @example
 * const profile = await openProfile(client, '1-0:99.1.0*255');
 * const november = { from: new Date('2026-11-01'), to: new Date('2026-12-01'), chunk: 'day' } as const;
 * for await (const row of profile.rows(november)) console.log(row.clock, row.values);
 *
 * @throws DlmsError `service/data-access` when the capture objects cannot be read
 */
export async function openProfile(
  client: Client,
  logicalName: Obis,
  options: OpenProfileOptions = {},
): Promise<ProfileReader> {
  return new ProfileReader(
    client,
    logicalName,
    options.layout ?? (await readLayout(client, logicalName, options)),
    options,
  );
}
/** Combines {@link openProfile} and {@link ProfileReader.read}. */
export async function readProfile(
  client: Client,
  logicalName: Obis,
  options: OpenProfileOptions & ReadProfileOptions = {},
): Promise<ProfileData> {
  return (await openProfile(client, logicalName, options)).read(options);
}

/**
 * A profile whose layout is known. It keeps no state but the deviation of the meter's clock, so any number of reads may
 * run, one after the other or interleaved.
 */
export class ProfileReader {
  readonly client: Client;
  readonly logicalName: Obis;
  readonly layout: ProfileLayout;
  readonly options: OpenProfileOptions;
  #deviation: number | undefined;

  constructor(client: Client, logicalName: Obis, layout: ProfileLayout, options: OpenProfileOptions = {}) {
    this.client = client;
    this.logicalName = logicalName;
    this.layout = layout;
    this.options = options;
    this.#deviation = options.range?.deviationMinutes;
  }
  /** A reader of the same profile over another connection. */
  with(client: Client): ProfileReader {
    const reader = new ProfileReader(client, this.logicalName, this.layout, this.options);
    reader.#deviation = this.#deviation;
    return reader;
  }

  /**
   * Reads rows in one request: all, by time, or by position. They are decoded by columns, straight from the octets
   * received.
   * @throws DlmsError `service/data-access` when the meter refuses the selection: see {@link RangeForm};
   *   `service/unsupported` for a range without a clock column
   */
  async read(options: ReadProfileOptions = {}): Promise<ProfileData> {
    const { layout } = this;
    const columns = options.columns?.map((which) => columnIndex(layout, which)).sort((a, b) => a - b);
    const byTime = options.from !== undefined || options.to !== undefined;
    if (byTime && options.entries !== undefined)
      throw new DlmsError('service/unsupported', { what: 'a selection by time and by entry at once' });
    const sent = byTime ? await this.#byTime(options, columns) : await this.#byEntry(options, columns);
    if (sent === 'nothing') return new ProfileData(layout, columns, { length: 0, columns: [] }, this.options);
    const table = await this.#fetch(sent, options);
    return this.#understood(table, columns, sent?.asked);
  }

  /**
   * Iterates over rows, reading them in chunks. By time, the oldest comes first, whatever the order in the meter; by
   * entry, they come in the order of the meter. A row on the edge of two chunks comes only once. Each row has a
   * `marker` from which another iteration can continue.
   */
  async *rows(options: RowsOptions = {}): AsyncGenerator<StreamRow, void, undefined> {
    let reader: ProfileReader = this;
    let attempt = 0;
    const tracker = new StreamTracker(this.layout, options.resumeFrom);
    const columns = this.#withClock(options);
    const plan = this.#plan(options);
    let step = plan.next(undefined);
    while (step.done !== true) {
      let data: ProfileData;
      try {
        data = await reader.read({ ...step.value, ...columns, ...callOptions(options) });
        attempt = 0;
      } catch (e) {
        if (options.reconnect === undefined || !isDlmsError(e) || !/^(transport|association\/not-open)/.test(e.code))
          throw e;
        reader = reader.with(await options.reconnect(e, ++attempt));
        continue;
      }
      const byTime = step.value.from !== undefined || step.value.to !== undefined;
      tracker.times = reader.#times();
      for (const row of tracker.take(data, byTime ? undefined : (step.value.entries?.from ?? 1))) {
        for (const finding of row.findings) options.onFinding?.(finding);
        yield row;
      }
      step = plan.next(data.length);
    }
  }

  /** Yields the selections to read, one after the other; resumed with the number of rows that the last one brought. */
  *#plan(options: RowsOptions): Generator<ReadProfileOptions, void, number | undefined> {
    const { from, to, resumeFrom } = options;
    if (resumeFrom !== undefined && (resumeFrom.by === 'time') !== (from !== undefined || to !== undefined))
      throw new DlmsError('service/unsupported', { what: `resuming by ${resumeFrom.by} in another kind of selection` });
    yield* from === undefined && to === undefined ? this.#chunksOfEntries(options) : this.#chunksOfTime(options);
  }
  *#chunksOfEntries({
    chunk,
    entries,
    resumeFrom,
  }: RowsOptions): Generator<ReadProfileOptions, void, number | undefined> {
    const last = entries?.to ?? 0;
    // The row of the marker is read again, to check that it is still there.
    let next = resumeFrom?.by === 'entry' ? resumeFrom.entry : (entries?.from ?? 1);
    if (typeof chunk === 'string')
      throw new DlmsError('service/unsupported', { what: `chunks of a ${chunk} without a time range` });
    if (chunk === undefined)
      yield entries === undefined && resumeFrom === undefined ? {} : { entries: { from: next, to: last } };
    while (chunk !== undefined && (last === 0 || next <= last)) {
      const until = next + positive(chunk) - 1;
      const received = yield { entries: { from: next, to: last === 0 ? until : Math.min(until, last) } };
      if ((received ?? 0) < chunk) return;
      next = until + 1;
    }
  }
  *#chunksOfTime({
    chunk,
    from,
    to,
    resumeFrom,
  }: RowsOptions): Generator<ReadProfileOptions, void, number | undefined> {
    const width =
      typeof chunk === 'number'
        ? positive(chunk) * this.layout.capturePeriod * 1000
        : chunk === undefined
          ? 0
          : widths[chunk];
    if (from === undefined && width > 0)
      throw new DlmsError('service/unsupported', { what: 'chunks of a time range without a start' });
    const end = to === undefined ? Date.now() : this.#moment(to);
    let start = resumeFrom?.by === 'time' ? resumeFrom.order : from === undefined ? undefined : this.#moment(from);
    if (start === undefined || width === 0) {
      yield { ...(start === undefined ? {} : { from: start }), to: end };
      return;
    }
    do {
      const until: number = Math.min(start + width, end);
      yield { from: start, to: until };
      start = until;
    } while (start < end);
  }
  #times(): InstantOptions {
    const deviation = this.options.deviationMinutes ?? this.#deviation;
    return {
      ...(deviation === undefined ? {} : { deviationMinutes: deviation }),
      ...(this.options.range?.deviation === 'inverted' || this.options.invertedDeviation === true
        ? { invertedDeviation: true }
        : {}),
    };
  }
  /** Rows by time are told apart by their clock, so it is read even if it is not among the wanted columns. */
  #withClock({ columns, from, to }: RowsOptions): Pick<ReadProfileOptions, 'columns'> {
    if (columns === undefined) return {};
    const clock = this.layout.columns.findIndex((c) => c.kind === 'clock');
    const wanted = columns.map((which) => columnIndex(this.layout, which));
    return {
      columns:
        (from === undefined && to === undefined) || clock < 0 || wanted.includes(clock) ? wanted : [clock, ...wanted],
    };
  }
  #moment(at: Date | DateTime | number): number {
    if (typeof at === 'number') return at;
    return at instanceof Date ? at.getTime() : timeOrder(at, this.#times());
  }

  async #byTime(
    { from = oldest, to = newest, signal }: ReadProfileOptions,
    columns: readonly number[] | undefined,
  ): Promise<Request> {
    const { layout } = this;
    const form = this.options.range ?? {};
    const bound = async (at: Date | DateTime | number): Promise<DateTime> => {
      if (typeof at === 'object' && !(at instanceof Date)) return at;
      const minutes = await this.#meterDeviation(signal);
      const local = fromInstant(Number(at), minutes);
      return {
        ...local,
        deviationMinutes:
          form.deviation === 'unspecified' ? null : form.deviation === 'inverted' ? 0 - minutes : minutes,
        ...(form.withDayOfWeek === true ? {} : { dayOfWeek: null }),
      };
    };
    const asked = form.columnSelection === false ? undefined : columns;
    const parameters = rangeDescriptor(layout, await bound(from), await bound(to), {
      as: form.as ?? 'octet-string',
      ...(asked === undefined ? {} : { columns: asked.map((i) => (layout.columns[i] as ProfileColumn).name) }),
    });
    return { selection: { by: 'range', parameters }, asked };
  }
  /**
   * A selection by position can only have adjacent columns: those from the first to the last wanted one. If there are
   * no such rows, nothing is requested.
   */
  async #byEntry(
    { entries, signal }: ReadProfileOptions,
    columns: readonly number[] | undefined,
  ): Promise<Request | 'nothing' | undefined> {
    const wanted = this.options.range?.columnSelection === false ? undefined : columns;
    if (entries === undefined && wanted === undefined) return undefined;
    const first = wanted?.[0] ?? 0;
    const last = wanted === undefined ? 0 : (wanted.at(-1) as number) + 1;
    const from = entries?.from ?? 1;
    const to = (entries?.to ?? 0) || (await this.#lastEntry(signal));
    if (to !== undefined && to < from) return 'nothing';
    const parameters = entryDescriptor(from, to ?? 0, first + 1, last);
    return {
      selection: { by: 'entry', parameters },
      asked: wanted === undefined ? undefined : Array.from({ length: last - first }, (_, i) => first + i),
    };
  }
  /** Number of the last row, if the meter says. */
  async #lastEntry(signal: AbortSignal | undefined): Promise<number | undefined> {
    if (this.options.range?.lastEntry === 'zero') return undefined;
    const definition = (this.options.definition ?? ProfileGeneric) as typeof ProfileGeneric;
    const entriesInUse: GetTarget = {
      descriptor: target(definition, this.logicalName, 'entriesInUse'),
      schema: definition.attributes.entriesInUse.schema,
      label: `${definition.name} ${this.logicalName} entriesInUse`,
    };
    const [inUse] = await this.client.getEach([entriesInUse], signal === undefined ? {} : { signal });
    return inUse?.value as number | undefined;
  }
  async #fetch(request: Request | undefined, options: CallOptions): Promise<Table> {
    const definition = (this.options.definition ?? ProfileGeneric) as typeof ProfileGeneric;
    const descriptor = target(definition, this.logicalName, 'buffer', request?.selection);
    const octets = await this.client.getEncoded(descriptor, options, `${definition.name} ${this.logicalName} buffer`);
    const quirks: Quirk[] = [];
    const table = decodeTable(octets, { lenient: true, quirks });
    for (const { name, detail } of oneOfEach(quirks))
      this.client.association.exchange.onEvent?.({ type: 'quirk', name, detail });
    return table;
  }
  /** Drops unwanted columns: those in between (by entry), or all others if the meter does not select columns. */
  #understood(table: Table, columns: readonly number[] | undefined, asked: readonly number[] | undefined): ProfileData {
    const { layout } = this;
    const sent =
      asked !== undefined && (table.columns.length !== layout.columns.length || table.length === 0)
        ? asked
        : layout.columns.map((_, i) => i);
    if (columns === undefined || table.length === 0) return new ProfileData(layout, columns, table, this.options);
    if (table.columns.length !== sent.length)
      throw new DlmsError('decode/invalid-length', {
        offset: 0,
        expected: `rows of ${sent.length} columns`,
        actual: table.columns.length,
      });
    const kept = { length: table.length, columns: columns.map((c) => table.columns[sent.indexOf(c)] as Column) };
    return new ProfileData(layout, columns, kept, this.options);
  }

  async #meterDeviation(signal: AbortSignal | undefined): Promise<number> {
    if (this.#deviation !== undefined) return this.#deviation;
    const clock = this.layout.columns.find((c) => c.kind === 'clock')?.object.logicalName ?? '0-0:1.0.0*255';
    const [time, zone] = await this.client.getEach(
      (['time', 'timeZone'] as const).map((a) => ({
        descriptor: target(Clock, clock, a),
        schema: Clock.attributes[a].schema,
        label: `Clock ${clock} ${a}`,
      })),
      signal === undefined ? {} : { signal },
    );
    const stated = (time?.value as DateTime | undefined)?.deviationMinutes ?? (zone?.value as number | undefined) ?? 0;
    this.#deviation = this.options.range?.deviation === 'inverted' ? 0 - stated : stated;
    return this.#deviation;
  }
}

interface Request {
  readonly selection: Selection<typeof ProfileGeneric, 'buffer'>;
  /** Columns that the answer should have; undefined for all. */
  readonly asked: readonly number[] | undefined;
}

async function readLayout(client: Client, logicalName: Obis, options: OpenProfileOptions): Promise<ProfileLayout> {
  const definition = (options.definition ?? ProfileGeneric) as typeof ProfileGeneric;
  const attribute = (name: 'captureObjects' | 'capturePeriod' | 'sortMethod'): GetTarget => ({
    descriptor: target(definition, logicalName, name),
    schema: definition.attributes[name].schema,
    label: `${definition.name} ${logicalName} ${name}`,
  });
  const [objects, period, sort] = await client.getEach(
    [attribute('captureObjects'), attribute('capturePeriod'), attribute('sortMethod')],
    callOptions(options),
  );
  if (objects === undefined || objects.error !== undefined)
    throw objects?.error ?? new DlmsError('service/unsupported', { what: 'capture objects' });
  // Version 0 has no data index.
  const captureObjects = (objects.value as readonly (ValueDefinition & { dataIndex?: number })[]).map((o) => ({
    ...o,
    dataIndex: o.dataIndex ?? 0,
  }));
  const scaled = scalerAttributes(captureObjects);
  const scalers = await client.getEach(scaled.map(scalerTarget), callOptions(options));
  const scalerUnits: Record<string, ScalerUnit> = {};
  const withoutScaler: Record<string, string> = {};
  for (const [i, { logicalName: name }] of scaled.entries()) {
    const result = scalers[i];
    if (result?.error === undefined) scalerUnits[name] = result?.value as ScalerUnit;
    else withoutScaler[name] = result.error.message;
  }
  // Some meters refuse to tell the order or the period: then oldest first, and period unknown.
  const sortMethod = sort?.value as string | number | undefined;
  return {
    ...profile(captureObjects, {
      capturePeriod: (period?.value as number | undefined) ?? 0,
      ...(sortMethod === undefined ? {} : { sortMethod }),
      scalerUnits,
      name: options.name ?? shortName,
    }),
    sortedByTime: sortMethod === undefined || sortMethod === 'fifo' || sortMethod === 'lifo',
    withoutScaler,
  };
}
const scalerTarget = ({ classId, logicalName, attributeIndex }: ValueDefinition): GetTarget => ({
  descriptor: { cosemAttributeDescriptor: { classId, instanceId: logicalName, attributeId: attributeIndex } },
  schema: ScalerUnitSchema,
  label: `class ${classId} ${logicalName} scaler and unit`,
});
/** The meaning of the OBIS code, and the attribute or element if it is not the value. */
function shortName({ logicalName, attributeIndex, dataIndex }: CaptureObjectDefinition): string {
  const attribute = attributeIndex === 2 ? '' : ` attribute ${attributeIndex}`;
  return `${describeObis(logicalName).text.replace(/, total$/, '')}${attribute}${dataIndex === 0 ? '' : ` element ${dataIndex}`}`;
}
const callOptions = ({ signal, onProgress }: CallOptions): CallOptions => ({
  ...(signal === undefined ? {} : { signal }),
  ...(onProgress === undefined ? {} : { onProgress }),
});
function positive(rows: number): number {
  if (Number.isInteger(rows) && rows > 0) return rows;
  throw new DlmsError('encode/invalid-value', { expected: 'a chunk of at least one row', actual: String(rows) });
}
const hour = 3_600_000;
const widths = { hour, day: 24 * hour, week: 168 * hour };
/** For a range that is open at one end: years that every clock supports. */
const oldest: number = Date.UTC(2000, 0, 1);
const newest: number = Date.UTC(2099, 11, 31);
