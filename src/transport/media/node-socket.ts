import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.js';
import { DlmsError } from '../../core/errors.js';
import type { MaybePromise } from '../../core/promise.js';
import { closedError } from '../link.js';
import type { OctetLink, OctetSink } from '../transport.js';

/** Where to connect to, and how long that may take. */
export interface ConnectOptions {
  /** Host name or IP address. */
  readonly host: string;
  readonly port: number;
  /** Milliseconds to wait before `transport/connect`. Default: 10 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Address and port of the peer. */
export interface RemoteAddress {
  readonly address: string;
  readonly port: number;
}

/** A running listener. */
export interface Listener {
  /** The port listened on; the one chosen by the system if 0 was given. */
  readonly port: number;
  /** Stops listening, and closes the open connections. */
  close(): Promise<void>;
}

/** The octets of a Node stream socket (TCP, TLS), without streams in between. */
export class SocketLink implements OctetLink {
  readonly #socket: Socket;
  #sink: OctetSink | undefined;
  #drained: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #failure: unknown;
  #closing = false;
  #gone = false;

  /** @param inactivity closes the connection after this long without an octet from the peer */
  constructor(socket: Socket, inactivity?: { readonly ms: number; readonly clock: Clock }) {
    this.#socket = socket;
    if (inactivity !== undefined && inactivity.ms !== Number.POSITIVE_INFINITY)
      this.#watch(inactivity.ms, inactivity.clock);
    socket.setNoDelay(true);
    socket.on('error', (error) => {
      this.#failure ??= error;
    });
    socket.on('drain', () => this.#release());
    socket.on('close', () => {
      this.#gone = true;
      this.#release();
      this.#end();
    });
  }

  #watch(ms: number, clock: Clock): void {
    let heard = this.#socket.bytesRead;
    let since = clock.now();
    let stop = (): void => {};
    const look = (): void => {
      // A peer that is held back cannot be heard.
      if (this.#socket.bytesRead !== heard || this.#socket.isPaused()) {
        heard = this.#socket.bytesRead;
        since = clock.now();
      }
      const left = since + ms - clock.now();
      if (left > 0) stop = clock.after(Math.min(left, ms / 4), look);
      else
        this.#socket.destroy(
          new DlmsError('transport/timeout', { waitedMs: ms, waitingFor: 'any octet (inactivity time-out)' }),
        );
    };
    stop = clock.after(ms / 4, look);
    this.#socket.on('close', () => stop());
  }

  start(sink: OctetSink): void {
    this.#sink = sink;
    if (this.#gone) return queueMicrotask(() => this.#end());
    // A plain Uint8Array, because the `slice` of a Buffer does not copy.
    this.#socket.on('data', (chunk: Buffer) =>
      this.#sink?.octets(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)),
    );
  }

  write(octets: Uint8Array): MaybePromise<void> {
    // Short arrays are on the heap, and each would get a buffer of its own outside of it; copied into the pool of
    // Buffer, they do not.
    if (this.#closing || this.#gone || this.#socket.write(octets.length > 64 ? octets : Buffer.from(octets)))
      return undefined;
    if (this.#drained === undefined) {
      let resolve = (): void => {};
      const promise = new Promise<void>((r) => {
        resolve = r;
      });
      this.#drained = { promise, resolve };
    }
    return this.#drained.promise;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (this.#sink !== undefined) this.#socket.resume();
  }

  close(): MaybePromise<void> {
    if (this.#closing || this.#gone) return undefined;
    this.#closing = true;
    const sink = this.#sink;
    this.#sink = sink === undefined ? undefined : { octets() {}, ended: () => sink.ended() };
    const socket = this.#socket;
    return new Promise((resolve) => {
      socket.once('close', () => resolve());
      socket.end(() => {
        resolve();
        // Everything has been sent. A peer that keeps its half open gets a moment to read before a reset.
        socket.setTimeout(1000, () => socket.destroy());
      });
      socket.resume();
    });
  }

  abort(): void {
    this.#closing = true;
    this.#socket.destroy();
  }

  #release(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #end(): void {
    const sink = this.#sink;
    if (sink === undefined) return;
    this.#sink = undefined;
    sink.ended(this.#failure === undefined || this.#closing ? undefined : closedError(this.#failure, 'the connection'));
  }
}

/** Waits until a socket is connected: `event` is `connect` or, after the TLS handshake, `secureConnect`. */
export function connected(socket: Socket, event: string, target: string, options: ConnectOptions): Promise<void> {
  const { signal, timeoutMs = 10_000 } = options;
  return new Promise((resolve, reject) => {
    const done = (error?: DlmsError) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      socket.off(event, ready);
      socket.off('error', failed);
      socket.off('close', closed);
      if (error === undefined) return resolve();
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    const ready = () => done();
    const failed = (error: Error) =>
      done(new DlmsError('transport/connect', { target, reason: reasonOf(error) }, { cause: error }));
    const closed = () =>
      done(new DlmsError('transport/connect', { target, reason: 'closed by the peer before it was ready' }));
    const aborted = () =>
      done(new DlmsError('transport/aborted', { during: `connecting to ${target}` }, { cause: signal?.reason }));
    const timer = setTimeout(
      () => done(new DlmsError('transport/connect', { target, reason: `no answer within ${timeoutMs} ms` })),
      timeoutMs,
    );
    socket.once(event, ready);
    socket.once('error', failed);
    socket.once('close', closed);
    signal?.addEventListener('abort', aborted);
    if (signal?.aborted === true) aborted();
  });
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens on this port',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
  ECONNRESET: 'closed by the peer before it was ready',
  EADDRINUSE: 'the port is in use',
  EACCES: 'not permitted',
};

/** The reason for a system error in words, with its code. */
export function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error.message;
  return `${reasons[code] ?? error.message} (${code})`;
}
