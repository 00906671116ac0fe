import type { HdlcControl } from './control.js';
import type { HdlcFrame } from './frame.js';
import type { HdlcLinkInput, HdlcLinkOutput, HdlcLinkSettings } from './link.js';
import {
  accept,
  acknowledge,
  advance,
  behindGap,
  clear,
  type Draft,
  describe,
  enqueue,
  ignore,
  linkError,
  never,
  notice,
  refuse,
  transmit,
  write,
} from './link-common.js';
import { decodeHdlcParameters, encodeHdlcParameters, hdlcDefaultParameters } from './parameters.js';
import { encodeFrmr, type HdlcRejection } from './reject.js';

/** The secondary station: speaks only when polled, UI while disconnected apart. */
export function serverStep(
  d: Draft,
  input: HdlcLinkInput,
  now: number,
  o: HdlcLinkSettings,
  out: HdlcLinkOutput[],
): void {
  switch (input.type) {
    case 'send':
      if (d.phase !== 'connected') return refuse(out, d.phase, input);
      if (enqueue(d, input.apdu, o, out)) respond(d, now, o, out);
      return;
    case 'reply':
      if (d.phase !== 'connected' || d.handling === 0) return refuse(out, d.phase, input);
      d.handling--;
      for (const apdu of input.apdus) enqueue(d, apdu, o, out);
      return respond(d, now, o, out);
    case 'ui':
      notice(d, input.apdu, o, out);
      return d.phase === 'connected' ? respond(d, now, o, out) : notices(d, o, out, true);
    case 'busy':
      d.localBusy = input.busy;
      return;
    case 'frame':
      return receive(d, input.frame, now, o, out);
    case 'tick':
      if (now >= d.inactiveAt) return down(d, o, out, 'local', `nothing heard for ${o.inactivityTimeoutMs} ms`);
      if (d.polled && now >= d.deadline) return ready(d, o, out);
      return;
    default:
      return refuse(out, d.phase, input);
  }
}

function receive(d: Draft, frame: HdlcFrame, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  const { control } = frame;
  const up = d.phase !== 'disconnected';
  if (up && o.inactivityTimeoutMs > 0) d.inactiveAt = now + o.inactivityTimeoutMs;
  switch (control.type) {
    case 'UI':
      return void out.push({ type: 'ui', frame });
    case 'SNRM':
      if (up) out.push({ type: 'disconnected', by: 'remote', reason: 'SNRM again' });
      return connect(d, frame, now, o, out);
    case 'DISC':
      write(o, out, { type: up ? 'UA' : 'DM', pf: true });
      return up ? down(d, o, out, 'remote', 'DISC') : undefined;
    case 'UA':
    case 'DM':
    case 'FRMR':
      return ignore(d, out, `${control.type} from the client`);
  }
  if (!up) {
    if (control.pf) write(o, out, { type: 'DM', pf: true });
    return ignore(d, out, describe(control));
  }
  if (d.phase === 'rejecting') {
    if (control.pf) write(o, out, { type: 'FRMR', pf: true }, d.rejection);
    return ignore(d, out, describe(control));
  }
  if (control.type === 'unknown') return reject(d, control, 'control', o, out);
  if (control.type === 'I') return information(d, frame, control, now, o, out);
  if (control.pf) checkpoint(d, control, false, now, o, out);
  else ignore(d, out, `${describe(control)} without P`);
}

function connect(d: Draft, frame: HdlcFrame, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  clear(d);
  d.phase = 'disconnected';
  let proposed: typeof hdlcDefaultParameters;
  try {
    proposed = { ...hdlcDefaultParameters, ...decodeHdlcParameters(frame.information) };
  } catch {
    write(o, out, { type: 'DM', pf: true });
    return ignore(d, out, 'SNRM with parameters that cannot be read');
  }
  const parameters = {
    maxInfoTransmit: Math.min(o.maxInfoTransmit, proposed.maxInfoReceive),
    maxInfoReceive: Math.min(o.maxInfoReceive, proposed.maxInfoTransmit),
    windowTransmit: Math.min(o.windowTransmit, proposed.windowReceive),
    windowReceive: Math.min(o.windowReceive, proposed.windowTransmit),
  };
  if (parameters.maxInfoTransmit < 32 || parameters.maxInfoReceive < 32) {
    write(o, out, { type: 'DM', pf: true });
    return ignore(d, out, 'SNRM that proposes less than 32 octets');
  }
  d.phase = 'connected';
  d.parameters = parameters;
  if (o.inactivityTimeoutMs > 0) d.inactiveAt = now + o.inactivityTimeoutMs;
  write(o, out, { type: 'UA', pf: true }, encodeHdlcParameters(parameters));
  out.push({ type: 'connected', parameters });
}

