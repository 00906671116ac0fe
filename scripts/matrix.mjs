// npm run matrix -- [--suite 0|1|2]: every combination of settings of an association under attack, or those of one security suite.
// A variable in front of a command is not known to every shell, so it is set here.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { suite: { type: 'string' } } });
const { suite = 'all' } = values;
if (!['all', '0', '1', '2'].includes(suite)) {
  console.error('--suite is 0, 1 or 2; without it all are taken');
  process.exit(2);
}
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/security/matrix'], {
  stdio: 'inherit',
  env: { ...process.env, MATRIX: suite },
});
process.exit(status ?? 1);
