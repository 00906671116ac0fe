import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { simulatedMeter } from '../../src/testing/simulated-meter.js';
import { hdlcAddress, serveHdlc } from '../../src/transport/hdlc/index.js';
import { modeEPort } from '../../src/transport/index.js';
import { openSerial } from '../../src/transport/media/serial.js';
import { listenTcp } from '../../src/transport/media/tcp.js';
import { needs, serialport, socat } from '../support/needs.js';
import { cli, simulated } from './support.js';

interface Json {
  findings: {
    url: string;
    client: number;
    server: string;
    arguments: string;
    verdict: string;
    answer: string;
    baud?: number;
  }[];
  problems: object[];
  complete: boolean;
}
const fast = ['--answer', '0.05'];
const json = async (...argv: string[]) => {
  const run = await cli(['doctor', ...argv, ...fast, '--json']);
  return { ...run, json: JSON.parse(run.out) as Json };
};

describe('doctor over TCP', () => {
  it.each([
    ['wrapper', []],
    ['HDLC', ['--hdlc']],
  ])('finds the clients of the simulated meter, and what it prints can be read with: %s', async (framing, options) => {
    const meter = await simulated('--rows', '10', ...options);
    const run = await cli(['doctor', meter.url, '--limit', '60', ...fast]);
    expect(run.code, run.err).toBe(0);
    expect(run.err).toContain(framing);
    const lines = run.out.split('\n');
    expect(lines[0]).toMatch(/^client 16, server 1 .*opens an association without security$/);
    const read = /dlms-cosem read "(.*)"$/.exec(lines[1] as string)?.[1] as string;
    const again = await cli(['read', read, '--object', '8:0-0:1.0.0*255:2', '--json']);
    expect(again.code, again.err).toBe(0);
    // The reading client wants a password, the management client ciphering.
    expect(run.out).toMatch(/client 17, server 1 .*wants a password/);
    expect(run.out).toMatch(/client=17&server=1" --ask password/);
    expect(run.out).toMatch(/client 1, server 1 .*(ciphering|password)/);
    expect(run.out).toMatch(/clients 2, 3, 18, .* refuses the association/);
    await meter.stop();
  });

  it('keeps to the addresses it is given, and gives JSON', async () => {
    const { meter, ...rest } = await simulatedMeter({ provider: nodeProvider, profileRows: 1 });
    const listener = await listenTcp(
      { port: 0 },
      (t) => void serveHdlc(t, rest.connection(), { devices: [hdlcAddress(1, 200, 4)], clients: [16] }),
    );
    const found = await json(`tcp://127.0.0.1:${listener.port}`, '--client', '16', '--server', '1/200:4');
    expect(found.code, found.err).toBe(0);
    expect(found.json.findings).toMatchObject([
      { url: `hdlc+tcp://127.0.0.1:${listener.port}?client=16&server=1/200`, answer: 'UA' },
    ]);
    await listener.close();
    expect(meter).toBeDefined();
  });

  it('says what it did when nobody answers, within its time', async () => {
    const listener = await listenTcp({ port: 0 }, (t) => void t.direct?.start({ octets() {}, ended() {} }));
    const run = await cli(['doctor', `tcp://127.0.0.1:${listener.port}`, '--limit', '0.3', ...fast]);
    expect(run.code).toBe(3);
    expect(run.out).toMatch(/^nothing at 127.0.0.1:\d+ answered to \d+ questions\ncheck: .*\nnot everything was tried/);
    await listener.close();
    const refused = await cli(['doctor', `tcp://127.0.0.1:${listener.port}`, ...fast]);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.err).toContain('nothing listens on this port');
  });

  it('is interrupted', async () => {
    const listener = await listenTcp({ port: 0 }, (t) => void t.direct?.start({ octets() {}, ended() {} }));
    const abort = new AbortController();
    const running = cli(['scan', `tcp://127.0.0.1:${listener.port}`], '', { signal: abort.signal });
    setTimeout(() => abort.abort(), 30);
    expect((await running).code).toBe(5);
    await listener.close();
  });

  it.each([
    [['udp://127.0.0.1'], 'serial ports and tcp'],
    [['tcp://127.0.0.1', '--client', 'x'], '--client'],
    [['tcp://127.0.0.1', '--server', '1/2/3'], 'HDLC address'],
    [['tcp://127.0.0.1', '--answer', '0'], '--answer'],
    [['/dev/x', '--baud', '1'], '--baud'],
  ])('refuses %j', async (argv, text) => {
    const run = await cli(['doctor', ...argv]);
    expect(run.code).toBe(2);
    expect(run.err).toContain(text);
  });
});

describe('doctor on a pseudo terminal', needs(serialport, socat), () => {
  const folder = join(tmpdir(), `doctor-test-${process.pid}`);
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

  it('finds HDLC, and what it prints can be read with', async () => {
    const simulated = await simulatedMeter({ provider: nodeProvider, profileRows: 1 });
    const station = serveHdlc(await openSerial({ path: b }), simulated.connection(), {
      devices: [hdlcAddress(1, 17)],
      clients: [16],
      answerAllStation: true,
    });
    const found = await json(a, '--client', '16', '--server', '1/127');
    expect(found.code, found.err).toBe(0);
    const [first] = found.json.findings;
    expect(first).toMatchObject({ client: 16, answer: 'UA', verdict: 'opens an association without security' });
    const read = await cli(['read', first?.url as string, '--object', '8:0-0:1.0.0*255:2', '--json']);
    expect(read.code, read.err).toBe(0);
    await station.close();
  });

  it('says what is wrong with a port', async () => {
    const run = await cli(['doctor', join(folder, 'none')]);
    expect(run).toMatchObject({ code: 3, out: '' });
    expect(run.err).toMatch(/^dlms-cosem: cannot connect to .*No such file or directory.* Check that the port exists/m);
  });

  it('finds a meter that wants a sign-on, and what it prints can be read with', async () => {
    const simulated = await simulatedMeter({ provider: nodeProvider, profileRows: 1 });
    // A pseudo terminal carries 8 bits at any speed: the parity bits come from software.
    const head = modeEPort(await openSerial({ path: b, baudRate: 300 }), { emulateSevenE1: true });
    const serve = async (): Promise<void> => {
      for (;;) {
        const { transport } = await head.listen({
          identification: { manufacturer: 'LGZ', baudCharacter: '6', ident: 'ZMD405' },
          reactionMs: 20,
        });
        let ended: () => void = () => undefined;
        const released = new Promise<void>((resolve) => {
          ended = resolve;
        });
        const handler = simulated.connection();
        const station = serveHdlc(
          transport,
          {
            handle: (apdu, route) => handler.handle(apdu, route),
            released(route) {
              handler.released?.(route);
              ended();
            },
          },
          { devices: [1], clients: [16] },
        );
        await released;
        // The answer to DISC has to leave first.
        await new Promise((resolve) => setTimeout(resolve, 20));
        await station.close();
      }
    };
    serve().catch(() => undefined);
    const found = await json(a, '--client', '16', '--server', '1', '--baud', '300');
    expect(found.code, found.err).toBe(0);
    expect(found.json.findings[0]).toMatchObject({
      baud: 19200,
      url: expect.stringContaining('start=mode-e&baud=19200'),
    });
    const read = await cli(['read', found.json.findings[0]?.url as string, '--object', '8:0-0:1.0.0*255:2', '--json']);
    expect(read.code, read.err).toBe(0);
    await head.close();
  }, 20_000);
});
