import { equalBytes } from '../../core/bytes.js';
import type { Protection } from '../../security/policy.js';
import { type Block, type BlockFault, BlockReceiver } from '../../session/block-receiver.js';
import type { InvokeIdAndPriority } from '../../xdlms/common.js';
import { type Caller, continues, joined } from '../caller.js';
import type { Exchange } from '../exchange.js';

/**
 * A request that comes in blocks. Blocks of different callers, or that cannot be answered alike, do not belong together; those that do are protected as the one that
 * is protected least.
 */
export class LongRequest<Service extends string = string, Targets = unknown> {
  readonly service: Service;
  readonly targets: Targets;
  readonly #receiver: BlockReceiver<Exchange>;

  /**
   * @param limit octets of all blocks that are taken; asked at each block
   * @param repeats how often in a row a block may come again
   */
  constructor(service: Service, targets: Targets, exchange: Exchange, limit: () => number, repeats: number) {
    this.service = service;
    this.targets = targets;
    // What every block had: the last one speaks for itself only.
    let { caller } = exchange;
    // Asked of every response when the first block came.
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
  /** Octets that wait for the rest. */
  get held(): number {
    return this.#receiver.length;
  }
  /** The value when it is whole; the exchange speaks for all blocks then. Anything but `more` ends the transfer. */
  take(block: Block, exchange: Exchange): Uint8Array | 'more' | BlockFault {
    const received = this.#receiver.take(block, exchange);
    if (received === 'whole') return this.#receiver.octets();
    return received === 'again' ? 'more' : received;
  }
}

/** A long request that was carried out: its last block may come again because the response was lost, and must not be carried out again. */
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
  /** The response, where this is that block again, from who had it carried out. */
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
