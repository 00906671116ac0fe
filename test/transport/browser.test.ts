import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { chromium, chromiumCommand, needs } from '../support/needs.js';

/** Runs in the page: a port with a meter behind it is put where `navigator.serial` is, since a headless browser cannot choose one. */
const page = `
import { fromSevenE1, modeEPort, openWebSerial, toSevenE1 } from ${JSON.stringify(resolve('src/transport/index.ts'))};

class MeterPort {
  readable = null;
  writable = null;
  opened = [];
  async open(options) {
    if (this.readable) throw new DOMException('open already', 'InvalidStateError');
    this.opened.push(options.baudRate + ' ' + options.dataBits + options.parity);
    let reply;
    this.readable = new ReadableStream({ start: (controller) => { reply = controller; } });
    this.writable = new WritableStream({
      write: (chunk) => {
        if (options.dataBits === 8) return reply.enqueue(chunk.slice().reverse());
        const text = String.fromCharCode(...fromSevenE1(chunk));
        if (text === '/?!\\r\\n') reply.enqueue(toSevenE1(new TextEncoder().encode('/LGZ5\\\\2ZMD405\\r\\n')));
        if (text.charCodeAt(0) === 6) reply.enqueue(toSevenE1(chunk));
      },
    });
  }
  async close() {
    if (this.readable.locked || this.writable.locked) throw new TypeError('a stream is locked');
    this.readable = this.writable = null;
  }
}
const meter = new MeterPort();
Object.defineProperty(navigator, 'serial', { value: { requestPort: async () => meter } });

async function run() {
  const port = await navigator.serial.requestPort();
  const head = modeEPort(await openWebSerial(port, { baudRate: 300 }));
  const signed = await head.signOn({ reactionMs: 1, acknowledgeMs: 500 });
  const { readable, writable } = signed.transport;
  const writer = writable.getWriter();
  await writer.write(new Uint8Array([1, 2, 3, 255]));
  const { value } = await readable.getReader().read();
  await head.close();
  return { ident: signed.identification.ident, baud: signed.baud, opened: meter.opened, value: [...value], closed: meter.readable === null };
}
run().then((result) => JSON.stringify(result), (error) => String(error)).then((text) => { document.body.textContent = 'RESULT ' + text + ' END'; });
`;

it('Web Serial in a browser: mode E sign-on, then octets both ways over Web Streams', {
  ...needs(chromium),
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'browser-test-'));
  try {
    const bundle = await build({
      stdin: { contents: page, resolveDir: '.' },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    });
    const html = join(folder, 'page.html');
    writeFileSync(html, `<!doctype html><body><script type="module">${bundle.outputFiles[0]?.text}</script>`);
    const dom = await new Promise<string>((done, failed) => {
      const flags = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        `--user-data-dir=${join(folder, 'profile')}`,
        '--virtual-time-budget=10000',
        '--dump-dom',
      ];
      const child = spawn(chromiumCommand as string, [...flags, `file://${html}`]);
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
      });
      child.on('error', failed);
      child.on('close', () => done(text));
    });
    const result = JSON.parse(/RESULT (.*) END/.exec(dom)?.[1] ?? JSON.stringify(dom));
    expect(result).toEqual({
      ident: 'ZMD405',
      baud: 9600,
      opened: ['300 8none', '300 7even', '9600 8none'],
      value: [255, 3, 2, 1],
      closed: true,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
