import { DlmsError } from '../../core/errors.js';
import type { Route } from '../transport.js';

/** An APDU that arrived but reached nobody. */
export interface DroppedApdu extends Route {
  readonly apdu: Uint8Array;
}
/** Called with what was received but reaches nobody: the reason, and the APDU if there is one. */
export type DropListener = (error: DlmsError, dropped?: DroppedApdu) => void;

/** What was received but reached nobody. Without a listener, the next error of `receive` mentions it. */
export class Drops {
  readonly #listener: DropListener | undefined;
  #count = 0;
  #last: DlmsError | undefined;

  constructor(listener: DropListener | undefined) {
    this.#listener = listener;
  }
  /** How many so far. */
  get count(): number {
    return this.#count;
  }
  add(error: DlmsError, dropped?: DroppedApdu): void {
    this.#count++;
    this.#last = error;
    this.#listener?.(error, dropped);
  }
  /** Drops a complete APDU. */
  refuse(reason: string, dropped: DroppedApdu): void {
    const { serverSap, clientSap } = dropped;
    const what = `an APDU of server ${serverSap} for client ${clientSap}: ${reason}`;
    this.add(new DlmsError('protocol/link', { side: 'remote', state: 'receiving', reason: what }), dropped);
  }
  /** What an error says about it: nothing, or how many, and why the last one was dropped. */
  get note(): string {
    return this.#last === undefined ? '' : ` (${this.#count} dropped, the last: ${this.#last.message})`;
  }
}
