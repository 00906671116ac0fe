import { equalBytes } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { encodeHdlcFrame, type FrameFault, faultError, type HdlcFrame, readFrame, readHeader } from './frame.js';

export interface HdlcDeframerOptions {
  /** The line gives back what is sent (two-wire RS-485, optical heads): octets told to {@link HdlcDeframer.sent} are dropped once when they come in. Default false. */
  readonly echo?: boolean;
  /** Called for what began like a frame and was none; the offset counts from the first octet ever pushed. For diagnosis, not for control. */
  readonly onInvalid?: (error: DlmsError) => void;
}

/** What a deframer has met since it was made. */
export interface HdlcDeframerCounters {
  readonly frames: number;
  /** Octets pushed. */
  readonly octets: number;
  /** Octets that belonged to no frame; flags are not counted. */
  readonly discarded: number;
  /** Frame beginnings whose HCS or FCS was wrong. */
  readonly checksumErrors: number;
  /** Frame beginnings with an impossible format, length or address, or no flag at their end. */
  readonly invalid: number;
  /** Frame beginnings given up with {@link HdlcDeframer.abandon}. */
  readonly abandoned: number;
  /** Own frames that came back. */
  readonly echoes: number;
}

/** Finds frames in an octet stream that is cut anywhere. */
export interface HdlcDeframer {
  /**
   * Takes octets, gives the frames that they complete. A frame's information is a view into the chunk, or into a buffer that nothing else uses:
   * the caller must not write into the chunk while it still needs the frames.
   */
  push(chunk: Uint8Array): HdlcFrame[];
  /** Octets of a frame that has begun and is not complete; never more than 2048. When they stay too long, {@link abandon} is due (inter-octet time-out). */
  readonly pending: number;
  /** Gives up the frame that has begun; complete frames that lie in its octets are given. Nothing is pending afterwards. */
  abandon(): HdlcFrame[];
  /** Notes octets that were written to a line with echo; see {@link HdlcDeframerOptions.echo}. */
  sent(octets: Uint8Array): void;
  /** Forgets everything that is pending; the counters go on. */
  reset(): void;
  readonly counters: HdlcDeframerCounters;
}

/**
 * A deframer. Frame ends are found by the length field, never by the next flag, so 7E inside data, HCS and FCS does no harm. A flag can end one frame
 * and begin the next; repeated flags are skipped. A beginning whose header check fails is given up after at most 16 octets and the octets behind its flag are
 * searched again, so noise cannot hide a good frame. A frame with good header and closing flag but wrong FCS is dropped as a whole, so frames that lie in its data are not taken for real.
 * Memory: one frame (2048 octets) and, with echo, the frames sent lately (at most 64).
 */
export function hdlcDeframer(options: HdlcDeframerOptions = {}): HdlcDeframer {
  return new Deframer(options);
}

class Deframer implements HdlcDeframer {
  readonly #options: HdlcDeframerOptions;
  readonly #counters = { frames: 0, octets: 0, discarded: 0, checksumErrors: 0, invalid: 0, abandoned: 0, echoes: 0 };
  /** A flag stood right before what comes next. */
  #flag = false;
  /** Octets of the frame begun, from its format octet on; as long as is needed for the next decision. */
  #buffer: Uint8Array | undefined;
  #filled = 0;
  #echo: Uint8Array[] = [];

