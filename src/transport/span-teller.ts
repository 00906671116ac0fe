import { DlmsError } from '../core/errors.js';
import type { DeframerOptions, FrameSpan, SkippedSpan } from './deframer.js';

/** Tells the listeners of a deframer what became of the octets. Adjacent skipped octets are reported together. */
export class SpanTeller<F> {
  /** Whether somebody listens to every span, not only to the skipped ones. */
  readonly all: boolean;
  /** Whether anybody listens. */
  readonly listening: boolean;
  readonly #onSpan: DeframerOptions<F>['onSpan'];
  readonly #onSkipped: DeframerOptions<F>['onSkipped'];
  #offset = 0;
  #length = 0;
  #error: (() => DlmsError) | undefined;

  constructor({ onSpan, onSkipped }: DeframerOptions<F>) {
    this.all = onSpan !== undefined;
    this.listening = this.all || onSkipped !== undefined;
    this.#onSpan = onSpan;
    this.#onSkipped = onSkipped;
  }

  /** Reports a frame, or octets that are allowed between frames. */
  tell(span: FrameSpan<F>): void {
    this.endRun();
    this.#onSpan?.(span);
    if (span.error !== undefined) this.#onSkipped?.(span as SkippedSpan<F>);
  }
  /**
   * Reports octets without a frame. The error is only made if somebody listens, because with very many false starts the
   * errors would cost the most.
   */
  skip(offset: number, length: number, error?: () => DlmsError): void {
    if (length === 0) return;
    if (offset !== this.#offset + this.#length) this.endRun();
    if (this.#length === 0) this.#offset = offset;
    this.#length += length;
    this.#error ??= error;
  }
  /** Ends the run of skipped octets, because it is over or its chunk is. */
  endRun(): void {
    const length = this.#length;
    if (length === 0) return;
    const offset = this.#offset;
    const why = this.#error;
    this.#length = 0;
    this.#error = undefined;
    if (!this.listening) return;
    const reason = length === 1 ? '1 octet belongs to no frame' : `${length} octets belong to no frame`;
    const error = why?.() ?? new DlmsError('decode/framing', { offset, reason });
    this.tell({ offset, length, parts: [], error });
  }
}
