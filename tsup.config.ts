import { writeFileSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { everyEntry } from './scripts/entries.js';

// ESM: one file per module, so that a bundler takes exactly what is imported and a stack trace names the file that one reads here.
// CJS: the public entries with shared chunks, noble inside (it is ESM only, and test runners cannot require it).
// Declarations come from tsc (see "build" in package.json): one d.ts per module, with the comments of the fields.
export default defineConfig([
  {
    entry: ['src/**/*.ts'],
    format: 'esm',
    bundle: false,
    outDir: 'dist/esm',
    target: 'es2022',
    clean: true,
    silent: true,
  },
  {
    entry: Object.fromEntries(everyEntry.map(({ module }) => [module, `src/${module}.ts`])),
    format: 'cjs',
    outExtension: () => ({ js: '.js' }),
    outDir: 'dist/cjs',
    target: 'es2022',
    splitting: true,
    // Its chunks are not for reading, and the tarball has a limit.
    minifyWhitespace: true,
    noExternal: [/^@noble\//],
    clean: true,
    silent: true,
    async onSuccess() {
      writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
    },
  },
]);
