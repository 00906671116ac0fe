import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { excerpt } from '../../core/excerpt.js';
import { detectFraming, type Framing } from '../framing/detect.js';
import { bareApdu, type PushedApdu, type PushReading, readingOf } from './push-readings.js';

/** Options of {@link PushReceiver}. */
export interface PushReceiverOptions {
  /** The framing, if known. Default: detected. */
  readonly framing?: PushedApdu['framing'];
  /** Treats each chunk as a datagram, independent of the others. Default: false. */
  readonly datagrams?: boolean;
  /** Longest APDU, in octets. Default: 65 535. */
  readonly maxApduSize?: number;
  /**
   * How many octets are searched for the start of a frame before they are dropped. Default: 4096, twice the longest
   * HDLC frame.
   */
  readonly maxUndecided?: number;
  /** Called for octets that were not a frame, with the reason. */
  readonly onDropped?: (error: DlmsError) => void;
}

/**
 * Turns octets in any framing into APDUs: feed it chunks, and take the APDUs that they complete. It knows no keys and
 * decodes nothing. Memory is limited by the options. Call `flush` when the line is silent: anything incomplete is then
 * dropped, and a bare APDU on a stream is recognised.
 */
export class PushReceiver {
  readonly #options: PushReceiverOptions;
  #reading: PushReading | undefined;
  #undecided: Uint8Array = new Uint8Array(0);

  constructor(options: PushReceiverOptions = {}) {
    this.#options = options;
    if (options.framing !== undefined && options.datagrams !== true) this.#reading = this.#make(options.framing);
  }

  /** Octets held until more arrive. */
  get pending(): number {
    return this.#undecided.length + (this.#reading?.pending ?? 0);
  }

  /** The framing detected so far, if any. */
  get framing(): Framing | undefined {
    return this.#reading?.framing;
  }

  /** Takes octets as they arrive, and returns the APDUs that they complete. */
  push(chunk: Uint8Array): PushedApdu[] {
    if (this.#options.datagrams === true) return this.#whole(chunk);
    if (this.#reading !== undefined) return this.#feed(this.#reading, chunk);
    this.#undecided = this.#undecided.length === 0 ? chunk : concat(this.#undecided, chunk);
    const found = detectFraming(this.#undecided, { complete: false });
    if (found === undefined || found === 'more') {
      const over = this.#undecided.length - (this.#options.maxUndecided ?? 4096);
      if (found === undefined) this.#drop('no known framing');
      else if (over > 0) this.#drop('no frame was completed');
      return [];
    }
    return this.#decide(found.framing, found.offset);
  }

  /** Call this when the line is silent, or has ended. @returns the APDUs found */
  flush(): PushedApdu[] {
    const reading = this.#reading;
    if (reading !== undefined) {
      if (reading.pending === 0) return [];
      const rest = reading.flush();
      // A WPDU is incomplete; whatever comes next starts anew.
      if (this.#options.framing === undefined && reading.framing === 'wrapper') this.#reading = undefined;
      return rest;
    }
    if (this.#undecided.length === 0) return [];
    const found = detectFraming(this.#undecided);
    if (found !== undefined) {
      const apdus = this.#decide(found.framing, found.offset);
      return this.#reading === undefined ? apdus : [...apdus, ...this.flush()];
    }
    this.#drop('no known framing');
    return [];
  }

  #decide(framing: Framing, offset: number): PushedApdu[] {
    const octets = this.#undecided;
    this.#undecided = new Uint8Array(0);
    if (framing === 'iec-62056-21') {
      const what = 'a push in the text of IEC 62056-21, which is no DLMS';
      this.#options.onDropped?.(new DlmsError('decode/unsupported', { offset, what }));
      return [];
    }
    if (framing === 'apdu') return [bareApdu(octets.subarray(offset))];
    const reading = this.#make(framing);
    this.#reading = reading;
    if (offset > 0) this.#passOver(octets.subarray(0, offset), 'before the first frame');
    return this.#feed(reading, octets.subarray(framing === 'wrapper' ? 0 : offset));
  }

  #whole(datagram: Uint8Array): PushedApdu[] {
    const framing = this.#options.framing ?? detectFraming(datagram)?.framing;
    if (framing === 'apdu') return [bareApdu(datagram)];
    if (framing === undefined || framing === 'iec-62056-21') {
      this.#passOver(datagram, 'a datagram of no known framing');
      return [];
    }
    const reading = this.#make(framing);
    return [...this.#feed(reading, datagram), ...reading.flush()];
  }

  #feed(reading: PushReading, chunk: Uint8Array): PushedApdu[] {
    const apdus = reading.push(chunk);
    // A stream that has lost its boundaries is detected anew.
    if (reading.failure !== undefined && reading === this.#reading) {
      if (this.#options.framing === undefined) this.#reading = undefined;
      else reading.flush();
    }
    return apdus;
  }

  #make(framing: PushedApdu['framing']): PushReading {
    const { maxApduSize, onDropped } = this.#options;
    return readingOf(framing, {
      maxApduSize: maxApduSize ?? 0xffff,
      ...(onDropped === undefined ? {} : { onDropped }),
    });
  }

  #drop(reason: string): void {
    const octets = this.#undecided;
    this.#undecided = new Uint8Array(0);
    this.#passOver(octets, reason);
  }
  #passOver(octets: Uint8Array, reason: string): void {
    this.#options.onDropped?.(new DlmsError('decode/framing', { offset: 0, reason: `${reason}: ${excerpt(octets)}` }));
  }
}
