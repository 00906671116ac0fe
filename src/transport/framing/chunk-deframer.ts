import { type DlmsError, isDlmsError } from '../../core/errors.js';
import type { Deframer, DeframerOptions, FramePart } from '../deframer.js';
import { SpanTeller } from '../span-teller.js';

/** For media on which each chunk is one frame: how to read it, and what its parts are. */
export interface ChunkRule<F> {
  /** @throws DlmsError when the octets are not a frame */
  read(chunk: Uint8Array): F;
  /** `offset` is where the frame begins in the stream, `length` is that of the whole frame. */
  parts(offset: number, length: number, frame: F): readonly FramePart[];
}

/**
 * A deframer for media that keep boundaries themselves (datagrams, a modem's data service): each chunk is one frame,
 * and nothing is ever pending.
 */
export function chunkDeframer<F>(rule: ChunkRule<F>, options: DeframerOptions<F> = {}): Deframer<F> {
  const spans = new SpanTeller(options);
  let offset = 0;
  return {
    pending: 0,
    push(chunk) {
      const at = offset;
      const { length } = chunk;
      offset += length;
      try {
        const frame = rule.read(chunk);
        if (spans.all) spans.tell({ offset: at, length, frame, parts: rule.parts(at, length, frame) });
        return [frame];
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        spans.tell({ offset: at, length, parts: [], error: e as DlmsError });
        return [];
      }
    },
    flush: () => [],
  };
}
