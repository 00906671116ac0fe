import { Data } from '../axdr/data.js';
import { oneOfEach } from '../axdr/decode-noting.js';
import { decode, encode } from '../axdr/schema.js';
import { type Column, decodeTable } from '../axdr/table.js';
import { browse } from '../client/browser.js';
import type { CallOptions, Client } from '../client/client.js';
import type { Quirk } from '../core/cursor.js';
import { isDlmsError } from '../core/errors.js';
import { allClasses } from '../cosem/all-classes.js';
import { ProfileGeneric, RangeDescriptor } from '../cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../cosem/common-types.js';
import { dateTimeToBytes } from '../cosem/date-time.js';
import { parseDateTime } from '../cosem/date-time-text.js';
import { type Obis, parseObis } from '../cosem/obis.js';
import { isClock, scalerUnitOf } from '../cosem/registers.js';
import { ScaledValue, scaled } from '../cosem/scaled.js';
import { ScalerUnit, unitSymbol } from '../cosem/units.js';
import { toJson } from '../translator/json.js';
import { attributeJson } from './attribute-json.js';
import { type Command, command } from './command.js';
import { clientOf, connectOptions, integerOption, targetOf, urlNote } from './connect.js';
import { exitCodes, failureOf, quoted, usage } from './failure.js';
import type { Io } from './io.js';
import { keysNote } from './keys.js';
import { classNames } from './names.js';
import { Progress, painter, size, table } from './text.js';
import { nameOf, octetText, valueText } from './values.js';

export const readCommand: Command = command({
  name: 'read',
  summary: 'read a meter by URL: attributes, the list of objects, a load profile',
  arguments: 'URL',
  count: [1, 1],
  options: {
    object: {
      type: 'string',
      multiple: true,
      short: 'o',
      value: 'CLASS:OBIS:ATTR',
      help: 'read this attribute, e.g. 3:1-0:1.8.0*255:2; may be repeated. A register is shown with its unit',
    },
    list: { type: 'boolean', help: 'list the objects visible in the association' },
    profile: { type: 'string', value: 'OBIS', help: 'read the rows of a profile, e.g. 1-0:99.1.0*255' },
    from: { type: 'string', value: 'TIME', help: 'rows from this time on, e.g. 2026-01-31T00:00:00+01:00' },
    to: { type: 'string', value: 'TIME', help: 'rows up to this time' },
    entries: { type: 'string', value: 'A-B', help: 'rows by position, counted from 1; B may be left out' },
    csv: { type: 'boolean', help: 'the profile as comma-separated values' },
    ...connectOptions,
    json: { type: 'boolean', help: 'JSON, for programs' },
  },
  notes: [
    urlNote,
    keysNote,
    'Without --object, --list and --profile: identification, clock, and every register visible in the association.',
  ],
  examples: [
    "dlms-cosem read 'tcp://127.0.0.1:4059?client=16' --object '8:0-0:1.0.0*255:2'",
    "dlms-cosem read 'tcp://127.0.0.1:4059?client=1&server=1' --keys keys.json",
    "dlms-cosem read 'tcp://127.0.0.1:4059?client=17' --ask password --profile '1-0:99.1.0*255' --from 2026-01-01T00:00:00Z",
  ],
  async run([url], values, io) {
    const wanted = (values.object ?? []).map(objectArgument);
    const selection = selectionOf(values);
    const profile = values.profile === undefined ? undefined : obisArgument(values.profile, '--profile');
    if (profile === undefined && (selection !== undefined || values.csv === true))
      throw usage('--from, --to, --entries and --csv need --profile');
    const target = targetOf(url as string);
    const progress = new Progress(io);
    progress.show(`connecting to ${target.url.host || target.url.pathname} …`);
    const client = await clientOf(target, values, io).finally(() => progress.done());
    const reader = new Reader(client, io, progress);
    try {
      await client.connect(io.signal);
      const result: Result = {};
      if (wanted.length > 0) result.objects = await reader.attributes(wanted);
      if (values.list === true) result.list = await reader.list();
      if (profile !== undefined) result.profile = await reader.profile(profile, selection);
      if (wanted.length === 0 && values.list !== true && profile === undefined)
        result.objects = await reader.registers();
      progress.done();
      show(result, values, io);
      const failed = result.objects?.find((o) => o.error !== undefined);
      return failed === undefined || wanted.length === 0 ? exitCodes.ok : complain(failed, io);
    } finally {
      progress.done();
      await client.close();
    }
  },
});

