import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptCounters } from '../../src/cli/counters.js';
import type { Io } from '../../src/cli/io.js';
import { formatKeyFile, type KeyFile } from '../../src/cli/keys.js';
import { main } from '../../src/cli/run.js';

/** Where the command of this test file keeps its counters. */
export const stateHome: string = mkdtempSync(join(tmpdir(), 'dlms-cosem-state-'));
export const env = { XDG_STATE_HOME: stateHome } as const;
await keptCounters(
  {},
  { env, stdout: { write: () => true }, stderr: { write: () => true }, stdin: (async function* () {})(), isTTY: false },
);

let files = 0;
/** A key file that nobody else can read. */
export function keyFile(keys: KeyFile): string {
  const path = join(stateHome, `keys-${++files}.json`);
  writeFileSync(path, formatKeyFile(keys), { mode: 0o600 });
  return path;
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** The command with these arguments, not on a terminal. */
export async function cli(
  argv: readonly string[],
  stdin: string | Uint8Array = '',
  more: Partial<Io> = {},
): Promise<Run> {
  const text = { out: '', err: '' };
  const io: Io = {
    stdout: { write: (t) => (text.out += t) },
    stderr: { write: (t) => (text.err += t) },
    stdin: (async function* () {
      if (stdin.length > 0) yield stdin;
    })(),
    isTTY: false,
    env,
    ...more,
  };
  const code = await main(argv, io);
  return { code, ...text };
}

/** A simulated meter of the command, on a free port, until `stop` is called. */
export async function simulated(...options: string[]): Promise<{ url: string; stop: () => Promise<Run> }> {
  const abort = new AbortController();
  let started: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => {
    started = resolve;
  });
  const ended = cli(['simulate', '--port', '0', '--json', ...options], '', {
    signal: abort.signal,
    stdout: { write: (t) => started(t) },
  });
  const { url } = JSON.parse(await Promise.race([line, ended.then((r) => Promise.reject(new Error(r.err)))])) as {
    url: string;
  };
  return {
    url,
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}
