/**
 * Serial ports of the browser.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
import { DlmsError } from '../../core/errors.js';
import type { MaybePromise } from '../../core/promise.js';
import { closedError, linkTransport } from '../link.js';
import type { OctetLink, OctetSink } from '../transport.js';
import type { LineSettings, SerialLine } from './serial-line.js';

/** The part of a Web Serial API port (`await navigator.serial.requestPort()`) used here. */
export interface WebSerialPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  /** Opens the port. */
  open(options: LineSettings & { readonly bufferSize?: number }): Promise<void>;
  /** Closes the port, whose streams must not be locked. */
  close(): Promise<void>;
}

/**
 * Opens a port that the user has chosen, by default at 9600 baud 8N1. (An open port whose settings never change already
 * is a transport.)
 * @throws DlmsError `transport/connect`.
 */
export async function openWebSerial(port: WebSerialPort, settings: Partial<LineSettings> = {}): Promise<SerialLine> {
  const link = new WebSerialLink(port);
  await link.open({ baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, ...settings });
  const transport = linkTransport(link) as SerialLine;
  return Object.defineProperty(transport, 'configure', { value: (next: LineSettings) => link.configure(next) });
}

class WebSerialLink implements OctetLink {
  readonly #port: WebSerialPort;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #reading: Promise<void> = Promise.resolve();
  #sink: OctetSink | undefined;
  #paused: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  /** Whether the port is being closed on purpose: to change its settings, or for good. */
  #leaving = false;

  constructor(port: WebSerialPort) {
    this.#port = port;
  }

  async open(settings: LineSettings): Promise<void> {
    try {
      // The default buffer of 255 octets overflows with long HDLC frames.
      await this.#port.open({ ...settings, bufferSize: 4096 });
    } catch (error) {
      throw new DlmsError(
        'transport/connect',
        { target: 'serial port', reason: error instanceof Error ? error.message : String(error) },
        { cause: error },
      );
    }
    this.#leaving = false;
    this.#writer = this.#port.writable?.getWriter();
    this.#writer?.closed.catch(() => {});
    if (this.#sink !== undefined) this.#reading = this.#read();
  }

  async configure(settings: LineSettings): Promise<void> {
    await this.#leave();
    await this.open(settings);
  }

  start(sink: OctetSink): void {
    this.#sink = sink;
    this.#reading = this.#read();
  }

  write(octets: Uint8Array): MaybePromise<void> {
    return this.#writer?.write(octets).catch((error) => this.#end(error));
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
    await this.#leave();
    this.#end();
  }

  abort(): void {
    void this.close().catch(() => {});
  }

  async #read(): Promise<void> {
    let failure: unknown;
    // A parity, framing or overrun error only ends the stream, and the port offers a new one. If it does not, the
    // device is gone.
    let last: ReadableStream<Uint8Array> | undefined;
    while (!this.#leaving && this.#port.readable != null && this.#port.readable !== last) {
      last = this.#port.readable;
      const reader = last.getReader();
      this.#reader = reader;
      try {
        for (;;) {
          const { value, done } = await reader.read();
          while (this.#paused !== undefined && !this.#leaving) await this.#paused;
          if (done) break;
          this.#sink?.octets(value);
        }
      } catch (error) {
        failure = error;
      } finally {
        reader.releaseLock();
      }
    }
    if (!this.#leaving) this.#end(failure ?? new Error('the device is gone'));
  }

  /** Sends what has been written, then releases both streams and closes the port. */
  async #leave(): Promise<void> {
    this.#leaving = true;
    this.resume();
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close().catch(() => {});
    writer?.releaseLock();
    await this.#reader?.cancel().catch(() => {});
    await this.#reading;
    await this.#port.close().catch(() => {});
  }

  #end(error?: unknown): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.ended(error === undefined ? undefined : closedError(error, 'on the serial port'));
  }
}
