import type { Data } from '../../axdr/data.js';
import { Data as AnyData } from '../../axdr/data.js';
import { decode, encode } from '../../axdr/schema.js';
import { concat } from '../../core/bytes.js';
import { Writer } from '../../core/cursor.js';
import { ProfileGeneric } from '../../cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../../cosem/common-types.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { numberOf } from '../values.js';
import { selectRows } from './profile-selection.js';

/** One row: the structure as it goes over the wire, and what it is sorted by. */
export interface ProfileRow {
  readonly octets: Uint8Array;
  readonly key: number;
}
export interface ProfileState {
  rows: readonly ProfileRow[];
}
export type Profile = Running<typeof ProfileGeneric, ProfileState>;

/** Rows in the order of the buffer; `a` before `b` when negative. By age, nothing is compared. */
const orders: Readonly<Record<string, (a: number, b: number) => number>> = {
  largest: (a, b) => b - a,
  smallest: (a, b) => a - b,
  'nearest-to-zero': (a, b) => Math.abs(a) - Math.abs(b),
  'farthest-from-zero': (a, b) => Math.abs(b) - Math.abs(a),
};
/** A new row stands after those that are equal; the last of a full buffer goes. */
function inserted(self: Profile, row: ProfileRow): readonly ProfileRow[] {
  const { rows } = self.state;
  const method = String(self.get('sortMethod'));
  const most = Math.min(self.get('profileEntries'), self.engine.knobs.maxProfileEntries);
  if (method === 'lifo') return [row, ...rows].slice(0, most);
  const order = orders[method];
  if (order === undefined) return rows.length < most ? [...rows, row] : [...rows.slice(rows.length - most + 1), row];
  const at = rows.findIndex((r) => order(row.key, r.key) < 0);
  return (at < 0 ? [...rows, row] : [...rows.slice(0, at), row, ...rows.slice(at)]).slice(0, most);
}

/** Every attribute of an object as a structure, or one of them, or one element. What cannot be read is null-data, and the row is kept. */
function cell(self: Profile, column: CaptureObjectDefinition): Uint8Array {
  try {
    if (column.attributeIndex === 0) return everyAttribute(self, column);
    if (column.dataIndex === 0) return self.space.readEncoded(column);
    return encode(AnyData, self.space.read(column));
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
    return nullData;
  }
}
function everyAttribute({ space }: Profile, { classId, logicalName }: CaptureObjectDefinition): Uint8Array {
  const object = space.find(classId, logicalName);
  const parts = Object.entries(object.definition.attributes)
    .filter(([name]) => object.has(name))
    .map(([, { index }]) => space.readEncoded({ classId, logicalName, attributeIndex: index }));
  return concat(structureOf(parts.length), ...parts);
}
const nullData = Uint8Array.of(0);
export function structureOf(count: number): Uint8Array {
  const w = new Writer(4);
  w.u8(2);
  w.length(count);
  return w.finish();
}

/** One row now: all columns at one instant. */
export function capture(self: Profile): void {
  const columns = self.get('captureObjects');
  if (columns.length === 0) return;
  const octets = concat(structureOf(columns.length), ...columns.map((c) => cell(self, c)));
  const sortColumn = columns.findIndex((c) => sameColumn(c, self.get('sortObject')));
  const key = sortColumn < 0 ? 0 : keyOf(cellsOf(octets)[sortColumn] as Data);
  self.state = { rows: inserted(self, { octets, key }) };
  self.set('entriesInUse', self.state.rows.length);
  clearStatus(self);
}
/** The status word of a profile is captured, then begins anew; what still holds (summer time, an invalid clock) is set again by who knows of it. */
function clearStatus(self: Profile): void {
  const { statusObject } = self.options;
  if (typeof statusObject !== 'string') return;
  const status = self.space.get(statusObject as never);
  if (status === undefined) return;
  const value = status.get('value') as Data;
  const lasting = (numberOf(value) ?? 0) & 0b1010;
  status.set('value', { ...value, value: lasting });
}
export const sameColumn = (a: CaptureObjectDefinition, b: CaptureObjectDefinition): boolean =>
  a.classId === b.classId &&
  a.logicalName === b.logicalName &&
  a.attributeIndex === b.attributeIndex &&
  a.dataIndex === b.dataIndex;

