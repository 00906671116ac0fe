import { within } from '../core/clock.js';
import { DlmsError, isDlmsError } from '../core/errors.js';
import type { Conversation } from '../session/conversation.js';
import type { ServiceLimits } from '../session/limits.js';
import type { ApduChannel } from '../transport/transport.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import { Acse } from './acse.js';
import { Exchange } from './exchange.js';
import { type ClientOptions, cipheringOf } from './options.js';
import type { Referencing } from './referencing.js';

/**
 * Milliseconds allowed for each step of closing: many meters close the connection instead of answering a release, which
 * nobody wants to wait for.
 */
const closeTimeout = 5000;
/** Opens and releases an association and runs conversations in it. */
export class ClientAssociation {
  readonly exchange: Exchange;
  readonly options: ClientOptions;
  #state: 'closed' | 'opening' | 'open' | 'failed' = 'closed';
  #channelClosed = false;
  readonly #acse: Acse;
  /** Why the association ended by itself. */
  #lost: DlmsError | undefined;
  /** Counts openings, so that one that was abandoned does not open anything later. */
  #opening = 0;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(channel: ApduChannel, options: ClientOptions) {
    const ciphered = cipheringOf(options) === 'required';
    this.options = options;
    Object.defineProperty(this, 'options', { enumerable: false });
    this.exchange = new Exchange(channel, options);
    this.exchange.onLost = (reason) => this.#end(reason);
    this.#acse = new Acse(this.exchange, options, ciphered);
  }
  get state(): string {
    return this.#state;
  }
  get referencing(): Referencing {
    return this.#acse.referencing;
  }
  /** What both sides support; empty until the association is open. */
  get conformance(): readonly ConformanceBit[] {
    return this.#acse.conformance;
  }
  get limits(): ServiceLimits {
    return this.#acse.limits;
  }
  get ciphered(): boolean {
    return this.#acse.ciphered;
  }

  /** @throws DlmsError `association/not-open` with the reason when the association has ended by itself */
  run<T>(conversation: (limits: ServiceLimits) => Conversation<T>, signal?: AbortSignal): Promise<T> {
    if (this.#state !== 'open')
      return Promise.reject(this.#lost ?? new DlmsError('association/not-open', { state: this.#state }));
    return this.exchange.run(conversation(this.#acse.limits), signal);
  }

  /** Opens the channel, then the association; see `Client.connect`. */
  open(signal?: AbortSignal): Promise<void> {
    return this.exchange.exclusive(async () => {
      if (this.#state === 'open') return;
      cipheringOf(this.options);
      await this.#closing;
      this.#state = 'opening';
      this.#lost = undefined;
      const opening = ++this.#opening;
      try {
        this.exchange.reset();
        this.#channelClosed = false;
        await unlessAborted(signal, () => this.exchange.channel.open());
        if (this.options.preEstablished === true) this.#acse.preEstablished();
        else await this.#acse.associate(signal);
        // The client was closed in the meantime.
        if (opening !== this.#opening) throw this.#lost ?? new DlmsError('transport/aborted', { during: 'connecting' });
        this.#state = 'open';
      } catch (e) {
        if (opening === this.#opening) {
          this.#state = 'failed';
          await this.#closeChannel();
        }
        throw e;
      }
    });
  }
  /**
   * Nothing more can be requested. The connection ends too, because what is still on its way must not end up in another
   * association.
   */
  #end(reason: DlmsError): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#lost = reason;
    void this.#closeChannel();
  }
  /**
   * Closes the connection below, even one that never opened, because its transport already exists. Does not wait long
   * for one that does not close.
   * @returns what went wrong, unless the meter was simply gone
   */
  #closeChannel(): Promise<unknown> {
    if (this.#channelClosed) return this.#closing;
    this.#channelClosed = true;
    this.#acse.end();
    const { channel, clock } = this.exchange;
    this.#closing = within(clock, closeTimeout, 'the connection to close', channel.close()).then(
      () => undefined,
      (e) => (isDlmsError(e) ? undefined : e),
    );
    return this.#closing;
  }
  /** Releases the association and closes the channel; see `Client.close`. */
  close(): Promise<void> {
    const { exchange } = this;
    // Calls made before may finish, but not take forever.
    const stop = exchange.busy ? exchange.clock.after(closeTimeout, () => this.#interrupt()) : undefined;
    return exchange.exclusive(async () => {
      stop?.();
      const wasOpen = this.#state === 'open' && this.options.preEstablished !== true;
      this.#state = 'closed';
      this.#lost = undefined;
      let fault: unknown;
      try {
        if (wasOpen) await this.#acse.release(closeTimeout);
      } catch (e) {
        // A meter may close the connection instead of answering, or refuse the release; the association is over either
        // way.
        if (!isDlmsError(e)) throw e;
      } finally {
        fault = await this.#closeChannel();
      }
      if (fault !== undefined) throw fault;
    });
  }
  #interrupt(): void {
    const reason = new DlmsError('transport/aborted', {
      during: 'a call still in progress when the client was closed',
    });
    this.#opening++;
    this.#state = 'failed';
    this.#lost = new DlmsError('association/not-open', { state: 'closed' }, { cause: reason });
    void this.#closeChannel();
    this.exchange.interrupt(reason);
  }
}

/** Ends with `transport/aborted` as soon as the signal says so; the work itself cannot be stopped. */
async function unlessAborted(signal: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
  if (signal === undefined) return work();
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new DlmsError('transport/aborted', { during: 'connecting' }, { cause: signal.reason }));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
  try {
    await Promise.race(signal.aborted ? [aborted] : [aborted, work()]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
