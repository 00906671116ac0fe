import { formatHex } from '../../../../src/core/hex.js';
import type { HdlcFrame, HdlcLinkState, HdlcServerState } from '../../../../src/transport/hdlc/index.js';

// States without times, APDUs that say which they are, frames as text, and what no state may look like.

/**
 * Nothing is due before this time; time stands still at 0, and a timer that goes off is set back to it. So any timer
 * can be the first.
 */
export const far = 1e9;
export const timers = ['deadline', 'pollAt', 'busyUntil', 'inactiveAt', 'lateUntil'] as const;
export type Timer = (typeof timers)[number];

/** A mark in an octet, and with a frame: it belongs to a link that the client has left. */
export const former = 0x80;

export const octetsKey = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? formatHex(value) : value === Number.POSITIVE_INFINITY ? 'never' : value;

/** An APDU of which every octet, so every segment, says which it is. */
export function apdu(index: number, segments: number, isOfFormerLink = false): Uint8Array {
  return Uint8Array.from({ length: segments }, (_, i) => (isOfFormerLink ? former : 0) | (index << 6) | i);
}
export const isApdu = (octets: Uint8Array, index: number, segments: number, isOfFormerLink = false): boolean => {
  const expected = apdu(index, segments, isOfFormerLink);
  return octets.length === expected.length && octets.every((b, i) => b === expected[i]);
};
export const isFormer = ({ control, information }: HdlcFrame): boolean =>
  control.type === 'I' && ((information[0] ?? 0) & former) !== 0;
export const mark = (octets: Uint8Array): Uint8Array => octets.map((b) => b | former);

/** The state with its APDUs marked as of a former link. */
export function marked(state: HdlcServerState): HdlcServerState {
  if (!('sending' in state)) return state;
  const { sending, receiving } = state;
  return {
    ...state,
    sending: { ...sending, queue: sending.queue.map((s) => ({ ...s, information: mark(s.information) })) },
    receiving: { ...receiving, segments: { ...receiving.segments, parts: receiving.segments.parts.map(mark) } },
  };
}

/** Without times, of which only counts whether a timer is armed, and without what makes no difference. */
export function still<S extends HdlcLinkState>(state: S): S {
  const out: Record<string, unknown> = { ...state };
  for (const t of timers) if (t in out) out[t] = out[t] === Number.POSITIVE_INFINITY || out[t] === 0 ? out[t] : far;
  if ('since' in out) out.since = 0;
  if ('sending' in state)
    out.sending = {
      ...state.sending,
      queue: state.sending.queue.slice(state.sending.head),
      head: 0,
      ...(state.parameters.windowTransmit === 1 ? { caution: 0 } : {}),
    };
  return out as unknown as S;
}
export function armed(state: HdlcLinkState): Timer[] {
  if (state.phase === 'draining') return ['lateUntil'];
  const times = state as unknown as Record<Timer, number | undefined>;
  return timers.filter((t) => t !== 'lateUntil' && times[t] !== undefined && times[t] !== Number.POSITIVE_INFINITY);
}
export function unset<S extends HdlcLinkState>(state: S): Omit<S, 'settings'> {
  const { settings: _, ...rest } = state;
  return rest;
}

/** Why this state is none that the machine's definitions allow. */
export function undefinedState(state: HdlcLinkState): string | undefined {
  const wrong = (what: string): string => `an undefined state: ${what} in ${JSON.stringify(unset(state), octetsKey)}`;
  const isNumber = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= 7;
  if (state.phase === 'waiting' || state.phase === 'connecting' || state.phase === 'disconnecting')
    if (state.deadline === Number.POSITIVE_INFINITY) return wrong('an answer is awaited for ever');
  if ('missingUa' in state && !(state.missingUa >= 0)) return wrong('missingUa');
  if ('failures' in state && !(state.failures >= 0 && state.failures <= state.settings.retries))
    return wrong('failures');
  if (!('sending' in state)) return undefined;
  const { sending: s, receiving: r, parameters } = state;
  const queued = s.queue.length - s.head;
  if (!isNumber(s.va) || !isNumber(r.vr) || !isNumber(r.base)) return wrong('a number');
  if (s.recent.length > 2 || !s.recent.every(isNumber)) return wrong('recent');
  if (s.sent < 0 || s.sent > parameters.windowTransmit || s.sent > queued) return wrong('sent');
  if (s.highest < s.sent || s.highest > queued || s.highest > 7) return wrong('highest');
  if (s.caution < 0 || s.caution > 4) return wrong('caution');
  if (s.octets !== s.queue.slice(s.head).reduce((n, p) => n + p.information.length, 0)) return wrong('octets');
  if (r.segments.octets !== r.segments.parts.reduce((n, p) => n + p.length, 0)) return wrong('segments');
  if (state.phase === 'idle' && queued > 0 && !s.peerBusy) return wrong('a queue that nobody sends');
  if (state.phase === 'idle' && queued > 0 && (state.pollAt > far || state.busyUntil > far))
    return wrong('a server that is not ready and is never asked again');
  if (state.role === 'server' && state.handling < 0) return wrong('handling');
  return undefined;
}

/** `I2/3P+ 0A`: type, N(S), N(R), poll or final, segmentation, information. */
export function frameText({ control: c, segmented, information }: HdlcFrame): string {
  const numbers = c.type === 'I' ? `${c.ns}/${c.nr}` : c.type === 'RR' || c.type === 'RNR' ? `/${c.nr}` : '';
  const octets = c.type === 'I' || c.type === 'FRMR' ? ` ${formatHex(information)}` : '';
  return `${c.type}${numbers}${c.pf ? 'P' : ''}${segmented ? '+' : ''}${octets}`;
}
