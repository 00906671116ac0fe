import type { Clock } from '../core/clock.js';
import { DlmsError } from '../core/errors.js';
import type { ReceiveOptions } from './transport.js';

/** APDUs that arrived, for one reader at a time: the receiving half of an `ApduChannel`, whatever the frames below are. */
export class Inbox {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #queue: Uint8Array[] = [];
  #waiting: { readonly resolve: (apdu: Uint8Array) => void; readonly reject: (error: unknown) => void; readonly release: () => void } | undefined;
  #failure: DlmsError | undefined;

  /** `timeoutMs` applies where `receive` names none. */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** APDUs nobody has asked for yet. */
  get length(): number {
    return this.#queue.length;
  }
  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Hands an APDU to the pending `receive`, or keeps it. The caller bounds how many are kept. */
  deliver(apdu: Uint8Array): void {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      if (this.#failure === undefined) this.#queue.push(apdu);
      return;
    }
    this.#waiting = undefined;
    waiting.release();
    waiting.resolve(apdu);
  }

  /** Ends it: what arrived before can still be received, then every `receive` fails with this error. */
  fail(error: DlmsError): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    waiting.release();
    waiting.reject(this.#failure);
  }

  /** See `ApduChannel.receive`. */
  receive(options: ReceiveOptions = {}): Promise<Uint8Array> {
    const { signal, timeoutMs = this.#timeoutMs } = options;
    if (this.#waiting !== undefined) return Promise.reject(new DlmsError('service/unsupported', { what: 'two receive calls at the same time on one channel' }));
    if (signal?.aborted === true) return Promise.reject(new DlmsError('transport/aborted', { during: 'receiving' }, { cause: signal.reason }));
    const first = this.#queue.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const give = (error: DlmsError) => {
        this.#waiting = undefined;
        release();
        reject(error);
      };
      const aborted = () => give(new DlmsError('transport/aborted', { during: 'receiving' }, { cause: signal?.reason }));
      const stop = this.#clock.after(timeoutMs, () => give(new DlmsError('transport/timeout', { waitedMs: timeoutMs, waitingFor: 'an APDU' })));
      const release = () => {
        stop();
        signal?.removeEventListener('abort', aborted);
      };
      signal?.addEventListener('abort', aborted);
      this.#waiting = { resolve, reject, release };
    });
  }
}

/** Waits for a write at most so long: `transport/timeout` when the peer never reads. */
export function within(clock: Clock, ms: number, waitingFor: string, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(ms, () => reject(new DlmsError('transport/timeout', { waitedMs: ms, waitingFor })));
    work.then(
      () => {
        stop();
        resolve();
      },
      (error) => {
        stop();
        reject(error);
      },
    );
  });
}
