import { Data } from '../../axdr/data.js';
import { decode } from '../../axdr/schema.js';
import { concat } from '../../core/bytes.js';
import {
  PushSetup,
  PushSetupV0,
  PushSetupV1,
  PushSetupV2,
  type RepetitionDelay,
} from '../../cosem/classes/push-setup.js';
import { type DateTime, toInstant } from '../../cosem/date-time.js';
import { AccessRefused } from '../../server/object.js';
import {
  type AnyBehaviour,
  type Behaviour,
  type Cause,
  inVersions,
  type PushOutcome,
  type Running,
} from '../behaviour.js';
import { structureOf } from '../cells.js';
import { elementOf } from '../elements.js';
import { dateTimeAt, unspecifiedDateTime } from '../values.js';
import { isInside, nextEdge } from '../windows.js';
import { isConnected } from './auto-connect.js';

interface State {
  /**
   * `waiting` for a window or a random delay; `retry`: waiting to repeat; `confirming`: sent, but not confirmed yet.
   */
  doing: 'nothing' | 'waiting' | 'retry' | 'confirming';
  /** Attempts made for the current push. */
  attempts: number;
  /** Number of pushes so far. */
  invokeId: number;
  /** Whether a monitor triggered it, so that it survives a loss of supply. */
  alarm: boolean;
  /** The body, if it was read at the trigger. */
  body: Uint8Array | undefined;
}
type Self = Running<typeof PushSetup, State>;

const inWindow = (self: Self): boolean => isInside(self.get('communicationWindow'), self.engine.local, self.engine.utc);
function randomDelay(self: Self): number {
  const interval = self.get('randomisationStartInterval');
  return interval === 0 ? 0 : Math.floor(self.engine.random() * (interval + 1)) * 1000;
}

// ── triggers ─────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Triggers a push. One that is already waiting stays a single push; one that is being tried starts again with current
 * values.
 */
export function push(self: Self): void {
  const { engine } = self;
  if (self.get('pushObjectList').length === 0) return;
  const { doing } = self.state;
  if (doing === 'waiting') return;
  if (doing !== 'nothing' && engine.knobs.pushAgain === 'keep') return;
  const body = engine.knobs.pushRead === 'at-trigger' ? bodyOf(self) : undefined;
  self.state = { ...self.state, alarm: engine.telling, body };
  if (!inWindow(self)) {
    if (engine.knobs.pushOutsideWindow === 'pending') return wait(self);
    self.state = { ...self.state, doing: 'nothing' };
    return self.schedule('push', undefined);
  }
  const scheduled = engine.phase === 'single-action' || engine.phase === 'schedule' || engine.phase === 'calendar';
  const delay =
    scheduled && !engine.telling && engine.knobs.pushDelay === 'window-and-schedule' ? randomDelay(self) : 0;
  begin(self, engine.elapsed + delay);
}
function begin(self: Self, at: number): void {
  self.state = { ...self.state, doing: 'waiting', attempts: 0, invokeId: (self.state.invokeId + 1) & 0xff_ffff };
  self.schedule('push', at);
}
/** Waits until the next window begins, plus a random time. */
function wait(self: Self): void {
  const { engine } = self;
  const next = nextEdge(self.get('communicationWindow'), 'startTime', engine.local, engine.utc);
  if (next !== undefined) return begin(self, engine.elapsedAt(next) + randomDelay(self));
  self.state = { ...self.state, doing: 'nothing' };
  self.schedule('push', undefined);
}

// ── attempts ─────────────────────────────────────────────────────────────────────────────────────────────

function attempt(self: Self): void {
  const { engine } = self;
  const { attempts, invokeId } = self.state;
  const sent = isConnected(self.space);
  const confirmed = wantsConfirmation(self);
  engine.output({
    type: 'push',
    at: engine.elapsed,
    utc: engine.utc,
    sap: self.space.sap,
    setup: self.logicalName,
    attempt: attempts + 1,
    invokeId,
    dateTime: dateTimeAt(engine, engine.utc),
    body: decode(Data, self.state.body ?? bodyOf(self)),
    confirmed,
    sent,
  });
  self.state = { ...self.state, attempts: attempts + 1 };
  if (!sent) return failed(self);
  const method = self.has('pushOperationMethod') ? self.get('pushOperationMethod') : undefined;
  const waits = confirmed || method === 'unconfirmed-retry-on-missing-supporting-layer-confirmation';
  self.state = { ...self.state, doing: waits ? 'confirming' : 'nothing' };
  self.schedule('push', waits ? engine.elapsed + engine.knobs.pushConfirmTimeout * 1000 : undefined);
}
/**
 * Whether to ask for a confirmation: always with push method 2; otherwise if none was received for the interval in the
 * confirmation parameters (a guess at what they mean).
 */
