import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { encode } from '../../src/axdr/schema.js';
import { decodeTable } from '../../src/axdr/table.js';
import { formatHex, parseHex } from '../../src/core/hex.js';
import { EntryDescriptor, RangeDescriptor } from '../../src/cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../../src/cosem/common-types.js';
import { dateTimeFromBytes, dateTimeToBytes, fromInstant } from '../../src/cosem/date-time.js';
import { formatDateTime } from '../../src/cosem/date-time-text.js';
import type { Obis } from '../../src/cosem/obis.js';
import {
  entryDescriptor,
  type Profile,
  profile,
  profileRows,
  rangeDescriptor,
  scalerAttributes,
  selectColumns,
} from '../../src/cosem/profile.js';
import { profileCsv, profileJson } from '../../src/cosem/profile-text.js';
import { findTimeFindings } from '../../src/cosem/profile-times.js';
import { outcome } from '../support/outcome.js';

const hexOf = (id: string): string =>
  (
    JSON.parse(readFileSync(new URL('../vectors/axdr.json', import.meta.url), 'utf8')) as {
      id: string;
      input: { hex: string };
    }[]
  ).find((v) => v.id === id)!.input.hex;
const column = (classId: number, logicalName: Obis, attributeIndex = 2, dataIndex = 0): CaptureObjectDefinition => ({
  classId,
  logicalName,
  attributeIndex,
  dataIndex,
});
const clock = column(8, '0-0:1.0.0*255');
const status = column(1, '0-0:96.10.1*255');
const energy = column(3, '1-0:1.8.0*255');
const wh = { scaler: -1, unit: 'Wh' } as const;
const loadProfile = profile([clock, status, energy], { capturePeriod: 3600, scalerUnits: { '1-0:1.8.0*255': wh } });

const noon = Date.UTC(2024, 5, 1, 12);
/** A buffer from cells; a number is double-long-unsigned, a moment its 12 octets, null null-data. */
type Cell = number | null | Date | Data;
const cell = (c: Cell): Data =>
  c === null
    ? { type: 'null-data' }
    : typeof c === 'number'
      ? { type: 'double-long-unsigned', value: c }
      : c instanceof Date
        ? { type: 'octet-string', value: dateTimeToBytes(fromInstant(c.getTime(), -120, 0x80)) }
        : c;
const buffer = (...rows: Cell[][]) =>
  decodeTable(
    encode(Data, { type: 'array', value: rows.map((r) => ({ type: 'structure' as const, value: r.map(cell) })) }),
  );
const at = (minutes: number) => new Date(noon + minutes * 60_000);
const quarter = (objects: CaptureObjectDefinition[], more = {}): Profile =>
  profile(objects, { capturePeriod: 900, scalerUnits: { '1-0:1.8.0*255': wh }, ...more });

describe('the columns of a profile', () => {
  it('have unique names, a kind, and the scaler of their register', () => {
    const p = profile(
      [
        clock,
        energy,
        column(4, '1-0:1.6.0*255', 5),
        column(4, '1-0:1.6.0*255'),
        energy,
        column(7, '1-0:99.1.0*255', 2, 3),
      ],
      {
        scalerUnits: { '1-0:1.8.0*255': wh },
        name: (o) => (o === clock ? 'time' : undefined),
      },
    );
    expect(p.columns.map((c) => `${c.name}: ${c.kind}`)).toEqual([
      'time: clock',
      '1-0:1.8.0*255: scaled',
      '1-0:1.6.0*255 attribute 5: date-time',
      '1-0:1.6.0*255: plain',
      '1-0:1.8.0*255 (2): scaled',
      '1-0:99.1.0*255 element 3: plain',
    ]);
  });
  it('say where their scalers stand, each once', () => {
    expect(scalerAttributes([clock, status, energy, energy, column(5, '1-0:1.4.0*255', 3)])).toEqual([
      { classId: 3, logicalName: '1-0:1.8.0*255', attributeIndex: 3 },
      { classId: 5, logicalName: '1-0:1.4.0*255', attributeIndex: 4 },
    ]);
  });
});

