import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';

/** Lists at the end of a run what was skipped and why. A test that is skipped without a reason makes the run fail. */
export default class SkippedReporter implements Reporter {
  #vitest: Vitest | undefined;
  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }
  onTestRunEnd(modules: readonly TestModule[]): void {
    // With -t everything else is skipped, and that is the reason.
    if (this.#vitest?.config.testNamePattern !== undefined) return;
    const skipped = modules.flatMap((m) => [...m.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    const reasons = new Map<string, Map<string, number>>();
    for (const test of skipped) {
      const files = reasons.get(reasonOf(test)) ?? new Map<string, number>();
      files.set(test.module.relativeModuleId, (files.get(test.module.relativeModuleId) ?? 0) + 1);
      reasons.set(reasonOf(test), files);
    }
    const lines = [...reasons].flatMap(([reason, files]) => [
      `  ${reason}:`,
      ...[...files].map(([file, count]) => `    ${file}: ${count}`),
    ]);
    console.log(`\nSkipped, ${skipped.length} tests:\n${lines.join('\n')}\n`);
    if (reasons.has(unsaid)) process.exitCode = 1;
  }
}
const unsaid = 'WITHOUT A REASON (use needs() of test/support/needs.ts)';

function reasonOf(test: TestCase): string {
  for (let at: TestCase | TestSuite | TestModule = test; at.type !== 'module'; at = at.parent) {
    const reason = at.meta().missing;
    if (reason !== undefined) return reason;
  }
  return unsaid;
}
