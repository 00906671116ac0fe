/**
 * Transports over UDP. Needs Node.
 *
 * Stability: stable.
 *
 * @module
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Clock, systemClock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import type { MaybePromise } from '../../core/promise.js';
import { closedError, linkTransport } from '../link.js';
import type { OctetLink, OctetSink, Transport } from '../transport.js';
import { type Listener, type RemoteAddress, reasonOf } from './node-socket.js';

export type { Listener, RemoteAddress } from './node-socket.js';

/** Where datagrams go. */
export interface UdpOptions {
  /** Host name or IP address; an IPv6 address makes an IPv6 socket. */
  readonly host: string;
  readonly port: number;
}

/**
 * Makes a datagram transport to one peer: each chunk is one datagram. Nothing is sent yet, so an absent peer only shows
 * later (as `transport/closed` if the system notices, otherwise as a timeout).
 * @throws DlmsError `transport/connect` when the name cannot be looked up.
 */
export function connectUdp(options: UdpOptions): Promise<Transport> {
  const socket = createSocket(isIPv6(options.host) ? 'udp6' : 'udp4');
  const target = `${options.host}:${options.port} (UDP)`;
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      socket.close();
      reject(new DlmsError('transport/connect', { target, reason: reasonOf(error) }, { cause: error }));
    };
    socket.once('error', failed);
    socket.connect(options.port, options.host, () => {
      socket.off('error', failed);
      const peer = new DatagramLink(
        (octets, sent) => socket.send(octets, sent),
        () => socket.close(),
      );
      socket.on('message', (message) => peer.arrived(new Uint8Array(message)));
      socket.on('error', (error) => peer.end(closedError(error, 'the datagram socket')));
      resolve(linkTransport(peer, { datagrams: true }));
    });
  });
}

/** Options of {@link listenUdp}. */
export interface UdpListenOptions {
  /** Address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  /**
   * Maximum number of senders remembered; the one silent for longest gives way (its transport ends). Default: 10 000.
   */
  readonly maxPeers?: number;
  /** A sender silent for this many milliseconds is forgotten when another one calls. Default: 600 000. */
  readonly idleMs?: number;
  readonly clock?: Clock;
  /** Called for datagrams that were dropped because too many are waiting for a reader. */
  readonly onDropped?: (error: DlmsError, from: RemoteAddress) => void;
}

/**
 * Listens for datagrams; each sender (address and port) becomes a datagram transport of its own.
 * @throws DlmsError `transport/connect` when the address cannot be listened on.
 */
export function listenUdp(
  options: UdpListenOptions,
  onTransport: (transport: Transport, from: RemoteAddress) => void,
): Promise<Listener> {
  const { host = '127.0.0.1', port, maxPeers = 10_000, idleMs = 600_000, clock = systemClock } = options;
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  /** In the order of their last datagram, oldest first: a sender moves to the end with every datagram. */
  const peers = new Map<string, { readonly link: DatagramLink; at: number }>();
  const forget = (key: string, error?: DlmsError) => {
    const peer = peers.get(key);
    peers.delete(key);
    peer?.link.end(error);
  };
  socket.on('message', (message, from) => {
    const key = `${from.address} ${from.port}`;
    const now = clock.now();
    let peer = peers.get(key);
    const known = peer !== undefined;
    peers.delete(key);
    for (const [other, { at }] of peers) {
      if (peers.size < maxPeers && at + idleMs > now) break;
      forget(other);
    }
    peer ??= {
      link: new DatagramLink(
        (octets, sent) => socket.send(octets, from.port, from.address, sent),
        () => forget(key),
      ),
      at: now,
    };
    peer.at = now;
    peers.set(key, peer);
    if (!known) onTransport(linkTransport(peer.link, { datagrams: true }), { address: from.address, port: from.port });
    if (!peer.link.arrived(new Uint8Array(message)))
      options.onDropped?.(
        new DlmsError('protocol/link', {
          side: 'local',
          state: 'receiving datagrams',
          reason: `${backlog} wait for a reader`,
        }),
        {
          address: from.address,
          port: from.port,
        },
      );
  });
  return bound(socket, host, port, () => {
    for (const key of [...peers.keys()]) forget(key);
  });
}

function bound(socket: Socket, host: string, port: number, closing: () => void): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      reject(
        new DlmsError(
          'transport/connect',
          { target: `listening on ${host}:${port} (UDP)`, reason: reasonOf(error) },
          { cause: error },
        ),
      );
    socket.once('error', failed);
    socket.bind(port, host, () => {
      socket.off('error', failed);
      // If the network refuses a datagram, that concerns one peer, which times out; the others go on.
      socket.on('error', () => {});
      resolve({
        port: socket.address().port,
        close: () =>
          new Promise((closed) => {
            closing();
            socket.close(() => closed());
          }),
      });
    });
  });
}

/**
 * How many datagrams are kept for a reader that has not started or has paused; further ones are lost, as datagrams may
 * be.
 */
const backlog = 64;

class DatagramLink implements OctetLink {
  readonly #send: (octets: Uint8Array, sent: (error: Error | null) => void) => void;
  readonly #close: () => void;
  readonly #waiting: Uint8Array[] = [];
  #sink: OctetSink | undefined;
  #paused = true;
  #ended = false;
  #error: unknown;

  constructor(send: (octets: Uint8Array, sent: (error: Error | null) => void) => void, close: () => void) {
    this.#send = send;
    this.#close = close;
  }

  /** Takes a datagram. @returns false if there was no room for it */
  arrived(datagram: Uint8Array): boolean {
    if (!this.#paused) this.#sink?.octets(datagram);
    else if (this.#waiting.length >= backlog) return false;
    else this.#waiting.push(datagram);
    return true;
  }

  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#close();
    this.#sink?.ended(error);
  }

  start(sink: OctetSink): void {
    queueMicrotask(() => {
      this.#sink = sink;
      this.resume();
      if (this.#ended) sink.ended(this.#error);
    });
  }

  /** Waits until the system has taken the datagram, so that memory is limited however fast the caller writes. */
  write(octets: Uint8Array): MaybePromise<void> {
    if (this.#ended) return undefined;
    return new Promise((resolve) => {
      this.#send(octets, (error) => {
        resolve();
        if (error !== null && (error as NodeJS.ErrnoException).code === 'EMSGSIZE')
          this.end(closedError(error, 'sending a datagram that is too long', 'local'));
      });
    });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#sink?.octets(next);
      if (this.#paused) return;
    }
  }

  close(): void {
    this.end();
  }

  abort(): void {
    this.close();
  }
}
