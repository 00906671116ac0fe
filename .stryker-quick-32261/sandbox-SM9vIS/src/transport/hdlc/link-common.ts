import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import type { HdlcControl } from './control.js';
import type { HdlcFrame } from './frame.js';
import { addLlc, llcCommand, llcOf, llcResponse } from './frame.js';
import type { HdlcLinkInput, HdlcLinkOutput, HdlcLinkSettings, HdlcLinkState, HdlcSegment } from './link.js';

/** A state being made: only inside one step. Arrays in it are replaced, never changed. */
export type Draft = { -readonly [K in keyof HdlcLinkState]: HdlcLinkState[K] };
export const never: number = Number.POSITIVE_INFINITY;

export function linkError(side: 'local' | 'remote', state: string, reason: string): DlmsError {
  return new DlmsError('protocol/link', { side, state, reason });
}

export function write(
  settings: HdlcLinkSettings,
  out: HdlcLinkOutput[],
  control: HdlcControl,
  information: Uint8Array = none(),
  segmented = false,
): void {
  const { client, server } = settings;
  const frame: HdlcFrame =
    settings.role === 'client'
      ? { segmented, destination: server, source: client, control, information }
      : { segmented, destination: client, source: server, control, information };
  out.push({ type: 'write', frame });
}

/** Counters, queues and timers of a new (or ended) link. What the application asked for stays. */
export function clear(d: Draft): void {
  Object.assign(d, {
    queue: [],
    head: 0,
    queuedOctets: 0,
    va: 0,
    sent: 0,
    highest: 0,
    caution: 0,
    vr: 0,
    recent: [],
    peerBusy: false,
    partial: [],
    partialOctets: 0,
  });
  Object.assign(d, {
    polled: false,
    trusted: false,
    doubt: false,
    suspect: -1,
    failures: 0,
    fresh: false,
    closing: false,
    handling: 0,
    commandLlc: false,
    rejection: undefined,
  });
  Object.assign(d, { deadline: never, pollAt: never, busyUntil: never, inactiveAt: never });
}

/** Cuts an APDU, LLC header in front, into pieces of at most `size`. */
export function segments(apdu: Uint8Array, settings: HdlcLinkSettings, size: number): HdlcSegment[] {
  const header = settings.role === 'client' ? llcCommand : llcResponse;
  const information = settings.llc ? addLlc(header, apdu) : apdu.slice();
  const pieces: HdlcSegment[] = [];
  const step = Math.min(size, settings.segmentOctets);
  let at = 0;
  do {
    pieces.push({ information: information.subarray(at, at + step), segmented: at + step < information.length });
    at += step;
  } while (at < information.length);
  return pieces;
}

/** Queues an APDU for transmission. False, with a `refused` output, when the queue is full. */
export function enqueue(d: Draft, apdu: Uint8Array, settings: HdlcLinkSettings, out: HdlcLinkOutput[]): boolean {
  if (d.queuedOctets + apdu.length > settings.maxQueuedOctets) {
    out.push({
      type: 'refused',
      error: linkError('local', d.phase, `more than ${settings.maxQueuedOctets} octets wait for transmission`),
    });
    return false;
  }
  const pieces = segments(apdu, settings, d.parameters.maxInfoTransmit);
  d.queue = [...d.queue.slice(d.head), ...pieces];
  d.head = 0;
  for (const piece of pieces) d.queuedOctets += piece.information.length;
  return true;
}

/** Queues UI segments; the number that wait is bounded like the rest. */
export function notice(d: Draft, apdu: Uint8Array, settings: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  let octets = apdu.length;
  for (const n of d.notices) octets += n.information.length;
  if (octets > settings.maxQueuedOctets)
    out.push({
      type: 'refused',
      error: linkError('local', d.phase, `more than ${settings.maxQueuedOctets} octets of UI wait for transmission`),
    });
  else d.notices = [...d.notices, ...segments(apdu, settings, settings.maxInfoTransmit)];
}

/** Transmits as many I frames as the window allows, the last one with P or F. */
export function transmit(d: Draft, settings: HdlcLinkSettings, out: HdlcLinkOutput[]): void {
  const left = d.queue.length - d.head;
  let n = Math.min(d.caution > 0 ? 1 : d.parameters.windowTransmit, left);
  // With a window of 4 the acknowledgement numbers would repeat every second time, and each would be doubtful.
  if (n > 1 && n < left && d.recent.includes((d.va + n) & 7)) n--;
  for (let i = 0; i < n; i++) {
    const { information, segmented } = d.queue[d.head + i] as HdlcSegment;
    write(settings, out, { type: 'I', ns: (d.va + i) & 7, nr: d.vr, pf: i === n - 1 }, information, segmented);
  }
  d.sent = n;
  d.highest = Math.max(d.highest, n);
}

