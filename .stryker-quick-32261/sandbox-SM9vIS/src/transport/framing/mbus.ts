import { DlmsError } from '../../core/errors.js';

/**
 * A long frame of wired M-Bus (EN 13757-2): `68 L L 68 C A CI data checksum 16`. L counts C to the end of the data; the checksum is their sum modulo 256.
 */
export interface MbusFrame {
  /** C field: 53 or 73 SND_UD, 08 to 38 RSP_UD. */
  readonly control: number;
  /** A field: primary address; FF broadcast without answer, FE broadcast with answer, FD secondary addressing. */
  readonly address: number;
  /** CI field; 00 to 1F carry DLMS (EN 13757-1). */
  readonly controlInformation: number;
  /** What follows the CI field. A view. */
  readonly data: Uint8Array;
  /** The length octet was only the true length modulo 256. */
  readonly lengthModulo256: boolean;
}

/** A segment of an APDU: CI 00 to 1F, that is a number (low four bits) and the final bit (10), then STSAP, DTSAP (IEC 62056-7-3, checked with Kaifa meters). */
export interface MbusSegment {
  readonly number: number;
  readonly final: boolean;
  /** Source transport SAP: of a push, the server's. */
  readonly stsap: number;
  /** Destination transport SAP: of a push, the client's (67 hex in the Austrian meters). */
  readonly dtsap: number;
  /** Part of the APDU. A view. */
  readonly part: Uint8Array;
}

/** A whole APDU that came in M-Bus segments. */
export interface MbusApdu {
  readonly address: number;
  readonly stsap: number;
  readonly dtsap: number;
  readonly apdu: Uint8Array;
}

/**
 * The one long frame in these octets.
 * @throws DlmsError `decode/framing` (start octets, lengths that differ, stop octet), `decode/invalid-length`, `decode/checksum`, `decode/unexpected-end`.
 */
export function decodeMbusFrame(octets: Uint8Array): MbusFrame {
  const n = octets.length;
  if (n < 9) throw new DlmsError('decode/unexpected-end', { offset: n, expected: 'a long frame of at least 9 octets' });
  const fault = headFault(octets, 0);
  if (fault !== undefined) throw new DlmsError('decode/framing', { offset: 0, reason: fault });
  const length = n - 6;
  if (length % 256 !== octets[1])
    throw new DlmsError('decode/invalid-length', {
      offset: 1,
      expected: `${length % 256} (modulo 256)`,
      actual: octets[1] as number,
    });
  if (octets[n - 1] !== 0x16)
    throw new DlmsError('decode/framing', { offset: n - 1, reason: 'the stop octet 16 is missing' });
  const expected = sum(octets, 4, n - 2);
  const actual = octets[n - 2] as number;
  if (expected !== actual)
    throw new DlmsError('decode/checksum', { offset: n - 2, field: 'M-Bus checksum', expected, actual });
  return frameAt(octets, 0, length);
}

/** Octets of a long frame. @throws DlmsError `encode/invalid-value` for more than 252 octets of data, or a field that is no octet. */
export function encodeMbusFrame(
  frame: Pick<MbusFrame, 'control' | 'address' | 'controlInformation' | 'data'>,
): Uint8Array {
  const { control, address, controlInformation, data } = frame;
  if (data.length > 252)
    throw new DlmsError('encode/invalid-value', {
      expected: 'at most 252 octets in a long frame',
      actual: `${data.length} octets`,
    });
  for (const field of [control, address, controlInformation]) octet(field);
  const out = new Uint8Array(data.length + 9);
  const length = data.length + 3;
  out.set([0x68, length, length, 0x68, control, address, controlInformation]);
  out.set(data, 7);
  out[out.length - 2] = sum(out, 4, out.length - 2);
  out[out.length - 1] = 0x16;
  return out;
}

/** The DLMS segment in a frame (or in the TPL of a wireless telegram), undefined when its CI field is not 00 to 1F. @throws DlmsError `decode/unexpected-end`. */
export function mbusSegment(frame: Pick<MbusFrame, 'controlInformation' | 'data'>): MbusSegment | undefined {
  const { controlInformation, data } = frame;
  if (controlInformation > 0x1f) return undefined;
  if (data.length < 2)
    throw new DlmsError('decode/unexpected-end', { offset: data.length, expected: 'STSAP and DTSAP' });
  return {
    number: controlInformation & 0x0f,
    final: (controlInformation & 0x10) !== 0,
    stsap: data[0] as number,
    dtsap: data[1] as number,
    part: data.subarray(2),
  };
}

export interface MbusEncodeOptions {
  readonly stsap: number;
  readonly dtsap: number;
  /** C field. Default 53 (SND_UD), as the meters push. */
  readonly control?: number;
  /** A field. Default FF (broadcast). */
  readonly address?: number;
  /** Octets of the APDU in one frame, 1 to 250. Default 245 (length octet FA), as the meters do. */
  readonly partSize?: number;
}

