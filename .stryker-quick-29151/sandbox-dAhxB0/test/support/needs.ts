import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';

// Some tests need more than Node: a command of the system, or a package of test/real. Where it is not there they are skipped, and
// skipped-reporter.ts names the reason at the end of the run.

declare module 'vitest' {
  interface TaskMeta {
    /** Why the tests are skipped here. */
    missing?: string;
  }
}

/** Something that may be installed, or not. */
export interface Need {
  /** Undefined: it is there. */
  readonly missing: string | undefined;
}

/** Options of a test or `describe` that runs only where all of this is installed. */
export function needs(...all: readonly Need[]): { skip: boolean; meta: { missing?: string } } {
  const missing = all.map((n) => n.missing).filter((m) => m !== undefined);
  return missing.length === 0 ? { skip: false, meta: {} } : { skip: true, meta: { missing: missing.join(', ') } };
}

const runs = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;
const command = (name: string, args: readonly string[], debian = name): Need => ({
  missing: runs(name, ...args) ? undefined : `the command ${name} is not installed (Debian: ${debian})`,
});
const peer = (name: string): Need => ({
  missing: existsSync(resolve('test/real/node_modules', name))
    ? undefined
    : `the package ${name} is not installed (npm ci --prefix test/real)`,
});

export const openssl: Need = command('openssl', ['version']);
export const socat: Need = command('socat', ['-V']);
export const tshark: Need = command('tshark', ['-v']);
export const serialport: Need = peer('serialport');
export const pkcs11js: Need = peer('pkcs11js');
export const betterSqlite3: Need = peer('better-sqlite3');

/** Where the module of SoftHSM2 is; undefined when it is not installed. */
export const softhsmLibrary: string | undefined = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
].find(existsSync);
export const softhsm: Need = {
  missing: !isMainThread
    ? 'the library of SoftHSM2 reads the environment of the process, which threads share'
    : softhsmLibrary !== undefined && runs('softhsm2-util', '--version')
      ? undefined
      : 'SoftHSM2 is not installed (Debian: softhsm2)',
};

/** The command of a browser that can run without a screen; undefined when there is none. */
export const chromiumCommand: string | undefined = ['chromium', 'chromium-browser', 'google-chrome'].find((name) =>
  runs(name, '--version'),
);
export const chromium: Need = {
  missing: chromiumCommand === undefined ? 'chromium is not installed (Debian: chromium)' : undefined,
};
