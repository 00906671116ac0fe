/**
 * Transports over TCP. Needs Node.
 *
 * Stability: stable.
 *
 * @module
 */
import { createServer, connect as socketConnect } from 'node:net';
import { linkTransport } from '../link.js';
import type { Transport } from '../transport.js';
import { inactivity, type ListenOptions, listening, remoteOf } from './node-listener.js';
import { type ConnectOptions, connected, type Listener, type RemoteAddress, SocketLink } from './node-socket.js';

export type { ListenOptions } from './node-listener.js';
export type { ConnectOptions, Listener, RemoteAddress } from './node-socket.js';

/**
 * Connects to a meter (port 4059 is registered for DLMS/COSEM) or a gateway. Nagle's algorithm is off.
 * @throws DlmsError `transport/connect` with the reason, `transport/aborted`.
 */
export async function connectTcp(options: ConnectOptions): Promise<Transport> {
  const socket = socketConnect({ host: options.host, port: options.port });
  await connected(socket, 'connect', `${options.host}:${options.port}`, options);
  return linkTransport(new SocketLink(socket));
}

/**
 * Listens, and passes on each connection.
 * @throws DlmsError `transport/connect` when the address cannot be listened on.
 */
export function listenTcp(
  options: ListenOptions,
  onTransport: (transport: Transport, from: RemoteAddress) => void,
): Promise<Listener> {
  const server = createServer((socket) =>
    onTransport(linkTransport(new SocketLink(socket, inactivity(options))), remoteOf(socket)),
  );
  return listening(server, options);
}