/**
 * The frames that carry an APDU.
 * @throws DlmsError `encode/invalid-value` for an APDU that needs more than 16 segments: whether the four-bit number may start again is not known here.
 */
export function encodeMbusApdu(apdu: Uint8Array, options: MbusEncodeOptions): Uint8Array[] {
  const { stsap, dtsap, control = 0x53, address = 0xff, partSize = 245 } = options;
  if (!(partSize >= 1 && partSize <= 250))
    throw new DlmsError('encode/invalid-value', { expected: 'partSize of 1 to 250', actual: String(partSize) });
  for (const field of [stsap, dtsap]) octet(field);
  const count = Math.max(1, Math.ceil(apdu.length / partSize));
  if (count > 16)
    throw new DlmsError('encode/invalid-value', {
      expected: `at most 16 segments of ${partSize} octets`,
      actual: `an APDU of ${apdu.length} octets`,
    });
  return Array.from({ length: count }, (_, i) => {
    const part = apdu.subarray(i * partSize, (i + 1) * partSize);
    const data = new Uint8Array(part.length + 2);
    data.set([stsap, dtsap]);
    data.set(part, 2);
    return encodeMbusFrame({ control, address, controlInformation: i | (i === count - 1 ? 0x10 : 0), data });
  });
}

export interface MbusDeframerOptions {
  /** Longest frame followed where the length octet holds the length modulo 256. Default 1024; 255 turns that tolerance off. */
  readonly maxLength?: number;
  /** Hears of octets that began like a frame and were none; the offset counts from the first octet fed. */
  readonly onInvalid?: (error: DlmsError) => void;
}

/**
 * Finds long frames in a stream cut anywhere; other octets (noise, short frames, E5 acknowledgements) are skipped. Holds at most one unfinished frame.
 * When the line falls silent inside one, call `flush`.
 */
