import { Data } from '../axdr/data.js';
import { decode, encode } from '../axdr/schema.js';
import { Writer } from '../core/cursor.js';
import { EntryDescriptor, ProfileGeneric, RangeDescriptor } from '../cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../cosem/common-types.js';
import { dateTimeFromBytes, dateTimeToBytes, fromInstant, toInstant } from '../cosem/date-time.js';
import { type AccessContext, AccessRefused, accessor, type CosemObject, cosemObject } from '../server/object.js';

/** The columns of the simulated load profile: clock, status and four energy registers. */
export const loadProfileColumns: readonly CaptureObjectDefinition[] = [
  { classId: 8, logicalName: '0-0:1.0.0*255', attributeIndex: 2, dataIndex: 0 },
  { classId: 1, logicalName: '0-0:96.10.1*255', attributeIndex: 2, dataIndex: 0 },
  { classId: 3, logicalName: '1-0:1.8.0*255', attributeIndex: 2, dataIndex: 0 },
  { classId: 3, logicalName: '1-0:2.8.0*255', attributeIndex: 2, dataIndex: 0 },
  { classId: 3, logicalName: '1-0:3.8.0*255', attributeIndex: 2, dataIndex: 0 },
  { classId: 3, logicalName: '1-0:4.8.0*255', attributeIndex: 2, dataIndex: 0 },
];
export const capturePeriod = 900;

/** Options of {@link LoadProfile}. */
export interface LoadProfileOptions {
  readonly rows: number;
  /** Time of the newest row in milliseconds; a multiple of the capture period. */
  readonly newest: number;
  readonly deviationMinutes: number;
}

/**
 * Rows made by a formula: a household with a morning and an evening peak, and a little sun at noon. The same options
 * give the same rows.
 */
export class LoadProfile {
  readonly #options: LoadProfileOptions;
  /** The encoded cells, by row and column. */
  readonly #cells: Uint8Array[][] = [];
  readonly #times: number[] = [];
  constructor(options: LoadProfileOptions) {
    this.#options = options;
    let energy = [12_000_000, 250_000, 3_100_000, 410_000] as [number, number, number, number];
    for (let i = 0; i < options.rows; i++) {
      const at = options.newest - (options.rows - 1 - i) * capturePeriod * 1000;
      const [imported, exported] = powerAt(at, options.deviationMinutes);
      energy = [
        energy[0] + imported,
        energy[1] + exported,
        energy[2] + Math.round(imported / 5),
        energy[3] + Math.round(exported / 7),
      ];
      this.#times.push(at);
      this.#cells.push([
        encode(Data, { type: 'octet-string', value: dateTimeToBytes(fromInstant(at, options.deviationMinutes)) }),
        encode(Data, { type: 'unsigned', value: 0 }),
        ...energy.map((value) => encode(Data, { type: 'double-long-unsigned', value })),
      ]);
    }
    this.energy = energy;
  }
  /** Active import, active export, reactive import and export at the newest row, in Wh and varh. */
  readonly energy: readonly [number, number, number, number];
  get length(): number {
    return this.#cells.length;
  }

  /** The object to be served. */
  object(): CosemObject {
    const columns = [...loadProfileColumns];
    return cosemObject(
      ProfileGeneric,
      '1-0:99.1.0*255',
      {
        buffer: accessor({ selective: true, getEncoded: (context) => this.#buffer(context) }),
        captureObjects: columns,
        capturePeriod,
        sortMethod: 'fifo',
        sortObject: columns[0] as CaptureObjectDefinition,
        entriesInUse: accessor({ get: () => this.length }),
        profileEntries: this.#options.rows,
      },
      {
        reset: () => {
          this.#cells.length = 0;
          this.#times.length = 0;
        },
      },
    );
  }

  #buffer({ selection }: AccessContext): Uint8Array {
    const all = loadProfileColumns.map((_, i) => i);
    if (selection === undefined) return this.#rows(0, this.length, all);
    const parameters = encode(Data, selection.accessParameters);
    if (selection.accessSelector === 1) return this.#range(read(() => decode(RangeDescriptor, parameters)));
    if (selection.accessSelector === 2) return this.#entries(read(() => decode(EntryDescriptor, parameters)));
    throw new AccessRefused('scope-of-access-violated');
  }
  #range({ restrictingObject, fromValue, toValue, selectedValues }: RangeDescriptor): Uint8Array {
    if (columnOf(restrictingObject) !== 0) throw new AccessRefused('scope-of-access-violated');
    const columns = selectedValues.length === 0 ? loadProfileColumns.map((_, i) => i) : selectedValues.map(columnOf);
    if (columns.includes(-1)) throw new AccessRefused('scope-of-access-violated');
    return this.#rows(this.#first(this.#moment(fromValue)), this.#first(this.#moment(toValue) + 1), columns);
  }
  #entries({ fromEntry, toEntry, fromSelectedValue, toSelectedValue }: EntryDescriptor): Uint8Array {
    if (fromEntry === 0 || fromSelectedValue === 0) throw new AccessRefused('scope-of-access-violated');
    const columns = loadProfileColumns
      .map((_, i) => i)
      .slice(fromSelectedValue - 1, toSelectedValue === 0 ? undefined : toSelectedValue);
    return this.#rows(fromEntry - 1, toEntry === 0 ? this.length : Math.min(toEntry, this.length), columns);
  }
  /** Index of the first row at or after a time. */
  #first(moment: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] as number) < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  #moment(value: Data): number {
    const octets =
      (value.type === 'octet-string' && value.value.length === 12) || value.type === 'date-time'
        ? value.value
        : undefined;
    if (octets === undefined) throw new AccessRefused('type-unmatched');
    return read(() => toInstant(dateTimeFromBytes(octets), { deviationMinutes: this.#options.deviationMinutes }));
  }
  #rows(from: number, to: number, columns: readonly number[]): Uint8Array {
    const w = new Writer(Math.max(0, to - from) * 40 + 8);
    w.u8(1);
    w.length(Math.max(0, to - from));
    for (let i = from; i < to; i++) {
      w.u8(2);
      w.length(columns.length);
      for (const c of columns) w.bytes(this.#cells[i]?.[c] as Uint8Array);
    }
    return w.finish();
  }
}

const columnOf = (c: CaptureObjectDefinition): number =>
  loadProfileColumns.findIndex(
    (l) => l.classId === c.classId && l.logicalName === c.logicalName && l.attributeIndex === c.attributeIndex,
  );
function read<T>(work: () => T): T {
  try {
    return work();
  } catch {
    throw new AccessRefused('type-unmatched');
  }
}

/** Wh imported and exported in the quarter of an hour before a time. */
function powerAt(at: number, deviationMinutes: number): [number, number] {
  const hour = ((at / 3_600_000 - deviationMinutes / 60) % 24) + 24;
  const h = hour % 24;
  const peak = (center: number, width: number): number => Math.exp(-(((h - center) / width) ** 2));
  const noise = (Math.imul(Math.floor(at / 900_000), 2654435761) >>> 24) / 256;
  const load = 45 + 170 * peak(7.5, 1.2) + 260 * peak(19, 2) + 60 * peak(12.5, 1) + 40 * noise;
  const sun = Math.max(0, 310 * peak(12.5, 2.6) - 25) * (0.5 + noise / 2);
  return [Math.max(0, Math.round(load - sun)), Math.max(0, Math.round(sun - load))];
}
