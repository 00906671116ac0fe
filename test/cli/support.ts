import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/run.js';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** The command with these arguments, not on a terminal. */
export async function cli(argv: readonly string[], stdin: string | Uint8Array = '', more: Partial<Io> = {}): Promise<Run> {
  const text = { out: '', err: '' };
  const io: Io = {
    stdout: { write: (t) => (text.out += t) },
    stderr: { write: (t) => (text.err += t) },
    stdin: (async function* () {
      if (stdin.length > 0) yield stdin;
    })(),
    isTTY: false,
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
  const ended = cli(['simulate', '--port', '0', '--json', ...options], '', { signal: abort.signal, stdout: { write: (t) => started(t) } });
  const { url } = JSON.parse(await Promise.race([line, ended.then((r) => Promise.reject(new Error(r.err)))])) as { url: string };
  return {
    url,
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}
