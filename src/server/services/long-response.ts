import type { Protection } from '../../security/policy.js';
import { type Caller, continues } from '../caller.js';
import type { Exchange } from '../exchange.js';
import type { BlockSource } from './block-source.js';

/** A response that is sent in blocks: every block is asked for, and protected, as the first one was. */
export class LongResponse {
  readonly #caller: Caller;
  readonly #protection: Protection;
  readonly #source: BlockSource;
  /** Number of the block that was sent last, from 1. */
  block = 0;
  /** Its octets, to be sent again when its response was lost. */
  octets: Uint8Array = none;
  last = false;

  constructor(exchange: Exchange, source: BlockSource) {
    this.#caller = exchange.caller;
    this.#protection = exchange.response;
    this.#source = source;
  }
  /** Whether who asks now is who began, protected no less; the response is then protected as the first one was. */
  goesOn(exchange: Exchange): boolean {
    return continues(this.#caller, exchange.caller) && exchange.require(this.#protection);
  }
  /** Makes the next block current. @param size octets that the client takes, at least one */
  async next(size: number, exchange: Exchange): Promise<void> {
    await this.#source.fill(size, exchange);
    this.octets = this.#source.take(size);
    this.last = this.#source.ended && this.#source.size === 0;
    this.block++;
  }
  /**
   * The client names the last block that it got: the one behind becomes current, or, when its response was lost, stays it.
   * @param modulus of the numbers on the wire
   * @returns false for any other number: the transfer has ended
   */
  async acknowledge(number: number, size: number, exchange: Exchange, modulus: number): Promise<boolean> {
    if (number === this.block % modulus && !this.last) {
      await this.next(size, exchange);
      return true;
    }
    return this.block > 1 && number === (this.block - 1) % modulus;
  }
}
const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
