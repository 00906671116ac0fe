import type { Listener, RemoteAddress } from './node-socket.js';
import { type PushHandler, type ReceivePushesOptions, receivePushes } from './push-listener.js';
import { type ListenOptions, listenTcp } from './tcp.js';
import { listenUdp, type UdpListenOptions } from './udp.js';

export type { Listener, RemoteAddress } from './node-socket.js';

/** Gets each pushed APDU with who sent it. */
export type RemotePushHandler = (push: Parameters<PushHandler>[0], from: RemoteAddress) => ReturnType<PushHandler>;

/** Listens for pushes over TCP (port 4059 is registered for DLMS/COSEM). Any framing, found out per connection. @throws DlmsError `transport/connect`. */
export function listenPushTcp(options: ListenOptions & ReceivePushesOptions, handler: RemotePushHandler): Promise<Listener> {
  return listenTcp(options, (transport, from) => void receivePushes(transport, (push) => handler(push, from), options));
}

/** Listens for pushes in datagrams. Any framing, found out per datagram. @throws DlmsError `transport/connect`. */
export function listenPushUdp(options: UdpListenOptions & ReceivePushesOptions, handler: RemotePushHandler): Promise<Listener> {
  return listenUdp(options, (transport, from) => void receivePushes(transport, (push) => handler(push, from), options));
}
