import type { MaybePromise } from '../core/promise.js';

/**
 * A transport is simply a pair of octet streams. A Web Serial port already is one. Middleware is a transport too, so it
 * can be stacked: `trace(faults(tcp))`.
 */
export interface Transport {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /**
   * The same octets without a promise per chunk, for media that can do it (sockets). If you use it, leave the streams
   * alone. Optional: `octetLink(transport)` gives the same view of any transport.
   */
  readonly direct?: OctetLink;
  /**
   * True if each chunk, in both directions, is one datagram (UDP): boundaries matter, and a bad chunk says nothing
   * about the next.
   */
  readonly datagrams?: boolean;
}

/** Push-style view of a transport, on which the frame layers (wrapper, HDLC) are built. */
export interface OctetLink {
  /** Starts delivery. Call this once. */
  start(sink: OctetSink): void;
  /**
   * Sends octets, which must not be modified afterwards. Returns a promise only if the peer reads too slowly; it
   * resolves when there is room again. Never fails: octets for a medium that is gone are dropped, and `ended` says why.
   */
  write(octets: Uint8Array): MaybePromise<void>;
  /** Stops delivery for a while (the medium pushes back on the peer, or keeps a bounded amount). */
  pause(): void;
  /** Continues after `pause`. */
  resume(): void;
  /** Sends what is still queued, then closes both directions; `ended` follows. */
  close(): MaybePromise<void>;
  /** Closes at once, dropping what is queued. */
  abort(): void;
}

/** Receives what arrives on an {@link OctetLink}. */
export interface OctetSink {
  /** Called with octets as they arrive, in chunks of any size. They stay valid: nothing overwrites them later. */
  octets(chunk: Uint8Array): void;
  /** Called once at the end: with an error if the medium failed, without one if either side closed. */
  ended(error?: unknown): void;
}

/** Options for receiving one APDU. */
export interface ReceiveOptions {
  /** Milliseconds to wait before `transport/timeout`. Default: that of the channel. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Carries whole APDUs between one client and one server (logical device). Made by the wrapper and HDLC layers, used by
 * the client.
 */
export interface ApduChannel {
  /** Prepares the lower layer (HDLC: SNRM and UA). Nothing to do for the wrapper. */
  open(): Promise<void>;
  /** Sends one APDU. */
  send(apdu: Uint8Array): Promise<void>;
  /**
   * Receives the next APDU. At most one call may be pending.
   * @throws DlmsError `transport/timeout`, `transport/closed`, `transport/aborted`, `decode/…` for octets that are not
   *   a frame
   */
  receive(options?: ReceiveOptions): Promise<Uint8Array>;
  /** Releases the lower layer (HDLC: DISC) and the transport. */
  close(): Promise<void>;
  /** How many APDUs and frames arrived but reached nobody, if the channel counts them. */
  readonly dropped?: number;
}

/** Who speaks to whom: wrapper ports, or HDLC addresses (client address and upper server address). */
export interface Route {
  readonly clientSap: number;
  readonly serverSap: number;
}

/**
 * The meter's side of a connection: takes each complete APDU, and returns the APDUs to send back (none to stay silent).
 */
export interface ApduHandler {
  /** Takes one APDU, and returns the APDUs to send back, in order. */
  handle(apdu: Uint8Array, route: Route): MaybePromise<readonly Uint8Array[]>;
  /** Called when the lower connection of this route has ended (HDLC DISC, TCP close), and with it its associations. */
  released?(route: Route | undefined): void;
}
