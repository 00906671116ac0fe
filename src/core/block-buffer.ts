import { equalBytes } from './bytes.js';

/**
 * What a run of equally long blocks costs besides the blocks: a sender that keeps changing the length uses up the
 * limit.
 */
const runCost = 32;
/**
 * Runs that cost nothing: the first block, those in the middle and the last may differ, and once more when keys or
 * sizes change.
 */
const freeRuns = 4;

/**
 * Consecutive blocks in one growing buffer. It remembers where each block begins as runs of equal length, which is how
 * senders cut them; every further change of length counts against the limit, so no choice of lengths can use more
 * memory than the limit allows.
 */
export class BlockBuffer {
  #octets: Uint8Array = none;
  #length = 0;
  #runs: { length: number; count: number }[] = [];
  #blocks = 0;

  /** Octets in all blocks together. */
  get length(): number {
    return this.#length;
  }
  get blocks(): number {
    return this.#blocks;
  }
  /** What counts against the limit: the octets, plus a charge for every run of equal lengths beyond the first few. */
  get cost(): number {
    return this.#length + runCost * Math.max(0, this.#runs.length - freeRuns);
  }
  /** Copies a block into the buffer. @returns false, with nothing added, when the cost would exceed the limit */
  add(block: Uint8Array, limit: number): boolean {
    const run = this.#runs.at(-1);
    const anew = run?.length !== block.length;
    if (this.cost + block.length + (anew && this.#runs.length >= freeRuns ? runCost : 0) > limit) return false;
    const needed = this.#length + block.length;
    if (needed > this.#octets.length) {
      const grown = new Uint8Array(
        this.#octets.length === 0 ? needed : Math.max(needed, Math.min(Math.ceil(this.#octets.length * 1.5), limit)),
      );
      grown.set(this.#octets.subarray(0, this.#length));
      this.#octets = grown;
    }
    this.#octets.set(block, this.#length);
    this.#length = needed;
    if (run === undefined || anew) this.#runs.push({ length: block.length, count: 1 });
    else run.count++;
    this.#blocks++;
    return true;
  }
  /** The block with this index (from 0), as a view. */
  block(index: number): Uint8Array | undefined {
    let at = 0;
    let left = index;
    for (const { length, count } of this.#runs) {
      if (left < count) return this.#octets.subarray(at + left * length, at + (left + 1) * length);
      at += length * count;
      left -= count;
    }
    return undefined;
  }
  /** All octets, as a view: do not change it, and copy it before adding more blocks. */
  octets(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }
  /** Whether the other buffer holds the same blocks in the same order. */
  equals(other: BlockBuffer): boolean {
    return (
      this.#runs.length === other.#runs.length &&
      this.#runs.every((r, i) => r.length === other.#runs[i]?.length && r.count === other.#runs[i]?.count) &&
      equalBytes(this.octets(), other.octets())
    );
  }
}
const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
