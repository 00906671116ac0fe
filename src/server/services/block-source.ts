import { OctetQueue } from '../../session/block-sender.js';
import type { DataAccessResult } from '../../xdlms/common.js';
import type { Exchange } from '../exchange.js';

/** Makes the next element on behalf of the request that needs it; undefined after the last. */
export type More<T> = (exchange: Exchange) => Promise<T | undefined>;

/**
 * What the blocks of a long response hold together, made as it is sent: elements that are not needed yet are not made yet. Where it turns out that no blocks are
 * needed, the elements are there as they are.
 */
export class BlockSource<T = never> {
  readonly queue: OctetQueue;
  readonly #more: More<T> | undefined;
  readonly #encode: (element: T) => Uint8Array;
  #elements: T[] | undefined = [];

  /**
   * @param front octets in front of the elements
   * @param encode of one element
   */
  constructor(front: readonly Uint8Array[], more?: More<T>, encode: (element: T) => Uint8Array = () => nothing) {
    this.queue = new OctetQueue(front, more === undefined);
    this.#more = more;
    this.#encode = encode;
  }
  /** The elements so far; none once they go in blocks. */
  get elements(): readonly T[] {
    return this.#elements ?? [];
  }
  /** Fetches until more than `octets` are at hand, or all. */
  async fill(octets: number, exchange: Exchange): Promise<void> {
    const { queue } = this;
    while (!queue.ended && queue.size <= octets) {
      const element = await this.#more?.(exchange);
      if (element === undefined) return queue.end();
      this.#elements?.push(element);
      queue.push(this.#encode(element));
    }
  }
  /** It goes in blocks: elements are not kept beside their octets any longer. */
  inBlocks(): void {
    this.#elements = undefined;
  }
}
/** What is sent of a source, whatever its elements are. */
export type BlockOctets = Pick<BlockSource, 'queue' | 'fill' | 'inBlocks'>;
const nothing: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/**
 * Reads one thing after the other, each when it is asked for, as long as the request may cost something. What is behind the one that was too much is not even read.
 * @returns octets of Data, or why there are none
 */
export function oneByOne<N>(
  names: readonly N[],
  read: (name: N, exchange: Exchange) => Promise<Uint8Array | DataAccessResult>,
): More<Uint8Array | DataAccessResult> {
  let i = 0;
  let room: number | undefined;
  return async (exchange) => {
    const name = names[i++];
    if (name === undefined) return undefined;
    room ??= exchange.limits.octets;
    if (room < 0) return 'other-reason';
    if (!(await exchange.next())) return 'temporary-failure';
    const result = await read(name, exchange);
    if (!(result instanceof Uint8Array)) return result;
    room -= result.length;
    return room < 0 ? 'other-reason' : result;
  };
}
