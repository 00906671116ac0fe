import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cli, keyFile, simulated } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'dlms-cosem-simulate-'));
const name = ['-o', '1:0-0:42.0.0*255:2'];
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
let files = 0;
/** The simulated meter, and a file with its keys. */
async function bench(...options: string[]) {
  const keys = join(folder, `keys-${++files}.json`);
  const meter = await simulated('--rows', '40', '--save-keys', keys, ...options);
  stops.push(meter.stop);
  const read = (client: number, ...more: string[]) =>
    cli(['read', `${meter.url}?client=${client}`, '--keys', keys, ...more]);
  return { ...meter, keys, read };
}
const good = { code: 0, err: '', out: expect.stringContaining('SIM0000000000001') };

describe('simulate and read', () => {
  it.each([0, 1, 2])('security suite %i', async (suite) => {
    const { read } = await bench('--suite', String(suite));
    expect(await read(1, '--suite', String(suite), ...name)).toMatchObject(good);
    if (suite === 2)
      expect((await read(1, '--suite', '0', ...name)).err).toMatch(
        /the encryption key has 32 octets; suite 0 needs 16/,
      );
  });
  const secrets = (['lls', 'hls-2', 'hls-md5', 'hls-sha1', 'hls-sha256'] as const).map((m) => [m] as const);
  it.each(secrets)('mechanism %s, in clear and ciphered', async (mechanism) => {
    const { read } = await bench('--association', `40:${mechanism}`, '--association', `41:${mechanism}:ciphering`);
    expect(await read(40, '--mechanism', mechanism, '--ciphering', 'none', ...name)).toMatchObject(good);
    expect(await read(41, '--mechanism', mechanism, ...name)).toMatchObject(good);
    expect((await read(41, '--mechanism', mechanism, '--ciphering', 'none', ...name)).code).toBe(4);
    const other = ['--keys', keyFile({ password: '87654321' })];
    expect(
      (
        await cli([
          'read',
          `${(await bench('--association', `40:${mechanism}`)).url}?client=40`,
          ...other,
          '--mechanism',
          mechanism,
          ...name,
        ])
      ).code,
    ).toBe(4);
  });
  it('HLS 5 whose keys prove the client, with everything in clear', async () => {
    const { read } = await bench('--association', '40:hls-gmac');
    expect(await read(40, '--ciphering', 'none', ...name)).toMatchObject(good);
  });
  it.each([1, 2] as const)('HLS 7, suite %i', async (suite) => {
    const pair = () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', {
        namedCurve: suite === 1 ? 'prime256v1' : 'secp384r1',
      });
      const [own, open] = [join(folder, `own-${++files}`), join(folder, `open-${files}`)];
      writeFileSync(own, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
      writeFileSync(open, publicKey.export({ type: 'spki', format: 'pem' }));
      return [own, open] as const;
    };
    const [[meterKey, meterOpen], [clientKey, clientOpen]] = [pair(), pair()];
    const { read } = await bench('--signing-key', meterKey, '--peer-key', clientOpen);
    expect(await read(2, '--signing-key', clientKey, '--peer-key', meterOpen, ...name)).toMatchObject(good);
    expect((await read(2, '--signing-key', meterKey, '--peer-key', meterOpen, ...name)).code).toBe(4);
  });
  it('short names, with HLS and blocks; the reply by READ and by WRITE', async () => {
    const { read } = await bench(
      '--association',
      '40:lls:short-names',
      '--association',
      '41:hls-gmac:ciphering,short-names',
    );
    expect(await read(40, '--short-name', '--mechanism', 'lls', '--ciphering', 'none', ...name)).toMatchObject(good);
    expect(await read(41, '--short-name', ...name)).toMatchObject(good);
    expect(await read(41, '--short-name', '--hls-by-write', ...name)).toMatchObject(good);
    const profile = await read(41, '--short-name', '--profile', '1-0:99.1.0*255', '--json', '--max-pdu', '256');
    expect(JSON.parse(profile.out).profile.rows).toHaveLength(40);
  });
  it.each([
    [['--general-glo']],
    [['--dedicated']],
    [['--gbt']],
    [['--gbt', '--general-glo']],
    [['--max-pdu', '128']],
    [['--gbt', '--max-pdu', '128']],
  ])('with %j', async (more) => {
    const { read } = await bench('--gbt', '--max-pdu', '200');
    expect(await read(1, ...more, ...name)).toMatchObject(good);
    const profile = await read(1, ...more, '--profile', '1-0:99.1.0*255', '--json');
    expect(profile.err).toBe('');
    expect(JSON.parse(profile.out).profile.rows).toHaveLength(40);
  });
  it.each(['authenticated', 'encrypted'])('protection %s on both sides, and on neither alone', async (protection) => {
    const { read } = await bench('--protection', protection);
    expect(await read(1, '--protection', protection, ...name)).toMatchObject(good);
    expect((await read(1, ...name)).code).not.toBe(0);
  });
  it('pre-established: in clear, and ciphered with titles that both sides know', async () => {
    const title = '53494D0000000007';
    const { read } = await bench(
      '--system-title',
      title,
      '--association',
      '40:none:pre-established',
      '--association',
      '41:none:ciphering,pre-established',
    );
    expect(await read(40, '--pre-established', '--ciphering', 'none', ...name)).toMatchObject(good);
    expect(await read(41, '--pre-established', '--meter-title', title, ...name)).toMatchObject(good);
    expect(await read(41, '--pre-established', '--meter-title', title, '--general-glo', ...name)).toMatchObject(good);
    expect((await read(41, '--pre-established', '--ciphering', 'none', '--timeout', '0.5', ...name)).code).not.toBe(0);
  });
  it.each(['1', '1/17', '1/17:4'])('HDLC with address %s and sizes of both sides', async (address) => {
    const { url, keys } = await bench('--hdlc', '--hdlc-address', address, '--hdlc-info', '64', '--hdlc-window', '3');
    const read = (...more: string[]) =>
      cli([
        'read',
        `${url}?client=1&server=${address}`,
        '--keys',
        keys,
        '--hdlc-info',
        '512',
        '--hdlc-window',
        '5',
        ...more,
      ]);
    expect(await read(...name)).toMatchObject(good);
    expect(JSON.parse((await read('--profile', '1-0:99.1.0*255', '--json')).out).profile.rows).toHaveLength(40);
  });
  it('another run is another meter: a client takes its counters, which began again', async () => {
    const first = await bench();
    expect(await first.read(1, ...name)).toMatchObject(good);
    const second = await bench();
    expect(await second.read(1, ...name)).toMatchObject(good);
  });
});

