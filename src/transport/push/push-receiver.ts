import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { excerpt } from '../../core/excerpt.js';
import { detectFraming, type Framing } from '../framing/detect.js';
import { bareApdu, type PushedApdu, type PushReading, readingOf } from './push-readings.js';

/** Options of {@link PushReceiver}. */
export interface PushReceiverOptions {
  /** The framing, where it is known. Default: found out from what comes. */
  readonly framing?: PushedApdu['framing'];
  /** Each chunk is a datagram: looked at by itself, nothing is kept for the next. Default false. */
  readonly datagrams?: boolean;
  /** Longest APDU. Default 65535. */
  readonly maxApduSize?: number;
  /** Octets looked through for a beginning before they are dropped. Default 4096: the longest HDLC frame twice. */
  readonly maxUndecided?: number;
  /** Hears of octets that were no frame, and why. */
  readonly onDropped?: (error: DlmsError) => void;
}

/**
 * Turns octets of any framing into APDUs: feed chunks, take what they complete. It knows no keys and decodes nothing. Memory is bounded by the options.
 * After a silence of the line call `flush`: what is incomplete then is dropped, and a bare APDU on a stream is recognised.
 */
export class PushReceiver {
  readonly #options: PushReceiverOptions;
  #reading: PushReading | undefined;
  #undecided: Uint8Array = new Uint8Array(0);

  constructor(options: PushReceiverOptions = {}) {
    this.#options = options;
    if (options.framing !== undefined && options.datagrams !== true) this.#reading = this.#make(options.framing);
  }

  /** Octets that wait for more. */
  get pending(): number {
    return this.#undecided.length + (this.#reading?.pending ?? 0);
  }

  /** What was found out so far; undefined while nothing is. */
  get framing(): Framing | undefined {
    return this.#reading?.framing;
  }

  /** Takes octets as they come; answers the APDUs that are complete with them. */
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

  /** The line is silent, or has ended. */
  flush(): PushedApdu[] {
    const reading = this.#reading;
    if (reading !== undefined) {
      if (reading.pending === 0) return [];
      const rest = reading.flush();
      // Half a WPDU: whatever comes next begins anew.
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
    // A stream without boundaries any more is found out anew.
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
