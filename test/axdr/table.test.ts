import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Column,
  compactArrayOf,
  Data,
  type DataType,
  decode,
  decodeTable,
  encode,
  type Table,
  tableRows,
} from '../../src/axdr/index.js';
import { concat, isDlmsError, parseHex, type Quirk } from '../../src/core/index.js';
import { outcome, refusal } from '../support/outcome.js';

const table = (rows: readonly Data[][]): Uint8Array =>
  encode(Data, { type: 'array', value: rows.map((value): Data => ({ type: 'structure', value })) });
/** The table as what generic decoding gives: the reference for both paths. */
function generic(bytes: Uint8Array, lenient = false): unknown[][] {
  const d = decode(Data, bytes, { lenient });
  if (d.type !== 'array') throw new Error(`${d.type} instead of an array`);
  const rows = d.value.map((row) => (row.type === 'structure' ? row.value.map(plain) : [plain(row)]));
  if (rows.some((row) => row.length !== rows[0]?.length)) throw new Error('rows that differ in length');
  return rows;
}
const plain = (c: Data): unknown => ('value' in c ? (c.type === 'boolean' ? Number(c.value) : c.value) : null);
function cells(t: Table): unknown[][] {
  return Array.from({ length: t.length }, (_, i) =>
    t.columns.map((c) => {
      if (c.absent?.[i] === 1) return null;
      if (c.type === 'octets') return c.values.subarray(i * c.width, (i + 1) * c.width);
      return c.type === 'data' ? plain(c.values[i] as Data) : c.values[i];
    }),
  );
}

const cell = {
  boolean: fc.constantFrom<Data[]>(
    { type: 'boolean', value: false },
    { type: 'boolean', value: true },
    { type: 'boolean', value: true, octet: 255 },
  ),
  'double-long': fc.integer().map((value): Data => ({ type: 'double-long', value })),
  'double-long-unsigned': fc.nat(0xffffffff).map((value): Data => ({ type: 'double-long-unsigned', value })),
  integer: fc.integer({ min: -128, max: 127 }).map((value): Data => ({ type: 'integer', value })),
  long: fc.integer({ min: -32768, max: 32767 }).map((value): Data => ({ type: 'long', value })),
  unsigned: fc.nat(255).map((value): Data => ({ type: 'unsigned', value })),
  'long-unsigned': fc.nat(65535).map((value): Data => ({ type: 'long-unsigned', value })),
  enum: fc.nat(255).map((value): Data => ({ type: 'enum', value })),
  long64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): Data => ({ type: 'long64', value })),
  'long64-unsigned': fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((value): Data => ({ type: 'long64-unsigned', value })),
  clock: fc.uint8Array({ minLength: 12, maxLength: 12 }).map((value): Data => ({ type: 'octet-string', value })),
  name: fc.uint8Array({ minLength: 6, maxLength: 6 }).map((value): Data => ({ type: 'octet-string', value })),
  'date-time': fc.uint8Array({ minLength: 12, maxLength: 12 }).map((value): Data => ({ type: 'date-time', value })),
  text: fc.string({ maxLength: 5 }).map((s): Data => ({ type: 'visible-string', value: s.replace(/[^ -~]/g, '?') })),
};
const equalRows = fc
  .array(fc.constantFrom(...(Object.keys(cell) as (keyof typeof cell)[])), { minLength: 1, maxLength: 6 })
  .chain((columns) =>
    fc.array(fc.tuple(...columns.map((c) => cell[c])), { minLength: 1, maxLength: 12 }),
  ) as fc.Arbitrary<Data[][]>;

