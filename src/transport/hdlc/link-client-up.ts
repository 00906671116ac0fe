import { DlmsError } from '../../core/errors.js';
import type { HdlcControl } from './control.js';
import { type HdlcFrame, llcOf } from './frame.js';
import { fail, lasting, leave, noAnswer } from './link-client-commands.js';
import { linkError } from './link-error.js';
import { describe, ignore, never, type Outputs, transmit, write, writeNotices } from './link-output.js';
import { accept, behindGap, turnGiven } from './link-receiving.js';
import { acknowledge, advance, carefully, firstSegment, hasSegments } from './link-sending.js';
import type { ClientIn, HdlcClientState } from './link-state.js';
import { decodeFrmr } from './reject.js';

// A client's link that is up: whose turn it is, and what an answer says.

type Up = ClientIn<'idle' | 'waiting'>;
/** I, RR, RNR: frames that count. */
type Numbered = Extract<HdlcControl, { readonly nr: number }>;

export function wantWhileIdle(s: ClientIn<'idle'>, want: boolean, now: number): ClientIn<'idle'> {
  if (want) return { ...s, want, pollAt: Math.min(s.pollAt, now + s.settings.pollIntervalMs) };
  return { ...s, want, pollAt: heldBack(s) ? s.pollAt : never };
}

/** Something is to be sent, and the server is not ready. */
const heldBack = (s: Up): boolean => s.sending.peerBusy && hasSegments(s.sending);

/** The line is ours: send what there is, ask for what is missing, or leave. */
export function proceed(up: Up, now: number, out: Outputs): ClientIn<'idle' | 'waiting' | 'disconnecting'> {
  const s = writeNotices(up, out, false);
  const { pollIntervalMs, busyTimeoutMs } = s.settings;
  if (hasSegments(s.sending) && !s.sending.peerBusy) return wait(transmit(s, out), now);
  if (s.phase === 'waiting' && s.closing) return leave(s, now, out);
  if (heldBack(s)) return idle(s, now + pollIntervalMs, Math.min(s.busyUntil, now + busyTimeoutMs));
  if (s.receiving.segments.count > 0 && !s.localBusy) return poll(s, now, out);
  return idle(s, s.want && !s.localBusy ? now + pollIntervalMs : never, s.busyUntil);
}

/** What a link keeps from turn to turn. */
function linkOf(s: Up): Omit<ClientIn<'idle'>, 'phase' | 'pollAt'> {
  const { parameters, sending, receiving, inactiveAt, missingUa, failures, since, commandLlc, busyUntil } = s;
  const numbers = { sending, receiving, missingUa, failures, since };
  return { ...lasting(s), ...numbers, parameters, inactiveAt, commandLlc, busyUntil };
}

const idle = (s: Up, pollAt: number, busyUntil: number): ClientIn<'idle'> => ({
  ...linkOf(s),
  phase: 'idle',
  pollAt,
  busyUntil,
});

/** A poll went out: the turn is the server's. */
function wait(s: Up, now: number, trusted = false): ClientIn<'waiting'> {
  return {
    ...linkOf(s),
    phase: 'waiting',
    since: s.failures === 0 ? now : s.since,
    receiving: turnGiven(s.receiving),
    deadline: now + s.settings.responseTimeoutMs,
    trusted,
    doubt: false,
    fresh: false,
    closing: s.phase === 'waiting' && s.closing,
  };
}

export function poll(s: Up, now: number, out: Outputs, trusted = false): ClientIn<'waiting'> {
  write(s, out, { type: s.localBusy ? 'RNR' : 'RR', nr: s.receiving.vr, pf: true });
  return wait(s, now, trusted);
}

/** No answer in time, or a doubtful one and nothing behind it. */
export function again(
  before: ClientIn<'waiting'>,
  now: number,
  out: Outputs,
): ClientIn<'waiting' | 'disconnecting' | 'disconnected'> {
  const { doubt, settings } = before;
  const s = {
    ...before,
    lateUntil: now + settings.drainMs,
    failures: before.failures + (doubt ? 0 : 1),
    sending: carefully(before.sending),
  };
  if (doubt) return poll(s, now, out, true);
  if (s.failures > settings.retries) return fail(s, now, out, noAnswer(s, now));
  if (s.closing) return leave(s, now, out);
  // One frame costs no more than the question whether it came, so it is repeated; of several the server is asked for its N(R).
  if (s.sending.sent !== 1) return poll(s, now, out, true);
  const { information, segmented } = firstSegment(s.sending);
  write(s, out, { type: 'I', ns: s.sending.va, nr: s.receiving.vr, pf: true }, information, segmented);
  return wait(s, now, true);
}

export function whileUp(s: Up, frame: HdlcFrame, control: HdlcControl, now: number, out: Outputs): HdlcClientState {
  switch (control.type) {
    case 'DM':
    case 'FRMR':
      // Nobody asked: if it is true, the answer to the next poll will say so.
      if (s.phase === 'idle') return ignore(s, out, `${control.type} without having been polled`);
      if (control.type === 'DM')
        return fail(s, now, out, linkError('remote', s.phase, 'the server is disconnected (DM)'));
      return fail(s, now, out, linkError('remote', s.phase, decodeFrmr(frame.information).text));
    case 'UA': {
      // Right after connecting it is the answer to a repeated SNRM. Later, or when none is missing, the server has begun a new link: counters no longer agree, or
      // agree by chance, and what was sent would be carried out twice.
      const untouched = s.sending.recent.length === 0 && !s.receiving.begun;
      if (untouched && (s.missingUa > 0 || s.sending.highest === 0))
        return ignore({ ...s, missingUa: Math.max(0, s.missingUa - 1) }, out, 'UA again');
      return fail(s, now, out, linkError('remote', s.phase, 'the server reset the link (UA)'));
    }
    case 'I':
      return information(s, frame, control, now, out);
    case 'RR':
    case 'RNR':
      if (!control.pf) return ignore(s, out, `${describe(control)} without F`);
      return checkpoint(s, control, false, now, out);
    default:
      return s;
  }
}

