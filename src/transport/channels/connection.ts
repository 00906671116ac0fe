import { type Clock, systemClock, within } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import type { Deframer } from '../deframer.js';
import { closedError, octetLink } from '../link.js';
import type { ApduChannel, OctetLink, ReceiveOptions, Route, Transport } from '../transport.js';
import type { ApduFraming } from './apdu-framing.js';
import { type DropListener, Drops } from './drops.js';
import { Inbox } from './inbox.js';

/** Options that the channels over one connection share. */
export interface ConnectionOptions {
  /** Milliseconds that `receive` waits, and that `send` waits for a peer that does not read. Default: 30 000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** Longest APDU accepted, in octets. Default: 65 535. */
  readonly maxApduSize?: number;
  /**
   * Called with what arrives but reaches nobody: APDUs without an open channel (a push to another client SAP, for
   * example), or for one that nobody reads from, and datagrams that are not a frame. Without it they are counted
   * (`dropped`), and mentioned in the next error of `receive`.
   */
  readonly onDropped?: DropListener;
}

/**
 * How many APDUs a channel keeps for a reader that does not ask. After that the peer is held back (streams), or they
 * are dropped.
 */
const queueLimit = 64;

/** The client's end of a connection: several associations (pairs of client SAP and server SAP), each with a channel. */
export class Connection {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #link: OctetLink;
  readonly #framing: ApduFraming<unknown>;
  readonly #deframer: Deframer<unknown>;
  readonly #datagrams: boolean;
  readonly #drops: Drops;
  readonly #inboxes = new Map<number, Inbox>();
  #paused = false;
  #failure: DlmsError | undefined;

  constructor(transport: Transport, framing: ApduFraming<unknown>, options: ConnectionOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#datagrams = transport.datagrams === true;
    this.#drops = new Drops(options.onDropped);
    this.#framing = framing;
    this.#deframer = framing.deframer({ onSkipped: ({ error }) => this.#skipped(error) });
    this.#link = octetLink(transport);
    this.#link.start({
      octets: (chunk) => this.#octets(chunk),
      ended: (error) => {
        // Drops an incomplete frame, and reports it.
        this.#deframer.flush();
        this.#fail(closedError(error, this.#receiving()));
      },
    });
  }

  get dropped(): number {
    return this.#drops.count;
  }

  /** The channel of one pair. @throws DlmsError `service/unsupported` if the pair is already open */
  channel(route: Route, closesConnection = false): ApduChannel {
    const key = keyOf(route);
    // Refuses SAPs that the framing cannot represent here, not at the first APDU.
    this.#framing.write(route, new Uint8Array(0));
    if (this.#inboxes.has(key))
      throw new DlmsError('service/unsupported', {
        what: `a second channel for client ${route.clientSap} and server ${route.serverSap}`,
      });
    const inbox = new Inbox(this.#clock, this.#timeoutMs, this.#drops);
    if (this.#failure !== undefined) inbox.fail(this.#failure);
    this.#inboxes.set(key, inbox);
    const drops = this.#drops;
    return {
      open: () => (this.#failure === undefined ? Promise.resolve() : Promise.reject(this.#failure)),
      send: (apdu) => this.#send(route, apdu),
      receive: (options?: ReceiveOptions) => {
        const received = inbox.receive(options);
        if (this.#paused) this.#resume();
        return received;
      },
      close: async () => {
        inbox.fail(new DlmsError('transport/closed', { by: 'local', during: this.#receiving() }));
        this.#inboxes.delete(key);
        if (closesConnection) await this.close();
      },
      get dropped() {
        return drops.count;
      },
    };
  }

  async close(): Promise<void> {
    this.#fail(new DlmsError('transport/closed', { by: 'local', during: this.#receiving() }));
    const closing = this.#link.close();
    if (closing === undefined) return;
    // A peer that never reads must not delay the end.
    await within(this.#clock, this.#timeoutMs, 'the peer to take the last octets', closing).catch(() =>
      this.#link.abort(),
    );
  }

  #receiving(): string {
    return `receiving${this.#drops.note}`;
  }

  #send(route: Route, apdu: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    try {
      const writing = this.#link.write(this.#framing.write(route, apdu));
      return writing === undefined ? Promise.resolve() : this.#written(writing);
    } catch (e) {
      return Promise.reject(e);
    }
  }
  async #written(writing: Promise<void>): Promise<void> {
    await within(this.#clock, this.#timeoutMs, 'the peer to read', writing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #octets(chunk: Uint8Array): void {
    for (const frame of this.#deframer.push(chunk)) this.#deliver(frame);
    const { failure } = this.#deframer;
    if (failure === undefined) return;
    // The frame boundaries of the stream are lost for good.
    this.#fail(failure);
    this.#link.abort();
  }

  /** If it ends the connection, the error of the connection reports it. */
  #skipped(error: DlmsError): void {
    if (this.#deframer.failure === undefined) this.#drops.add(error);
  }

  #deliver(frame: unknown): void {
    const read = this.#framing.read(frame);
    const inbox = this.#inboxes.get(keyOf(read));
    if (inbox === undefined) return this.#drops.refuse('no channel is open for it', read);
    // What a stream had already delivered before it was held back is kept.
    if (inbox.length >= queueLimit && !this.#paused) return this.#drops.refuse(`${queueLimit} wait for a reader`, read);
    inbox.deliver(read.apdu);
    if (inbox.length >= queueLimit / 2 && !this.#datagrams && !this.#anyWaiting()) {
      this.#paused = true;
      this.#link.pause();
    }
  }

  /** Holding back the peer affects everyone's APDUs, so never while somebody waits for one. */
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

const keyOf = ({ clientSap, serverSap }: Route): number => clientSap * 0x10000 + serverSap;
