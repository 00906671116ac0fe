import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import type { Client, ClientEvent } from '../../src/client/index.js';
import { openProfile, readProfile } from '../../src/client/profile.js';
import type { StreamRow } from '../../src/client/profile-stream.js';
import { DlmsError } from '../../src/core/errors.js';
import {
  EntryDescriptor,
  ProfileGeneric,
  ProfileGenericV0,
  RangeDescriptor,
} from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import { dateTimeFromBytes, dateTimeToBytes, fromInstant, toInstant } from '../../src/cosem/date-time.js';
import { formatDateTime } from '../../src/cosem/date-time-text.js';
import type { Obis } from '../../src/cosem/obis.js';
import { AccessRefused, accessor, type CosemObject, cosemObject } from '../../src/server/object.js';
import { closeAll, meterOf, now, reading } from './meters.js';

afterEach(closeAll);
const name: Obis = '1-0:99.1.0*255';
const quarter = 900_000;
const newest = Math.floor(now / quarter) * quarter;
const collect = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

describe('the load profile of the simulated meter', () => {
  it('prints as a table with units', async () => {
    const data = await readProfile(await reading(await meterOf()), name, {
      entries: { from: 198 },
      statusNames: { 0: 'fatal' },
    });
    expect(data.toText()).toBe(
      [
        'Clock                      Status register 1  Active import (+A, QI+QIV) energy [Wh]  Active export (-A, QII+QIII) energy [Wh]  Reactive import (+R, QI+QII) energy [varh]  Reactive export (-R, QIII+QIV) energy [varh]',
        '2026-11-21T12:30:00+01:00                                                   12019325                                    253472                                     3103862                                        410496',
        '2026-11-21T12:45:00+01:00                                                   12019325                                    253514                                     3103862                                        410502',
        '2026-11-21T13:00:00+01:00                                                   12019325                                    253621                                     3103862                                        410517',
        '',
      ].join('\n'),
    );
  });
  it('asks for the layout once, scalers in one request', async () => {
    const sent: string[] = [];
    const onEvent = (e: ClientEvent) =>
      e.type === 'sent' && sent.push(Buffer.from(e.apdu.subarray(0, 2)).toString('hex'));
    const profile = await openProfile(await reading(await meterOf(), { onEvent }), name);
    expect(sent.slice(1)).toEqual(['c003', 'c003']);
    expect(profile.layout).toMatchObject({
      capturePeriod: 900,
      newestFirst: false,
      sortedByTime: true,
      withoutScaler: {},
    });
    await profile.read({ entries: { from: 1, to: 1 } });
    await profile.read({ entries: { from: 2, to: 2 } });
    expect(sent.slice(3)).toEqual(['c001', 'c001']);
    // A stored layout asks nothing.
    const stored = JSON.parse(JSON.stringify(profile.layout)) as typeof profile.layout;
    sent.length = 0;
    expect((await readProfile(profile.client, name, { layout: stored, entries: { from: 200, to: 200 } })).length).toBe(
      1,
    );
    expect(sent).toEqual(['c001']);
  });
  it('is read without lists when the meter does not know them', async () => {
    const conformance = ['get', 'block-transfer-with-get-or-read', 'selective-access'] as const;
    const data = await readProfile(await reading(await meterOf({ conformance })), name, { entries: { from: 200 } });
    expect(String(data.rows[0]?.cells[2])).toBe('12019325 Wh');
  });
  it('by time, by position, by columns', async () => {
    const meter = await meterOf();
    const profile = await openProfile(await reading(meter), name);
    const hour = await profile.read({ from: new Date(newest - 4 * quarter), to: newest });
    expect(hour.rows.map((r) => r.instant)).toEqual([4, 3, 2, 1, 0].map((n) => newest - n * quarter));
    expect((await profile.read({ from: fromInstant(newest - quarter, 0) })).length).toBe(2);
    expect((await profile.read({ to: newest - 198 * quarter })).length).toBe(2);
    const two = await profile.read({ from: newest, columns: ['1-0:2.8.0*255', 0] });
    expect(two.layout.columns.map((c) => c.object.logicalName)).toEqual(['0-0:1.0.0*255', '1-0:2.8.0*255']);
    expect(two.rows[0]?.cells.map(String).at(-1)).toBe('253621 Wh');
    // Positions select neighbours; what lies between is dropped.
    const apart = await profile.read({ entries: { from: 200 }, columns: [5, 2] });
    expect(apart.rows[0]?.cells.map(String)).toEqual(['12019325 Wh', '410517 varh']);
    expect((await profile.read({ columns: [2], entries: { from: 200 } })).numbers(0)[0]).toBe(12_019_325);
    expect((await profile.read({ from: newest + quarter, columns: [2] })).length).toBe(0);
  });
  it('as columns, CSV and JSON', async () => {
    const data = await readProfile(await reading(await meterOf()), name, {
      from: newest - quarter,
      to: newest,
      name: (o) => o.logicalName.slice(4, -4),
    });
    expect([...data.numbers('1.8.0')]).toEqual([12_019_325, 12_019_325]);
    expect(data.column('1-0:1.8.0*255')).toMatchObject({ type: 'number', dataType: 'double-long-unsigned' });
    expect([...data.instants]).toEqual([newest - quarter, newest]);
    expect(data.toCsv({ separator: ';' }).split('\r\n')[1]).toBe(
      '2026-11-21T12:45:00+01:00;0;12019325;253514;3103862;410502',
    );
    expect(data.toJson().rows[1]).toEqual({
      time: '2026-11-21T13:00:00+01:00',
      cells: ['2026-11-21T13:00:00+01:00', 0, '12019325', '253621', '3103862', '410517'],
    });
    expect(data.values(data.rows[0]!)['96.10.1']).toEqual([]);
  });
  it('row by row in chunks, each row once', async () => {
    const profile = await openProfile(await reading(await meterOf()), name);
    const from = new Date(newest - 199 * quarter);
    for (const chunk of ['hour', 'day', 'week', 7, undefined] as const) {
      const rows = await collect(profile.rows({ from, to: new Date(now), ...(chunk === undefined ? {} : { chunk }) }));
      expect(rows.map((r) => r.instant)).toEqual(Array.from({ length: 200 }, (_, i) => newest - (199 - i) * quarter));
      expect(rows.map((r) => r.index)).toEqual(rows.map((_, i) => i));
      expect(rows.flatMap((r) => r.findings)).toEqual([]);
    }
    for (const options of [{ chunk: 7 }, { chunk: 50 }, {}, { chunk: 1000 }])
      expect(await collect(profile.rows(options))).toHaveLength(200);
    expect(await collect(profile.rows({ entries: { from: 3, to: 9 }, chunk: 4 }))).toHaveLength(7);
    const one = await collect(profile.rows({ from, to: newest, chunk: 'day', columns: [2] }));
    expect(Object.keys(one[0]!.values)).toEqual(['Clock', 'Active import (+A, QI+QIV) energy']);
  });
  it('goes on behind the last row', async () => {
    const meter = await meterOf();
    const profile = await openProfile(await reading(meter), name);
    for (const options of [{ from: newest - 99 * quarter, to: newest, chunk: 'hour' as const }, { chunk: 9 }]) {
      const all = await collect(profile.rows(options));
      const first: StreamRow[] = [];
      for await (const row of profile.rows(options)) {
        first.push(row);
        if (first.length === 31) break;
      }
      const marker = JSON.parse(JSON.stringify(first.at(-1)?.marker));
      const rest = await collect(profile.with(await reading(meter)).rows({ ...options, resumeFrom: marker }));
      expect([...first, ...rest].map((r) => r.instant)).toEqual(all.map((r) => r.instant));
    }
  });
  it('goes on by itself when the connection is made again', async () => {
    const meter = await meterOf();
    const profile = await openProfile(await reading(meter), name);
    const rows: StreamRow[] = [];
    const attempts: string[] = [];
    const reconnect = async (error: DlmsError, attempt: number): Promise<Client> => {
      attempts.push(`${error.code} ${attempt}`);
      return reading(meter);
    };
    for await (const row of profile.rows({ from: newest - 99 * quarter, to: newest, chunk: 'hour', reconnect })) {
      rows.push(row);
      if (rows.length === 31) await profile.client.close();
    }
    expect(rows.map((r) => r.instant)).toEqual(Array.from({ length: 100 }, (_, i) => newest - (99 - i) * quarter));
    expect(attempts).toEqual(['association/not-open 1']);
    await expect(collect(profile.rows({ chunk: 5 }))).rejects.toMatchObject({ code: 'association/not-open' });
  });
  it('says by name what cannot be done', async () => {
    const profile = await openProfile(await reading(await meterOf()), name);
    const refusals = [
      profile.read({ from: newest, entries: {} }),
      profile.read({ columns: ['nothing'] }),
      collect(profile.rows({ chunk: 'day' })),
      collect(profile.rows({ to: newest, chunk: 'day' })),
      collect(profile.rows({ from: newest, resumeFrom: { by: 'entry', entry: 1, row: '' } })),
      collect(profile.rows({ chunk: 5, resumeFrom: { by: 'entry', entry: 1, row: 'another' } })),
    ];
    for (const refusal of refusals) await expect(refusal).rejects.toMatchObject({ code: 'service/unsupported' });
    await expect(collect(profile.rows({ chunk: 0 }))).rejects.toMatchObject({ code: 'encode/invalid-value' });
    await expect(openProfile(profile.client, '1-0:99.9.0*255')).rejects.toMatchObject({ code: 'service/data-access' });
  });
});