describe('decodeTable', () => {
  it('gives what generic decoding gives', () => {
    fc.assert(
      fc.property(equalRows, (rows) => {
        expect(cells(decodeTable(table(rows)))).toEqual(generic(table(rows)));
      }),
    );
  });
  it('gives the same when some cells are null-data', () => {
    fc.assert(
      fc.property(equalRows, fc.nat(), (rows, seed) => {
        const holed = rows.map((row, i) =>
          row.map((c, j): Data => ((seed >> ((i * 3 + j) % 30)) & 1 ? { type: 'null-data' } : c)),
        );
        expect(cells(decodeTable(table(holed)))).toEqual(generic(table(holed)));
      }),
    );
  });
  it('adds deltas to the value before', () => {
    const t = decodeTable(
      table([
        [{ type: 'double-long-unsigned', value: 1000 }],
        [{ type: 'delta-unsigned', value: 5 }],
        [{ type: 'null-data' }],
        [{ type: 'delta-integer', value: -2 }],
      ]),
    );
    expect(cells(t)).toEqual([[1000], [1005], [null], [1003]]);
  });
  it('takes the octets of a compact-array, and a profile of one column without structures', () => {
    const rows = [1, 2, 3].map(
      (n): Data => ({
        type: 'structure',
        value: [
          { type: 'unsigned', value: n },
          { type: 'long', value: -n },
        ],
      }),
    );
    expect(cells(decodeTable(encode(Data, { type: 'compact-array', ...compactArrayOf(rows) })))).toEqual([
      [1, -1],
      [2, -2],
      [3, -3],
    ]);
    expect(cells(decodeTable(encode(Data, { type: 'array', value: [{ type: 'unsigned', value: 7 }] })))).toEqual([[7]]);
  });
  it('makes rows with the given names, and refuses more or fewer names', () => {
    const t = decodeTable(
      table([
        [{ type: 'unsigned', value: 1 }, { type: 'null-data' }],
        [
          { type: 'unsigned', value: 2 },
          { type: 'octet-string', value: Uint8Array.of(9) },
        ],
      ]),
    );
    expect(tableRows(t, ['a', 'b'])).toEqual([
      { a: 1, b: null },
      { a: 2, b: Uint8Array.of(9) },
    ]);
    for (const names of [['a'], ['a', 'b', 'c']])
      expect(refusal(() => tableRows(t, names))).toMatchObject({
        code: 'encode/invalid-value',
        context: { expected: '2 names of columns' },
      });
  });
  it('gives no rows for an empty profile, whatever its columns are called', () => {
    for (const empty of ['0100', '130000'])
      expect(tableRows(decodeTable(parseHex(empty)), ['clock', 'value'])).toEqual([]);
  });
  it('never misreads a row that lies: every octet changed alone gives what generic decoding gives, or an error', () => {
    const bytes = table(
      [1, 2, 3, 4].map((n): Data[] => [
        { type: 'octet-string', value: new Uint8Array(12).fill(n) },
        { type: 'unsigned', value: n },
        { type: 'double-long-unsigned', value: n * 99 },
      ]),
    );
    for (let i = 0; i < bytes.length; i++) {
      for (const flip of [1, 2, 0x80]) {
        const damaged = bytes.slice();
        damaged[i] = (damaged[i] as number) ^ flip;
        for (const lenient of [false, true]) {
          let expected: unknown[][] | undefined;
          try {
            expected = generic(damaged, lenient);
          } catch {
            expected = undefined;
          }
          let got: unknown[][] | undefined;
          const code = outcome(() => {
            got = cells(decodeTable(damaged, { lenient }));
          });
          expect([i, flip, lenient, got]).toEqual([i, flip, lenient, expected]);
          expect(code === 'accepted').toBe(expected !== undefined);
        }
      }
    }
  });
  it('ends in a value or a DlmsError for any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeTable(bytes);
        } catch (e) {
          if (!isDlmsError(e)) throw e;
        }
      }),
    );
    // A count that the octets left cannot hold, and one that runs off the end.
    for (const lenient of [false, true])
      for (const hex of ['0184FFFFFFFF0200', '0188FFFFFFFFFFFF', '018800000000FFFF'])
        expect(refusal(() => decodeTable(parseHex(hex), { lenient })).code).toMatch(/^decode\//);
  });
  it.each([
    ['trailing-octets', 'behind equal rows', '01020201110102011102 AABB', 10, 'decode/trailing-bytes'],
    ['trailing-octets', 'behind other rows', '010202011101020100 AA', 9, 'decode/trailing-bytes'],
    ['trailing-octets', 'behind no rows', '0100 AA', 2, 'decode/trailing-bytes'],
    ['trailing-octets', 'behind a compact-array', '131103010203 AA', 6, 'decode/trailing-bytes'],
    ['non-minimal-length', 'in front of equal rows', '0181020201110102011102', 1, 'decode/invalid-length'],
    ['signalling-nan', 'in equal rows', '0102 0201173FC00000 0201177F800001', 12, 'decode/invalid-value'],
  ])('drops nothing: %s %s is refused, or named in lenient mode', (name, _, hex, offset, code) => {
    const bytes = parseHex(hex);
    expect(refusal(() => decodeTable(bytes))).toMatchObject({ code, context: { offset } });
    const quirks: Quirk[] = [];
    const { length } = decodeTable(bytes, { lenient: true, quirks });
    expect(quirks).toMatchObject([{ name, offset }]);
    expect(length).toBe(hex.startsWith('0100') ? 0 : hex.startsWith('13') ? 3 : 2);
  });
});

