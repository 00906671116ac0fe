import { DlmsError } from '../../core/errors.js';
import { type HdlcFrame, llcOf } from './frame.js';
import type { HdlcLinkSettings } from './link-options.js';
import { type HdlcSegments, joinSegment, noSegments } from './segments.js';

/** The receiving half of a link that is up. Numbers count modulo 8. A value. */
export interface HdlcReceiving {
  /** V(R): N(S) expected next. */
  readonly vr: number;
  /** V(R) when the turn was last given to the peer: what it sends in its turn counts from here, so a frame of an earlier turn is known. */
  readonly base: number;
  /** Something came in this link. */
  readonly begun: boolean;
  readonly segments: HdlcSegments;
}

export const nothingReceived: HdlcReceiving = /* @__PURE__ */ Object.freeze<HdlcReceiving>({
  vr: 0,
  base: 0,
  begun: false,
  segments: noSegments,
});

/** True when an I frame out of sequence belongs to the peer's present turn (something before it was lost); false when it is an old one, doubled or overtaken. */
export function behindGap(r: HdlcReceiving, ns: number, window: number): boolean {
  const place = (ns - r.base) & 7;
  return place > ((r.vr - r.base) & 7) && place < window;
}

/** The turn goes to the peer. */
export const turnGiven = (r: HdlcReceiving): HdlcReceiving => (r.base === r.vr ? r : { ...r, base: r.vr });

/**
 * Takes an I frame in sequence. @returns the new half, with the APDU when that is whole, its LLC header removed;
 * the error when what is put together grows too long or does not begin with one of these LLC headers.
 */
export function accept(
  r: HdlcReceiving,
  frame: HdlcFrame,
  settings: HdlcLinkSettings,
  headers: readonly ('command' | 'response')[],
): { readonly receiving: HdlcReceiving; readonly apdu?: Uint8Array } | DlmsError {
  const joined = joinSegment(r.segments, frame, settings.maxApduOctets);
  if (joined instanceof DlmsError) return joined;
  if (settings.llc && r.segments.count === 0 && !headers.some((h) => h === llcOf(frame.information)))
    return new DlmsError('decode/framing', {
      offset: 0,
      reason: `an APDU begins with the LLC header ${headers[0] === 'command' ? 'E6E600' : 'E6E700'}`,
    });
  const receiving = { ...r, vr: (r.vr + 1) & 7, begun: true };
  if (!(joined instanceof Uint8Array)) return { receiving: { ...receiving, segments: joined } };
  return {
    receiving: { ...receiving, segments: noSegments },
    apdu: settings.llc ? joined.subarray(3) : joined,
  };
}