// ── meters that deviate ──────────────────────────────────────────────────────────────────────────────────

interface OddMeter {
  readonly version?: 0 | 1;
  readonly newestFirst?: boolean;
  readonly deviation?: 'unspecified' | 'inverted';
  readonly as?: 'date-time';
  readonly ignoresColumns?: boolean;
  /** Minutes of the rows before the newest. */
  readonly minutes?: readonly number[];
  /** Null-data instead of the time, for rows at these positions. */
  readonly withoutTime?: readonly number[];
  readonly noScaler?: boolean;
  readonly sortMethod?: 'largest';
  /** What it makes of to_entry 0: no rows, a refusal, or nothing ever again. */
  readonly zero?: 'empty' | 'refuses' | 'dies';
  readonly withoutEntriesInUse?: boolean;
}
/** A profile of clock and one register that answers strictly in its own form. */
function oddProfile(o: OddMeter): CosemObject[] {
  const type = o.as ?? 'octet-string';
  const minutes = o.minutes ?? [60, 45, 30, 15, 0];
  const ordered = o.newestFirst === true ? [...minutes].reverse() : minutes;
  const clock = (at: number) => {
    const t = fromInstant(at, -60);
    return dateTimeToBytes({
      ...t,
      deviationMinutes: o.deviation === 'unspecified' ? null : o.deviation === 'inverted' ? 60 : -60,
    });
  };
  const columns = [
    { classId: 8, logicalName: '0-0:1.0.0*255', attributeIndex: 2, dataIndex: 0 },
    { classId: 3, logicalName: '1-0:1.9.0*255', attributeIndex: 2, dataIndex: 0 },
  ] as const;
  const row = (m: number, i: number, only: readonly number[]): Data => ({
    type: 'structure',
    value: [
      o.withoutTime?.includes(i) === true
        ? ({ type: 'null-data' } as const)
        : ({ type, value: clock(newest - m * 60_000) } as const),
      { type: 'double-long-unsigned', value: 1000 + m } as const,
    ].filter((_, c) => only.includes(c)),
  });
  const moment = (d: Data): number => {
    if (d.type !== type) throw new AccessRefused('type-unmatched');
    const v = dateTimeFromBytes(d.value);
    if ((o.deviation === 'unspecified') !== (v.deviationMinutes === null)) throw new AccessRefused('type-unmatched');
    return toInstant(v, { deviationMinutes: -60, ...(o.deviation === 'inverted' ? { invertedDeviation: true } : {}) });
  };
  const buffer = accessor<Extract<Data, { type: 'array' }>>({
    selective: true,
    get: ({ selection }) => {
      let kept = ordered.map((m, i) => ({ m, i }));
      let only = [0, 1];
      if (selection?.accessSelector === 1) {
        // Version 0 has no data index; only the count of fields differs.
        const parameters = selection.accessParameters;
        const fields = parameters.type === 'structure' ? parameters.value : [];
        const restricting = fields[0]?.type === 'structure' ? fields[0].value.length : 0;
        if (restricting !== (o.version === 0 ? 3 : 4)) throw new AccessRefused('type-unmatched');
        const [from, to] = [moment(fields[1] as Data), moment(fields[2] as Data)];
        kept = kept.filter(({ m }) => newest - m * 60_000 >= from && newest - m * 60_000 <= to);
        if (o.version !== 0 && o.ignoresColumns !== true) {
          const { selectedValues } = decode(RangeDescriptor, encode(Data, parameters));
          if (selectedValues.length > 0)
            only = selectedValues.map((s) => columns.findIndex((c) => c.logicalName === s.logicalName));
        }
      } else if (selection?.accessSelector === 2) {
        const e = decode(EntryDescriptor, encode(Data, selection.accessParameters));
        if (e.toEntry === 0 && o.zero === 'empty') kept = [];
        if (e.toEntry === 0 && o.zero === 'refuses') throw new AccessRefused('type-unmatched');
        if (e.toEntry === 0 && o.zero === 'dies') throw new Error('the meter is gone');
        kept = kept.slice(e.fromEntry - 1, e.toEntry === 0 ? undefined : e.toEntry);
      }
      return { type: 'array', value: kept.map(({ m, i }) => row(m, i, only)) };
    },
  });
  const definition = (o.version === 0 ? ProfileGenericV0 : ProfileGeneric) as typeof ProfileGeneric;
  return [
    cosemObject(definition, '1-0:99.2.0*255', {
      buffer,
      captureObjects: [...columns],
      capturePeriod: 900,
      sortMethod: o.sortMethod ?? (o.newestFirst === true ? 'lifo' : 'fifo'),
      ...(o.withoutEntriesInUse === true ? {} : { entriesInUse: minutes.length }),
    }),
    cosemObject(Register, '1-0:1.9.0*255', {
      value: { type: 'double-long-unsigned', value: 1 },
      ...(o.noScaler === true ? {} : { scalerUnit: { scaler: -3, unit: 'Wh' as const } }),
    }),
  ];
}
const odd: Obis = '1-0:99.2.0*255';
const client = async (o: OddMeter): Promise<Client> =>
  reading(await meterOf({ objects: oddProfile(o), profileRows: 1 }));
