import { concat, equalBytes } from '../../core/bytes.js';
import type { Clock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import { octetLink } from '../link.js';
import type { OctetLink, Transport } from '../transport.js';

/** The outcome of one question. */
export type Asked<T> =
  | { readonly type: 'answer'; readonly value: T }
  | { readonly type: 'silence' }
  | { readonly type: 'closed' };

/** What arrived during a step without being an answer, over all its connections. */
export class Stray {
  /** Number of octets that arrived. */
  octets = 0;
  /** The first of them. */
  sample: Uint8Array = new Uint8Array(0);
  /** Whether the line echoed what was sent. */
  echo = false;
  keep(chunk: Uint8Array): void {
    this.octets += chunk.length;
    if (this.sample.length < 1024) this.sample = concat(this.sample, chunk).slice(0, 1024);
  }
}

/** A line for asking questions one at a time, which remembers what arrived without being an answer. */
export class DoctorLine {
  readonly #link: OctetLink;
  readonly #clock: Clock;
  readonly #close: () => Promise<void>;
  #sink: ((chunk: Uint8Array) => void) | undefined;
  #ended: () => void = () => {};
  readonly stray: Stray;
  closed = false;

  /** `close` closes more than the transport (the port below it). */
  constructor(transport: Transport, clock: Clock, stray: Stray, close?: () => Promise<void>) {
    this.#clock = clock;
    this.stray = stray;
    this.#link = octetLink(transport);
    this.#close = close ?? (async () => void (await this.#link.close()));
    this.#link.start({
      octets: (chunk) => (this.#sink === undefined ? this.stray.keep(chunk) : this.#sink(chunk)),
      ended: () => {
        this.closed = true;
        this.#ended();
      },
    });
  }

  /**
   * Sends octets and passes each chunk that follows to `take`, until it finds an answer, time runs out, or the line is
   * closed.
   * @throws DlmsError `transport/aborted`
   */
  ask<T>(
    octets: Uint8Array,
    take: (chunk: Uint8Array) => T | undefined,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<Asked<T>> {
    if (signal?.aborted === true) return Promise.reject(aborted(signal));
    if (this.closed) return Promise.resolve({ type: 'closed' });
    return new Promise((resolve, reject) => {
      let got: Uint8Array = new Uint8Array(0);
      const finish = (settle: () => void, answered: boolean): void => {
        stop();
        signal?.removeEventListener('abort', abort);
        this.#sink = undefined;
        this.#ended = () => {};
        const echoed = got.length >= octets.length && equalBytes(got.subarray(0, octets.length), octets);
        if (echoed) this.stray.echo = true;
        if (!answered) this.stray.keep(echoed ? got.subarray(octets.length) : got);
        settle();
      };
      const abort = (): void => finish(() => reject(aborted(signal as AbortSignal)), false);
      const stop = this.#clock.after(waitMs, () => finish(() => resolve({ type: 'silence' }), false));
      signal?.addEventListener('abort', abort);
      this.#ended = () => finish(() => resolve({ type: 'closed' }), false);
      this.#sink = (chunk) => {
        if (got.length < 4096) got = concat(got, chunk);
        const value = take(chunk);
        if (value !== undefined) finish(() => resolve({ type: 'answer', value }), true);
      };
      // Not awaited: a peer that does not read counts as silent.
      void this.#link.write(octets);
    });
  }
  /** Waits; what arrives meanwhile is kept. @throws DlmsError `transport/aborted` */
  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    await this.ask(new Uint8Array(0), () => undefined, ms, signal);
  }
  async close(): Promise<void> {
    this.closed = true;
    await this.#close();
  }
}

export const aborted = (signal: AbortSignal): DlmsError =>
  new DlmsError('transport/aborted', { during: 'looking for the meter' }, { cause: signal.reason });
