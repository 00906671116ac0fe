import { decode } from '../axdr/schema.js';
import { invokeIdOf, isGeneralBlock, isIdentifiedResponse, isNotification, responseTagOf } from '../core/apdu-facts.js';
import { type Clock, systemClock } from '../core/clock.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { SecurityContext } from '../security/context.js';
import { type ProtectOptions, protect } from '../security/protect.js';
import { unprotect } from '../security/unprotect.js';
import { type Conversation, refused } from '../session/conversation.js';
import { GbtEndpoint } from '../session/general-block-transfer.js';
import type { ApduChannel, ReceiveOptions } from '../transport/transport.js';
import { Apdu } from '../xdlms/apdu.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { InvokeIds } from './invoke-ids.js';
import { undisturbed } from './undisturbed.js';

/**
 * Something that happened on a connection, for logs and metrics. Octets are those of the APDU on the wire, ciphered if
 * it was.
 */
export type ClientEvent =
  | { readonly type: 'sent' | 'received'; readonly apdu: Uint8Array }
  /** The plain form of a ciphered APDU; only with `plainEvents` of the options. */
  | { readonly type: 'plain'; readonly direction: 'sent' | 'received'; readonly apdu: Uint8Array }
  /** Something arrived that is for nobody; reported so that nothing vanishes. */
  | {
      readonly type: 'dropped';
      readonly apdu: Uint8Array;
      readonly reason: DropReason;
      /** What `onNotification` threw. */
      readonly error?: unknown;
    }
  /** The association is requested again, from the AARQ on. */
  | { readonly type: 'retry'; readonly attempt: number }
  /**
   * The meter refused our invocation counter and said which one it expects. Nothing vouches for that, so our counter
   * moved up to `next` once, and will not again in this opening.
   */
  | { readonly type: 'counter'; readonly reported: number; readonly next: number }
  /** A deviation of the meter that was accepted (docs/quirks.md). */
  | { readonly type: 'quirk'; readonly name: string; readonly detail: string }
  | { readonly type: 'progress'; readonly octets: number };

/** Why something that came was not handed on, in words. */
export type DropReason =
  /** The response to an abandoned request, or to none of ours. */
  | 'answer to another request'
  /** There is no `onNotification`. */
  | 'notification that nobody listens to'
  | 'notification that cannot be read'
  /** `onNotification` threw; the `error` of the event says what. */
  | 'notification whose listener failed'
  /** It came while the association was being opened, when nothing can be verified yet. */
  | 'notification before the association is open'
  /** A block of a general block transfer that we already have, or that nobody waits for. */
  | 'block that brings nothing new'
  | 'no answer to a release';

/** Options for waiting, and for what arrives besides the answers. */
export interface ExchangeOptions {
  /** Milliseconds to wait for each response. Default: 30 000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /**
   * Called with notifications (data, event, information-report) that arrive in between, plain and verified. If it
   * throws, the call in progress goes on, and `onEvent` is told.
   */
  readonly onNotification?: (apdu: Apdu) => void;
  /** Called with what happens on the connection, for logs and metrics. What it throws is ignored. */
  readonly onEvent?: (event: ClientEvent) => void;
  /**
   * Also reports the plain form of ciphered APDUs to `onEvent`. Default: false, because it contains what the cipher
   * protects.
   */
  readonly plainEvents?: boolean;
}

/**
 * One request at a time over a channel: protects, sends, waits, opens. What it knows about DLMS comes from `session`
 * and `security`.
 */
export class Exchange {
  readonly channel: ApduChannel;
  readonly options: ExchangeOptions;
  readonly clock: Clock;
  /** `onEvent` of the options, which no longer throws. */
  readonly onEvent: ((event: ClientEvent) => void) | undefined;
  /** Set while the association is ciphered. */
  security: SecurityContext | undefined;
  /** Set when both sides support general block transfer. */
  gbt: GbtEndpoint | undefined;
  readonly invokeIds: InvokeIds = new InvokeIds();
  /**
   * Called with the reason when the association cannot go on: an answer that may still come could be mistaken for
   * another one, or the connection is gone.
   */
  onLost: ((reason: DlmsError) => void) | undefined;
  /** Identifies the current turn; undefined when nobody has it. */
  #turn: object | undefined;
  readonly #waiting: (() => void)[] = [];
  /** Why a call in progress must not go on. */
  #stopped: DlmsError | undefined;
  /** Whether a request was sent whose answer has not arrived. */
  #inFlight = false;
  /** Whether blocks of general block transfer were asked for again, so that they may arrive twice. */
  #askedAgain = false;
  /** Counts connections, so that the end of a call over an old one has no effect. */
  #connection = 0;
  readonly #receiveOptions: ReceiveOptions;

