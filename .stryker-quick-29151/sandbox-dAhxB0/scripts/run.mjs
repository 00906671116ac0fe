// node scripts/run.mjs NAME …: runs scripts/NAME.ts (Node 20 does not read TypeScript).
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const name = process.argv.splice(2, 1)[0];
// Inside node_modules, from where packages are found.
const outfile = resolve('node_modules/.scripts', `${name}.mjs`);
await build({
  entryPoints: [join('scripts', `${name}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
await import(pathToFileURL(outfile).href);
