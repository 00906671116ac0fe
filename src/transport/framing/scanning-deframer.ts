import { append } from '../../core/append.js';
import type { DlmsError } from '../../core/errors.js';
import type { Deframer, DeframerOptions, FramePart } from '../deframer.js';
import { SpanTeller } from '../span-teller.js';

/** How to tell frames of one kind from other octets. */
export interface FrameRule<F> {
  /** Called before octets are examined, so that the rule can compute something once for all of them. */
  prepare?(octets: Uint8Array): void;
  /** Where the next frame may begin, from `from` on; -1 for nowhere. */
  beginning(octets: Uint8Array, from: number): number;
  /**
   * Length of the frame that begins at `at`; 0 if none does; undefined if that depends on further octets. The `seen`
   * octets after `at` were examined before, without a decision.
   */
  lengthAt(octets: Uint8Array, at: number, seen: number): number | undefined;
  read(octets: Uint8Array, at: number, length: number): F;
  /**
   * What is wrong with a frame whose length is certain. It is skipped as a whole, so that nothing in its data is
   * mistaken for a frame.
   */
  damage?(octets: Uint8Array, at: number, length: number, offset: number): (() => DlmsError) | undefined;
  /** `offset` is the place of the frame in the stream. */
  parts(octets: Uint8Array, at: number, length: number, offset: number): readonly FramePart[];
  /** Why what seems to begin at `at` is not a frame; undefined if it does not look like one. */
  fault(octets: Uint8Array, at: number, offset: number): (() => DlmsError) | undefined;
  /** An octet that is allowed between frames. */
  readonly between?: { readonly octet: number; readonly name: string };
}

/**
 * A deframer for frames that are recognised by their own octets: it goes from one possible start to the next, and holds
 * at most one incomplete frame.
 */
export class ScanningDeframer<F> implements Deframer<F> {
  readonly #rule: FrameRule<F>;
  readonly #spans: SpanTeller<F>;
  #held: Uint8Array = none;
  /** Number of octets before those held. */
  #offset = 0;

  constructor(rule: FrameRule<F>, options: DeframerOptions<F>) {
    this.#rule = rule;
    this.#spans = new SpanTeller(options);
  }

  get pending(): number {
    return this.#held.length;
  }
  push(chunk: Uint8Array): F[] {
    return this.#scan(chunk, false);
  }
  flush(): F[] {
    return this.#scan(none, true);
  }

  #scan(chunk: Uint8Array, last: boolean): F[] {
    const seen = this.#held.length;
    const octets = seen === 0 ? chunk : append(this.#held, chunk);
    const rule = this.#rule;
    rule.prepare?.(octets);
    const frames: F[] = [];
    let at = 0;
    for (;;) {
      const from = at;
      at = rule.beginning(octets, from);
      if (at < 0) at = octets.length;
      this.#passOver(octets, from, at);
      if (at === octets.length) break;
      let length = rule.lengthAt(octets, at, at === 0 ? seen : 0);
      if (length === undefined && last) length = 0;
      if (length === undefined) break;
      if (length === 0) this.#refuse(octets, at++);
      else {
        this.#take(octets, at, length, frames);
        at += length;
      }
    }
    this.#spans.endRun();
    this.#offset += at;
    // Copied if it is part of the chunk: the rest must not keep a large chunk alive, nor change with it.
    this.#held = at === octets.length ? none : at === 0 && seen > 0 ? octets : octets.slice(at);
    return frames;
  }

  #take(octets: Uint8Array, at: number, length: number, frames: F[]): void {
    const rule = this.#rule;
    const spans = this.#spans;
    const offset = this.#offset + at;
    const damage = rule.damage?.(octets, at, length, offset);
    const frame = rule.read(octets, at, length);
    if (damage === undefined) frames.push(frame);
    if (damage === undefined ? !spans.all : !spans.listening) return;
    const parts = rule.parts(octets, at, length, offset);
    spans.tell({ offset, length, frame, parts, ...(damage === undefined ? {} : { error: damage() }) });
  }
  #refuse(octets: Uint8Array, at: number): void {
    const fault = this.#rule.fault(octets, at, this.#offset + at);
    // What looks like a frame starts a run of its own.
    if (fault !== undefined) this.#spans.endRun();
    this.#spans.skip(this.#offset + at, 1, fault);
  }
  #passOver(octets: Uint8Array, from: number, to: number): void {
    const { between } = this.#rule;
    let start = from;
    for (let i = from; between !== undefined && i < to; i++) {
      if (octets[i] !== between.octet) continue;
      this.#spans.skip(this.#offset + start, i - start);
      start = i;
      while (i < to && octets[i] === between.octet) i++;
      const part = { role: 'flag', name: between.name, offset: this.#offset + start, length: i - start } as const;
      if (this.#spans.all) this.#spans.tell({ offset: part.offset, length: part.length, parts: [part] });
      start = i;
    }
    this.#spans.skip(this.#offset + start, to - start);
  }
}

const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
