import { type Clock, systemClock, within } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import type { Deframer } from '../deframer.js';
import { closedError, octetLink } from '../link.js';
import type { ApduHandler, OctetLink, Route, Transport } from '../transport.js';
import type { ApduFraming } from './apdu-framing.js';

/** Limits of a served connection. */
export interface ServeOptions {
  readonly clock?: Clock;
  /** Longest APDU accepted, in octets. Default: 65 535. */
  readonly maxApduSize?: number;
  /**
   * Closes a connection on which no complete APDU has arrived for this many milliseconds (the inactivity_time_out of
   * the TCP-UDP setup class). Default: never; listeners have a limit of their own.
   */
  readonly inactivityMs?: number;
  /**
   * Milliseconds that an APDU may take from its first octet to its last before the connection is dropped; only for
   * streams. Default: 120 000; Infinity for no limit.
   */
  readonly messageMs?: number;
  /** Milliseconds that a peer may leave our answer unread before the connection is dropped. Default: 30 000. */
  readonly timeoutMs?: number;
  /** Called with what ended the connection or, with UDP, what was wrong with a datagram. */
  readonly onError?: (error: DlmsError) => void;
}

/** The meter's end of one connection. */
export interface ServedConnection {
  /** Sends an unsolicited APDU (event notification, push) from the server SAP to the client SAP. */
  send(route: Route, apdu: Uint8Array): Promise<void>;
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<void>;
  /** Closes the connection. */
  close(): Promise<void>;
}

/** How many APDUs in datagrams may wait for the handler; further ones are lost like any datagram, but reported. */
const queueLimit = 64;
/**
 * Octets of a stream that are deframed at a time, so that memory does not fill with short frames while the handler
 * works.
 */
const portion = 4096;

/**
 * The meter's end of a connection. It handles one APDU at a time in the order of arrival, whatever the SAPs; while the
 * handler works, the peer is held back. A handler that throws ends the connection.
 */
export class ConnectionServer implements ServedConnection {
  readonly closed: Promise<void>;
  readonly #link: OctetLink;
  readonly #handler: ApduHandler;
  readonly #options: ServeOptions;
  readonly #clock: Clock;
  readonly #framing: ApduFraming<unknown>;
  readonly #deframer: Deframer<unknown>;
  readonly #datagrams: boolean;
  /** Octets of the stream that arrived while the handler was busy. */
  #chunks: Uint8Array[] = [];
  /** Frames for the handler. */
  #frames: unknown[] = [];
  #busy = false;
  #ended = false;
  #lastApdu: number;
  #stopMessage: (() => void) | undefined;
  #stopInactivity: (() => void) | undefined;
  #settle: () => void = () => {};

