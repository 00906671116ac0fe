import type { HdlcControl } from './control.js';
import { addLlc, type HdlcFrame, llcCommand, llcResponse } from './frame.js';
import { linkError } from './link-error.js';
import { afterTurn, carefully, turnSize, withSegments } from './link-sending.js';
import type { ClientIn, HdlcLinkInput, HdlcLinkOutput, HdlcLinkState, ServerIn } from './link-state.js';
import { cutSegments, type HdlcSegment } from './segments.js';

/** The outputs of one step; functions of the machines add to it. */
export type Outputs = HdlcLinkOutput[];
/** A link that is up, in either role. */
export type LinkUp = ClientIn<'idle' | 'waiting'> | ServerIn<'listening' | 'polled'>;

export const never: number = Number.POSITIVE_INFINITY;

export function write(
  s: HdlcLinkState,
  out: Outputs,
  control: HdlcControl,
  information: Uint8Array = none,
  segmented = false,
): void {
  const { client, server } = s.settings;
  const frame: HdlcFrame =
    s.role === 'client'
      ? { segmented, destination: server, source: client, control, information }
      : { segmented, destination: client, source: server, control, information };
  out.push({ type: 'write', frame });
}

/** Cuts an APDU, LLC header in front, into pieces of at most `size`. */
function pieces(s: HdlcLinkState, apdu: Uint8Array, size: number): HdlcSegment[] {
  const { llc, segmentOctets } = s.settings;
  const header = s.role === 'client' ? llcCommand : llcResponse;
  return cutSegments(llc ? addLlc(header, apdu) : apdu.slice(), Math.min(size, segmentOctets));
}

/** Queues an APDU for transmission. The state as it was, with a `refused` output, when the queue is full. */
export function enqueue<S extends LinkUp>(s: S, apdu: Uint8Array, out: Outputs): S {
  const { maxQueuedOctets } = s.settings;
  if (s.sending.octets + apdu.length <= maxQueuedOctets)
    return { ...s, sending: withSegments(s.sending, pieces(s, apdu, s.parameters.maxInfoTransmit)) };
  const reason = `more than ${maxQueuedOctets} octets wait for transmission`;
  out.push({ type: 'refused', error: linkError('local', s.phase, reason) });
  return s;
}

/** Transmits as many I frames as the window allows, the last one with P or F. */
export function transmit<S extends LinkUp>(s: S, out: Outputs): S {
  const { sending } = s;
  const n = turnSize(sending, s.parameters.windowTransmit);
  for (let i = 0; i < n; i++) {
    const { information, segmented } = sending.queue[sending.head + i] as HdlcSegment;
    const control: HdlcControl = { type: 'I', ns: (sending.va + i) & 7, nr: s.receiving.vr, pf: i === n - 1 };
    write(s, out, control, information, segmented);
  }
  return { ...s, sending: afterTurn(sending, n) };
}

/** Queues UI segments; the number that wait is bounded like the rest. */
export function withNotice<S extends HdlcLinkState>(s: S, apdu: Uint8Array, out: Outputs): S {
  const { maxQueuedOctets, maxInfoTransmit } = s.settings;
  let octets = apdu.length;
  for (const n of s.notices) octets += n.information.length;
  if (octets <= maxQueuedOctets) return { ...s, notices: [...s.notices, ...pieces(s, apdu, maxInfoTransmit)] };
  const reason = `more than ${maxQueuedOctets} octets of UI wait for transmission`;
  out.push({ type: 'refused', error: linkError('local', s.phase, reason) });
  return s;
}

/** The UI that waits goes out in front of what follows; alone, the last one of an APDU has F, as meters write their pushes. */
export function writeNotices<S extends HdlcLinkState>(s: S, out: Outputs, alone: boolean): S {
  if (s.notices.length === 0) return s;
  for (const n of s.notices) write(s, out, { type: 'UI', pf: alone && !n.segmented }, n.information, n.segmented);
  return { ...s, notices: [] };
}

export function refuse<S extends HdlcLinkState>(s: S, out: Outputs, input: HdlcLinkInput, state: string = s.phase): S {
  out.push({ type: 'refused', error: linkError('local', state, `${input.type} is not possible now`) });
  return s;
}

/** Passes over what the peer should not have sent; a link that is up is careful for a while. */
export function ignore<S extends HdlcLinkState>(s: S, out: Outputs, reason: string): S {
  out.push({ type: 'ignored', error: linkError('remote', s.phase, reason) });
  return 'sending' in s ? { ...s, sending: carefully(s.sending) } : s;
}

export const describe = (c: HdlcControl): string =>
  c.type === 'I'
    ? `I N(S)=${c.ns} N(R)=${c.nr}`
    : c.type === 'RR' || c.type === 'RNR'
      ? `${c.type} N(R)=${c.nr}`
      : c.type === 'unknown'
        ? `control octet 0x${c.octet.toString(16)}`
        : c.type;

const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
