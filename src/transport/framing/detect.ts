import { isApduTag } from '../../core/apdu-facts.js';
import { hdlcDeframer } from '../hdlc/deframer.js';
import { decodeHdlcFrame } from '../hdlc/frame.js';
import { mbusLengthAt, runningSums } from './mbus-deframer.js';

/** How APDUs can be carried. `iec-62056-21` is the text that meters send before HDLC, or instead of it. */
export type Framing = 'hdlc' | 'wrapper' | 'mbus' | 'iec-62056-21' | 'apdu';

/** The framing that octets seem to have. */
export interface Detection {
  readonly framing: Framing;
  /** Where the first frame, or the APDU, begins. */
  readonly offset: number;
  /** Whether a matching checksum or length confirms it; false if only the first octets suggest it. */
  readonly sure: boolean;
}

/**
 * Detects the framing of octets: the first complete HDLC or M-Bus frame with correct checksums, a WPDU, a text of IEC
 * 62056-21, or a bare APDU (also after the LLC octets E6 E6 00 or E6 E7 00). There may be noise in front of frames.
 *
 * With `complete` false (a stream that goes on), returns `more` as long as further octets may decide. With `damaged`
 * (for tools that only look), what begins like a frame but is truncated or has a wrong checksum is named too, and is
 * never `sure`. Undefined: nothing recognised.
 */
export function detectFraming(
  octets: Uint8Array,
  options?: { readonly complete?: true; readonly damaged?: boolean },
): Detection | undefined;
export function detectFraming(
  octets: Uint8Array,
  options: { readonly complete: boolean },
): Detection | 'more' | undefined;
export function detectFraming(
  octets: Uint8Array,
  options: { readonly complete?: boolean; readonly damaged?: boolean } = {},
): Detection | 'more' | undefined {
  const complete = options.complete ?? true;
  const wrapper = wrapperAt(octets, complete);
  if (typeof wrapper === 'object') return wrapper;
  // The deframer gets past very many flags quickly; frames are examined one by one only if it has found any.
  const deframer = hdlcDeframer();
  const hdlc = deframer.push(octets).length > 0;
  let more = wrapper === 'more' || deframer.pending > 0;
  const sums = runningSums(octets);
  for (let at = 0; at < octets.length; at++) {
    if (octets[at] === 0x7e && hdlc && hdlcAt(octets, at)) return { framing: 'hdlc', offset: at, sure: true };
    if (octets[at] !== 0x68) continue;
    const length = mbusLengthAt(octets, sums, at, 1024);
    if (length) return { framing: 'mbus', offset: at, sure: true };
    more ||= length === undefined;
  }
  const text = textAt(octets);
  if (text !== undefined) return { framing: 'iec-62056-21', offset: text, sure: true };
  if (!complete) return more || octets.length < 8 || isApduTag(octets[llcLength(octets)]) ? 'more' : undefined;
  const at = llcLength(octets);
  if (isApduTag(octets[at])) return { framing: 'apdu', offset: at, sure: at > 0 };
  const framing = options.damaged === true ? beginningOf(octets) : undefined;
  return framing === undefined ? undefined : { framing, offset: 0, sure: false };
}
/**
 * What the first octets suggest: a flag and a frame format of type 3, or another flag; the header of a WPDU; the start
 * of a long M-Bus frame.
 */
function beginningOf(b: Uint8Array): Framing | undefined {
  if (b[0] === 0x7e && (b[1] === 0x7e || ((b[1] ?? 0) & 0xf0) === 0xa0)) return 'hdlc';
  if (b[0] === 0 && b[1] === 1 && b.length >= 8) return 'wrapper';
  return b[0] === 0x68 && b[3] === 0x68 && b[1] === b[2] ? 'mbus' : undefined;
}

/** Number of octets of an LLC header at the start. */
export function llcLength(octets: Uint8Array): number {
  return octets[0] === 0xe6 && (octets[1] === 0xe6 || octets[1] === 0xe7) && octets[2] === 0 ? 3 : 0;
}

function wrapperAt(octets: Uint8Array, complete: boolean): Detection | 'more' | undefined {
  if (octets[0] !== 0 || (octets.length > 1 && octets[1] !== 1)) return undefined;
  if (octets.length < 8) return complete ? undefined : 'more';
  const end = 8 + (((octets[6] as number) << 8) | (octets[7] as number));
  if (end > 8 && octets.length > 8 && !isApduTag(octets[8])) return undefined;
  // A header and a tag are enough to proceed; a complete first WPDU, followed by nothing or by the next header, leaves
  // no doubt.
  const sure =
    octets.length === end ||
    (octets.length > end && octets[end] === 0 && (octets.length === end + 1 || octets[end + 1] === 1));
  return octets.length > end && !sure ? undefined : { framing: 'wrapper', offset: 0, sure };
}

/** Whether a complete frame with correct checksums begins here. */
function hdlcAt(octets: Uint8Array, at: number): boolean {
  if (octets.length - at < 9 || ((octets[at + 1] as number) & 0xf0) !== 0xa0) return false;
  const end = at + 1 + ((((octets[at + 1] as number) & 7) << 8) | (octets[at + 2] as number));
  if (octets[end] !== 0x7e) return false;
  try {
    decodeHdlcFrame(octets.subarray(at, end + 1));
    return true;
  } catch {
    return false;
  }
}

/** Position of a request `/?…!` or an identification `/XXXZ…` with the end of its line; octets may have parity bits. */
function textAt(octets: Uint8Array): number | undefined {
  let text = '';
  for (const b of octets.subarray(0, 256)) text += String.fromCharCode(b & 0x7f);
  const at = text.search(/\/(\?[ -~]{0,32}!|[A-Za-z]{3}[!-~][ -~]{0,60})\r\n/);
  return at < 0 ? undefined : at;
}
