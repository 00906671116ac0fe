import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const readme = readFileSync('README.md', 'utf8');
const example = (name: string): string => readFileSync(`examples/${name}.ts`, 'utf8');

// The examples are type-checked with the rest of the project, against the declarations of the built package.
describe('the README', () => {
  beforeAll(() => {
    if (!existsSync('dist/esm/index.js')) throw new Error('build first: npm run build');
  });
  it.each(['read-a-meter', 'ciphered'])('shows examples/%s.ts as it is', (name) =>
    expect(readme).toContain(`\`\`\`ts\n${example(name)}\`\`\``),
  );
  it('has a first example that runs on the built package', () => {
    const file = 'examples/.read-a-meter.mjs';
    try {
      writeFileSync(file, transformSync(example('read-a-meter'), { loader: 'ts', format: 'esm' }).code);
      const output = execFileSync(process.execPath, [file], { encoding: 'utf8' });
      expect(output).toMatch(/^double-long-unsigned \d+ x 10\^0 Wh\n20\d\d\n$/);
    } finally {
      rmSync(file, { force: true });
    }
  });
  it.each([
    ['no key', {}],
    ['one key', { EK: '00'.repeat(16) }],
  ])('has a second example that says what it needs when it gets %s', (_, env) => {
    const file = 'examples/.ciphered.mjs';
    try {
      writeFileSync(file, transformSync(example('ciphered'), { loader: 'ts', format: 'esm' }).code);
      const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', env });
      expect(stderr).toMatch(/^Error: set EK and AK to the encryption and authentication key/m);
      expect(status).toBe(1);
    } finally {
      rmSync(file, { force: true });
    }
  });
  it("has a meter of one's own in at most 40 lines that runs on the built package", () => {
    expect(example('own-meter').split('\n').length - 1).toBeLessThanOrEqual(40);
    const file = 'examples/.own-meter.mjs';
    const use = `
      import { Client, serveWrapper, transportPair, VolatileStore, wrapperChannel } from 'dlms-cosem';
      import { Register } from 'dlms-cosem/cosem/register';
      const key = (n) => new Uint8Array(16).fill(n);
      const password = new TextEncoder().encode('12345678');
      const keys = { globalUnicast: key(1), authentication: key(2) };
      const meter = await ownMeter(new VolatileStore(), keys, password, async () => {});
      const [near, far] = transportPair();
      serveWrapper(far, meter.connection());
      const client = new Client(wrapperChannel(near, { clientSap: 17, serverSap: 1 }), {
        authentication: { mechanism: 'lls', password },
        ciphering: 'none',
      });
      await client.connect();
      console.log((await client.get(Register, '1-0:32.7.0*255', 'value')).value);
      await client.close();
      await meter.close();`;
    try {
      const { code } = transformSync(`${example('own-meter')}${use}`, { loader: 'ts', format: 'esm' });
      writeFileSync(file, code);
      expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toBe('2300\n');
    } finally {
      rmSync(file, { force: true });
    }
  });
  it('links only to documents that exist', () => {
    for (const [, target] of readme.matchAll(/\]\((docs\/[^)#]+)/g))
      expect(existsSync(target as string), target).toBe(true);
  });
});
