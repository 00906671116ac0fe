import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateFolder } from '../../src/cli/counters.js';
import { concat } from '../../src/core/bytes.js';
import { nobleProvider } from '../../src/security/providers/noble.js';
import { simulatedMeter } from '../../src/testing/simulated-meter.js';
import { serveWrapper } from '../../src/transport/channels/wrapper.js';
import { listenTcp } from '../../src/transport/media/tcp.js';
import { trace } from '../../src/transport/middleware/trace.js';
import { cli, keyFile } from './support.js';

const ek = '000102030405060708090A0B0C0D0E0F';
const ak = 'D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF';
const keys = ['--keys', keyFile({ encryptionKey: ek, authenticationKey: ak })];
const fresh = (): string => mkdtempSync(join(tmpdir(), 'dlms-cosem-counters-'));

/** Everything that clients sent to this meter, one entry a connection. */
const heard: Uint8Array[][] = [];
let url: string;
let stop: () => Promise<void>;
beforeAll(async () => {
  const meter = await simulatedMeter({
    provider: nobleProvider,
    profileRows: 5,
    systemTitle: Uint8Array.of(0x53, 0x49, 0x4d, 0, 0, 0, 0, 9),
  });
  const listener = await listenTcp({ port: 0 }, (transport) => {
    const octets: Uint8Array[] = [];
    heard.push(octets);
    const traced = trace(transport, (event) => {
      if (event.type === 'received') octets.push(event.octets);
    });
    serveWrapper(traced, meter.connection());
  });
  url = `tcp://127.0.0.1:${listener.port}?client=1`;
  stop = () => listener.close();
});
afterAll(() => stop());
const read = (env: Record<string, string>, ...more: string[]) =>
  cli(['read', url, ...keys, '-o', '1:0-0:42.0.0*255:2', ...more], '', { env });
/** Counters of the glo- messages in what was sent. */
function countersIn(octets: readonly Uint8Array[]): number[] {
  const all = concat(...octets);
  const view = new DataView(all.buffer, all.byteOffset, all.length);
  const out: number[] = [];
  for (let at = 0; at + 8 <= all.length; at += 8 + view.getUint16(at + 6)) {
    const end = at + 8 + view.getUint16(at + 6);
    // Control octet 30 of suite 0, behind which the counter stands: in the AARQ, or behind tag and length.
    const control = all.indexOf(0x30, all[at + 8] === 0x60 ? all.lastIndexOf(0x21, end) : at + 9);
    if (control > 0 && control < end) out.push(view.getUint32(control + 1));
  }
  return out;
}

describe('a second run with the same keys', () => {
  it('uses no invocation counter again, without being told where to keep them', async () => {
    const home = fresh();
    const env = { XDG_STATE_HOME: home };
    const before = heard.length;
    const runs = [await read(env), await read(env), await read(env)];
    for (const run of runs) expect([run.code, run.out]).toEqual([0, expect.stringContaining('SIM0000000000001')]);
    expect(runs.map((r) => r.err)).toEqual([
      `the invocation counters are kept in ${home}/dlms-cosem/counters from now on\n`,
      '',
      '',
    ]);
    const used = heard.slice(before).flatMap(countersIn);
    expect(used.length).toBeGreaterThan(8);
    expect(new Set(used).size).toBe(used.length);
    expect(statSync(join(home, 'dlms-cosem', 'counters')).mode & 0o777).toBe(0o700);
  });
  it('a folder that was lost (a volume that is not mounted) is refused before anything is sent', async () => {
    const folder = join(fresh(), 'counters');
    const before = heard.length;
    const { code, err } = await read({ XDG_STATE_HOME: fresh() }, '--counters', folder);
    expect(err).toMatch(/^dlms-cosem: --counters: there is no folder .*is the volume mounted\?.*--create-counters\n$/);
    expect(code).toBe(4);
    expect(heard.length).toBe(before);
  });
  it('create and open are two things', async () => {
    const env = { XDG_STATE_HOME: fresh() };
    const folder = join(fresh(), 'counters');
    expect((await read(env, '--counters', folder, '--create-counters')).code).toBe(0);
    expect((await read(env, '--counters', folder)).code).toBe(0);
    expect(await read(env, '--counters', folder, '--create-counters')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/exists already/),
    });
    expect(await read(env, '--create-counters')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/needs --counters/),
    });
    expect((await read(env, '--counters', join(folder, 'a', 'b'), '--create-counters')).err).toMatch(
      /cannot be created \(ENOENT\)/,
    );
    const file = join(fresh(), 'file');
    writeFileSync(file, '');
    expect((await read(env, '--counters', file)).err).toMatch(/is not a folder/);
  });
  it('needs no folder without keys', async () => {
    const home = fresh();
    mkdirSync(join(home, 'x'));
    const { code, err } = await cli(['read', url.replace('client=1', 'client=16'), '-o', '8:0-0:1.0.0*255:2'], '', {
      env: { XDG_STATE_HOME: home },
    });
    expect([code, err]).toEqual([0, '']);
    expect(existsSync(join(home, 'dlms-cosem'))).toBe(false);
  });
  it('needs no folder where the keys encrypt nothing, and says so when one is named', async () => {
    const home = fresh();
    const env = { XDG_STATE_HOME: home, DLMS_COSEM_PASSWORD: '12345678' };
    const inClear = ['--mechanism', 'lls', '--ciphering', 'none'];
    const readInClear = (...more: string[]) =>
      cli(['read', url.replace('client=1', 'client=17'), ...keys, ...inClear, '-o', '8:0-0:1.0.0*255:2', ...more], '', {
        env,
      });
    expect(await readInClear()).toMatchObject({ code: 0, err: '' });
    expect(existsSync(join(home, 'dlms-cosem'))).toBe(false);
    for (const option of [['--counters', fresh()], ['--create-counters'], ['--counter', '5']])
      expect(await readInClear(...option)).toMatchObject({
        code: 2,
        err: expect.stringMatching(new RegExp(`${option[0]} has no effect: .*nothing is counted`)),
      });
  });
  it('keeps counters where the keys serve HLS 5 alone', async () => {
    const home = fresh();
    await read({ XDG_STATE_HOME: home }, '--ciphering', 'none');
    expect(existsSync(join(home, 'dlms-cosem', 'counters'))).toBe(true);
  });
});

