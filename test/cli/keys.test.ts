import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenKeys, type KeyValues } from '../../src/cli/keys.js';
import { askHidden } from '../../src/cli/prompt.js';
import { formatHex } from '../../src/core/hex.js';
import { cli, keyFile, simulated } from './support.js';

const ek = '000102030405060708090A0B0C0D0E0F';
const ak = 'D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF';
const folder = mkdtempSync(join(tmpdir(), 'dlms-cosem-keys-'));
let files = 0;
const file = (content: string, mode = 0o600): string => {
  const path = join(folder, `${++files}.json`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};
const io = (env: Record<string, string> = {}, ask?: (question: string) => Promise<string>) => ({
  stdout: { write: () => true },
  stderr: { write: () => true },
  stdin: (async function* () {})(),
  isTTY: false,
  env,
  ...(ask === undefined ? {} : { ask }),
});
const hexOf = async (values: KeyValues, ...more: Parameters<typeof io>) => {
  const { encryption, authentication, password } = await givenKeys(values, io(...more));
  return [encryption, authentication, password].map((o) => (o === undefined ? undefined : formatHex(o)));
};

describe('keys on the command line, where every user sees them', () => {
  const message = 'C8241100000001';
  const secretArguments = ['--ek', '--ak', '--broadcast-key', '--dedicated-key', '--password'] as const;
  it.each([
    ...['decode', 'explain'].flatMap((c) => secretArguments.slice(0, 4).map((s) => [c, s, [message]] as const)),
    ...['read', 'check-profile'].flatMap((c) =>
      (['--ek', '--ak', '--broadcast-key', '--password'] as const).map(
        (s) => [c, s, ['tcp://127.0.0.1:1', ...(c === 'read' ? [] : ['--profile', 'idis-package-2'])]] as const,
      ),
    ),
    ...(['--ek', '--ak', '--broadcast-key', '--password'] as const).map((s) => ['simulate', s, []] as const),
  ])('%s refuses %s without the flag that says so, and names the three safe ways', async (name, option, args) => {
    const { code, err, out } = await cli([name, ...args, option, ek]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^dlms-cosem: every user of this machine can see .*--keys FILE.*DLMS_COSEM_[A-Z_]+.*--ask .*--keys-on-command-line.*\n$/,
    );
    expect(out + err).not.toContain(ek);
  });
  it('are taken with the flag', async () => {
    expect(await hexOf({ ek, ak, 'keys-on-command-line': true })).toEqual([ek, ak, undefined]);
  });
});

describe('where keys come from', () => {
  const variables = { DLMS_COSEM_EK: '11'.repeat(16), DLMS_COSEM_AK: '22'.repeat(16), DLMS_COSEM_PASSWORD: 'hex:3132' };
  it('the environment', async () => {
    expect(await hexOf({}, variables)).toEqual(['11'.repeat(16), '22'.repeat(16), '3132']);
  });
  it('a file, before the environment', async () => {
    expect(await hexOf({ keys: keyFile({ encryptionKey: ek }) }, variables)).toEqual([ek, '22'.repeat(16), '3132']);
  });
  it('the terminal, before the file; what is asked for has a name', async () => {
    const asked: string[] = [];
    const answer = async (question: string) => {
      asked.push(question);
      return ak;
    };
    expect(
      await hexOf({ ask: 'ak, password', keys: keyFile({ encryptionKey: ek, authenticationKey: ek }) }, {}, answer),
    ).toEqual([ek, ak, formatHex(new TextEncoder().encode(ak))]);
    expect(asked).toEqual(['authentication key: ', 'password: ']);
  });
  it('no terminal, no question', async () => {
    await expect(hexOf({ ask: 'ek' })).rejects.toThrow(/needs a terminal/);
    await expect(hexOf({ ask: 'everything' })).rejects.toThrow(/--ask takes names, not values: ek, ak/);
  });
  it('an unset variable does not turn into an association in clear', async () => {
    const { code, err } = await cli(['read', 'tcp://127.0.0.1:1', '--mechanism', 'none'], '', {
      env: { DLMS_COSEM_EK: '' },
    });
    expect(err).toBe('dlms-cosem: DLMS_COSEM_EK is empty\n');
    expect(code).toBe(2);
    for (const more of [
      ['--dedicated'],
      ['--general-glo'],
      ['--protection', 'both'],
      ['--ciphering', 'required'],
      ['--counter', '5'],
    ]) {
      const run = await cli(['read', 'tcp://127.0.0.1:1', ...more]);
      expect(run.err).toMatch(new RegExp(`${more[0]}.* needs keys`));
      expect(run.code).toBe(2);
    }
    expect((await cli(['read', 'tcp://127.0.0.1:1', '--keys', keyFile({ authenticationKey: ak })])).err).toMatch(
      /encryption key is missing/,
    );
  });
});

describe('the key file', () => {
  const good = JSON.stringify({ format: 'keys/1', encryptionKey: ek });
  it.each([0o644, 0o640, 0o604, 0o622, 0o620, 0o602, 0o666, 0o777])(
    'of mode %o is refused: others can read or write it',
    async (mode) => {
      const { code, err } = await cli(['decode', 'C8241100000001', '--keys', file(good, mode)]);
      expect(err).toMatch(
        /--keys: \S+ holds keys, and other users of this machine can read or write it \(mode [0-7]{3}\); chmod 600/,
      );
      expect(err).not.toContain(ek);
      expect(code).toBe(4);
    },
  );
  it.each([0o600, 0o400, 0o700])('of mode %o is taken', async (mode) =>
    expect((await hexOf({ keys: file(good, mode) }))[0]).toBe(ek),
  );
  it.each<[string, string, RegExp]>([
    ['no JSON', `{"format": "keys/1", "encryptionKey": ${ek}}`, /is no JSON/],
    ['another form', '{"format": "push-keys/1", "senders": []}', /one of the fields|"keys\/1" expected/],
    [
      'a misspelt field',
      JSON.stringify({ format: 'keys/1', encriptionKey: ek }),
      /encriptionKey: one of the fields format, encryptionKey/,
    ],
    [
      'a short key',
      JSON.stringify({ format: 'keys/1', encryptionKey: ek.slice(2) }),
      /encryptionKey: a key of 32 or 64 hexadecimal digits/,
    ],
    [
      'keys of two lengths',
      JSON.stringify({ format: 'keys/1', encryptionKey: ek, authenticationKey: ak + ak }),
      /authenticationKey in \S+ has 32 octets; 16 are needed/,
    ],
  ])('with %s is refused by its place, and nothing of it is shown', async (_, content, text) => {
    const { code, err } = await cli(['decode', 'C8241100000001', '--keys', file(content)]);
    expect(err).toMatch(text);
    expect(err).not.toMatch(/00010203|01020304|D0D1D2D3/);
    expect(code).toBe(2);
  });
  it('that is not there, or is a folder', async () => {
    expect((await cli(['decode', 'C8241100000001', '--keys', join(folder, 'none')])).err).toMatch(
      /--keys: nothing readable at/,
    );
    expect((await cli(['decode', 'C8241100000001', '--keys', folder])).err).toMatch(/is no file/);
  });
});

describe('the question', () => {
  it('is shown, the answer is not', async () => {
    const input = new PassThrough();
    let shown = '';
    const output = new Writable({
      write(chunk, _encoding, done) {
        shown += String(chunk);
        done();
      },
    });
    const answer = askHidden('password: ', input as unknown as NodeJS.ReadStream, output);
    input.write('s3cret\r\n');
    expect(await answer).toBe('s3cret');
    expect(shown).toBe('password: \n');
  });
  it('without an answer fails', async () => {
    const input = new PassThrough();
    const answer = askHidden(
      'password: ',
      input as unknown as NodeJS.ReadStream,
      new Writable({ write: (_c, _e, done) => done() }),
    );
    input.end();
    await expect(answer).rejects.toThrow(/nothing was typed/);
  });
});

describe('simulate --save-keys', () => {
  let meter: Awaited<ReturnType<typeof simulated>>;
  const path = join(folder, 'saved.json');
  beforeAll(async () => {
    meter = await simulated('--rows', '5', '--save-keys', path);
  });
  afterAll(async () => {
    await meter.stop();
  });
  it('gives a file that read takes', async () => {
    const { code, out, err } = await cli(['read', `${meter.url}?client=1`, '--keys', path, '-o', '1:0-0:42.0.0*255:2']);
    expect(err).toBe('');
    expect(out).toContain('SIM0000000000001');
    expect(code).toBe(0);
    expect(
      (
        await cli([
          'read',
          `${meter.url}?client=17`,
          '--keys',
          path,
          '--mechanism',
          'lls',
          '--ciphering',
          'none',
          '-o',
          '8:0-0:1.0.0*255:2',
        ])
      ).code,
    ).toBe(0);
  });
  it('leaves a file with other things alone', async () => {
    const other = file('my diary');
    expect((await cli(['simulate', '--port', '0', '--save-keys', other])).err).toMatch(
      /exists already, with other content/,
    );
  });
});
