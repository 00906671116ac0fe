import { defineConfig, type ViteUserConfig } from 'vitest/config';
import config from './vitest.config.js';

/** Tests of one mutation run: the files that scripts/mutate.mjs chose, with fixed seeds, so that a mutant always meets the same values. */
const mutation: ViteUserConfig = defineConfig({
  resolve: config.resolve ?? {},
  test: {
    include: JSON.parse(process.env.MUTATION_TESTS ?? '[]'),
    setupFiles: ['scripts/mutation/seed.ts'],
    testTimeout: 60_000,
  },
});
export default mutation;
