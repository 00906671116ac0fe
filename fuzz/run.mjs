// npm run fuzz -- [apdu|xml|json|v44] [runs] [--jazzer]
//
// Bundles the target and runs it: with the fuzzer of feedback.ts, or guided by coverage with jazzer.js. jazzer.js is not a dependency of this
// package (its addon needs glibc 2.38): install it somewhere and name its command line in JAZZER, e.g. JAZZER=/opt/jazzer/node_modules/@jazzer.js/core/dist/cli.js.
// JAZZER_NODE names the node to run it with, where the system's C library is too old for the addon.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const args = process.argv.slice(2).filter((a) => !a.startsWith('--'));
const target = args[0] ?? 'apdu';
const runs = Number(args[1] ?? 1_000_000);
const jazzer = process.argv.includes('--jazzer') || process.env.JAZZER !== undefined;
const out = `reports/fuzz/${target}`;
mkdirSync(`${out}/corpus`, { recursive: true });
const bundle = (entry, file, format) =>
  build({
    entryPoints: [`fuzz/${entry}.ts`],
    bundle: true,
    platform: 'node',
    format,
    outfile: `${out}/${file}`,
    logLevel: 'error',
    sourcemap: 'inline',
  });
await bundle(target, 'target.cjs', 'cjs');
await bundle('seeds', 'seeds.mjs', 'esm');
const { seeds, dictionary } = await import(`${process.cwd()}/${out}/seeds.mjs`);

if (jazzer) {
  for (const [i, bytes] of seeds(target).entries()) writeFileSync(`${out}/corpus/seed-${i}`, bytes);
  const quoted = dictionary[target].map((w) => `"${w.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  writeFileSync(`${out}/words.dict`, quoted.join('\n'));
  const options = [
    `${out}/corpus`,
    '--sync',
    '--disableBugDetectors=.*',
    '--',
    `-runs=${runs}`,
    '-max_len=2048',
    '-timeout=10',
    '-rss_limit_mb=2048',
    `-artifact_prefix=${out}/`,
  ];
  if (quoted.length > 0) options.push(`-dict=${out}/words.dict`);
  const { status } = spawnSync(
    process.env.JAZZER_NODE ?? process.execPath,
    [process.env.JAZZER ?? 'jazzer', `${out}/target.cjs`, ...options],
    {
      stdio: 'inherit',
    },
  );
  process.exit(status ?? 1);
}

await bundle('feedback', 'feedback.mjs', 'esm');
const { feedbackFuzz } = await import(`${process.cwd()}/${out}/feedback.mjs`);
const { default: module } = await import(`${process.cwd()}/${out}/target.cjs`);
const report = feedbackFuzz(module.fuzz, {
  runs,
  seed: Number(args[2] ?? Date.now()),
  seeds: seeds(target),
  words: dictionary[target],
  log: console.log,
});
report.failures.forEach(({ input, error }, i) => {
  writeFileSync(`${out}/failure-${i}`, input);
  console.error(Buffer.from(input).toString('hex'), error);
});
console.log(
  `${report.runs} runs, ${report.outcomes} outcomes, slowest ${report.slowestMs.toFixed(1)} ms, heap ${report.heap.join(' to ')} MB, ${report.failures.length} failures`,
);
process.exit(report.failures.length === 0 ? 0 : 1);