interface Wanted {
  readonly classId: number;
  readonly obis: Obis;
  readonly attribute: number;
}
interface ReadObject extends Wanted {
  /** Version of the class, if the object list was read. */
  readonly version?: number;
  readonly name: string;
  readonly value?: Data;
  readonly scale?: ScalerUnit;
  readonly error?: unknown;
}
interface ReadProfile {
  readonly obis: Obis;
  readonly columns: readonly (CaptureObjectDefinition & { readonly scale?: ScalerUnit })[];
  readonly rows: readonly (readonly Cell[])[];
}
type Cell = number | bigint | string | null;
interface Result {
  objects?: readonly ReadObject[];
  list?: readonly { classId: number; version: number; logicalName: Obis }[];
  profile?: ReadProfile;
}
type Selection =
  | { readonly by: 'range'; readonly from: Uint8Array; readonly to: Uint8Array }
  | { readonly by: 'entry'; readonly from: number; readonly to: number };

class Reader {
  readonly #client: Client;
  readonly #io: Io;
  readonly #progress: Progress;
  readonly #scales = new Map<string, ScalerUnit | undefined>();
  constructor(client: Client, io: Io, progress: Progress) {
    this.#client = client;
    this.#io = io;
    this.#progress = progress;
  }
  /**
   * Reads attributes one after the other. A refusal concerns only its object; anything that breaks the association ends
   * the rest too.
   */
  async attributes(wanted: readonly (Wanted & { readonly version?: number })[]): Promise<ReadObject[]> {
    const out: ReadObject[] = [];
    for (const w of wanted) {
      this.#progress.show(`${percent(out.length, wanted.length)}: reading ${w.obis}`);
      try {
        const value = await this.#client.getData(w.classId, w.obis, w.attribute, this.#call(`${w.obis}`));
        const scale = await this.#scale(w.classId, w.obis, w.attribute);
        out.push({ ...w, name: nameOf(w.obis), value, ...(scale === undefined ? {} : { scale }) });
      } catch (error) {
        if (!isDlmsError(error, 'service/data-access') && !(isDlmsError(error) && error.code.startsWith('decode/')))
          throw error;
        out.push({ ...w, name: nameOf(w.obis), error });
      }
    }
    return out;
  }
  async list(): Promise<{ classId: number; version: number; logicalName: Obis }[]> {
    const { objects } = await browse(this.#client, allClasses, this.#call('object list'));
    return objects.map(({ classId, version, logicalName }) => ({ classId, version, logicalName }));
  }
  /** Clock, plain data and registers of the association; values only. */
  async registers(): Promise<ReadObject[]> {
    const list = await this.list();
    const wanted = list
      .filter(({ classId }) => [1, 3, 4, 5, 8].includes(classId))
      .map(({ classId, version, logicalName }) => ({ classId, version, obis: logicalName, attribute: 2 }));
    const order = (w: Wanted): number => (w.classId === 8 ? 0 : w.classId === 1 ? 1 : 2);
    return this.attributes(wanted.sort((a, b) => order(a) - order(b) || (a.obis < b.obis ? -1 : 1)));
  }
  async profile(obis: Obis, selection: Selection | undefined): Promise<ReadProfile> {
    const capture = await this.#client.get(ProfileGeneric, obis, 'captureObjects');
    const columns: (CaptureObjectDefinition & { scale?: ScalerUnit })[] = [];
    for (const c of capture) {
      const scale = await this.#scale(c.classId, c.logicalName, c.attributeIndex);
      columns.push(scale === undefined ? c : { ...c, scale });
    }
    const inUse = await this.#entriesInUse(obis);
    const whole = boundedBy(selection, inUse);
    const octets = await this.#buffer(
      obis,
      whole,
      capture,
      this.#call(`profile ${obis}`, await this.#expected(obis, whole, inUse, capture)),
    );
    const quirks: Quirk[] = [];
    const { columns: cells, length } = decodeTable(octets, { lenient: true, quirks });
    this.#progress.done();
    for (const { name, detail } of oneOfEach(quirks)) this.#io.stderr.write(`accepted deviation ${name}: ${detail}\n`);
    const rows = Array.from({ length }, (_, i) => cells.map((c) => cellOf(c, i)));
    return { obis, columns, rows };
  }
  #buffer(
    obis: Obis,
    selection: Selection | undefined,
    capture: readonly CaptureObjectDefinition[],
    call: CallOptions,
  ): Promise<Uint8Array> {
    const cosemAttributeDescriptor = { classId: 7, instanceId: obis, attributeId: 2 };
    return this.#client.getEncoded(
      { cosemAttributeDescriptor, ...(selection === undefined ? {} : { accessSelection: access(selection, capture) }) },
      call,
      `Profile generic ${obis} buffer`,
    );
  }
  /** Undefined if the meter does not say. */
  async #entriesInUse(obis: Obis): Promise<number | undefined> {
    try {
      return await this.#client.get(ProfileGeneric, obis, 'entriesInUse', this.#call(`profile ${obis}`));
    } catch (e) {
      if (!isDlmsError(e, 'service/data-access') && !(isDlmsError(e) && e.code.startsWith('decode/'))) throw e;
      return undefined;
    }
  }
  /**
   * The number of octets to expect, from the length of one row; only read if somebody watches. Undefined if it cannot
   * be known.
   */
  async #expected(
    obis: Obis,
    selection: Selection | undefined,
    inUse: number | undefined,
    capture: readonly CaptureObjectDefinition[],
  ): Promise<number | undefined> {
    if (inUse === undefined || inUse === 0 || selection?.by === 'range' || !(this.#io.errorIsTTY ?? this.#io.isTTY))
      return undefined;
    const rows = selection === undefined ? inUse : Math.min(selection.to, inUse) - selection.from + 1;
    if (rows < 2) return undefined;
    try {
      const one = await this.#buffer(obis, { by: 'entry', from: 1, to: 1 }, capture, this.#call(`profile ${obis}`));
      return (one.length - 2) * rows;
    } catch (e) {
      // Without selective access there is no progress in percent.
      if (!isDlmsError(e, 'service/data-access')) throw e;
      return undefined;
    }
  }
  /** @param value index of the attribute that may be scaled */
  async #scale(classId: number, obis: Obis, value: number): Promise<ScalerUnit | undefined> {
    const attributeId = scalerUnitOf(classId, value);
    if (attributeId === undefined) return undefined;
    const key = `${classId} ${obis}`;
    if (!this.#scales.has(key)) {
      try {
        const octets = await this.#client.getEncoded({
          cosemAttributeDescriptor: { classId, instanceId: obis, attributeId },
        });
        this.#scales.set(key, decode(ScalerUnit, octets, { lenient: true }));
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        this.#scales.set(key, undefined);
      }
    }
    return this.#scales.get(key);
  }
  /** @param expected octets to come */
  #call(what: string, expected?: number): CallOptions {
    const { signal } = this.#io;
    return {
      ...(signal === undefined ? {} : { signal }),
      onProgress: (octets) =>
        this.#progress.show(
          `${what}: ${expected === undefined ? '' : `${percent(octets, expected)}, `}${size(octets)}`,
        ),
    };
  }
}
/** Never 100 % before the end, because the total is an estimate. */
const percent = (done: number, all: number): string => `${Math.min(99, Math.floor((100 * done) / all))} %`;
/** Replaces "to the last row" by its number, because some meters take the 0 that means it for no row at all. */
function boundedBy(selection: Selection | undefined, inUse: number | undefined): Selection | undefined {
  if (selection?.by !== 'entry' || selection.to !== 0 || inUse === undefined) return selection;
  return { ...selection, to: Math.max(inUse, selection.from) };
}
function access(
  selection: Selection,
  capture: readonly CaptureObjectDefinition[],
): { accessSelector: number; accessParameters: Data } {
  if (selection.by === 'entry') {
    const u32 = (value: number): Data => ({ type: 'double-long-unsigned', value });
    const u16 = (value: number): Data => ({ type: 'long-unsigned', value });
    return {
      accessSelector: 2,
      accessParameters: { type: 'structure', value: [u32(selection.from), u32(selection.to), u16(1), u16(0)] },
    };
  }
  const clock = capture.find(isClock);
  if (clock === undefined)
    throw usage('the profile captures no clock, so rows cannot be selected by time; use --entries');
  const octets = (value: Uint8Array): Data => ({ type: 'octet-string', value });
  const parameters = encode(RangeDescriptor, {
    restrictingObject: clock,
    fromValue: octets(selection.from),
    toValue: octets(selection.to),
    selectedValues: [],
  });
  return { accessSelector: 1, accessParameters: decode(Data, parameters) };
}
/** A clock as text, other octets in their most readable form, numbers unchanged. */
function cellOf(column: Column, row: number): Cell {
  if (column.absent?.[row] === 1) return null;
  if (column.type === 'octets') return octetText(column.values.subarray(row * column.width, (row + 1) * column.width));
  if (column.type === 'data') return valueText(column.values[row] as Data);
  return column.values[row] as number | bigint;
}

