import { DlmsError } from '../../core/errors.js';
import type { HdlcFrame } from './frame.js';
import type { HdlcLinkInput, HdlcLinkOutput, HdlcLinkSettings } from './link.js';
import {
  accept,
  acknowledge,
  advance,
  behindGap,
  cautious,
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
import {
  decodeHdlcParameters,
  encodeHdlcParameters,
  type HdlcParameters,
  hdlcDefaultParameters,
} from './parameters.js';
import { decodeFrmr } from './reject.js';

/** The primary station. */
export function clientStep(
  d: Draft,
  input: HdlcLinkInput,
  now: number,
  o: HdlcLinkSettings,
  out: HdlcLinkOutput[],
): void {
  switch (input.type) {
    case 'connect':
      if (d.phase !== 'disconnected') return refuse(out, d.phase, input);
      clear(d);
      d.phase = 'connecting';
      if (d.owed === 0 || now >= d.lateUntil) return begin(d, now, o, out);
      d.pollAt = d.lateUntil;
      return;
    case 'disconnect':
      if (d.phase === 'disconnected')
        return void out.push({ type: 'disconnected', by: 'local', reason: 'was not connected' });
      if (d.phase === 'disconnecting') return;
      if (d.phase === 'connecting') return leave(d, now, o, out);
      d.closing = true;
      return d.polled ? undefined : proceed(d, now, o, out);
    case 'send':
      if (d.phase !== 'connected' || d.closing) return refuse(out, d.closing ? 'closing' : d.phase, input);
      if (enqueue(d, input.apdu, o, out) && !d.polled) proceed(d, now, o, out);
      return;
    case 'ui':
      notice(d, input.apdu, o, out);
      return d.polled ? undefined : notices(d, o, out);
    case 'want':
      d.want = input.wanted;
      if (!d.want) d.pollAt = busy(d) ? d.pollAt : never;
      else if (d.phase === 'connected' && !d.polled && d.pollAt === never) d.pollAt = now + o.pollIntervalMs;
      return;
    case 'busy':
      d.localBusy = input.busy;
      if (!input.busy && d.phase === 'connected' && !d.polled) proceed(d, now, o, out);
      return;
    case 'reply':
      return refuse(out, d.phase, input);
    case 'tick':
      return tick(d, now, o, out);
    case 'frame':
      return receive(d, input.frame, now, o, out);
  }
}

/** SNRM, with nothing of the former link on the way any more. */
function begin(d: Draft, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  d.owed = 0;
  command(d, now, o, out);
}

/** SNRM or DISC, by phase; the answer is waited for. */
function command(d: Draft, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  const connecting = d.phase === 'connecting';
  write(o, out, { type: connecting ? 'SNRM' : 'DISC', pf: true }, connecting ? proposal(o) : undefined);
  waitForAnswer(d, now, o);
}

function waitForAnswer(d: Draft, now: number, o: HdlcLinkSettings): void {
  d.polled = true;
  d.owed++;
  d.doubt = false;
  d.fresh = false;
  d.pollAt = never;
  d.base = d.vr;
  if (d.failures === 0) d.since = now;
  d.deadline = now + o.responseTimeoutMs;
}

/** An SNRM without parameters proposes the defaults; some meters know no other. */
function proposal(o: HdlcLinkSettings): Uint8Array | undefined {
  const { maxInfoTransmit, maxInfoReceive, windowTransmit, windowReceive } = o;
  const own: HdlcParameters = { maxInfoTransmit, maxInfoReceive, windowTransmit, windowReceive };
  const names = Object.keys(own) as (keyof HdlcParameters)[];
  return !o.sendParameters && names.every((n) => own[n] === hdlcDefaultParameters[n])
    ? undefined
    : encodeHdlcParameters(own);
}

function leave(d: Draft, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  clear(d);
  d.phase = 'disconnecting';
  command(d, now, o, out);
}

/** The link is down; `error` is why, unless it ended in good order. */
function end(d: Draft, out: HdlcLinkOutput[], how: DlmsError | { by: 'local' | 'remote'; reason: string }): void {
  clear(d);
  d.phase = 'disconnected';
  d.want = false;
  out.push(how instanceof DlmsError ? { type: 'failed', error: how } : { type: 'disconnected', ...how });
}

function notices(d: Draft, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  for (const n of d.notices) write(o, out, { type: 'UI', pf: false }, n.information, n.segmented);
  d.notices = [];
}

const busy = (d: Draft): boolean => d.peerBusy && d.queue.length > d.head;

/** The line is ours: send what there is, ask for what is missing, or leave. */
function proceed(d: Draft, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  notices(d, o, out);
  if (d.queue.length > d.head && !d.peerBusy) {
    transmit(d, o, out);
    return waitForAnswer(d, now, o);
  }
  if (d.closing) return leave(d, now, o, out);
  if (busy(d)) {
    d.pollAt = now + o.pollIntervalMs;
    d.busyUntil = Math.min(d.busyUntil, now + o.busyTimeoutMs);
    return;
  }
  if (d.partial.length > 0 && !d.localBusy) return poll(d, now, o, out);
  d.pollAt = d.want && !d.localBusy ? now + o.pollIntervalMs : never;
}

function poll(d: Draft, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  write(o, out, { type: d.localBusy ? 'RNR' : 'RR', nr: d.vr, pf: true });
  waitForAnswer(d, now, o);
}

function tick(d: Draft, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  if (now >= d.busyUntil) return end(d, out, linkError('remote', d.phase, `not ready (RNR) for ${o.busyTimeoutMs} ms`));
  if (now >= d.inactiveAt) return end(d, out, { by: 'local', reason: `nothing heard for ${o.inactivityTimeoutMs} ms` });
  if (d.polled && now >= d.deadline) return again(d, now, o, out);
  if (!d.polled && now >= d.pollAt) return d.phase === 'connecting' ? begin(d, now, o, out) : poll(d, now, o, out);
}

/** No answer in time, or a doubtful one and nothing behind it. */
function again(d: Draft, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  const silent = !d.doubt;
  d.lateUntil = now + o.drainMs;
  const limit = d.phase === 'disconnecting' ? Math.min(1, o.retries) : o.retries;
  if (
    silent &&
    !attempt(
      d,
      out,
      limit,
      () => new DlmsError('transport/timeout', { waitedMs: Math.round(now - d.since), waitingFor: waitingFor(d) }),
    )
  )
    return;
  if (d.phase !== 'connected') return command(d, now, o, out);
  d.caution = cautious;
  if (silent && d.closing) return leave(d, now, o, out);
  // One frame costs no more than the question whether it came, so it is repeated; of several the server is asked for its N(R).
  if (d.sent === 1 && silent) {
    transmitAgain(d, o, out);
    waitForAnswer(d, now, o);
  } else {
    poll(d, now, o, out);
  }
  d.trusted = true;
}

function transmitAgain(d: Draft, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  const { information, segmented } = d.queue[d.head] as { information: Uint8Array; segmented: boolean };
  write(o, out, { type: 'I', ns: d.va, nr: d.vr, pf: true }, information, segmented);
}

const waitingFor = (d: Draft): string =>
  d.phase === 'connecting'
    ? 'UA to SNRM'
    : d.phase === 'disconnecting'
      ? 'UA to DISC'
      : d.sent > 0
        ? 'acknowledgement'
        : 'answer to RR';

/** Counts an attempt without progress; ends the link when there were too many. */
function attempt(d: Draft, out: HdlcLinkOutput[], limit: number, error: () => DlmsError): boolean {
  d.failures++;
  if (d.failures <= limit) return true;
  if (d.phase === 'disconnecting') end(d, out, { by: 'local', reason: 'DISC was not answered' });
  else end(d, out, error());
  return false;
}

function receive(d: Draft, frame: HdlcFrame, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  const { control } = frame;
  if (control.type === 'UI') return void out.push({ type: 'ui', frame });
  if (d.phase !== 'disconnected' && o.inactivityTimeoutMs > 0) d.inactiveAt = now + o.inactivityTimeoutMs;
  const surplus = d.owed > (d.polled ? 1 : 0);
  if ('pf' in control && control.pf && d.owed > 0) d.owed--;
  if (control.type === 'SNRM' || control.type === 'DISC' || control.type === 'unknown')
    return ignore(d, out, `${describe(control)} from the server`);
  switch (d.phase) {
    case 'connecting':
      if (!d.polled) {
        ignore(d, out, `${describe(control)} of the former link`);
        return d.owed === 0 ? begin(d, now, o, out) : undefined;
      }
      return whileConnecting(d, frame, now, o, out);
    case 'disconnecting':
      if (control.type === 'UA' || control.type === 'DM') return end(d, out, { by: 'local', reason: 'DISC' });
      return ignore(d, out, describe(control));
    case 'connected':
      return whileConnected(d, frame, surplus, now, o, out);
    default:
      return ignore(d, out, describe(control));
  }
}

function whileConnecting(d: Draft, frame: HdlcFrame, now: number, o: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  const { control } = frame;
  if (control.type === 'DM') {
    // The first one may be the late answer to the DISC of the link before; a server that refuses says so again.
    if (d.fresh) return end(d, out, linkError('remote', d.phase, 'the server refuses the link (DM)'));
    command(d, now, o, out);
    d.fresh = true;
    return;
  }
  if (control.type === 'FRMR') return end(d, out, linkError('remote', d.phase, decodeFrmr(frame.information).text));
  if (control.type !== 'UA') return ignore(d, out, describe(control));
  let theirs: HdlcParameters;
  try {
    theirs = decodeHdlcParameters(frame.information);
  } catch (e) {
    return end(d, out, e as DlmsError);
  }
  const granted = { ...hdlcDefaultParameters, ...theirs };
  clear(d);
  d.phase = 'connected';
  // Some servers state their own maximum instead of the negotiated values: send by the smaller, take what they announce.
  d.parameters = {
    maxInfoTransmit: Math.min(o.maxInfoTransmit, granted.maxInfoReceive),
    maxInfoReceive: Math.max(o.maxInfoReceive, granted.maxInfoTransmit),
    windowTransmit: Math.min(o.windowTransmit, granted.windowReceive),
    windowReceive: Math.max(o.windowReceive, granted.windowTransmit),
  };
  if (o.inactivityTimeoutMs > 0) d.inactiveAt = now + o.inactivityTimeoutMs;
  out.push({ type: 'connected', parameters: d.parameters });
  proceed(d, now, o, out);
}

function whileConnected(
  d: Draft,
  frame: HdlcFrame,
  surplus: boolean,
  now: number,
  o: HdlcLinkSettings,
  out: HdlcLinkOutput[],
): void {
  const { control } = frame;
  switch (control.type) {
    case 'DM':
    case 'FRMR':
      // Nobody asked: if it is true, the answer to the next poll will say so.
      if (!d.polled) return ignore(d, out, `${control.type} without having been polled`);
      if (control.type === 'DM') return end(d, out, linkError('remote', d.phase, 'the server is disconnected (DM)'));
      return end(d, out, linkError('remote', d.phase, decodeFrmr(frame.information).text));
    case 'UA':
      // Right after connecting it is the answer to a repeated SNRM. Later, or when none is missing, the server has begun a new link: counters no longer agree, or
      // agree by chance, and what was sent would be carried out twice.
      if ((surplus || d.highest === 0) && d.va === 0 && d.vr === 0 && d.recent.length === 0 && d.partial.length === 0)
        return ignore(d, out, 'UA again');
      return end(d, out, linkError('remote', d.phase, 'the server reset the link (UA)'));
    case 'I': {
      if (frame.information.length > d.parameters.maxInfoReceive)
        return end(
          d,
          out,
          linkError(
            'remote',
            d.phase,
            `information field of ${frame.information.length} octets, at most ${d.parameters.maxInfoReceive} agreed`,
          ),
        );
      // An N(R) that acknowledges what was never sent shows a frame that is not of this turn; with F it ends the link.
      const fresh = control.ns === d.vr && !d.localBusy && (control.pf || advance(d, control.nr, true) >= 0);
      if (fresh && control.pf && advance(d, control.nr, fresh) < 0) return end(d, out, wrongNr(d, control.nr));
      if (fresh) {
        const error = accept(d, frame, o, out);
        if (error !== undefined) return end(d, out, error);
        d.failures = 0;
        d.fresh = true;
        if (d.polled) {
          d.doubt = false;
          d.deadline = now + o.responseTimeoutMs;
        }
      } else {
        ignore(d, out, `${describe(control)}, expected N(S)=${d.vr}`);
      }
      if (control.pf) checkpoint(d, frame, fresh, now, o, out);
      return;
    }
    case 'RR':
    case 'RNR':
      if (control.pf) checkpoint(d, frame, false, now, o, out);
      else ignore(d, out, `${describe(control)} without F`);
      return;
  }
}

const wrongNr = (d: Draft, nr: number): DlmsError =>
  linkError('remote', d.phase, `N(R)=${nr} acknowledges what was not sent (V(A)=${d.va}, ${d.sent} under way)`);

/** A frame with F: the answer to the poll, if it is one. */
function checkpoint(
  d: Draft,
  frame: HdlcFrame,
  fresh: boolean,
  now: number,
  o: HdlcLinkSettings,
  out: HdlcLinkOutput[],
): void {
  const control = frame.control as { type: 'I' | 'RR' | 'RNR'; ns?: number; nr: number; pf: boolean };
  if (!d.polled && !fresh) return ignore(d, out, `${describe(frame.control)} without having been polled`);
  const n = advance(d, control.nr, fresh);
  if (n < 0 && d.trusted) return end(d, out, wrongNr(d, control.nr));
  if (!fresh && !d.trusted && doubtful(d, control, n)) {
    ignore(d, out, `${describe(frame.control)} may be an old answer`);
    d.doubt = true;
    d.deadline = Math.min(d.deadline, now + o.pollIntervalMs);
    return;
  }
  const underWay = d.sent > 0;
  acknowledge(d, n);
  const gap = control.type === 'I' && !fresh;
  const anything = n > 0 || d.fresh;
  d.peerBusy = control.type === 'RNR';
  if (!busy(d)) d.busyUntil = never;
  d.polled = false;
  d.trusted = false;
  d.doubt = false;
  d.fresh = false;
  d.deadline = never;
  if (anything) d.failures = 0;
  else if (!d.peerBusy && (underWay || gap || d.partial.length > 0)) {
    if (
      !attempt(d, out, o.retries, () =>
        linkError('remote', 'connected', `no progress: ${describe(frame.control)} again and again`),
      )
    )
      return;
  }
  if (gap && !d.localBusy && !(d.queue.length > d.head && !d.peerBusy)) return poll(d, now, o, out);
  proceed(d, now, o, out);
}

/** True for an answer that can be one to an earlier poll, doubled or overtaken on the way: it acknowledges nothing new, or with the number of an earlier answer, or is an I frame of an earlier turn. */
function doubtful(d: Draft, control: { type: string; ns?: number; nr: number }, n: number): boolean {
  if (n < 0) return true;
  if (d.sent > 0) return n === 0 ? control.type !== 'RNR' : n > d.sent || d.recent.includes(control.nr);
  return control.type === 'I' && !behindGap(d, control.ns ?? 0);
}
