import { parseArgs } from 'node:util';
import type { Command, ParsedValues } from './command.js';
import { commands } from './commands.js';
import { exitCodes, failureOf, quoted, shortened, usage } from './failure.js';
import { helpOf, overview } from './help.js';
import type { Io } from './io.js';
import { secretNames } from './keys.js';
import { painter } from './text.js';
import { version } from './version.js';

/**
 * The command `dlms-cosem`.
 * @param argv the arguments, without program and script
 * @returns the exit code; an error is one line on `io.stderr`, never an exception
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const last: (() => unknown)[] = [];
  try {
    try {
      return await run(argv, { ...io, atEnd: (work) => last.push(work) });
    } finally {
      for (const work of last) await work();
    }
  } catch (e) {
    const { line, exitCode } = failureOf(e);
    io.stderr.write(`dlms-cosem: ${line}\n`);
    if (exitCode === exitCodes.internal && process.env.DLMS_COSEM_DEBUG !== undefined && e instanceof Error)
      io.stderr.write(`${e.stack}\n`);
    return exitCode;
  }
}

async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  const columns = Math.min(io.columns ?? 100, 120);
  if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    io.stdout.write(overview(commands, painter(io), columns));
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (name === '--version' || name === 'version') {
    io.stdout.write(`${version()}\n`);
    return exitCodes.ok;
  }
  const wanted = name === 'help' ? (rest[0] as string) : name;
  const found = commands.find((c) => c.name === wanted);
  if (found === undefined) throw usage(`unknown command ${quoted(wanted)}; dlms-cosem help lists the commands`);
  if (name === 'help' || rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(helpOf(found, painter(io), columns));
    return exitCodes.ok;
  }
  const { positionals, values } = parsed(found, rest);
  return found.run(positionals, values, io);
}

/**
 * The option that a message of `parseArgs` names. Of `--passwordXY` only the start is shown, because the rest is the
 * secret.
 */
function optionIn(message: string): string {
  const option = (/'(-[^']*)'/.exec(message)?.[1]?.split(' ')[0] ?? '').replace(/,$/, '');
  const secret = secretNames.find((name) => option.startsWith(`--${name}`) && option.length > name.length + 2);
  return secret === undefined ? shortened(option) : `--${secret}…`;
}

function parsed(c: Command, args: readonly string[]): { positionals: string[]; values: ParsedValues } {
  const options = Object.fromEntries(
    Object.entries(c.options).map(([name, { type, multiple, short }]) => [
      name,
      { type, ...(multiple === true ? { multiple } : {}), ...(short === undefined ? {} : { short }) },
    ]),
  );
  let result: { positionals: string[]; values: ParsedValues };
  try {
    result = parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as typeof result;
  } catch (e) {
    const { code, message } = e as { code?: string; message: string };
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw e;
    const option = optionIn(message);
    const what =
      code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
        ? `unknown option ${option}`
        : /does not take an argument/.test(message)
          ? `option ${option} takes no value`
          : `option ${option} needs a value`;
    throw usage(`${what}; dlms-cosem ${c.name} --help lists the options`);
  }
  const [least, most] = c.count;
  if (result.positionals.length < least)
    throw usage(`${c.name} needs ${c.arguments}; dlms-cosem ${c.name} --help tells more`);
  if (result.positionals.length > most)
    // The argument itself is not repeated: it may be the second word of a password.
    throw usage(
      `${result.positionals.length} arguments, but ${c.name} takes ${most === 0 ? 'none' : c.arguments}; dlms-cosem ${c.name} --help tells more`,
    );
  return result;
}
