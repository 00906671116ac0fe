import { BlockBuffer } from '../core/block-buffer.js';
import { DlmsError } from '../core/errors.js';

/**
 * Cuts a value into blocks: `first` octets fit the first request (it also names the attribute), `others` the following ones.
 * @throws DlmsError `service/unsupported` when the peer's PDU size leaves no room at all
 */
export function splitBlocks(value: Uint8Array, first: number, others: number = first): Uint8Array[] {
  if (first < 1 || others < 1)
    throw new DlmsError('service/unsupported', { what: 'blocks within so small a PDU size of the peer' });
  const parts = [value.subarray(0, first)];
  for (let at = first; at < value.length; at += others) parts.push(value.subarray(at, at + others));
  return parts;
}

/** Blocks of any size that are taken; behind them a block must bring so many octets on average, or a value of some size would take for ever. */
const freeBlocks = 1024;
const leastOctets = 8;
/** Whether a peer sends so little with each block that it is not meant well. */
export const tooSmall = ({ blocks, length }: BlockBuffer): boolean =>
  blocks > freeBlocks && length < (blocks - freeBlocks) * leastOctets;

/** The blocks of one value, as they come, in one buffer that grows. */
export class ReceivedBlocks {
  readonly #buffer = new BlockBuffer();
  readonly #limit: number;
  /** @param limit octets of the value that are taken */
  constructor(limit: number) {
    this.#limit = limit;
  }
  /**
   * Takes the next block.
   * @returns octets so far
   * @throws DlmsError `protocol/unexpected-apdu` for blocks that lead nowhere, `decode/too-large`
   */
  take(block: Uint8Array, lastBlock: boolean): number {
    const buffer = this.#buffer;
    const state = `block ${buffer.blocks + 1}`;
    if (block.length === 0 && !lastBlock)
      throw new DlmsError('protocol/unexpected-apdu', {
        side: 'remote',
        state,
        received: 'an empty block that is not the last',
      });
    if (!buffer.add(block, this.#limit))
      throw new DlmsError('decode/too-large', { offset: 0, limit: this.#limit, actual: buffer.cost + block.length });
    if (tooSmall(buffer))
      throw new DlmsError('protocol/unexpected-apdu', {
        side: 'remote',
        state,
        received: `only ${buffer.length} octets in all blocks`,
      });
    return buffer.length;
  }
  get count(): number {
    return this.#buffer.blocks;
  }
  /** All of them. */
  octets(): Uint8Array {
    return this.#buffer.octets();
  }
}
