import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { linkError } from './link-error.js';

/** A piece of an APDU, in order of transmission. */
export interface HdlcSegment {
  readonly information: Uint8Array;
  /** More follow. */
  readonly segmented: boolean;
}

/** Cuts information into pieces of at most `size` octets; views of it. */
export function cutSegments(information: Uint8Array, size: number): HdlcSegment[] {
  const pieces: HdlcSegment[] = [];
  let at = 0;
  do {
    pieces.push({ information: information.subarray(at, at + size), segmented: at + size < information.length });
    at += size;
  } while (at < information.length);
  return pieces;
}

/** Segments of an APDU whose rest has not come. A value. */
export interface HdlcSegments {
  /** The octets so far; short pieces are joined, so the list stays short however small the segments are. */
  readonly parts: readonly Uint8Array[];
  readonly octets: number;
  readonly count: number;
}

export const noSegments: HdlcSegments = /* @__PURE__ */ Object.freeze<HdlcSegments>({ parts: [], octets: 0, count: 0 });

/**
 * Takes the next segment. @returns the segments that wait for more, or the whole information: of a single frame a view of it, otherwise a new array.
 * The error is `decode/too-large` for more than `limit` octets, `protocol/link` for a segment without information, of which there could be any number.
 */
export function joinSegment(
  before: HdlcSegments,
  segment: HdlcSegment,
  limit: number,
): HdlcSegments | Uint8Array | DlmsError {
  const { information, segmented } = segment;
  if (segmented && information.length === 0)
    return linkError('remote', 'joining segments', 'a segment without information');
  const octets = before.octets + information.length;
  if (octets > limit) return new DlmsError('decode/too-large', { offset: 0, limit, actual: octets });
  if (segmented) return { parts: append(before.parts, information), octets, count: before.count + 1 };
  return before.count === 0 ? information : concat(...before.parts, information);
}

/** Adds a copy: the piece is a view into a chunk that may be far longer, and must not keep it alive. */
function append(parts: readonly Uint8Array[], piece: Uint8Array): readonly Uint8Array[] {
  const out = [...parts, piece.slice()];
  for (let n = out.length - 1; n > 0; n--) {
    const [a, b] = [out[n - 1] as Uint8Array, out[n] as Uint8Array];
    if (a.length > b.length) break;
    out.splice(n - 1, 2, concat(a, b));
  }
  return out;
}