const range = { from: newest - 2 * quarter, to: newest };

describe('meters that deviate', () => {
  it.each(['empty', 'refuses', 'dies'] as const)(
    'do not know 0 as the last entry (%s): the number of the last row is sent instead',
    async (zero) => {
      const c = await client({ zero });
      const profile = await openProfile(c, odd);
      const rows = async (options: Parameters<typeof profile.read>[0]) => (await profile.read(options)).rows.length;
      expect(await rows({ entries: { from: 2 } })).toBe(4);
      expect(await rows({ entries: { from: 2, to: 0 } })).toBe(4);
      expect(await rows({ entries: {} })).toBe(5);
      expect(await rows({ entries: { from: 5 } })).toBe(1);
      // Also where only columns are chosen, and in a stream.
      expect(await rows({ columns: [1] })).toBe(5);
      expect(await collect(profile.rows({ entries: { from: 4 } }))).toHaveLength(2);
      // There are no such rows: nothing is asked for.
      expect(await rows({ entries: { from: 6 } })).toBe(0);
      expect(await rows({ entries: { from: 2, to: 3 } })).toBe(2);
      const asked = openProfile(c, odd, { range: { lastEntry: 'zero' } }).then((p) => p.read({ entries: { from: 2 } }));
      if (zero === 'empty') expect((await asked).rows).toEqual([]);
      else await expect(asked).rejects.toMatchObject({ code: 'service/data-access' });
    },
  );
  it('do not say how many rows they have: 0 is sent, as the Blue Book has it', async () => {
    const profile = await openProfile(await client({ withoutEntriesInUse: true }), odd);
    expect((await profile.read({ entries: { from: 2 } })).length).toBe(4);
  });
  it('want another form of time', async () => {
    for (const [o, form] of [
      [{ deviation: 'unspecified' }, { deviation: 'unspecified' }],
      [{ deviation: 'inverted' }, { deviation: 'inverted', deviationMinutes: -60 }],
      [{ as: 'date-time' }, { as: 'date-time' }],
      [
        { deviation: 'unspecified', as: 'date-time' },
        { deviation: 'unspecified', as: 'date-time', deviationMinutes: -60 },
      ],
    ] as const) {
      const c = await client(o);
      // The usual form is refused, or means another hour.
      const usual = await readProfile(c, odd, range).then(
        (data) => `${data.length} rows`,
        (e: DlmsError) => `${e.code} ${(e.context as { result: string }).result}`,
      );
      expect(usual).toBe(
        'deviation' in o && o.deviation === 'inverted' ? '0 rows' : 'service/data-access type-unmatched',
      );
      const profile = await openProfile(c, odd, { range: form });
      const data = await profile.read(range);
      expect(data.rows.map((r) => formatDateTime(r.clock!).slice(0, 19))).toEqual([
        '2026-11-21T12:30:00',
        '2026-11-21T12:45:00',
        '2026-11-21T13:00:00',
      ]);
      expect(await collect(profile.rows({ ...range, chunk: 'hour' }))).toHaveLength(3);
      const chunked = await collect(profile.rows({ from: newest - 4 * quarter, to: newest, chunk: 1 }));
      expect(chunked.map((r) => String(r.cells[1]))).toEqual([
        '1.060 Wh',
        '1.045 Wh',
        '1.030 Wh',
        '1.015 Wh',
        '1.000 Wh',
      ]);
      if (!('deviation' in form) || 'deviationMinutes' in form) expect(chunked.at(-1)?.instant).toBe(newest);
    }
  });
  it('have the old version of the class', async () => {
    const c = await client({ version: 0 });
    const data = await readProfile(c, odd, { definition: ProfileGenericV0, ...range });
    expect(data.rows.map((r) => String(r.cells[1]))).toEqual(['1.030 Wh', '1.015 Wh', '1.000 Wh']);
  });
  it('send all columns whatever is asked', async () => {
    const c = await client({ ignoresColumns: true });
    const data = await readProfile(c, odd, { ...range, columns: [1] });
    expect(data.rows.map((r) => r.cells.map(String))).toEqual([['1.030 Wh'], ['1.015 Wh'], ['1.000 Wh']]);
    expect(
      (await readProfile(c, odd, { ...range, columns: [1], range: { columnSelection: false } })).rows[0]?.cells,
    ).toHaveLength(1);
  });
  it('leave out times, which the capture period fills', async () => {
    const rows = (await readProfile(await client({ withoutTime: [0, 2, 3] }), odd)).rows;
    expect(rows.map((r) => r.instant)).toEqual([4, 3, 2, 1, 0].map((n) => newest - n * quarter));
    expect(rows.map((r) => r.computed)).toEqual([true, false, true, true, false]);
    const backwards = (await readProfile(await client({ newestFirst: true, withoutTime: [1, 2] }), odd)).rows;
    expect(backwards.map((r) => r.instant)).toEqual([0, 1, 2, 3, 4].map((n) => newest - n * quarter));
  });
  it('have the newest row first: by time it comes last', async () => {
    const profile = await openProfile(await client({ newestFirst: true }), odd);
    const rows = await collect(profile.rows({ from: newest - 4 * quarter, to: newest, chunk: 2 }));
    expect(rows.map((r) => r.instant)).toEqual([4, 3, 2, 1, 0].map((n) => newest - n * quarter));
    expect(rows.flatMap((r) => r.findings)).toEqual([]);
    expect((await collect(profile.rows({ chunk: 2 }))).map((r) => r.instant)).toEqual(
      [0, 1, 2, 3, 4].map((n) => newest - n * quarter),
    );
  });
  it('do not tell a scaler: values stay raw', async () => {
    const data = await readProfile(await client({ noScaler: true }), odd);
    expect(data.rows[0]?.cells[1]).toBe(1060);
    expect(data.layout.withoutScaler['1-0:1.9.0*255']).toContain('object-unavailable');
  });
  it('miss rows and repeat some: found across the edges of chunks', async () => {
    const minutes = [120, 105, 60, 60, 52, 45, 30, 0];
    const kinds = (rows: readonly StreamRow[]) =>
      rows.flatMap((r) => r.findings.map((f) => `${r.index} ${f.kind}${f.kind === 'gap' ? ` ${f.missing}` : ''}`));
    const expected = ['2 gap 2', '3 duplicate', '4 off-period', '7 gap 1'];
    const profile = await openProfile(await client({ minutes }), odd);
    for (const options of [{ from: newest - 8 * quarter, to: newest }, {}])
      for (const chunk of [undefined, 1, 2, 3, 100]) {
        const heard: string[] = [];
        const rows = await collect(
          profile.rows({ ...options, ...(chunk === undefined ? {} : { chunk }), onFinding: (f) => heard.push(f.kind) }),
        );
        expect(rows).toHaveLength(minutes.length);
        expect(kinds(rows)).toEqual(expected);
        expect(heard).toHaveLength(4);
      }
    expect((await profile.read()).findings.map((f) => f.kind)).toEqual(['gap', 'duplicate', 'off-period', 'gap']);
    const unsorted = await openProfile(await client({ minutes, sortMethod: 'largest' }), odd);
    expect((await unsorted.read()).findings).toEqual([]);
  });
  it('property: whatever the rows and the chunk, each comes once and in order, also after a break', async () => {
    const profile = await openProfile(await client({}), odd);
    const c = profile.client;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        fc.nat(12),
        async (steps, chunk, newestFirst, stop) => {
          const minutes = steps.sort((a, b) => b - a).map((s) => s * 5);
          const served = oddProfile({ minutes, newestFirst })[0] as CosemObject;
          const local = {
            ...c,
            getEncoded: async (d: Parameters<Client['getEncoded']>[0]) =>
              served.attributes.get(2)!.read({
                caller: {
                  clientSap: 1,
                  serverSap: 1,
                  association: '0-0:40.0.0*255',
                  mechanism: 'none',
                  protection: {},
                  signers: [],
                },
                selection: d.accessSelection,
              }),
          } as unknown as Client;
          const reader = (
            await openProfile(local, odd, {
              layout: { ...profile.layout, newestFirst },
              range: { deviationMinutes: -60 },
            })
          ).with(local);
          const options = { from: newest - 100 * 60_000, to: newest, chunk };
          const first: StreamRow[] = [];
          for await (const row of reader.rows(options)) {
            first.push(row);
            if (first.length > stop) break;
          }
          const marker = first.at(-1)?.marker;
          const rest = await collect(
            reader.rows({ ...options, ...(marker === undefined ? {} : { resumeFrom: marker }) }),
          );
          const all = marker === undefined ? rest : [...first, ...rest];
          expect(all.map((r) => String(r.cells[1]))).toEqual(minutes.map((m) => `1.${String(m).padStart(3, '0')} Wh`));
        },
      ),
      { numRuns: 60 },
    );
  });
  it('send octets behind the last row: told, once in each reading', async () => {
    const { layout } = await openProfile(await client({}), odd);
    const row = encode(Data, {
      type: 'structure',
      value: [
        { type: 'octet-string', value: dateTimeToBytes(fromInstant(newest)) },
        { type: 'double-long-unsigned', value: 7 },
      ],
    });
    const events: ClientEvent[] = [];
    const local = {
      getEncoded: async () => Uint8Array.of(1, 1, ...row, 0xaa),
      association: { exchange: { onEvent: (e: ClientEvent) => events.push(e) } },
    } as unknown as Client;
    expect((await readProfile(local, odd, { layout })).length).toBe(1);
    expect(events).toMatchObject([{ type: 'quirk', name: 'trailing-octets' }]);
  });
  it('property: any octets in place of a buffer end in rows or a named error', async () => {
    const { layout } = await openProfile(await client({}), odd);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 120 }), async (octets) => {
        const local = { getEncoded: async () => octets, association: { exchange: {} } } as unknown as Client;
        try {
          const data = await readProfile(local, odd, { layout });
          data.toText();
          data.toCsv();
          expect(data.numbers(1)).toHaveLength(data.length);
          expect(data.findings).toBeInstanceOf(Array);
        } catch (e) {
          expect(e).toBeInstanceOf(DlmsError);
        }
      }),
    );
  });
});
