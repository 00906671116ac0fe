import type { Data } from '../../axdr/data.js';
import { Data as AnyData } from '../../axdr/data.js';
import { decode, encode } from '../../axdr/schema.js';
import { concat } from '../../core/bytes.js';
import { ProfileGeneric } from '../../cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../../cosem/common-types.js';
import type { InterfaceClass } from '../../cosem/interface-class.js';
import type { Obis } from '../../cosem/obis.js';
import type { Behaviour, Running } from '../behaviour.js';
import { cellOf, structureOf } from '../cells.js';
import { refuse } from '../engine.js';
import type { EngineObject } from '../object.js';
import { numberOf, withNumber } from '../values.js';
import { cellsOf, type Profile, type ProfileRow, type ProfileState, sameColumn } from './profile-rows.js';
import { selectRows } from './profile-selection.js';
import { clearStatus, mark, statusAt } from './profile-status.js';

/** Comparators of rows for the sort methods: negative for `a` before `b`. Sorting by age needs none. */
const orders: Readonly<Record<string, (a: number, b: number) => number>> = {
  largest: (a, b) => b - a,
  smallest: (a, b) => a - b,
  'nearest-to-zero': (a, b) => Math.abs(a) - Math.abs(b),
  'farthest-from-zero': (a, b) => Math.abs(b) - Math.abs(a),
};
/** Inserts a new row after equal ones; a full buffer loses its last row. */
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

/** Captures a row: the current values of all columns. @param utc what a captured clock shows. Default: now */
export function capture(self: Profile, utc: number = self.engine.utc): void {
  const columns = self.get('captureObjects');
  if (columns.length === 0) return;
  statusAt(self, utc);
  const octets = concat(structureOf(columns.length), ...columns.map((c) => cellOf(self as unknown as Running, c, utc)));
  const sortColumn = columns.findIndex((c) => sameColumn(c, self.get('sortObject')));
  const key = sortColumn < 0 ? 0 : keyOf(cellsOf(octets)[sortColumn] as Data);
  self.state = { ...self.state, rows: inserted(self, { octets, key }) };
  self.set('entriesInUse', self.state.rows.length);
  clearStatus(self);
}
/** Adds a row to each profile that captures the value of an object and has no period of its own. */
export function captureLogsOf({ space, definition, logicalName }: Running, utc: number): void {
  for (const log of space.ofClass(7) as unknown as Profile[])
    if (log.get('capturePeriod') === 0 && log.get('captureObjects').some((c) => isValueOf(c, definition, logicalName)))
      capture(log, utc);
}
const isValueOf = (c: CaptureObjectDefinition, { classId }: InterfaceClass, logicalName: Obis): boolean =>
  c.classId === classId && c.logicalName === logicalName && c.attributeIndex === 2;
/** The event object that a profile captures, which makes it a log. */
function eventObjectOf({ space }: Profile, columns: readonly CaptureObjectDefinition[]): EngineObject | undefined {
  return columns
    .flatMap((c) => (c.classId === 1 && c.attributeIndex === 2 ? (space.get(c.logicalName) ?? []) : []))
    .find((o) => Array.isArray(o.options.events));
}
/** The sort key of a value: a number, or a time by its fields. */
function keyOf(value: Data): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  const octets =
    value.type === 'octet-string' || value.type === 'date-time' ? encode(AnyData, value).subarray(-12) : undefined;
  return octets?.length === 12 ? octets.subarray(0, 8).reduce((n, o, i) => (i === 4 ? n : n * 256 + o), 0) : 0;
}

// ── the buffer ───────────────────────────────────────────────────────────────────────────────────────────

/**
 * Deletes the rows; what is captured stays, and so do the next regular instants. Profiles that capture this buffer are
 * cleared together with its structure.
 */