describe('a column of equal cells', () => {
  afterEach(() => void vi.restoreAllMocks());
  /** Columns that were packed straight from the octets: no Data value was made of any cell. */
  function packed(bytes: Uint8Array): readonly Column[] {
    const read = vi.spyOn(Data, 'read');
    const { columns } = decodeTable(bytes);
    expect(read).not.toHaveBeenCalled();
    return columns;
  }
  const rowsOf = (...cells: readonly string[]): Uint8Array =>
    parseHex(`01${cells.length.toString(16).padStart(2, '0')}${cells.map((c) => `0201${c}`).join('')}`);
  const numbers: readonly (readonly [DataType, readonly string[], readonly number[]])[] = [
    ['boolean', ['0300', '0301', '03FF'], [0, 1, 1]],
    [
      'double-long',
      ['0580000000', '057FFFFFFF', '0501020304', '05FFFFFFFE'],
      [-(2 ** 31), 2 ** 31 - 1, 0x01020304, -2],
    ],
    ['double-long-unsigned', ['0600000000', '06FFFFFFFF', '0681020304'], [0, 2 ** 32 - 1, 0x81020304]],
    ['integer', ['0F80', '0F7F', '0FFF'], [-128, 127, -1]],
    ['long', ['108000', '107FFF', '10FF00'], [-32768, 32767, -256]],
    ['unsigned', ['1100', '11FF'], [0, 255]],
    ['long-unsigned', ['120102', '12FFFF'], [0x0102, 0xffff]],
    ['enum', ['1600', '16FF'], [0, 255]],
    ['float32', ['173FC00000', '17C2F70000'], [1.5, -123.5]],
  ];
  it.each(numbers)('of %s is read without a value for each cell, up to its limits', (dataType, cells, values) => {
    expect(packed(rowsOf(...cells))).toEqual([
      { type: 'number', dataType, values: Float64Array.from(values), absent: undefined },
    ]);
  });
  it('of 64-bit integers keeps every bit, and its sign', () => {
    const cells = ['8000000000000000', '7FFFFFFFFFFFFFFF', 'FFFFFFFFFFFFFFFF', '0102030405060708'];
    expect(packed(rowsOf(...cells.map((c) => `14${c}`)))).toEqual([
      {
        type: 'bigint',
        dataType: 'long64',
        values: BigInt64Array.from([-(2n ** 63n), 2n ** 63n - 1n, -1n, 0x0102030405060708n]),
        absent: undefined,
      },
    ]);
    expect(packed(rowsOf(...cells.map((c) => `15${c}`)))).toEqual([
      {
        type: 'bigint',
        dataType: 'long64-unsigned',
        values: BigUint64Array.from([2n ** 63n, 2n ** 63n - 1n, 2n ** 64n - 1n, 0x0102030405060708n]),
        absent: undefined,
      },
    ]);
  });
  it.each([
    ['octet-string', '090C', 12],
    ['octet-string', '0906', 6],
    ['octet-string', '0900', 0],
    // The longest that has its length in one octet.
    ['octet-string', '097F', 127],
    ['date-time', '19', 12],
  ] as const)('of %s (%s…) has its octets back to back, whatever their width', (dataType, head, width) => {
    const cells = [1, 2, 3].map((n) => Uint8Array.from({ length: width }, (_, i) => n * 16 + i));
    const bytes = concat(parseHex('0103'), ...cells.flatMap((c) => [parseHex(`0201${head}`), c]));
    expect(packed(bytes)).toEqual([{ type: 'octets', dataType, values: concat(...cells), width, absent: undefined }]);
  });
  it('beside others is found at its place in the row', () => {
    const row = (n: number): string => `0204110${n}0906AABBCCDDEE0${n}12000${n}0500000${n}00`;
    const columns = packed(parseHex(`0103${row(1)}${row(2)}${row(3)}`));
    expect(columns.map((c) => c.dataType)).toEqual(['unsigned', 'octet-string', 'long-unsigned', 'double-long']);
    expect(columns.map((c) => [...(c.values as Uint8Array)])).toEqual([
      [1, 2, 3],
      [1, 2, 3].flatMap((n) => [0xaa, 0xbb, 0xcc, 0xdd, 0xee, n]),
      [1, 2, 3],
      [0x100, 0x200, 0x300],
    ]);
  });
  it('is read in a table of 127 columns, and of 1000 rows', () => {
    const wide = parseHex(`0102${`027F${'1107'.repeat(127)}`.repeat(2)}`);
    expect(packed(wide)).toHaveLength(127);
    const long = parseHex(`018203E8${'02011107'.repeat(1000)}`);
    expect(packed(long)[0]?.values).toHaveLength(1000);
  });
  it('with longer octet strings, or beside more than 127 others, comes out right all the same', () => {
    const octets = Uint8Array.from({ length: 200 }, (_, i) => i);
    const cellOf = concat(parseHex('02010981C8'), octets);
    expect(cells(decodeTable(concat(parseHex('0102'), cellOf, cellOf)))).toEqual([[octets], [octets]]);
    const wide = decodeTable(parseHex(`0101028180${'1107'.repeat(128)}`));
    expect(cells(wide)).toEqual([new Array(128).fill(7)]);
  });
  const lies: readonly (readonly [string, string, string])[] = [
    ...numbers.map(([type, [first]]) => ['a cell', type, first as string] as const),
    ['a cell', 'long64', '148000000000000000'],
    ['a cell', 'octet-string', '0906AABBCCDDEEFF'],
    ['a cell', 'octet-string', `090C${'AB'.repeat(12)}`],
    ['a cell', 'date-time', `19${'AB'.repeat(12)}`],
  ];
  it.each(lies)('%s of %s that is of another type in the last row alone is read as what it is', (_, dataType, cell) => {
    // Octets as many as the others have.
    const other = `09${(cell.length / 2 - 2).toString(16).padStart(2, '0')}${'00'.repeat(cell.length / 2 - 2)}`;
    const mixed = dataType === 'octet-string' ? `0A${other.slice(2)}` : other;
    const type = dataType === 'octet-string' ? 'visible-string' : 'octet-string';
    expect(decodeTable(rowsOf(cell, cell, mixed)).columns).toMatchObject([
      { type: 'data', dataType, values: [{ type: dataType }, { type: dataType }, { type }] },
    ]);
  });
  it.each(['0902AABB', `090C${'AB'.repeat(12)}`])(
    'of octet strings (%s) of which one says another length is not cut at the length of the first',
    (cell) => {
      const shorter = (cell.length - 4) / 2 - 1;
      // As many octets as the others, one of them outside the string.
      const lying = `09${shorter.toString(16).padStart(2, '0')}${'AB'.repeat(shorter + 1)}`;
      expect(refusal(() => decodeTable(rowsOf(cell, lying, cell))).code).toBe('decode/unknown-choice');
    },
  );
});

