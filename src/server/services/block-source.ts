import type { Exchange } from '../exchange.js';

/** Fetches the next part on behalf of the request that needs it; undefined after the last. */
export type More = (exchange: Exchange) => Promise<Uint8Array | undefined>;

/** The octets of a long response, made as they are sent: the parts that are not needed yet are not fetched yet. */
export class BlockSource {
  readonly #parts: Uint8Array[];
  #size: number;
  #more: More | undefined;
  constructor(first: readonly Uint8Array[], more?: More) {
    this.#parts = [...first];
    this.#size = first.reduce((sum, { length }) => sum + length, 0);
    this.#more = more;
  }
  /** Octets at hand. */
  get size(): number {
    return this.#size;
  }
  /** Nothing but what is at hand is to come. */
  get ended(): boolean {
    return this.#more === undefined;
  }
  /** Fetches until more than `octets` are at hand, or all. */
  async fill(octets: number, exchange: Exchange): Promise<void> {
    while (this.#more !== undefined && this.#size <= octets) {
      const part = await this.#more(exchange);
      if (part === undefined) this.#more = undefined;
      else {
        this.#parts.push(part);
        this.#size += part.length;
      }
    }
  }
  /** Takes up to so many of the octets at hand, at most all. */
  take(octets: number): Uint8Array {
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
