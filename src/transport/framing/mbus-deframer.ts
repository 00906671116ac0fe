import { DlmsError } from '../../core/errors.js';
import type { Deframer, DeframerOptions, FramePart } from '../deframer.js';
import { frameAt, headFault, type MbusFrame, sum } from './mbus.js';
import { type FrameRule, ScanningDeframer } from './scanning-deframer.js';

/** Options of a deframer of M-Bus frames. */
export interface MbusDeframerOptions extends DeframerOptions<MbusFrame> {
  /**
   * Longest frame followed if the length octet holds the length modulo 256. Default: 1024; 255 turns that tolerance
   * off.
   */
  readonly maxLength?: number;
}

/**
 * Finds long frames in a stream. Noise and short frames are skipped; E5 acknowledgements are allowed between frames.
 * Holds at most one incomplete frame. Call `flush` if the line falls silent within one.
 */
export function mbusDeframer(options: MbusDeframerOptions = {}): Deframer<MbusFrame> {
  return new ScanningDeframer(new LongFrame(options.maxLength ?? 1024), options);
}

class LongFrame implements FrameRule<MbusFrame> {
  readonly between = { octet: 0xe5, name: 'acknowledgement' };
  readonly #maxLength: number;
  #sums: Uint8Array = new Uint8Array(1);

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }
  prepare(octets: Uint8Array): void {
    this.#sums = runningSums(octets);
  }
  beginning(octets: Uint8Array, from: number): number {
    return octets.indexOf(0x68, from);
  }
  lengthAt(octets: Uint8Array, at: number): number | undefined {
    const length = mbusLengthAt(octets, this.#sums, at, this.#maxLength);
    if (length !== undefined) return length === 0 ? 0 : length + 6;
    // If there is a complete frame further on, what began before it was noise, however long it claimed to be.
    return this.#wholeFrameIn(octets, at + 1) ? 0 : undefined;
  }
  read(octets: Uint8Array, at: number, length: number): MbusFrame {
    return frameAt(octets, at, length - 6);
  }
  parts(octets: Uint8Array, at: number, length: number, offset: number): FramePart[] {
    const payload: FramePart[] = [];
    const n = length - 9;
    const data = offset + 7;
    if ((octets[at + 6] as number) > 0x1f || n < 2) {
      if (n > 0) payload.push({ role: 'payload', name: 'data', offset: data, length: n });
    } else {
      payload.push({ role: 'address', name: 'stsap', offset: data, length: 1 });
      payload.push({ role: 'address', name: 'dtsap', offset: data + 1, length: 1 });
      if (n > 2) payload.push({ role: 'payload', name: 'part', offset: data + 2, length: n - 2 });
    }
    return [
      { role: 'header', name: 'start', offset, length: 4 },
      { role: 'header', name: 'control', offset: offset + 4, length: 1 },
      { role: 'address', name: 'address', offset: offset + 5, length: 1 },
      { role: 'header', name: 'controlInformation', offset: offset + 6, length: 1 },
      ...payload,
      { role: 'checksum', name: 'checksum', offset: offset + length - 2, length: 1 },
      { role: 'flag', name: 'stop', offset: offset + length - 1, length: 1 },
    ];
  }
  fault(b: Uint8Array, at: number, offset: number): (() => DlmsError) | undefined {
    if (b.length - at < 4 || headFault(b, at) !== undefined) return undefined;
    const length = b[at + 1] as number;
    const end = at + length + 6;
    const whole = length >= 3 && end <= b.length;
    if (whole && b[end - 1] === 0x16)
      return () =>
        new DlmsError('decode/checksum', {
          offset: offset + length + 4,
          field: 'M-Bus checksum',
          expected: sum(b, at + 4, end - 2),
          actual: b[end - 2] as number,
        });
    const reason = whole ? 'the stop octet 16 is missing' : 'the frame is not complete';
    return () => new DlmsError('decode/framing', { offset, reason });
  }

  #wholeFrameIn(b: Uint8Array, from: number): boolean {
    for (let at = b.indexOf(0x68, from); at >= 0; at = b.indexOf(0x68, at + 1))
      if (mbusLengthAt(b, this.#sums, at, 255)) return true;
    return false;
  }
}

/**
 * True length of the long frame that begins at `at`, up to `maxLength` if the length octet is the length modulo 256; 0
 * if none begins there; undefined if that depends on further octets. `sums` is from `runningSums`, so that even very
 * many false starts cost little.
 */
export function mbusLengthAt(b: Uint8Array, sums: Uint8Array, at: number, maxLength: number): number | undefined {
  const left = b.length - at;
  if ((left > 2 && b[at + 1] !== b[at + 2]) || (left > 3 && b[at + 3] !== 0x68)) return 0;
  if (left < 4) return undefined;
  const octet = b[at + 1] as number;
  for (let length = octet; length <= maxLength; length += 256) {
    if (length < 3) continue;
    if (left < length + 6) return undefined;
    const end = at + length + 6;
    if (b[end - 1] !== 0x16) continue;
    if (b[end - 2] === (((sums[end - 2] as number) - (sums[at + 4] as number)) & 0xff)) return length;
    // Another frame starts right after it: this one has its stated length, and is damaged.
    if (b[end] === 0x68) return 0;
  }
  return 0;
}

/** Element i is the sum of the octets before i, modulo 256. */
export function runningSums(octets: Uint8Array): Uint8Array {
  const sums = new Uint8Array(octets.length + 1);
  for (let i = 0; i < octets.length; i++) sums[i + 1] = (sums[i] as number) + (octets[i] as number);
  return sums;
}
