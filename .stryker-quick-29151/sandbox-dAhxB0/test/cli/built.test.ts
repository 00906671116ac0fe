import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

// The command as it is installed: `npm run build` makes it.
const command = 'dist/esm/cli/main.js';
const run = (argv: string[]) =>
  promisify(execFile)(process.execPath, [command, ...argv], { maxBuffer: 1 << 26 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (e: { code: number; stdout: string; stderr: string }) => e,
  );

if (!existsSync(command)) throw new Error('build first: npm run build');

describe('the built command', () => {
  it('runs the vectors', async () => {
    const { code, stdout } = await run(['vectors', 'test/vectors']);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d{3,} passed, 0 failed, 0 unsupported$/);
    expect(code).toBe(0);
  });
  it('runs the demo from the checkout, captured push included', async () => {
    const { code, stdout, stderr } = await run(['demo']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('10000 rows');
    expect(stdout).toContain('Active import (+A, QI+QIV) energy, total');
  });
  it('says one line and fails for odd hex', async () => {
    const { code, stdout, stderr } = await run(['decode', '7EA']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^dlms-cosem: .*odd number.*\n$/);
    expect(code).toBe(2);
  });
  it('stops the simulated meter when it is interrupted', async () => {
    const child = spawn(process.execPath, [command, 'simulate', '--port', '0', '--json', '--rows', '10'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(String(line)) as { url: string };
    const read = await run(['read', `${url}?client=16`, '--json']);
    expect(JSON.parse(read.stdout).objects.length).toBeGreaterThan(1);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
  it('stops listening for pushes when it is interrupted', async () => {
    const child = spawn(process.execPath, [command, 'listen', '--port', '0', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(String(line))).toMatchObject({ type: 'listening', transport: 'tcp' });
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [command, 'samples', '--count', '20000'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaints = '';
    child.stderr.on('data', (text) => (complaints += text));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    expect(complaints).toBe('');
    expect(code).toBe(0);
  });
});
