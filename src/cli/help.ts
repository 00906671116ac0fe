import type { Command, Option } from './command.js';
import { exitMeanings } from './failure.js';
import { type Paint, wrapped } from './text.js';

// The help is made from the declarations of the commands.

export function overview(commands: readonly Command[], paint: Paint, columns: number): string {
  const wide = Math.max(...commands.map((c) => c.name.length));
  return [
    'DLMS/COSEM (IEC 62056) on the command line.',
    '',
    `${paint('bold', 'Usage:')} dlms-cosem COMMAND [ARGUMENTS] [OPTIONS]`,
    '',
    paint('bold', 'Commands:'),
    ...commands.map((c) => hanging(`  ${paint('cyan', c.name.padEnd(wide))}  `, wide + 4, c.summary, columns)),
    '',
    `${paint('bold', 'Options:')} --help for any command, --version`,
    '',
    paint('bold', 'Exit codes:'),
    ...exitMeanings.map(([code, text]) => hanging(`  ${String(code).padStart(2)}  `, 6, text, columns)),
    '',
    'dlms-cosem help COMMAND tells more.',
    '',
  ].join('\n');
}

export function helpOf(c: Command, paint: Paint, columns: number): string {
  const rows = Object.entries(c.options as Record<string, Option>).map(
    ([name, o]) => [label(name, o), o.help] as const,
  );
  const wide = Math.min(30, Math.max(...rows.map(([l]) => l.length)));
  return [
    c.summary,
    '',
    `${paint('bold', 'Usage:')} dlms-cosem ${c.name}${c.arguments === '' ? '' : ` ${c.arguments}`} [OPTIONS]`,
    ...(c.notes ?? []).flatMap((n) => ['', wrapped(n, columns)]),
    '',
    paint('bold', 'Options:'),
    ...rows.map(([l, help]) =>
      l.length > wide
        ? `  ${paint('cyan', l)}\n${hanging(' '.repeat(wide + 4), wide + 4, help, columns)}`
        : hanging(`  ${paint('cyan', l.padEnd(wide))}  `, wide + 4, help, columns),
    ),
    ...(c.examples === undefined ? [] : ['', paint('bold', 'Examples:'), ...c.examples.map((e) => `  ${e}`)]),
    '',
  ].join('\n');
}
const label = (name: string, o: Option): string =>
  `${o.short === undefined ? '' : `-${o.short}, `}--${name}${o.type === 'boolean' ? '' : ` ${o.value ?? 'VALUE'}`}`;
const hanging = (start: string, indent: number, text: string, columns: number): string =>
  start + wrapped(text, columns - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);

/** The help as a page of the documentation. */
export function markdown(commands: readonly Command[]): string {
  const plain: Paint = (_, text) => text;
  return [
    '# The command `dlms-cosem`',
    '',
    'Generated from the declarations of the commands; `dlms-cosem help COMMAND` prints the same text.',
    '',
    'Results go to standard output, progress and problems to standard error. `--json` is for programs. An error is one line that begins with `dlms-cosem:`.',
    '',
    '## Exit codes',
    '',
    '| code | meaning |',
    '| ---: | --- |',
    ...exitMeanings.map(([code, text]) => `| ${code} | ${text} |`),
    '',
    ...commands.flatMap((c) => [`## ${c.name}`, '', '```text', helpOf(c, plain, 100).trimEnd(), '```', '']),
  ].join('\n');
}
