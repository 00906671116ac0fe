// npm run mutate -- FILE…                                the mutants of these files
// npm run mutate -- --sample 300 --seed 1 FOLDER…        a seeded sample of the mutants of folders
// Options: --near (only the tests of the folder), --fresh (measure again what was measured), --concurrency 1 (instead of 2 at a
// time), --log info (what Stryker has to say).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { keyOf } from './mutation/keys.mjs';
import { folderTests, nearTests, relatedTests, testSources, usesToken } from './mutation/tests.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    near: { type: 'boolean' },
    fresh: { type: 'boolean' },
    concurrency: { type: 'string' },
    log: { type: 'string', default: 'error' },
  },
});
const named = positionals.flatMap((p) =>
  statSync(p).isDirectory()
    ? readdirSync(p, { recursive: true })
        .map((f) => join(p, f))
        .filter((f) => f.endsWith('.ts') && !f.endsWith('index.ts'))
        .sort()
    : [join(p)],
);
const withoutToken = named.filter((file) => usesToken(file) && !existsSync('test/real/node_modules/pkcs11js'));
if (withoutToken.length > 0) console.log(`left out, because pkcs11js is not installed: ${withoutToken.join(', ')}`);
const files = named.filter((file) => !withoutToken.includes(file));
if (files.length === 0) throw new Error('name files, or folders with --sample');

const folder = '.mutation';
mkdirSync(folder, { recursive: true });
const measured = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'];
const undetected = ['Survived', 'NoCoverage'];

/** A process for each mutant: the library of a token reads the environment of its process, once. */
const inProcesses = {
  testRunner: 'command',
  commandRunner: { command: 'npx vitest run --config vitest.mutation.config.ts --bail 1' },
  coverageAnalysis: 'off',
};

/** One run of Stryker: the chosen mutants (default: all) of some files against some tests. */
async function run(mutate, tests, chosen) {
  // Stryker's workers stand in the sandbox.
  const list = resolve(folder, `chosen-${process.pid}.json`);
  if (chosen !== undefined) writeFileSync(list, JSON.stringify(chosen));
  process.env.MUTATION_CHOSEN = chosen === undefined ? '' : list;
  process.env.MUTATION_TESTS = JSON.stringify(tests);
  const started = Date.now();
  const results = await new Stryker({
    mutate,
    checkers: ['chosen'],
    logLevel: values.log,
    fileLogLevel: 'off',
    ...(values.concurrency === undefined ? {} : { concurrency: Number(values.concurrency) }),
    ...(mutate.every(usesToken) ? inProcesses : {}),
  }).runMutationTest();
  const mutants = results.filter((m) => measured.includes(m.status)).map((m) => ({ key: keyOf(m), status: m.status }));
  const unknown = chosen?.filter((key) => !mutants.some((m) => m.key === key)) ?? [];
  if (unknown.length > 0) throw new Error(`${unknown.length} chosen mutants were not run, among them ${unknown[0]}`);
  return {
    all: results.filter((m) => m.status !== 'Ignored').map((m) => keyOf(m)),
    mutants,
    seconds: (Date.now() - started) / 1000,
  };
}

// ── which mutants ────────────────────────────────────────────────────────────────────────────────────────

/** Undefined: all. A sample is drawn from the sorted list, so the same seed and sources give the same mutants. */
async function sample() {
  if (values.sample === undefined) return undefined;
  // With no mutant chosen this only lists them; any quick test does for the dry run.
  const { all } = await run(files, ['test/core/errors.test.ts'], []);
  const drawn = all
    .map((key) => [createHash('sha256').update(`${values.seed} ${key}`).digest('hex'), key])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, Number(values.sample))
    .map(([, key]) => key);
  console.log(`${drawn.length} of ${all.length} mutants, seed ${values.seed}`);
  return drawn;
}
const fileOf = (key) => key.slice(0, key.indexOf(':'));

// ── results of each file ─────────────────────────────────────────────────────────────────────────────────

const placeOf = (file) => join(folder, `${file.replaceAll('/', '__')}.json`);
/** What the result depends on: the source with the rules, and each test that was chosen for it with what it uses below test/. */
function stateOf(file, tests) {
  const hashOf = (files) => {
    const hash = createHash('sha256');
    for (const f of files) hash.update(`${f}\n`).update(readFileSync(f));
    return hash.digest('hex');
  };
  return {
    source: hashOf([file, 'stryker.config.mjs', 'scripts/mutation/plugins.mjs']),
    tests: Object.fromEntries(tests.map((test) => [test, hashOf(testSources([test]))])),
  };
}
/** Tests that only came to those before cannot save a mutant: then what was detected stays so, and the others meet all of them again. */
function load(file, state) {
  const stored =
    !values.fresh && existsSync(placeOf(file)) ? JSON.parse(readFileSync(placeOf(file), 'utf8')) : undefined;
  const known = Object.entries(stored?.state?.tests ?? {});
  if (stored?.state?.source !== state.source || known.some(([test, hash]) => state.tests[test] !== hash))
    return { state, mutants: {}, complete: false };
  if (known.length === Object.keys(state.tests).length) return stored;
  const mutants = Object.entries(stored.mutants);
  return {
    ...stored,
    state,
    mutants: Object.fromEntries(mutants.filter(([, m]) => !undetected.includes(m.status))),
    complete: false,
    again: stored.complete ? mutants.filter(([, m]) => undetected.includes(m.status)).map(([key]) => key) : undefined,
  };
}
const save = (file, result) => writeFileSync(placeOf(file), `${JSON.stringify(result, undefined, 1)}\n`);