describe('options that do not go together are one line', () => {
  it.each<[string[], RegExp]>([
    [['--association', '40'], /CLIENT:MECHANISM/],
    [['--association', '40:hls-9'], /unknown mechanism "hls-9"; known are none, lls/],
    [['--association', '40:lls:magic'], /unknown word "magic"; known are ciphering/],
    [['--association', '1:lls'], /client 1 has an association already/],
    [['--association', '40:lls', '--association', '40:hls-md5'], /client 40 has an association already/],
    [['--association', '0:lls'], /client must be a whole number from 1/],
    [['--hdlc-info', '128'], /--hdlc-info needs --hdlc/],
    [['--hdlc', '--hdlc-address', '300/17'], /only has logical device 1/],
    [['--hdlc', '--hdlc-address', 'x'], /./],
    [['--hdlc', '--hdlc-info', '31'], /--hdlc-info must be a whole number from 32 to 2030/],
    [['--hdlc', '--hdlc-window', '8'], /--hdlc-window must be a whole number from 1 to 7/],
    [['--suite', '3'], /--suite must be a whole number from 0 to 2/],
    [['--protection', 'nothing'], /--protection must be/],
    [['--signing-key', 'x'], /must be given together/],
  ])('simulate %j', async (options, text) => {
    const { code, err } = await cli(['simulate', '--port', '0', ...options]);
    expect(err).toMatch(text);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
  it.each<[string[], RegExp]>([
    [['--general-glo', '--dedicated'], /exclude each other/],
    [['--hls-by-write'], /needs --short-name/],
    [['--pre-established', '--mechanism', 'hls-gmac'], /exclude each other/],
    [['--ciphering', 'maybe'], /must be required or none, not "maybe"/],
    [['--max-pdu', '10'], /--max-pdu must be/],
  ])('read %j', async (options, text) => {
    const keys = keyFile({ encryptionKey: '00'.repeat(16), authenticationKey: '00'.repeat(16) });
    const { code, err } = await cli(['read', 'tcp://127.0.0.1:1', '--keys', keys, ...options]);
    expect(err).toMatch(text);
    expect(code).toBe(2);
  });
});
