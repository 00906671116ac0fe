import { decode, encode } from '../axdr/schema.js';
import { concat } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { Apdu } from '../xdlms/apdu.js';
import type { GeneralBlockTransfer } from '../xdlms/general.js';

export interface GbtOptions {
  /** Longest APDU that the peer takes; longer ones are cut into blocks. Default: no limit. */
  readonly sendSize?: number;
  /** Blocks that we take without acknowledging each, 1 to 63. Default 10. */
  readonly window?: number;
  /** Octets of one whole APDU that are taken. Default 64 MiB. */
  readonly receiveTotal?: number;
}
export interface GbtStep {
  /** What to send now, in order. */
  readonly send: readonly Uint8Array[];
  /** The whole APDU, when its last block is here. */
  readonly complete?: Uint8Array;
}

/** Octets of a block besides its data: tag, control, two numbers, length. */
const overhead = 9;

/**
 * General block transfer of one side, both directions, as a pure machine (Green Book: GBT). Blocks are numbered from 1 in each direction;
 * the sender goes on within the window that the peer offers (streaming), then waits for an acknowledgement, which also asks again for
 * what was lost: it names the last block received in order. A transfer that starts at block 1 again replaces an unfinished one: meters
 * restart a push at any time.
 */
export class GbtEndpoint {
  readonly #sendSize: number;
  readonly #window: number;
  readonly #receiveTotal: number;
  #blocks: readonly Uint8Array[] = [];
  /** Blocks the peer has acknowledged. */
  #acknowledged = 0;
  /** The window of the peer; 1 until it says otherwise. */
  #peerWindow = 1;
  #received: Uint8Array[] = [];
  #total = 0;

  constructor(options: GbtOptions) {
    this.#sendSize = options.sendSize ?? Number.POSITIVE_INFINITY;
    this.#window = options.window ?? 10;
    this.#receiveTotal = options.receiveTotal ?? 0x4000000;
    if (this.#window < 1 || this.#window > 63) throw new DlmsError('encode/invalid-value', { expected: 'a window from 1 to 63', actual: String(this.#window) });
  }
  /** Begins to send an APDU: itself when it is short enough, else its first block. A transfer of the peer that was under way is forgotten. */
  begin(apdu: Uint8Array): Uint8Array {
    this.#received = [];
    this.#total = 0;
    this.#acknowledged = 0;
    this.#blocks = [];
    if (apdu.length <= this.#sendSize) return apdu;
    const size = this.#sendSize - overhead;
    if (size < 1) throw new DlmsError('service/unsupported', { what: 'blocks within so small a PDU size of the peer' });
    const blocks: Uint8Array[] = [];
    for (let at = 0; at < apdu.length; at += size) blocks.push(apdu.slice(at, at + size));
    if (blocks.length > 0xffff) throw new DlmsError('service/unsupported', { what: 'more than 65535 blocks' });
    this.#blocks = blocks;
    return this.#block(0, false);
  }
  /** @throws DlmsError `protocol/block-number` for a block out of order in a confirmed transfer, `decode/…` */
  receive(bytes: Uint8Array): GbtStep {
    const apdu = decode(Apdu, bytes, { lenient: true });
    if (apdu.type !== 'general-block-transfer')
      throw new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: 'general block transfer', received: apdu.type });
    const { lastBlock, streaming, window } = apdu.blockControl;
    // One-way pushes stream with window 0: there is nobody to acknowledge.
    const oneWay = window === 0;
    if (apdu.blockNumberAck > this.#blocks.length)
      throw new DlmsError('protocol/block-number', { side: 'remote', expected: this.#blocks.length, received: apdu.blockNumberAck });
    this.#acknowledged = Math.max(this.#acknowledged, apdu.blockNumberAck);
    if (!oneWay) this.#peerWindow = window;
    const acknowledgementOnly = apdu.blockData.length === 0 && !lastBlock;
    if (acknowledgementOnly) return { send: this.#sending() ? this.#burst() : [] };
    if (apdu.blockNumber === 1 && this.#received.length > 0 && (oneWay || !this.#sending())) {
      this.#received = [];
      this.#total = 0;
    }
    const expected = this.#received.length + 1;
    if (apdu.blockNumber !== expected) {
      if (oneWay) {
        this.#received = [];
        this.#total = 0;
        throw new DlmsError('protocol/block-number', { side: 'remote', expected, received: apdu.blockNumber });
      }
      // A gap or a repetition: at the end of the burst say which block came last in order.
      return { send: streaming ? [] : [this.#acknowledgement()] };
    }
    this.#total += apdu.blockData.length;
    if (this.#total > this.#receiveTotal) throw new DlmsError('decode/too-large', { offset: 0, limit: this.#receiveTotal, actual: this.#total });
    this.#received.push(apdu.blockData.slice());
    if (lastBlock) {
      const complete = concat(...this.#received);
      this.#received = [];
      this.#total = 0;
      return { send: [], complete };
    }
    return { send: oneWay || streaming ? [] : [this.#acknowledgement()] };
  }
  #sending(): boolean {
    return this.#acknowledged < this.#blocks.length;
  }
  /** As many blocks as the peer takes, the last of them without streaming: then it answers. */
  #burst(): Uint8Array[] {
    const from = this.#acknowledged;
    const to = Math.min(from + Math.max(1, this.#peerWindow), this.#blocks.length);
    return Array.from({ length: to - from }, (_, i) => this.#block(from + i, from + i + 1 < to));
  }
  #block(index: number, streaming: boolean): Uint8Array {
    const blockData = this.#blocks[index] as Uint8Array;
    return this.#encode({
      blockControl: { lastBlock: index === this.#blocks.length - 1, streaming, window: this.#window },
      blockNumber: index + 1,
      blockNumberAck: this.#received.length,
      blockData,
    });
  }
  #acknowledgement(): Uint8Array {
    const blockNumber = Math.min(this.#acknowledged + 1, 0xffff);
    return this.#encode({
      blockControl: { lastBlock: false, streaming: false, window: this.#window },
      blockNumber,
      blockNumberAck: this.#received.length,
      blockData: new Uint8Array(0),
    });
  }
  #encode(block: GeneralBlockTransfer): Uint8Array {
    return encode(Apdu, { type: 'general-block-transfer', ...block });
  }
}