describe('selections', () => {
  it('by range are those of the vector', () => {
    const [from, to] = ['07E40101FF00030000FF8800', '07E40106FF00030000FFC400'].map((hex) =>
      dateTimeFromBytes(parseHex(hex)),
    ) as [any, any];
    expect(formatHex(encode(RangeDescriptor, rangeDescriptor(loadProfile, from, to)))).toBe(
      hexOf('axdr-range-descriptor'),
    );
  });
  it('take moments in any zone, or without one', () => {
    const from = (options: object) =>
      formatHex((rangeDescriptor(loadProfile, noon, new Date(noon), options).fromValue as { value: Uint8Array }).value);
    expect(from({})).toBe('07E80601FF0C000000000000');
    expect(from({ deviationMinutes: -120 })).toBe('07E80601FF0E000000FF8800');
    expect(from({ deviationMinutes: null })).toBe('07E80601FF0C000000800000');
    expect(from({ withDayOfWeek: true })).toBe('07E80601060C000000000000');
    expect(rangeDescriptor(loadProfile, noon, noon, { as: 'date-time' }).toValue.type).toBe('date-time');
  });
  it('name columns in the order of the profile, and refuse what is not captured', () => {
    const names = ['1-0:1.8.0*255', '0-0:1.0.0*255'];
    expect(rangeDescriptor(loadProfile, noon, noon, { columns: names }).selectedValues).toEqual([clock, energy]);
    expect(selectColumns(loadProfile, names).columns.map((c) => c.object)).toEqual([clock, energy]);
    expect(outcome(() => selectColumns(loadProfile, ['1-0:9.9.9*255']))).toBe('service/unsupported');
    expect(outcome(() => rangeDescriptor(profile([energy]), noon, noon))).toBe('service/unsupported');
  });
  it('by entry count from 1, and 0 is the last', () => {
    expect(formatHex(encode(EntryDescriptor, entryDescriptor(5)))).toBe('020406000000050600000000120001120000');
  });
});

describe('rows', () => {
  it('of the vector have times, status and exact values', () => {
    const rows = [
      ...profileRows(loadProfile, decodeTable(parseHex(hexOf('axdr-load-profile-24h'))), { deviationMinutes: -60 }),
    ];
    expect(rows).toHaveLength(24);
    expect(formatDateTime(rows[23]!.clock!)).toBe('2018-02-12T23:00:00');
    expect(new Date(rows[23]!.instant!).toISOString()).toBe('2018-02-12T22:00:00.000Z');
    expect(rows.map((r) => [r.cells[1], String(r.cells[2])])[0]).toEqual([0, '10000.0 Wh']);
    expect(findTimeFindings(rows, loadProfile)).toEqual([]);
  });
  it('of a compact array too', () => {
    const p = profile([clock, status, energy], { capturePeriod: 1800, scalerUnits: { '1-0:1.8.0*255': wh } });
    const rows = [...profileRows(p, decodeTable(parseHex(hexOf('axdr-compact-array-load-profile'))))];
    expect(rows.map((r) => [formatDateTime(r.clock!), r.cells[1], String(r.cells[2])])).toEqual([
      ['2016-07-10T08:00:00-01:00', 0, '81.0 Wh'],
      ['2016-07-10T08:30:00-01:00', 1, '82.0 Wh'],
    ]);
  });
  it('without a time get one from the rows around them and the capture period', () => {
    const table = buffer([null, 1], [at(15), 2], [null, 3], [null, 4], [at(75), 5], [null, 6]);
    const rows = [...profileRows(quarter([clock, energy]), table)];
    expect(rows.map((r) => (r.instant! - noon) / 60_000)).toEqual([0, 15, 30, 45, 75, 90]);
    expect(rows.map((r) => r.computed)).toEqual([true, false, true, true, false, true]);
    expect(rows[3]!.cells[0]).toEqual(fromInstant(at(45).getTime(), -120, 0x80));
    const downwards = [...profileRows(quarter([clock, energy], { sortMethod: 'lifo' }), table)];
    expect(downwards.map((r) => (r.instant! - noon) / 60_000)).toEqual([30, 15, 0, -15, 75, 60]);
  });
  it('stay without a time when there is nothing to compute it from', () => {
    const times = (p: Profile, ...rows: Cell[][]) =>
      [...profileRows(p, buffer(...rows))].map((r) => [r.instant, r.computed]);
    expect(times(quarter([clock, energy]), [null, 1], [null, 2])).toEqual([
      [undefined, false],
      [undefined, false],
    ]);
    expect(times(profile([clock, energy]), [at(0), 1], [null, 2])[1]).toEqual([undefined, false]);
    expect(times(quarter([energy]), [1], [2])[0]).toEqual([undefined, false]);
    // A clock without deviation is a time, but no moment; the next one is computed in the same way.
    const local: Data = { type: 'octet-string', value: parseHex('07E80601FF0C0000FF800000') };
    const rows = [...profileRows(quarter([clock, energy]), buffer([local, 1], [null, 2]))];
    expect(rows.map((r) => [formatDateTime(r.clock!), r.instant])).toEqual([
      ['2024-06-01T12:00:00', undefined],
      ['2024-06-01T12:15:00', undefined],
    ]);
  });
  it('keep null-data as null, or repeat the value before', () => {
    const table = buffer([at(0), 7], [at(15), null], [at(30), 8]);
    const values = (repeat: boolean) =>
      [...profileRows(quarter([clock, energy]), table, { repeat })].map((r) =>
        r.cells[1] === null ? null : String(r.cells[1]),
      );
    expect(values(false)).toEqual(['0.7 Wh', null, '0.8 Wh']);
    expect(values(true)).toEqual(['0.7 Wh', '0.7 Wh', '0.8 Wh']);
  });
  it('keep a clock that is none, and refuse another number of columns', () => {
    const rows = [
      ...profileRows(quarter([clock, energy]), buffer([{ type: 'octet-string', value: Uint8Array.of(1, 2) }, 1])),
    ];
    expect(rows[0]!.cells[0]).toEqual(Uint8Array.of(1, 2));
    expect(rows[0]!.clock).toBeUndefined();
    expect(outcome(() => [...profileRows(quarter([clock]), buffer([at(0), 1]))])).toBe('decode/invalid-length');
    expect([...profileRows(quarter([clock]), buffer())]).toEqual([]);
  });
});