function down(d: Draft, o: HdlcLinkSettings, out: HdlcLinkOutput[], by: 'local' | 'remote', reason: string): void {
  clear(d);
  d.phase = 'disconnected';
  out.push({ type: 'disconnected', by, reason });
  notices(d, o, out, true);
}

/** FRMR: the client left the rules; only SNRM or DISC help now. */
function reject(
  d: Draft,
  rejected: HdlcControl,
  reason: HdlcRejection['reasons'][number],
  o: HdlcLinkSettings,
  out: HdlcLinkOutput[],
): void {
  const information = encodeFrmr({ rejected, vs: (d.va + d.sent) & 7, vr: d.vr, response: false, reasons: [reason] });
  const { inactiveAt } = d;
  clear(d);
  d.phase = 'rejecting';
  d.rejection = information;
  d.inactiveAt = inactiveAt;
  if (rejected.pf) write(o, out, { type: 'FRMR', pf: true }, information);
  out.push({ type: 'failed', error: linkError('remote', 'connected', `${describe(rejected)} rejected: ${reason}`) });
}

function information(
  d: Draft,
  frame: HdlcFrame,
  control: HdlcControl & { type: 'I' },
  now: number,
  o: HdlcLinkSettings,
  out: HdlcLinkOutput[],
): void {
  if (frame.information.length > d.parameters.maxInfoReceive) return reject(d, control, 'length', o, out);
  // An N(R) that acknowledges what was never sent shows a frame that is not of this turn; with P or F it ends the link.
  const fresh = control.ns === d.vr && !d.localBusy && (control.pf || advance(d, control.nr, true) >= 0);
  if (fresh && control.pf && advance(d, control.nr, fresh) < 0) return reject(d, control, 'nr', o, out);
  if (fresh) {
    const before = out.length;
    const error = accept(d, frame, o, out);
    if (error !== undefined) {
      reject(d, control, error.code === 'decode/too-large' ? 'length' : 'information', o, out);
      return;
    }
    if (out.length > before) d.handling++;
  } else {
    ignore(
      d,
      out,
      d.localBusy ? `${describe(control)} while not ready` : `${describe(control)}, expected N(S)=${d.vr}`,
    );
  }
  if (!control.pf) return;
  // An old frame in the middle of the client's turn has been answered; it is passed over once, in case the answer was lost.
  if (!fresh && !d.localBusy && d.vr !== d.base && !behindGap(d, control.ns)) d.base = d.vr;
  else checkpoint(d, control, fresh, now, o, out);
}

/** A frame with P: where the client stands, and our turn to speak. */
function checkpoint(
  d: Draft,
  control: HdlcControl & { nr: number },
  fresh: boolean,
  now: number,
  o: HdlcLinkSettings,
  out: HdlcLinkOutput[],
): void {
  const n = advance(d, control.nr, fresh);
  const known = n === 0 || (n > 0 && n <= d.sent && !d.recent.includes(control.nr));
  if (!fresh && !known && d.suspect !== control.nr) {
    ignore(d, out, `${describe(control)} may be an old frame`);
    d.suspect = control.nr;
    return ready(d, o, out);
  }
  d.suspect = -1;
  if (n < 0) return reject(d, control, 'nr', o, out);
  acknowledge(d, n);
  d.peerBusy = control.type === 'RNR';
  const repeated = d.polled;
  d.polled = true;
  // A second poll before the answer: the client has waited long enough.
  if (repeated && d.handling > 0) return ready(d, o, out);
  d.deadline = now + o.holdMs;
  respond(d, now, o, out);
}

/** Uses the poll, if there is one: I frames when there are any, nothing yet while the application works, else RR or RNR. */
function respond(d: Draft, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  if (!d.polled) return;
  if (d.queue.length > d.head && !d.peerBusy) {
    notices(d, o, out, false);
    transmit(d, o, out);
    done(d);
  } else if (d.handling === 0 || now >= d.deadline) {
    ready(d, o, out);
  }
}

/** Gives the poll back without data. */
function ready(d: Draft, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  notices(d, o, out, false);
  write(o, out, { type: d.localBusy ? 'RNR' : 'RR', nr: d.vr, pf: true });
  done(d);
}

function done(d: Draft): void {
  d.base = d.vr;
  d.polled = false;
  d.deadline = never;
}

/** UI goes out in front of the answer; alone, the last one has F, as meters write their pushes. */
function notices(d: Draft, o: HdlcLinkSettings, out: HdlcLinkOutput[], alone: boolean): void {
  for (const n of d.notices) write(o, out, { type: 'UI', pf: alone && !n.segmented }, n.information, n.segmented);
  d.notices = [];
}
