import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure } from './failure.js';

/** Asks on the terminal without showing what is typed. Fails when interrupted with Ctrl+C. */
export function askHidden(question: string, input: NodeJS.ReadStream, output: NodeJS.WritableStream): Promise<string> {
  // The line editor echoes what is typed, so it gets an output that shows nothing.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  output.write(question);
  return new Promise((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('SIGINT', () => reject(new Failure('interrupted', 5)));
    lines.once('close', () => reject(new Failure('nothing was typed', 5)));
  }).finally(() => {
    lines.close();
    output.write('\n');
  }) as Promise<string>;
}