function show(result: Result, values: { json?: boolean; csv?: boolean }, io: Io): void {
  if (values.json === true) return void io.stdout.write(`${JSON.stringify(asJson(result), undefined, 2)}\n`);
  const paint = painter(io);
  const parts: string[] = [];
  if (result.objects !== undefined)
    parts.push(
      table(
        [
          { title: 'Object' },
          { title: 'Attr', right: true },
          { title: 'Name' },
          { title: 'Value', right: true },
          { title: 'Unit' },
        ],
        result.objects.map((o) => {
          const exact = o.value === undefined || o.scale === undefined ? undefined : scaled(o.value, o.scale);
          const text =
            o.value === undefined
              ? refusal(o.error)
              : exact === undefined
                ? valueText(o.value)
                : exact.toDecimalString();
          return [
            o.obis,
            String(o.attribute),
            o.name || (classNames().get(o.classId) ?? ''),
            text,
            o.scale === undefined ? '' : unitSymbol(o.scale.unit),
          ];
        }),
        paint,
      ),
    );
  if (result.list !== undefined)
    parts.push(
      table(
        [
          { title: 'Class', right: true },
          { title: 'Ver', right: true },
          { title: 'Logical name' },
          { title: 'Interface class' },
          { title: 'Name' },
        ],
        result.list.map((o) => [
          String(o.classId),
          String(o.version),
          o.logicalName,
          classNames().get(o.classId) ?? '',
          nameOf(o.logicalName),
        ]),
        paint,
      ),
    );
  if (result.profile !== undefined)
    parts.push(values.csv === true ? csv(result.profile) : profileText(result.profile, paint));
  io.stdout.write(`${parts.join('\n\n')}\n`);
}
const refusal = (error: unknown): string =>
  isDlmsError(error, 'service/data-access') ? `(${error.context.result})` : `(${failureOf(error).line})`;
