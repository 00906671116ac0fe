import type { DlmsError } from '../../core/errors.js';
import type { HdlcFrame } from './frame.js';
import { command, commandAgain, connect, end, fail, lasting, leave, noAttempt } from './link-client-commands.js';
import { again, poll, proceed, wantWhileIdle, whileUp } from './link-client-up.js';
import { linkError } from './link-error.js';
import { describe, enqueue, ignore, never, type Outputs, refuse, withNotice, writeNotices } from './link-output.js';
import { nothingReceived } from './link-receiving.js';
import { nothingSent } from './link-sending.js';
import type { ClientIn, HdlcClientState, HdlcLinkInput } from './link-state.js';
import { decodeHdlcParameters, type HdlcParameters, hdlcDefaultParameters } from './parameters.js';
import { decodeFrmr } from './reject.js';

/** The primary station. */
export function clientStep(s: HdlcClientState, input: HdlcLinkInput, now: number, out: Outputs): HdlcClientState {
  switch (input.type) {
    case 'connect':
      if (s.phase !== 'disconnected') return refuse(s, out, input);
      return now >= s.lateUntil ? connect(s, now, out) : { ...lasting(s), phase: 'draining' };
    case 'disconnect':
      return disconnect(s, now, out);
    case 'send':
      if (s.phase === 'idle') {
        const queued = enqueue(s, input.apdu, out);
        return queued === s ? s : proceed(queued, now, out);
      }
      if (s.phase !== 'waiting') return refuse(s, out, input);
      return s.closing ? refuse(s, out, input, 'closing') : enqueue(s, input.apdu, out);
    case 'ui': {
      const queued = withNotice(s, input.apdu, out);
      return awaitsAnswer(queued) ? queued : writeNotices(queued, out, false);
    }
    case 'want':
      return s.phase === 'idle' ? wantWhileIdle(s, input.wanted, now) : { ...s, want: input.wanted };
    case 'busy': {
      const next = { ...s, localBusy: input.busy };
      return next.phase === 'idle' && !input.busy ? proceed(next, now, out) : next;
    }
    case 'reply':
      return refuse(s, out, input);
    case 'tick':
      return tick(s, now, out);
    case 'frame':
      return receive(s, input.frame, now, out);
  }
}

/** A poll is out, in whatever phase: the line belongs to the server until it answers. */
export const awaitsAnswer = (s: HdlcClientState): s is ClientIn<'connecting' | 'waiting' | 'disconnecting'> =>
  s.phase === 'connecting' || s.phase === 'waiting' || s.phase === 'disconnecting';

function disconnect(s: HdlcClientState, now: number, out: Outputs): HdlcClientState {
  switch (s.phase) {
    case 'disconnected':
      out.push({ type: 'disconnected', by: 'local', reason: 'was not connected' });
      return s;
    case 'disconnecting':
      return s;
    case 'waiting':
      return { ...s, closing: true };
    case 'idle':
      return leave(writeNotices(s, out, false), now, out);
    default:
      return leave(s, now, out);
  }
}

function tick(s: HdlcClientState, now: number, out: Outputs): HdlcClientState {
  if (s.phase === 'disconnected') return s;
  if (s.phase === 'draining') return now >= s.lateUntil ? connect(s, now, out) : s;
  if (s.phase === 'idle' || s.phase === 'waiting') {
    const { busyTimeoutMs, inactivityTimeoutMs } = s.settings;
    if (now >= s.busyUntil)
      return fail(s, now, out, linkError('remote', s.phase, `not ready (RNR) for ${busyTimeoutMs} ms`));
    if (now >= s.inactiveAt)
      return fail(s, now, out, { by: 'local', reason: `nothing heard for ${inactivityTimeoutMs} ms` });
  }
  if (s.phase === 'idle') return now >= s.pollAt ? poll(s, now, out) : s;
  if (now < s.deadline) return s;
  return s.phase === 'waiting' ? again(s, now, out) : commandAgain(s, now, out);
}

function receive(before: HdlcClientState, frame: HdlcFrame, now: number, out: Outputs): HdlcClientState {
  const { control } = frame;
  if (control.type === 'UI') {
    out.push({ type: 'ui', frame });
    return before;
  }
  const { inactivityTimeoutMs } = before.settings;
  let s = before;
  if (inactivityTimeoutMs > 0 && (s.phase === 'idle' || s.phase === 'waiting'))
    s = { ...s, inactiveAt: now + inactivityTimeoutMs };
  if (control.type === 'SNRM' || control.type === 'DISC' || control.type === 'unknown')
    return ignore(s, out, `${describe(control)} from the server`);
  switch (s.phase) {
    case 'disconnected':
      return ignore(s, out, describe(control));
    case 'draining':
      return ignore(s, out, `${describe(control)} of the former link`);
    case 'connecting':
      return whileConnecting(s, frame, now, out);
    case 'disconnecting':
      if (control.type === 'UA' || control.type === 'DM') return end(s, out, { by: 'local', reason: 'DISC' });
      return ignore(s, out, describe(control));
    default:
      return whileUp(s, frame, control, now, out);
  }
}

function whileConnecting(s: ClientIn<'connecting'>, frame: HdlcFrame, now: number, out: Outputs): HdlcClientState {
  switch (frame.control.type) {
    case 'DM':
      if (s.refused) return end(s, out, linkError('remote', s.phase, 'the server refuses the link (DM)'));
      return { ...command({ ...s, unanswered: s.unanswered - 1 }, now, out), refused: true };
    case 'FRMR':
      return end(s, out, linkError('remote', s.phase, decodeFrmr(frame.information).text));
    case 'UA':
      return connected(s, frame, now, out);
    default:
      return ignore(s, out, describe(frame.control));
  }
}

function connected(s: ClientIn<'connecting'>, frame: HdlcFrame, now: number, out: Outputs): HdlcClientState {
  let granted: Required<HdlcParameters>;
  try {
    granted = { ...hdlcDefaultParameters, ...decodeHdlcParameters(frame.information) };
  } catch (e) {
    return end(s, out, e as DlmsError);
  }
  const o = s.settings;
  // Some servers state their own maximum instead of the negotiated values: send by the smaller, take what they announce.
  const parameters = {
    maxInfoTransmit: Math.min(o.maxInfoTransmit, granted.maxInfoReceive),
    maxInfoReceive: Math.max(o.maxInfoReceive, granted.maxInfoTransmit),
    windowTransmit: Math.min(o.windowTransmit, granted.windowReceive),
    windowReceive: Math.max(o.windowReceive, granted.windowTransmit),
  };
  out.push({ type: 'connected', parameters });
  const link: ClientIn<'idle'> = {
    ...lasting(s),
    ...noAttempt,
    missingUa: s.unanswered - 1,
    phase: 'idle',
    parameters,
    sending: nothingSent,
    receiving: nothingReceived,
    commandLlc: false,
    inactiveAt: o.inactivityTimeoutMs > 0 ? now + o.inactivityTimeoutMs : never,
    busyUntil: never,
    pollAt: never,
  };
  return proceed(link, now, out);
}
