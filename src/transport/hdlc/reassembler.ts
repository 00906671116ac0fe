import { equalBytes } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import { addressKey, type HdlcAddress } from './address.js';
import type { HdlcFrame } from './frame.js';
import { linkError } from './link-error.js';
import { type HdlcSegments, joinSegment, noSegments } from './segments.js';

/** Information that is whole: that of one frame, or of a segmented row of frames. */
export interface HdlcMessage {
  readonly destination: HdlcAddress;
  readonly source: HdlcAddress;
  /** LLC header in front, if the sender wrote one. */
  readonly information: Uint8Array;
  /** Frames that it came in. */
  readonly frames: number;
}

/** Options of {@link hdlcReassembler}. */
export interface HdlcReassemblerOptions {
  /** Octets of one message. Default 65 536. */
  readonly maxOctets?: number;
  /** Messages that can be under way at the same time (one per address pair); the oldest is dropped for another. Default 16. */
  readonly maxPairs?: number;
  /** Hears of segments that came to nothing. */
  readonly onDropped?: (error: DlmsError) => void;
}

/** Joins the segments of what is heard on a line without being part of the link: UI pushes, and I frames of pushes and of other people's sessions. */
export interface HdlcReassembler {
  /**
   * The message that this frame completes. Frames that carry no information (S and most U frames) give undefined.
   * A repeated I segment is dropped, the last one of a message too; a gap in N(S) drops the message begun.
   * @throws DlmsError `decode/too-large`, or `protocol/link` for a segment without information; the message is forgotten, the next one can come.
   */
  push(frame: HdlcFrame): HdlcMessage | undefined;
  /** Octets of messages that are not complete. */
  readonly pending: number;
  /** Forgets what is incomplete. */
  reset(): void;
}

/** Puts the segments of messages outside of links (pushes in UI frames) together. */
export function hdlcReassembler(options: HdlcReassemblerOptions = {}): HdlcReassembler {
  return new Reassembler(options.maxOctets ?? 65_536, options.maxPairs ?? 16, options.onDropped);
}

interface Partial {
  readonly segments: HdlcSegments;
  /** N(S) of the last segment; undefined for UI. */
  readonly ns: number | undefined;
}

/** The last segment of a message that is whole: no message by itself when it comes again. */
interface Ending {
  readonly ns: number;
  readonly information: Uint8Array;
}

class Reassembler implements HdlcReassembler {
  readonly #maxOctets: number;
  readonly #maxPairs: number;
  readonly #partials = new Map<string, Partial>();
  /** By address pair, of at most as many pairs as have messages under way. */
  readonly #endings = new Map<string, Ending>();
  readonly #onDropped: HdlcReassemblerOptions['onDropped'];
  constructor(maxOctets: number, maxPairs: number, onDropped: HdlcReassemblerOptions['onDropped']) {
    this.#onDropped = onDropped;
    this.#maxOctets = maxOctets;
    this.#maxPairs = maxPairs;
  }
  get pending(): number {
    let n = 0;
    for (const p of this.#partials.values()) n += p.segments.octets;
    return n;
  }
  reset(): void {
    this.#partials.clear();
    this.#endings.clear();
  }
  push(frame: HdlcFrame): HdlcMessage | undefined {
    const { control, destination, source } = frame;
    if (control.type !== 'UI' && control.type !== 'I') return undefined;
    const key = `${addressKey(destination)} ${addressKey(source)}`;
    const ns = control.type === 'I' ? control.ns : undefined;
    const ending = this.#endings.get(key);
    if (ending !== undefined) {
      if (ending.ns === ns && equalBytes(ending.information, frame.information)) return undefined;
      this.#endings.delete(key);
    }
    let partial = this.#partials.get(key);
    if (partial !== undefined && partial.ns !== ns) {
      const next = partial.ns === undefined || ns === undefined ? undefined : (partial.ns + 1) & 7;
      if (next !== ns || next === undefined) {
        this.#drop(key, partial, 'a gap in N(S)');
        partial = undefined;
      }
    } else if (partial !== undefined && ns !== undefined) {
      return undefined;
    }
    const before = partial?.segments ?? noSegments;
    const joined = joinSegment(before, frame, this.#maxOctets);
    if (joined instanceof DlmsError) {
      this.#partials.delete(key);
      throw joined;
    }
    if (joined instanceof Uint8Array) {
      this.#partials.delete(key);
      if (ns !== undefined && before.count > 0) this.#remember(key, { ns, information: frame.information.slice() });
      return { destination, source, information: joined, frames: before.count + 1 };
    }
    if (partial === undefined) this.#makeRoom();
    this.#partials.set(key, { segments: joined, ns });
    return undefined;
  }
  #remember(key: string, ending: Ending): void {
    for (const oldest of this.#endings.keys()) {
      if (this.#endings.size < this.#maxPairs) break;
      this.#endings.delete(oldest);
    }
    this.#endings.set(key, ending);
  }
  #makeRoom(): void {
    for (const [oldest, other] of this.#partials) {
      if (this.#partials.size < this.#maxPairs) break;
      this.#drop(oldest, other, 'too many senders at a time');
    }
  }
  #drop(key: string, partial: Partial, why: string): void {
    this.#partials.delete(key);
    this.#onDropped?.(
      linkError(
        'remote',
        'joining segments',
        `${why}: ${partial.segments.octets} octets without their rest are dropped`,
      ),
    );
  }
}
