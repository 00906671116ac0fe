import type { Server, Socket } from 'node:net';
import { type Clock, systemClock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import { type Listener, type RemoteAddress, reasonOf } from './node-socket.js';

/** Options for listening for TCP or TLS connections. */
export interface ListenOptions {
  /** Address to listen on. Default: 127.0.0.1, because being reachable from outside must be a decision. */
  readonly host?: string;
  /** Port to listen on; 0 lets the system choose. */
  readonly port: number;
  /** Maximum number of connections; further ones are closed at once. Default: 1024. */
  readonly maxConnections?: number;
  /**
   * Closes a connection on which nothing has arrived for this many milliseconds. Default: 600 000; Infinity for never.
   */
  readonly inactivityMs?: number;
  readonly clock?: Clock;
  /** Called for connections that were closed at once. */
  readonly onRefused?: (error: DlmsError, from: RemoteAddress) => void;
}

/** The inactivity limit of the connections of a listener. */
export const inactivity = ({
  inactivityMs = 600_000,
  clock = systemClock,
}: ListenOptions): { readonly ms: number; readonly clock: Clock } => ({
  ms: inactivityMs,
  clock,
});

/**
 * Starts a TCP or TLS server. Connections count from the start (before the handshake), so that closing reaches all of
 * them.
 */
export function listening(server: Server, options: ListenOptions): Promise<Listener> {
  const { host = '127.0.0.1', port, maxConnections = 1024 } = options;
  const open = new Set<Socket>();
  server.maxConnections = maxConnections;
  server.on('drop', (data) => {
    const from = { address: data?.remoteAddress ?? '', port: data?.remotePort ?? 0 };
    options.onRefused?.(
      new DlmsError('transport/closed', { by: 'local', during: `accepting a connection: ${maxConnections} are open` }),
      from,
    );
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new DlmsError(
          'transport/connect',
          { target: `listening on ${host}:${port}`, reason: reasonOf(error) },
          { cause: error },
        ),
      ),
    );
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of open) socket.destroy();
          }),
      });
    });
  });
}

export function remoteOf(socket: Socket): RemoteAddress {
  return { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
}
