import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, latin1, parseHex } from '../../../src/core/index.js';
import {
  fromSevenE1,
  modeEPort,
  openWebSerial,
  serveWrapper,
  toSevenE1,
  type WebSerialPort,
  wrapperChannel,
} from '../../../src/transport/index.js';
import { type LineSettings, openSerial, type SerialPortConstructor } from '../../../src/transport/media/serial.js';
import { needs, serialport, socat } from '../../support/needs.js';

const peer: string = 'serialport';
const installed: SerialPortConstructor | undefined =
  serialport.missing === undefined ? (await import(peer)).SerialPort : undefined;

const route = { clientSap: 16, serverSap: 1 };
const landis = { manufacturer: 'LGZ', baudCharacter: '5', ident: 'ZMD405' };

describe('serial ports, on pseudo terminals', needs(serialport, socat), () => {
  const folder = join(tmpdir(), `serial-test-${process.pid}`);
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  let socat: ChildProcess;
  beforeAll(async () => {
    mkdirSync(folder);
    socat = spawn('socat', [`pty,raw,echo=0,link=${a}`, `pty,raw,echo=0,link=${b}`]);
    while (!existsSync(a) || !existsSync(b)) await new Promise((resolve) => setTimeout(resolve, 10));
  });
  afterAll(() => {
    socat.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('carries octets of every value both ways, and closes', async () => {
    const [one, two] = [await openSerial({ path: a }), await openSerial({ path: b })];
    const server = serveWrapper(two, { handle: (apdu) => [apdu] });
    const channel = wrapperChannel(one, { ...route, timeoutMs: 5000 });
    const apdu = new Uint8Array(3000).map((_, i) => i);
    await channel.send(apdu);
    expect(await channel.receive()).toEqual(apdu);
    await channel.close();
    await expect(channel.receive()).rejects.toMatchObject({ code: 'transport/closed', context: { by: 'local' } });
    await server.close();
  });

  it('signs on in mode E, closing and opening the port for 8N1 on the way', async () => {
    // A pseudo terminal ignores speed and parity: the parity bits come from software, as a meter sends them.
    const opened: LineSettings[] = [];
    class Watched extends (installed as SerialPortConstructor) {
      constructor(options: ConstructorParameters<SerialPortConstructor>[0]) {
        super(options);
        opened.push(options);
      }
    }
    const line = await openSerial({ path: a, baudRate: 300, dataBits: 7, parity: 'even', SerialPort: Watched });
    const meter = modeEPort(await openSerial({ path: b, baudRate: 300 }), { emulateSevenE1: true });
    const head = modeEPort(line);
    const listening = meter.listen({ identification: landis, reactionMs: 20 });
    const signed = await head.signOn({ reactionMs: 50, acknowledgeMs: 1000, maxBaud: 2400 });
    const served = await listening;
    expect(signed).toMatchObject({
      type: 'hdlc',
      baud: 2400,
      identification: { manufacturer: 'LGZ', protocolSelection: 2 },
    });
    expect(opened).toMatchObject([
      { baudRate: 300, dataBits: 7, parity: 'even' },
      { baudRate: 2400, dataBits: 8, parity: 'none' },
    ]);
    if (signed.type !== 'hdlc') throw new Error('unreachable');
    const got: Uint8Array[] = [];
    served.transport.direct?.start({ octets: (chunk) => got.push(chunk), ended() {} });
    await signed.transport.direct?.write(parseHex('7EA0FF807E'));
    while (concat(...got).length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(concat(...got)).toEqual(parseHex('7EA0FF807E'));
    await head.close();
    await meter.close();
  });

  it('says what is wrong with a path', async () => {
    await expect(openSerial({ path: join(folder, 'none') })).rejects.toMatchObject({
      code: 'transport/connect',
      context: { target: join(folder, 'none') },
    });
  });
});

it('names the missing package', async () => {
  if (installed !== undefined) return;
  await expect(openSerial({ path: '/dev/null' })).rejects.toMatchObject({
    code: 'transport/connect',
    context: { reason: 'the package serialport is not installed: npm install serialport' },
  });
});

/** A port as browsers have it: new streams at every opening, locked streams refuse to close. */
class FakeWebSerial implements WebSerialPort {
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  readonly opened: LineSettings[] = [];
  readonly written: Uint8Array[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  onWrite: (chunk: Uint8Array) => void = () => {};

  open(options: LineSettings): Promise<void> {
    if (this.readable !== null) return Promise.reject(new Error('the port is open'));
    this.opened.push(options);
    this.#readable();
    this.writable = new WritableStream({
      write: (chunk) => {
        this.written.push(chunk);
        this.onWrite(chunk);
      },
    });
    return Promise.resolve();
  }
  #readable(): void {
    this.readable = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
    });
  }
  arrive(chunk: Uint8Array): void {
    this.#controller?.enqueue(chunk);
  }
  /** A parity error: this stream fails, the port has another. */
  fault(): void {
    const failed = this.#controller;
    this.#readable();
    failed?.error(new Error('parity error'));
  }
  unplug(): void {
    const failed = this.#controller;
    this.readable = null;
    failed?.error(new Error('the device has been lost'));
  }
  close(): Promise<void> {
    if (this.readable?.locked === true || this.writable?.locked === true)
      return Promise.reject(new Error('a stream is locked'));
    this.readable = null;
    this.writable = null;
    return Promise.resolve();
  }
}

describe('Web Serial', () => {
  it('signs on in mode E through closing and opening, and survives a line fault', async () => {
    const port = new FakeWebSerial();
    port.onWrite = (chunk) => {
      const line = latin1(fromSevenE1(chunk));
      if (line === '/?!\r\n') port.arrive(toSevenE1(new TextEncoder().encode('/LGZ5\\2ZMD405\r\n')));
      if (line.startsWith('\x06')) port.arrive(toSevenE1(chunk));
    };
    const head = modeEPort(await openWebSerial(port, { baudRate: 300 }));
    const signed = await head.signOn({ reactionMs: 1, acknowledgeMs: 500 });
    expect(port.opened).toMatchObject([
      { baudRate: 300 },
      { baudRate: 300, dataBits: 7, parity: 'even' },
      { baudRate: 9600, dataBits: 8, parity: 'none' },
    ]);
    if (signed.type !== 'hdlc') throw new Error('unreachable');
    const got: string[] = [];
    let end: unknown;
    signed.transport.direct?.start({
      octets: (chunk) => got.push(latin1(chunk)),
      ended: (error) => {
        end = error;
      },
    });
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    await pause();
    port.arrive(new TextEncoder().encode('one'));
    await pause();
    port.fault();
    await pause();
    port.arrive(new TextEncoder().encode('two'));
    await pause();
    expect(got).toEqual(['one', 'two']);
    port.unplug();
    await pause();
    expect(end).toMatchObject({ code: 'transport/closed' });
  });

  it('lets go of the port when closed, and names a port that cannot be opened', async () => {
    const port = new FakeWebSerial();
    const line = await openWebSerial(port);
    const channel = wrapperChannel(line, route);
    await expect(openWebSerial(port)).rejects.toMatchObject({
      code: 'transport/connect',
      context: { reason: 'the port is open' },
    });
    await channel.send(parseHex('C0'));
    expect(port.written).toHaveLength(1);
    await channel.close();
    expect(port.readable).toBeNull();
    await expect(channel.receive()).rejects.toMatchObject({ code: 'transport/closed', context: { by: 'local' } });
  });
});
