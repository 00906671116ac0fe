import { decode, encode } from '../axdr/schema.js';
import { equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { Apdu } from '../xdlms/apdu.js';
import { type Block, BlockReceiver } from './block-receiver.js';
import { BlockSender } from './block-sender.js';
import { defaultReceiveTotal } from './limits.js';

/** Options of a {@link GbtEndpoint}. */
export interface GbtOptions {
  /** Longest APDU that the peer accepts, in octets; longer ones are split into blocks. Default: no limit. */
  readonly sendSize?: number;
  /** How many blocks the peer may send without waiting for an acknowledgement, 1 to 63. Default: 10. */
  readonly window?: number;
  /** Maximum size of one received APDU in octets; a function is asked at each block. Default: 64 MiB. */
  readonly receiveTotal?: number | (() => number);
  /** How often {@link GbtEndpoint.expired} asks again without any progress. Default: 3. */
  readonly attempts?: number;
}
/** What to do after one block. */
export interface GbtStep {
  /** APDUs to send now, in order. */
  readonly send: readonly Uint8Array[];
  /** The whole APDU, once its last block has arrived. */
  readonly complete?: Uint8Array;
  /** Set if the block brought nothing new: it was a repetition, or came out of order. */
  readonly ignored?: true;
  /**
   * Set together with `complete` if the sender waits: send it if there is no answer that would acknowledge the last
   * block.
   */
  readonly acknowledgement?: Uint8Array;
}

/** Octets of a block besides its data: tag, control, two numbers, and a length of up to three octets. */
const overhead = 9;
/**
 * Blocks in a row that may bring no progress before the peer is considered broken: generous for a network that repeats,
 * but finite.
 */
const maxIdleBlocks = 256;
/**
 * How often block 1 may start another APDU before one is complete: an interrupted sender may do that, but one that does
 * nothing else is broken.
 */
const mostRestarts = 64;

/**
 * One side of general block transfer (Green Book: GBT), in both directions, as a pure machine. A sender streams blocks
 * within the window that the peer offers, then waits. The answer names the last block received in order, so what
 * follows that block is sent again. Repeated blocks are skipped; blocks out of order are asked for again. Streaming
 * with window 0 is a one-way transfer (a push): nothing is acknowledged, a gap is an error, and block 1 always starts
 * anew.
 *
 * Blocks with data are numbered from 1 in each direction of each exchange. Acknowledgements continue this numbering,
 * and those of the peer are acknowledged while it sends nothing else. (Doubtful: the messages of one widespread
 * implementation suggest it, but no known source says so.)
 */
export class GbtEndpoint {
  readonly #sendSize: number;
  readonly #window: number;
  readonly #receiveTotal: () => number;
  readonly #attempts: number;
  #peerWindow = 1;
  /** The APDU, if it is sent without blocks. */
  #whole: Uint8Array | undefined;
  #sending: BlockSender | undefined;
  #receiving: BlockReceiver;
  /** The highest number we have used in this exchange. */
  #number = 0;
  /** The highest number of an acknowledgement from the peer, while it has sent no data. */
  #peerAck = 0;
  /** The blocks of the last complete APDU, to recognise repetitions. */
  #done: BlockReceiver | undefined;
  #answered = false;
  #idle = 0;
  #restarts = 0;
  #expired = 0;
  /**
   * Turns in a row that brought the peer nothing. Each halves the next one, so that no pattern of losses hits the same
   * block forever.
   */
  #fruitlessTurns = 0;

  constructor(options: GbtOptions = {}) {
    this.#sendSize = options.sendSize ?? Number.POSITIVE_INFINITY;
    this.#window = options.window ?? 10;
    const { receiveTotal = defaultReceiveTotal } = options;
    this.#receiveTotal = typeof receiveTotal === 'number' ? () => receiveTotal : receiveTotal;
    this.#attempts = options.attempts ?? 3;
    this.#receiving = this.#newReceiver();
    if (!Number.isInteger(this.#window) || this.#window < 1 || this.#window > 63)
      throw new DlmsError('encode/invalid-value', { expected: 'a window from 1 to 63', actual: String(this.#window) });
  }

  /**
   * Starts an exchange with an APDU. Anything in progress is dropped.
   * @returns the APDU itself if it is short enough, otherwise its first blocks
   * @throws DlmsError `service/unsupported` when it cannot be split
   */
  begin(apdu: Uint8Array): readonly Uint8Array[] {
    this.#done = undefined;
    return this.#start(apdu);
  }
  /**
   * Like {@link GbtEndpoint.begin}, for the answer to the last complete APDU: if the blocks of that APDU are repeated,
   * so is the answer, and the request is not served twice.
   */
  answer(apdu: Uint8Array): readonly Uint8Array[] {
    this.#answered = true;
    return this.#start(apdu);
  }
  #start(apdu: Uint8Array): readonly Uint8Array[] {
    this.#receiving = this.#newReceiver();
    this.#peerAck = 0;
    this.#number = 0;
    this.#restarts = 0;
    this.#progress();
    const fits = apdu.length <= this.#sendSize;
    this.#whole = fits ? apdu : undefined;
    this.#sending = fits ? undefined : this.#cut(apdu);
    return this.#turn();
  }
  /** Whether something is expected from the peer that {@link GbtEndpoint.expired} could ask for again. */
  get pending(): boolean {
    return this.#receiving.count > 0 || this.#sending !== undefined;
  }
  /** Octets of an APDU that is not complete yet. */
  get held(): number {
    return this.#receiving.length;
  }
  /**
   * Call this when nothing has arrived for some time.
   * @returns what to send again.
   * @throws DlmsError `protocol/block-transfer` after too many attempts
   */
  expired(): readonly Uint8Array[] {
    if (!this.pending) return [];
    if (++this.#expired > this.#attempts)
      throw new DlmsError('protocol/block-transfer', {
        side: 'remote',
        reason: `no progress after ${this.#attempts} attempts`,
      });
    const last = this.#sending?.finished === false ? this.#sending.last : undefined;
    // The last block alone makes the peer say what it has; perhaps the whole burst has arrived.
    return [last === undefined ? this.#acknowledgement() : this.#encode(last, false)];
  }

  /**
   * @throws DlmsError `protocol/block-number` for a gap in a one-way transfer, `protocol/block-transfer` for a peer
   *   that makes no progress, `decode/too-large`, `decode/…`. The transfer is then dropped.
   */
  receive(bytes: Uint8Array): GbtStep {
    const apdu = decode(Apdu, bytes, { lenient: true });
    if (apdu.type !== 'general-block-transfer')
      throw new DlmsError('protocol/unexpected-apdu', {
        side: 'remote',
        state: 'general block transfer',
        received: apdu.type,
      });
    const { streaming, window, lastBlock } = apdu.blockControl;
    const block: ReceivedBlock = {
      lastBlock,
      streaming,
      oneWay: streaming && window === 0,
      blockNumber: apdu.blockNumber,
      rawData: apdu.blockData,
    };
    if (window > 0) this.#peerWindow = window;
    const sending = this.#sending;
    // An acknowledgement of a number that was never sent is ignored.
    const progress = sending?.acknowledge(apdu.blockNumberAck) === 'news';
    if (progress) this.#progress();
    else if (++this.#idle > maxIdleBlocks) throw this.#broken(`${maxIdleBlocks} blocks without progress`);
    const unacknowledged = sending?.finished === false;
    if (block.rawData.length === 0 && (!lastBlock || unacknowledged || this.#receiving.count === 0)) {
      if (this.#receiving.count === 0) this.#peerAck = Math.max(this.#peerAck, block.blockNumber);
      if (unacknowledged && !progress && sending.unacknowledged.length > 0) this.#fruitlessTurns++;
      // An old acknowledgement, overtaken by a newer one, requests nothing.
      const asks = unacknowledged && apdu.blockNumberAck === sending.acknowledged;
      return progress || asks ? { send: asks ? this.#turn() : [] } : { send: [], ignored: true };
    }
    return this.#take(block);
  }

  // ── receiving ────────────────────────────────────────────────────────────────────────────────────────

  #newReceiver(): BlockReceiver {
    return new BlockReceiver({ limit: this.#receiveTotal });
  }
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the rules for one block, in their order
  #take(block: ReceivedBlock): GbtStep {
    const { oneWay, streaming, blockNumber, rawData } = block;
    const before = this.#receiving;
    if (!oneWay && before.count === 0 && this.#done !== undefined && isRepeat(block, this.#done))
      return ignored(streaming ? [] : this.#again());
    const restarts =
      blockNumber === 1 &&
      before.count > 0 &&
      ((oneWay && before.count > 1) || !equalBytes(rawData, before.block(0) as Uint8Array));
    if (restarts) {
      this.#receiving = this.#newReceiver();
      if (++this.#restarts > mostRestarts) throw this.#broken(`${mostRestarts} APDUs begun and none completed`);
    }
    const receiving = this.#receiving;
    const taken = receiving.take(block);
    // Repetitions are decided on here, because their octets must be the same.
    const received = taken === 'again' ? 'number' : taken;
    if (received === 'number') {
      if (!oneWay) return ignored(streaming ? [] : [this.#acknowledgement()]);
      const { count } = receiving;
      if (blockNumber === count && equalBytes(rawData, receiving.block(count - 1) ?? rawData)) return ignored([]);
    } else if (received === 'too-small') throw this.#broken(`${receiving.count} blocks for ${receiving.length} octets`);
    if (received !== 'more' && received !== 'whole') {
      this.#forget();
      throw receiving.error(received, block);
    }
    this.#progress();
    if (received === 'more') return { send: oneWay || streaming ? [] : [this.#acknowledgement()] };
    if (!oneWay && this.#answered && isSame(receiving, this.#done)) {
      this.#receiving = this.#newReceiver();
      return ignored(streaming ? [] : this.#again());
    }
    // A peer that sends something new has received everything we sent.
    const complete = receiving.octets();
    const acknowledgement = this.#acknowledgement();
    this.#done = receiving;
    this.#answered = false;
    this.#restarts = 0;
    this.#receiving = this.#newReceiver();
    this.#sendNothing();
    return oneWay || streaming ? { send: [], complete } : { send: [], complete, acknowledgement };
  }
  #acknowledgement(): Uint8Array {
    this.#number = Math.min(this.#number + 1, 0xffff);
    return this.#encode({ lastBlock: false, blockNumber: this.#number, rawData: none }, false);
  }
  /** The number of the last block received in order. */
  #inOrder(): number {
    const { count } = this.#receiving;
    return count > 0 ? count : Math.max(this.#peerAck, this.#done?.count ?? 0);
  }

  // ── sending ──────────────────────────────────────────────────────────────────────────────────────────

  #cut(apdu: Uint8Array): BlockSender {
    const size = this.#blockSize;
    if (size < 1)
      throw new DlmsError('service/unsupported', { what: 'block transfer within so small a PDU size of the peer' });
    if (apdu.length > size * 0xffff) throw new DlmsError('service/unsupported', { what: 'more than 65535 blocks' });
    return new BlockSender(apdu);
  }
  get #blockSize(): number {
    return this.#sendSize - overhead;
  }
  #sendNothing(): void {
    this.#whole = undefined;
    this.#sending = undefined;
  }
  /** As many blocks as the peer accepts, the last one without streaming, so that it answers. */
  #turn(): readonly Uint8Array[] {
    const sending = this.#sending;
    if (sending === undefined) return this.#whole === undefined ? [] : [this.#whole];
    const most = Math.max(1, this.#peerWindow >> Math.min(this.#fruitlessTurns, 6));
    while (sending.unacknowledged.length < most && !sending.ended) sending.next(this.#blockSize);
    const blocks = sending.unacknowledged.slice(0, most);
    this.#number = Math.max(this.#number, sending.acknowledged + blocks.length);
    return blocks.map((block, i) => this.#encode(block, i + 1 < blocks.length));
  }
  /** The peer repeats what we have, so it did not get our answer. */
  #again(): readonly Uint8Array[] {
    return this.#whole === undefined && this.#sending === undefined ? [this.#acknowledgement()] : this.#turn();
  }
  #encode({ lastBlock, blockNumber, rawData }: Block, streaming: boolean): Uint8Array {
    return encode(Apdu, {
      type: 'general-block-transfer',
      blockControl: { lastBlock, streaming, window: this.#window },
      blockNumber,
      blockNumberAck: this.#inOrder(),
      blockData: rawData,
    });
  }
  #progress(): void {
    this.#idle = 0;
    this.#fruitlessTurns = 0;
    this.#expired = 0;
  }
  /** Gives up on the peer and drops what it sent. */
  #broken(reason: string): DlmsError {
    this.#forget();
    return new DlmsError('protocol/block-transfer', { side: 'remote', reason });
  }
  #forget(): void {
    this.#restarts = 0;
    this.#receiving = this.#newReceiver();
    this.#sendNothing();
    this.#done = undefined;
    this.#answered = false;
    this.#peerAck = 0;
    this.#number = 0;
    this.#progress();
  }
}

interface ReceivedBlock extends Block {
  readonly streaming: boolean;
  /** Streaming with window 0: nothing is acknowledged. */
  readonly oneWay: boolean;
}

/**
 * Whether this is a block of the APDU just completed. An APDU in a single block never counts as a repetition: clients
 * that put every request into a block may well ask the same thing twice.
 */
const isRepeat = ({ blockNumber, rawData }: Block, done: BlockReceiver): boolean => {
  const before = blockNumber > 1 ? done.block(blockNumber - 1) : undefined;
  return before !== undefined && equalBytes(before, rawData);
};
const isSame = (blocks: BlockReceiver, done: BlockReceiver | undefined): boolean =>
  done !== undefined && blocks.count > 1 && blocks.equals(done);

const ignored = (send: readonly Uint8Array[]): GbtStep => ({ send, ignored: true });
const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
