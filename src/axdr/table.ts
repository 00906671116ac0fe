import { type DecodeOptions, type Quirk, Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { compactArrayItems } from './compact-array-items.js';
import { Data, type DataType } from './data.js';
import { simpleTypes } from './data-types.js';
import { decode } from './schema.js';

/** A column whose cells are of one type. */
export interface ColumnOf<T extends string, V> {
  readonly type: T;
  /** The Data type of the cells. */
  readonly dataType: DataType;
  /** Packed, one for each row. */
  readonly values: V;
  /** 1 where the cell was null-data ("as in the row before", or computable); undefined when there is none. */
  readonly absent: Uint8Array | undefined;
}
/** One column of a profile buffer. */
export type Column =
  | ColumnOf<'number', Float64Array>
  | ColumnOf<'bigint', BigInt64Array | BigUint64Array>
  /** Octet strings of one width, back to back: row i is `values.subarray(i * width, (i + 1) * width)`. Clocks stay their 12 octets. */
  | (ColumnOf<'octets', Uint8Array> & { readonly width: number })
  /** Cells that differ in type, vary in length or are nested: as Data. */
  | ColumnOf<'data', readonly Data[]>;
/** A profile buffer by columns. */
export interface Table {
  readonly length: number;
  readonly columns: readonly Column[];
}

/**
 * Decodes an array of equal structures (a profile buffer) by columns. No schema is needed: the tags of the data describe it. Null-data cells are
 * marked, delta types are added up. The octets of a compact-array are taken as well.
 *
 * When the layout of the first row, repeated, explains every octet, each column is one tight loop that still verifies every tag; else the
 * rows are read one by one. Deviations are refused, or accepted by name in lenient mode, as `decode` does: octets behind the last row are one.
 *
 * @throws DlmsError `decode/…`
 */
export function decodeTable(bytes: Uint8Array, options: DecodeOptions = {}): Table {
  return equalRows(bytes) ?? anyRows(bytes, options);
}

/** Rows as plain objects, the cells under the given names; absent cells are null, octet strings views. A table without rows has no columns to name. */
export function tableRows<const N extends readonly string[]>(
  table: Table,
  names: N,
): Record<N[number], number | bigint | Uint8Array | Data | null>[] {
  if (table.length === 0) return [];
  if (names.length !== table.columns.length)
    throw new DlmsError('encode/invalid-value', {
      expected: `${table.columns.length} names of columns`,
      actual: `${names.length}`,
    });
  // Every row starts as a copy of one template, so that all have one hidden class; then the columns are filled one after the other.
  const template = Object.fromEntries(names.map((n) => [n, null])) as Record<string, unknown>;
  const rows = new Array<Record<string, unknown>>(table.length);
  for (let i = 0; i < rows.length; i++) rows[i] = { ...template };
  table.columns.forEach((column, j) => {
    fillRows(rows, names[j] as string, column);
  });
  return rows as Record<N[number], number | bigint | Uint8Array | Data | null>[];
}
function fillRows(rows: Record<string, unknown>[], name: string, column: Column): void {
  const { absent } = column;
  if (column.type === 'octets') {
    const { values, width } = column;
    for (let i = 0, p = 0; i < rows.length; i++, p += width)
      if (absent?.[i] !== 1) (rows[i] as Record<string, unknown>)[name] = values.subarray(p, p + width);
    return;
  }
  const { values } = column;
  for (let i = 0; i < rows.length; i++) if (absent?.[i] !== 1) (rows[i] as Record<string, unknown>)[name] = values[i];
}

// ── equal rows ─────────────────────────────────────────────────────────────────────────────────────────

/** Octets of content for each tag, where that is fixed. */
const contentSize: Readonly<Record<number, number>> = {
  3: 1,
  5: 4,
  6: 4,
  15: 1,
  16: 2,
  17: 1,
  18: 2,
  20: 8,
  21: 8,
  22: 1,
  23: 4,
  25: 12,
};

/** Gives up (undefined) at the first surprise: then the general path says what is wrong, or reads it. */
function equalRows(bytes: Uint8Array): Table | undefined {
  // The octets of a count are there when it has at most four.
  if (bytes.length < 6 || bytes[0] !== 1 || (bytes[1] as number) > 0x84) return undefined;
  const quirks: Quirk[] = [];
  const r = new Reader(bytes, { lenient: true, quirks });
  r.offset = 1;
  const length = r.length();
  const start = r.offset;
  if (quirks.length > 0 || length === 0 || length * 2 > bytes.length - start || r.u8() !== 2) return undefined;
  const width = bytes[r.offset++] as number;
  if (width === 0 || width > 0x7f) return undefined;
  const at: number[] = [];
  const tags: number[] = [];
  for (let j = 0; j < width; j++) {
    if (r.offset + 2 > bytes.length) return undefined;
    const tag = r.u8();
    const size = tag === 9 ? 1 + (bytes[r.offset] as number) : contentSize[tag];
    if (size === undefined || size > 0x80) return undefined;
    tags.push(tag);
    at.push(r.offset);
    r.offset += size;
  }
  const stride = r.offset - start;
  if (start + stride * length !== bytes.length) return undefined;
  for (let p = start; p < bytes.length; p += stride) if (bytes[p] !== 2 || bytes[p + 1] !== width) return undefined;
  const columns: Column[] = [];
  for (let j = 0; j < width; j++) {
    const column = equalCells(bytes, r.view, at[j] as number, stride, length, tags[j] as number);
    if (column === undefined) return undefined;
    columns.push(column);
  }
  return { length, columns };
}

/** One loop for each tag: the tag in front of each value is looked at, so a row that lies is never misread. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the loop that makes profiles fast
function equalCells(
  b: Uint8Array,
  v: DataView,
  first: number,
  stride: number,
  rows: number,
  tag: number,
): Column | undefined {
  const dataType = typeOf(tag);
  let p = first;
  if (tag === 9 || tag === 25) {
    const width = tag === 25 ? 12 : (b[first] as number);
    const skip = tag === 25 ? 0 : 1;
    const values = new Uint8Array(width * rows);
    if (width === 12)
      return clocks(b, values, p, stride, rows, tag, skip)
        ? { type: 'octets', dataType, values, width, absent: undefined }
        : undefined;
    for (let i = 0, o = 0; i < rows; i++, p += stride) {
      if (b[p - 1] !== tag || (skip === 1 && b[p] !== width)) return undefined;
      for (let k = p + skip, end = k + width; k < end; k++) values[o++] = b[k] as number;
    }
    return { type: 'octets', dataType, values, width, absent: undefined };
  }
  if (tag === 20 || tag === 21) {
    const values = new BigUint64Array(rows);
    for (let i = 0; i < rows; i++, p += stride) {
      if (b[p - 1] !== tag) return undefined;
      values[i] = v.getBigUint64(p);
    }
    return {
      type: 'bigint',
      dataType,
      values: tag === 20 ? new BigInt64Array(values.buffer) : values,
      absent: undefined,
    };
  }
  const values = new Float64Array(rows);
  const column: Column = { type: 'number', dataType, values, absent: undefined };
  switch (tag) {
    case 5:
      for (let i = 0; i < rows; i++, p += stride) {
        if (b[p - 1] !== 5) return undefined;
        values[i] =
          ((b[p] as number) << 24) | ((b[p + 1] as number) << 16) | ((b[p + 2] as number) << 8) | (b[p + 3] as number);
      }
      return column;
    case 6:
      for (let i = 0; i < rows; i++, p += stride) {
        if (b[p - 1] !== 6) return undefined;
        values[i] =
          (((b[p] as number) << 24) |
            ((b[p + 1] as number) << 16) |
            ((b[p + 2] as number) << 8) |
            (b[p + 3] as number)) >>>
          0;
      }
      return column;
    case 18:
      for (let i = 0; i < rows; i++, p += stride) {
        if (b[p - 1] !== 18) return undefined;
        values[i] = ((b[p] as number) << 8) | (b[p + 1] as number);
      }
      return column;
    case 3:
      for (let i = 0; i < rows; i++, p += stride) {
        if (b[p - 1] !== 3) return undefined;
        values[i] = b[p] === 0 ? 0 : 1;
      }
      return column;
    case 17:
    case 22:
      for (let i = 0; i < rows; i++, p += stride) {
        if (b[p - 1] !== tag) return undefined;
        values[i] = b[p] as number;
      }
      return column;
    case 15:
      for (let i = 0; i < rows; i++, p += stride) {
        if (b[p - 1] !== 15) return undefined;
        values[i] = v.getInt8(p);
      }
      return column;
    case 16:
      for (let i = 0; i < rows; i++, p += stride) {
        if (b[p - 1] !== 16) return undefined;
        values[i] = v.getInt16(p);
      }
      return column;
    case 23:
      for (let i = 0; i < rows; i++, p += stride) {
        if (b[p - 1] !== 23) return undefined;
        const value = v.getFloat32(p);
        // A signalling NaN, perhaps.
        if (Number.isNaN(value)) return undefined;
        values[i] = value;
      }
      return column;
    default:
      return undefined;
  }
}
/** Twelve octets a row: nearly every profile has a clock in front, so this loop is written out. */
function clocks(
  b: Uint8Array,
  to: Uint8Array,
  first: number,
  stride: number,
  rows: number,
  tag: number,
  skip: number,
): boolean {
  for (let i = 0, p = first, o = 0; i < rows; i++, p += stride, o += 12) {
    if (b[p - 1] !== tag || (skip === 1 && b[p] !== 12)) return false;
    const q = p + skip;
    to[o] = b[q] as number;
    to[o + 1] = b[q + 1] as number;
    to[o + 2] = b[q + 2] as number;
    to[o + 3] = b[q + 3] as number;
    to[o + 4] = b[q + 4] as number;
    to[o + 5] = b[q + 5] as number;
    to[o + 6] = b[q + 6] as number;
    to[o + 7] = b[q + 7] as number;
    to[o + 8] = b[q + 8] as number;
    to[o + 9] = b[q + 9] as number;
    to[o + 10] = b[q + 10] as number;
    to[o + 11] = b[q + 11] as number;
  }
  return true;
}
const typeOf = (tag: number): DataType => Object.entries(simpleTypes).find(([, s]) => s.tag === tag)?.[0] as DataType;

// ── any rows ───────────────────────────────────────────────────────────────────────────────────────────

function anyRows(bytes: Uint8Array, options: DecodeOptions): Table {
  const buffer = decode(Data, bytes, options);
  const rows =
    buffer.type === 'array' ? buffer.value : buffer.type === 'compact-array' ? compactArrayItems(buffer) : undefined;
  if (rows === undefined)
    throw new DlmsError('decode/unexpected-tag', {
      offset: 0,
      expected: 'array or compact-array',
      actual: bytes[0] ?? 0,
    });
  const width = cells(rows[0]).length;
  const columns = Array.from({ length: width }, (): Data[] => []);
  rows.forEach((row, i) => {
    const values = cells(row);
    if (values.length !== width)
      throw new DlmsError('decode/invalid-length', {
        offset: 0,
        expected: `row ${i} of ${width} cells`,
        actual: values.length,
      });
    for (let j = 0; j < width; j++) (columns[j] as Data[]).push(values[j] as Data);
  });
  return { length: rows.length, columns: columns.map(columnOf) };
}
/** A row is a structure; a profile with one column may leave it out, and its cells stand in the array directly. */
const cells = (row: Data | undefined): readonly Data[] =>
  row === undefined ? [] : row.type === 'structure' ? row.value : [row];

/** Packs cells of one type; anything else stays Data. */
function columnOf(column: readonly Data[]): Column {
  const { cells: plain, absent } = undone(column);
  const first = plain.find((c) => c.type !== 'null-data');
  const dataType = first?.type ?? 'null-data';
  const general: Column = { type: 'data', dataType, values: plain, absent };
  if (first === undefined || plain.some((c) => c.type !== 'null-data' && c.type !== dataType)) return general;
  if (dataType === 'octet-string' || dataType === 'date-time') {
    const width = (first as { value: Uint8Array }).value.length;
    if (plain.some((c) => c.type !== 'null-data' && (c as { value: Uint8Array }).value.length !== width))
      return general;
    const values = new Uint8Array(width * plain.length);
    plain.forEach((c, i) => {
      if (c.type !== 'null-data') values.set((c as { value: Uint8Array }).value, i * width);
    });
    return { type: 'octets', dataType, values, width, absent };
  }
  const { value } = first as { value?: unknown };
  if (typeof value === 'bigint') {
    const values = dataType === 'long64' ? new BigInt64Array(plain.length) : new BigUint64Array(plain.length);
    plain.forEach((c, i) => {
      if (c.type !== 'null-data') values[i] = (c as { value: bigint }).value;
    });
    return { type: 'bigint', dataType, values, absent };
  }
  if (typeof value !== 'number' && typeof value !== 'boolean') return general;
  const values = new Float64Array(plain.length);
  plain.forEach((c, i) => {
    if (c.type !== 'null-data') values[i] = Number((c as { value: number | boolean }).value);
  });
  return { type: 'number', dataType, values, absent };
}

/** Cells with deltas added to the value before; which are null-data is marked. */
function undone(column: readonly Data[]): { cells: readonly Data[]; absent: Uint8Array | undefined } {
  let absent: Uint8Array | undefined;
  let last: Data | undefined;
  const cells = column.map((cell, i): Data => {
    if (cell.type === 'null-data') {
      absent ??= new Uint8Array(column.length);
      absent[i] = 1;
      return cell;
    }
    if (cell.type.startsWith('delta-') && last !== undefined) {
      const before = (last as { value: unknown }).value;
      const delta = (cell as { value: number }).value;
      if (typeof before === 'bigint') last = { type: last.type, value: before + BigInt(delta) } as Data;
      else if (typeof before === 'number') last = { type: last.type, value: before + delta } as Data;
      else return cell;
      return last;
    }
    last = cell;
    return cell;
  });
  return { cells, absent };
}
