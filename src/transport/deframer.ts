import type { DlmsError } from '../core/errors.js';

/** Some octets of a frame and what they are for. */
export interface FramePart {
  readonly role: 'flag' | 'header' | 'address' | 'payload' | 'checksum';
  /** The field in the words of its standard: `destination`, `hcs`, `stsap`. */
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
  /** The frame that these octets are. With an `error` it is damaged: only to be looked at. */
  readonly frame?: F;
  /** The parts of the frame in order, without gaps; what stands between frames by right (flags, acknowledgements) is a part too. */
  readonly parts: readonly FramePart[];
  /** Why the octets were skipped. */
  readonly error?: DlmsError;
}
/** Octets that were skipped, and why. */
export type SkippedSpan<F> = FrameSpan<F> & { readonly error: DlmsError };

/** What a deframer tells beside its frames. */
export interface DeframerOptions<F> {
  /** Hears of the octets that were skipped. A run that goes on is told again with the next chunk. */
  readonly onSkipped?: (skipped: SkippedSpan<F>) => void;
  /**
   * Hears of every octet: frames, skipped octets and what stands between frames, in order and without gaps, up to what is pending.
   * For tools that show octets; deframing without it is faster.
   */
  readonly onSpan?: (span: FrameSpan<F>) => void;
}

/** Finds the frames in a stream that is cut anywhere. No octets make it throw, and what it holds is bounded by its longest frame. */
export interface Deframer<F> {
  /**
   * Takes octets, gives the frames that they complete. A frame holds views into the chunk or into a buffer that nothing else uses:
   * the chunk must not be written into while its frames are in use.
   */
  push(chunk: Uint8Array): F[];
  /** Nothing more comes (silence on the line, the end): gives up the frame that has begun, and gives the complete frames that lie in its octets. Nothing is pending afterwards. */
  flush(): F[];
  /** Octets of a frame that has begun and is not complete. */
  readonly pending: number;
  /** Why the stream has no more frames: set by framings that cannot find the next beginning behind an error (the wrapper). {@link flush} begins anew. */
  readonly failure?: DlmsError | undefined;
}

/** Puts together what comes in several frames, for several senders at a time. */
export interface Assembler<F, M> {
  /** Takes a frame, gives the message that it completes. */
  push(frame: F): M | undefined;
  /** Octets of messages that are not complete. */
  readonly pending: number;
  /** Forgets the messages that are not complete. */
  reset(): void;
}
