import { chunkDeframer } from '../framing/chunk-deframer.js';
import { unwrap, type Wpdu, wpduDeframer, wpduParts, wrap } from '../framing/wpdu.js';
import type { ApduChannel, ApduHandler, Route, Transport } from '../transport.js';
import type { ApduFraming } from './apdu-framing.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { ConnectionServer, type ServedConnection, type ServeOptions } from './server.js';

/** Several associations (pairs of client SAP and server SAP) on one connection. */
export interface WrapperMux {
  /**
   * The channel of one pair. Its `close` closes only itself.
   * @throws DlmsError `service/unsupported` if the pair is already open
   */
  channel(route: Route): ApduChannel;
  /** How many WPDUs and datagrams arrived but reached no channel. */
  readonly dropped: number;
  /** Closes the connection; every channel ends with `transport/closed`. */
  close(): Promise<void>;
}

/**
 * One association over the wrapper: the usual client over TCP or UDP. Closing the channel closes the transport.
 *
 * ```ts
 * const channel = wrapperChannel(await connectTcp({ host: 'meter', port: 4059 }), { clientSap: 16, serverSap: 1 });
 * ```
 */
export function wrapperChannel(transport: Transport, options: Route & ConnectionOptions): ApduChannel {
  return new Connection(transport, wpdus('client', transport, options), options).channel(options, true);
}

/** Makes a {@link WrapperMux}. */
export function wrapperMux(transport: Transport, options: ConnectionOptions = {}): WrapperMux {
  return new Connection(transport, wpdus('client', transport, options), options);
}

/**
 * Serves a connection with a handler. It handles one APDU at a time in the order of arrival, whatever the SAPs; while
 * the handler works, the peer is held back. A handler that throws ends the connection.
 */
export function serveWrapper(transport: Transport, handler: ApduHandler, options: ServeOptions = {}): ServedConnection {
  return new ConnectionServer(transport, handler, wpdus('server', transport, options), options);
}

/** The wrapper, as seen by one side: what arrives has the other side's port as its source. */
function wpdus(
  side: 'client' | 'server',
  { datagrams }: Transport,
  { maxApduSize = 0xffff }: { readonly maxApduSize?: number },
): ApduFraming<Wpdu> {
  const client = side === 'client';
  const datagram = { read: (chunk: Uint8Array) => unwrap(chunk, maxApduSize), parts: wpduParts };
  return {
    deframer: (options) =>
      datagrams === true ? chunkDeframer(datagram, options) : wpduDeframer({ ...options, maxApduSize }),
    read: ({ source, destination, payload: apdu }) =>
      client
        ? { clientSap: destination, serverSap: source, apdu }
        : { clientSap: source, serverSap: destination, apdu },
    write: ({ clientSap, serverSap }, apdu) =>
      client ? wrap(clientSap, serverSap, apdu) : wrap(serverSap, clientSap, apdu),
  };
}
