import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Optional peers, where `npm ci --prefix test/real` has installed them. */
const peers = ['better-sqlite3', 'pkcs11js', 'serialport']
  .map((name) => [name, resolve('test/real/node_modules', name)] as const)
  .filter(([, folder]) => existsSync(folder));

const config: ViteUserConfig = defineConfig({
  resolve: { alias: Object.fromEntries(peers) },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
    reporters: ['default', './test/support/skipped-reporter.ts'],
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
export default config;
