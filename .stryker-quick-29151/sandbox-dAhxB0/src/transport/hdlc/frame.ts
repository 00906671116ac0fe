import { DlmsError } from '../../core/errors.js';
import type { FramePart } from '../deframer.js';
import { addressSize, type HdlcAddress, readAddress, writeAddress } from './address.js';
import { decodeHdlcControl, encodeHdlcControl, type HdlcControl } from './control.js';
import { fcsGood, fcsRegister } from './fcs.js';

/**
 * A frame of HDLC frame format type 3 (IEC 62056-46):
 * `7E | A lll (11 bits of length, segmentation bit 0x0800) | destination | source | control | HCS | information | FCS | 7E`.
 * HCS and information are there together or not at all. There is no octet stuffing: the length says where a frame ends.
 */
export interface HdlcFrame {
  /** More segments of the same information follow. */
  readonly segmented: boolean;
  readonly destination: HdlcAddress;
  readonly source: HdlcAddress;
  readonly control: HdlcControl;
  /** Empty when there is none. Of a decoded frame: a view into the octets that it was read from. */
  readonly information: Uint8Array;
}

/** What the length field can say at most; information fields are at most 2030 octets, so that every address form fits. */
export const maxFrameLength = 2047;
export const maxInformation = 2030;
/** LLC header of a command (client to server). */
export const llcCommand: readonly number[] = [0xe6, 0xe6, 0x00];
/** LLC header of a response (server to client) and of a push. */
export const llcResponse: readonly number[] = [0xe6, 0xe7, 0x00];

/** The information of one APDU: LLC header in front. */
export function addLlc(header: readonly number[], apdu: Uint8Array): Uint8Array {
  const out = new Uint8Array(header.length + apdu.length);
  out.set(header);
  out.set(apdu, header.length);
  return out;
}

/** Which LLC header stands in front, or undefined. */
export function llcOf(information: Uint8Array): 'command' | 'response' | undefined {
  if (information[0] !== 0xe6 || information[2] !== 0x00) return undefined;
  return information[1] === 0xe6 ? 'command' : information[1] === 0xe7 ? 'response' : undefined;
}

/** What is left after the LLC header; all of it when there is no header (later blocks of a push that is sent in several UI frames). A view. */
export function stripLlc(information: Uint8Array): Uint8Array {
  return llcOf(information) === undefined ? information : information.subarray(3);
}

/** The frame's octets, flags included. @throws DlmsError `encode/invalid-value` for more information than the length field can say. */
export function encodeHdlcFrame(frame: HdlcFrame): Uint8Array {
  const out = new Uint8Array(frameSize(frame));
  writeFrame(frame, out, 0);
  return out;
}

/**
 * Several frames in a row in one buffer, each with both flags. With `into`, the caller's buffer is used and a view of its beginning given.
 * @throws DlmsError `encode/invalid-value` when a frame, or the caller's buffer, is too small for its contents.
 */
export function encodeHdlcFrames(frames: readonly HdlcFrame[], into?: Uint8Array): Uint8Array {
  let size = 0;
  for (const frame of frames) size += frameSize(frame);
  if (into !== undefined && into.length < size)
    throw new DlmsError('encode/invalid-value', {
      expected: `a buffer of ${size} octets`,
      actual: `${into.length} octets`,
    });
  const out = into === undefined ? new Uint8Array(size) : into.subarray(0, size);
  let at = 0;
  for (const frame of frames) at = writeFrame(frame, out, at);
  return out;
}

/**
 * The frame in these octets, with or without its flags, and nothing else. Streams go through the deframer.
 * @throws DlmsError `decode/unexpected-end`, `decode/framing`, `decode/invalid-length`, `decode/trailing-bytes`, `decode/checksum`.
 */
export function decodeHdlcFrame(octets: Uint8Array): HdlcFrame {
  const at = octets[0] === 0x7e ? 1 : 0;
  const left = octets.length - at;
  const header = readHeader(octets, at, left);
  if (typeof header === 'object') throw faultError(header, at);
  const length = (((octets[at] as number) & 7) << 8) | (octets[at + 1] as number);
  if (header <= 0 || length > left)
    throw new DlmsError('decode/unexpected-end', {
      offset: octets.length,
      expected: `a frame of ${length || 'at least 7'} octets between flags`,
    });
  const after = left - length;
  if (after > 0 && octets[at + length] !== 0x7e)
    throw new DlmsError('decode/framing', {
      offset: at + length,
      reason: 'no flag after the length that the frame states',
    });
  if (after > 1) throw new DlmsError('decode/trailing-bytes', { offset: at + length + 1, left: after - 1 });
  const frame = readFrame(octets, at, length, header);
  if ('fault' in frame) throw faultError(frame, at);
  return frame;
}

/** Octets of the frame with both flags. */
export function frameSize(frame: HdlcFrame): number {
  const n = frame.information.length;
  return 2 + 2 + frame.destination.size + frame.source.size + 1 + (n === 0 ? 0 : n + 2) + 2;
}

/** Writes the frame with its flags at `at`; gives the offset behind. */
export function writeFrame(frame: HdlcFrame, out: Uint8Array, at: number): number {
  const { information } = frame;
  const n = information.length;
  if (n > maxInformation)
    throw new DlmsError('encode/invalid-value', {
      expected: `at most ${maxInformation} octets of information`,
      actual: `${n} octets`,
    });
  const start = at + 1;
  let i = writeAddress(frame.source, out, writeAddress(frame.destination, out, start + 2));
  out[i++] = encodeHdlcControl(frame.control);
  const length = i - start + (n === 0 ? 2 : n + 4);
  out[at] = 0x7e;
  out[start] = 0xa0 | (frame.segmented ? 0x08 : 0) | (length >>> 8);
  out[start + 1] = length & 0xff;
  let fcs = ~fcsRegister(out, start, i, 0xffff);
  if (n > 0) {
    out[i++] = fcs & 0xff;
    out[i++] = (fcs >>> 8) & 0xff;
    out.set(information, i);
    // The register after octets and their right check sequence is a constant, so the header is not gone through again.
    fcs = ~fcsRegister(information, 0, n, fcsGood);
    i += n;
  }
  out[i++] = fcs & 0xff;
  out[i++] = (fcs >>> 8) & 0xff;
  out[i++] = 0x7e;
  return i;
}

