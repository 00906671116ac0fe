import { isGeneralBlock } from '../core/apdu-facts.js';
import { equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';

export interface PushJoinerOptions {
  /** Octets of one APDU; all that are under way together may have sixteen times as many. Default 262 144: a push is far below this. */
  readonly maxApduSize?: number;
  /** Senders whose blocks are put together at a time; the one silent longest gives way. Default 256. */
  readonly maxSenders?: number;
  /** Hears of blocks that came to nothing. */
  readonly onDropped: (error: DlmsError) => void;
}

/** What one APDU of a sender came to. */
export interface JoinedPush {
  /** Acknowledgements of blocks, to be sent at once. */
  readonly send: readonly Uint8Array[];
  /** The APDU itself, or the one whose last block this was. */
  readonly apdu?: Uint8Array;
  /** What to send when the receiver has nothing to say: nothing else may tell the sender that its last block arrived. */
  readonly acknowledgement?: Uint8Array;
  /** The octets that carry an answer back. */
  answer(apdu: Uint8Array): readonly Uint8Array[];
}

interface Sender {
  readonly blocks: GbtEndpoint;
  /** Blocks and octets that wait for the rest of their APDU; 0 for none. */
  count: number;
  octets: number;
  first: Uint8Array | undefined;
}

/** Puts the blocks of pushes together (general block transfer), for each sender apart. A pure machine: who sent what is the caller's to say. */
export class PushJoiner {
  readonly #options: PushJoinerOptions;
  readonly #limit: number;
  /** Longest silent first. */
  readonly #senders = new Map<string, Sender>();
  #octets = 0;

  constructor(options: PushJoinerOptions) {
    this.#options = options;
    this.#limit = options.maxApduSize ?? 0x4_0000;
  }
  /** Octets that wait for the rest of their APDUs. */
  get pending(): number {
    return this.#octets;
  }

  /** @throws DlmsError `protocol/block-number`, `protocol/block-transfer`, `decode/…`; the blocks of this sender are forgotten then */
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
  /** The senders whose names begin so are gone: what is not complete is dropped. */
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
      this.#drop(other, 'too many senders have sent half an APDU');
    }
    return state;
  }
  /** Block 1 begins anew, whatever came before it. */
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
          reason: `${why}: ${count} block(s) without their rest are dropped`,
        }),
      );
  }
}
