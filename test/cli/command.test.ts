import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { commands } from '../../src/cli/commands.js';
import { markdown } from '../../src/cli/help.js';
import { cli, keyFile, simulated } from './support.js';

const captures = JSON.parse(readFileSync('test/vectors/captures.json', 'utf8')) as {
  id: string;
  input: { hex: string };
  params: { encryptionKey?: string; authenticationKey?: string };
}[];
const keysOf = ({
  encryptionKey,
  authenticationKey,
}: {
  encryptionKey?: string | null;
  authenticationKey?: string | null;
}): string =>
  keyFile({ ...(encryptionKey ? { encryptionKey } : {}), ...(authenticationKey ? { authenticationKey } : {}) });
const capture = (id: string) => captures.find((c) => c.id === id)!;
const folder = mkdtempSync(join(tmpdir(), 'dlms-cosem-cli-'));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const request = 'C001C100080000010000FF0200';

describe('help', () => {
  it('lists every command and exit code', async () => {
    const { code, out, err } = await cli(['--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const c of commands) expect(out).toContain(`  ${c.name} `);
    expect(out).toContain(' 4  refused for security');
  });
  it.each(commands.map((c) => c.name))('of %s names every option', async (name) => {
    const { code, out } = await cli([name, '--help']);
    expect(code).toBe(0);
    expect(out).toBe((await cli(['help', name])).out);
    for (const option of Object.keys(commands.find((c) => c.name === name)!.options))
      expect(out).toContain(`--${option}`);
  });
  it('is the page of the documentation', async () => {
    await expect(markdown(commands)).toMatchFileSnapshot('../../docs/cli.md');
  });
  it('says the version', async () => {
    expect((await cli(['--version'])).out.trim()).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  });
});

describe('bad input is one clear line and an exit code', () => {
  const push = capture('cap-kamstrup-encrypted');
  const { encryptionKey: ek = '', authenticationKey: ak = '' } = push.params;
  const { hex } = push.input;
  const austrian = capture('cap-kaifa-at-netznoe');
  const open = '--keys-on-command-line';
  it.each<[string, string[], number, RegExp]>([
    ['an unknown command', ['decrypt'], 2, /unknown command "decrypt".*help/],
    ['an unknown option', ['decode', '--key', '00'], 2, /unknown option --key.*decode --help/],
    ['an option without value', ['decode', request, '--ek'], 2, /--ek needs a value/],
    ['a value for a switch', ['decode', request, '--json=1'], 2, /--json takes no value/],
    ['too many arguments', ['decode', request, request], 2, /2 arguments, but decode takes /],
    ['a missing argument', ['vectors'], 2, /vectors needs DIR/],
    ['odd hex', ['decode', 'C001C'], 2, /odd number of hexadecimal digits \(5\)/],
    ['no hex and no file', ['decode', 'push.hex'], 2, /"push.hex" is no file, and no hexadecimal digits/],
    ['nothing on standard input', ['decode', '-'], 2, /standard input is empty/],
    ['a folder', ['decode', folder], 2, /is a folder/],
    ['a short key', ['decode', hex, open, '--ek', '0011'], 2, /--ek has 2 octets; 16 or 32 are needed/],
    ['keys of two lengths', ['decode', hex, open, '--ek', ek, '--ak', ak + ak], 2, /--ak has 32 octets; 16 are needed/],
    ['contradicting options', ['decode', request, '--strict', '--lenient'], 2, /exclude each other/],
    ['octets of nothing known', ['decode', '00'], 1, /no known frame or APDU/],
    ['a frame with a wrong checksum', ['decode', '7EA00721037301417E'], 1, /no known frame or APDU|checksum/],
    ['a truncated APDU', ['decode', request.slice(0, -4)], 1, /unexpected end at offset/],
    [
      'a missing key',
      ['decode', hex, '--readings'],
      4,
      /ciphered: its key and the authentication key are needed.*--keys FILE.*DLMS_COSEM_EK.*--ask/,
    ],
    [
      'a missing authentication key',
      ['decode', hex, open, '--ek', ek, '--readings'],
      4,
      /authentication key is needed.*--unverified/,
    ],
    ['a wrong key', ['decode', hex, open, '--ek', ak, '--ak', ak, '--readings'], 4, /Wrong key or title/],
    [
      'a wrong authentication key',
      ['decode', hex, open, '--ek', ek, '--ak', ek, '--readings'],
      4,
      /Wrong key or title/,
    ],
    [
      'encrypted only',
      ['decode', austrian.input.hex, open, '--ek', austrian.params.encryptionKey!, '--readings'],
      4,
      /not authenticated.*--unverified/,
    ],
    [
      'encrypted only, wrong key',
      ['decode', austrian.input.hex, open, '--ek', ek, '--unverified', '--readings'],
      4,
      /Wrong key or title/,
    ],
    ['no such folder of vectors', ['vectors', join(folder, 'none')], 2, /nothing readable/],
    ['a folder without vectors', ['vectors', folder], 2, /none in/],
    ['no URL', ['read', 'meter'], 2, /not a URL like tcp:/],
    ['a scheme that does not exist', ['read', 'http://127.0.0.1'], 2, /unknown scheme "http"/],
    ['a misspelt URL parameter', ['read', 'tcp://127.0.0.1?clinet=1'], 2, /"clinet" in the URL/],
    ['no such object form', ['read', 'tcp://127.0.0.1', '-o', '1.8.0'], 2, /is not CLASS:OBIS:ATTR/],
    ['no OBIS code', ['read', 'tcp://127.0.0.1', '-o', '3:1-0-1:2'], 2, /is not an OBIS code/],
    ['rows without profile', ['read', 'tcp://127.0.0.1', '--entries', '1-4'], 2, /need --profile/],
    [
      'a time that is none',
      ['read', 'tcp://127.0.0.1', '--profile', '1-0:99.1.0*255', '--from', 'yesterday'],
      2,
      /is not a time like/,
    ],
    [
      'HLS without keys',
      ['read', 'tcp://127.0.0.1', '--mechanism', 'hls-gmac'],
      2,
      /needs the encryption key and the authentication key/,
    ],
    ['an unreachable host', ['read', 'tcp://127.0.0.1:1'], 3, /cannot connect to 127.0.0.1:1: .*Check host and port/],
    ['a port that is none', ['simulate', '--port', '99999'], 2, /--port must be a whole number from 0 to 65535/],
    ['half the keys', ['simulate', open, '--ek', ek], 2, /must be given together/],
    ['broken XML', ['translate', '<x'], 2, /./],
    ['JSON of no APDU', ['translate', '{"type":"get"}'], 2, /./],
  ])('%s', async (_, argv, code, text) => {
    const run = await cli(argv);
    const lines = run.err.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^dlms-cosem: /);
    expect(lines[0]).toMatch(text);
    expect(lines[0]).not.toMatch(/\bat \S+:\d+:\d+|Error:/);
    expect(run.code).toBe(code);
  });
  it('no key shows in any output', async () => {
    for (const flags of [[], ['--json'], ['--readings']]) {
      const { out, err } = await cli(['decode', hex, open, '--ek', ek, '--ak', ak, ...flags]);
      expect(out + err).not.toContain(ek);
      expect(out + err).not.toContain(ak);
    }
  });
});

describe('decode', () => {
  it('shows a tree, from an argument, a file of text, a file of octets and standard input', async () => {
    const { code, out } = await cli(['decode', request]);
    expect(code).toBe(0);
    expect(out).toContain('0-0:1.0.0*255 (Clock)');
    expect((await cli(['decode', file('request.hex', `${request.replace(/(..)/g, '$1 ')}\n`)])).out).toBe(out);
    expect((await cli(['decode', file('marked.hex', `\uFEFF${request}`)])).out).toBe(out);
    expect((await cli(['decode', file('request.bin', Buffer.from(request, 'hex'))])).out).toBe(out);
    expect((await cli(['decode'], request)).out).toBe(out);
    expect((await cli(['decode', '-'], Buffer.from(request, 'hex'))).out).toBe(out);
  });
  it.each(captures.filter((c) => !c.id.includes('restarted')).map((c) => [c.id]))(
    'finds out the framing of %s and decodes it',
    async (id) => {
      const { input, params } = capture(id);
      const keys = [
        ...(params.encryptionKey ? ['--keys', keysOf(params)] : []),
        ...(params.authenticationKey ? [] : ['--unverified']),
      ];
      const { code, out, err } = await cli(['decode', input.hex, '--json', ...keys]);
      expect(err).toBe('');
      expect(code).toBe(0);
      const { messages } = JSON.parse(out);
      expect(messages).toHaveLength(1);
      expect(messages[0].value.type).toBe('data-notification');
      if (params.encryptionKey) expect(messages[0].authenticated).toBe(params.authenticationKey !== null);
    },
  );
  it('names readings and their units', async () => {
    const { out } = await cli(['decode', capture('cap-aidon-1ph').input.hex, '--readings']);
    expect(out).toMatch(/1-0:1\.7\.0\*255 +Active import .*power +1362 {2}W/);
    expect(out).toMatch(/1-0:32\.7\.0\*255 +Voltage L1, instantaneous +250\.0 {2}V/);
  });
  it('says what it could not verify', async () => {
    const { input, params } = capture('cap-lg-e450-enc-3');
    const { out, code } = await cli([
      'decode',
      input.hex,
      '--keys',
      keyFile({ encryptionKey: params.encryptionKey! }),
      '--unverified',
      '--readings',
    ]);
    expect(code).toBe(0);
    expect(out).toContain('authenticated: false');
  });
  it('names the deviations it accepted, and refuses them when strict', async () => {
    const { hex } = capture('cap-kaifa-no-list2').input;
    expect((await cli(['decode', hex])).out).toContain('accepted deviation date-time-tag');
    const strict = await cli(['decode', hex, '--strict']);
    expect(strict.code).toBe(1);
    expect(strict.err).toContain('0 or 12 octets of a date-time');
  });
  it('writes XML', async () => {
    expect((await cli(['decode', request, '--xml'])).out).toContain('<x:class-id>8</x:class-id>');
  });
});

describe('translate', () => {
  it('goes from octets to XML and JSON and back', async () => {
    for (const form of ['xml', 'json']) {
      const { out, code } = await cli(['translate', request, '--to', form]);
      expect(code).toBe(0);
      expect((await cli(['translate', '-'], out)).out).toBe(`${request}\n`);
      expect((await cli(['translate', file(`request.${form}`, out)])).out).toBe(`${request}\n`);
    }
  });
});

describe('samples', () => {
  it('gives the same APDUs for the same seed, which translate both ways', async () => {
    const { code, out } = await cli(['samples', '--count', '20', '--seed', '5']);
    expect(code).toBe(0);
    const samples = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(samples).toHaveLength(20);
    expect((await cli(['samples', '--count', '20', '--seed', '5'])).out).toBe(out);
    expect((await cli(['translate', '-'], JSON.stringify(samples[3].json))).out).toBe(`${samples[3].hex}\n`);
    expect((await cli(['samples', '--count', '5', '--type', 'get-request', '--hex'])).out).toMatch(/^(C0.*\n){5}$/);
    expect((await cli(['samples', '--type', 'telegram'])).err).toContain('not an APDU type');
  });
});

describe('explain', () => {
  it('goes on after an error, and says so with its exit code', async () => {
    const { code, out } = await cli(['explain', `${request}AA`, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ offset: 0, length: 14 });
    expect((await cli(['explain', request])).code).toBe(0);
  });
});

describe('vectors', () => {
  it('closes with the counts alone on a line', async () => {
    const { code, out } = await cli(['vectors', 'test/vectors/wrapper.json']);
    expect(code).toBe(0);
    expect(out).toBe('4 passed, 0 failed, 0 unsupported\n');
  });
  it('lists what fails and what it does not know, and fails', async () => {
    const vectors = [
      { id: 'a', kind: 'apdu', input: { hex: request }, expected: { apdu: 'get-response' } },
      { id: 'b', kind: 'telepathy', input: { hex: request }, expected: { apdu: 'get-request' } },
      { id: 'c', kind: 'apdu', input: { hex: request }, expected: { apdu: 'get-request' } },
    ];
    const path = file('vectors.json', JSON.stringify(vectors));
    const { code, out } = await cli(['vectors', path]);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      'failed      a (apdu, vectors.json): apdu: "get-response" expected, found "get-request"',
      'unsupported b (telepathy, vectors.json): kind "telepathy" is not known',
      '1 passed, 1 failed, 1 unsupported',
      '',
    ]);
    const json = await cli(['vectors', path, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      passed: 1,
      failed: 1,
      unsupported: 1,
      results: [{ id: 'a', status: 'failed' }, {}, {}],
    });
    expect(json.err).toBe('1 passed, 1 failed, 1 unsupported\n');
    expect((await cli(['vectors', path, '--only', 'c'])).out).toBe('1 passed, 0 failed, 0 unsupported\n');
    expect(await cli(['vectors', path, '--only', 'nobody'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('matches --only'),
    });
  });
  it('fails when nothing was tested', async () => {
    for (const content of ['[]', '[{}]', JSON.stringify([{ id: 'a', kind: 'telepathy', input: {}, expected: {} }])]) {
      const { code, err } = await cli(['vectors', file('nothing.json', content)]);
      expect(err).toMatch(/^dlms-cosem: nothing was tested in .*nothing\.json\n$/);
      expect(code).toBe(1);
    }
  });
  it.each(['{broken', '{}', '"vectors"', ''])(
    'fails when a file of the folder holds no vectors: %s',
    async (content) => {
      const mixed = mkdtempSync(join(tmpdir(), 'dlms-cosem-broken-'));
      writeFileSync(join(mixed, 'a.json'), content);
      writeFileSync(
        join(mixed, 'b.json'),
        JSON.stringify([{ id: 'c', kind: 'apdu', input: { hex: request }, expected: { apdu: 'get-request' } }]),
      );
      const { code, out, err } = await cli(['vectors', mixed]);
      expect(out).toMatch(/\n1 passed, 0 failed, 1 unsupported\n$/);
      expect(err).toContain('not a JSON array of vectors: a.json');
      expect(code).toBe(1);
    },
  );
  it('goes on after a file in the folder that is no JSON', async () => {
    const mixed = mkdtempSync(join(tmpdir(), 'dlms-cosem-mixed-'));
    writeFileSync(join(mixed, 'a.json'), '{broken');
    writeFileSync(
      join(mixed, 'b.json'),
      JSON.stringify([{ id: 'c', kind: 'apdu', input: { hex: request }, expected: { apdu: 'get-request' } }]),
    );
    expect((await cli(['vectors', mixed])).out).toMatch(/a\.json.*\n1 passed, 0 failed, 1 unsupported\n$/s);
    expect(await cli(['vectors', join(mixed, 'a.json')])).toMatchObject({ code: 2 });
  });
});

