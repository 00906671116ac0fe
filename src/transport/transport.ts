import type { MaybePromise } from '../core/promise.js';

/** All a transport has to be: a pair of octet streams. A Web Serial port already is one. Wrappers are transports too, so they stack: `trace(faults(tcp))`. */
export interface Transport {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /**
   * The same octets without a promise per chunk, where the medium can do it (sockets). Whoever takes it leaves the streams alone.
   * Optional: `octetLink(transport)` gives the same view of any transport.
   */
  readonly direct?: OctetLink;
  /** True when each chunk, in both directions, is one datagram (UDP): boundaries mean something, and a bad chunk says nothing about the next. */
  readonly datagrams?: boolean;
}

/** Push-style view of a transport: what the frame layers (wrapper, HDLC) sit on. */
export interface OctetLink {
  /** Starts delivery; to be called once. */
  start(sink: OctetSink): void;
  /**
   * Sends octets, which must not be changed afterwards. A promise only when the peer reads too slowly; it resolves when there is room again.
   * Never fails: octets for a medium that is gone go nowhere, and `ended` says why.
   */
  write(octets: Uint8Array): MaybePromise<void>;
  /** Stops delivery for a while (the medium pushes back on the peer, or keeps a bounded amount). */
  pause(): void;
  /** Goes on after `pause`. */
  resume(): void;
  /** Sends what is still queued, then closes both directions; `ended` follows. */
  close(): MaybePromise<void>;
  /** Closes at once, dropping what is queued. */
  abort(): void;
}

/** Takes what arrives on an {@link OctetLink}. */
export interface OctetSink {
  /** Octets as they came, in chunks of any size. They stay valid: nobody writes into them later. */
  octets(chunk: Uint8Array): void;
  /** Called once at the end: with an error when the medium failed, without when either side closed. */
  ended(error?: unknown): void;
}

/** How one APDU is waited for. */
export interface ReceiveOptions {
  /** Milliseconds to wait; `transport/timeout` afterwards. Default: the channel's own. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Carries whole APDUs between one client and one server (logical device). What the client talks to; made by the wrapper and HDLC layers. */
export interface ApduChannel {
  /** Prepares the lower layer (HDLC: SNRM and UA). Nothing to do for the wrapper. */
  open(): Promise<void>;
  /** Sends one APDU. */
  send(apdu: Uint8Array): Promise<void>;
  /**
   * The next APDU. At most one call may be pending.
   * @throws DlmsError `transport/timeout`, `transport/closed`, `transport/aborted`, `decode/…` for octets that are no frame.
   */
  receive(options?: ReceiveOptions): Promise<Uint8Array>;
  /** Releases the lower layer (HDLC: DISC) and the transport. */
  close(): Promise<void>;
  /** How many APDUs and frames came and reached nobody, where the channel counts them. */
  readonly dropped?: number;
}

/** Who speaks to whom: wrapper ports, or HDLC addresses (client address and upper server address). */
export interface Route {
  readonly clientSap: number;
  readonly serverSap: number;
}

/** The meter's side of a connection: gets each APDU that arrived whole, answers with the APDUs to send back (none: stay silent). */
export interface ApduHandler {
  /** Takes one APDU; answers the APDUs to send back, in order. */
  handle(apdu: Uint8Array, route: Route): MaybePromise<readonly Uint8Array[]>;
  /** The lower connection of this route ended (HDLC DISC, TCP close): associations on it are gone. */
  released?(route: Route | undefined): void;
}
