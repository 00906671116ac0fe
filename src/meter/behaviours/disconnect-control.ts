import { DisconnectControl, DisconnectControlV0 } from '../../cosem/classes/disconnect-control.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import type { EventName } from '../events.js';

type Self = Running<typeof DisconnectControl>;
type ControlState = 'disconnected' | 'connected' | 'ready-for-reconnection';
/** Who switches, and in which direction. */
export type Trigger =
  | 'remote-disconnect'
  | 'remote-reconnect'
  | 'manual-disconnect'
  | 'manual-reconnect'
  | 'local-disconnect'
  | 'local-reconnect';

interface Transition {
  readonly letter: string;
  readonly trigger: Trigger;
  readonly from: ControlState;
  readonly to: ControlState;
}
/** The transitions by their letters in the Blue Book, according to three public sources; `i` according to one. */
const transitions: readonly Transition[] = [
  { letter: 'a', trigger: 'remote-reconnect', from: 'disconnected', to: 'connected' },
  { letter: 'b', trigger: 'remote-disconnect', from: 'connected', to: 'disconnected' },
  { letter: 'c', trigger: 'remote-disconnect', from: 'ready-for-reconnection', to: 'disconnected' },
  { letter: 'd', trigger: 'remote-reconnect', from: 'disconnected', to: 'ready-for-reconnection' },
  { letter: 'e', trigger: 'manual-reconnect', from: 'ready-for-reconnection', to: 'connected' },
  { letter: 'f', trigger: 'manual-disconnect', from: 'connected', to: 'ready-for-reconnection' },
  { letter: 'g', trigger: 'local-disconnect', from: 'connected', to: 'ready-for-reconnection' },
  { letter: 'h', trigger: 'local-reconnect', from: 'ready-for-reconnection', to: 'connected' },
  { letter: 'i', trigger: 'remote-reconnect', from: 'ready-for-reconnection', to: 'connected' },
];
/** The transitions that each mode has. */
const modes: Readonly<Record<string, string>> = {
  'mode-0': '',
  'mode-1': 'bcfgde',
  'mode-2': 'bcfgae',
  'mode-3': 'bcgde',
  'mode-4': 'bcgae',
  'mode-5': 'bcfgdeh',
  'mode-6': 'bcgdeh',
  'mode-7': 'bcgaieh',
};
const events: Readonly<Record<Trigger, EventName>> = {
  'remote-disconnect': 'remoteDisconnect',
  'remote-reconnect': 'remoteReconnect',
  'manual-disconnect': 'manualDisconnect',
  'manual-reconnect': 'manualReconnect',
  'local-disconnect': 'localDisconnect',
  'local-reconnect': 'localReconnect',
};

/** A trigger without a transition in this mode and state changes nothing. */
export function trigger(self: Self, what: Trigger): void {
  const allowed = modes[String(self.get('controlMode'))] ?? '';
  const from = self.get('controlState');
  const found = transitions.find((t) => t.trigger === what && t.from === from && allowed.includes(t.letter));
  if (found === undefined) return;
  self.set('controlState', found.to, 'method');
  output(self, found.to === 'connected');
  self.engine.raise(found.letter === 'd' ? 'readyForManualReconnection' : events[what]);
}
function output(self: Self, connected: boolean): void {
  const { engine } = self;
  const real = engine.drive(self.logicalName, connected);
  self.set('outputState', real, 'method');
  if (real !== connected) engine.raise('relayFailed');
  // Nothing is consumed behind an open disconnector.
  if (self.options.load !== true) engine.connect(self.logicalName, real);
}

const behaviour = <C extends typeof DisconnectControl>(definition: C): Behaviour<C> => {
  const disconnectControl: Behaviour<typeof DisconnectControl> = {
    definition,
    defaults: () => ({ outputState: true, controlState: 'connected', controlMode: 'mode-0' }),
    start(self) {
      if (self.options.load !== true) self.engine.connect(self.logicalName, self.get('outputState'));
    },
    write: {
      outputState: refuse,
      controlState: refuse,
      controlMode(self, mode, cause) {
        if (modes[String(mode)] === undefined) refuse();
        self.set('controlMode', mode, cause);
        if (mode !== 'mode-0') return;
        self.set('controlState', 'connected', 'method');
        output(self, true);
      },
    },
    methods: {
      remoteDisconnect: (self) => trigger(self, 'remote-disconnect'),
      remoteReconnect: (self) => trigger(self, 'remote-reconnect'),
    },
    input(self, name, value) {
      const [, by] = /^disconnector\.(manual|local)$/.exec(name) ?? [];
      if (by !== undefined && (value === 'disconnect' || value === 'reconnect'))
        trigger(self, `${by}-${value}` as Trigger);
    },
  };
  return disconnectControl as unknown as Behaviour<C>;
};

/** Disconnect control (class 70). */
export const disconnectControlBehaviour = behaviour(DisconnectControl);
/** Version 0 has no mode 7. */
export const disconnectControlBehaviourV0 = behaviour(DisconnectControlV0 as unknown as typeof DisconnectControl);
