import { CommunicationPortProtection } from '../../cosem/classes/communication-port-protection.js';
import { obisFromBytes } from '../../cosem/obis.js';
import type { Authentication, Behaviour, Running } from '../behaviour.js';

interface State {
  /** What was left of the lock when the supply failed, in milliseconds. */
  rest: number | undefined;
  /** Elapsed milliseconds at which the lock ends. */
  until: number | undefined;
}
type Self = Running<typeof CommunicationPortProtection, State>;
const status = (self: Self): string => String(self.get('protectionStatus'));

function show(self: Self, now: 'unlocked' | 'temporarily-locked' | 'locked', until?: number): void {
  const { engine } = self;
  const was = status(self);
  self.state = { rest: undefined, until };
  self.schedule('inactivity', until);
  if (now === was) return;
  self.set('protectionStatus', now);
  const port = obisFromBytes(self.get('portReference'));
  if ((now === 'unlocked') !== (was === 'unlocked'))
    engine.output({ type: 'port', at: engine.elapsed, port, locked: now !== 'unlocked' });
}
/**
 * Duration of the lock in milliseconds after the k-th failure beyond those allowed (a guess at what steepness means).
 */
function lockTime(self: Self, k: number): number {
  const seconds = self.get('initialLockoutTime') * self.get('steepnessFactor') ** (k - 1);
  return Math.min(seconds, self.get('maxLockoutTime')) * 1000;
}
function attempted(self: Self, { right }: Authentication): void {
  // While it is locked, nothing is answered, and nothing counts.
  if (status(self) !== 'unlocked') return;
  if (right) {
    self.set('failedAttempts', 0);
    return;
  }
  const failed = Math.min(self.get('failedAttempts') + 1, 0xffff_ffff);
  self.set('failedAttempts', failed);
  self.set('cumulativeFailedAttempts', (self.get('cumulativeFailedAttempts') + 1) % 0x1_0000_0000);
  const above = failed - self.get('allowedFailedAttempts');
  if (self.get('protectionMode') === 'locked-on-failed-attempts' && above > 0)
    show(self, 'temporarily-locked', self.engine.elapsed + lockTime(self, above));
}

/**
 * Communication port protection (class 124): a port on which authentication fails too often falls silent for increasing
 * periods. The lock is an output of the engine; what is left of it continues after a loss of supply (knob
 * `portLockRest`).
 */
export const communicationPortProtectionBehaviour: Behaviour<typeof CommunicationPortProtection, State> = {
  definition: CommunicationPortProtection,
  state: () => ({ rest: undefined, until: undefined }),
  defaults: () => ({
    protectionMode: 'unlocked',
    allowedFailedAttempts: 0,
    initialLockoutTime: 60,
    steepnessFactor: 1,
    maxLockoutTime: 3600,
    portReference: new Uint8Array(6),
    protectionStatus: 'unlocked',
    failedAttempts: 0,
    cumulativeFailedAttempts: 0,
  }),
  start(self) {
    if (self.get('protectionMode') === 'locked') show(self, 'locked');
  },
  write: {
    protectionMode(self, mode, cause) {
      self.set('protectionMode', mode, cause);
      if (mode === 'locked') show(self, 'locked');
      else if (status(self) === 'locked' || mode === 'unlocked') show(self, 'unlocked');
    },
  },
  methods: {
    reset(self) {
      self.set('failedAttempts', 0, 'method');
      if (self.get('protectionMode') !== 'locked') show(self, 'unlocked');
    },
  },
  due: { inactivity: (self) => show(self, 'unlocked') },
  authentication(self, attempt) {
    if (attempt.port === obisFromBytes(self.get('portReference'))) attempted(self, attempt);
  },
  powerDown(self) {
    const { until } = self.state;
    if (until !== undefined) self.state = { rest: until - self.engine.elapsed, until: undefined };
    self.schedule('inactivity', undefined);
  },
  powerUp(self) {
    const { rest } = self.state;
    if (rest === undefined) return;
    const { engine } = self;
    const above = self.get('failedAttempts') - self.get('allowedFailedAttempts');
    const whole = engine.knobs.portLockRest === 'restart' ? lockTime(self, above) : rest;
    show(self, 'temporarily-locked', engine.elapsed + whole);
  },
};