const chosen = await sample();
const results = new Map();
/** Files with the same nearest tests run together, because all these tests run once before the first mutant. Few: what was interrupted is lost. */
const most = { files: 4, mutants: 100 };
const groups = [];
for (const file of files) {
  const wanted = chosen?.filter((key) => fileOf(key) === file);
  if (wanted?.length === 0) continue;
  const tests = nearTests(file);
  const result = load(file, stateOf(file, tests));
  results.set(file, { result, wanted });
  const missing = wanted?.filter((key) => result.mutants[key] === undefined) ?? result.again;
  if (result.complete || (wanted !== undefined && missing.length === 0)) continue;
  const group = groups.find(
    (g) =>
      g.tests.join() === tests.join() &&
      (missing === undefined
        ? g.missing === undefined && g.files.length < most.files
        : g.missing !== undefined && g.missing.length + missing.length <= most.mutants),
  );
  if (group === undefined) groups.push({ files: [file], tests, missing: missing && [...missing] });
  else {
    group.files.push(file);
    group.missing?.push(...missing);
  }
}
for (const { files: together, tests, missing } of groups) {
  const { mutants, seconds } =
    tests.length > 0 && missing?.length !== 0 ? await run(together, tests, missing) : { mutants: [], seconds: 0 };
  for (const { key, status } of mutants) results.get(fileOf(key)).result.mutants[key] = { status };
  for (const file of together) {
    const { result, wanted } = results.get(file);
    result.complete = wanted === undefined;
    result.again = undefined;
    save(file, result);
    console.log(`${file}: ${line(Object.values(result.mutants))}`);
  }
  console.log(`  ${seconds.toFixed(0)} s against ${tests.length} test files`);
}

// ── survivors meet the tests of the folder, then every test that could notice them ───────────────────────

const rounds = values.near ? [folderTests] : [folderTests, relatedTests];
for (const [round, testsOf] of rounds.entries()) {
  const survivors = [...results].flatMap(([file, { result, wanted }]) =>
    usesToken(file) || testsOf(file).every((test) => nearTests(file).includes(test))
      ? []
      : Object.entries(result.mutants)
          .filter(
            ([key, m]) =>
              undetected.includes(m.status) &&
              (m.rounds ?? 0) <= round &&
              (wanted === undefined || wanted.includes(key)),
          )
          .map(([key]) => ({ file, key })),
  );
  if (survivors.length === 0) continue;
  const sources = [...new Set(survivors.map((s) => s.file))];
  const tests = [...new Set(sources.flatMap(testsOf))];
  const keys = survivors.map((s) => s.key);
  console.log(`${keys.length} survivors against ${tests.length} test files`);
  const { mutants, seconds } = await run(sources, tests, keys);
  const status = new Map(mutants.map((m) => [m.key, m.status]));
  for (const { file, key } of survivors)
    results.get(file).result.mutants[key] = { status: status.get(key), rounds: round + 1 };
  for (const file of sources) save(file, results.get(file).result);
  console.log(`  ${seconds.toFixed(0)} s`);
}

// ── the report ───────────────────────────────────────────────────────────────────────────────────────────

function line(mutants) {
  const count = (...of) => mutants.filter((m) => of.includes(m.status)).length;
  const found = count('Killed', 'Timeout', 'RuntimeError');
  const score = mutants.length === 0 ? '  –' : `${((100 * found) / mutants.length).toFixed(1)} %`;
  return `${score} of ${mutants.length} (${count('Killed')} killed, ${count('Timeout')} timeouts, ${count('RuntimeError')} errors, ${count('Survived')} survived, ${count('NoCoverage')} not run)`;
}
console.log();
const perFolder = new Map();
for (const [file, { result, wanted }] of results) {
  const mutants = Object.entries(result.mutants).filter(([key]) => wanted === undefined || wanted.includes(key));
  perFolder.set(dirname(file), [...(perFolder.get(dirname(file)) ?? []), ...mutants.map(([, m]) => m)]);
  console.log(`${file}: ${line(mutants.map(([, m]) => m))}`);
  for (const [key, m] of mutants)
    if (undetected.includes(m.status))
      console.log(`  ${m.status === 'Survived' ? 'survived' : 'not run '}  ${key.slice(0, 160)}`);
}
console.log();
for (const [name, mutants] of perFolder) console.log(`${name}: ${line(mutants)}`);
