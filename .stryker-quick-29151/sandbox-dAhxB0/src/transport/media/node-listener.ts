import type { Server, Socket } from 'node:net';
import { type Clock, systemClock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import { type Listener, type RemoteAddress, reasonOf } from './node-socket.js';

/** How to listen for TCP or TLS connections. */
export interface ListenOptions {
  /** Address to listen on. Default 127.0.0.1: being reachable from outside is a decision. */
  readonly host?: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Further callers are closed at once. Default 1024. */
  readonly maxConnections?: number;
  /** Closes a connection on which nothing arrived for so long. Default 600 000 ms; Infinity for never. */
  readonly inactivityMs?: number;
  readonly clock?: Clock;
  /** Hears of callers that were closed at once. */
  readonly onRefused?: (error: DlmsError, from: RemoteAddress) => void;
}

/** What a listener says of its connections. */
export const inactivity = ({
  inactivityMs = 600_000,
  clock = systemClock,
}: ListenOptions): { readonly ms: number; readonly clock: Clock } => ({
  ms: inactivityMs,
  clock,
});

/** Starts a TCP or TLS server; connections are counted from the first octet on (before the handshake), so that closing reaches them all. */
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
