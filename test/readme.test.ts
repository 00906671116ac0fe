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
  it('links only to documents that exist', () => {
    for (const [, target] of readme.matchAll(/\]\((docs\/[^)#]+)/g))
      expect(existsSync(target as string), target).toBe(true);
  });
});
