import { DlmsError } from '../core/errors.js';
import type { Block } from './block-receiver.js';

/** Octets to be sent, in the order in which they become known. */
export class OctetQueue {
  readonly #parts: Uint8Array[];
  #size: number;
  #ended: boolean;
  /** @param ended nothing is to come behind these */
  constructor(parts: readonly Uint8Array[], ended: boolean) {
    this.#parts = [...parts];
    this.#size = parts.reduce((sum, { length }) => sum + length, 0);
    this.#ended = ended;
  }
  /** Octets at hand. */
  get size(): number {
    return this.#size;
  }
  /** Nothing but what is at hand is to come. */
  get ended(): boolean {
    return this.#ended;
  }
  push(part: Uint8Array): void {
    this.#parts.push(part);
    this.#size += part.length;
  }
  end(): void {
    this.#ended = true;
  }
  /** Takes up to so many of the octets at hand. */
  take(octets: number): Uint8Array {
    const [first] = this.#parts;
    // The usual case: a value in one part, which is cut without being copied.
    if (first !== undefined && first.length > octets) {
      this.#parts[0] = first.subarray(octets);
      this.#size -= octets;
      return first.subarray(0, octets);
    }
    const out = new Uint8Array(Math.min(octets, this.#size));
    let at = 0;
    while (at < out.length) {
      const part = this.#parts[0] as Uint8Array;
      const taken = part.subarray(0, out.length - at);
      out.set(taken, at);
      at += taken.length;
      if (taken.length === part.length) this.#parts.shift();
      else this.#parts[0] = part.subarray(taken.length);
    }
    this.#size -= out.length;
    return out;
  }
}

/** What an acknowledgement says: of a block that was not acknowledged yet, of the same as before (so what follows was lost), or of none that is on its way. */
export type Acknowledged = 'news' | 'again' | 'unknown';

/**
 * Cuts a value into numbered blocks and keeps those that the peer may not have: the one place for all services with blocks and for general block transfer, on both
 * sides. How many are on their way at a time, and when which is sent again, is the user's to say.
 */
export class BlockSender {
  readonly #source: OctetQueue;
  readonly #modulus: number;
  #sent = 0;
  #acknowledged = 0;
  #last: Block | undefined;
  readonly #unacknowledged: Block[] = [];

  /** @param modulus numbers on the wire begin again at 0 there. Default: they never do */
  constructor(source: OctetQueue | Uint8Array, modulus: number = Number.POSITIVE_INFINITY) {
    this.#source = source instanceof Uint8Array ? new OctetQueue([source], true) : source;
    this.#modulus = modulus;
  }
  /** The number of the block that was cut last, from 1; 0 before the first. */
  get sent(): number {
    return this.#sent;
  }
  /** The number of the last block that the peer has. */
  get acknowledged(): number {
    return this.#acknowledged;
  }
  /** There is no further block. */
  get ended(): boolean {
    return this.#last?.lastBlock === true;
  }
  /** The peer has all of them. */
  get finished(): boolean {
    return this.ended && this.#acknowledged === this.#sent;
  }
  /** Blocks that the peer may not have, in order. */
  get unacknowledged(): readonly Block[] {
    return this.#unacknowledged;
  }
  /** The block that was cut last. */
  get last(): Block | undefined {
    return this.#last;
  }

  /**
   * Cuts the next block. Its number is that of the wire.
   * @param size octets that it may have, at least 1
   * @throws DlmsError `service/unsupported` when the peer's PDU size leaves no room at all
   */
  next(size: number): Block {
    if (size < 1) throw new DlmsError('service/unsupported', { what: 'blocks within so small a PDU size of the peer' });
    const source = this.#source;
    const rawData = source.take(size);
    const block = {
      lastBlock: source.ended && source.size === 0,
      blockNumber: ++this.#sent % this.#modulus,
      rawData,
    };
    this.#last = block;
    this.#unacknowledged.push(block);
    return block;
  }
  /** The peer names the last block that it has in order. */
  acknowledge(number: number): Acknowledged {
    const onTheirWay = this.#unacknowledged.findIndex((b) => b.blockNumber === number);
    if (onTheirWay < 0) return number === this.#acknowledged % this.#modulus ? 'again' : 'unknown';
    this.#unacknowledged.splice(0, onTheirWay + 1);
    this.#acknowledged += onTheirWay + 1;
    return 'news';
  }
}