  constructor(options: HdlcDeframerOptions) {
    this.#options = options;
  }
  get pending(): number {
    return this.#filled;
  }
  get counters(): HdlcDeframerCounters {
    return { ...this.#counters };
  }
  sent(octets: Uint8Array): void {
    if (this.#options.echo !== true) return;
    for (const frame of hdlcDeframer().push(octets)) this.#echo.push(encodeHdlcFrame(frame));
    if (this.#echo.length > 64) this.#echo.splice(0, this.#echo.length - 64);
  }
  reset(): void {
    this.#counters.discarded += this.#filled;
    this.#flag = false;
    this.#keep(undefined, 0);
    this.#echo = [];
  }
  abandon(): HdlcFrame[] {
    const frames: HdlcFrame[] = [];
    while (this.#buffer !== undefined) {
      this.#counters.abandoned++;
      const rest = this.#buffer.subarray(0, this.#filled);
      this.#options.onInvalid?.(
        new DlmsError('decode/unexpected-end', { offset: this.#counters.octets, expected: 'the rest of a frame' }),
      );
      this.#keep(undefined, 0);
      this.#flag = false;
      this.#scan(rest, 0, this.#counters.octets - rest.length, frames);
    }
    return frames;
  }
  push(chunk: Uint8Array): HdlcFrame[] {
    const frames: HdlcFrame[] = [];
    const base = this.#counters.octets;
    this.#counters.octets += chunk.length;
    let at = 0;
    while (this.#buffer !== undefined && at < chunk.length) {
      const n = Math.min(this.#buffer.length - this.#filled, chunk.length - at);
      this.#buffer.set(chunk.subarray(at, at + n), this.#filled);
      this.#filled += n;
      at += n;
      if (this.#filled < this.#buffer.length) return frames;
      const candidate = this.#buffer;
      this.#keep(undefined, 0);
      this.#flag = true;
      this.#scan(candidate, 0, base + at - candidate.length, frames);
    }
    if (at < chunk.length) this.#scan(chunk, at, base, frames);
    return frames;
  }

  /** Looks for frames from `from` on; keeps a beginning at the end. `base` is the place of `b[0]` in the whole stream. */
  #scan(b: Uint8Array, from: number, base: number, frames: HdlcFrame[]): void {
    const to = b.length;
    const counters = this.#counters;
    const before = frames.length;
    let i = from;
    let flag = this.#flag;
    for (;;) {
      if (!flag) {
        const start = i;
        while (i < to && b[i] !== 0x7e) i++;
        counters.discarded += i - start;
      }
      while (i < to && b[i] === 0x7e) {
        i++;
        flag = true;
      }
      if (i >= to) break;
      const left = to - i;
      const header = readHeader(b, i, left);
      if (typeof header === 'object') {
        this.#refuse(header, base + i);
        flag = false;
        continue;
      }
      const need = header === 0 ? left + 1 : ((((b[i] as number) & 7) << 8) | (b[i + 1] as number)) + 1;
      if (left < need) {
        // While the header is incomplete, the next decision needs at least one octet more.
        const buffer = new Uint8Array(need);
        buffer.set(b.subarray(i, to));
        this.#keep(buffer, left);
        break;
      }
      const length = need - 1;
      if (b[i + length] !== 0x7e) {
        counters.invalid++;
        this.#options.onInvalid?.(
          new DlmsError('decode/framing', {
            offset: base + i + length,
            reason: 'no flag after the length that the frame states',
          }),
        );
        flag = false;
        continue;
      }
      const frame = readFrame(b, i, length, header);
      i += length;
      if ('fault' in frame) {
        this.#refuse(frame, base + i - length);
        counters.discarded += length;
        flag = true;
      } else if (this.#echo.length > 0 && this.#isEcho(frame)) {
        counters.echoes++;
      } else {
        frames.push(frame);
      }
    }
    counters.frames += frames.length - before;
    this.#flag = flag;
  }

  #refuse(fault: FrameFault, offset: number): void {
    if (fault.fault === 'hcs' || fault.fault === 'fcs') this.#counters.checksumErrors++;
    else this.#counters.invalid++;
    this.#options.onInvalid?.(faultError(fault, offset));
  }
  #keep(buffer: Uint8Array | undefined, filled: number): void {
    this.#buffer = buffer;
    this.#filled = filled;
  }
  /** Own frames come back in the order in which they went; one that was damaged on the way is passed over. */
  #isEcho(frame: HdlcFrame): boolean {
    const octets = encodeHdlcFrame(frame);
    const found = this.#echo.findIndex((e) => equalBytes(e, octets));
    if (found >= 0) this.#echo.splice(0, found + 1);
    return found >= 0;
  }
}
