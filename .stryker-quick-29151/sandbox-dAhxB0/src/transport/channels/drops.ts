import { DlmsError } from '../../core/errors.js';
import type { Route } from '../transport.js';

/** An APDU that came and reached nobody. */
export interface DroppedApdu extends Route {
  readonly apdu: Uint8Array;
}
/** Hears of what was received and reaches nobody: why, and the APDU when there is one. */
export type DropListener = (error: DlmsError, dropped?: DroppedApdu) => void;

/** What was received and reached nobody. Who does not listen finds it in the next error that `receive` ends with. */
export class Drops {
  readonly #listener: DropListener | undefined;
  #count = 0;
  #last: DlmsError | undefined;

  constructor(listener: DropListener | undefined) {
    this.#listener = listener;
  }
  /** How many, so far. */
  get count(): number {
    return this.#count;
  }
  add(error: DlmsError, dropped?: DroppedApdu): void {
    this.#count++;
    this.#last = error;
    this.#listener?.(error, dropped);
  }
  /** For an APDU that came whole. */
  refuse(reason: string, dropped: DroppedApdu): void {
    const { serverSap, clientSap } = dropped;
    const what = `an APDU of server ${serverSap} for client ${clientSap}: ${reason}`;
    this.add(new DlmsError('protocol/link', { side: 'remote', state: 'receiving', reason: what }), dropped);
  }
  /** What an error says of it: nothing, or how many and why the last. */
  get note(): string {
    return this.#last === undefined ? '' : ` (${this.#count} dropped, the last: ${this.#last.message})`;
  }
}
