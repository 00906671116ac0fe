import { DlmsError } from '../core/errors.js';
import type { DeframerOptions, FrameSpan, SkippedSpan } from './deframer.js';

/** Tells the listeners of a deframer what became of the octets. Skipped octets that follow each other are told together. */
export class SpanTeller<F> {
  /** Somebody listens to every span, not only to the skipped ones. */
  readonly all: boolean;
  /** Somebody listens. */
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

  /** A frame, or what stands between frames by right. */
  tell(span: FrameSpan<F>): void {
    this.endRun();
    this.#onSpan?.(span);
    if (span.error !== undefined) this.#onSkipped?.(span as SkippedSpan<F>);
  }
  /** Octets without a frame. The error is made only when somebody hears it: in a storm of false beginnings errors would cost the most. */
  skip(offset: number, length: number, error?: () => DlmsError): void {
    if (length === 0) return;
    if (offset !== this.#offset + this.#length) this.endRun();
    if (this.#length === 0) this.#offset = offset;
    this.#length += length;
    this.#error ??= error;
  }
  /** The run of skipped octets ends here, or the chunk that it was in. */
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
