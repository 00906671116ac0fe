import { equalBytes } from '../../core/bytes.js';
import { ActivityCalendar, type SeasonProfile } from '../../cosem/classes/activity-calendar.js';
import { type DateTime, toInstant } from '../../cosem/date-time.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Cause, Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { fieldsOf } from '../local-time.js';
import { unspecifiedDateTime } from '../values.js';
import { timeOfDay } from './schedule.js';
import { specialDay } from './special-days-table.js';

interface State {
  /** The script in force; run again only after another one was. */
  last: string | undefined;
  /** Up to when, by the clock, activation was checked. */
  seen: number;
}
type Self = Running<typeof ActivityCalendar, State>;

const day = 86_400_000;
/** How many days back the action in force is searched for. */
const memory = 370;

/**
 * The season in force at a time: the one that started last. If every year is the same, before the first start of the
 * year that is the last season of the list.
 */
function seasonAt(self: Self, local: number): SeasonProfile | undefined {
  const seasons = self.get('seasonProfileActive');
  const { year } = fieldsOf(local);
  let found: { at: number; season: SeasonProfile } | undefined;
  for (const season of seasons)
    for (const y of [year - 1, year]) {
      const at = startOf(self, season.seasonStart, y);
      if (at !== undefined && at <= local && (found === undefined || at >= found.at)) found = { at, season };
    }
  return found?.season;
}
/** Local time at which a season starts in a year; never if nothing is specified. */
function startOf(self: Self, start: DateTime, year: number): number | undefined {
  if (start.month === null && start.dayOfMonth === null && start.dayOfWeek === null) return undefined;
  const { local } = self.engine;
  const [midnight] = local.daysOf(start, year);
  return midnight === undefined ? undefined : midnight + timeOfDay(start);
}
/** Actions of a day in order; none if the week or the day is unknown. */
function actionsOf(
  self: Self,
  midnight: number,
): readonly { readonly at: number; readonly script: string; readonly selector: number }[] {
  // The season of the day; if one starts within the day, the whole day follows it.
  const season = seasonAt(self, midnight + day - 1);
  const week = season && self.get('weekProfileTableActive').find((w) => equalBytes(w.weekProfileName, season.weekName));
  const { weekday } = fieldsOf(midnight);
  const ids = week && [
    week.monday,
    week.tuesday,
    week.wednesday,
    week.thursday,
    week.friday,
    week.saturday,
    week.sunday,
  ];
  const id = specialDay(self.space, self.engine.local, midnight) ?? ids?.[weekday - 1];
  const profile = self.get('dayProfileTableActive').find((d) => d.dayId === id);
  return [...(profile?.daySchedule ?? [])]
    .map((a) => ({ at: midnight + timeOfDay(a.startTime), script: a.scriptLogicalName, selector: a.scriptSelector }))
    .sort((a, b) => a.at - b.at);
}
const midnightOf = (local: number): number => Math.floor(local / day) * day;

/** The action that should be in force: the last one before now, searched for day by day. */
function inForce(self: Self): { readonly script: string; readonly selector: number } | undefined {
  const now = self.engine.local.local(self.engine.utc);
  for (let d = 0; d < memory; d++) {
    const found = actionsOf(self, midnightOf(now) - d * day)
      .filter(({ at }) => at <= now)
      .at(-1);
    if (found !== undefined) return found;
  }
  return undefined;
}
const nameOf = (a: { readonly script: string; readonly selector: number } | undefined): string | undefined =>
  a === undefined ? undefined : `${a.script} ${a.selector}`;

