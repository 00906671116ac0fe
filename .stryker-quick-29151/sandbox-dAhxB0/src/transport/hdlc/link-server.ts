import { DlmsError } from '../../core/errors.js';
import type { HdlcControl } from './control.js';
import type { HdlcFrame } from './frame.js';
import { linkError } from './link-error.js';
import {
  describe,
  enqueue,
  ignore,
  never,
  type Outputs,
  refuse,
  transmit,
  withNotice,
  write,
  writeNotices,
} from './link-output.js';
import { accept, behindGap, nothingReceived, turnGiven } from './link-receiving.js';
import { acknowledge, advance, hasSegments, nothingSent } from './link-sending.js';
import type { HdlcLinkInput, HdlcServerState, ServerIn } from './link-state.js';
import {
  decodeHdlcParameters,
  encodeHdlcParameters,
  type HdlcParameters,
  hdlcDefaultParameters,
} from './parameters.js';
import { encodeFrmr, type HdlcRejection } from './reject.js';

type Up = ServerIn<'listening' | 'polled'>;
const isUp = (s: HdlcServerState): s is Up => s.phase === 'listening' || s.phase === 'polled';

/** The secondary station: speaks only when polled, UI while disconnected apart. */
export function serverStep(s: HdlcServerState, input: HdlcLinkInput, now: number, out: Outputs): HdlcServerState {
  switch (input.type) {
    case 'send': {
      if (!isUp(s)) return refuse(s, out, input);
      const queued = enqueue(s, input.apdu, out);
      return queued === s ? s : respond(queued, now, out);
    }
    case 'reply': {
      if (!isUp(s) || s.handling === 0) return refuse(s, out, input);
      let next: Up = { ...s, handling: s.handling - 1 };
      for (const apdu of input.apdus) next = enqueue(next, apdu, out);
      return respond(next, now, out);
    }
    case 'ui': {
      const queued = withNotice(s, input.apdu, out);
      return isUp(queued) ? respond(queued, now, out) : writeNotices(queued, out, true);
    }
    case 'busy':
      return { ...s, localBusy: input.busy };
    case 'frame':
      return receive(s, input.frame, now, out);
    case 'tick':
      return tick(s, now, out);
    default:
      return refuse(s, out, input);
  }
}

/** What a server keeps over all links. */
function lasting({ role, settings, localBusy, notices }: HdlcServerState): Omit<ServerIn<'disconnected'>, 'phase'> {
  return { role, settings, localBusy, notices };
}

/** What a link keeps from turn to turn. */
function linkOf(s: Up): Omit<ServerIn<'listening'>, 'phase'> {
  const { parameters, sending, receiving, inactiveAt, handling, suspect } = s;
  return { ...lasting(s), parameters, sending, receiving, inactiveAt, handling, suspect };
}

function tick(s: HdlcServerState, now: number, out: Outputs): HdlcServerState {
  if (s.phase === 'disconnected') return s;
  if (now >= s.inactiveAt) return down(s, out, 'local', `nothing heard for ${s.settings.inactivityTimeoutMs} ms`);
  return s.phase === 'polled' && now >= s.deadline ? ready(s, out) : s;
}

function receive(before: HdlcServerState, frame: HdlcFrame, now: number, out: Outputs): HdlcServerState {
  const { control } = frame;
  const { inactivityTimeoutMs } = before.settings;
  const s =
    before.phase === 'disconnected' || inactivityTimeoutMs === 0
      ? before
      : { ...before, inactiveAt: now + inactivityTimeoutMs };
  switch (control.type) {
    case 'UI':
      out.push({ type: 'ui', frame });
      return s;
    case 'SNRM':
      if (s.phase !== 'disconnected') out.push({ type: 'disconnected', by: 'remote', reason: 'SNRM again' });
      return connect(s, frame, now, out);
    case 'DISC':
      write(s, out, { type: s.phase === 'disconnected' ? 'DM' : 'UA', pf: true });
      return s.phase === 'disconnected' ? s : down(s, out, 'remote', 'DISC');
    case 'UA':
    case 'DM':
    case 'FRMR':
      return ignore(s, out, `${control.type} from the client`);
  }
  if (s.phase === 'disconnected') {
    if (control.pf) write(s, out, { type: 'DM', pf: true });
    return ignore(s, out, describe(control));
  }
  if (s.phase === 'rejecting') {
    if (control.pf) write(s, out, { type: 'FRMR', pf: true }, s.rejection);
    return ignore(s, out, describe(control));
  }
  if (control.type === 'unknown') return reject(s, control, 'control', out);
  if (control.type === 'I') return information(s, frame, control, now, out);
  return control.pf ? checkpoint(s, control, false, now, out) : ignore(s, out, `${describe(control)} without P`);
}

function connect(s: HdlcServerState, frame: HdlcFrame, now: number, out: Outputs): HdlcServerState {
  const o = s.settings;
  let proposed: Required<HdlcParameters>;
  try {
    proposed = { ...hdlcDefaultParameters, ...decodeHdlcParameters(frame.information) };
  } catch {
    return refuseLink(s, 'SNRM with parameters that cannot be read', out);
  }
  const parameters = {
    maxInfoTransmit: Math.min(o.maxInfoTransmit, proposed.maxInfoReceive),
    maxInfoReceive: Math.min(o.maxInfoReceive, proposed.maxInfoTransmit),
    windowTransmit: Math.min(o.windowTransmit, proposed.windowReceive),
    windowReceive: Math.min(o.windowReceive, proposed.windowTransmit),
  };
  if (parameters.maxInfoTransmit < 32 || parameters.maxInfoReceive < 32)
    return refuseLink(s, 'SNRM that proposes less than 32 octets', out);
  write(s, out, { type: 'UA', pf: true }, encodeHdlcParameters(parameters));
  out.push({ type: 'connected', parameters });
  return {
    ...lasting(s),
    phase: 'listening',
    parameters,
    sending: nothingSent,
    receiving: nothingReceived,
    inactiveAt: o.inactivityTimeoutMs > 0 ? now + o.inactivityTimeoutMs : never,
    handling: 0,
    suspect: -1,
  };
}

