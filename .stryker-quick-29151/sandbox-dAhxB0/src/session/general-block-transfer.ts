import { decode, encode } from '../axdr/schema.js';
import { BlockBuffer } from '../core/block-buffer.js';
import { equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { Apdu } from '../xdlms/apdu.js';
import { tooSmall } from './blocks.js';
import { defaultReceiveTotal } from './limits.js';

export interface GbtOptions {
  /** Longest APDU that the peer takes; longer ones are cut into blocks. Default: no limit. */
  readonly sendSize?: number;
  /** Blocks that we take without acknowledging each, 1 to 63. Default 10. */
  readonly window?: number;
  /** Octets of one whole APDU that are taken; a function is asked at each block. Default 64 MiB. */
  readonly receiveTotal?: number | (() => number);
  /** How often {@link GbtEndpoint.expired} asks again without any progress. Default 3. */
  readonly attempts?: number;
}
export interface GbtStep {
  /** What to send now, in order. */
  readonly send: readonly Uint8Array[];
  /** The whole APDU, when its last block is here. */
  readonly complete?: Uint8Array;
  /** The block brought nothing new: it is here already, or came out of order. */
  readonly ignored?: true;
  /** Comes with `complete` when the sender waits: to be sent when there is no answer that would acknowledge the last block. */
  readonly acknowledgement?: Uint8Array;
}

/** Octets of a block besides its data: tag, control, two numbers, and a length of up to three octets. */
const overhead = 9;
/** Blocks without any progress that are answered, before the peer is taken for broken: generous for a network that repeats, finite for one that never ends. */
const maxIdleBlocks = 256;
/** How often block 1 may begin something else before anything is whole: a sender that was interrupted does that, one that does nothing else is broken. */
const mostRestarts = 64;

/**
 * General block transfer of one side, both directions, as a pure machine (Green Book: GBT). A sender goes on within the window that the peer offers
 * (streaming) and then waits; the answer names the last block received in order, so what follows it is sent again. Repeated blocks are passed over,
 * out-of-order ones are asked for again. Streaming with window 0 is a one-way transfer (a push): nothing is acknowledged, a gap is an error, and
 * block 1 always begins anew.
 *
 * Blocks with data are numbered from 1 in each direction and each exchange. Acknowledgements are numbered on from there, and those of the peer are
 * acknowledged while it sends nothing else: the numbers in the messages of one widespread implementation suggest it; no source at hand says it.
 */
export class GbtEndpoint {
  readonly #sendSize: number;
  readonly #window: number;
  readonly #receiveTotal: () => number;
  readonly #attempts: number;
  #peerWindow = 1;
  #sending: Sending = nothingToSend;
  #receiving = new BlockBuffer();
  /** The highest number that we used in this exchange. */
  #number = 0;
  /** The highest number of an acknowledgement of the peer, while it has sent no data. */
  #peerAck = 0;
  /** The blocks of the last APDU that came whole, to know them again. */
  #done: BlockBuffer | undefined;
  #answered = false;
  #idle = 0;
  #restarts = 0;
  #expired = 0;
  /** Turns that brought the peer nothing: each halves the next, so that no rhythm of losses meets the same block for ever. */
  #fruitlessTurns = 0;

  constructor(options: GbtOptions = {}) {
    this.#sendSize = options.sendSize ?? Number.POSITIVE_INFINITY;
    this.#window = options.window ?? 10;
    const { receiveTotal = defaultReceiveTotal } = options;
    this.#receiveTotal = typeof receiveTotal === 'number' ? () => receiveTotal : receiveTotal;
    this.#attempts = options.attempts ?? 3;
    if (!Number.isInteger(this.#window) || this.#window < 1 || this.#window > 63)
      throw new DlmsError('encode/invalid-value', { expected: 'a window from 1 to 63', actual: String(this.#window) });
  }

  /**
   * Begins an exchange with an APDU: itself when it is short enough, else its first blocks. Whatever was under way is forgotten.
   * @throws DlmsError `service/unsupported` when it cannot be cut
   */
  begin(apdu: Uint8Array): readonly Uint8Array[] {
    this.#done = undefined;
    return this.#start(apdu);
  }
  /** The same for the answer to the APDU that came whole last: should its blocks come again, the answer is repeated instead of the request being served twice. */
  answer(apdu: Uint8Array): readonly Uint8Array[] {
    this.#answered = true;
    return this.#start(apdu);
  }
  #start(apdu: Uint8Array): readonly Uint8Array[] {
    this.#receiving = new BlockBuffer();
    this.#peerAck = 0;
    this.#number = 0;
    this.#restarts = 0;
    this.#progress();
    this.#sending =
      apdu.length <= this.#sendSize ? { whole: apdu, blocks: [], acknowledged: 0, sent: 0 } : this.#cut(apdu);
    return this.#turn();
  }
  /** Something is expected from the peer that {@link expired} may ask for again. */
  get pending(): boolean {
    return this.#receiving.blocks > 0 || this.#sending.blocks.length > 0;
  }
  /** Octets of an APDU that is not whole yet. */
  get held(): number {
    return this.#receiving.length;
  }
  /** Nothing arrived for some time: what to send again. @throws DlmsError `protocol/block-transfer` after so many attempts */
  expired(): readonly Uint8Array[] {
    if (!this.pending) return [];
    if (++this.#expired > this.#attempts)
      throw new DlmsError('protocol/block-transfer', {
        side: 'remote',
        reason: `no progress after ${this.#attempts} attempts`,
      });
    const { blocks, acknowledged, sent } = this.#sending;
    // The last block alone makes the peer say what it has: all of the burst may have arrived.
    return acknowledged < blocks.length ? [this.#block(sent - 1, false)] : [this.#acknowledgement()];
  }

  /**
   * @throws DlmsError `protocol/block-number` for a gap in a one-way transfer, `protocol/block-transfer` for a peer that makes no progress, `decode/too-large`,
   *   `decode/…`. The transfer is forgotten then.
   */
  receive(bytes: Uint8Array): GbtStep {
    const apdu = decode(Apdu, bytes, { lenient: true });
    if (apdu.type !== 'general-block-transfer')
      throw new DlmsError('protocol/unexpected-apdu', {
        side: 'remote',
        state: 'general block transfer',
        received: apdu.type,
      });
    const block: Block = { ...apdu.blockControl, number: apdu.blockNumber, data: apdu.blockData };
    if (block.window > 0) this.#peerWindow = block.window;
    const progress = this.#acknowledge(apdu.blockNumberAck);
    if (progress) this.#progress();
    else if (++this.#idle > maxIdleBlocks) throw this.#broken(`${maxIdleBlocks} blocks without progress`);
    const unacknowledged = this.#sending.acknowledged < this.#sending.blocks.length;
    if (block.data.length === 0 && (!block.lastBlock || unacknowledged || this.#receiving.blocks === 0)) {
      if (this.#receiving.blocks === 0) this.#peerAck = Math.max(this.#peerAck, block.number);
      if (unacknowledged && !progress && this.#sending.sent > this.#sending.acknowledged) this.#fruitlessTurns++;
      // An old acknowledgement, overtaken by a newer one, asks for nothing.
      const asks = unacknowledged && apdu.blockNumberAck === this.#sending.acknowledged;
      return progress || asks ? { send: asks ? this.#turn() : [] } : { send: [], ignored: true };
    }
    return this.#take(block);
  }

  // ── receiving ────────────────────────────────────────────────────────────────────────────────────────

  #take(block: Block): GbtStep {
    const oneWay = block.window === 0 && block.streaming;
    const r = this.#receiving;
    if (!oneWay && r.blocks === 0 && this.#done !== undefined && isRepeat(block, this.#done))
      return ignored(block.streaming ? [] : this.#again());
    const last = r.blocks;
    const restarts =
      block.number === 1 && last > 0 && ((oneWay && last > 1) || !equalBytes(block.data, r.block(0) as Uint8Array));
    if (restarts) {
      this.#receiving = new BlockBuffer();
      if (++this.#restarts > mostRestarts) throw this.#broken(`${mostRestarts} beginnings without an end`);
    }
    const state = this.#receiving;
    const expected = state.blocks + 1;
    if (block.number !== expected) {
      if (!oneWay) return ignored(block.streaming ? [] : [this.#acknowledgement()]);
      if (block.number === expected - 1 && equalBytes(block.data, state.block(state.blocks - 1) ?? block.data))
        return ignored([]);
      this.#forget();
      throw new DlmsError('protocol/block-number', { side: 'remote', expected, received: block.number });
    }
    const limit = this.#receiveTotal();
    if (!state.add(block.data, limit)) {
      const actual = state.cost + block.data.length;
      this.#forget();
      throw new DlmsError('decode/too-large', { offset: 0, limit, actual });
    }
    if (tooSmall(state)) throw this.#broken(`${state.blocks} blocks for ${state.length} octets`);
    this.#progress();
    if (!block.lastBlock) return { send: oneWay || block.streaming ? [] : [this.#acknowledgement()] };
    if (!oneWay && this.#answered && isSame(state, this.#done)) {
      this.#receiving = new BlockBuffer();
      return ignored(block.streaming ? [] : this.#again());
    }
    // Whoever sends something new has got everything that we sent.
    const complete = state.octets();
    const acknowledgement = this.#acknowledgement();
    this.#done = state;
    this.#answered = false;
    this.#restarts = 0;
    this.#receiving = new BlockBuffer();
    this.#sending = nothingToSend;
    return oneWay || block.streaming ? { send: [], complete } : { send: [], complete, acknowledgement };
  }
  #acknowledgement(): Uint8Array {
    this.#number = Math.min(this.#number + 1, 0xffff);
    return encodeBlock(
      { lastBlock: false, streaming: false, window: this.#window, number: this.#number, data: none },
      this.#inOrder(),
    );
  }
  /** The number of the last block received in order. */
  #inOrder(): number {
    const { blocks } = this.#receiving;
    return blocks > 0 ? blocks : Math.max(this.#peerAck, this.#done?.blocks ?? 0);
  }

  // ── sending ──────────────────────────────────────────────────────────────────────────────────────────

  #cut(apdu: Uint8Array): Sending {
    const size = this.#sendSize - overhead;
    if (size < 1) throw new DlmsError('service/unsupported', { what: 'blocks within so small a PDU size of the peer' });
    const blocks: Uint8Array[] = [];
    for (let at = 0; at < apdu.length; at += size) blocks.push(apdu.subarray(at, at + size));
    if (blocks.length > 0xffff) throw new DlmsError('service/unsupported', { what: 'more than 65535 blocks' });
    return { whole: undefined, blocks, acknowledged: 0, sent: 0 };
  }
  /** Notes what the peer has; a number that we never sent is not believed. @returns whether it is news */
  #acknowledge(number: number): boolean {
    const { acknowledged, sent } = this.#sending;
    if (number <= acknowledged || number > sent) return false;
    this.#sending = { ...this.#sending, acknowledged: number };
    return true;
  }
  /** As many blocks as the peer takes, the last of them without streaming: then it answers. */
  #turn(): readonly Uint8Array[] {
    const { whole, blocks, acknowledged } = this.#sending;
    if (whole !== undefined) return [whole];
    const to = Math.min(
      acknowledged + Math.max(1, this.#peerWindow >> Math.min(this.#fruitlessTurns, 6)),
      blocks.length,
    );
    this.#sending = { ...this.#sending, sent: Math.max(this.#sending.sent, to) };
    this.#number = Math.max(this.#number, to);
    return Array.from({ length: to - acknowledged }, (_, i) =>
      this.#block(acknowledged + i, acknowledged + i + 1 < to),
    );
  }
  /** The peer repeats what we have: it did not get our answer. */
  #again(): readonly Uint8Array[] {
    const { whole, blocks } = this.#sending;
    return whole === undefined && blocks.length === 0 ? [this.#acknowledgement()] : this.#turn();
  }
  #block(index: number, streaming: boolean): Uint8Array {
    const { blocks } = this.#sending;
    const block: Block = {
      lastBlock: index === blocks.length - 1,
      streaming,
      window: this.#window,
      number: index + 1,
      data: blocks[index] as Uint8Array,
    };
    return encodeBlock(block, this.#inOrder());
  }
  #progress(): void {
    this.#idle = 0;
    this.#fruitlessTurns = 0;
    this.#expired = 0;
  }
  /** The peer leads nowhere: what it sent is forgotten. */
  #broken(reason: string): DlmsError {
    this.#forget();
    return new DlmsError('protocol/block-transfer', { side: 'remote', reason });
  }
  #forget(): void {
    this.#restarts = 0;
    this.#receiving = new BlockBuffer();
    this.#sending = nothingToSend;
    this.#done = undefined;
    this.#answered = false;
    this.#peerAck = 0;
    this.#number = 0;
    this.#progress();
  }
}

interface Block {
  readonly lastBlock: boolean;
  readonly streaming: boolean;
  readonly window: number;
  readonly number: number;
  readonly data: Uint8Array;
}
interface Sending {
  /** The APDU when it goes without blocks. */
  readonly whole: Uint8Array | undefined;
  readonly blocks: readonly Uint8Array[];
  /** Blocks that the peer has. */
  readonly acknowledged: number;
  /** Blocks sent at least once. */
  readonly sent: number;
}

/**
 * A block of the APDU that was just complete. One that came in a single block is never taken for a repetition: clients that put every request into a block
 * ask the same question again and mean it.
 */
const isRepeat = (block: Block, done: BlockBuffer): boolean => {
  const before = block.number > 1 ? done.block(block.number - 1) : undefined;
  return before !== undefined && equalBytes(before, block.data);
};
const isSame = (blocks: BlockBuffer, done: BlockBuffer | undefined): boolean =>
  done !== undefined && blocks.blocks > 1 && blocks.equals(done);

const ignored = (send: readonly Uint8Array[]): GbtStep => ({ send, ignored: true });
const encodeBlock = ({ number, data, ...blockControl }: Block, blockNumberAck: number): Uint8Array =>
  encode(Apdu, { type: 'general-block-transfer', blockControl, blockNumber: number, blockNumberAck, blockData: data });
const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
const nothingToSend: Sending = { whole: undefined, blocks: [], acknowledged: 0, sent: 0 };