function clear(self: Profile): void {
  const { engine } = self;
  self.state = { ...self.state, rows: [] };
  self.set('entriesInUse', 0);
  const log = eventObjectOf(self, self.get('captureObjects'));
  if (log === undefined) {
    if (self.get('capturePeriod') > 0) engine.raise('loadProfileCleared');
    return;
  }
  // Only a cleared log itself records that it was cleared.
  const code = engine.knobs.eventCodes.logCleared;
  if (code === undefined) return;
  log.set('value', withNumber(log.get('value') as Data, code));
  capture(self);
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
  const next = boundaryAfter(self, Math.max(engine.utc, self.state.done));
  self.schedule('capture', next === undefined ? undefined : engine.elapsedAt(next));
}
function boundaryAfter(self: Profile, utc: number): number | undefined {
  const period = self.get('capturePeriod') * 1000;
  return period === 0 ? undefined : self.engine.local.nextBoundary(period, utc);
}
function regular(self: Profile, stamp: number): void {
  self.state = { ...self.state, done: stamp };
  capture(self, stamp);
}
/**
 * Closes an interval that was cut short by an outage or by setting the clock forward: its row comes late, with its
 * nominal end (knob `cutIntervalStamp`; that setting the clock forward closes it early is our choice). Skipped
 * intervals get no row.
 */
function close(self: Profile, from: number, to: number, why: 'powerDown' | 'clockAdjusted'): void {
  const end = boundaryAfter(self, from);
  if (end === undefined) return;
  mark(self, why);
  if (end > to) return plan(self);
  const early = why === 'powerDown' && self.engine.knobs.cutIntervalStamp === 'power-down';
  capture(self, early ? from : end);
  self.state = { ...self.state, done: Number.NEGATIVE_INFINITY };
  // The current interval is not complete either, unless it begins at this instant.
  if (self.engine.local.lastBoundary(self.get('capturePeriod') * 1000, to) < to || why === 'clockAdjusted')
    mark(self, why);
  plan(self);
}
const given = (self: Profile): readonly CaptureObjectDefinition[] =>
  self.has('captureObjects') ? self.get('captureObjects') : [];

/** Profile generic (class 7). */
export const profileGenericBehaviour: Behaviour<typeof ProfileGeneric, ProfileState> = {
  definition: ProfileGeneric,
  state: () => ({ rows: [], done: Number.NEGATIVE_INFINITY }),
  defaults: (self) => ({
    buffer: { type: 'array', value: [] },
    captureObjects: [],
    capturePeriod: 0,
    sortMethod: 'fifo',
    sortObject: { classId: 0, logicalName: '0-0:0.0.0*0', attributeIndex: 0, dataIndex: 0 },
    entriesInUse: 0,
    profileEntries: eventObjectOf(self, given(self)) === undefined ? 100 : self.engine.knobs.logEntries,
  }),
  start: plan,
  computed: {
    buffer: (self) => decode(AnyData, selectRows(self, undefined)) as never,
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
      self.state = { ...self.state, rows: oldestFirst ? rows.slice(-entries) : rows.slice(0, entries) };
      self.set('entriesInUse', self.state.rows.length);
    },
  },
  methods: {
    reset: clear,
    capture: (self) => capture(self),
  },
  due: {
    capture(self, at) {
      regular(self, self.engine.utcAt(at));
      plan(self);
    },
  },
  clockChanged(self, { kind, from, to }) {
    // A season is known beforehand, and what is due at its very instant is still to come.
    if (kind === 'season') return;
    if (kind === 'synchronised') {
      // A small step loses nothing: what it skipped is captured now.
      const skipped = boundaryAfter(self, Math.max(from, self.state.done));
      if (skipped !== undefined && skipped <= to) regular(self, skipped);
      return plan(self);
    }
    self.state = { ...self.state, done: Number.NEGATIVE_INFINITY };
    if (kind !== 'adjusted') return plan(self);
    if (to > from) return close(self, from, to, 'clockAdjusted');
    mark(self, 'clockAdjusted');
    plan(self);
  },
  powerUp: (self, { utcFrom, utcTo }) => close(self, utcFrom, utcTo, 'powerDown'),
};
