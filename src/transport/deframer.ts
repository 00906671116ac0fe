import type { DlmsError } from '../core/errors.js';

/** A part of a frame, and its meaning. */
export interface FramePart {
  readonly role: 'flag' | 'header' | 'address' | 'payload' | 'checksum';
  /** The name of the field in its standard: `destination`, `hcs`, `stsap`. */
  readonly name: string;
  /** Counted from the first octet ever pushed. */
  readonly offset: number;
  readonly length: number;
}

/** What a deframer made of a run of octets. */
export interface FrameSpan<F> {
  /** Counted from the first octet ever pushed. */
  readonly offset: number;
  readonly length: number;
  /** The frame in these octets. If there is an `error`, it is damaged, and only for display. */
  readonly frame?: F;
  /**
   * The parts of the frame in order, without gaps; whatever is allowed between frames (flags, acknowledgements) is a
   * part too.
   */
  readonly parts: readonly FramePart[];
  /** Why the octets were skipped. */
  readonly error?: DlmsError;
}
/** Octets that were skipped, and why. */
export type SkippedSpan<F> = FrameSpan<F> & { readonly error: DlmsError };

/** What a deframer reports besides its frames. */
export interface DeframerOptions<F> {
  /** Called with the octets that were skipped. A run that continues is reported again with the next chunk. */
  readonly onSkipped?: (skipped: SkippedSpan<F>) => void;
  /**
   * Called with every octet: frames, skipped octets and what is between frames, in order and without gaps, up to what
   * is pending. For tools that show octets; deframing is faster without it.
   */
  readonly onSpan?: (span: FrameSpan<F>) => void;
}

/**
 * Finds the frames in a stream, wherever it is split into chunks. No input makes it throw, and it never holds more than
 * its longest frame.
 */
export interface Deframer<F> {
  /**
   * Takes octets and returns the frames that they complete. A frame has views into the chunk, or into a buffer of its
   * own: do not modify the chunk while its frames are in use.
   */
  push(chunk: Uint8Array): F[];
  /**
   * Call this when nothing more comes (silence on the line, or the end): gives up the incomplete frame, and returns the
   * complete frames found in its octets. Nothing is pending afterwards.
   */
  flush(): F[];
  /** Octets of an incomplete frame. */
  readonly pending: number;
  /**
   * Why no more frames can be found: set by framings that cannot find the next frame after an error (the wrapper).
   * {@link Deframer.flush} starts anew.
   */
  readonly failure?: DlmsError | undefined;
}

/** Assembles messages that come in several frames, for several senders at a time. */
export interface Assembler<F, M> {
  /** Takes a frame, and returns the message that it completes. */
  push(frame: F): M | undefined;
  /** Octets of incomplete messages. */
  readonly pending: number;
  /** Drops the incomplete messages. */
  reset(): void;
}
