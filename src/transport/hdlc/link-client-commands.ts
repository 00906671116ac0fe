import { DlmsError } from '../../core/errors.js';
import type { HdlcLinkSettings } from './link-options.js';
import { never, type Outputs, write } from './link-output.js';
import type { ClientIn, HdlcClientState } from './link-state.js';
import { encodeHdlcParameters, type HdlcParameters, hdlcDefaultParameters } from './parameters.js';

// How a client's link begins and ends: SNRM, DISC, and what is kept in between.

/** What a client keeps over all links. */
export function lasting(s: HdlcClientState): Omit<ClientIn<'disconnected'>, 'phase'> {
  const { role, settings, localBusy, notices, want, lateUntil } = s;
  return { role, settings, localBusy, notices, want, lateUntil };
}

/** Attempts, before the first. */
export const noAttempt = { failures: 0, since: 0 };

/** SNRM, with nothing of the former link on the way any more. */
export function connect(s: ClientIn<'disconnected' | 'draining'>, now: number, out: Outputs): ClientIn<'connecting'> {
  const next = {
    ...lasting(s),
    ...noAttempt,
    phase: 'connecting',
    deadline: never,
    unanswered: 0,
    refused: false,
  } as const;
  return command(next, now, out);
}

/**
 * DISC; a link that was up is forgotten. UA answers SNRM too: in a link that has hardly begun, one that comes once
 * more can pass for the answer to DISC, and the next link must not meet what the server sends until DISC arrives.
 * After two turns with data no UA to SNRM is under way any more.
 */
export function leave(s: HdlcClientState, now: number, out: Outputs): ClientIn<'disconnecting'> {
  const settled = 'sending' in s && s.sending.recent.length === 2;
  const lateUntil = settled ? s.lateUntil : now + s.settings.drainMs;
  return command({ ...lasting(s), ...noAttempt, lateUntil, phase: 'disconnecting', deadline: never }, now, out);
}

/** SNRM or DISC, by phase; the answer is waited for. */
export function command<S extends ClientIn<'connecting' | 'disconnecting'>>(s: S, now: number, out: Outputs): S {
  const next = { ...s, since: s.failures === 0 ? now : s.since, deadline: now + s.settings.responseTimeoutMs };
  if (s.phase === 'disconnecting') {
    write(s, out, { type: 'DISC', pf: true });
    return next;
  }
  write(s, out, { type: 'SNRM', pf: true }, proposal(s.settings));
  return { ...next, unanswered: s.unanswered + 1, refused: false };
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

/** Why a link is down: an error, unless it ended in good order. */
type Ending = DlmsError | { readonly by: 'local' | 'remote'; readonly reason: string };

export function end(s: HdlcClientState, out: Outputs, how: Ending): ClientIn<'disconnected'> {
  out.push(how instanceof DlmsError ? { type: 'failed', error: how } : { type: 'disconnected', ...how });
  return { ...lasting(s), want: false, phase: 'disconnected' };
}

/** A link that was up ends without DISC: what it sent, a command perhaps, can still be on the line and must not arrive in the next one. */
export function fail(s: HdlcClientState, now: number, out: Outputs, how: Ending): ClientIn<'disconnected'> {
  return end({ ...s, lateUntil: now + s.settings.drainMs }, out, how);
}

/** SNRM or DISC was not answered in time. */
export function commandAgain(
  before: ClientIn<'connecting' | 'disconnecting'>,
  now: number,
  out: Outputs,
): ClientIn<'connecting' | 'disconnecting' | 'disconnected'> {
  const s = { ...before, lateUntil: now + before.settings.drainMs, failures: before.failures + 1 };
  const { retries } = s.settings;
  if (s.failures <= (s.phase === 'connecting' ? retries : Math.min(1, retries))) return command(s, now, out);
  return end(s, out, s.phase === 'connecting' ? noAnswer(s, now) : { by: 'local', reason: 'DISC was not answered' });
}

export function noAnswer(s: ClientIn<'connecting' | 'waiting'>, now: number): DlmsError {
  const waitingFor = s.phase === 'connecting' ? 'UA to SNRM' : s.sending.sent > 0 ? 'acknowledgement' : 'answer to RR';
  return new DlmsError('transport/timeout', { waitedMs: Math.round(now - s.since), waitingFor });
}