describe('times', () => {
  const found = (minutes: (number | undefined)[], newestFirst = false) =>
    findTimeFindings(
      minutes.map((m, index) => ({ index, instant: m === undefined ? undefined : at(m).getTime() })),
      { capturePeriod: 900, newestFirst },
    ).map((f) => `${f.index} ${f.kind}${f.kind === 'gap' ? ` ${f.missing}` : ''}`);
  it('that go on are no finding', () => {
    expect(found([0, 15, 30, 45])).toEqual([]);
    expect(found([45, 30, 15], true)).toEqual([]);
    expect(found([])).toEqual([]);
  });
  it('name gaps, duplicates and what goes backwards', () => {
    expect(found([0, 15, 60, 75])).toEqual(['2 gap 2']);
    expect(found([60, 15, 0], true)).toEqual(['1 gap 2']);
    expect(found([0, 15, 15, 30])).toEqual(['2 duplicate']);
    expect(found([0, 15, 30, 0, 15])).toEqual(['3 backwards']);
    expect(found([15, 0])).toEqual(['1 backwards']);
    expect(found([0, undefined, 30])).toEqual(['2 gap 1']);
  });
  it('pass over an extra row, and go on with a clock that was set', () => {
    expect(found([0, 15, 22, 30, 45])).toEqual(['2 off-period']);
    expect(found([0, 15, 22, 60])).toEqual(['2 off-period', '3 gap 2']);
    expect(found([0, 15, 22, 37, 52])).toEqual(['2 off-period']);
  });
  it('find every missing row, wherever rows are taken away', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 95 }), { minLength: 2, maxLength: 96 }),
        fc.boolean(),
        (kept, newestFirst) => {
          const rows = kept
            .sort((a, b) => (newestFirst ? b - a : a - b))
            .map((n, index) => ({ index, instant: noon + n * 900_000 }));
          const findings = findTimeFindings(rows, { capturePeriod: 900, newestFirst });
          const missing = findings.reduce((sum, f) => sum + (f.kind === 'gap' ? f.missing : Number.NaN), 0);
          expect(missing).toBe(Math.max(...kept) - Math.min(...kept) + 1 - kept.length);
        },
      ),
    );
  });
});

describe('text for people', () => {
  const p = profile([clock, status, energy, column(1, '0-0:96.1.0*255')], {
    capturePeriod: 900,
    scalerUnits: { '1-0:1.8.0*255': wh },
    name: (o) => (o === status ? 'status, AMR' : undefined),
  });
  const rows = [
    ...profileRows(
      p,
      buffer(
        [at(0), 3, 12345, { type: 'visible-string', value: '=cmd"' }],
        [null, null, 12350, { type: 'octet-string', value: Uint8Array.of(0xca, 0xfe) }],
      ),
    ),
  ];
  it('is CSV with names and units', () => {
    expect(profileCsv(p, rows).split('\r\n')).toEqual([
      '0-0:1.0.0*255,"status, AMR",1-0:1.8.0*255 [Wh],0-0:96.1.0*255',
      '2024-06-01T14:00:00+02:00,3,1234.5,"\'=cmd"""',
      '2024-06-01T14:15:00+02:00,,1235.0,CAFE',
      '',
    ]);
    expect(profileCsv(p, rows, { separator: ';', decimal: ',' }).split('\r\n')[1]).toBe(
      '2024-06-01T14:00:00+02:00;3;1234,5;"\'=cmd"""',
    );
  });
  it('is JSON with exact decimals', () => {
    const json = JSON.parse(JSON.stringify(profileJson(p, rows)));
    expect(json.columns[2]).toEqual({
      name: '1-0:1.8.0*255',
      classId: 3,
      logicalName: '1-0:1.8.0*255',
      attribute: 2,
      unit: 'Wh',
    });
    expect(json.rows).toEqual([
      { time: '2024-06-01T14:00:00+02:00', cells: ['2024-06-01T14:00:00+02:00', 3, '1234.5', '=cmd"'] },
      {
        time: '2024-06-01T14:15:00+02:00',
        computed: true,
        cells: ['2024-06-01T14:15:00+02:00', null, '1235.0', 'CAFE'],
      },
    ]);
  });
});
