import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests of one mutation run: the files that scripts/mutate.mjs chose, with fixed seeds, so that a mutant always meets the same values. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: JSON.parse(process.env.MUTATION_TESTS ?? '[]'),
    setupFiles: ['scripts/mutation/seed.ts'],
    testTimeout: 60_000,
  },
});
export default config;