/** How many segments N(R) acknowledges; -1 when it is none of those under way. With new data an old number is just late: it acknowledges nothing. */
export function advance(d: Draft, nr: number, fresh: boolean): number {
  const n = (nr - d.va) & 7;
  if (n <= d.highest) return n;
  return fresh && d.recent.includes(nr) ? 0 : -1;
}

/** Good checkpoints after which the whole window is used again. */
export const cautious = 4;

/** Takes the acknowledged segments out; what was sent behind them will be sent again. */
export function acknowledge(d: Draft, n: number): void {
  for (let i = 0; i < n; i++) d.queuedOctets -= (d.queue[d.head + i] as HdlcSegment).information.length;
  d.head += n;
  if (n > 0) d.recent = [d.va, ...d.recent.slice(0, 1)];
  d.va = (d.va + n) & 7;
  d.highest -= n;
  if (n !== d.sent) d.caution = cautious;
  else if (d.caution > 0) d.caution--;
  d.sent = 0;
  if (d.head === d.queue.length) {
    d.queue = [];
    d.head = 0;
  }
}

/** True when an I frame out of sequence belongs to the peer's present turn (something before it was lost); false when it is an old one, doubled or overtaken. */
export function behindGap(d: Draft, ns: number): boolean {
  const place = (ns - d.base) & 7;
  return place > ((d.vr - d.base) & 7) && place < d.parameters.windowReceive;
}

/** Takes an in-sequence I frame; gives an error when what is put together grows too long or has no LLC header. */
export function accept(
  d: Draft,
  frame: HdlcFrame,
  settings: HdlcLinkSettings,
  out: HdlcLinkOutput[],
): DlmsError | undefined {
  d.vr = (d.vr + 1) & 7;
  if (frame.segmented && frame.information.length === 0)
    return linkError('remote', d.phase, 'a segment without information');
  const size = d.partialOctets + frame.information.length;
  if (size > settings.maxApduOctets)
    return new DlmsError('decode/too-large', { offset: 0, limit: settings.maxApduOctets, actual: size });
  if (d.partial.length === 0 && settings.llc && !llcFits(d, frame, settings, out))
    return new DlmsError('decode/framing', {
      offset: 0,
      reason: `an APDU begins with the LLC header ${settings.role === 'client' ? 'E6E700' : 'E6E600'}`,
    });
  if (frame.segmented) {
    d.partial = append(d.partial, frame.information);
    d.partialOctets = size;
    return undefined;
  }
  const whole = d.partial.length === 0 ? frame.information : concat(...d.partial, frame.information);
  d.partial = [];
  d.partialOctets = 0;
  out.push({ type: 'apdu', apdu: settings.llc ? whole.subarray(3) : whole });
  return undefined;
}

const quirk = (name: string, detail: string): HdlcLinkOutput => ({ type: 'quirk', quirk: { name, offset: 0, detail } });

/** A response begins with E6E700, a command with E6E600; jDLMS answers with the header of commands. */
function llcFits(d: Draft, frame: HdlcFrame, settings: HdlcLinkSettings, out: HdlcLinkOutput[]): boolean {
  const llc = llcOf(frame.information);
  if (settings.role === 'server') return llc === 'command';
  if (llc === 'command' && !d.commandLlc) {
    d.commandLlc = true;
    out.push(quirk('hdlc-command-llc', 'a response with the LLC header E6E600 of commands'));
  }
  return llc !== undefined;
}

/** Adds a copy of a piece (it is a view into a chunk that may be longer), joining neighbours so that the list stays short however small the pieces are. */
function append(parts: readonly Uint8Array[], piece: Uint8Array): readonly Uint8Array[] {
  const out = [...parts, piece.slice()];
  for (let n = out.length - 1; n > 0; n--) {
    const [a, b] = [out[n - 1] as Uint8Array, out[n] as Uint8Array];
    if (a.length > b.length) break;
    out.splice(n - 1, 2, concat(a, b));
  }
  return out;
}

export function refuse(out: HdlcLinkOutput[], state: string, input: HdlcLinkInput): void {
  out.push({ type: 'refused', error: linkError('local', state, `${input.type} is not possible now`) });
}

/** Passes over what the peer should not have sent, and is careful for a while. */
export function ignore(d: Draft, out: HdlcLinkOutput[], reason: string): void {
  const state = d.phase;
  d.caution = cautious;
  out.push({ type: 'ignored', error: linkError('remote', state, reason) });
}

export const describe = (c: HdlcControl): string =>
  c.type === 'I'
    ? `I N(S)=${c.ns} N(R)=${c.nr}`
    : c.type === 'RR' || c.type === 'RNR'
      ? `${c.type} N(R)=${c.nr}`
      : c.type === 'unknown'
        ? `control octet 0x${c.octet.toString(16)}`
        : c.type;

let empty: Uint8Array | undefined;
function none(): Uint8Array {
  empty ??= new Uint8Array(0);
  return empty;
}
