import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allClasses } from '../../src/cosem/all-classes.js';

const source = fileURLToPath(new URL('../../src/cosem/classes/index.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
const everything = join(folder, 'everything.mjs');

async function bundle(code: string): Promise<string> {
  const stdin = { contents: code, resolveDir: folder };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: 'esm',
    write: false,
    minifySyntax: true,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
/** Names of the classes whose definition is in the code. */
const classesIn = (code: string): string[] => [
  ...new Set(allClasses.all.map((c) => c.name).filter((name) => code.includes(`name: "${name}"`))),
];

describe('importing one class', () => {
  beforeAll(async () => {
    // All classes in one file, as a package may ship them: only the annotations tell a bundler what it may drop.
    const stdin = { contents: `export * from ${JSON.stringify(source)};`, resolveDir: folder };
    const { outputFiles } = await build({
      stdin,
      bundle: true,
      format: 'esm',
      write: false,
      treeShaking: false,
      logLevel: 'silent',
    });
    writeFileSync(everything, outputFiles[0]?.text ?? '');
    expect(classesIn(outputFiles[0]?.text ?? '').length).toBeGreaterThan(100);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['from the sources', source],
    ['from a file that holds them all', everything],
  ])('bundles that class alone, %s', async (_, from) => {
    const module = JSON.stringify(from);
    expect(classesIn(await bundle(`import { Register } from ${module}; console.log(Register);`))).toEqual(['Register']);
    expect(classesIn(await bundle(`import { Clock } from ${module}; console.log(Clock);`))).toEqual(['Clock']);
    expect(classesIn(await bundle(`import { AssociationLn } from ${module}; console.log(AssociationLn);`))).toEqual([
      'Association LN',
    ]);
    expect(classesIn(await bundle(`import ${module};`))).toEqual([]);
  });
  it('leaves out older versions and types that it does not need', async () => {
    const code = await bundle(`import { PushSetup } from ${JSON.stringify(everything)}; console.log(PushSetup);`);
    expect(code).not.toContain('version: 1');
    expect(code).not.toContain('register-act-mask');
    expect(code).toContain('push-object-definition');
  });
  it('costs a fraction of all of them', async () => {
    const size = async (code: string) => gzipSync(await bundle(code)).length;
    const one = await size(`import { Register } from ${JSON.stringify(source)}; console.log(Register);`);
    const all = await size(`export * from ${JSON.stringify(source)};`);
    // Data itself and the sentences of errors are most of the first.
    expect(one / all).toBeLessThan(0.33);
  });
});
