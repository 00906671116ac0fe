import type { HdlcSegment } from './segments.js';

/** The sending half of a link that is up. Numbers count modulo 8. A value. */
export interface HdlcSending {
  /** Segments from `head` on are not acknowledged; the first of them has N(S) = `va`, and `sent` of them were transmitted, so V(S) = va + sent. */
  readonly queue: readonly HdlcSegment[];
  readonly head: number;
  /** Octets in the queue from `head` on. */
  readonly octets: number;
  readonly va: number;
  readonly sent: number;
  /** Segments from `va` on that were transmitted at all in this link: the peer may have them although they are to be sent again. */
  readonly highest: number;
  /** Good checkpoints that are still needed after something unexpected, until the whole window is used again. */
  readonly caution: number;
  /** The values of `va` before this one, newest first: an old acknowledgement that turns up late is known by them. */
  readonly recent: readonly number[];
  readonly peerBusy: boolean;
}

export const nothingSent: HdlcSending = /* @__PURE__ */ Object.freeze<HdlcSending>({
  queue: [],
  head: 0,
  octets: 0,
  va: 0,
  sent: 0,
  highest: 0,
  caution: 0,
  recent: [],
  peerBusy: false,
});

/** Good checkpoints after which the whole window is used again. */
const cautious = 4;

/** Something is queued that the peer has not acknowledged. */
export const hasSegments = (s: HdlcSending): boolean => s.queue.length > s.head;

/** The first segment that is not acknowledged. */
export const firstSegment = (s: HdlcSending): HdlcSegment => s.queue[s.head] as HdlcSegment;

export function withSegments(s: HdlcSending, pieces: readonly HdlcSegment[]): HdlcSending {
  let { octets } = s;
  for (const piece of pieces) octets += piece.information.length;
  return { ...s, queue: [...s.queue.slice(s.head), ...pieces], head: 0, octets };
}

/** Frames to transmit in a turn: as many as the window allows, a single one while there is caution. */
export function turnSize(s: HdlcSending, window: number): number {
  const left = s.queue.length - s.head;
  const n = Math.min(s.caution > 0 ? 1 : window, left);
  // With a window of 4 the acknowledgement numbers would repeat every second time, and each would be doubtful.
  return n > 1 && n < left && s.recent.includes((s.va + n) & 7) ? n - 1 : n;
}

export function afterTurn(s: HdlcSending, n: number): HdlcSending {
  return { ...s, sent: n, highest: Math.max(s.highest, n) };
}

/** How many segments N(R) acknowledges; -1 when it is none of those under way. With new data an old number is just late: it acknowledges nothing. */
export function advance(s: HdlcSending, nr: number, fresh: boolean): number {
  const n = (nr - s.va) & 7;
  if (n <= s.highest) return n;
  return fresh && s.recent.includes(nr) ? 0 : -1;
}

/** A good checkpoint: takes `n` acknowledged segments out; what was sent behind them will be sent again. */
export function acknowledge(s: HdlcSending, n: number, peerBusy: boolean): HdlcSending {
  const head = s.head + n;
  const empty = head === s.queue.length;
  let { octets } = s;
  for (let i = s.head; i < head; i++) octets -= (s.queue[i] as HdlcSegment).information.length;
  return {
    queue: empty ? [] : s.queue,
    head: empty ? 0 : head,
    octets,
    va: (s.va + n) & 7,
    sent: 0,
    highest: s.highest - n,
    caution: n !== s.sent ? cautious : Math.max(0, s.caution - 1),
    recent: n > 0 ? [s.va, ...s.recent.slice(0, 1)] : s.recent,
    peerBusy,
  };
}

/** Something unexpected came: single frames for a while. */
export const carefully = (s: HdlcSending): HdlcSending => (s.caution === cautious ? s : { ...s, caution: cautious });
