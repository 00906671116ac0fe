#!/usr/bin/env node
import { askHidden } from './prompt.js';
import { main } from './run.js';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
// A reader that went away (`| head`) is not an error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (e: NodeJS.ErrnoException) => {
    if (e.code === 'EPIPE') process.exit(0);
    throw e;
  });

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  isTTY: process.stdout.isTTY === true,
  errorIsTTY: process.stderr.isTTY === true,
  ...(process.stdout.columns === undefined ? {} : { columns: process.stdout.columns }),
  signal: stop.signal,
  env: process.env,
  ...(process.stdin.isTTY && process.stderr.isTTY
    ? { ask: (question: string) => askHidden(question, process.stdin, process.stderr) }
    : {}),
});
