import type { Protection } from '../../security/policy.js';
import type { Block } from '../../session/block-receiver.js';
import { BlockSender } from '../../session/block-sender.js';
import { type Caller, continues } from '../caller.js';
import type { Exchange } from '../exchange.js';
import type { BlockOctets } from './block-source.js';

/** A response sent in blocks: each must be requested by the same caller, and is protected, like the first one. */
export class LongResponse {
  readonly #caller: Caller;
  readonly #protection: Protection;
  readonly #source: BlockOctets;
  readonly #sender: BlockSender;

  /** @param modulus of the block numbers on the wire */
  constructor(exchange: Exchange, source: BlockOctets, modulus: number) {
    this.#caller = exchange.caller;
    this.#protection = exchange.response;
    this.#source = source;
    this.#sender = new BlockSender(source.queue, modulus);
    source.inBlocks();
  }
  /** The next block. @param size octets of a block that the client accepts, at least 1 */
  async next(size: number, exchange: Exchange): Promise<Block> {
    await this.#source.fill(size, exchange);
    return this.#sender.next(size);
  }
  /**
   * The block to send after the client has named the last one it got: the next block or, if that response was lost, the
   * same again.
   * @returns an error result for another caller or a wrong number; the transfer has then ended
   */
  async after(
    number: number,
    size: number,
    exchange: Exchange,
  ): Promise<Block | 'read-write-denied' | 'data-block-number-invalid'> {
    if (!continues(this.#caller, exchange.caller) || !exchange.require(this.#protection)) return 'read-write-denied';
    const sender = this.#sender;
    const acknowledged = sender.acknowledge(number);
    if (acknowledged === 'news' && !sender.ended) return this.next(size, exchange);
    const again = acknowledged === 'again' && sender.acknowledged > 0 ? sender.last : undefined;
    return again ?? 'data-block-number-invalid';
  }
}
