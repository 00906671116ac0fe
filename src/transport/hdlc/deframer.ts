import { equalBytes } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import type { Deframer, DeframerOptions } from '../deframer.js';
import { SpanTeller } from '../span-teller.js';
import {
  encodeHdlcFrame,
  type FrameFault,
  faultError,
  fieldsOf,
  type HdlcFrame,
  partsOf,
  readFrame,
  readHeader,
} from './frame.js';

/** Options of {@link hdlcDeframer}. */
export interface HdlcDeframerOptions extends DeframerOptions<HdlcFrame> {
  /** The line gives back what is sent (two-wire RS-485, optical heads): octets told to {@link HdlcDeframer.sent} are dropped once when they come in. Default false. */
  readonly echo?: boolean;
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
  /** Frame beginnings given up with {@link HdlcDeframer.flush}. */
  readonly abandoned: number;
  /** Own frames that came back. */
  readonly echoes: number;
}

/** Finds frames in an octet stream that is cut anywhere. Never more than 2048 octets are pending; when they stay too long, `flush` is due (inter-octet time-out). */
export interface HdlcDeframer extends Deframer<HdlcFrame> {
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
  return new FrameFinder(options);
}

class FrameFinder implements HdlcDeframer {
  readonly #takesEcho: boolean;
  readonly #spans: SpanTeller<HdlcFrame>;
  readonly #counters = { frames: 0, octets: 0, discarded: 0, checksumErrors: 0, invalid: 0, abandoned: 0, echoes: 0 };
  /** A flag stood right before what comes next. */
  #flag = false;
  /** Octets of the frame begun, from its format octet on; as long as is needed for the next decision. */
  #buffer: Uint8Array | undefined;
  #filled = 0;
  #echo: Uint8Array[] = [];

  constructor(options: HdlcDeframerOptions) {
    this.#takesEcho = options.echo === true;
    this.#spans = new SpanTeller(options);
  }
  get pending(): number {
    return this.#filled;
  }
  get counters(): HdlcDeframerCounters {
    return { ...this.#counters };
  }
  sent(octets: Uint8Array): void {
    if (!this.#takesEcho) return;
    for (const frame of hdlcDeframer().push(octets)) this.#echo.push(encodeHdlcFrame(frame));
    if (this.#echo.length > 64) this.#echo.splice(0, this.#echo.length - 64);
  }
  reset(): void {
    this.#counters.discarded += this.#filled;
    this.#spans.skip(this.#counters.octets - this.#filled, this.#filled);
    this.#spans.endRun();
    this.#flag = false;
    this.#keep(undefined, 0);
    this.#echo = [];
  }
  flush(): HdlcFrame[] {
    const frames: HdlcFrame[] = [];
    const { octets } = this.#counters;
    while (this.#buffer !== undefined) {
      this.#counters.abandoned++;
      const rest = this.#buffer.subarray(0, this.#filled);
      const offset = octets - rest.length;
      this.#keep(undefined, 0);
      this.#flag = false;
      if (this.#tellWithoutFlag(rest, offset, unexpectedEnd(octets, 'the closing flag'))) continue;
      const fault = unexpectedEnd(octets, rest.length > 1 ? `a frame of ${lengthAt(rest, 0)} octets` : 'a frame');
      this.#scan(rest, 0, offset, frames, fault);
    }
    this.#spans.endRun();
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
      if (this.#filled < this.#buffer.length) break;
      const candidate = this.#buffer;
      this.#keep(undefined, 0);
      this.#flag = true;
      this.#scan(candidate, 0, base + at - candidate.length, frames);
    }
    if (at < chunk.length) this.#scan(chunk, at, base, frames);
    this.#spans.endRun();
    return frames;
  }

  /**
   * Looks for frames from `from` on; keeps a beginning at the end. `base` is the place of `b[0]` in the whole stream.
   * `fault` says what is known against the first octets.
   */
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a hot loop with its state in variables
  #scan(b: Uint8Array, from: number, base: number, frames: HdlcFrame[], fault?: () => DlmsError): void {
    const to = b.length;
    const counters = this.#counters;
    const spans = this.#spans;
    const before = frames.length;
    let i = from;
    let flag = this.#flag;
    let why = fault;
    for (;;) {
      let start = i;
      if (!flag) {
        while (i < to && b[i] !== 0x7e) i++;
        counters.discarded += i - start;
        spans.skip(base + start, i - start, why);
        start = i;
      }
      while (i < to && b[i] === 0x7e) {
        i++;
        flag = true;
      }
      if (spans.all && i > start) this.#tellFlags(base + start, i - start);
      if (i >= to) break;
      const left = to - i;
      const header = readHeader(b, i, left);
      if (typeof header === 'object') {
        why = this.#refused(header, base + i);
        flag = false;
        continue;
      }
      const need = header === 0 ? left + 1 : lengthAt(b, i) + 1;
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
        why = noFlag(base + i + length);
        flag = false;
        // With right check sequences it is a frame all the same, and nothing is looked for in it.
        if (!this.#tellWithoutFlag(b.subarray(i, i + length), base + i, why)) continue;
        i += length;
        why = undefined;
        continue;
      }
      const frame = readFrame(b, i, length, header);
      const offset = base + i;
      if ('fault' in frame) {
        const error = this.#refused(frame, offset);
        counters.discarded += length;
        flag = true;
        if (spans.listening) this.#tellDamaged(fieldsOf(b, i, length, header), offset, length, error());
      } else if (this.#echo.length > 0 && this.#isEcho(frame)) {
        counters.echoes++;
        if (spans.all) spans.tell({ offset, length, frame, parts: partsOf(frame, offset, length) });
      } else {
        frames.push(frame);
        if (spans.all) spans.tell({ offset, length, frame, parts: partsOf(frame, offset, length) });
      }
      i += length;
    }
    counters.frames += frames.length - before;
    this.#flag = flag;
  }

  /** A frame with right check sequences and no closing flag is not given, but told of as a whole. False when these octets are none. */
  #tellWithoutFlag(b: Uint8Array, offset: number, error: () => DlmsError): boolean {
    const header = readHeader(b, 0, b.length);
    if (typeof header === 'object' || header === 0 || lengthAt(b, 0) !== b.length) return false;
    const frame = readFrame(b, 0, b.length, header);
    if ('fault' in frame) return false;
    this.#counters.discarded += b.length;
    if (this.#spans.listening) this.#tellDamaged(frame, offset, b.length, error());
    return true;
  }
  #refused(fault: FrameFault, offset: number): () => DlmsError {
    if (fault.fault === 'hcs' || fault.fault === 'fcs') this.#counters.checksumErrors++;
    else this.#counters.invalid++;
    return () => faultError(fault, offset);
  }
  #tellFlags(offset: number, length: number): void {
    this.#spans.tell({ offset, length, parts: [{ role: 'flag', name: 'flag', offset, length }] });
  }
  #tellDamaged(frame: HdlcFrame, offset: number, length: number, error: DlmsError): void {
    this.#spans.tell({ offset, length, frame, parts: partsOf(frame, offset, length), error });
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

/** The frame length that a format field states. */
const lengthAt = (b: Uint8Array, at: number): number => (((b[at] as number) & 7) << 8) | (b[at + 1] as number);
const unexpectedEnd = (offset: number, expected: string) => (): DlmsError =>
  new DlmsError('decode/unexpected-end', { offset, expected });
const noFlag = (offset: number) => (): DlmsError =>
  new DlmsError('decode/framing', { offset, reason: 'no flag after the length that the frame states' });