function wantsConfirmation(self: Self): boolean {
  if (!self.has('pushOperationMethod')) return false;
  if (self.get('pushOperationMethod') === 'confirmed-retry-on-missing-confirmation') return true;
  if (!self.has('confirmationParameters')) return false;
  const { confirmationStartDate, confirmationInterval } = self.get('confirmationParameters');
  const begins = instantOf(self, confirmationStartDate);
  if (begins === undefined || confirmationInterval === 0 || self.engine.utc < begins) return false;
  const last = self.has('lastConfirmationDateTime') ? instantOf(self, self.get('lastConfirmationDateTime')) : undefined;
  return last === undefined || self.engine.utc - last >= confirmationInterval * 1000;
}
function instantOf({ engine }: Self, time: DateTime): number | undefined {
  try {
    if (time.deviationMinutes !== null) return toInstant(time, { acceptInvalid: true });
    return engine.local.utc(toInstant({ ...time, deviationMinutes: 0 }, { acceptInvalid: true }));
  } catch {
    return undefined;
  }
}
function failed(self: Self): void {
  const { attempts } = self.state;
  if (attempts > self.get('numberOfRetries')) {
    self.state = { ...self.state, doing: 'nothing', alarm: false, body: undefined };
    return self.schedule('push', undefined);
  }
  self.state = { ...self.state, doing: 'retry' };
  self.schedule('push', self.engine.elapsed + repetitionDelay(self, attempts) * 1000);
}
/**
 * Seconds before a repetition, the first being number 1. From version 2 on they grow, as described by one public
 * source.
 */
function repetitionDelay(self: Self, repetition: number): number {
  const delay = self.get('repetitionDelay') as RepetitionDelay | number;
  if (typeof delay === 'number') return delay;
  const { repetitionDelayMin: min, repetitionDelayExponent: exponent, repetitionDelayMax: max } = delay;
  const grown = min * (exponent * 0.01) ** (repetition - 1 + self.engine.knobs.pushExponentStart);
  return Math.max(0, Math.min(max, Math.round(grown)));
}
function due(self: Self): void {
  if (self.state.doing === 'confirming') return failed(self);
  if (inWindow(self)) return attempt(self);
  // The window has ended meanwhile, so it continues in the next one.
  if (self.engine.knobs.pushWindowEnd === 'resume') return wait(self);
  self.state = { ...self.state, doing: 'nothing', alarm: false, body: undefined };
}
function outcome(self: Self, what: PushOutcome): void {
  if (what === 'confirmed' && self.has('lastConfirmationDateTime'))
    self.set('lastConfirmationDateTime', dateTimeAt(self.engine, self.engine.utc));
  if (what === 'failed') {
    // An attempt that was believed to be on its way.
    if (self.state.doing === 'confirming' || (self.state.doing === 'nothing' && self.state.attempts > 0)) failed(self);
    return;
  }
  if (self.state.doing !== 'confirming') return;
  self.state = { ...self.state, doing: 'nothing', alarm: false, body: undefined };
  self.schedule('push', undefined);
}

// ── body ─────────────────────────────────────────────────────────────────────────────────────────────────

/** One structure with an element for each entry, in order; null-data for what cannot be read. */
function bodyOf(self: Self): Uint8Array {
  const list = self.get('pushObjectList');
  return concat(structureOf(list.length), ...list.map((entry) => elementOf(self as unknown as Running, entry)));
}
const windowChanged = (self: Self): void => {
  if (self.state.doing === 'waiting' && self.state.attempts === 0 && !inWindow(self)) wait(self);
};
const latest: Behaviour<typeof PushSetup, State> = {
  definition: PushSetup,
  state: () => ({ doing: 'nothing', attempts: 0, invokeId: 0, alarm: false, body: undefined }),
  defaults: () => ({
    pushObjectList: [],
    communicationWindow: [],
    randomisationStartInterval: 0,
    numberOfRetries: 0,
    lastConfirmationDateTime: unspecifiedDateTime,
  }),
  write: {
    communicationWindow(self, windows, cause: Cause) {
      self.set('communicationWindow', windows, cause);
      windowChanged(self);
    },
    lastConfirmationDateTime: () => {
      throw new AccessRefused('read-write-denied');
    },
  },
  methods: {
    push,
    reset(self) {
      self.state = { ...self.state, doing: 'nothing', alarm: false, body: undefined };
      self.schedule('push', undefined);
      if (self.has('lastConfirmationDateTime')) self.set('lastConfirmationDateTime', unspecifiedDateTime, 'method');
    },
  },
  due: { push: due },
  input(self, name, value) {
    if (name === `push ${self.space.sap} ${self.logicalName}`) outcome(self, value as PushOutcome);
  },
  clockChanged: windowChanged,
  powerDown(self) {
    self.state = { ...self.state, doing: self.state.alarm && self.state.doing !== 'nothing' ? 'waiting' : 'nothing' };
    self.schedule('push', undefined);
  },
  powerUp(self) {
    if (self.state.doing !== 'waiting') return;
    if (inWindow(self)) begin(self, self.engine.elapsed);
    else wait(self);
  },
};

/**
 * Push setup (class 40), all versions: a push triggered outside the windows waits for the next one (knob
 * `pushOutsideWindow`), failed attempts are repeated, and values are read when they are sent (knob `pushRead`). Each
 * attempt is an output of the engine; whoever carries it out reports back with {@link MeterEngine.pushed}.
 */
export const pushSetupBehaviours: readonly AnyBehaviour[] = inVersions(latest, PushSetupV2, PushSetupV1, PushSetupV0);
