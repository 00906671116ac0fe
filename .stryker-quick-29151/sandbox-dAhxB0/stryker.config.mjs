// Mutation testing: npm run mutate -- FILE…, or -- --sample 300 --seed 1 FOLDER (see CONTRIBUTING.md).

/** What is not mutated, and why. Everything else is. */
const excludedMutations = [
  // Texts are kinds, names and messages. Those that decide something are discriminants: emptied, they no longer compile.
  'StringLiteral',
];

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'loading-vitest',
  plugins: ['@stryker-mutator/vitest-runner', './scripts/mutation/plugins.mjs'],
  // The facts in the context of an error: see the ignorer in scripts/mutation/plugins.mjs.
  ignorers: ['error-context'],
  mutator: { excludedMutations },
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // On a machine that has other work, a slow run is no endless loop.
  timeoutMS: 30_000,
  timeoutFactor: 2,
  dryRunTimeoutMinutes: 30,
  // Type errors do not concern the tests, and some of them read the sources.
  disableTypeChecks: false,
  ignorePatterns: ['dist', 'docs/api', 'coverage', 'reports', '.mutation', 'bench'],
  tempDirName: '.stryker-tmp',
  cleanTempDir: 'always',
  allowConsoleColors: false,
  clearTextReporter: { skipFull: true },
  reporters: [],
  allowEmpty: true,
};