  constructor(transport: Transport, handler: ApduHandler, framing: ApduFraming<unknown>, options: ServeOptions) {
    this.#handler = handler;
    this.#framing = framing;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#datagrams = transport.datagrams === true;
    this.#deframer = framing.deframer({ onSkipped: ({ error }) => this.#skipped(error) });
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#lastApdu = this.#clock.now();
    if (options.inactivityMs !== undefined) this.#watch(options.inactivityMs, options.inactivityMs);
    this.#link = octetLink(transport);
    this.#link.start({
      octets: (chunk) => this.#arrived(chunk),
      ended: (error) => {
        if (!this.#ended) this.#deframer.flush();
        this.#end(error === undefined ? undefined : closedError(error, 'serving'));
      },
    });
  }

  async send(route: Route, apdu: Uint8Array): Promise<void> {
    if (this.#ended) throw new DlmsError('transport/closed', { by: 'remote', during: 'sending' });
    await this.#write(this.#framing.write(route, apdu));
  }

  async close(): Promise<void> {
    const closing = this.#link.close();
    if (closing !== undefined)
      await within(this.#clock, this.#options.timeoutMs ?? 30_000, 'the peer to take the last octets', closing).catch(
        () => this.#link.abort(),
      );
    this.#end();
  }

  #arrived(chunk: Uint8Array): void {
    if (this.#ended) return;
    if (this.#datagrams) for (const frame of this.#deframer.push(chunk)) this.#datagram(frame);
    else this.#chunks.push(chunk);
    if (!this.#busy) this.#serve();
  }
  #datagram(frame: unknown): void {
    if (this.#frames.length < queueLimit) this.#frames.push(frame);
    else {
      const reason = `${queueLimit} requests wait for the handler`;
      this.#options.onError?.(new DlmsError('protocol/link', { side: 'local', state: 'serving datagrams', reason }));
    }
  }
  /** If it ends the connection, the end of the connection reports it. */
  #skipped(error: DlmsError): void {
    if (this.#deframer.failure === undefined) this.#options.onError?.(error);
  }

  #next(): unknown {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#deframer.failure !== undefined) throw this.#deframer.failure;
      const chunk = this.#chunks.shift();
      if (chunk === undefined) return undefined;
      if (chunk.length > portion) this.#chunks.unshift(chunk.subarray(portion));
      this.#frames = this.#deframer.push(chunk.length > portion ? chunk.subarray(0, portion) : chunk);
    }
  }

  /** Serves what has arrived, until it has to wait for a promise. */
  #serve(): void {
    try {
      while (!this.#ended) {
        const frame = this.#next();
        if (frame === undefined) return this.#deframer.pending > 0 ? this.#awaitRest() : undefined;
        this.#stopMessage?.();
        this.#stopMessage = undefined;
        this.#lastApdu = this.#clock.now();
        const { apdu, clientSap, serverSap } = this.#framing.read(frame);
        const route = { clientSap, serverSap };
        const answers = this.#handler.handle(apdu, route);
        if (answers instanceof Promise) {
          this.#wait(answers.then((ready) => this.#answer(route, ready)));
          return;
        }
        const writing = this.#answer(route, answers);
        if (writing !== undefined) {
          this.#wait(writing);
          return;
        }
      }
    } catch (error) {
      this.#drop(error);
    }
  }

  #wait(work: Promise<void>): void {
    this.#busy = true;
    this.#link.pause();
    work.then(
      () => {
        this.#busy = false;
        if (this.#ended) return;
        this.#serve();
        if (!this.#busy) this.#link.resume();
      },
      (error) => this.#drop(error),
    );
  }

  /** One after the other, so that a peer that does not read fails one write and not all of them. */
  #answer(route: Route, answers: readonly Uint8Array[], from = 0): Promise<void> | undefined {
    for (let i = from; i < answers.length; i++) {
      const slow = this.#write(this.#framing.write(route, answers[i] as Uint8Array));
      if (slow !== undefined) return slow.then(() => this.#answer(route, answers, i + 1));
    }
    return undefined;
  }

  #write(octets: Uint8Array): Promise<void> | undefined {
    const writing = this.#link.write(octets);
    return writing === undefined
      ? undefined
      : within(this.#clock, this.#options.timeoutMs ?? 30_000, 'the peer to read', writing);
  }

  /** An APDU is incomplete: a peer that sends an octet now and then must not occupy the connection. */
  #awaitRest(): void {
    const { messageMs = 120_000 } = this.#options;
    if (messageMs === Number.POSITIVE_INFINITY) return;
    this.#stopMessage ??= this.#clock.after(messageMs, () =>
      this.#drop(new DlmsError('transport/timeout', { waitedMs: messageMs, waitingFor: 'the rest of an APDU' })),
    );
  }
  #watch(inactivityMs: number, ms: number): void {
    this.#stopInactivity = this.#clock.after(ms, () => {
      // Waiting for the handler is not the peer's fault.
      if (this.#busy) this.#lastApdu = this.#clock.now();
      const left = this.#lastApdu + inactivityMs - this.#clock.now();
      if (left > 0) this.#watch(inactivityMs, left);
      else
        this.#drop(
          new DlmsError('transport/timeout', { waitedMs: inactivityMs, waitingFor: 'any APDU (inactivity time-out)' }),
        );
    });
  }

  #drop(error: unknown): void {
    if (this.#ended) return;
    this.#link.abort();
    this.#end(closedError(error, 'serving', 'local'));
  }

  #end(error?: DlmsError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopMessage?.();
    this.#stopInactivity?.();
    if (error !== undefined) this.#options.onError?.(error);
    this.#handler.released?.(undefined);
    this.#settle();
  }
}
