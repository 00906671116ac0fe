import { isGeneralBlock } from '../core/apdu-facts.js';
import { equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';

/** Options of {@link PushJoiner}. */
export interface PushJoinerOptions {
  /**
   * Maximum size of one APDU in octets; all incomplete APDUs together may have sixteen times as many. Default: 262 144;
   * a push is far smaller.
   */
  readonly maxApduSize?: number;
  /** Maximum number of senders with incomplete APDUs; the one silent for longest gives way. Default: 256. */
  readonly maxSenders?: number;
  /** Called for blocks that had to be dropped. */
  readonly onDropped: (error: DlmsError) => void;
}

/** The outcome of one APDU from a sender. */
export interface JoinedPush {
  /** Acknowledgements of blocks, to be sent at once. */
  readonly send: readonly Uint8Array[];
  /** The APDU itself, or the one that its last block has completed. */
  readonly apdu?: Uint8Array;
  /** What to send if the receiver has no answer: nothing else may tell the sender that its last block has arrived. */
  readonly acknowledgement?: Uint8Array;
  /** The APDUs that carry an answer back. */
  answer(apdu: Uint8Array): readonly Uint8Array[];
}

interface Sender {
  readonly blocks: GbtEndpoint;
  /** Blocks and octets held until the rest of their APDU arrives; 0 for none. */
  count: number;
  octets: number;
  first: Uint8Array | undefined;
}

/**
 * Assembles the blocks of pushes (general block transfer), separately for each sender. A pure machine: the caller says
 * who sent what.
 */
export class PushJoiner {
  readonly #options: PushJoinerOptions;
  readonly #limit: number;
  /** In the order of their last block, oldest first. */
  readonly #senders = new Map<string, Sender>();
  #octets = 0;

  constructor(options: PushJoinerOptions) {
    this.#options = options;
    this.#limit = options.maxApduSize ?? 0x4_0000;
  }
  /** Octets held until the rest of their APDUs arrives. */
  get pending(): number {
    return this.#octets;
  }

  /**
   * @throws DlmsError `protocol/block-number`, `protocol/block-transfer`, `decode/…`; the blocks of this sender are
   *   then dropped
   */
  take(sender: string, apdu: Uint8Array): JoinedPush {
    if (!isGeneralBlock(apdu)) return { send: [], apdu, answer: (a) => [a] };
    const state = this.#sender(sender);
    this.#noticeRestart(state, apdu);
    try {
      const { send, complete, acknowledgement } = state.blocks.receive(apdu);
      if (complete !== undefined) {
        this.#settle(state);
        return {
          send,
          apdu: complete,
          ...(acknowledgement === undefined ? {} : { acknowledgement }),
          answer: (a) => state.blocks.answer(a),
        };
      }
      if (state.blocks.pending) this.#grow(state, apdu);
      return { send, answer: (a) => [a] };
    } catch (e) {
      this.#settle(state);
      throw e;
    }
  }
  /** Drops what is incomplete from the senders whose names start with the prefix, because they are gone. */
  forget(prefix: string): void {
    for (const [key, state] of this.#senders) {
      if (!key.startsWith(prefix)) continue;
      this.#senders.delete(key);
      this.#drop(state, 'the sender is gone');
    }
  }

  #sender(key: string): Sender {
    const state = this.#senders.get(key) ?? {
      blocks: new GbtEndpoint({ receiveTotal: this.#limit }),
      count: 0,
      octets: 0,
      first: undefined,
    };
    this.#senders.delete(key);
    this.#senders.set(key, state);
    for (const [oldest, other] of this.#senders) {
      if (
        oldest === key ||
        (this.#senders.size <= (this.#options.maxSenders ?? 256) && this.#octets < 16 * this.#limit)
      )
        break;
      this.#senders.delete(oldest);
      this.#drop(other, 'too many senders have sent incomplete APDUs');
    }
    return state;
  }
  /** Block 1 starts anew, whatever came before it. */
  #noticeRestart(state: Sender, apdu: Uint8Array): void {
    const again = apdu[2] === 0 && apdu[3] === 1 && state.count > 0;
    if (again && !(state.count === 1 && state.first !== undefined && equalBytes(state.first, apdu)))
      this.#drop(state, 'block 1 came again');
  }
  #grow(state: Sender, apdu: Uint8Array): void {
    if (state.count === 0) state.first = apdu.slice();
    state.count++;
    state.octets += apdu.length;
    this.#octets += apdu.length;
  }
  #settle(state: Sender): void {
    this.#octets -= state.octets;
    state.count = 0;
    state.octets = 0;
    state.first = undefined;
  }
  #drop(state: Sender, why: string): void {
    const { count } = state;
    this.#settle(state);
    if (count > 0)
      this.#options.onDropped(
        new DlmsError('protocol/block-transfer', {
          side: 'remote',
          reason: `${why}: ${count} block(s) of an incomplete APDU are dropped`,
        }),
      );
  }
}
