import { type Clock, systemClock } from '../core/clock.js';
import { DlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';
import { closedError, octetLink } from '../transport/link.js';
import type { PushedApdu } from '../transport/push/push-readings.js';
import { PushReceiver, type PushReceiverOptions } from '../transport/push/push-receiver.js';
import type { OctetLink, Transport } from '../transport/transport.js';
import { PushJoiner } from './push-joiner.js';
import { undisturbed } from './undisturbed.js';

/**
 * What an error is about. `dropped`: octets or APDUs that were dropped. `handler`: what the handler threw. `transport`:
 * the end of the transport, or an answer that could not be written to it. `refused`: a refused connection.
 */
export interface PushFault {
  readonly kind: 'dropped' | 'handler' | 'transport' | 'refused';
}

/** Options of {@link receivePushes}. */
export interface ReceivePushesOptions extends Omit<PushReceiverOptions, 'datagrams' | 'onDropped'> {
  /**
   * Called for everything received that does not reach the handler, and for what the handler throws. Required, so that
   * nothing vanishes without a trace. What it throws itself is ignored.
   */
  readonly onError: (error: unknown, about: PushFault) => void;
  /**
   * Milliseconds of silence after which anything incomplete is dropped, and a bare APDU counts as complete. Default:
   * 1000.
   */
  readonly silenceMs?: number;
  /**
   * Milliseconds that an APDU may take from its first octet to its last before the transport is closed. Default: no
   * limit (a serial line stays open).
   */
  readonly messageMs?: number;
  /** Closes the transport when no complete APDU has arrived for this many milliseconds. Default: never. */
  readonly inactivityMs?: number;
  readonly clock?: Clock;
  /** Assembles blocks for several transports, which share its limits. Default: one for this transport alone. */
  readonly joiner?: PushJoiner;
  /** Tells senders apart if a joiner is shared. Default: empty. */
  readonly sender?: string;
}

/**
 * Receives a complete pushed APDU, and may return APDUs to send back (a confirmation). It should throw if it cannot use
 * the APDU; `onError` then reports that.
 */
export type PushHandler = (push: PushedApdu) => MaybePromise<readonly Uint8Array[] | undefined | void>;

/** Pushes on one transport: a connection, a serial line, a datagram sender. */
export interface PushReception {
  /** Resolves when the transport has ended; never rejects. */
  readonly closed: Promise<void>;
  /** Ends the reception and closes the transport. */
  close(): Promise<void>;
}

/** Requires `onError`. @throws DlmsError `encode/invalid-value` */
export function requireListener(onError: unknown): void {
  if (typeof onError !== 'function')
    throw new DlmsError('encode/invalid-value', {
      expected: 'onError, which reports what was received and dropped',
      actual: typeof onError,
    });
}

/** How many pushes may wait for the handler; further datagrams are dropped. A stream is held back long before. */
const queueLimit = 64;
const never = Number.POSITIVE_INFINITY;

/**
 * Passes every APDU that arrives on a transport to a handler, one by one and in order, in any framing, with segments
 * and blocks (general block transfer) assembled. While the handler works, the sender is held back. If the handler
 * throws, that is reported, and the next APDU is passed on all the same.
 *
 * @throws DlmsError `encode/invalid-value` without `onError`
 */
export function receivePushes(
  transport: Transport,
  handler: PushHandler,
  options: ReceivePushesOptions,
): PushReception {
  requireListener(options.onError);
  return new Reception(transport, handler, options);
}

class Reception implements PushReception {
  readonly closed: Promise<void>;
  readonly #handler: PushHandler;
  readonly #options: ReceivePushesOptions;
  readonly #clock: Clock;
  readonly #datagrams: boolean;
  readonly #receiver: PushReceiver;
  readonly #joiner: PushJoiner;
  readonly #link: OctetLink;
  #queue: PushedApdu[] = [];
  #working = false;
  #ended = false;
  /** When the incomplete APDU began. */
  #begun: number | undefined;
  #lastApdu: number;
  #stopSilence = (): void => {};
  #stopLimit = (): void => {};
  #limitAt = Number.POSITIVE_INFINITY;
  #settle = (): void => {};

  constructor(transport: Transport, handler: PushHandler, options: ReceivePushesOptions) {
    this.#handler = handler;
    this.#options = { ...options, onError: undisturbed(options.onError) };
    this.#clock = options.clock ?? systemClock;
    this.#datagrams = transport.datagrams === true;
    const dropped = (error: DlmsError): void => this.#report(error, 'dropped');
    this.#receiver = new PushReceiver({ ...options, datagrams: this.#datagrams, onDropped: dropped });
    this.#joiner =
      options.joiner ??
      new PushJoiner({
        ...(options.maxApduSize === undefined ? {} : { maxApduSize: options.maxApduSize }),
        onDropped: dropped,
      });
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#lastApdu = this.#clock.now();
    this.#link = octetLink(transport);
    this.#link.start({ octets: (chunk) => this.#octets(chunk), ended: (error) => this.#end(error) });
    this.#watch();
  }
  async close(): Promise<void> {
    this.#stopSilence();
    await this.#link.close();
    this.#end();
    await this.closed;
  }

  #octets(chunk: Uint8Array): void {
    if (this.#ended) return;
    this.#take(this.#receiver.push(chunk));
    this.#stopSilence();
    if (this.#receiver.pending > 0)
      this.#stopSilence = this.#clock.after(this.#options.silenceMs ?? 1000, () => this.#take(this.#receiver.flush()));
    this.#watch();
  }
  #take(pushes: readonly PushedApdu[]): void {
    if (this.#receiver.pending === 0) this.#begun = undefined;
    else if (pushes.length > 0 || this.#begun === undefined) this.#begun = this.#clock.now();
    if (pushes.length === 0) return;
    this.#lastApdu = this.#clock.now();
    // A stream is held back after one chunk; datagrams keep arriving.
    const room = this.#datagrams ? Math.max(0, queueLimit - this.#queue.length) : pushes.length;
    this.#queue = this.#queue.concat(pushes.slice(0, room));
    for (const _ of pushes.slice(room))
      this.#report(
        new DlmsError('protocol/link', {
          side: 'local',
          state: 'receiving pushes',
          reason: `${queueLimit} datagrams wait for the handler`,
        }),
        'dropped',
      );
    if (this.#working) return;
    this.#link.pause();
    void this.#work();
  }
  async #work(): Promise<void> {
    this.#working = true;
    for (let push = this.#queue.shift(); push !== undefined; push = this.#queue.shift()) await this.#handle(push);
    this.#working = false;
    if (this.#ended) return this.#finish();
    this.#lastApdu = this.#clock.now();
    this.#link.resume();
  }
  async #handle(push: PushedApdu): Promise<void> {
    const reply = async (apdus: readonly Uint8Array[]): Promise<void> => {
      for (const apdu of apdus) {
        if (this.#ended) return;
        const octets = push.frameAnswer(apdu);
        try {
          await this.#link.write(octets);
        } catch (error) {
          return this.#report(error, 'transport');
        }
      }
    };
    try {
      const { route, physicalAddress } = push;
      const joined = this.#join(
        `${this.#name} ${route?.clientSap ?? ''} ${route?.serverSap ?? ''} ${physicalAddress ?? ''}`,
        push.apdu,
      );
      if (joined === undefined) return;
      await reply(joined.send);
      if (joined.apdu === undefined) return;
      const answers = (await this.#handler(joined.apdu === push.apdu ? push : { ...push, apdu: joined.apdu })) ?? [];
      if (answers.length > 0) await reply([...joined.answer(answers[0] as Uint8Array), ...answers.slice(1)]);
      else if (joined.acknowledgement !== undefined) await reply([joined.acknowledgement]);
    } catch (error) {
      this.#report(error, 'handler');
    }
  }
  #join(key: string, apdu: Uint8Array): ReturnType<PushJoiner['take']> | undefined {
    try {
      return this.#joiner.take(key, apdu);
    } catch (error) {
      this.#report(error, 'dropped');
      return undefined;
    }
  }

  /**
   * When the transport is to be closed, and why: an APDU that takes too long, or none at all. Nothing is due while the
   * handler works.
   */
  #limit(): { at: number; error: DlmsError } {
    const { messageMs = never, inactivityMs = never } = this.#options;
    const since = this.#working ? this.#clock.now() : 0;
    const rest = Math.max(since, this.#begun ?? never) + messageMs;
    const any = Math.max(since, this.#lastApdu) + inactivityMs;
    return rest <= any
      ? {
          at: rest,
          error: new DlmsError('transport/timeout', { waitedMs: messageMs, waitingFor: 'the rest of a push' }),
        }
      : {
          at: any,
          error: new DlmsError('transport/timeout', {
            waitedMs: inactivityMs,
            waitingFor: 'any push (inactivity time-out)',
          }),
        };
  }
  #watch(): void {
    const { at } = this.#limit();
    // If the timer fires too early, it is set again.
    if (this.#ended || at >= this.#limitAt) return;
    this.#stopLimit();
    this.#limitAt = at;
    this.#stopLimit = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#limitAt = never;
      const due = this.#limit();
      if (this.#clock.now() < due.at) return this.#watch();
      this.#link.abort();
      this.#end(due.error);
    });
  }
  #end(error?: unknown): void {
    if (this.#ended) return;
    this.#stopSilence();
    this.#stopLimit();
    this.#take(this.#receiver.flush());
    this.#ended = true;
    if (error !== undefined) this.#report(closedError(error, 'receiving pushes'), 'transport');
    if (!this.#working) this.#finish();
  }
  #finish(): void {
    this.#joiner.forget(`${this.#name} `);
    this.#settle();
  }
  get #name(): string {
    return this.#options.sender ?? '';
  }
  #report(error: unknown, kind: PushFault['kind']): void {
    this.#options.onError(error, { kind });
  }
}
