import type { Clock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import type { ReceiveOptions } from '../transport.js';
import type { Drops } from './drops.js';

/**
 * Received APDUs, for one reader at a time: the receiving half of an `ApduChannel`, whatever the framing. One timer
 * serves many `receive` calls (it is set again only if it fires too early), because setting one per call would cost
 * noticeably many round trips per second.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #drops: Drops | undefined;
  readonly #queue: Uint8Array[] = [];
  #waiting: Waiting | undefined;
  #failure: DlmsError | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #stopTimer: () => void = () => {};

  /**
   * `timeoutMs` applies if `receive` gives none. A timeout mentions `drops`, because the missing answer may be among
   * them.
   */
  constructor(clock: Clock, timeoutMs: number, drops?: Drops) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#drops = drops;
  }

  /** APDUs that nobody has asked for yet. */
  get length(): number {
    return this.#queue.length;
  }
  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Passes an APDU to the pending `receive`, or keeps it. The caller limits how many are kept. */
  deliver(apdu: Uint8Array): void {
    const waiting = this.#take();
    if (waiting !== undefined) waiting.resolve(apdu);
    else if (this.#failure === undefined) this.#queue.push(apdu);
  }

  /** Ends the inbox: what arrived before can still be received, then every `receive` fails with this error. */
  fail(error: DlmsError): void {
    this.#failure ??= error;
    this.#stopTimer();
    this.#take()?.reject(this.#failure);
  }

  /** See `ApduChannel.receive`. */
  receive(options: ReceiveOptions = {}): Promise<Uint8Array> {
    const { signal, timeoutMs = this.#timeoutMs } = options;
    if (this.#waiting !== undefined)
      return Promise.reject(
        new DlmsError('service/unsupported', { what: 'two receive calls at the same time on one channel' }),
      );
    if (signal?.aborted === true) return Promise.reject(abortedError(signal));
    const first = this.#queue.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const deadline = this.#clock.now() + timeoutMs;
      this.#waiting = { resolve, reject, deadline, timeoutMs };
      if (this.#timerAt > deadline) this.#arm(deadline, timeoutMs);
      if (signal !== undefined) {
        const aborted = () => this.#take()?.reject(abortedError(signal));
        signal.addEventListener('abort', aborted);
        this.#waiting.release = () => signal.removeEventListener('abort', aborted);
      }
    });
  }

  #take(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.release?.();
    return waiting;
  }

  #arm(at: number, ms: number): void {
    this.#stopTimer();
    this.#timerAt = at;
    this.#stopTimer = this.#clock.after(ms, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      if (this.#waiting === undefined) return;
      const { deadline, timeoutMs } = this.#waiting;
      const left = deadline - this.#clock.now();
      if (left > 0) this.#arm(deadline, left);
      else this.#take()?.reject(this.#timeout(timeoutMs));
    });
  }
  #timeout(waitedMs: number): DlmsError {
    return new DlmsError('transport/timeout', { waitedMs, waitingFor: `an APDU${this.#drops?.note ?? ''}` });
  }
}

interface Waiting {
  readonly resolve: (apdu: Uint8Array) => void;
  readonly reject: (error: DlmsError) => void;
  readonly deadline: number;
  readonly timeoutMs: number;
  release?: () => void;
}

const abortedError = (signal: AbortSignal): DlmsError =>
  new DlmsError('transport/aborted', { during: 'receiving' }, { cause: signal.reason });
