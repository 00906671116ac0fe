import { decode } from '../axdr/schema.js';
import { type Clock, systemClock } from '../core/clock.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { SecurityContext } from '../security/context.js';
import { type ProtectOptions, protect } from '../security/protect.js';
import { unprotect } from '../security/unprotect.js';
import type { Conversation } from '../session/conversation.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import type { ApduChannel } from '../transport/transport.js';
import { Apdu } from '../xdlms/apdu.js';
import type { ConformanceBit } from '../xdlms/initiate.js';

/** What happened on a connection: for logs and metrics. Octets are those of the frame content, ciphered as sent. */
export type ClientEvent =
  | { readonly type: 'sent' | 'received'; readonly apdu: Uint8Array }
  /** The plain form of what was ciphered; only when `plain` events are asked for. */
  | { readonly type: 'plain'; readonly direction: 'sent' | 'received'; readonly apdu: Uint8Array }
  /** A response to an earlier, abandoned request. */
  | { readonly type: 'late'; readonly apdu: Uint8Array }
  | { readonly type: 'retry'; readonly attempt: number }
  | { readonly type: 'progress'; readonly octets: number };

export interface ExchangeOptions {
  /** Milliseconds to wait for each response. Default 30 000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** Gets data-notification and event-notification APDUs that arrive in between, plain and verified. */
  readonly onNotification?: (apdu: Apdu) => void;
  readonly onEvent?: (event: ClientEvent) => void;
  /** Also report the plain form of ciphered APDUs in `onEvent`. Default false: it holds what the cipher protects. */
  readonly plainEvents?: boolean;
}

/** One request at a time over a channel: protects, sends, waits, opens. Everything it knows of DLMS it asks the machines of `session` and `security`. */
export class Exchange {
  readonly channel: ApduChannel;
  readonly options: ExchangeOptions;
  readonly clock: Clock;
  /** Set while the association is ciphered. */
  security: SecurityContext | undefined;
  /** Set when both sides support general block transfer. */
  gbt: GbtEndpoint | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(channel: ApduChannel, options: ExchangeOptions) {
    this.channel = channel;
    this.options = options;
    this.clock = options.clock ?? systemClock;
  }

  /** Waits for its turn, then runs; a failure does not stop the others. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Runs a conversation of plain APDUs to its end, protecting and opening each. */
  async run<T>(conversation: Conversation<T>, signal?: AbortSignal, protection?: ProtectOptions): Promise<T> {
    let step = conversation.next();
    while (step.done !== true) {
      const sent = step.value;
      await this.send(sent, protection);
      step = await this.#answered(conversation, sent, signal);
    }
    return step.value;
  }
  /** A response to an earlier request that timed out may come late: it is passed over, and the right one awaited. */
  async #answered<T>(conversation: Conversation<T>, sent: Uint8Array, signal: AbortSignal | undefined): Promise<IteratorResult<Uint8Array, T>> {
    for (;;) {
      const answer = await this.receive(signal);
      if (isLate(sent, answer)) this.options.onEvent?.({ type: 'late', apdu: answer });
      else return conversation.next(answer);
    }
  }

  async send(plain: Uint8Array, options?: ProtectOptions): Promise<void> {
    if (this.options.plainEvents === true) this.options.onEvent?.({ type: 'plain', direction: 'sent', apdu: plain });
    const apdu = this.security === undefined ? plain : await protect(plain, this.security, options);
    await this.sendRaw(apdu);
  }
  async sendRaw(apdu: Uint8Array): Promise<void> {
    await this.#sendAll(this.gbt === undefined ? [apdu] : this.gbt.begin(apdu));
  }
  async #sendAll(apdus: readonly Uint8Array[]): Promise<void> {
    for (const apdu of apdus) {
      this.options.onEvent?.({ type: 'sent', apdu });
      await this.channel.send(apdu);
    }
  }
  /** The next plain response. Notifications in between go to `onNotification`. */
  async receive(signal?: AbortSignal): Promise<Uint8Array> {
    for (;;) {
      const { apdu, acknowledgement } = await this.#whole(signal);
      const plain = this.security === undefined ? apdu : (await unprotect(apdu, this.security, { lenient: true })).apdu;
      if (this.options.plainEvents === true) this.options.onEvent?.({ type: 'plain', direction: 'received', apdu: plain });
      if (plain[0] !== 0x0f && plain[0] !== 0xc2) return plain;
      // Nothing else tells the meter that the last block of a notification arrived.
      if (acknowledgement !== undefined) await this.#sendAll([acknowledgement]);
      this.options.onNotification?.(decode(Apdu, plain, { lenient: true }));
    }
  }
  async receiveRaw(signal?: AbortSignal, timeoutMs: number | undefined = this.options.timeoutMs): Promise<Uint8Array> {
    const apdu = await this.channel.receive({
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    });
    this.options.onEvent?.({ type: 'received', apdu });
    return apdu;
  }
  /** Puts general block transfer together, sending what its machine asks for. */
  async #whole(signal: AbortSignal | undefined): Promise<{ apdu: Uint8Array; acknowledgement?: Uint8Array | undefined }> {
    for (;;) {
      const apdu = await this.#blockOrWhole(signal);
      if (apdu[0] !== 0xe0) return { apdu };
      this.gbt ??= new GbtEndpoint();
      const { send, complete, acknowledgement } = this.gbt.receive(apdu);
      await this.#sendAll(send);
      if (complete !== undefined) return { apdu: complete, acknowledgement };
    }
  }
  /** Blocks that got lost on the way are asked for again. */
  async #blockOrWhole(signal: AbortSignal | undefined): Promise<Uint8Array> {
    for (;;) {
      try {
        return await this.receiveRaw(signal);
      } catch (e) {
        if (this.gbt?.pending !== true || !isDlmsError(e, 'transport/timeout')) throw e;
        await this.#sendAll(this.gbt.expired());
      }
    }
  }
  /** Turns general block transfer on after both sides said that they support it. */
  agreed(conformance: readonly ConformanceBit[], sendSize: number): void {
    this.gbt = conformance.includes('general-block-transfer') ? new GbtEndpoint({ sendSize }) : undefined;
  }
}

/** Same service, another invoke-id: C0 (request) is answered by C4, C1 by C5, C3 by C7; the invoke-id is in the third octet. */
function isLate(sent: Uint8Array, answer: Uint8Array): boolean {
  const service = sent[0] ?? 0;
  if (service !== 0xc0 && service !== 0xc1 && service !== 0xc3) return false;
  return answer[0] === service + 4 && ((sent[2] ?? 0) & 0x0f) !== ((answer[2] ?? 0) & 0x0f);
}

/** Whether the meter refused because of the counter; then the value that it expects at least. */
export function expectedCounter(e: unknown): number | undefined {
  return isDlmsError(e, 'service/exception') && e.context.serviceError === 'invocation-counter-error' ? e.context.invocationCounter : undefined;
}
export const notOpen = (state: string): DlmsError => new DlmsError('association/not-open', { state });
