import type { Data } from '../../axdr/data.js';
import { RegisterMonitor } from '../../cosem/classes/register-monitor.js';
import type { ActionItem } from '../../cosem/common-types.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Running } from '../behaviour.js';
import { numberOf } from '../values.js';

type Side = 'below' | 'above' | 'unknown';
interface State {
  /** On which side of each threshold the value is. */
  sides: readonly Side[];
  /** The bits of an alarm descriptor seen so far. */
  bits?: number;
}
type Self = Running<typeof RegisterMonitor, State>;

/** The monitored value before its scaler; undefined while it cannot be read. */
function monitored(self: Self): number | undefined {
  const { classId, logicalName, attributeIndex } = self.get('monitoredValue');
  try {
    return numberOf(self.space.read({ classId, logicalName, attributeIndex }));
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
    return undefined;
  }
}
/** A value at the threshold keeps its side. */
function sideOf(value: number, threshold: Data, side: Side): Side {
  const limit = numberOf(threshold);
  if (limit === undefined || value === limit) return side;
  return value > limit ? 'above' : 'below';
}
/** Whether it watches an alarm descriptor, so that each new bit counts (knob `alarmMonitor`). */
function watchesAlarms(self: Self): boolean {
  const { options } = self.space.get(self.get('monitoredValue').logicalName) ?? {};
  return self.engine.knobs.alarmMonitor === 'new-descriptor-bit' && options?.descriptor !== undefined;
}
function run({ engine, space }: Self, { scriptLogicalName, scriptSelector }: ActionItem): void {
  try {
    engine.nested(() => engine.runScript(space, scriptLogicalName, scriptSelector));
  } catch (e) {
    // The next thresholds are checked all the same.
    if (!(e instanceof AccessRefused)) throw e;
  }
}
/** Runs the actions of the thresholds crossed, in the order of the list; if the side was unknown, it is only noted. */
function evaluate(self: Self): void {
  const value = monitored(self);
  const thresholds = self.get('thresholds');
  const actions = self.get('actions');
  const before = self.state.sides;
  if (value !== undefined && watchesAlarms(self)) {
    const bits = BigInt(value);
    const risen = bits & ~BigInt(self.state.bits ?? value);
    self.state = { ...self.state, bits: value };
    if (risen !== 0n) for (const { actionUp } of actions) run(self, actionUp);
  } else if (value !== undefined) {
    const sides = thresholds.map((t, i) => sideOf(value, t as Data, before[i] ?? 'unknown'));
    self.state = { ...self.state, sides };
    for (const [i, side] of sides.entries()) {
      const was = before[i] ?? 'unknown';
      const pair = actions[i];
      if (pair === undefined || side === was || side === 'unknown') continue;
      if (was === 'unknown' && self.engine.knobs.monitorInitial === 'side-only') continue;
      run(self, side === 'above' ? pair.actionUp : pair.actionDown);
    }
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