describe('counters', () => {
  const counters = async (env: Record<string, string>, ...more: string[]) => cli(['counters', ...more], '', { env });
  it('lists what is kept, by the fingerprint of the key and never by the key', async () => {
    const env = { XDG_STATE_HOME: fresh() };
    expect((await counters(env, 'list')).out).toBe('there are no counters here yet\n');
    await read(env);
    const { out, code } = await counters(env, 'list');
    expect(code).toBe(0);
    expect(out).toMatch(/^[0-9A-Fa-f]{16} {2}send +444C4D5300000001 +\d+$/m);
    expect(out).toMatch(/^[0-9A-Fa-f]{16} {2}receive +53494D0000000009 +\d+$/m);
    expect(out).not.toContain(ek);
    const { counters: listed, folder } = JSON.parse((await counters(env, 'list', '--json')).out);
    expect(folder).toBe(`${env.XDG_STATE_HOME}/dlms-cosem/counters`);
    expect(listed).toContainEqual({
      direction: 'send',
      key: listed[0].key,
      systemTitle: '444C4D5300000001',
      last: expect.stringMatching(/^\d+$/),
      ask: ['53494D0000000009'],
    });
  });
  it('repair moves every counter for sending ahead, names the meters to ask, and the next run goes on above', async () => {
    const env = { XDG_STATE_HOME: fresh() };
    await read(env);
    const sent = async (): Promise<number> =>
      Number(
        JSON.parse((await counters(env, 'list', '--json')).out).counters.find(
          (c: { direction: string }) => c.direction === 'send',
        ).last,
      );
    const before = await sent();
    const { out, code } = await counters(env, 'repair', '--ahead', '100000');
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `^key \\S+, title 444C4D5300000001: ${before} moved to ${before + 100_000}; ask 53494D0000000009 for the last counter`,
      ),
    );
    const from = heard.length;
    expect((await read(env)).code).toBe(0);
    expect(Math.min(...heard.slice(from).flatMap(countersIn))).toBeGreaterThan(before + 100_000);
  });
  it('a damaged folder is refused by every command with the way out, and repair makes it whole and moves it ahead', async () => {
    const env = { XDG_STATE_HOME: fresh() };
    await read(env);
    const before = JSON.parse((await counters(env, 'list', '--json')).out).counters.find(
      (c: { direction: string }) => c.direction === 'send',
    ).last;
    const folder = join(env.XDG_STATE_HOME, 'dlms-cosem', 'counters');
    const newest = readdirSync(folder)
      .filter((name) => !name.startsWith('tmp'))
      .sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))
      .at(-1) as string;
    truncateSync(join(folder, newest), 20);
    const from = heard.length;
    const refused = await read(env);
    expect(refused.err).toMatch(/damaged.*counters repair --ahead N/);
    expect(refused.code).toBe(4);
    expect(heard.slice(from).flat()).toEqual([]);
    const { code, out } = await counters(env, 'repair', '--ahead', '100000');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`${newest}: [\\s\\S]*the damaged folder is kept at ${folder}\\.damaged-`));
    expect((await read(env)).code).toBe(0);
    expect(Math.min(...heard.slice(from).flatMap(countersIn))).toBeGreaterThan(Number(before));
  });
  it('repair beyond the last counter changes nothing', async () => {
    const env = { XDG_STATE_HOME: fresh() };
    await read(env);
    const { out } = await counters(env, 'list');
    expect(await counters(env, 'repair', '--ahead', '4294967294')).toMatchObject({
      code: 4,
      err: expect.stringMatching(/counter exhausted/),
    });
    expect((await counters(env, 'list')).out).toBe(out);
  });
  it.each<[string[], RegExp]>([
    [['show'], /known are list and repair/],
    [['repair'], /needs --ahead N/],
    [['list', '--ahead', '5'], /only for repair/],
    [['repair', '--ahead', '0'], /whole number from 1/],
    [['repair', '--ahead', '5'], /no send counters/],
    [['list', '--counters', '/nowhere/counters'], /there is no folder/],
  ])('%j is one line', async (args, text) => {
    const { code, err } = await counters({ XDG_STATE_HOME: fresh() }, ...args);
    expect(err).toMatch(text);
    expect(code).not.toBe(0);
  });
});

describe('the state folder', () => {
  const io = (env: Record<string, string>) => ({ env }) as unknown as Parameters<typeof stateFolder>[0];
  it.each<[string, Record<string, string>, string, RegExp]>([
    ['XDG_STATE_HOME', { XDG_STATE_HOME: '/var/x' }, 'linux', /^\/var\/x\/dlms-cosem$/],
    ['the home folder', {}, 'linux', /\/\.local\/state\/dlms-cosem$/],
    ['not a relative XDG_STATE_HOME', { XDG_STATE_HOME: 'x' }, 'linux', /\/\.local\/state\/dlms-cosem$/],
    ['LOCALAPPDATA on Windows', { LOCALAPPDATA: '/appdata' }, 'win32', /^\/appdata\/dlms-cosem$/],
  ])('is in %s', (_, env, platform, path) => expect(stateFolder(io(env), platform)).toMatch(path));
});