function refuseLink(s: HdlcServerState, reason: string, out: Outputs): HdlcServerState {
  write(s, out, { type: 'DM', pf: true });
  return writeNotices(ignore<HdlcServerState>({ ...lasting(s), phase: 'disconnected' }, out, reason), out, true);
}

function down(s: HdlcServerState, out: Outputs, by: 'local' | 'remote', reason: string): HdlcServerState {
  out.push({ type: 'disconnected', by, reason });
  return writeNotices<HdlcServerState>({ ...lasting(s), phase: 'disconnected' }, out, true);
}

/** FRMR: the client left the rules; only SNRM or DISC help now. */
function reject(
  s: Up,
  rejected: HdlcControl,
  reason: HdlcRejection['reasons'][number],
  out: Outputs,
  vr: number = s.receiving.vr,
): HdlcServerState {
  const { va, sent } = s.sending;
  const rejection = encodeFrmr({ rejected, vs: (va + sent) & 7, vr, response: false, reasons: [reason] });
  if (rejected.pf) write(s, out, { type: 'FRMR', pf: true }, rejection);
  out.push({ type: 'failed', error: linkError('remote', s.phase, `${describe(rejected)} rejected: ${reason}`) });
  return { ...lasting(s), phase: 'rejecting', rejection, inactiveAt: s.inactiveAt };
}

function information(
  before: Up,
  frame: HdlcFrame,
  control: Extract<HdlcControl, { type: 'I' }>,
  now: number,
  out: Outputs,
): HdlcServerState {
  let s = before;
  if (frame.information.length > s.parameters.maxInfoReceive) return reject(s, control, 'length', out);
  // An N(R) that acknowledges what was never sent shows a frame that is not of this turn; with P it ends the link.
  const possible = advance(s.sending, control.nr, true) >= 0;
  const fresh = control.ns === s.receiving.vr && !s.localBusy && (control.pf || possible);
  if (!fresh) {
    const why = s.localBusy ? ' while not ready' : `, expected N(S)=${s.receiving.vr}`;
    s = ignore(s, out, `${describe(control)}${why}`);
  } else {
    if (!possible) return reject(s, control, 'nr', out);
    const accepted = accept(s.receiving, frame, s.settings, ['command']);
    if (accepted instanceof DlmsError) {
      const reason = accepted.code === 'decode/too-large' ? 'length' : 'information';
      return reject(s, control, reason, out, (s.receiving.vr + 1) & 7);
    }
    const { receiving, apdu } = accepted;
    if (apdu !== undefined) out.push({ type: 'apdu', apdu });
    s = { ...s, receiving, handling: s.handling + (apdu === undefined ? 0 : 1) };
  }
  if (!control.pf) return s;
  // An old frame in the middle of the client's turn has been answered; it is passed over once, in case the answer was lost.
  const { vr, base } = s.receiving;
  const old = !fresh && !s.localBusy && !behindGap(s.receiving, control.ns, s.parameters.windowReceive);
  return old && vr !== base ? { ...s, receiving: turnGiven(s.receiving) } : checkpoint(s, control, fresh, now, out);
}

/** A frame with P: where the client stands, and our turn to speak. */
function checkpoint(
  before: Up,
  control: Extract<HdlcControl, { readonly nr: number }>,
  fresh: boolean,
  now: number,
  out: Outputs,
): HdlcServerState {
  const { sending, phase } = before;
  const { nr } = control;
  const n = advance(sending, nr, fresh);
  const known = n === 0 || (n > 0 && n <= sending.sent && !sending.recent.includes(nr));
  if (!fresh && !known && before.suspect !== nr) {
    const s = ignore(before, out, `${describe(control)} may be an old frame`);
    return ready({ ...s, suspect: nr }, out);
  }
  if (n < 0) return reject(before, control, 'nr', out);
  const s: ServerIn<'polled'> = {
    ...linkOf(before),
    phase: 'polled',
    sending: acknowledge(sending, n, control.type === 'RNR'),
    suspect: -1,
    deadline: now + before.settings.holdMs,
  };
  // A second poll before the answer: the client has waited long enough.
  return phase === 'polled' && s.handling > 0 ? ready(s, out) : respond(s, now, out);
}

/** Uses the poll, if there is one: I frames when there are any, nothing yet while the application works, else RR or RNR. */
function respond(s: Up, now: number, out: Outputs): Up {
  if (s.phase === 'listening') return s;
  if (hasSegments(s.sending) && !s.sending.peerBusy) return done(transmit(writeNotices(s, out, false), out));
  return s.handling === 0 || now >= s.deadline ? ready(s, out) : s;
}

/** Gives the poll back without data. */
function ready(s: Up, out: Outputs): Up {
  const next = writeNotices(s, out, false);
  write(next, out, { type: next.localBusy ? 'RNR' : 'RR', nr: next.receiving.vr, pf: true });
  return done(next);
}

const done = (s: Up): ServerIn<'listening'> => ({
  ...linkOf(s),
  phase: 'listening',
  receiving: turnGiven(s.receiving),
});
