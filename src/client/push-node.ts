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
} from './push-listener.js';
import { undisturbed } from './undisturbed.js';

export type { Listener, RemoteAddress } from '../transport/media/node-socket.js';
export type { PushFault } from './push-listener.js';

/** Receives each pushed APDU, and who sent it. */
export type RemotePushHandler = (push: Parameters<PushHandler>[0], from: RemoteAddress) => ReturnType<PushHandler>;

/** Options of {@link listenPushTcp} and {@link listenPushUdp}. */
export interface ListenPushOptions extends Omit<ReceivePushesOptions, 'onError' | 'joiner' | 'sender'> {
  /**
   * Called for everything received that does not reach the handler, for what the handler throws, and for refused
   * connections. `from` is whom the error is about; undefined if it is about several.
   */
  readonly onError: (error: unknown, about: PushFault & { readonly from?: RemoteAddress }) => void;
  /**
   * Milliseconds that an APDU may take from its first octet to its last before the connection is closed. Default: 120
   * 000.
   */
  readonly messageMs?: number;
  /** Closes a connection on which no complete APDU has arrived for this many milliseconds. Default: 600 000. */
  readonly inactivityMs?: number;
}

/**
 * Listens for pushes over TCP (port 4059 is registered for DLMS/COSEM), in any framing, which is detected for each
 * connection. Segments and blocks are assembled.
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

/**
 * Listens for pushes in UDP datagrams, in any framing, which is detected for each datagram.
 * @throws DlmsError `transport/connect`; `encode/invalid-value` without `onError`
 */
export async function listenPushUdp(
  options: Omit<UdpListenOptions, 'onDropped'> & ListenPushOptions,
  handler: RemotePushHandler,
): Promise<Listener> {
  // Datagram senders have no connection to close: `idleMs` and `maxPeers` limit them.
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
  // One for all senders, so that incomplete APDUs are limited over all of them.
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
