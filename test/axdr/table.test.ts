import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactArrayOf, Data, decode, decodeTable, encode, type Table, tableRows } from '../../src/axdr/index.js';
import { isDlmsError, parseHex } from '../../src/core/index.js';

const table = (rows: readonly Data[][]): Uint8Array =>
  encode(Data, { type: 'array', value: rows.map((value): Data => ({ type: 'structure', value })) });
/** The table as what generic decoding gives: the reference for both paths. */
function generic(bytes: Uint8Array): unknown[][] {
  const d = decode(Data, bytes);
  return d.type === 'array' ? d.value.map((row) => (row.type === 'structure' ? row.value.map(plain) : [])) : [];
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
  it('names rows', () => {
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
    expect(() => tableRows(t, ['a'])).toThrow('2 names');
  });
  it('gives no rows for an empty profile, whatever its columns are called', () => {
    for (const empty of ['0100', '13000000'])
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
        let expected: unknown;
        try {
          expected = generic(damaged);
        } catch {
          expected = undefined;
        }
        try {
          const got = cells(decodeTable(damaged));
          if (expected !== undefined && (expected as unknown[]).length > 0) expect(got).toEqual(expected);
        } catch (e) {
          if (!isDlmsError(e)) throw e;
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
    expect(() => decodeTable(parseHex('0184FFFFFFFF0200'))).toThrow(expect.objectContaining({ name: 'DlmsError' }));
  });
});
