import { type Clock, systemClock, within } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import { closedError, octetLink } from '../link.js';
import type { OctetLink, Transport } from '../transport.js';
import { type HdlcDeframer, type HdlcDeframerCounters, hdlcDeframer } from './deframer.js';
import { encodeHdlcFrames, type HdlcFrame } from './frame.js';
import { linkError } from './link-error.js';

/** What both roles need to know about the line. */
export interface HdlcLineOptions {
  readonly clock?: Clock;
  /** The line gives back what is sent. Default false. */
  readonly echo?: boolean;
  /**
   * How long the next octet of a frame may take, in milliseconds. The standard's 25 ms do not survive the buffers of operating systems and networks; as frames end by their length,
   * the time only decides when half a frame is given up. Default 500; it should be shorter than the response time-out.
   */
  readonly interOctetTimeoutMs?: number;
  /** How long a frame may take from its first octet to its last before it is given up, in milliseconds. Default 120 000: a frame of 2030 octets takes 68 s at 300 baud. */
  readonly frameMs?: number;
  /** Ends the transport when no good frame came for so long, in milliseconds: for connections, which must not be held by octets that never become a frame. Default: never. */
  readonly silenceMs?: number;
  /** Told of everything that was passed over: damaged frames, frames that do not fit, failed handlers; and of accepted deviations (a `Quirk` with its name). */
  readonly onDiagnostic?: (error: unknown) => void;
}

/** Octets that may wait for a peer that does not read; frames beyond are dropped, which a link survives. */
const maxUnwritten = 0x4_0000;

/** A transport with frames on it: hands over what arrives, writes without waiting. One timer for whoever uses it. */
export class Line {
  readonly clock: Clock;
  readonly #deframer: HdlcDeframer;
  readonly #link: OctetLink;
  readonly #options: HdlcLineOptions;
  readonly #onFrame: (frame: HdlcFrame) => void;
  readonly #onClosed: (error: DlmsError) => void;
  #unwritten = 0;
  #cancelQuiet: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #cancelSilence: (() => void) | undefined;
  #begun: number | undefined;
  #lastFrame: number;
  #timerAt = Number.POSITIVE_INFINITY;
  closed = false;

  constructor(
    transport: Transport,
    options: HdlcLineOptions,
    onFrame: (frame: HdlcFrame) => void,
    onClosed: (error: DlmsError) => void,
  ) {
    this.clock = options.clock ?? systemClock;
    this.#options = options;
    this.#onFrame = onFrame;
    this.#onClosed = onClosed;
    this.#deframer = hdlcDeframer({
      echo: options.echo === true,
      onSkipped: ({ error }) => options.onDiagnostic?.(error),
    });
    this.#lastFrame = this.clock.now();
    this.#link = octetLink(transport);
    this.#link.start({
      octets: (chunk) => this.#octets(chunk),
      ended: (error) => {
        if (this.closed) return;
        this.#stop();
        this.#onClosed(closedError(error, 'HDLC'));
      },
    });
    if (options.silenceMs !== undefined) this.#watch(options.silenceMs, options.silenceMs);
  }
  get counters(): HdlcDeframerCounters {
    return this.#deframer.counters;
  }
  diagnose(error: unknown): void {
    this.#options.onDiagnostic?.(error);
  }

  write(frames: readonly HdlcFrame[]): void {
    if (this.closed || frames.length === 0) return;
    if (this.#unwritten > maxUnwritten) {
      this.diagnose(linkError('remote', 'writing', `the peer does not read; ${frames.length} frame(s) dropped`));
      return;
    }
    const octets = encodeHdlcFrames(frames);
    this.#deframer.sent(octets);
    const room = this.#link.write(octets);
    if (room === undefined) return;
    this.#unwritten += octets.length;
    room.then(() => {
      this.#unwritten -= octets.length;
    });
  }

  /** Calls back at `at` (time of the clock), instead of what was asked before; Infinity: not at all. */
  wake(at: number, callback: () => void): void {
    if (at === this.#timerAt || this.closed) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer =
      at === Number.POSITIVE_INFINITY
        ? undefined
        : this.clock.after(Math.max(0, at - this.clock.now()), () => {
            this.#timerAt = Number.POSITIVE_INFINITY;
            callback();
          });
  }

  /** Lets go of the transport. What was written is still sent, unless the peer does not take it within a second. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.#stop();
    const closing = this.#link.close();
    if (closing !== undefined)
      await within(this.clock, 1000, 'the peer to take the last octets', closing).catch(() => this.#link.abort());
  }

  #octets(chunk: Uint8Array): void {
    const frames = this.#deframer.push(chunk);
    if (frames.length > 0) this.#lastFrame = this.clock.now();
    for (const frame of frames) {
      if (this.closed) return;
      this.#onFrame(frame);
    }
    // A frame that has begun and is not complete is given up when nothing more comes.
    this.#cancelQuiet?.();
    this.#cancelQuiet = undefined;
    if (this.#deframer.pending === 0 || this.closed) {
      this.#begun = undefined;
      return;
    }
    const now = this.clock.now();
    if (this.#begun === undefined || frames.length > 0) this.#begun = now;
    const left = this.#begun + (this.#options.frameMs ?? 120_000) - now;
    if (left <= 0) return this.#abandon();
    this.#cancelQuiet = this.clock.after(Math.min(this.#options.interOctetTimeoutMs ?? 500, left), () =>
      this.#abandon(),
    );
  }
  #abandon(): void {
    this.#begun = undefined;
    for (const frame of this.#deframer.flush()) this.#onFrame(frame);
  }
  #watch(silenceMs: number, ms: number): void {
    this.#cancelSilence = this.clock.after(ms, () => {
      const left = this.#lastFrame + silenceMs - this.clock.now();
      if (left > 0) return this.#watch(silenceMs, left);
      this.#stop();
      this.#link.abort();
      this.#onClosed(
        new DlmsError('transport/timeout', { waitedMs: silenceMs, waitingFor: 'any frame (inactivity time-out)' }),
      );
    });
  }
  #stop(): void {
    this.closed = true;
    this.#cancelQuiet?.();
    this.#cancelTimer?.();
    this.#cancelSilence?.();
  }
}