const heading = (c: ReadProfile['columns'][number]): string =>
  `${c.logicalName}${c.scale === undefined || unitSymbol(c.scale.unit) === '' ? '' : ` ${unitSymbol(c.scale.unit)}`}`;
function cellText(cell: Cell, column: ReadProfile['columns'][number] | undefined): string {
  if (cell === null) return '';
  return column?.scale === undefined || typeof cell === 'string'
    ? String(cell)
    : new ScaledValue(cell, column.scale).toDecimalString();
}
function profileText({ columns, rows }: ReadProfile, paint: Parameters<typeof table>[2]): string {
  return `${table(
    columns.map((c) => ({ title: heading(c), right: true })),
    rows.map((r) => r.map((cell, i) => cellText(cell, columns[i]))),
    paint,
  )}\n${rows.length} rows`;
}
function csv({ columns, rows }: ReadProfile): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [
    columns.map((c) => quoted(heading(c))).join(','),
    ...rows.map((r) => r.map((cell, i) => quoted(cellText(cell, columns[i]))).join(',')),
  ].join('\n');
}
function asJson({ objects, list, profile }: Result): object {
  return {
    ...(objects === undefined
      ? {}
      : {
          objects: objects.map(({ classId, version, obis, attribute, name, value, scale, error }) => ({
            classId,
            logicalName: obis,
            attribute,
            name,
            ...(value === undefined
              ? { error: refusal(error).slice(1, -1) }
              : { value: attributeJson(classId, version, attribute, value) ?? null, data: toJson(Data, value) }),
            ...(scale === undefined || value === undefined
              ? {}
              : { scaler: scale.scaler, unit: scale.unit, scaled: scaled(value, scale)?.toDecimalString() ?? null }),
          })),
        }),
    ...(list === undefined ? {} : { list: list.map((o) => ({ ...o, name: nameOf(o.logicalName) })) }),
    ...(profile === undefined
      ? {}
      : {
          profile: {
            logicalName: profile.obis,
            columns: profile.columns.map(({ scale, ...c }) => ({
              ...c,
              ...(scale === undefined ? {} : { scaler: scale.scaler, unit: scale.unit }),
            })),
            rows: profile.rows.map((r) => r.map((cell) => (typeof cell === 'bigint' ? String(cell) : cell))),
          },
        }),
  };
}
function complain(o: ReadObject, io: Io): number {
  const { line, exitCode } = failureOf(o.error);
  io.stderr.write(`dlms-cosem: ${o.classId}:${o.obis}:${o.attribute}: ${line}\n`);
  return exitCode;
}

