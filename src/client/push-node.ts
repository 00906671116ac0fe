/**
 * Receives pushes over TCP and UDP. Needs Node.
 *
 * Stability: stable.
 *
 * @module
 */
import type { Listener, RemoteAddress } from '../transport/media/node-socket.js';
import { type ListenOptions, listenTcp } from '../transport/media/tcp.js';
import { listenUdp, type UdpListenOptions } from '../transport/media/udp.js';
import { PushJoiner } from './push-joiner.js';
import {
  type PushFault,
  type PushHandler,
  type ReceivePushesOptions,
  receivePushes,
  requireListener,
  undisturbed,
} from './push-listener.js';

export type { Listener, RemoteAddress } from '../transport/media/node-socket.js';
export type { PushFault } from './push-listener.js';

/** Gets each pushed APDU with who sent it. */
export type RemotePushHandler = (push: Parameters<PushHandler>[0], from: RemoteAddress) => ReturnType<PushHandler>;

/** As for one transport, with who sent what the error is about; undefined where it is about several. */
export interface ListenPushOptions extends Omit<ReceivePushesOptions, 'onError' | 'joiner' | 'sender'> {
  /** Hears of everything that was received and does not reach the handler, of what the handler threw, and of callers that were refused. */
  readonly onError: (error: unknown, about: PushFault & { readonly from?: RemoteAddress }) => void;
  /** How long an APDU may take from its first octet to its last before the connection is closed. Default 120 000 ms. */
  readonly messageMs?: number;
  /** Closes a connection on which no whole APDU came for so long. Default 600 000 ms. */
  readonly inactivityMs?: number;
}

/**
 * Listens for pushes over TCP (port 4059 is registered for DLMS/COSEM). Any framing, found out per connection; segments and blocks are put together.
 * @throws DlmsError `transport/connect`; `encode/invalid-value` without `onError`
 */
export async function listenPushTcp(
  options: Omit<ListenOptions, 'onRefused'> & ListenPushOptions,
  handler: RemotePushHandler,
): Promise<Listener> {
  const each = reception(options, handler);
  return await listenTcp(
    { ...options, onRefused: undisturbed((error, from) => options.onError(error, { kind: 'refused', from })) },
    each,
  );
}

/** Listens for pushes in datagrams. Any framing, found out per datagram. @throws DlmsError `transport/connect`; `encode/invalid-value` without `onError` */
export async function listenPushUdp(
  options: Omit<UdpListenOptions, 'onDropped'> & ListenPushOptions,
  handler: RemotePushHandler,
): Promise<Listener> {
  // Datagram senders have no connection that could end: `idleMs` and `maxPeers` bound them.
  const each = reception(
    { ...options, messageMs: Number.POSITIVE_INFINITY, inactivityMs: Number.POSITIVE_INFINITY },
    handler,
  );
  return await listenUdp(
    { ...options, onDropped: undisturbed((error, from) => options.onError(error, { kind: 'dropped', from })) },
    each,
  );
}

function reception(
  options: ListenPushOptions,
  handler: RemotePushHandler,
): (transport: Parameters<typeof receivePushes>[0], from: RemoteAddress) => void {
  requireListener(options.onError);
  // One for all senders: what half of an APDU costs is bounded over all of them.
  const joiner = new PushJoiner({
    ...(options.maxApduSize === undefined ? {} : { maxApduSize: options.maxApduSize }),
    onDropped: undisturbed((error) => options.onError(error, { kind: 'dropped' })),
  });
  return (transport, from) =>
    void receivePushes(transport, (push) => handler(push, from), {
      messageMs: 120_000,
      inactivityMs: 600_000,
      ...options,
      joiner,
      sender: `${from.address} ${from.port}`,
      onError: (error, about) => options.onError(error, { ...about, from }),
    });
}