  constructor(channel: ApduChannel, options: ExchangeOptions) {
    this.channel = channel;
    this.options = options;
    // Printing a client must not print its password.
    Object.defineProperty(this, 'options', { enumerable: false });
    this.clock = options.clock ?? systemClock;
    this.onEvent = options.onEvent === undefined ? undefined : undisturbed(options.onEvent);
    this.#receiveOptions = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
  }

  /** Runs the work when its turn comes; a failure does not stop the others. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#turn !== undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const turn = {};
    this.#turn = turn;
    try {
      return await work();
    } finally {
      if (this.#turn === turn) this.#handOn();
    }
  }
  get busy(): boolean {
    return this.#turn !== undefined;
  }
  /** Takes the turn away from a call that does not end. That call fails when it next sends or receives. */
  interrupt(reason: DlmsError): void {
    this.#stopped = reason;
    this.#handOn();
  }
  /** Passes the turn straight to the next in line, so that no newcomer gets in between. */
  #handOn(): void {
    const next = this.#waiting.shift();
    this.#turn = next === undefined ? undefined : {};
    next?.();
  }
  /** Starts afresh for another connection. */
  reset(): void {
    this.#connection++;
    this.#stopped = undefined;
    this.security = undefined;
    this.gbt = undefined;
    this.invokeIds.reset();
  }

  /** Runs a conversation of plain APDUs to its end, protecting each request and opening each response. */
  async run<T>(conversation: Conversation<T>, signal?: AbortSignal, protection?: ProtectOptions): Promise<T> {
    const connection = this.#connection;
    let sent = nothing;
    this.#inFlight = false;
    this.#askedAgain = false;
    try {
      let step = conversation.next();
      while (step.done !== true) {
        // Checked before there is an answer to wait for.
        if (signal?.aborted === true)
          throw new DlmsError('transport/aborted', { during: 'a call' }, { cause: signal.reason });
        sent = step.value;
        this.#still(connection);
        await this.send(sent, protection);
        this.#still(connection);
        let answer = await this.receive(signal);
        // The response to an abandoned request may come late: it is skipped, and the right one awaited.
        let othersSince: number | undefined;
        for (let others = 0; isOther(sent, answer); others++) {
          othersSince = this.#since(othersSince, 'a response among those to other requests');
          // There are 16 invoke-ids, so this many responses cannot all be late ones.
          if (others > 64)
            throw new DlmsError('protocol/unexpected-apdu', {
              side: 'remote',
              state: 'waiting for a response',
              received: 'responses to other requests',
            });
          this.invokeIds.arrived(invokeIdOf(answer) ?? 0);
          this.drop(answer, 'answer to another request');
          answer = await this.receive(signal);
        }
        if (this.invokeIds.awaited > 0 && answer[0] !== responseTagOf(sent)) throw this.#ambiguous(answer);
        this.#inFlight = false;
        step = conversation.next(answer);
      }
      // In a ciphered association, a block of another transfer would not verify.
      if (this.#askedAgain && this.security === undefined)
        this.#lose('blocks were asked for again, and one that arrives twice could not be told from the next ones');
      return step.value;
    } catch (e) {
      if (connection === this.#connection) this.#failed(e, sent);
      throw e;
    }
  }
  /** An abandoned call may resume when there is another connection, which it must leave alone. */
  #still(connection: number): void {
    if (connection !== this.#connection)
      throw new DlmsError('transport/aborted', { during: 'a call over an earlier connection' });
  }
  /** An answer without invoke-id may belong to an abandoned request. */
  #ambiguous(answer: Uint8Array): DlmsError {
    const error = new DlmsError('protocol/unexpected-apdu', {
      side: 'remote',
      state: `waiting for a response while ${this.invokeIds.awaited} earlier ones may still come`,
      received: `${refused(decode(Apdu, answer, lenient), 'a response').message}: without an invoke-id it could belong to any of them`,
    });
    this.#lose('a refusal came that may belong to any of several requests', error);
    return error;
  }
  /**
   * After an error an answer may still be on its way. Either it can be recognised when it arrives, or the association
   * ends here.
   */
  #failed(e: unknown, sent: Uint8Array): void {
    const code = isDlmsError(e) ? e.code : undefined;
    // Compression is not negotiated, so the meter may not support it. Nothing vouches for this answer either, but going
    // without compression is no weaker.
    if (
      isDlmsError(e, 'service/exception') &&
      e.context.serviceError === 'deciphering-error' &&
      this.security !== undefined
    )
      this.security.compress = undefined;
    if (code !== undefined && connectionGone.has(code)) return this.#lose('the connection is gone', e);
    if (responseTagOf(sent) === undefined) {
      if (sent.length > 0 && (this.#inFlight || code?.startsWith('protocol/') === true))
        this.#lose('a late response could not be told from the next one, because short names have no invoke-id', e);
      return;
    }
    if (!this.#inFlight) return;
    if (this.gbt !== undefined)
      this.#lose(
        'a late block could not be told from the next ones, because general block transfer has no invoke-id',
        e,
      );
    else if (!this.invokeIds.giveUp(invokeIdOf(sent) ?? 0)) this.#lose('too many requests went unanswered', e);
  }
  #lose(reason: string, cause?: unknown): void {
    this.onLost?.(
      new DlmsError('association/not-open', { state: 'failed', reason }, cause === undefined ? {} : { cause }),
    );
  }
  drop(apdu: Uint8Array, reason: DropReason, error?: unknown): void {
    this.onEvent?.({ type: 'dropped', apdu, reason, ...(error === undefined ? {} : { error }) });
  }

  // Each await costs a GET more than most of what is awaited, so results that are already available are not awaited.
  send(plain: Uint8Array, options?: ProtectOptions): Promise<void> {
    if (this.options.plainEvents === true) this.onEvent?.({ type: 'plain', direction: 'sent', apdu: plain });
    if (this.security === undefined) return this.sendRaw(plain);
    try {
      const apdu = protect(plain, this.security, options);
      return apdu instanceof Promise ? apdu.then((a) => this.sendRaw(a)) : this.sendRaw(apdu);
    } catch (e) {
      return Promise.reject(e);
    }
  }
  /** @param shown passed to `onEvent` instead: an APDU without its password */
  sendRaw(apdu: Uint8Array, shown: Uint8Array = apdu): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    this.#inFlight = true;
    if (this.gbt !== undefined) return this.#sendBlocks(this.gbt, apdu);
    this.onEvent?.({ type: 'sent', apdu: shown });
    return this.channel.send(apdu);
  }
  async #sendBlocks(gbt: GbtEndpoint, apdu: Uint8Array): Promise<void> {
    await this.#sendAll(gbt.begin(apdu));
  }
  async #sendAll(apdus: readonly Uint8Array[]): Promise<void> {
    for (const apdu of apdus) {
      this.onEvent?.({ type: 'sent', apdu });
      await this.channel.send(apdu);
    }
  }
  /** Receives the next plain response. Notifications in between go to `onNotification`. */
  async receive(signal?: AbortSignal): Promise<Uint8Array> {
    let notifiedSince: number | undefined;
    const connection = this.#connection;
    for (;;) {
      const received = this.gbt?.pending === true ? await this.#blockOrWhole(signal) : await this.receiveRaw(signal);
      this.#still(connection);
      const { apdu, acknowledgement } = isGeneralBlock(received)
        ? await this.#whole(received, signal)
        : { apdu: received, acknowledgement: undefined };
      let plain = apdu;
      if (this.security !== undefined) {
        const opened = unprotect(apdu, this.security, lenient);
        plain = (opened instanceof Promise ? await opened : opened).apdu;
      }
      if (this.options.plainEvents === true) this.onEvent?.({ type: 'plain', direction: 'received', apdu: plain });
      if (!isNotification(plain)) return plain;
      // Nothing else tells the meter that the last block of its notification has arrived.
      if (acknowledgement !== undefined) await this.#sendAll([acknowledgement]);
      this.#notify(plain);
      notifiedSince = this.#since(notifiedSince, 'a response among notifications');
    }
  }
  /**
   * A meter that keeps sending something else must not hold up a request forever: each wait has its timeout, and so
   * have all waits together.
   */
  #since(since: number | undefined, waitingFor: string): number {
    const now = this.clock.now();
    const waitedMs = Math.round(now - (since ?? now));
    if (waitedMs > (this.options.timeoutMs ?? 30_000))
      throw new DlmsError('transport/timeout', { waitedMs, waitingFor });
    return since ?? now;
  }
  #notify(plain: Uint8Array): void {
    const { onNotification } = this.options;
    if (onNotification === undefined) return this.drop(plain, 'notification that nobody listens to');
    let notification: Apdu;
    try {
      notification = decode(Apdu, plain, lenient);
    } catch {
      // It must not end the request during which it arrived.
      return this.drop(plain, 'notification that cannot be read');
    }
    try {
      onNotification(notification);
    } catch (error) {
      this.drop(plain, 'notification whose listener failed', error);
    }
  }
  receiveRaw(signal?: AbortSignal, timeoutMs?: number): Promise<Uint8Array> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    const received = this.channel.receive(
      signal === undefined && timeoutMs === undefined
        ? this.#receiveOptions
        : {
            ...this.#receiveOptions,
            ...(timeoutMs === undefined ? {} : { timeoutMs }),
            ...(signal === undefined ? {} : { signal }),
          },
    );
    const { onEvent } = this;
    if (onEvent === undefined) return received;
    return received.then((apdu) => {
      onEvent({ type: 'received', apdu });
      return apdu;
    });
  }
  /** Assembles the blocks of general block transfer, sending what its machine asks for. */
  async #whole(
    first: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<{ apdu: Uint8Array; acknowledgement: Uint8Array | undefined }> {
    for (let apdu = first; ; apdu = await this.#blockOrWhole(signal)) {
      if (!isGeneralBlock(apdu)) return { apdu, acknowledgement: undefined };
      this.gbt ??= new GbtEndpoint();
      const { send, complete, acknowledgement, ignored } = this.gbt.receive(apdu);
      if (ignored === true) {
        // What was asked for again, here or by the peer, may arrive twice.
        this.#askedAgain = true;
        this.drop(apdu, 'block that brings nothing new');
      }
      await this.#sendAll(send);
      if (complete !== undefined) return { apdu: complete, acknowledgement };
    }
  }
  /** Receives an APDU, asking again for blocks that got lost. */
  async #blockOrWhole(signal: AbortSignal | undefined): Promise<Uint8Array> {
    for (;;) {
      try {
        return await this.receiveRaw(signal);
      } catch (e) {
        if (this.gbt?.pending !== true || !isDlmsError(e, 'transport/timeout')) throw e;
        this.#askedAgain = true;
        await this.#sendAll(this.gbt.expired());
      }
    }
  }
  /** Turns on general block transfer if both sides support it. */
  agreed(conformance: readonly ConformanceBit[], sendSize: number): void {
    this.gbt = conformance.includes('general-block-transfer') ? new GbtEndpoint({ sendSize }) : undefined;
  }
}

const lenient = { lenient: true } as const;

const nothing: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
/** Errors after which no more answers can come over this connection. */
const connectionGone: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'transport/closed',
  'transport/connect',
  'protocol/link',
  'decode/framing',
]);

/** Whether this is a response (of any service) with another invoke-id. */
function isOther(sent: Uint8Array, answer: Uint8Array): boolean {
  return isIdentifiedResponse(answer) && responseTagOf(sent) !== undefined && invokeIdOf(sent) !== invokeIdOf(answer);
}

/** The lowest counter that the meter expects, if it refused because of the counter. */
export function expectedCounter(e: unknown): number | undefined {
  return isDlmsError(e, 'service/exception') && e.context.serviceError === 'invocation-counter-error'
    ? e.context.invocationCounter
    : undefined;
}