export function cellsOf(row: Uint8Array): readonly Data[] {
  return (decode(AnyData, row) as { readonly value: readonly Data[] }).value;
}
/** What a value is sorted by: a number, or a moment by its fields. */
function keyOf(value: Data): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  const octets =
    value.type === 'octet-string' || value.type === 'date-time' ? encode(AnyData, value).subarray(-12) : undefined;
  return octets?.length === 12 ? octets.subarray(0, 8).reduce((n, o, i) => (i === 4 ? n : n * 256 + o), 0) : 0;
}

// ── the buffer ───────────────────────────────────────────────────────────────────────────────────────────

/** Rows go; what was captured stays, and so do the next regular instants. Profiles that capture this buffer are cleared with its structure. */
function clear(self: Profile): void {
  self.state = { rows: [] };
  self.set('entriesInUse', 0);
}
function clearWithThose(self: Profile, seen: Set<unknown> = new Set()): void {
  if (seen.has(self)) return;
  seen.add(self);
  clear(self);
  for (const other of self.space.ofClass(7) as unknown as Profile[])
    if (other.get('captureObjects').some((c) => c.logicalName === self.logicalName && c.attributeIndex === 2))
      clearWithThose(other, seen);
}
/** The next local time that is a multiple of the period, counted from midnight. */
function plan(self: Profile): void {
  const { engine } = self;
  const period = self.get('capturePeriod') * 1000;
  self.schedule('capture', period === 0 ? undefined : engine.elapsedAt(engine.local.nextBoundary(period, engine.utc)));
}

/** Profile generic (class 7). */
export const profileGenericBehaviour: Behaviour<typeof ProfileGeneric, ProfileState> = {
  definition: ProfileGeneric,
  state: () => ({ rows: [] }),
  defaults: () => ({
    buffer: { type: 'array', value: [] },
    captureObjects: [],
    capturePeriod: 0,
    sortMethod: 'fifo',
    sortObject: { classId: 0, logicalName: '0-0:0.0.0*0', attributeIndex: 0, dataIndex: 0 },
    entriesInUse: 0,
    profileEntries: 100,
  }),
  start: plan,
  computed: {
    buffer: (self) => ({ type: 'array', value: self.state.rows.map((r) => decode(AnyData, r.octets)) }),
  },
  selective: {
    buffer: (self, { selection }) => selectRows(self, selection),
  },
  write: {
    captureObjects(self, columns, cause) {
      for (const { classId, logicalName, attributeIndex } of columns) {
        if (self.space.get(logicalName)?.definition.classId !== classId || attributeIndex < 0) refuse();
      }
      if (columns.length > self.engine.knobs.maxCaptureObjects) refuse();
      self.set('captureObjects', columns, cause);
      clearWithThose(self);
      plan(self);
    },
    capturePeriod(self, period, cause) {
      self.set('capturePeriod', period, cause);
      if (self.engine.knobs.clearOnPeriodChange) clear(self);
      plan(self);
    },
    sortMethod(self, method, cause) {
      self.set('sortMethod', method, cause);
      clear(self);
    },
    sortObject(self, object, cause) {
      self.set('sortObject', object, cause);
      clear(self);
    },
    profileEntries(self, entries, cause) {
      if (entries === 0 || entries > self.engine.knobs.maxProfileEntries) refuse();
      self.set('profileEntries', entries, cause);
      const { rows } = self.state;
      const oldestFirst = self.get('sortMethod') === 'fifo';
      self.state = { rows: oldestFirst ? rows.slice(-entries) : rows.slice(0, entries) };
      self.set('entriesInUse', self.state.rows.length);
    },
  },
  methods: {
    reset: clear,
    capture,
  },
  due: {
    capture(self) {
      capture(self);
      plan(self);
    },
  },
  clockChanged(self, { kind }) {
    // A season was known beforehand, and what is due at its very instant is still to come.
    if (kind !== 'season') plan(self);
  },
  powerUp: plan,
};
