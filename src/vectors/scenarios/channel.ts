import { DlmsError } from '../../core/errors.js';
import type { ApduChannel } from '../../transport/transport.js';

/**
 * Octets are handed over at once: there is no line, and no time passes in a request. What is on its way can be kept
 * back.
 */
export class DirectChannel implements ApduChannel {
  readonly #carry: (apdu: Uint8Array) => Promise<readonly Uint8Array[]>;
  readonly #ended: () => void;
  readonly #answers: Uint8Array[] = [];
  #keep: { where: 'sending' | 'receiving'; after: number; reached: () => void; go?: () => void } | undefined;

  /** @param carry takes an APDU to the meter and brings the answers */
  constructor(carry: (apdu: Uint8Array) => Promise<readonly Uint8Array[]>, ended: () => void) {
    this.#carry = carry;
    this.#ended = ended;
  }
  /** Lets so many APDUs pass and keeps the next one. Resolves when it is there. */
  keep(where: 'sending' | 'receiving', after: number): Promise<void> {
    return new Promise((reached) => {
      this.#keep = { where, after, reached };
    });
  }
  /** What was kept goes on. */
  resume(): void {
    const { go } = this.#keep ?? {};
    this.#keep = undefined;
    go?.();
  }
  async #pass(where: 'sending' | 'receiving'): Promise<void> {
    const keep = this.#keep;
    if (keep?.where !== where) return;
    if (keep.after-- > 0) return;
    await new Promise<void>((go) => {
      keep.go = go;
      keep.reached();
    });
  }
  async open(): Promise<void> {
    this.#answers.length = 0;
  }
  async send(apdu: Uint8Array): Promise<void> {
    await this.#pass('sending');
    this.#answers.push(...(await this.#carry(apdu)));
  }
  async receive(): Promise<Uint8Array> {
    await this.#pass('receiving');
    const answer = this.#answers.shift();
    if (answer === undefined) throw new DlmsError('transport/timeout', { waitedMs: 0, waitingFor: 'an answer' });
    return answer;
  }
  async close(): Promise<void> {
    this.#ended();
  }
}
