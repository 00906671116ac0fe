import type { Data } from '../../axdr/data.js';
import { Limiter } from '../../cosem/classes/limiter.js';
import { type DateTime, toInstant } from '../../cosem/date-time.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Cause, Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { numberOf, unspecifiedDateTime } from '../values.js';

interface State {
  /** On which side the value is; at the threshold it keeps its side. */
  side: 'under' | 'over' | 'unknown';
  /** Elapsed milliseconds at which it got there. */
  since: number;
  /** Whether the action of this side was carried out. */
  done: boolean;
  /** Whether an action for being over was carried out, so that one for being under may follow. */
  limited: boolean;
}
type Self = Running<typeof Limiter, State>;
const forEver = 0xffff_ffff;

/** From when to when the emergency lasts, by the clock; undefined if there is none. */
function emergency(self: Self): { readonly from: number; readonly to: number } | undefined {
  const { emergencyProfileId, emergencyActivationTime, emergencyDuration } = self.get('emergencyProfile');
  if (emergencyDuration === 0 || !self.get('emergencyProfileGroupIdList').includes(emergencyProfileId))
    return undefined;
  const from = instantOf(self, emergencyActivationTime);
  if (from === undefined) return undefined;
  return { from, to: emergencyDuration === forEver ? Number.POSITIVE_INFINITY : from + emergencyDuration * 1000 };
}
function instantOf(self: Self, time: DateTime): number | undefined {
  try {
    const whole = { ...time, second: time.second ?? 0, hundredths: 0 };
    if (time.deviationMinutes !== null) return toInstant(whole, { acceptInvalid: true });
    return self.engine.local.utc(toInstant({ ...whole, deviationMinutes: 0 }, { acceptInvalid: true }));
  } catch {
    return undefined;
  }
}
/** Starts and ends the emergency; a change of the threshold restarts the time. */
function settle(self: Self): void {
  const { engine } = self;
  const window = emergency(self);
  const active = window !== undefined && engine.utc >= window.from && engine.utc < window.to;
  if (active !== self.get('emergencyProfileActive')) self.set('emergencyProfileActive', active);
  const threshold = active ? self.get('thresholdEmergency') : self.get('thresholdNormal');
  if (numberOf(threshold as Data) !== numberOf(self.get('thresholdActive') as Data)) {
    self.set('thresholdActive', threshold);
    self.state = { ...self.state, side: 'unknown' };
  }
  const next = [window?.from, window?.to].filter((t) => t !== undefined && t > engine.utc && Number.isFinite(t));
  self.schedule('emergency', next.length === 0 ? undefined : engine.elapsedAt(Math.min(...(next as number[]))));
  sample(self);
}
/** Checks the value, and carries out the action if it has lasted long enough. */
function sample(self: Self): void {
  const { engine } = self;
  const { classId, logicalName, attributeIndex } = self.get('monitoredValue');
  let value: number | undefined;
  try {
    value = numberOf(self.space.read({ classId, logicalName, attributeIndex }));
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
  }
  const threshold = numberOf(self.get('thresholdActive') as Data);
  if (value === undefined || threshold === undefined) return self.schedule('monitor', undefined);
  const { state } = self;
  // At the threshold is neither over nor under.
  const side = value > threshold ? 'over' : value < threshold ? 'under' : state.side === 'over' ? 'under' : state.side;
  if (side !== state.side) self.state = { ...state, side, since: engine.elapsed, done: false };
  if (side === 'unknown' || self.state.done || value === threshold || (side === 'under' && !self.state.limited))
    return self.schedule('monitor', undefined);
  const seconds = side === 'over' ? self.get('minOverThresholdDuration') : self.get('minUnderThresholdDuration');
  const at = self.state.since + seconds * 1000;
  if (engine.elapsed < at) return self.schedule('monitor', at);
  self.schedule('monitor', undefined);
  self.state = { ...self.state, done: true, limited: side === 'over' };
  const { actionOverThreshold, actionUnderThreshold } = self.get('actions');
  const { scriptLogicalName, scriptSelector } = side === 'over' ? actionOverThreshold : actionUnderThreshold;
  engine.raise(side === 'over' ? 'limiterExceeded' : 'limiterOk');
  const local = engine.knobs.localDisconnectScript;
  try {
    if (local?.script_logical_name === scriptLogicalName && local.script_selector === scriptSelector)
      engine.input('disconnector.local', 'disconnect');
    else engine.nested(() => engine.runScript(self.space, scriptLogicalName, scriptSelector));
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
  }
}
function begin(self: Self): void {
  self.unobserve();
  const { classId, logicalName, attributeIndex } = self.get('monitoredValue');
  self.observe({ classId, logicalName, attributeIndex });
  settle(self);
}
type Setting =
  | 'monitoredValue'
  | 'thresholdNormal'
  | 'thresholdEmergency'
  | 'minOverThresholdDuration'
  | 'minUnderThresholdDuration'
  | 'emergencyProfile'
  | 'emergencyProfileGroupIdList';
const setting = (attribute: Setting) => (self: Self, value: never, cause: Cause) => {
  self.set(attribute, value, cause);
  if (attribute === 'thresholdNormal' || attribute === 'thresholdEmergency')
    self.engine.raise('limiterThresholdChanged');
  begin(self);
};

/** Limiter (class 71). */
export const limiterBehaviour: Behaviour<typeof Limiter, State> = {
  definition: Limiter,
  state: () => ({ side: 'unknown', since: 0, done: false, limited: false }),
  defaults: (self) => ({
    thresholdActive: self.get('thresholdNormal'),
    emergencyProfile: { emergencyProfileId: 0, emergencyActivationTime: unspecifiedDateTime, emergencyDuration: 0 },
    emergencyProfileGroupIdList: [],
    emergencyProfileActive: false,
  }),
  start: begin,
  write: {
    thresholdActive: refuse,
    emergencyProfileActive: refuse,
    monitoredValue: setting('monitoredValue') as never,
    thresholdNormal: setting('thresholdNormal') as never,
    thresholdEmergency: setting('thresholdEmergency') as never,
    minOverThresholdDuration: setting('minOverThresholdDuration') as never,
    minUnderThresholdDuration: setting('minUnderThresholdDuration') as never,
    emergencyProfile: setting('emergencyProfile') as never,
    emergencyProfileGroupIdList: setting('emergencyProfileGroupIdList') as never,
  },
  due: { emergency: settle, monitor: sample },
  observed: sample,
  clockChanged: settle,
  powerUp(self) {
    self.state = { ...self.state, side: 'unknown' };
    begin(self);
  },
};
