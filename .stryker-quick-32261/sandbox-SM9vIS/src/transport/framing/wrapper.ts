import { type Clock, systemClock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import { closedError, octetLink } from '../link.js';
import type { ApduChannel, ApduHandler, OctetLink, ReceiveOptions, Route, Transport } from '../transport.js';
import { Inbox, within } from './inbox.js';
import { Unwrapper, unwrap, type Wpdu, wrap } from './wpdu.js';

export interface WrapperOptions {
  /** How long `receive` waits, and how long `send` waits for a peer that does not read. Default 30 000 ms. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** Longest APDU accepted. Default 65535, the most the length field can say. */
  readonly maxApduSize?: number;
  /**
   * Gets WPDUs for no open channel (a push to another client SAP, say), those that came after the queue of a channel nobody reads was full, and with
   * UDP the datagrams that were no WPDU as `error`. Default: they are dropped.
   */
  readonly dropped?: (pdu: Wpdu | undefined, error?: DlmsError) => void;
}

/** Several associations (pairs of client SAP and server SAP) on one connection. */
export interface WrapperMux {
  /** The channel of one pair. Its `close` closes only itself. @throws DlmsError `service/unsupported` when the pair is open already. */
  channel(route: Route): ApduChannel;
  /** Closes the connection; every channel ends with `transport/closed`. */
  close(): Promise<void>;
}

/** APDUs one channel keeps for a reader that does not ask; afterwards the peer is held back (TCP), or they are dropped. */
const queueLimit = 64;

/**
 * One association over the wrapper: the usual client over TCP or UDP. Closing the channel closes the transport.
 *
 * ```ts
 * const channel = wrapperChannel(await connectTcp({ host: 'meter', port: 4059 }), { clientSap: 16, serverSap: 1 });
 * ```
 */
export function wrapperChannel(transport: Transport, options: Route & WrapperOptions): ApduChannel {
  return new WrapperConnection(transport, options).channel(options, true);
}

/** See {@link WrapperMux}. */
export function wrapperMux(transport: Transport, options: WrapperOptions = {}): WrapperMux {
  return new WrapperConnection(transport, options);
}

class WrapperConnection implements WrapperMux {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly #link: OctetLink;
  readonly #unwrapper: Unwrapper;
  readonly #datagrams: boolean;
  readonly #dropped: WrapperOptions['dropped'];
  readonly #inboxes = new Map<number, Inbox>();
  #paused = false;
  #failure: DlmsError | undefined;

  constructor(transport: Transport, options: WrapperOptions) {
    this.clock = options.clock ?? systemClock;
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.#datagrams = transport.datagrams === true;
    this.#dropped = options.dropped;
    this.#unwrapper = new Unwrapper(options.maxApduSize);
    this.#link = octetLink(transport);
    this.#link.start({
      octets: (chunk) => (this.#datagrams ? this.#datagram(chunk, options.maxApduSize) : this.#stream(chunk)),
      ended: (error) => this.#fail(closedError(error, 'receiving')),
    });
  }

  channel(route: Route, closesConnection = false): ApduChannel {
    const key = route.clientSap * 0x10000 + route.serverSap;
    // Refuses SAPs that are no wPorts here, not at the first APDU.
    wrap(route.clientSap, route.serverSap, new Uint8Array(0));
    if (this.#inboxes.has(key))
      throw new DlmsError('service/unsupported', {
        what: `a second channel for client ${route.clientSap} and server ${route.serverSap}`,
      });
    const inbox = new Inbox(this.clock, this.timeoutMs);
    if (this.#failure !== undefined) inbox.fail(this.#failure);
    this.#inboxes.set(key, inbox);
    return {
      open: () => (this.#failure === undefined ? Promise.resolve() : Promise.reject(this.#failure)),
      send: (apdu) => this.#send(route, apdu),
      receive: (options?: ReceiveOptions) => {
        const received = inbox.receive(options);
        if (this.#paused) this.#resume();
        return received;
      },
      close: async () => {
        inbox.fail(new DlmsError('transport/closed', { by: 'local', during: 'receiving' }));
        this.#inboxes.delete(key);
        if (closesConnection) await this.close();
      },
    };
  }

  async close(): Promise<void> {
    this.#fail(new DlmsError('transport/closed', { by: 'local', during: 'receiving' }));
    const closing = this.#link.close();
    if (closing === undefined) return;
    // A peer that never reads must not hold up the end.
    await within(this.clock, this.timeoutMs, 'the peer to take the last octets', closing).catch(() =>
      this.#link.abort(),
    );
  }

  #send(route: Route, apdu: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    try {
      const writing = this.#link.write(wrap(route.clientSap, route.serverSap, apdu));
      return writing === undefined ? Promise.resolve() : this.#written(writing);
    } catch (e) {
      return Promise.reject(e);
    }
  }
  async #written(writing: Promise<void>): Promise<void> {
    await within(this.clock, this.timeoutMs, 'the peer to read', writing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #stream(chunk: Uint8Array): void {
    const unwrapper = this.#unwrapper;
    try {
      unwrapper.feed(chunk);
      for (let pdu = unwrapper.next(); pdu !== undefined; pdu = unwrapper.next()) this.#deliver(pdu);
    } catch (error) {
      // The boundaries of a TCP stream are lost for good.
      this.#fail(error as DlmsError);
      this.#link.abort();
    }
  }

  #datagram(chunk: Uint8Array, maxApduSize: number | undefined): void {
    try {
      this.#deliver(unwrap(chunk, maxApduSize));
    } catch (error) {
      this.#dropped?.(undefined, error as DlmsError);
    }
  }

  #deliver(pdu: Wpdu): void {
    const inbox = this.#inboxes.get(pdu.destination * 0x10000 + pdu.source);
    if (inbox === undefined || inbox.length >= queueLimit) {
      this.#dropped?.(pdu);
      return;
    }
    inbox.deliver(pdu.payload);
    if (inbox.length >= queueLimit / 2 && !this.#datagrams && !this.#anyWaiting()) {
      this.#paused = true;
      this.#link.pause();
    }
  }

  /** Holding back the peer is for everyone's APDUs: never while somebody waits for one. */
  #anyWaiting(): boolean {
    for (const inbox of this.#inboxes.values()) if (inbox.waiting) return true;
    return false;
  }

  #resume(): void {
    for (const inbox of this.#inboxes.values()) if (inbox.length >= queueLimit / 2 && !this.#anyWaiting()) return;
    this.#paused = false;
    this.#link.resume();
  }

  #fail(error: DlmsError): void {
    this.#failure ??= error;
    for (const inbox of this.#inboxes.values()) inbox.fail(this.#failure);
  }
}

