import {
  type ExecutionTime,
  SingleActionSchedule,
  type SingleActionScheduleType,
} from '../../cosem/classes/single-action-schedule.js';
import type { CosemDate, CosemTime } from '../../cosem/date-time.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';

interface State {
  /** Up to when, by the clock, everything due was executed. */
  done: number;
}
type Self = Running<typeof SingleActionSchedule, State>;

const isFixed = ({ year, month, dayOfMonth }: CosemDate): boolean =>
  year !== null && typeof month === 'number' && typeof dayOfMonth === 'number';
const sameTime = (a: CosemTime, b: CosemTime): boolean =>
  a.hour === b.hour && a.minute === b.minute && a.second === b.second;
/** Whether the entries fit the type. */
function fits(type: SingleActionScheduleType, entries: readonly ExecutionTime[]): boolean {
  const oneTime = entries.every((e) => sameTime(e.time, (entries[0] as ExecutionTime).time));
  const fixedDates = entries.every((e) => isFixed(e.date));
  switch (type) {
    case 'one-entry-wildcard-in-date-allowed':
      return entries.length <= 1;
    case 'n-entries-same-time-no-wildcard-in-date':
      return oneTime && fixedDates;
    case 'n-entries-same-time-wildcard-in-date-allowed':
      return oneTime;
    case 'n-entries-different-times-no-wildcard-in-date':
      return fixedDates;
    default:
      return true;
  }
}

function next(self: Self, after: number): number | undefined {
  const { local } = self.engine;
  const instants = self
    .get('executionTime')
    .flatMap(({ time, date }) => local.next(date, { ...time, second: time.second ?? 0 }, after) ?? []);
  return instants.length === 0 ? undefined : Math.min(...instants);
}
function plan(self: Self): void {
  const { engine } = self;
  const at = next(self, Math.max(self.state.done, engine.utc - 1));
  self.schedule('single-action', at === undefined ? undefined : engine.elapsedAt(at));
}
function execute(self: Self): void {
  const { scriptLogicalName, scriptSelector } = self.get('executedScript');
  try {
    self.engine.runScript(self.space, scriptLogicalName, scriptSelector);
  } catch (e) {
    // A script that is missing or fails has nobody to report to.
    if (!(e instanceof AccessRefused)) throw e;
  }
}
/**
 * Handles times missed without supply or because the clock jumped: the end of billing and the activation of an image
 * are made up for, once.
 */
function missed(self: Self, from: number): void {
  const { engine, logicalName } = self;
  const at = next(self, Math.max(from, self.state.done));
  const makesUp =
    engine.knobs.missedSingleAction === 'execute' ||
    logicalName === '0-0:15.0.0*255' ||
    logicalName === '0-0:15.0.2*255';
  const late = at !== undefined && at < engine.utc;
  self.state = { done: Math.max(late ? engine.utc - 1 : self.state.done, from) };
  if (late && makesUp) execute(self);
  plan(self);
}

/** Single action schedule (class 22). */
export const singleActionScheduleBehaviour: Behaviour<typeof SingleActionSchedule, State> = {
  definition: SingleActionSchedule,
  state: () => ({ done: Number.NEGATIVE_INFINITY }),
  defaults: () => ({ type: 'one-entry-wildcard-in-date-allowed', executionTime: [] }),
  start(self) {
    if (self.state.done === Number.NEGATIVE_INFINITY) self.state = { done: self.engine.utc };
    plan(self);
  },
  write: {
    executionTime(self, entries, cause) {
      if (!fits(self.get('type'), entries)) refuse();
      self.set('executionTime', entries, cause);
      self.state = { done: Math.max(self.state.done, self.engine.utc) };
      plan(self);
    },
  },
  due: {
    'single-action'(self, at) {
      self.state = { done: self.engine.utcAt(at) };
      execute(self);
      plan(self);
    },
  },
  clockChanged(self, { kind, from, to }) {
    // If the clock is set back, a time that comes again is executed again; a small step back runs nothing twice.
    if (kind === 'adjusted' && to < from) self.state = { done: to };
    if (kind === 'lost') self.state = { done: to };
    if (kind === 'synchronised' && to > from) return makeUp(self, from);
    if (kind === 'adjusted' && to > from) return missed(self, from);
    if (kind !== 'season') plan(self);
  },
  powerUp: (self, outage) => missed(self, outage.utcFrom),
};
/** A small step loses nothing: what it skipped is executed now. */
function makeUp(self: Self, from: number): void {
  const { engine } = self;
  const at = next(self, Math.max(from, self.state.done));
  if (at !== undefined && at <= engine.utc) {
    self.state = { done: engine.utc };
    execute(self);
  }
  plan(self);
}