function activationTime(self: Self): number | undefined {
  const time = self.get('activatePassiveCalendarTime');
  if (time.year === null || time.month === null || time.dayOfMonth === null || time.hour === null) return undefined;
  try {
    const whole = { ...time, minute: time.minute ?? 0, second: time.second ?? 0, hundredths: 0 };
    if (time.deviationMinutes !== null) return toInstant(whole, { acceptInvalid: true });
    return self.engine.local.utc(toInstant({ ...whole, deviationMinutes: 0 }, { acceptInvalid: true }));
  } catch {
    return undefined;
  }
}
function plan(self: Self): void {
  const { engine } = self;
  const now = engine.local.local(engine.utc);
  const today = midnightOf(now);
  const actions = [today, today + day].flatMap((d) => actionsOf(self, d)).filter(({ at }) => at > now);
  const next = Math.min(actions[0]?.at ?? Number.POSITIVE_INFINITY, today + day);
  const activation = activationTime(self);
  const at = engine.local.utc(next);
  const due = activation !== undefined && activation > self.state.seen ? Math.min(at, activation) : at;
  self.schedule('calendar', Math.max(engine.elapsedAt(due), engine.elapsed + (due > engine.utc ? 0 : 1)));
}
/** First the activation, then the action that should be in force, if another one is. */
function work(self: Self): void {
  const { engine } = self;
  const activation = activationTime(self);
  const { seen } = self.state;
  self.state = { ...self.state, seen: engine.utc };
  if (activation !== undefined && activation > seen && activation <= engine.utc) {
    try {
      activate(self);
    } catch (e) {
      if (!(e instanceof AccessRefused)) throw e;
    }
  }
  apply(self);
  plan(self);
}
function apply(self: Self): void {
  const action = inForce(self);
  const name = nameOf(action);
  if (action === undefined || name === self.state.last) return;
  self.state = { ...self.state, last: name };
  try {
    self.engine.runScript(self.space, action.script as never, action.selector);
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
  }
}
/**
 * Copies the passive calendar, which stays as it is. Refuses one whose seasons name missing weeks, or whose weeks name
 * missing days.
 */
function activate(self: Self): void {
  const weeks = self.get('weekProfileTablePassive');
  const days = new Set(self.get('dayProfileTablePassive').map((d) => d.dayId));
  const consistent =
    self.get('seasonProfilePassive').every((s) => weeks.some((w) => equalBytes(w.weekProfileName, s.weekName))) &&
    weeks.every((w) =>
      [w.monday, w.tuesday, w.wednesday, w.thursday, w.friday, w.saturday, w.sunday].every((d) => days.has(d)),
    );
  if (!consistent) refuse();
  self.set('calendarNameActive', self.get('calendarNamePassive'));
  self.set('seasonProfileActive', self.get('seasonProfilePassive'));
  self.set('weekProfileTableActive', weeks);
  self.set('dayProfileTableActive', self.get('dayProfileTablePassive'));
  self.engine.raise('calendarActivated');
}
type Passive =
  | 'calendarNamePassive'
  | 'seasonProfilePassive'
  | 'weekProfileTablePassive'
  | 'dayProfileTablePassive'
  | 'activatePassiveCalendarTime';
const programmed = (attribute: Passive) => (self: Self, value: never, cause: Cause) => {
  self.set(attribute, value, cause);
  self.engine.raise('calendarProgrammed');
  if (attribute === 'activatePassiveCalendarTime') self.state = { ...self.state, seen: self.engine.utc };
  plan(self);
};

/** Activity calendar (class 20). */
export const activityCalendarBehaviour: Behaviour<typeof ActivityCalendar, State> = {
  definition: ActivityCalendar,
  state: () => ({ last: undefined, seen: Number.NEGATIVE_INFINITY }),
  defaults: () => ({
    calendarNameActive: new Uint8Array(),
    seasonProfileActive: [],
    weekProfileTableActive: [],
    dayProfileTableActive: [],
    calendarNamePassive: new Uint8Array(),
    seasonProfilePassive: [],
    weekProfileTablePassive: [],
    dayProfileTablePassive: [],
    activatePassiveCalendarTime: unspecifiedDateTime,
  }),
  start(self) {
    if (self.state.seen === Number.NEGATIVE_INFINITY) {
      self.state = { last: nameOf(inForce(self)), seen: self.engine.utc };
    }
    plan(self);
  },
  write: {
    calendarNamePassive: programmed('calendarNamePassive') as never,
    seasonProfilePassive: programmed('seasonProfilePassive') as never,
    weekProfileTablePassive: programmed('weekProfileTablePassive') as never,
    dayProfileTablePassive: programmed('dayProfileTablePassive') as never,
    activatePassiveCalendarTime: programmed('activatePassiveCalendarTime') as never,
  },
  methods: {
    activatePassiveCalendar(self) {
      activate(self);
      self.schedule('calendar', self.engine.elapsed);
    },
  },
  due: { calendar: work },
  clockChanged: (self) => self.schedule('calendar', self.engine.elapsed),
  powerUp: (self) => self.schedule('calendar', self.engine.elapsed),
};
