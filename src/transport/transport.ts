import type { MaybePromise } from '../core/promise.js';

/** All a transport has to be: a pair of octet streams. A Web Serial port already is one. Wrappers are transports too, so they stack: `trace(faults(tcp))`. */
export interface Transport {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

export interface ReceiveOptions {
  /** Milliseconds to wait; `transport/timeout` afterwards. Default: the channel's own. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Carries whole APDUs between one client and one server (logical device). What the client talks to; made by the wrapper and HDLC layers. */
export interface ApduChannel {
  /** Prepares the lower layer (HDLC: SNRM and UA). Nothing to do for the wrapper. */
  open(): Promise<void>;
  send(apdu: Uint8Array): Promise<void>;
  /**
   * The next APDU. At most one call may be pending.
   * @throws DlmsError `transport/timeout`, `transport/closed`, `transport/aborted`, `decode/…` for octets that are no frame.
   */
  receive(options?: ReceiveOptions): Promise<Uint8Array>;
  /** Releases the lower layer (HDLC: DISC) and the transport. */
  close(): Promise<void>;
}

/** Who speaks to whom: wrapper ports, or HDLC addresses (client address and upper server address). */
export interface Route {
  readonly clientSap: number;
  readonly serverSap: number;
}

/** The meter's side of a connection: gets each APDU that arrived whole, answers with the APDUs to send back (none: stay silent). */
export interface ApduHandler {
  handle(apdu: Uint8Array, route: Route): MaybePromise<readonly Uint8Array[]>;
  /** The lower connection of this route ended (HDLC DISC, TCP close): associations on it are gone. */
  released?(route: Route | undefined): void;
}