function information(
  before: Up,
  frame: HdlcFrame,
  control: Extract<HdlcControl, { type: 'I' }>,
  now: number,
  out: Outputs,
): HdlcClientState {
  let s = before;
  const { length } = frame.information;
  const { maxInfoReceive } = s.parameters;
  if (length > maxInfoReceive) {
    const reason = `information field of ${length} octets, at most ${maxInfoReceive} agreed`;
    return fail(s, now, out, linkError('remote', s.phase, reason));
  }
  // An N(R) that acknowledges what was never sent shows a frame that is not of this turn; with F it ends the link.
  const possible = advance(s.sending, control.nr, true) >= 0;
  const fresh = control.ns === s.receiving.vr && !s.localBusy && (control.pf || possible);
  if (!fresh) {
    s = ignore(s, out, `${describe(control)}, expected N(S)=${s.receiving.vr}`);
  } else {
    if (!possible) return fail(s, now, out, wrongNr(s, control.nr));
    const accepted = accept(s.receiving, frame, s.settings, ['response', 'command']);
    if (accepted instanceof DlmsError) return fail(s, now, out, accepted);
    s = tellCommandLlc(s, frame, out);
    if (accepted.apdu !== undefined) out.push({ type: 'apdu', apdu: accepted.apdu });
    s = { ...s, receiving: accepted.receiving, failures: 0 };
    if (s.phase === 'waiting') s = { ...s, fresh: true, doubt: false, deadline: now + s.settings.responseTimeoutMs };
  }
  return control.pf ? checkpoint(s, control, fresh, now, out) : s;
}

/** A response begins with E6E700, a command with E6E600; jDLMS answers with the header of commands. */
function tellCommandLlc(s: Up, frame: HdlcFrame, out: Outputs): Up {
  const begins = s.receiving.segments.count === 0;
  if (!s.settings.llc || s.commandLlc || !begins || llcOf(frame.information) !== 'command') return s;
  const detail = 'a response with the LLC header E6E600 of commands';
  out.push({ type: 'quirk', quirk: { name: 'hdlc-command-llc', offset: 0, detail } });
  return { ...s, commandLlc: true };
}

const wrongNr = ({ phase, sending: { va, sent } }: Up, nr: number): DlmsError =>
  linkError('remote', phase, `N(R)=${nr} acknowledges what was not sent (V(A)=${va}, ${sent} under way)`);

/** A frame with F: the answer to the poll, if it is one. */
function checkpoint(before: Up, control: Numbered, fresh: boolean, now: number, out: Outputs): HdlcClientState {
  let s = before;
  if (s.phase === 'idle' && !fresh) return ignore(s, out, `${describe(control)} without having been polled`);
  const trusted = s.phase === 'waiting' && s.trusted;
  const n = advance(s.sending, control.nr, fresh);
  if (n < 0 && trusted) return fail(s, now, out, wrongNr(s, control.nr));
  if (s.phase === 'waiting' && !fresh && !trusted && doubtful(s, control, n)) {
    s = ignore(s, out, `${describe(control)} may be an old answer`);
    return { ...s, doubt: true, deadline: Math.min(s.deadline, now + s.settings.pollIntervalMs) };
  }
  const underWay = s.sending.sent > 0;
  const progress = n > 0 || fresh || (s.phase === 'waiting' && s.fresh);
  const peerBusy = control.type === 'RNR';
  const gap = control.type === 'I' && !fresh;
  s = { ...s, sending: acknowledge(s.sending, n, peerBusy) };
  if (!heldBack(s)) s = { ...s, busyUntil: never };
  const lacking = underWay || gap || s.receiving.segments.count > 0;
  // An answer by which nothing is missing is as good as progress: polls that were lost long before are no failure now.
  // How long "not ready" may last is `busyTimeoutMs`.
  if (progress || peerBusy || !lacking) s = { ...s, failures: 0 };
  else {
    s = { ...s, failures: s.failures + 1 };
    if (s.failures > s.settings.retries)
      return fail(s, now, out, linkError('remote', s.phase, `no progress: ${describe(control)} again and again`));
  }
  if (gap && !s.localBusy && (s.sending.peerBusy || !hasSegments(s.sending))) return poll(s, now, out);
  return proceed(s, now, out);
}

/** True for an answer that can be one to an earlier poll, doubled or overtaken on the way: it acknowledges nothing new, or with the number of an earlier answer, or is an I frame of an earlier turn. */
function doubtful(s: Up, control: Numbered, n: number): boolean {
  const { sent, recent } = s.sending;
  if (n < 0) return true;
  if (sent > 0) return n === 0 ? control.type !== 'RNR' : n > sent || recent.includes(control.nr);
  return control.type === 'I' && !behindGap(s.receiving, control.ns, s.parameters.windowReceive);
}