function objectArgument(text: string): Wanted {
  const [, classId, obis, attribute] = /^(\d+):(.+):(-?\d+)$/.exec(text) ?? [];
  if (classId === undefined || obis === undefined || attribute === undefined)
    throw usage(`--object ${quoted(text)} is not CLASS:OBIS:ATTR, e.g. 3:1-0:1.8.0*255:2`);
  const index = Number(attribute);
  if (index < -128 || index > 127) throw usage(`--object ${quoted(text)}: attribute -128 to 127`);
  return {
    classId: integerOption(classId, '--object: class', 0, 0xffff),
    obis: obisArgument(obis, '--object'),
    attribute: index,
  };
}
function obisArgument(text: string, what: string): Obis {
  try {
    return parseObis(text);
  } catch {
    throw usage(`${what}: ${quoted(text)} is not an OBIS code like 1-0:1.8.0*255`);
  }
}
function selectionOf(values: { from?: string; to?: string; entries?: string }): Selection | undefined {
  const { from, to, entries } = values;
  if (entries !== undefined) {
    if (from !== undefined || to !== undefined) throw usage('--entries and --from/--to exclude each other');
    const [, a, b] = /^(\d+)(?:-(\d*))?$/.exec(entries) ?? [];
    if (a === undefined) throw usage(`--entries ${quoted(entries)} is not A-B, e.g. 1-96`);
    return {
      by: 'entry',
      from: integerOption(a, '--entries', 1, 0xffffffff),
      to: b === undefined ? Number(a) : b === '' ? 0 : integerOption(b, '--entries', 0, 0xffffffff),
    };
  }
  if (from === undefined && to === undefined) return undefined;
  const time = (text: string, what: string): Uint8Array => {
    try {
      return dateTimeToBytes(parseDateTime(/T| /.test(text) ? text : `${text}T00:00:00`));
    } catch {
      throw usage(`${what}: ${quoted(text)} is not a time like 2026-01-31T00:00:00+01:00`);
    }
  };
  return {
    by: 'range',
    from: time(from ?? '2000-01-01T00:00:00', '--from'),
    to: time(to ?? '2099-12-31T23:59:59', '--to'),
  };
}
