import { AutoConnect, AutoConnectV0, AutoConnectV1 } from '../../cosem/classes/auto-connect.js';
import type { Obis } from '../../cosem/obis.js';
import { AccessRefused } from '../../server/object.js';
import { type AnyBehaviour, type Behaviour, type Cause, inVersions, type Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import type { ObjectSpace } from '../space.js';
import { isInside, nextEdge } from '../windows.js';

interface State {
  connected: boolean;
  /** Whether `connect` was called and still holds. */
  asked: boolean;
  /** How many attempts to connect have failed since. */
  failures: number;
}
type Self = Running<typeof AutoConnect, State>;

/**
 * Modes in which this object opens and closes the connection; in the others there is a connection whenever there is a
 * network.
 */
const managing: ReadonlySet<string> = new Set([
  'auto-dialling-in-calling-window',
  'regular-auto-dialling-in-window-alarm-anytime',
  'permanently-connected',
  'permanently-connected-in-calling-window',
  'permanently-connected-in-calling-window-or-on-connect',
  'disconnected-connects-on-connect-method',
]);
const byMethod: ReadonlySet<string> = new Set([
  'permanently-connected-in-calling-window-or-on-connect',
  'disconnected-connects-on-connect-method',
]);
const inWindow = (self: Self): boolean => isInside(self.get('callingWindow'), self.engine.local, self.engine.utc);

/** Whether it should be connected, provided there is a network. */
function wanted(self: Self): boolean {
  switch (self.get('mode')) {
    case 'permanently-connected':
      return true;
    case 'disconnected-connects-on-connect-method':
      return self.state.asked;
    case 'permanently-connected-in-calling-window-or-on-connect':
      return self.state.asked || inWindow(self);
    default:
      return inWindow(self);
  }
}
/** Connects or disconnects as required; a new connection is reported to the head-end, except the one at the start. */
function settle(self: Self, quietly = false): void {
  const { engine } = self;
  plan(self);
  const mode = String(self.get('mode'));
  if (!managing.has(mode)) return;
  const connected = engine.supply && engine.network && wanted(self);
  if (connected === self.state.connected && !quietly) return;
  self.state = { ...self.state, connected, failures: 0 };
  engine.output({
    type: 'connection',
    at: engine.elapsed,
    sap: self.space.sap,
    object: self.logicalName,
    state: connected ? 'up' : 'down',
  });
  if (!connected || quietly) return;
  const { onConnect = '0-0:25.9.0*255' } = self.options as { readonly onConnect?: Obis };
  try {
    self.space.invoke(40, onConnect, 1, { type: 'integer', value: 0 }, 'engine');
  } catch (e) {
    // A meter without such a push reports nothing.
    if (!(e instanceof AccessRefused)) throw e;
  }
}
/** Windows begin and end by the clock; a requested connection is retried while there is no network. */
function plan(self: Self): void {
  const { engine } = self;
  const { asked, connected, failures } = self.state;
  if (asked && !connected && failures > 0)
    return self.schedule('push', engine.elapsed + self.get('repetitionDelay') * 1000);
  const windows = self.get('callingWindow');
  const edges = (['startTime', 'endTime'] as const).flatMap(
    (edge) => nextEdge(windows, edge, engine.local, engine.utc) ?? [],
  );
  self.schedule('push', edges.length === 0 ? undefined : engine.elapsedAt(Math.min(...edges)));
}
/** Without a network, a requested connection is retried, then given up. */
function tryToConnect(self: Self): void {
  if (self.engine.network) return settle(self);
  const failures = self.state.failures + 1;
  const asked = failures <= self.get('repetitions');
  self.state = { ...self.state, asked, failures: asked ? failures : 0 };
  plan(self);
}

/**
 * Whether something can be sent: there is a network, and if an Auto connect object manages the connection, it has
 * opened it.
 */
export function isConnected(space: ObjectSpace): boolean {
  const objects = (space.ofClass(29) as unknown as Self[]).filter((o) => managing.has(String(o.get('mode'))));
  const [first] = space;
  return first?.engine.network === true && (objects.length === 0 || objects.some((o) => o.state.connected));
}

const setting =
  <A extends 'mode' | 'callingWindow'>(attribute: A) =>
  (self: Self, value: never, cause: Cause): void => {
    self.set(attribute, value, cause);
    settle(self);
  };
const latest: Behaviour<typeof AutoConnect, State> = {
  definition: AutoConnect,
  state: () => ({ connected: false, asked: false, failures: 0 }),
  defaults: () => ({
    mode: 'no-auto-connect',
    repetitions: 0,
    repetitionDelay: 60,
    callingWindow: [],
    destinationList: [],
  }),
  start: (self) => settle(self, true),
  write: { mode: setting('mode') as never, callingWindow: setting('callingWindow') as never },
  methods: {
    connect(self) {
      const mode = String(self.get('mode'));
      if (byMethod.has(mode)) {
        self.state = { ...self.state, asked: true, failures: 0 };
        return tryToConnect(self);
      }
      // A mode that keeps to its window does not connect outside of it.
      if (managing.has(mode) && !wanted(self)) refuse();
    },
  },
  due: {
    push(self) {
      if (self.state.asked && !self.state.connected && self.state.failures > 0) return tryToConnect(self);
      settle(self);
    },
  },
  input(self, name) {
    if (name !== 'network') return;
    // A requested connection is not re-established automatically.
    if (!self.engine.network && self.state.connected) self.state = { ...self.state, asked: false };
    settle(self);
  },
  clockChanged: (self) => settle(self),
  powerDown(self) {
    self.state = { connected: false, asked: false, failures: 0 };
  },
  powerUp: (self) => settle(self),
};

/**
 * Auto connect (class 29): modes 2, 3 and 101 to 104 open and close the connection, and the push setup in the option
 * `onConnect` (default 0-0:25.9.0) reports a new one to the head-end. That mode 102 refuses `connect` outside its
 * window, and that a connection made by `connect` lasts until the network fails, are our own choices. Mode 3 does not
 * distinguish alarms from other pushes.
 */
export const autoConnectBehaviours: readonly AnyBehaviour[] = inVersions(latest, AutoConnectV1, AutoConnectV0);
