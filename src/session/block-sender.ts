import { DlmsError } from '../core/errors.js';
import type { Block } from './block-receiver.js';

/** Octets to be sent, queued as they become known. */
export class OctetQueue {
  readonly #parts: Uint8Array[];
  #size: number;
  #ended: boolean;
  /** @param ended whether these parts are all there will be */
  constructor(parts: readonly Uint8Array[], ended: boolean) {
    this.#parts = [...parts];
    this.#size = parts.reduce((sum, { length }) => sum + length, 0);
    this.#ended = ended;
  }
  /** Octets in the queue. */
  get size(): number {
    return this.#size;
  }
  /** Whether nothing will follow what is in the queue. */
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
  /** Takes up to this many octets from the queue. */
  take(octets: number): Uint8Array {
    const [first] = this.#parts;
    // The usual case: a value in one part, which is split without copying.
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

/**
 * What an acknowledgement names: a block not yet acknowledged, the same as before (so what followed it was lost), or no
 * block that was sent.
 */
export type Acknowledged = 'news' | 'again' | 'unknown';

/**
 * Splits a value into numbered blocks, and keeps those that the peer may not have yet: used by all services with blocks
 * and by general block transfer, on both sides. How many blocks are in flight, and which are sent again when, is up to
 * the caller.
 */
export class BlockSender {
  readonly #source: OctetQueue;
  readonly #modulus: number;
  #sent = 0;
  #acknowledged = 0;
  #last: Block | undefined;
  readonly #unacknowledged: Block[] = [];

  /** @param modulus block numbers on the wire wrap around to 0 at this value. Default: they never do */
  constructor(source: OctetQueue | Uint8Array, modulus: number = Number.POSITIVE_INFINITY) {
    this.#source = source instanceof Uint8Array ? new OctetQueue([source], true) : source;
    this.#modulus = modulus;
  }
  /** The number of the block made last, from 1; 0 before the first. */
  get sent(): number {
    return this.#sent;
  }
  /** The number of the last block that the peer has. */
  get acknowledged(): number {
    return this.#acknowledged;
  }
  /** Whether there are no more blocks to make. */
  get ended(): boolean {
    return this.#last?.lastBlock === true;
  }
  /** Whether the peer has all blocks. */
  get finished(): boolean {
    return this.ended && this.#acknowledged === this.#sent;
  }
  /** The blocks that the peer may not have yet, in order. */
  get unacknowledged(): readonly Block[] {
    return this.#unacknowledged;
  }
  /** The block made last. */
  get last(): Block | undefined {
    return this.#last;
  }

  /**
   * Makes the next block, with its number on the wire.
   * @param size maximum size of the block in octets, at least 1
   * @throws DlmsError `service/unsupported` when the PDU size of the peer leaves no room for a block
   */
  next(size: number): Block {
    if (size < 1)
      throw new DlmsError('service/unsupported', { what: 'block transfer within so small a PDU size of the peer' });
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
  /** Takes an acknowledgement, which names the last block that the peer has received in order. */
  acknowledge(number: number): Acknowledged {
    const onTheirWay = this.#unacknowledged.findIndex((b) => b.blockNumber === number);
    if (onTheirWay < 0) return number === this.#acknowledged % this.#modulus ? 'again' : 'unknown';
    this.#unacknowledged.splice(0, onTheirWay + 1);
    this.#acknowledged += onTheirWay + 1;
    return 'news';
  }
}