export interface ServeOptions {
  readonly clock?: Clock;
  /** Longest APDU accepted. Default 65535. */
  readonly maxApduSize?: number;
  /** Closes a connection on which no whole APDU arrived for so long (the inactivity_time_out of the TCP-UDP setup class). Default: never; listeners have a limit of their own. */
  readonly inactivityMs?: number;
  /** How long an APDU may take from its first octet to its last before the connection is dropped, streams only. Default 120 000 ms; Infinity for no limit. */
  readonly messageMs?: number;
  /** How long a peer may leave our answer unread before the connection is dropped. Default 30 000 ms. */
  readonly timeoutMs?: number;
  /** Hears what ended the connection, or with UDP what was wrong with a datagram. */
  readonly onError?: (error: DlmsError) => void;
}

/** The meter's end of one connection. */
export interface ServedConnection {
  /** Sends an unsolicited APDU (event notification, push) from the server SAP to the client SAP. */
  send(route: Route, apdu: Uint8Array): Promise<void>;
  /** Settles, never rejects, when the connection is gone. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Answers a connection with a handler. One APDU at a time, in the order of arrival, whatever the SAPs: while the handler works, the peer is held back.
 * A handler that throws ends the connection.
 */
export function serveWrapper(transport: Transport, handler: ApduHandler, options: ServeOptions = {}): ServedConnection {
  return new WrapperServer(transport, handler, options);
}

class WrapperServer implements ServedConnection {
  readonly closed: Promise<void>;
  readonly #link: OctetLink;
  readonly #handler: ApduHandler;
  readonly #options: ServeOptions;
  readonly #clock: Clock;
  readonly #unwrapper: Unwrapper;
  readonly #datagrams: boolean;
  /** Datagrams that came while the handler was busy: a few are kept, more are lost like any datagram. */
  readonly #waiting: Wpdu[] = [];
  #busy = false;
  #ended = false;
  #lastApdu: number;
  #stopMessage: (() => void) | undefined;
  #stopInactivity: (() => void) | undefined;
  #settle: () => void = () => {};

