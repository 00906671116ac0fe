import { OctetQueue } from '../../session/block-sender.js';
import type { DataAccessResult } from '../../xdlms/common.js';
import type { Exchange } from '../exchange.js';

/** Makes the next element, on behalf of the request that needs it; undefined after the last. */
export type More<T> = (exchange: Exchange) => Promise<T | undefined>;

/**
 * The contents of a long response, made as it is sent: elements are not made until they are needed. If it turns out
 * that no blocks are needed, the elements themselves are still available.
 */
export class BlockSource<T = never> {
  readonly queue: OctetQueue;
  readonly #more: More<T> | undefined;
  readonly #encode: (element: T) => Uint8Array;
  #elements: T[] | undefined = [];

  /**
   * @param front octets in front of the elements
   * @param encode encodes one element
   */
  constructor(front: readonly Uint8Array[], more?: More<T>, encode: (element: T) => Uint8Array = () => nothing) {
    this.queue = new OctetQueue(front, more === undefined);
    this.#more = more;
    this.#encode = encode;
  }
  /** The elements so far; empty once they are sent in blocks. */
  get elements(): readonly T[] {
    return this.#elements ?? [];
  }
  /** Makes elements until more than `octets` octets are available, or all elements are. */
  async fill(octets: number, exchange: Exchange): Promise<void> {
    const { queue } = this;
    while (!queue.ended && queue.size <= octets) {
      const element = await this.#more?.(exchange);
      if (element === undefined) return queue.end();
      this.#elements?.push(element);
      queue.push(this.#encode(element));
    }
  }
  /** Says that the response is sent in blocks: only the octets of the elements are still kept. */
  inBlocks(): void {
    this.#elements = undefined;
  }
}
/** What is sent of a source, whatever its elements are. */
export type BlockOctets = Pick<BlockSource, 'queue' | 'fill' | 'inBlocks'>;
const nothing: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/**
 * Reads the named items one by one, on demand, within the limits of the request. Items after the one that exceeds a
 * limit are not even read.
 * @returns a function that returns octets of Data, or why there are none
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
