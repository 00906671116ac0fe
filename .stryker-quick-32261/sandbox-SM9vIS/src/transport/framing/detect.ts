import { hdlcDeframer } from '../hdlc/deframer.js';
import { decodeHdlcFrame } from '../hdlc/frame.js';
import { mbusLengthAt, runningSums } from './mbus.js';

/** How APDUs can be carried. `iec-62056-21` is the text of meters before, or instead of, HDLC. */
export type Framing = 'hdlc' | 'wrapper' | 'mbus' | 'iec-62056-21' | 'apdu';

export interface Detection {
  readonly framing: Framing;
  /** Where the first frame, or the APDU, begins. */
  readonly offset: number;
  /** A checksum or a length that fits vouches for it; false where only the first octet speaks for it. */
  readonly sure: boolean;
}

/**
 * Finds out what framing octets have: the first whole HDLC or M-Bus frame with right checksums, a WPDU, a text of IEC 62056-21, or a bare APDU (also behind
 * the LLC octets E6 E6 00 or E6 E7 00). Frames may stand behind noise.
 *
 * `complete` false (a stream that goes on): `more` while octets that are still to come may decide. Undefined: nothing known.
 */
export function detectFraming(octets: Uint8Array, options?: { readonly complete?: true }): Detection | undefined;
export function detectFraming(
  octets: Uint8Array,
  options: { readonly complete: boolean },
): Detection | 'more' | undefined;
export function detectFraming(
  octets: Uint8Array,
  options: { readonly complete?: boolean } = {},
): Detection | 'more' | undefined {
  const complete = options.complete ?? true;
  const wrapper = wrapperAt(octets, complete);
  if (typeof wrapper === 'object') return wrapper;
  // The deframer passes a storm of flags quickly; frames are looked for one by one only when it has found some.
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
  return isApduTag(octets[at]) ? { framing: 'apdu', offset: at, sure: at > 0 } : undefined;
}

/** Whether an octet can begin an APDU (COSEMpdu of the Green Book, ciphered ones included). */
export function isApduTag(octet: number | undefined): boolean {
  return octet !== undefined && apduTags.has(octet);
}

const apduTags: ReadonlySet<number> = /* @__PURE__ */ new Set([
  // Short names, initiate, data-notification, and their ciphered forms.
  ...[0x01, 0x05, 0x06, 0x08, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x16, 0x18],
  ...[0x21, 0x25, 0x26, 0x28, 0x2c, 0x2d, 0x2e, 0x36, 0x38, 0x41, 0x45, 0x46, 0x48, 0x4c, 0x4d, 0x4e, 0x56, 0x58],
  // ACSE.
  ...[0x60, 0x61, 0x62, 0x63],
  // Logical names, global and dedicated ciphering, exception, access, general protection and block transfer.
  ...[0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xcf],
  ...[0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd7, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xdf, 0xe0],
]);

/** Octets of an LLC header in front. */
export function llcLength(octets: Uint8Array): number {
  return octets[0] === 0xe6 && (octets[1] === 0xe6 || octets[1] === 0xe7) && octets[2] === 0 ? 3 : 0;
}

function wrapperAt(octets: Uint8Array, complete: boolean): Detection | 'more' | undefined {
  if (octets[0] !== 0 || (octets.length > 1 && octets[1] !== 1)) return undefined;
  if (octets.length < 8) return complete ? undefined : 'more';
  const end = 8 + (((octets[6] as number) << 8) | (octets[7] as number));
  if (end > 8 && octets.length > 8 && !isApduTag(octets[8])) return undefined;
  // A header and a tag are enough to go on with; the first WPDU whole, and nothing or the next header behind it, leave no doubt.
  const sure =
    octets.length === end ||
    (octets.length > end && octets[end] === 0 && (octets.length === end + 1 || octets[end + 1] === 1));
  return octets.length > end && !sure ? undefined : { framing: 'wrapper', offset: 0, sure };
}

/** Whether a whole frame with right checksums begins here. */
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

/** A request `/?…!`, or an identification `/XXXZ…`, that ends its line; octets may carry parity bits. */
function textAt(octets: Uint8Array): number | undefined {
  let text = '';
  for (const b of octets.subarray(0, 256)) text += String.fromCharCode(b & 0x7f);
  const at = text.search(/\/(\?[ -~]{0,32}!|[A-Za-z]{3}[!-~][ -~]{0,60})\r\n/);
  return at < 0 ? undefined : at;
}
