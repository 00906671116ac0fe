import { readFileSync } from 'node:fs';
import { CheckStatus } from '@stryker-mutator/api/check';
import { declareClassPlugin, declareFactoryPlugin, declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { strykerPlugins as vitestPlugins } from '@stryker-mutator/vitest-runner';
import { keyOf } from './keys.mjs';

/**
 * `error-context`: nothing inside the second argument of `new DlmsError(code, context)`, nor inside the calls whose only purpose is to make such an error.
 * The code of an error is asserted by tests; its facts are for people.
 */
const errorMakers = new Set(['invalid', 'unusable', 'unreadable', 'shown', 'quoted', 'cut']);
const errorContext = {
  shouldIgnore(path) {
    const { node, parent, listKey } = path;
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && errorMakers.has(node.callee.name))
      return 'a call that makes the error';
    if (
      listKey === 'arguments' &&
      parent?.type === 'NewExpression' &&
      parent.callee.name === 'DlmsError' &&
      parent.arguments[0] !== node
    )
      return 'the context of an error';
    return undefined;
  },
};

/** Lets only the mutants through that scripts/mutate.mjs chose: those of a sample, or those that survived the nearer tests. */
class Chosen {
  async init() {
    const file = process.env.MUTATION_CHOSEN ?? '';
    this.keys = file === '' ? undefined : new Set(JSON.parse(readFileSync(file, 'utf8')));
  }
  async check(mutants) {
    return Object.fromEntries(
      mutants.map((m) => [
        m.id,
        this.keys?.has(keyOf(m, 0)) === false
          ? { status: CheckStatus.CompileError, reason: 'not chosen' }
          : { status: CheckStatus.Passed },
      ]),
    );
  }
  async group(mutants) {
    return mutants.length === 0 ? [] : [mutants.map((m) => m.id)];
  }
}

/**
 * The runner of Stryker takes a test file that fails while it is loaded for one without tests: a mutant that breaks an import would survive, and a
 * file that fails without any mutant would be missing unnoticed. Here the first is a failed test, and the second ends the run.
 */
const { factory: vitestRunner } = vitestPlugins[0];
function loadingRunner(injector) {
  const runner = vitestRunner(injector);
  const run = runner.run.bind(runner);
  const dryRun = runner.dryRun.bind(runner);
  const unloaded = () => runner.ctx.state.getFiles().find((file) => file.result?.state === 'fail');
  runner.run = async (options) => {
    const result = await run(options);
    if (result.status !== DryRunStatus.Complete || result.tests.some((t) => t.status === TestStatus.Failed))
      return result;
    const file = unloaded();
    if (file === undefined) return result;
    const failureMessage = file.result.errors?.[0]?.message ?? 'cannot be loaded';
    const failed = { id: file.name, name: file.name, timeSpentMs: 0, status: TestStatus.Failed, failureMessage };
    return { ...result, tests: [...result.tests, failed] };
  };
  runner.dryRun = async (options) => {
    const result = await dryRun(options);
    const file = unloaded();
    return file === undefined
      ? result
      : { status: DryRunStatus.Error, errorMessage: `${file.name}: ${file.result.errors?.[0]?.message}` };
  };
  return runner;
}
loadingRunner.inject = vitestRunner.inject;

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'loading-vitest', loadingRunner),
  declareValuePlugin(PluginKind.Ignore, 'error-context', errorContext),
  declareClassPlugin(PluginKind.Checker, 'chosen', Chosen),
];
