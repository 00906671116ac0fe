import type { Data } from '../../axdr/data.js';
import { RegisterMonitor } from '../../cosem/classes/register-monitor.js';
import type { Behaviour, Running } from '../behaviour.js';
import { crossings, numberAt, run, type Side } from '../thresholds.js';
import { numberOf } from '../values.js';

interface State {
  /** On which side of each threshold the value is. */
  sides: readonly Side[];
  /** The bits of an alarm descriptor seen so far. */
  bits?: number;
}
type Self = Running<typeof RegisterMonitor, State>;

/** Whether it watches an alarm descriptor, so that each new bit counts (knob `alarmMonitor`). */
function watchesAlarms(self: Self): boolean {
  const { options } = self.space.get(self.get('monitoredValue').logicalName) ?? {};
  return self.engine.knobs.alarmMonitor === 'new-descriptor-bit' && options?.descriptor !== undefined;
}
/** Runs the actions of the thresholds crossed, in the order of the list; if the side was unknown, it is only noted. */
function evaluate(self: Self): void {
  const value = numberAt(self, self.get('monitoredValue'));
  const thresholds = self.get('thresholds');
  const actions = self.get('actions');
  if (value !== undefined && watchesAlarms(self)) {
    const bits = BigInt(value);
    const risen = bits & ~BigInt(self.state.bits ?? value);
    self.state = { ...self.state, bits: value };
    if (risen !== 0n) for (const { actionUp } of actions) run(self, actionUp);
  } else if (value !== undefined) {
    const { sides, due } = crossings(self, value, thresholds as readonly Data[], actions, self.state.sides);
    self.state = { ...self.state, sides };
    for (const action of due) run(self, action);
  }
  plan(self);
}
/** A value that grows by itself crosses a threshold at an instant that can be calculated. */
function plan(self: Self): void {
  const { classId, logicalName, attributeIndex } = self.get('monitoredValue');
  const object = self.space.get(logicalName);
  if (object === undefined || object.definition.classId !== classId) return self.schedule('monitor', undefined);
  const [name] = object.attribute(attributeIndex);
  const source = object.source(name);
  const { elapsed } = self.engine;
  const instants = self.get('thresholds').flatMap((t, i) => {
    const limit = numberOf(t as Data);
    if (limit === undefined || source === undefined) return [];
    return source.crossing(self.state.sides[i] === 'above' ? limit - 1 : limit + 1, elapsed) ?? [];
  });
  const next = instants.filter((at) => at > elapsed);
  self.schedule('monitor', next.length === 0 ? undefined : Math.min(...next));
}
/** Starts anew: whatever the value is, nothing has been crossed. */
function begin(self: Self): void {
  self.unobserve();
  const { classId, logicalName, attributeIndex } = self.get('monitoredValue');
  self.observe({ classId, logicalName, attributeIndex });
  self.state = { sides: self.get('thresholds').map(() => 'unknown') };
  evaluate(self);
}

/** Register monitor (class 21): no hysteresis, no duration. */
export const registerMonitorBehaviour: Behaviour<typeof RegisterMonitor, State> = {
  definition: RegisterMonitor,
  state: () => ({ sides: [] }),
  defaults: () => ({
    thresholds: [],
    actions: [],
    monitoredValue: { classId: 0, logicalName: '0-0:0.0.0*0', attributeIndex: 0 },
  }),
  start: begin,
  write: {
    thresholds(self, value, cause) {
      self.set('thresholds', value, cause);
      begin(self);
    },
    actions(self, value, cause) {
      self.set('actions', value, cause);
      begin(self);
    },
    monitoredValue(self, value, cause) {
      self.set('monitoredValue', value, cause);
      begin(self);
    },
  },
  due: { monitor: evaluate },
  observed: evaluate,
  powerUp: begin,
};