describe('read and simulate', () => {
  let meter: Awaited<ReturnType<typeof simulated>>;
  let hdlc: Awaited<ReturnType<typeof simulated>>;
  beforeAll(async () => {
    meter = await simulated('--rows', '200');
    hdlc = await simulated('--rows', '20', '--hdlc');
  });
  afterAll(async () => {
    expect((await meter.stop()).code).toBe(0);
    await hdlc.stop();
  });
  const ak = 'D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF';
  const keys = ['--keys', keyFile({ encryptionKey: '000102030405060708090A0B0C0D0E0F', authenticationKey: ak })];
  const password = (text: string): string[] => ['--keys', keyFile({ password: text })];
  it('reads as public client', async () => {
    const { code, out } = await cli(['read', `${meter.url}?client=16`, '-o', '8:0-0:1.0.0*255:2']);
    expect(code).toBe(0);
    expect(out).toMatch(/0-0:1\.0\.0\*255 +2 {2}Clock +\d{4}-\d\d-\d\dT/);
  });
  it('reads all registers with HLS 5 and authenticated encryption', async () => {
    const { code, out } = await cli(['read', `${meter.url}?client=1`, ...keys, '--json']);
    expect(code).toBe(0);
    const { objects } = JSON.parse(out);
    expect(objects.find((o: { logicalName: string }) => o.logicalName === '1-0:32.7.0*255')).toMatchObject({
      scaled: '230.4',
      unit: 'V',
      scaler: -1,
    });
  });
  it('with a dedicated key, and with a password inside a ciphered association', async () => {
    expect(
      (await cli(['read', `${meter.url}?client=1`, ...keys, '--dedicated', '-o', '1:0-0:42.0.0*255:2'])).out,
    ).toContain('SIM0000000000001');
  });
  it('reads a profile by entries, by time and whole', async () => {
    const read = async (...more: string[]) =>
      JSON.parse(
        (
          await cli([
            'read',
            `${meter.url}?client=17`,
            ...password('12345678'),
            '--profile',
            '1-0:99.1.0*255',
            '--json',
            ...more,
          ])
        ).out,
      ).profile;
    expect((await read()).rows).toHaveLength(200);
    const some = await read('--entries', '5-8');
    expect(some.rows).toHaveLength(4);
    expect(some.columns[2]).toMatchObject({ logicalName: '1-0:1.8.0*255', unit: 'Wh' });
    const timed = await read('--from', some.rows[1][0], '--to', some.rows[3][0]);
    expect(timed.rows).toEqual(some.rows.slice(1));
    const csv = await cli([
      'read',
      `${meter.url}?client=17`,
      ...password('12345678'),
      '--profile',
      '1-0:99.1.0*255',
      '--entries',
      '1-2',
      '--csv',
    ]);
    expect(csv.out.trimEnd().split('\n')).toHaveLength(3);
  });
  it('gives times as text and structures by their class in JSON, beside the Data that came', async () => {
    const wanted = [
      '8:0-0:1.0.0*255:2',
      '3:1-0:1.8.0*255:2',
      '3:1-0:1.8.0*255:3',
      '7:1-0:99.1.0*255:3',
      '1:0-0:42.0.0*255:2',
    ].flatMap((o) => ['-o', o]);
    const { code, out, err } = await cli(['read', `${meter.url}?client=1`, ...keys, '--json', ...wanted]);
    expect([code, err]).toEqual([0, '']);
    const [clock, energy, scale, captured, name] = JSON.parse(out).objects;
    expect(clock.value).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d\d)?[+-]\d\d:\d\d$/);
    expect(clock.data).toEqual({ type: 'octet-string', value: expect.stringMatching(/^07[0-9A-F]{22}$/) });
    expect(energy).toMatchObject({ value: energy.data.value, unit: 'Wh', data: { type: 'double-long-unsigned' } });
    expect(scale.value).toEqual({ scaler: 0, unit: 'Wh' });
    expect(captured.value[0]).toEqual({ classId: 8, logicalName: '0-0:1.0.0*255', attributeIndex: 2, dataIndex: 0 });
    expect(name.value).toBe(Buffer.from('SIM0000000000001').toString('hex').toUpperCase());
  });
  it('asks for the rows up to the last one by its number, which every meter understands', async () => {
    const run = await cli([
      'read',
      `${meter.url}?client=17`,
      ...password('12345678'),
      '--profile',
      '1-0:99.1.0*255',
      '--json',
      '--entries',
      '198-',
    ]);
    expect(JSON.parse(run.out).profile.rows).toHaveLength(3);
  });
  it('tells its progress in percent where the meter says how many rows there are', async () => {
    const shown: string[] = [];
    const stderr = { write: (t: string) => shown.push(t) };
    const large = await simulated('--rows', '4000');
    // One line each 100 ms at most: the clock is pushed on, so that each block is shown.
    const now = vi.spyOn(Date, 'now');
    let at = 1_800_000_000_000;
    now.mockImplementation(() => (at += 200));
    try {
      await cli(
        [
          'read',
          `${large.url}?client=17`,
          ...password('12345678'),
          '--profile',
          '1-0:99.1.0*255',
          '--json',
          '--max-pdu',
          '1024',
        ],
        '',
        {
          errorIsTTY: true,
          stderr,
        },
      );
    } finally {
      now.mockRestore();
      await large.stop();
    }
    const seen = [...shown.join('').matchAll(/profile 1-0:99\.1\.0\*255: (\d+) %, /g)].map((m) => Number(m[1]));
    expect(seen.length).toBeGreaterThan(50);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen[0]).toBeLessThan(10);
    expect(seen.at(-1)).toBeGreaterThan(90);
    expect(Math.max(...seen)).toBeLessThan(100);
  });
  it('lists objects over HDLC', async () => {
    const { code, out } = await cli(['read', `${hdlc.url}?client=17&server=1`, ...password('12345678'), '--list']);
    expect(code).toBe(0);
    expect(out).toMatch(/7 +1 {2}1-0:99\.1\.0\*255 +Profile generic/);
  });
  it.each<[string, string, string[], number, RegExp]>([
    ['a wrong password', '?client=17', password('guess'), 4, /Wrong password/],
    ['no password', '?client=17', [], 4, /wants different authentication/],
    ['an unknown client', '?client=77', [], 4, /refused the association/],
    [
      'a wrong key',
      '?client=1',
      ['--keys', keyFile({ encryptionKey: '00'.repeat(16), authenticationKey: ak })],
      4,
      /Wrong key or title/,
    ],
    ['a wrong meter title', '?client=1', [...keys, '--meter-title', '0011223344556677'], 4, /Wrong key or title/],
    [
      'an object that is not there',
      '?client=17',
      [...password('12345678'), '-o', '3:1-0:99.9.9*255:2'],
      1,
      /refused class 3 1-0:99\.9\.9\*255 attribute 2: object-undefined/,
    ],
    [
      'an object that may not be read',
      '?client=16',
      ['-o', '3:1-0:1.8.0*255:2'],
      1,
      /read-write-denied.*another client/,
    ],
    [
      'a silent logical device',
      '?client=16&server=9',
      ['--timeout', '0.3'],
      3,
      /waited 300 ms .*No answer.*dlms-cosem doctor/i,
    ],
  ])('says what to do about %s', async (_, query, more, code, text) => {
    const run = await cli(['read', `${meter.url}${query}`, ...more]);
    expect(run.err.trimEnd().split('\n')).toHaveLength(1);
    expect(run.err).toMatch(text);
    expect(run.code).toBe(code);
  });
  it('says when its port is taken', async () => {
    const { code, err } = await cli(['simulate', '--port', new URL(meter.url).port]);
    expect(code).toBe(3);
    expect(err).toMatch(/cannot listen on 127.*another port/);
  });
});

describe('demo', () => {
  it('reads its meter and decodes a captured push', async () => {
    const { code, out, err } = await cli(['demo', '--rows', '500']);
    expect(err).toBe('');
    expect(code).toBe(0);
    for (const text of ['HLS 5', 'Wh', '230.4', 'deciphered', '█', 'authenticated: true', '1-0:1.8.0*255'])
      expect(out).toContain(text);
    expect(out).not.toContain('[error]');
  });
});