export class MbusDeframer {
  readonly #maxLength: number;
  readonly #onInvalid: MbusDeframerOptions['onInvalid'];
  #held: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(options: MbusDeframerOptions = {}) {
    this.#maxLength = options.maxLength ?? 1024;
    this.#onInvalid = options.onInvalid;
  }

  /** Octets of a frame that is not complete. */
  get pending(): number {
    return this.#held.length;
  }

  /** Takes octets, gives the frames that they complete. */
  push(chunk: Uint8Array): MbusFrame[] {
    return this.#scan(chunk, false);
  }

  /** Nothing more comes: looks for frames in what is left as if it had been waited for long enough. */
  flush(): MbusFrame[] {
    return this.#scan(new Uint8Array(0), true);
  }

  #scan(chunk: Uint8Array, last: boolean): MbusFrame[] {
    let bytes = chunk;
    if (this.#held.length > 0) {
      bytes = new Uint8Array(this.#held.length + chunk.length);
      bytes.set(this.#held);
      bytes.set(chunk, this.#held.length);
    }
    const frames: MbusFrame[] = [];
    const sums = runningSums(bytes);
    let at = 0;
    let noise = 0;
    let told = false;
    for (;;) {
      const from = at;
      at = bytes.indexOf(0x68, at);
      if (at < 0) at = bytes.length;
      // E5 is the acknowledgement of a slave.
      for (let i = from; i < at; i++) if (bytes[i] !== 0xe5) noise++;
      if (at === bytes.length) break;
      let length = mbusLengthAt(bytes, sums, at, this.#maxLength);
      // A complete frame further on: what began before it was noise, however long it claimed to be.
      if (length === undefined && (last || wholeFrameInside(bytes, sums, at + 1))) length = 0;
      if (length === undefined) break;
      if (length === 0) {
        noise++;
        if (this.#refuse(bytes, at++)) told = true;
      } else {
        frames.push(frameAt(bytes, at, length));
        at += length + 6;
      }
    }
    this.#offset += at;
    // What is left of a frame that was refused is told already.
    if (noise > 0 && !told)
      this.#onInvalid?.(
        new DlmsError('decode/framing', { offset: this.#offset, reason: `${noise} octets belong to no frame` }),
      );
    // A copy: the rest must not keep a large chunk alive, nor change with it.
    this.#held = bytes.slice(at);
    return frames;
  }

  /** Tells of a frame that has a head and no end; false for what has no head either. */
  #refuse(bytes: Uint8Array, at: number): boolean {
    if (this.#onInvalid === undefined || bytes.length - at < 4 || headFault(bytes, at) !== undefined) return false;
    const length = bytes[at + 1] as number;
    const offset = this.#offset + at;
    const end = at + length + 6;
    const whole = length >= 3 && end <= bytes.length;
    if (whole && bytes[end - 1] === 0x16) {
      const expected = sum(bytes, at + 4, end - 2);
      this.#onInvalid(
        new DlmsError('decode/checksum', {
          offset: offset + length + 4,
          field: 'M-Bus checksum',
          expected,
          actual: bytes[end - 2] as number,
        }),
      );
    } else
      this.#onInvalid(
        new DlmsError('decode/framing', {
          offset,
          reason: whole ? 'the stop octet 16 is missing' : 'the frame is not complete',
        }),
      );
    return true;
  }
}

/**
 * True length of the long frame that begins at `at`, up to `maxLength` where the length octet is the length modulo 256; 0 when none begins there;
 * undefined when octets that are still to come decide. `sums` is from `runningSums`, so that a storm of false beginnings costs little each.
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
    // Another frame starts right behind: this one has its stated length and is damaged.
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

export interface MbusAssemblerOptions {
  /** Longest APDU. Default 4096, the sixteen segments of 250 octets that the number can count and a little more. */
  readonly maxApduSize?: number;
  /** Senders (address and SAPs) whose APDUs are put together at a time; the oldest gives way. Default 16. */
  readonly maxSenders?: number;
  /** Hears why segments were dropped. */
  readonly onDropped?: (error: DlmsError) => void;
}

/** Puts segments together, per sender. Segment 0 always starts anew; another number than the one due drops what was collected. */
export class MbusAssembler {
  readonly #options: MbusAssemblerOptions;
  readonly #open = new Map<number, { parts: Uint8Array[]; size: number }>();

  constructor(options: MbusAssemblerOptions = {}) {
    this.#options = options;
  }

  /** Takes one frame; gives the APDU that it completes. Frames of other applications (CI above 1F) give nothing. */
  push(frame: Pick<MbusFrame, 'address' | 'controlInformation' | 'data'>): MbusApdu | undefined {
    if (frame.controlInformation > 0x1f) return undefined;
    if (frame.data.length < 2)
      return this.#drop(
        new DlmsError('decode/unexpected-end', { offset: frame.data.length, expected: 'STSAP and DTSAP' }),
      );
    const { number, final, stsap, dtsap, part } = mbusSegment(frame) as MbusSegment;
    const { address } = frame;
    const key = (address << 16) | (stsap << 8) | dtsap;
    const known = this.#open.get(key);
    this.#open.delete(key);
    if (number !== 0 && known?.parts.length !== number)
      return this.#drop(
        new DlmsError('protocol/block-number', {
          side: 'remote',
          expected: known?.parts.length ?? 0,
          received: number,
        }),
      );
    if (number === 0 && known !== undefined)
      this.#drop(new DlmsError('protocol/block-number', { side: 'remote', expected: known.parts.length, received: 0 }));
    if (number === 0 && final) return { address, stsap, dtsap, apdu: part };
    const message = number === 0 || known === undefined ? { parts: [], size: 0 } : known;
    message.parts.push(part);
    message.size += part.length;
    const limit = this.#options.maxApduSize ?? 4096;
    if (message.size > limit)
      return this.#drop(new DlmsError('decode/too-large', { offset: 0, limit, actual: message.size }));
    if (final) {
      const apdu = new Uint8Array(message.size);
      let at = 0;
      for (const p of message.parts) {
        apdu.set(p, at);
        at += p.length;
      }
      return { address, stsap, dtsap, apdu };
    }
    if (number === 15)
      return this.#drop(
        new DlmsError('decode/unsupported', { offset: 0, what: 'an M-Bus message of more than 16 segments' }),
      );
    this.#open.set(key, message);
    if (this.#open.size > (this.#options.maxSenders ?? 16)) {
      const oldest = this.#open.keys().next().value as number;
      this.#open.delete(oldest);
      this.#drop(
        new DlmsError('decode/too-large', {
          offset: 0,
          limit: this.#options.maxSenders ?? 16,
          actual: this.#open.size + 1,
        }),
      );
    }
    return undefined;
  }

  #drop(error: DlmsError): undefined {
    this.#options.onDropped?.(error);
    return undefined;
  }
}

function wholeFrameInside(b: Uint8Array, sums: Uint8Array, from: number): boolean {
  for (let at = b.indexOf(0x68, from); at >= 0; at = b.indexOf(0x68, at + 1))
    if (mbusLengthAt(b, sums, at, 255)) return true;
  return false;
}

function headFault(b: Uint8Array, at: number): string | undefined {
  if (b[at] !== 0x68 || b[at + 3] !== 0x68) return 'a long frame has 68 before and after its length octets';
  return b[at + 1] === b[at + 2] ? undefined : 'the two length octets differ';
}
function frameAt(b: Uint8Array, at: number, length: number): MbusFrame {
  return {
    control: b[at + 4] as number,
    address: b[at + 5] as number,
    controlInformation: b[at + 6] as number,
    data: b.subarray(at + 7, at + 4 + length),
    lengthModulo256: length > 255,
  };
}
function sum(b: Uint8Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += b[i] as number;
  return total & 0xff;
}
function octet(value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 255)
    throw new DlmsError('encode/invalid-value', { expected: 'an octet', actual: String(value) });
}
