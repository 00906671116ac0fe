/**
 * Serial ports. Needs Node and the package `serialport`.
 *
 * Stability: stable.
 *
 * @module
 */
import { DlmsError } from '../../core/errors.js';
import type { MaybePromise } from '../../core/promise.js';
import { closedError, linkTransport } from '../link.js';
import type { OctetLink, OctetSink } from '../transport.js';
import type { LineSettings, SerialLine } from './serial-line.js';

export type { LineSettings, SerialLine } from './serial-line.js';

/**
 * The methods used of a port of the `serialport` package (13), so that another class with the same methods can be
 * given.
 */
export interface SerialPortLike {
  /** Opens the port. */
  open(done: (error: Error | null) => void): void;
  /** Closes the port. */
  close(done: (error: Error | null) => void): void;
  /** Sends octets; false means to wait for `drain` before the next. */
  write(octets: Uint8Array, done: (error: Error | null | undefined) => void): boolean;
  /** Waits until everything has left the port. */
  drain(done: (error: Error | null) => void): void;
  /** Changes the speed. */
  update(options: { baudRate: number }, done: (error: Error | null) => void): void;
  /** Stops `data` for now. */
  pause(): unknown;
  /** Continues after `pause`. */
  resume(): unknown;
  /** Octets were received. */
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  /** The port has ended. */
  on(event: 'error' | 'close', listener: (error?: Error | null) => void): unknown;
  /** More octets can be written. */
  on(event: 'drain', listener: () => void): unknown;
  /** Removes all listeners. */
  removeAllListeners(): unknown;
}
/** A class that opens ports, as `SerialPort` of the package `serialport` does. */
export type SerialPortConstructor = new (options: LineSettings & { path: string; autoOpen: false }) => SerialPortLike;

/** Which port to open, and how. */
export interface SerialOptions extends Partial<LineSettings> {
  /** `/dev/ttyUSB0`, `COM3`. */
  readonly path: string;
  /**
   * Class to open ports with. Default: `SerialPort` of the package `serialport`, which must be installed next to this
   * library.
   */
  readonly SerialPort?: SerialPortConstructor;
}

/**
 * Opens a serial port, by default at 9600 baud 8N1.
 * @throws DlmsError `transport/connect` when the port cannot be opened, or the package `serialport` is missing.
 */
export async function openSerial(options: SerialOptions): Promise<SerialLine> {
  const { path, baudRate = 9600, dataBits = 8, parity = 'none', stopBits = 1 } = options;
  const make = options.SerialPort ?? (await installed(path));
  const link = new SerialLink(path, make);
  await link.open({ baudRate, dataBits, parity, stopBits });
  const transport = linkTransport(link) as SerialLine;
  return Object.defineProperty(transport, 'configure', { value: (settings: LineSettings) => link.configure(settings) });
}

async function installed(path: string): Promise<SerialPortConstructor> {
  // Not a literal, so that bundlers leave the optional package alone.
  const name: string = 'serialport';
  try {
    return ((await import(name)) as { SerialPort: SerialPortConstructor }).SerialPort;
  } catch (error) {
    throw new DlmsError(
      'transport/connect',
      { target: path, reason: 'the package serialport is not installed: npm install serialport' },
      { cause: error },
    );
  }
}

class SerialLink implements OctetLink {
  readonly #path: string;
  readonly #make: SerialPortConstructor;
  #port: SerialPortLike | undefined;
  #settings: LineSettings | undefined;
  #sink: OctetSink | undefined;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #paused = false;
  #over = false;

  constructor(path: string, make: SerialPortConstructor) {
    this.#path = path;
    this.#make = make;
  }

  async open(settings: LineSettings): Promise<void> {
    const port = new this.#make({ ...settings, path: this.#path, autoOpen: false });
    await done((callback) => port.open(callback)).catch((error: Error) => {
      throw new DlmsError(
        'transport/connect',
        { target: this.#path, reason: error.message.replace(/^Error: /, '') },
        { cause: error },
      );
    });
    this.#port = port;
    this.#settings = settings;
    port.on('error', (error) => this.#end(error));
    port.on('close', (error) => this.#end(error ?? undefined));
    port.on('drain', () => this.#release());
    if (this.#sink !== undefined) this.#listen(port);
    if (this.#paused) port.pause();
  }

  /** The driver can only change the speed of an open port; for anything else, the port is closed and reopened. */
  async configure(settings: LineSettings): Promise<void> {
    const port = this.#port;
    const old = this.#settings;
    if (port === undefined || old === undefined) throw closedError(undefined, 'setting the serial line', 'local');
    await done((callback) => port.drain(callback));
    if (settings.dataBits === old.dataBits && settings.parity === old.parity && settings.stopBits === old.stopBits) {
      if (settings.baudRate !== old.baudRate)
        await done((callback) => port.update({ baudRate: settings.baudRate }, callback));
      this.#settings = settings;
      return;
    }
    port.removeAllListeners();
    // Without an error listener, an error of the port would end the process.
    port.on('error', () => {});
    await done((callback) => port.close(callback));
    await this.open(settings);
  }

  start(sink: OctetSink): void {
    this.#sink = sink;
    if (this.#port !== undefined) this.#listen(this.#port);
  }

  #listen(port: SerialPortLike): void {
    port.on('data', (chunk) => this.#sink?.octets(new Uint8Array(chunk)));
  }

  write(octets: Uint8Array): MaybePromise<void> {
    if (this.#over || this.#port === undefined || this.#port.write(octets, (error) => error && this.#end(error)))
      return undefined;
    if (this.#room === undefined) {
      let resolve = (): void => {};
      const promise = new Promise<void>((r) => {
        resolve = r;
      });
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  pause(): void {
    this.#paused = true;
    this.#port?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#port?.resume();
  }

  async close(): Promise<void> {
    const port = this.#port;
    if (this.#over || port === undefined) return;
    await done((callback) => port.drain(callback)).catch(() => {});
    this.#over = true;
    await done((callback) => port.close(callback)).catch(() => {});
    this.#end();
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#port?.close(() => {});
    this.#end();
  }

  #release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #end(error?: unknown): void {
    const local = this.#over;
    this.#over = true;
    this.#release();
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.ended(error === undefined || local ? undefined : closedError(error, 'on the serial port'));
  }
}

function done(work: (callback: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => work((error) => (error == null ? resolve() : reject(error))));
}
