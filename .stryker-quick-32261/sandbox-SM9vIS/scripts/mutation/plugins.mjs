import { readFileSync } from 'node:fs';
import { CheckStatus } from '@stryker-mutator/api/check';
import { declareClassPlugin, declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';
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

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'error-context', errorContext),
  declareClassPlugin(PluginKind.Checker, 'chosen', Chosen),
];
