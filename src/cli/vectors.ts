import { runVectors, summarize, summaryLine, type VectorResult } from '../vectors/index.js';
import { readVectorFiles } from '../vectors/node.js';
import { type Command, command } from './command.js';
import { exitCodes, Failure, usage } from './failure.js';
import { type Paint, painter } from './text.js';

export const vectorsCommand: Command = command({
  name: 'vectors',
  summary: 'run test vectors: any folder of JSON files in the format of test/vectors/README.md',
  arguments: 'DIR',
  count: [1, 1],
  options: {
    json: { type: 'boolean', help: 'results as JSON on standard output; the summary line goes to standard error' },
    only: { type: 'string', value: 'ID', help: 'only this vector' },
    kind: { type: 'string', value: 'KIND', help: 'only vectors of this kind' },
    verbose: {
      type: 'boolean',
      short: 'v',
      help: 'also list vectors that passed, with the accepted deviations',
    },
  },
  notes: [
    'A vector passes only if every expected field was compared. An unknown kind, parameter or field makes it unsupported. The last line is "N passed, N failed, N unsupported". The exit code is 0 only if something was tested, and 1 if a vector failed, none passed, or a file is not a JSON array of vectors.',
  ],
  async run([dir], values, io) {
    const files = await readVectorFiles(dir as string);
    const results = await runVectors(files, {
      ...(values.only === undefined ? {} : { id: values.only }),
      ...(values.kind === undefined ? {} : { kind: values.kind }),
    });
    if (results.length === 0 && (values.only !== undefined || values.kind !== undefined))
      throw usage(`no vector in ${dir} matches --only or --kind`);
    const summary = summarize(results);
    const paint = painter(io);
    if (values.json === true) io.stdout.write(`${JSON.stringify({ ...summary, results }, undefined, 1)}\n`);
    else
      for (const result of results)
        if (result.status !== 'passed' || values.verbose === true) io.stdout.write(`${lineOf(result, paint)}\n`);
    (values.json === true ? io.stderr : io.stdout).write(`${summaryLine(summary)}\n`);
    const broken = files.filter((f) => !Array.isArray(f.vectors)).map((f) => f.name);
    if (broken.length > 0) throw new Failure(`not a JSON array of vectors: ${broken.join(', ')}`);
    if (summary.passed + summary.failed === 0) throw new Failure(`nothing was tested in ${dir}`);
    return summary.failed > 0 ? exitCodes.failed : exitCodes.ok;
  },
});

const colours = { passed: 'green', failed: 'red', unsupported: 'yellow' } as const;
function lineOf({ id, kind, file, status, reason, quirks }: VectorResult, paint: Paint): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  const accepted = quirks === undefined ? '' : ` [accepted: ${quirks.join(', ')}]`;
  return `${paint(colours[status], status.padEnd(11))} ${id} (${kind}, ${file})${why}${accepted}`;
}
