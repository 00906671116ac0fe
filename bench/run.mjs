// npm run bench [-- name …]: bundles the benchmarks (they measure the sources as a bundler sees them) and prints their tables.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

if (globalThis.gc === undefined) {
  execFileSync(process.execPath, ['--expose-gc', ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(0);
}
const wanted = process.argv.slice(2);
const suites = readdirSync('bench')
  .filter((f) => f.endsWith('.ts') && f !== 'measure.ts')
  .map((f) => f.slice(0, -3))
  .filter((f) => wanted.length === 0 || wanted.includes(f));
// Inside the project, so that external packages are found.
const folder = mkdtempSync(join('node_modules', '.bench-'));
try {
  for (const suite of suites) {
    const outfile = join(folder, `${suite}.mjs`);
    await build({
      entryPoints: [`bench/${suite}.ts`],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'error',
      packages: 'external',
    });
    const module = await import(pathToFileURL(outfile).href);
    const run = Object.entries(module).find(([name]) => name.endsWith('Bench'))?.[1];
    // A suite without a Bench function prints its own table when it is imported.
    if (run !== undefined) print(suite, await run());
    if (module.profileMemory !== undefined)
      for (const { rows, perOctet } of module.profileMemory())
        console.log(`  memory: ${rows} rows decoded, ${perOctet} octets held for each octet read`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(suite, rows) {
  console.log(`\n${suite}`);
  const line = (cells) =>
    `  ${cells[0].padEnd(58)}${cells
      .slice(1)
      .map((c) => c.padStart(13))
      .join('')}`;
  console.log(line(['', 'ours', 'reference', 'unit', 'ratio', 'target']));
  const number = (n) => (n === undefined ? '' : n >= 100 ? n.toFixed(0) : n.toPrecision(3));
  for (const r of rows)
    console.log(
      line([
        r.name,
        number(r.ours),
        number(r.reference),
        r.unit,
        r.ratio === undefined ? '' : r.ratio.toFixed(2),
        r.target === undefined ? '' : `<= ${r.target}`,
      ]),
    );
}
