import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.js';
import { formatKeyFile } from '../../src/cli/keys.js';

// What the README and the help show is pasted into a shell, in an empty folder beside test/vectors.
const main = resolve('dist/esm/cli/main.js');
if (!existsSync(main)) throw new Error('build first: npm run build');
const folder = mkdtempSync(join(tmpdir(), 'dlms-cosem-pasted-'));
const bin = join(folder, '.bin');
mkdirSync(bin);
for (const [name, text] of [
  ['dlms-cosem', `exec '${process.execPath}' '${main}' "$@"`],
  ['npx', 'exec "$@"'],
] as const) {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
}
mkdirSync(join(folder, 'test'));
symlinkSync(resolve('test/vectors'), join(folder, 'test', 'vectors'));
const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder, XDG_STATE_HOME: join(folder, 'state') };
const shell = (line: string): Promise<{ code: number; out: string; err: string }> =>
  new Promise((done) => {
    execFile('sh', ['-c', line], { cwd: folder, env, maxBuffer: 1 << 26 }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => (text as string).trim().split('\n'));
const lines = blocks.flat().filter((l) => l.includes('dlms-cosem'));
const examples = commands.flatMap((c) => (c.examples ?? []).map((e) => [c.name, e] as const));

describe('commands that are shown', () => {
  it('are found', () => {
    expect(lines.length).toBeGreaterThan(9);
    expect(examples.length).toBeGreaterThan(15);
  });
  it.each([...lines, ...examples.map(([, e]) => e)])(
    '%s can be pasted: nothing left out, nothing that a shell (zsh too) would take for a pattern',
    (line) => {
      expect(line).not.toMatch(/…|\.\.\./);
      const bare = line.replace(/'[^']*'|"[^"*?]*"/g, '');
      expect(bare).not.toMatch(/[?*&()[\]{}!#~$`"]/);
      expect(line).not.toMatch(/--(ek|ak|password)\b/);
    },
  );
});

describe('the README, line by line', () => {
  let port: number;
  let meter: ReturnType<typeof spawn>;
  beforeAll(async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as { port: number });
    server.close();
    await once(server, 'close');
    const line = lines.find((l) => l.includes('simulate')) as string;
    meter = spawn('sh', ['-c', `exec ${line.replace('4059', String(port))} --rows 120`], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(meter.stdout as NonNullable<typeof meter.stdout>, 'data');
  });
  afterAll(async () => {
    meter.kill('SIGINT');
    await once(meter, 'exit');
  });
  it.each(lines.filter((l) => !l.includes('simulate')))(
    '%s',
    async (line) => {
      const { code, out, err } = await shell(line.replaceAll('4059', String(port)));
      expect(out.length).toBeGreaterThan(20);
      // The pre-check finds what the simulated meter lacks; the doctor tells what it does; the first use says where the counters are.
      expect(err.replace(/^the invocation counters are kept in .*\n/, '')).toMatch(
        line.includes('doctor') ? /answers/ : /^(note: .*\n)*$/,
      );
      expect(code).toBe(line.includes('check-profile') ? 1 : 0);
    },
    60_000,
  );
});

describe('the examples of the help that need no meter', () => {
  const file = (name: string, content: string, mode = 0o644): void =>
    writeFileSync(join(folder, name), content, { mode });
  beforeAll(async () => {
    const capture = (
      JSON.parse(readFileSync('test/vectors/captures.json', 'utf8')) as {
        id: string;
        input: { hex: string };
        params: Record<string, string>;
      }[]
    ).find((v) => v.id === 'cap-kamstrup-encrypted');
    file('push.hex', capture?.input.hex as string);
    file('dump.bin', 'C001C100080000010000FF0200');
    file('request.xml', (await shell('dlms-cosem translate C001C100080000010000FF0200')).out);
    mkdirSync(join(folder, 'keys'));
    const keys = {
      encryptionKey: capture?.params.encryptionKey as string,
      authenticationKey: capture?.params.authenticationKey as string,
    };
    writeFileSync(join(folder, 'push-keys.json'), formatKeyFile(keys), { mode: 0o600 });
  });
  const offline = examples.filter(
    ([name, e]) => ['decode', 'explain', 'translate', 'samples'].includes(name) && !e.includes('--ask'),
  );
  it('are found', () => expect(offline.length).toBeGreaterThan(6));
  it.each(offline.map(([, e]) => e))('%s', async (line) => {
    const { code, err } = await shell(line.replace('keys.json', 'push-keys.json'));
    expect(err).toBe('');
    expect(code).toBe(0);
  });
});
