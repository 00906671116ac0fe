import { IecHdlcSetup } from '../../cosem/classes/iec-hdlc-setup.js';
import { TcpUdpSetup } from '../../cosem/classes/tcp-udp-setup.js';
import type { InterfaceClass } from '../../cosem/interface-class.js';
import type { AnyBehaviour, Behaviour } from '../behaviour.js';

interface State {
  /** Elapsed milliseconds at which each connection ends, by its name. */
  ends: Readonly<Record<string, number>>;
}

/**
 * Closes connections that have been without traffic for this long, by an output of the engine. A changed time-out
 * counts from the next traffic on; 0 means never.
 */
function closing<C extends InterfaceClass>(definition: C, seconds: number): AnyBehaviour {
  const behaviour: Behaviour<typeof TcpUdpSetup, State> = {
    definition: definition as never,
    state: () => ({ ends: {} }),
    defaults: () => ({ inactivityTimeOut: seconds }),
    traffic(self, { port, connection, open }) {
      if (port !== self.logicalName) return;
      const { [connection]: _, ...others } = self.state.ends;
      const ends: Record<string, number> = others;
      const timeOut = self.get('inactivityTimeOut');
      if (open && timeOut > 0) ends[connection] = self.engine.elapsed + timeOut * 1000;
      plan(self, ends);
    },
    due: {
      inactivity(self, at) {
        const over = Object.entries(self.state.ends).filter(([, end]) => end <= at);
        for (const [connection] of over)
          self.engine.output({ type: 'disconnect', at, port: self.logicalName, connection });
        plan(self, Object.fromEntries(Object.entries(self.state.ends).filter(([, end]) => end > at)));
      },
    },
    powerDown: (self) => plan(self, {}),
  };
  return behaviour;
}
function plan(
  self: Parameters<NonNullable<Behaviour<typeof TcpUdpSetup, State>['powerDown']>>[0],
  ends: State['ends'],
): void {
  self.state = { ends };
  const all = Object.values(ends);
  self.schedule('inactivity', all.length === 0 ? undefined : Math.min(...all));
}

/** TCP-UDP setup (class 41). */
export const tcpUdpSetupBehaviour: AnyBehaviour = closing(TcpUdpSetup, 180);
/** IEC HDLC setup (class 23). */
export const iecHdlcSetupBehaviour: AnyBehaviour = closing(IecHdlcSetup, 120);
