import type { Data } from '../../axdr/data.js';
import { DemandRegister } from '../../cosem/classes/demand-register.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { dateTimeAt, defaultOf, numberOf, unspecifiedDateTime, withNumber } from '../values.js';

interface State {
  /** Sum of the source at the start of the current period: quantity × milliseconds. */
  begun: number;
  /** The integral over each completed period of the window, oldest first: one fewer than the window has. */
  past: readonly number[];
}
type Self = Running<typeof DemandRegister, State>;

const sum = (self: Self): number => {
  const name = self.options.average;
  return typeof name === 'string' ? self.engine.environment.sum(name, self.engine.elapsed) : 0;
};
const total = (parts: readonly number[]): number => parts.reduce((a, b) => a + b, 0);
const windowMs = (self: Self): number => self.get('period') * 1000 * self.get('numberOfPeriods');

function plan(self: Self): void {
  const { engine } = self;
  self.schedule('demand', engine.elapsedAt(engine.local.nextBoundary(self.get('period') * 1000, engine.utc)));
}
/** Ends a period: captures the average of the window, and starts the next period. */
function close(self: Self): void {
  const { engine } = self;
  const now = sum(self);
  const periods = [...self.state.past, now - self.state.begun];
  const last = Math.floor(total(periods) / windowMs(self));
  const size = self.get('numberOfPeriods') - 1;
  self.state = { begun: now, past: size === 0 ? [] : periods.slice(-size) };
  const time = dateTimeAt(engine, engine.utc);
  self.set('lastAverageValue', withNumber(self.get('lastAverageValue') as Data, last) as never);
  self.set('captureTime', time);
  self.set('startTimeCurrent', dateTimeAt(engine, engine.utc - size * self.get('period') * 1000));
}
function restart(self: Self): void {
  const { engine } = self;
  self.state = { begun: sum(self), past: [] };
  self.set('lastAverageValue', defaultOf(self.get('lastAverageValue')), 'method');
  const time = dateTimeAt(engine, engine.utc);
  self.set('captureTime', time, 'method');
  self.set('startTimeCurrent', time, 'method');
  plan(self);
}

/**
 * Demand register (class 5): the average of a measured quantity, block by block or sliding. Option `average`: the
 * quantity.
 */
export const demandRegisterBehaviour: Behaviour<typeof DemandRegister, State> = {
  definition: DemandRegister,
  state: () => ({ begun: 0, past: [] }),
  defaults: (self) => ({
    currentAverageValue: { type: 'double-long-unsigned', value: 0 },
    lastAverageValue: { type: 'double-long-unsigned', value: 0 },
    status: { type: 'unsigned', value: 0 },
    captureTime: unspecifiedDateTime,
    startTimeCurrent: dateTimeAt(self.engine, self.engine.utc),
    period: 900,
    numberOfPeriods: 1,
  }),
  start(self) {
    self.state = { ...self.state, begun: sum(self) };
    plan(self);
  },
  computed: {
    currentAverageValue(self) {
      const running = sum(self) - self.state.begun + total(self.state.past);
      const like = self.get('lastAverageValue');
      return withNumber(
        like as Data,
        numberOf(like as Data) === undefined ? 0 : Math.floor(running / windowMs(self)),
      ) as never;
    },
  },
  write: {
    period(self, seconds, cause) {
      if (seconds < 1) refuse();
      self.set('period', seconds, cause);
      restart(self);
    },
    numberOfPeriods(self, count, cause) {
      if (count < 1) refuse();
      self.set('numberOfPeriods', count, cause);
      restart(self);
    },
  },
  methods: {
    reset: restart,
    nextPeriod(self) {
      close(self);
      plan(self);
    },
  },
  due: {
    demand(self) {
      close(self);
      plan(self);
    },
  },
  clockChanged(self, { kind }) {
    if (kind === 'season') return;
    // The current period ends with the energy that it really had.
    if (kind !== 'synchronised') close(self);
    plan(self);
  },
  powerUp(self, outage) {
    const { engine } = self;
    const over = engine.local.lastBoundary(self.get('period') * 1000, engine.utc) > outage.utcFrom;
    if (over) close(self);
    plan(self);
  },
};
