import { BlockBuffer } from '../core/block-buffer.js';
import { DlmsError } from '../core/errors.js';

/** A part of a value, whichever service carries it. */
export interface Block {
  readonly lastBlock: boolean;
  /** Counts from 1. */
  readonly blockNumber: number;
  readonly rawData: Uint8Array;
}

/** Blocks of any size that are taken; behind them a block must bring so many octets on average, or a value of some size would take for ever. */
const freeBlocks = 1024;
const leastOctets = 8;

export interface BlockReceiverOptions<From> {
  /** Octets of all blocks together that are taken; asked at each block. */
  readonly limit: () => number;
  /** How often in a row the block that came last may come again: it is passed over. Default 0. */
  readonly repeats?: number;
  /** Numbers on the wire begin again at 0 there. Default: they never do. */
  readonly modulus?: number;
  /** Whether a block belongs to those before it, by what is known of where it came from; asked before anything of it counts. Default: it does. */
  readonly join?: (from: From) => boolean;
}
/** What is wrong with a block. The transfer has ended then. */
export type BlockFault =
  /** It does not belong to those before. */
  | 'foreign'
  | 'number'
  /** It is empty and not the last. */
  | 'empty'
  | 'too-large'
  /** The blocks are so small that they lead nowhere. */
  | 'too-small';
/** What a block came to: more are to come, it came again, it was the last one, or a fault. */
export type Received = 'more' | 'again' | 'whole' | BlockFault;

/**
 * Puts the blocks of one value together, in the order of their numbers: the one place for all services with blocks and for general block transfer, on both sides.
 * It holds at most what the limit says, however the blocks are cut.
 */
export class BlockReceiver<From = void> {
  readonly #options: BlockReceiverOptions<From>;
  readonly #buffer = new BlockBuffer();
  /** Times in a row that the last block came again. */
  #repeated = 0;

  constructor(options: BlockReceiverOptions<From>) {
    this.#options = options;
  }
  /** Blocks so far: the number of the last one. */
  get count(): number {
    return this.#buffer.blocks;
  }
  /** Octets so far. */
  get length(): number {
    return this.#buffer.length;
  }
  /** A block of an index from 0, as a view. */
  block(index: number): Uint8Array | undefined {
    return this.#buffer.block(index);
  }
  /** All octets, as a view: not to be changed. */
  octets(): Uint8Array {
    return this.#buffer.octets();
  }
  /** The same blocks in the same order. */
  equals(other: BlockReceiver<From>): boolean {
    return this.#buffer.equals(other.#buffer);
  }

  take(block: Block, from: From): Received {
    const { join, limit, repeats = 0, modulus = Number.POSITIVE_INFINITY } = this.#options;
    if (join?.(from) === false) return 'foreign';
    const buffer = this.#buffer;
    const { blocks } = buffer;
    if (block.blockNumber !== (blocks + 1) % modulus) {
      const again = blocks > 0 && block.blockNumber === blocks % modulus && !block.lastBlock;
      return again && this.#repeated++ < repeats ? 'again' : 'number';
    }
    this.#repeated = 0;
    if (block.rawData.length === 0 && !block.lastBlock) return 'empty';
    if (!buffer.add(block.rawData, limit())) return 'too-large';
    if (buffer.blocks > freeBlocks && buffer.length < (buffer.blocks - freeBlocks) * leastOctets) return 'too-small';
    return block.lastBlock ? 'whole' : 'more';
  }

  /** The error that a fault of the peer's block is. */
  error(fault: BlockFault, { blockNumber, rawData }: Block): DlmsError {
    const { blocks, cost, length } = this.#buffer;
    if (fault === 'number')
      return new DlmsError('protocol/block-number', { side: 'remote', expected: blocks + 1, received: blockNumber });
    if (fault === 'too-large')
      return new DlmsError('decode/too-large', {
        offset: 0,
        limit: this.#options.limit(),
        actual: cost + rawData.length,
      });
    const received = {
      foreign: 'a block of another sender',
      empty: 'an empty block that is not the last',
      'too-small': `only ${length} octets in all blocks`,
    }[fault];
    return new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: `block ${blockNumber}`, received });
  }
}
