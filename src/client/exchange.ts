import { decode } from '../axdr/schema.js';
import { type Clock, systemClock } from '../core/clock.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { SecurityContext } from '../security/context.js';
import { type ProtectOptions, protect } from '../security/protect.js';
import { unprotect } from '../security/unprotect.js';
import type { Conversation } from '../session/conversation.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import type { ApduChannel, ReceiveOptions } from '../transport/transport.js';
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
  #busy = false;
  readonly #waiting: (() => void)[] = [];
  readonly #receiveOptions: ReceiveOptions;

  constructor(channel: ApduChannel, options: ExchangeOptions) {
    this.channel = channel;
    this.options = options;
    // Whoever prints a client must not print its password.
    Object.defineProperty(this, 'options', { enumerable: false });
    this.clock = options.clock ?? systemClock;
    this.#receiveOptions = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
  }

  /** Waits for its turn, then runs; a failure does not stop the others. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    // Whoever is done hands the turn on, so nobody who comes later gets in between.
    if (this.#busy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy = false;
      else next();
    }
  }

  /** Runs a conversation of plain APDUs to its end, protecting and opening each. */
  async run<T>(conversation: Conversation<T>, signal?: AbortSignal, protection?: ProtectOptions): Promise<T> {
    let step = conversation.next();
    while (step.done !== true) {
      const sent = step.value;
      await this.send(sent, protection);
      let answer = await this.receive(signal);
      // A response to an earlier request that timed out may come late: it is passed over, and the right one awaited.
      for (let late = 0; isLate(sent, answer); late++) {
        // There are 16 invoke-ids: more of them than a few rounds are no stragglers.
        if (late > 64)
          throw new DlmsError('protocol/unexpected-apdu', { side: 'remote', state: 'waiting for a response', received: 'responses to other requests' });
        this.options.onEvent?.({ type: 'late', apdu: answer });
        answer = await this.receive(signal);
      }
      step = conversation.next(answer);
    }
    return step.value;
  }

  // Each await costs a GET more than most of what is awaited: what is there already is taken as it is.
  send(plain: Uint8Array, options?: ProtectOptions): Promise<void> {
    if (this.options.plainEvents === true) this.options.onEvent?.({ type: 'plain', direction: 'sent', apdu: plain });
    if (this.security === undefined) return this.sendRaw(plain);
    try {
      const apdu = protect(plain, this.security, options);
      return apdu instanceof Promise ? apdu.then((a) => this.sendRaw(a)) : this.sendRaw(apdu);
    } catch (e) {
      return Promise.reject(e);
    }
  }
  /** @param shown what `onEvent` hears instead: an APDU without its password */
  sendRaw(apdu: Uint8Array, shown: Uint8Array = apdu): Promise<void> {
    if (this.gbt !== undefined) return this.#sendBlocks(this.gbt, apdu);
    this.options.onEvent?.({ type: 'sent', apdu: shown });
    return this.channel.send(apdu);
  }
  async #sendBlocks(gbt: GbtEndpoint, apdu: Uint8Array): Promise<void> {
    await this.#sendAll(gbt.begin(apdu));
  }
  async #sendAll(apdus: readonly Uint8Array[]): Promise<void> {
    for (const apdu of apdus) {
      this.options.onEvent?.({ type: 'sent', apdu });
      await this.channel.send(apdu);
    }
  }
  /** The next plain response. Notifications in between go to `onNotification`. */
  async receive(signal?: AbortSignal): Promise<Uint8Array> {
    let notifiedSince: number | undefined;
    for (;;) {
      const received = this.gbt?.pending === true ? await this.#blockOrWhole(signal) : await this.receiveRaw(signal);
      const { apdu, acknowledgement } = received[0] === 0xe0 ? await this.#whole(received, signal) : { apdu: received, acknowledgement: undefined };
      let plain = apdu;
      if (this.security !== undefined) {
        const opened = unprotect(apdu, this.security, lenient);
        plain = (opened instanceof Promise ? await opened : opened).apdu;
      }
      if (this.options.plainEvents === true) this.options.onEvent?.({ type: 'plain', direction: 'received', apdu: plain });
      if (plain[0] !== 0x0f && plain[0] !== 0xc2) return plain;
      // Nothing else tells the meter that the last block of a notification arrived.
      if (acknowledgement !== undefined) await this.#sendAll([acknowledgement]);
      this.options.onNotification?.(decode(Apdu, plain, lenient));
      // A meter that pushes for ever must not hold a request for ever: each wait has its time-out, and all of them together have one.
      const now = this.clock.now();
      notifiedSince ??= now;
      const waitedMs = Math.round(now - notifiedSince);
      if (waitedMs > (this.options.timeoutMs ?? 30_000)) throw new DlmsError('transport/timeout', { waitedMs, waitingFor: 'a response among notifications' });
    }
  }
  receiveRaw(signal?: AbortSignal, timeoutMs?: number): Promise<Uint8Array> {
    const received = this.channel.receive(
      signal === undefined && timeoutMs === undefined
        ? this.#receiveOptions
        : { ...this.#receiveOptions, ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(signal === undefined ? {} : { signal }) },
    );
    const { onEvent } = this.options;
    if (onEvent === undefined) return received;
    return received.then((apdu) => {
      onEvent({ type: 'received', apdu });
      return apdu;
    });
  }
  /** Puts general block transfer together, sending what its machine asks for. */
  async #whole(first: Uint8Array, signal: AbortSignal | undefined): Promise<{ apdu: Uint8Array; acknowledgement: Uint8Array | undefined }> {
    for (let apdu = first; ; apdu = await this.#blockOrWhole(signal)) {
      if (apdu[0] !== 0xe0) return { apdu, acknowledgement: undefined };
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

const lenient = { lenient: true } as const;

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
