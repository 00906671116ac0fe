import { equalBytes } from '../../core/bytes.js';
import type { Protection } from '../../security/policy.js';
import { type Block, type BlockFault, BlockReceiver } from '../../session/block-receiver.js';
import type { InvokeIdAndPriority } from '../../xdlms/common.js';
import { type Caller, continues, joined } from '../caller.js';
import type { Exchange } from '../exchange.js';

/**
 * A request that comes in blocks. Blocks from different callers, or that cannot be answered with the same protection,
 * do not belong together. The whole counts as protected only as well as its least protected block.
 */
export class LongRequest<Service extends string = string, Targets = unknown> {
  readonly service: Service;
  readonly targets: Targets;
  readonly #receiver: BlockReceiver<Exchange>;

  /**
   * @param limit octets of all blocks together; asked at each block
   * @param repeats how often in a row a block may be repeated
   */
  constructor(service: Service, targets: Targets, exchange: Exchange, limit: () => number, repeats: number) {
    this.service = service;
    this.targets = targets;
    // The caller of all blocks so far; an exchange knows only that of its own block.
    let { caller } = exchange;
    // What the first block required of every response.
    const protection = exchange.response;
    this.#receiver = new BlockReceiver({
      limit,
      repeats,
      join(next) {
        const both = joined(caller, next.caller);
        if (both === undefined || !next.require(protection)) return false;
        caller = both;
        next.caller = both;
        return true;
      },
    });
  }
  /** Octets held until the rest arrives. */
  get held(): number {
    return this.#receiver.length;
  }
  /**
   * Takes a block. Returns the whole value after the last one; the caller of the exchange is then that of all blocks.
   * Any result but `more` ends the transfer.
   */
  take(block: Block, exchange: Exchange): Uint8Array | 'more' | BlockFault {
    const received = this.#receiver.take(block, exchange);
    if (received === 'whole') return this.#receiver.octets();
    return received === 'again' ? 'more' : received;
  }
}

/**
 * A long request that was carried out. Its last block may be repeated because the response was lost, but the request
 * must not be carried out again.
 */
export class AnsweredRequest {
  readonly #service: string;
  readonly #invokeId: number;
  readonly #block: Block;
  readonly #response: Uint8Array;
  readonly #caller: Caller;
  readonly #protection: Protection;
  constructor(
    service: string,
    { invokeId }: InvokeIdAndPriority,
    block: Block,
    response: Uint8Array,
    { caller, response: protection }: Exchange,
  ) {
    this.#service = service;
    this.#invokeId = invokeId;
    this.#block = { ...block, rawData: new Uint8Array(block.rawData) };
    this.#response = response;
    this.#caller = caller;
    this.#protection = protection;
  }
  /** The response, if this is the same block again from the same caller. */
  again(service: string, { invokeId }: InvokeIdAndPriority, block: Block, exchange: Exchange): Uint8Array | undefined {
    const same =
      service === this.#service &&
      invokeId === this.#invokeId &&
      block.lastBlock &&
      block.blockNumber === this.#block.blockNumber &&
      equalBytes(block.rawData, this.#block.rawData);
    return same && continues(this.#caller, exchange.caller) && exchange.require(this.#protection)
      ? this.#response
      : undefined;
  }
}
