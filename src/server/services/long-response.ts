import type { Protection } from '../../security/policy.js';
import type { Block } from '../../session/block-receiver.js';
import { BlockSender } from '../../session/block-sender.js';
import { type Caller, continues } from '../caller.js';
import type { Exchange } from '../exchange.js';
import type { BlockOctets } from './block-source.js';

/** A response that is sent in blocks: every block is asked for, and protected, as the first one was. */
export class LongResponse {
  readonly #caller: Caller;
  readonly #protection: Protection;
  readonly #source: BlockOctets;
  readonly #sender: BlockSender;

  /** @param modulus of the numbers on the wire */
  constructor(exchange: Exchange, source: BlockOctets, modulus: number) {
    this.#caller = exchange.caller;
    this.#protection = exchange.response;
    this.#source = source;
    this.#sender = new BlockSender(source.queue, modulus);
    source.inBlocks();
  }
  /** @param size octets of a block that the client takes, at least one */
  async next(size: number, exchange: Exchange): Promise<Block> {
    await this.#source.fill(size, exchange);
    return this.#sender.next(size);
  }
  /**
   * The client names the last block that it got: the next one goes out, or, when its response was lost, the same again.
   * @returns a result where nobody else may go on, and where the number is another one: the transfer has ended then
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
