import { DlmsError, isDlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';
import type { OctetLink, OctetSink, Transport } from './transport.js';

/**
 * The push-style view of any transport: its own direct path if it has one, otherwise on top of its streams. Takes over
 * the streams (they become locked).
 */
export function octetLink(transport: Transport): OctetLink {
  return transport.direct ?? new StreamLink(transport);
}

/**
 * Makes a transport from a push-style link. The streams are made on first use, so a connection that is used directly
 * does without them.
 */
export function linkTransport(link: OctetLink, properties: { readonly datagrams?: boolean } = {}): Transport {
  let streams: Pick<Transport, 'readable' | 'writable'> | undefined;
  const made = () => {
    streams ??= linkStreams(link);
    return streams;
  };
  return {
    get readable() {
      return made().readable;
    },
    get writable() {
      return made().writable;
    },
    direct: link,
    ...properties,
  };
}

/**
 * Converts an error of a medium: a DlmsError is kept, anything else becomes `transport/closed` with the original as its
 * cause.
 */
export function closedError(error: unknown, during: string, by: 'local' | 'remote' = 'remote'): DlmsError {
  return isDlmsError(error)
    ? error
    : new DlmsError('transport/closed', { by, during }, error === undefined ? undefined : { cause: error });
}

function linkStreams(link: OctetLink): Pick<Transport, 'readable' | 'writable'> {
  let done = false;
  const readable = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        link.start({
          octets(chunk) {
            if (done) return;
            controller.enqueue(chunk);
            if ((controller.desiredSize ?? 0) <= 0) link.pause();
          },
          ended(error) {
            if (done) return;
            done = true;
            if (error === undefined) controller.close();
            else controller.error(closedError(error, 'reading'));
          },
        });
      },
      pull() {
        link.resume();
      },
      cancel() {
        done = true;
        return link.close();
      },
    },
    // Octets, not chunks: the peer is held back once this much is unread.
    { highWaterMark: 65536, size: (chunk) => chunk?.length ?? 1 },
  );
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => link.write(chunk),
    close: () => link.close(),
    abort: () => link.abort(),
  });
  return { readable, writable };
}

class StreamLink implements OctetLink {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #sink: OctetSink | undefined;
  #paused: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(transport: Transport) {
    this.#reader = transport.readable.getReader();
    this.#writer = transport.writable.getWriter();
    // Failures are reported by `write` and by the reading loop; these two lines only keep them from being unhandled
    // rejections.
    this.#reader.closed.catch(() => {});
    this.#writer.closed.catch(() => {});
  }

  start(sink: OctetSink): void {
    this.#sink = sink;
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        while (this.#paused !== undefined && !this.#closed) await this.#paused;
        if (done || this.#closed) break;
        this.#sink?.octets(value);
      }
      this.#end();
    } catch (error) {
      this.#end(this.#closed ? undefined : error);
    }
  }

  #end(error?: unknown): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.ended(error);
  }

  write(octets: Uint8Array): MaybePromise<void> {
    return this.#writer.write(octets).catch((error) => {
      if (this.#closed) return;
      this.abort(closedError(error, 'writing'));
    });
  }

  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  resume(): void {
    this.#paused = undefined;
    this.#wake?.();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.resume();
    // There is nothing left to close in a stream that has already failed.
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel().catch(() => {});
    this.#end();
  }

  abort(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.resume();
    this.#writer.abort().catch(() => {});
    this.#reader.cancel().catch(() => {});
    this.#end(error);
  }
}