describe('a table that is not of equal rows', () => {
  const column = (...values: Data[]): Column => {
    const { columns, length } = decodeTable(table(values.map((v) => [v])));
    expect([columns.length, length]).toEqual([1, values.length]);
    return columns[0] as Column;
  };
  const none: Data = { type: 'null-data' };
  it('packs the cells that are there, and marks the others', () => {
    expect(column({ type: 'long', value: -7 }, none, { type: 'long', value: 8 })).toEqual({
      type: 'number',
      dataType: 'long',
      values: Float64Array.of(-7, 0, 8),
      absent: Uint8Array.of(0, 1, 0),
    });
    expect(column(none, { type: 'boolean', value: true })).toMatchObject({
      type: 'number',
      dataType: 'boolean',
      values: Float64Array.of(0, 1),
    });
    expect(column({ type: 'long64', value: -7n }, none)).toEqual({
      type: 'bigint',
      dataType: 'long64',
      values: BigInt64Array.of(-7n, 0n),
      absent: Uint8Array.of(0, 1),
    });
    expect(column(none, { type: 'long64-unsigned', value: 2n ** 63n })).toMatchObject({
      type: 'bigint',
      values: BigUint64Array.of(0n, 2n ** 63n),
    });
    expect(
      column({ type: 'octet-string', value: Uint8Array.of(1, 2) }, none, {
        type: 'octet-string',
        value: Uint8Array.of(3, 4),
      }),
    ).toEqual({
      type: 'octets',
      dataType: 'octet-string',
      width: 2,
      values: Uint8Array.of(1, 2, 0, 0, 3, 4),
      absent: Uint8Array.of(0, 1, 0),
    });
    expect(column(none, { type: 'date-time', value: new Uint8Array(12).fill(1) })).toMatchObject({
      type: 'octets',
      dataType: 'date-time',
      width: 12,
    });
  });
  it('keeps as Data what cannot be packed: other types, other widths, texts, nested values, nothing at all', () => {
    const mixed: Data[] = [
      { type: 'long', value: 1 },
      { type: 'unsigned', value: 2 },
    ];
    expect(column(...mixed)).toEqual({ type: 'data', dataType: 'long', values: mixed, absent: undefined });
    const widths: Data[] = [Uint8Array.of(1), none, Uint8Array.of(1, 2)].map(
      (value): Data => (value instanceof Uint8Array ? { type: 'octet-string', value } : value),
    );
    expect(column(...widths)).toEqual({
      type: 'data',
      dataType: 'octet-string',
      values: widths,
      absent: Uint8Array.of(0, 1, 0),
    });
    const texts: Data[] = ['a', 'b'].map((value) => ({ type: 'visible-string', value }));
    expect(column(...texts)).toMatchObject({ type: 'data', dataType: 'visible-string', values: texts });
    const nested: Data[] = [{ type: 'structure', value: [{ type: 'unsigned', value: 1 }] }];
    expect(column(...nested)).toMatchObject({ type: 'data', dataType: 'structure', values: nested });
    expect(column(none, none)).toEqual({
      type: 'data',
      dataType: 'null-data',
      values: [none, none],
      absent: Uint8Array.of(1, 1),
    });
  });
  it('adds deltas to big numbers and over gaps, and keeps those that have nothing before them', () => {
    expect(
      column({ type: 'long64', value: 2n ** 60n }, { type: 'delta-long', value: -1 }, none, {
        type: 'delta-unsigned',
        value: 5,
      }),
    ).toEqual({
      type: 'bigint',
      dataType: 'long64',
      values: BigInt64Array.of(2n ** 60n, 2n ** 60n - 1n, 0n, 2n ** 60n + 4n),
      absent: Uint8Array.of(0, 0, 1, 0),
    });
    expect(column({ type: 'delta-long', value: 3 }, { type: 'long', value: 1 })).toMatchObject({
      type: 'data',
      dataType: 'delta-long',
    });
    const behindText: Data[] = [
      { type: 'visible-string', value: 'a' },
      { type: 'delta-long', value: 3 },
    ];
    expect(column(...behindText)).toMatchObject({ type: 'data', values: behindText });
  });
  it('is refused when rows differ in length, or when it is no array', () => {
    const one: Data = { type: 'unsigned', value: 1 };
    expect(refusal(() => decodeTable(table([[one, one], [one]])))).toMatchObject({
      code: 'decode/invalid-length',
      context: { expected: 'row 1 of 2 cells', actual: 1 },
    });
    expect(refusal(() => decodeTable(table([[one], [one, one]]))).code).toBe('decode/invalid-length');
    for (const other of ['1101', '0201110A', '00'])
      expect(refusal(() => decodeTable(parseHex(other)))).toMatchObject({
        code: 'decode/unexpected-tag',
        context: { offset: 0, expected: 'array or compact-array', actual: Number.parseInt(other.slice(0, 2), 16) },
      });
    expect(refusal(() => decodeTable(new Uint8Array(0))).code).toBe('decode/unexpected-end');
  });
  it('has no columns when its rows have none', () => {
    expect(decodeTable(parseHex('0103020002000200'))).toEqual({ length: 3, columns: [] });
  });
  it('becomes rows with a value of each kind, and null where there was none', () => {
    const t = decodeTable(
      table([
        [none, none, none, none],
        [
          { type: 'long', value: 1 },
          { type: 'long64', value: 2n },
          { type: 'octet-string', value: Uint8Array.of(3) },
          { type: 'visible-string', value: 'x' },
        ],
      ]),
    );
    expect(tableRows(t, ['n', 'b', 'o', 'd'])).toEqual([
      { n: null, b: null, o: null, d: null },
      { n: 1, b: 2n, o: Uint8Array.of(3), d: { type: 'visible-string', value: 'x' } },
    ]);
  });
});
