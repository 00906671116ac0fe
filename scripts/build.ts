import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type OutputFile, transform } from 'esbuild';
import { transform as toCommonJs } from 'sucrase';
import { everyEntry } from './entries.js';

// JavaScript of the package. Declarations come from tsc (see "build" in package.json): one d.ts per module, with all doc comments.

const target = 'es2022';

/** One file per module: a bundler takes exactly what is imported, and a stack trace names the file that one reads here. */
async function esm(): Promise<void> {
  const modules = (readdirSync('src', { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
  const { outputFiles } = await build({
    entryPoints: modules.map((module) => join('src', module)),
    outbase: 'src',
    outdir: 'dist/esm',
    format: 'esm',
    target,
    write: false,
  });
  for (const { path, text } of outputFiles) write(path, await withoutComments(text));
}
/** esbuild leaves those inside expressions; the declarations have them all. Notes for bundlers (`@__PURE__`) stay. */
async function withoutComments(code: string): Promise<string> {
  const comments = /^[ \t]*(?:\/\/.*|\/\*\*(?:(?!\*\/|@__)[\s\S])*\*\/)\n/gm;
  const short = code.replace(comments, '');
  const meaning = async (text: string): Promise<string> =>
    (await transform(text, { target, minifyWhitespace: true })).code;
  if ((await meaning(short)) !== (await meaning(code))) throw new Error(`more than comments would go:\n${code}`);
  return short;
}

/**
 * The public entries with shared chunks, noble inside (it is ESM only, and test runners cannot require it). These files are not
 * for reading, and the tarball has a limit.
 */
async function commonJs(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(everyEntry.map(({ module }) => [module, `src/${module}.ts`])),
    outdir: 'dist/cjs',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target,
    // The optional peers.
    external: ['better-sqlite3', 'fast-check', 'pkcs11js', 'serialport'],
    chunkNames: 'chunk-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    write: false,
  });
  // esbuild splits ES modules only. Each file names the others many times, so their names are short.
  const numbers = new Map(chunksOf(outputFiles).map((hash, i) => [hash, `chunk-${i}.js`]));
  const named = (text: string): string =>
    text.replace(/\bchunk-([A-Z0-9]{8})\.js\b/g, (whole, hash: string) => numbers.get(hash) ?? whole);
  for (const { path, text } of outputFiles) {
    const { code } = toCommonJs(named(text), { transforms: ['imports'], disableESTransforms: true, filePath: path });
    write(named(path), code);
  }
  write('dist/cjs/package.json', '{ "type": "commonjs" }\n');
}
const chunksOf = (files: readonly OutputFile[]): string[] =>
  files.flatMap(({ path }) => /[\\/]chunk-([A-Z0-9]{8})\.js$/.exec(path)?.[1] ?? []).sort();

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

rmSync('dist', { recursive: true, force: true });
await esm();
await commonJs();