/** Why octets are no frame: data, not an error, because a deframer meets it all the time in noise. */
export interface FrameFault {
  readonly fault: 'format' | 'length' | 'address' | 'hcs' | 'fcs';
  /** From the format octet on. */
  readonly at: number;
  readonly expected: number;
  readonly actual: number;
}

/**
 * Looks at a frame's header (first octet: the format octet), of which `left` octets are there.
 * @returns its size up to and without HCS or FCS; 0 when more octets are needed to say (16 always suffice); or the fault.
 */
export function readHeader(octets: Uint8Array, at: number, left: number): number | FrameFault {
  if (left < 1) return 0;
  const format = octets[at] as number;
  if ((format & 0xf0) !== 0xa0) return fault('format', 0, 0xa0, format);
  if (left < 2) return 0;
  const length = ((format & 7) << 8) | (octets[at + 1] as number);
  if (length < 7) return fault('length', 0, 7, length);
  const destination = addressSize(octets, at + 2, at + left);
  if (destination === 0) return 0;
  if (destination < 0) return fault('address', 2, 4, 0);
  const source = addressSize(octets, at + 2 + destination, at + left);
  if (source === 0) return 0;
  if (source < 0) return fault('address', 2 + destination, 4, 0);
  const size = 3 + destination + source;
  const rest = length - size;
  // Only an FCS, or HCS and FCS with information between them (some peers send both around nothing).
  if (rest !== 2 && rest < 4) return fault('length', 0, size + 2, length);
  if (rest === 2) return size;
  if (left < size + 2) return 0;
  const register = fcsRegister(octets, at, at + size, 0xffff);
  const hcs = (octets[at + size] as number) | ((octets[at + size + 1] as number) << 8);
  return (~register & 0xffff) === hcs ? size : fault('hcs', size, ~register & 0xffff, hcs);
}

/** The frame of `length` octets whose header {@link readHeader} found good; only the FCS can still be wrong. */
export function readFrame(octets: Uint8Array, at: number, length: number, header: number): HdlcFrame | FrameFault {
  const from = header + 2 === length ? at : at + header + 2;
  const end = at + length - 2;
  const fcs = (octets[end] as number) | ((octets[end + 1] as number) << 8);
  const computed = ~fcsRegister(octets, from, end, from === at ? 0xffff : fcsGood) & 0xffff;
  return computed === fcs ? fieldsOf(octets, at, length, header) : fault('fcs', length - 2, computed, fcs);
}

/** The fields of a frame whose header is good, whether or not its FCS is. */
export function fieldsOf(octets: Uint8Array, at: number, length: number, header: number): HdlcFrame {
  const first = octets[at + 2] as number;
  const size = first & 1 ? 1 : (octets[at + 3] as number) & 1 ? 2 : 4;
  return {
    segmented: ((octets[at] as number) & 0x08) !== 0,
    destination: readAddress(octets, at + 2, size),
    source: readAddress(octets, at + 2 + size, (header - 3 - size) as 1 | 2 | 4),
    control: decodeHdlcControl(octets[at + header - 1] as number),
    information: header + 2 === length ? nothing() : octets.subarray(at + header + 2, at + length - 2),
  };
}

/** Where the parts of a frame of `length` octets between flags stand; `offset` is that of its format octet. */
export function partsOf({ destination, source, information }: HdlcFrame, offset: number, length: number): FramePart[] {
  const parts: FramePart[] = [];
  let at = offset;
  const part = (role: FramePart['role'], name: string, octets: number): void => {
    if (octets > 0) parts.push({ role, name, offset: at, length: octets });
    at += octets;
  };
  part('header', 'format', 2);
  part('address', 'destination', destination.size);
  part('address', 'source', source.size);
  part('header', 'control', 1);
  if (length - 2 > at - offset) {
    part('checksum', 'hcs', 2);
    part('payload', 'information', information.length);
  }
  part('checksum', 'fcs', 2);
  return parts;
}

/** The fault as an error; `offset` is where the frame's format octet stands. */
export function faultError(f: FrameFault, offset: number): DlmsError {
  const at = offset + f.at;
  switch (f.fault) {
    case 'hcs':
    case 'fcs':
      return new DlmsError('decode/checksum', {
        offset: at,
        field: f.fault.toUpperCase(),
        expected: f.expected,
        actual: f.actual,
      });
    case 'length':
      return new DlmsError('decode/invalid-length', {
        offset: at,
        expected: `a frame length of at least ${f.expected}, with room for check sequences`,
        actual: f.actual,
      });
    case 'format':
      return new DlmsError('decode/framing', {
        offset: at,
        reason: `frame format type 3 (Axxx) expected, not 0x${f.actual.toString(16)}`,
      });
    case 'address':
      return new DlmsError('decode/framing', { offset: at, reason: 'addresses have 1, 2 or 4 octets' });
  }
}

const fault = (kind: FrameFault['fault'], at: number, expected: number, actual: number): FrameFault => ({
  fault: kind,
  at,
  expected,
  actual,
});
let empty: Uint8Array | undefined;
function nothing(): Uint8Array {
  empty ??= new Uint8Array(0);
  return empty;
}
