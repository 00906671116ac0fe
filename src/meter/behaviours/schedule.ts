import { Schedule, type ScheduleEntry } from '../../cosem/classes/schedule.js';
import type { CosemDate, CosemTime } from '../../cosem/date-time.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { fieldsOf } from '../local-time.js';
import { specialDay } from './special-days-table.js';

interface State {
  /** Up to when, by the clock, every entry was executed or skipped. */
  done: number;
  /** Whether the clock was synchronised: what it skipped is then executed, whatever its window says. */
  synchronised: boolean;
}
type Self = Running<typeof Schedule, State>;

const day = 86_400_000;
/** How many days to look ahead; if there is nothing to do, it looks again then. */
const horizon = 370;
const always = 0xffff;

/** Milliseconds since midnight; unspecified fields are zero. */
export const timeOfDay = ({ hour, minute, second }: CosemTime): number =>
  (((hour ?? 0) * 60 + (minute ?? 0)) * 60 + (second ?? 0)) * 1000;

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** A date, of which only the specified fields count, as a number that can be compared with the day itself. */
function bound(date: CosemDate, midnight: number, open: 'first' | 'last'): number {
  const d = fieldsOf(midnight);
  const year = date.year ?? d.year;
  const month = typeof date.month === 'number' ? date.month : d.month;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const dayOfMonth =
    typeof date.dayOfMonth === 'number'
      ? date.dayOfMonth
      : date.dayOfMonth === 'last-day'
        ? last
        : date.month === null
          ? d.day
          : open === 'first'
            ? 1
            : last;
  return (year * 100 + month) * 100 + dayOfMonth;
}
function inRange(entry: ScheduleEntry, midnight: number): boolean {
  const d = fieldsOf(midnight);
  const today = (d.year * 100 + d.month) * 100 + d.day;
  const from = bound(entry.beginDate, midnight, 'first');
  const to = bound(entry.endDate, midnight, 'last');
  // Every year across its end, as from October to March.
  if (from > to && entry.beginDate.year === null && entry.endDate.year === null) return today >= from || today <= to;
  return from <= today && today <= to;
}
function runsOn(self: Self, entry: ScheduleEntry, midnight: number): boolean {
  if (!entry.enable || !inRange(entry, midnight)) return false;
  const special = specialDay(self.space, self.engine.local, midnight);
  if (special !== undefined)
    return entry.execSpecdays[self.engine.knobs.specialDayBits === 'bit0-is-day1' ? special - 1 : special] === '1';
  const { weekday } = fieldsOf(midnight);
  return (entry.execWeekdays as readonly unknown[]).includes(weekdays[weekday - 1]);
}
/** Entries of a day with their times, in the order of execution. */
function ofDay(self: Self, midnight: number): readonly { readonly at: number; readonly entry: ScheduleEntry }[] {
  const { local } = self.engine;
  return self
    .get('entries')
    .filter((entry) => runsOn(self, entry, midnight))
    .map((entry) => ({ at: local.utc(midnight + timeOfDay(entry.switchTime)), entry }))
    .sort((a, b) => a.at - b.at || a.entry.index - b.entry.index);
}
const midnightOf = (self: Self, utc: number): number => Math.floor(self.engine.local.local(utc) / day) * day;

function plan(self: Self): void {
  const { engine } = self;
  const after = Math.max(self.state.done, engine.utc - 1);
  const first = midnightOf(self, after);
  for (let d = 0; d < horizon; d++) {
    const next = ofDay(self, first + d * day).find(({ at }) => at > after);
    if (next !== undefined) return self.schedule('schedule', engine.elapsedAt(next.at));
  }
  self.schedule('schedule', self.get('entries').length === 0 ? undefined : engine.elapsed + horizon * day);
}
/** Executes everything after `done` whose time has come; late only within the window of the entry. */
function execute(self: Self): void {
  const { engine } = self;
  const { done, synchronised } = self.state;
  const now = engine.utc;
  self.state = { done: Math.max(done, now), synchronised: false };
  for (let midnight = midnightOf(self, done); midnight <= midnightOf(self, now); midnight += day)
    for (const { at, entry } of ofDay(self, midnight)) {
      if (at <= done || at > now) continue;
      const { validityWindow } = entry;
      if (!synchronised && validityWindow !== always && now - at > validityWindow * 60_000) continue;
      try {
        engine.runScript(self.space, entry.scriptLogicalName, entry.scriptSelector);
      } catch (e) {
        if (!(e instanceof AccessRefused)) throw e;
      }
    }
  plan(self);
}
function change(self: Self, entries: readonly ScheduleEntry[], cause: 'client' | 'method' | 'script' | 'engine'): void {
  if (entries.some((e) => e.index < 1 || e.index > 9999)) refuse();
  self.set(
    'entries',
    [...entries].sort((a, b) => a.index - b.index),
    cause,
  );
  self.state = { ...self.state, done: Math.max(self.state.done, self.engine.utc) };
  plan(self);
}
/** 0 means none, and so does a range that ends before it begins. */
const within = (index: number, first: number, last: number): boolean => first >= 1 && index >= first && index <= last;

/** Schedule (class 10). */
export const scheduleBehaviour: Behaviour<typeof Schedule, State> = {
  definition: Schedule,
  state: () => ({ done: Number.NEGATIVE_INFINITY, synchronised: false }),
  defaults: () => ({ entries: [] }),
  start(self) {
    if (self.state.done === Number.NEGATIVE_INFINITY) self.state = { ...self.state, done: self.engine.utc };
    plan(self);
  },
  write: {
    entries: change,
  },
  methods: {
    enableDisable(self, { firstIndexA, lastIndexA, firstIndexB, lastIndexB }) {
      if ([firstIndexA, lastIndexA, firstIndexB, lastIndexB].some((i) => i > 9999)) return;
      const entries = self.get('entries').map((e) => {
        const enable =
          (e.enable && !within(e.index, firstIndexA, lastIndexA)) || within(e.index, firstIndexB, lastIndexB);
        return { ...e, enable };
      });
      change(self, entries, 'method');
    },
    insert(self, entry) {
      change(self, [...self.get('entries').filter((e) => e.index !== entry.index), entry], 'method');
    },
    delete(self, { firstIndex, lastIndex }) {
      change(
        self,
        self.get('entries').filter((e) => !within(e.index, firstIndex, lastIndex)),
        'method',
      );
    },
  },
  due: { schedule: execute },
  clockChanged(self, { kind, from, to }) {
    if (kind === 'season') return;
    // If the clock is set back, entries in the repeated span run again; a small step back runs nothing twice.
    if (kind === 'lost' || (kind === 'adjusted' && to < from)) self.state = { ...self.state, done: to };
    if (to > from && kind !== 'lost') {
      self.state = { ...self.state, synchronised: kind === 'synchronised' };
      self.schedule('schedule', self.engine.elapsed);
    } else plan(self);
  },
  powerUp: (self) => self.schedule('schedule', self.engine.elapsed),
};
