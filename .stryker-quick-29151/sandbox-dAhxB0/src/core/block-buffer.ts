import { equalBytes } from './bytes.js';

/** What a run of blocks of one length costs besides the blocks: a sender of blocks of ever changing lengths pays for it from the limit. */
const runCost = 32;
/** Runs that cost nothing: the first block, the last and those between may differ, and the lengths once more when keys or sizes change. */
const freeRuns = 4;

/**
 * Blocks that arrive one after the other, in one buffer that grows. It knows where each block was as long as their lengths repeat, which is what
 * senders do; every further change of the length counts against the limit, so that no choice of lengths costs more memory than the limit allows.
 */
export class BlockBuffer {
  #octets: Uint8Array = none;
  #length = 0;
  #runs: { length: number; count: number }[] = [];
  #blocks = 0;

  /** Octets of all blocks together. */
  get length(): number {
    return this.#length;
  }
  get blocks(): number {
    return this.#blocks;
  }
  /** What counts against a limit: the octets, and every change of their length beyond a few. */
  get cost(): number {
    return this.#length + runCost * Math.max(0, this.#runs.length - freeRuns);
  }
  /** Takes a block as a copy. @returns false, and takes nothing, when the cost would be above the limit */
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
  /** The block of an index from 0, as a view. */
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
  /** All octets, as a view: not to be changed, and to be copied by whoever adds more blocks. */
  octets(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }
  /** The same blocks in the same order. */
  equals(other: BlockBuffer): boolean {
    return (
      this.#runs.length === other.#runs.length &&
      this.#runs.every((r, i) => r.length === other.#runs[i]?.length && r.count === other.#runs[i]?.count) &&
      equalBytes(this.octets(), other.octets())
    );
  }
}
const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