  constructor(transport: Transport, handler: ApduHandler, options: ServeOptions) {
    this.#handler = handler;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#datagrams = transport.datagrams === true;
    this.#unwrapper = new Unwrapper(options.maxApduSize);
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#lastApdu = this.#clock.now();
    if (options.inactivityMs !== undefined) this.#watch(options.inactivityMs, options.inactivityMs);
    this.#link = octetLink(transport);
    this.#link.start({
      octets: (chunk) => this.#arrived(chunk),
      ended: (error) => this.#end(error === undefined ? undefined : closedError(error, 'serving')),
    });
  }

  async send(route: Route, apdu: Uint8Array): Promise<void> {
    if (this.#ended) throw new DlmsError('transport/closed', { by: 'remote', during: 'sending' });
    await this.#write(wrap(route.serverSap, route.clientSap, apdu));
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
    if (this.#datagrams) {
      try {
        const pdu = unwrap(chunk, this.#options.maxApduSize);
        if (this.#waiting.length < queueLimit) this.#waiting.push(pdu);
        else
          throw new DlmsError('protocol/link', {
            side: 'local',
            state: 'serving datagrams',
            reason: `${queueLimit} requests wait for the handler`,
          });
      } catch (error) {
        this.#options.onError?.(error as DlmsError);
      }
    } else this.#unwrapper.feed(chunk);
    if (!this.#busy) this.#serve();
  }

  /** Answers what has arrived until a promise has to be waited for. */
  #serve(): void {
    try {
      while (!this.#ended) {
        const pdu = this.#datagrams ? this.#waiting.shift() : this.#unwrapper.next();
        if (pdu === undefined) return this.#unwrapper.held > 0 ? this.#awaitRest() : undefined;
        this.#stopMessage?.();
        this.#stopMessage = undefined;
        this.#lastApdu = this.#clock.now();
        const route = { clientSap: pdu.source, serverSap: pdu.destination };
        const answers = this.#handler.handle(pdu.payload, route);
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

  #answer(route: Route, answers: readonly Uint8Array[]): Promise<void> | undefined {
    let slow: Promise<void> | undefined;
    for (const apdu of answers) slow = this.#write(wrap(route.serverSap, route.clientSap, apdu)) ?? slow;
    return slow;
  }

  #write(octets: Uint8Array): Promise<void> | undefined {
    const writing = this.#link.write(octets);
    return writing === undefined
      ? undefined
      : within(this.#clock, this.#options.timeoutMs ?? 30_000, 'the peer to read', writing);
  }

  /** Half an APDU is there: whoever sends an octet now and then must not hold the connection. */
  #awaitRest(): void {
    const { messageMs = 120_000 } = this.#options;
    if (messageMs === Number.POSITIVE_INFINITY) return;
    this.#stopMessage ??= this.#clock.after(messageMs, () =>
      this.#drop(new DlmsError('transport/timeout', { waitedMs: messageMs, waitingFor: 'the rest of an APDU' })),
    );
  }
  #watch(inactivityMs: number, ms: number): void {
    this.#stopInactivity = this.#clock.after(ms, () => {
      // What waits for the handler is not the peer's fault.
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
