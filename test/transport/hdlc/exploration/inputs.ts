import {
  decodeHdlcControl,
  encodeHdlcParameters,
  type HdlcControl,
  type HdlcFrame,
  type HdlcLinkInput,
  type HdlcLinkOutput,
  type HdlcLinkState,
  hdlcLinkStep,
} from '../../../../src/transport/hdlc/index.js';
import { armed, still, type Timer } from './values.js';

// Everything that can come to a machine in a state: every frame, good, bad or out of place, every wish of the
// application, every timer.

const octets = (n: number): Uint8Array => new Uint8Array(n);
const small = encodeHdlcParameters({ maxInfoTransmit: 32, maxInfoReceive: 32, windowTransmit: 2, windowReceive: 2 });

/** Numbers around the one that is expected. */
const around = (n: number): number[] => [n, n + 1, n + 2, n + 7].map((x) => x & 7);

/** A frame of every kind that a peer can send, good or bad, in this state. */
export function framesFor(state: HdlcLinkState): HdlcFrame[] {
  const [va, vr] = 'sending' in state ? [state.sending.va, state.receiving.vr] : [0, 0];
  const list: (readonly [HdlcControl, ...Uint8Array[]])[] = [];
  for (const pf of [true, false]) {
    for (const nr of around(va)) {
      list.push([{ type: 'RR', nr, pf }, octets(0)], [{ type: 'RNR', nr, pf }, octets(0)]);
      for (const ns of around(vr)) list.push([{ type: 'I', ns, nr, pf }, octets(1), octets(0), octets(129)]);
    }
    list.push([{ type: 'UA', pf }, octets(0), small, octets(3)], [{ type: 'SNRM', pf }, octets(0), small, octets(3)]);
    list.push([{ type: 'DM', pf }, octets(0)], [{ type: 'DISC', pf }, octets(0)]);
    list.push([{ type: 'FRMR', pf }, octets(3)], [{ type: 'UI', pf }, octets(2)]);
    list.push([decodeHdlcControl(pf ? 0x19 : 0x09), octets(0)]);
  }
  const { client, server } = state.settings;
  const ways =
    state.role === 'client' ? { source: server, destination: client } : { source: client, destination: server };
  return list.flatMap(([control, ...fields]) =>
    fields.flatMap((information) =>
      (control.type === 'I' ? [false, true] : [false]).map((segmented) => ({
        segmented,
        ...ways,
        control,
        information,
      })),
    ),
  );
}

const wishes: readonly HdlcLinkInput[] = [
  { type: 'connect' },
  { type: 'disconnect' },
  { type: 'send', apdu: octets(1) },
  { type: 'send', apdu: octets(200) },
  { type: 'ui', apdu: octets(1) },
  { type: 'ui', apdu: octets(200) },
  { type: 'want', wanted: true },
  { type: 'want', wanted: false },
  { type: 'busy', busy: true },
  { type: 'busy', busy: false },
  { type: 'reply', apdus: [] },
  { type: 'reply', apdus: [octets(1)] },
];

/** What came of an input, in the words of the table of transitions. */
export interface Outcome {
  readonly input: string;
  readonly state: HdlcLinkState;
  readonly outputs: readonly HdlcLinkOutput[];
}

/** The outcome of every input in this state. */
export function* outcomes(state: HdlcLinkState): Generator<Outcome> {
  const step = (from: HdlcLinkState, input: HdlcLinkInput, name: string): Outcome => {
    const [next, outputs] = hdlcLinkStep(from, input, 0);
    return { input: name, state: still(next), outputs };
  };
  for (const wish of wishes) yield step(state, wish, wish.type);
  for (const frame of framesFor(state)) yield step(state, { type: 'frame', frame }, frame.control.type);
  for (const timer of armed(state)) yield step({ ...state, [timer]: 0 }, { type: 'tick' }, timerNames[timer]);
}

export const timerNames: Readonly<Record<Timer, string>> = {
  deadline: 'time',
  pollAt: 'pause over',
  busyUntil: 'not ready for too long',
  inactiveAt: 'nothing heard',
  lateUntil: 'drained',
};
