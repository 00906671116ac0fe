import { relative } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import config from './vitest.config.js';

/** The quickest files first: most mutants are noticed by any of several. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => this.#duration(a) - this.#duration(b));
  }
  #duration({ project, moduleId }: TestSpecification): number {
    const { cache, config } = this.ctx;
    return cache.getFileTestResults(`${project.name}:${relative(config.root, moduleId)}`)?.duration ?? 0;
  }
}

/** Tests of one mutation run: the files that scripts/mutate.mjs chose, with fixed seeds, so that a mutant always meets the same values. */
const mutation: ViteUserConfig = defineConfig({
  resolve: config.resolve ?? {},
  test: {
    include: JSON.parse(process.env.MUTATION_TESTS ?? '[]'),
    setupFiles: ['scripts/mutation/seed.ts'],
    // The files of one mutant share a worker and what it loaded: each mutant gets a new one, and loading costs more than most tests.
    isolate: false,
    sequence: { sequencer: QuickestFirst },
    testTimeout: 60_000,
  },
});
export default mutation;
