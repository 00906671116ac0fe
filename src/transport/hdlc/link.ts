import { awaitsAnswer, clientStep } from './link-client.js';
import { type HdlcLinkOptions, hdlcLinkSettings } from './link-options.js';
import { never, type Outputs } from './link-output.js';
import { serverStep } from './link-server.js';
import type { HdlcClientState, HdlcLinkInput, HdlcLinkOutput, HdlcLinkState, HdlcServerState } from './link-state.js';

/**
 * A client's link before it is opened.
 * @throws DlmsError `configuration/invalid` for an option outside its range
 */
export function hdlcClientLink(options: HdlcLinkOptions): HdlcClientState {
  const settings = hdlcLinkSettings('client', options);
  return {
    role: 'client',
    phase: 'disconnected',
    settings,
    localBusy: false,
    notices: [],
    want: false,
    lateUntil: 0,
  };
}

/**
 * A server's link before a client opens it.
 * @throws DlmsError `configuration/invalid` for an option outside its range
 */
export function hdlcServerLink(options: HdlcLinkOptions): HdlcServerState {
  const settings = hdlcLinkSettings('server', options);
  return { role: 'server', phase: 'disconnected', settings, localBusy: false, notices: [] };
}

/**
 * One step of a link in normal response mode, two-way alternate: the client (primary) polls with P, the server (secondary) speaks when polled and ends with F.
 * DLMS has no REJ: what is missing is found at the checkpoint, the frame with P or F, by its N(R), and sent again from there.
 *
 * Sequence numbers have three bits, so with seven frames under way an old acknowledgement that arrives late means something else. Therefore a client does not
 * believe an answer that brings no news, or the acknowledgement number of an earlier one: it asks again (RR with P) and believes that answer. A server answers such a poll
 * without data, and believes it when it is repeated. After anything unexpected both send single frames until four checkpoints were good, because then even numbers
 * six checkpoints old are known as such. This costs some round trips after a loss, and keeps data right when frames are doubled or overtaken.
 *
 * A frame proves nothing about its sender, and after eight frames the numbers come again: docs/transports.md says what a link cannot promise.
 */
export function hdlcLinkStep<State extends HdlcLinkState>(
  state: State,
  input: HdlcLinkInput,
  now: number,
): readonly [State['role'] extends 'client' ? HdlcClientState : HdlcServerState, readonly HdlcLinkOutput[]];
export function hdlcLinkStep(
  state: HdlcLinkState,
  input: HdlcLinkInput,
  now: number,
): readonly [HdlcLinkState, readonly HdlcLinkOutput[]] {
  const out: Outputs = [];
  const next = state.role === 'client' ? clientStep(state, input, now, out) : serverStep(state, input, now, out);
  return [next, out];
}

/** When the next `tick` is due; Infinity when the link only waits for inputs. */
export function hdlcLinkDeadline(state: HdlcLinkState): number {
  switch (state.phase) {
    case 'disconnected':
      return never;
    case 'draining':
      return state.lateUntil;
    case 'idle':
      return Math.min(state.pollAt, state.busyUntil, state.inactiveAt);
    case 'waiting':
      return Math.min(state.deadline, state.busyUntil, state.inactiveAt);
    case 'polled':
      return Math.min(state.deadline, state.inactiveAt);
    case 'listening':
    case 'rejecting':
      return state.inactiveAt;
    case 'connecting':
    case 'disconnecting':
      return state.deadline;
  }
}

/** The link is up: APDUs can be sent. */
export const hdlcLinkIsUp = (state: HdlcLinkState): boolean => 'sending' in state;

/** A client's poll is out: the line belongs to the server until it answers. */
export const hdlcAwaitsAnswer = (state: HdlcClientState): boolean => awaitsAnswer(state);

/** Segments that were never transmitted (or have to be again). */
export function hdlcUnsent(state: HdlcLinkState): number {
  return 'sending' in state ? state.sending.queue.length - state.sending.head - state.sending.sent : 0;
}
