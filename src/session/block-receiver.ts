import { BlockBuffer } from '../core/block-buffer.js';
import { DlmsError } from '../core/errors.js';

/** A part of a value, whatever service carries it. */
export interface Block {
  readonly lastBlock: boolean;
  /** Counts from 1. */
  readonly blockNumber: number;
  readonly rawData: Uint8Array;
}

/**
 * This many blocks may have any size; further blocks must have `leastOctets` octets on average, or a long value would
 * take forever.
 */
const freeBlocks = 1024;
const leastOctets = 8;

export interface BlockReceiverOptions<From> {
  /** Maximum number of octets of all blocks together; asked at each block. */
  readonly limit: () => number;
  /** How often in a row the last block may be repeated; repetitions are skipped. Default: 0. */
  readonly repeats?: number;
  /** Block numbers on the wire wrap around to 0 at this value. Default: they never do. */
  readonly modulus?: number;
  /**
   * Whether a block belongs to the previous ones, judging by where it came from; asked before anything else about it
   * counts. Default: it does.
   */
  readonly join?: (from: From) => boolean;
}
/** What is wrong with a block. The transfer then ends. */
export type BlockFault =
  /** It does not belong to the previous blocks. */
  | 'foreign'
  | 'number'
  /** It is empty, but not the last one. */
  | 'empty'
  | 'too-large'
  /** The blocks are so small that the transfer gets nowhere. */
  | 'too-small';
/** The outcome of a block: more are to come, it was a repetition, it was the last one, or a fault. */
export type Received = 'more' | 'again' | 'whole' | BlockFault;

/**
 * Assembles the blocks of one value in the order of their numbers: used by all services with blocks and by general
 * block transfer, on both sides. It never holds more than its limit, however the value is split.
 */
export class BlockReceiver<From = void> {
  readonly #options: BlockReceiverOptions<From>;
  readonly #buffer = new BlockBuffer();
  /** How often in a row the last block was repeated. */
  #repeated = 0;

  constructor(options: BlockReceiverOptions<From>) {
    this.#options = options;
  }
  /** Number of blocks so far, which is the number of the last one. */
  get count(): number {
    return this.#buffer.blocks;
  }
  /** Number of octets so far. */
  get length(): number {
    return this.#buffer.length;
  }
  /** The block with this index (from 0), as a view. */
  block(index: number): Uint8Array | undefined {
    return this.#buffer.block(index);
  }
  /** All octets, as a view: do not modify. */
  octets(): Uint8Array {
    return this.#buffer.octets();
  }
  /** Whether the other has the same blocks in the same order. */
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

  /** The error for a faulty block from the peer. */
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
      foreign: 'a block from another sender',
      empty: 'an empty block that is not the last',
      'too-small': `only ${length} octets in all blocks`,
    }[fault];
    return new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: `block ${blockNumber}`, received });
  }
}
