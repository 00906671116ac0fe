import { readFileSync } from 'node:fs';
import { type Entry, entries, parts } from './entries.js';

// What follows from the list of entries: file name → its text as it should be. The rest of each file is kept.

export function entryFiles(): Record<string, string> {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const typedoc = JSON.parse(readFileSync('typedoc.json', 'utf8'));
  return {
    'package.json': json({ ...manifest, exports: exportsOf() }),
    'typedoc.json': json({ ...typedoc, entryPoints: entries.map((e) => `src/${all(e.module)}.ts`) }),
    '.size-limit.json': json(budgets()),
    'README.md': readFileSync('README.md', 'utf8').replace(
      /(?<=<!-- entries -->\n)[\s\S]*(?=<!-- end of entries -->)/,
      readmeTable,
    ),
  };
}
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
/** The module with all of a group of entries. */
const all = (module: string): string => module.replace('*', 'index');

function exportsOf(): Record<string, unknown> {
  // Types first: conditions are tried in order.
  const condition = (folder: string, module: string) => ({
    types: `./dist/${folder}/${module}.d.ts`,
    default: `./dist/${folder}/${module}.js`,
  });
  return {
    ...Object.fromEntries(
      entries.map(({ path, module }) => [
        path,
        { import: condition('esm', module), require: condition('cjs', module) },
      ]),
    ),
    // The index of the folder that `cosem/*` stands for is a file of the library, no class.
    './cosem/index': null,
    './package.json': './package.json',
  };
}

function budgets(): unknown[] {
  const row = (name: string, module: string, budget: number, part?: string) => ({
    name,
    path: `dist/esm/${module}.js`,
    ...(part === undefined ? {} : { import: part }),
    ignore: ['node:*', 'serialport', 'pkcs11js', 'fast-check'],
    limit: `${budget} kB`,
  });
  return [
    ...entries.map((e) => row(nameOf(e), all(e.module), e.budget)),
    ...parts.map((p) => row(p.name, p.module, p.budget, p.import)),
  ];
}

const nameOf = (e: Entry): string => `dlms-cosem${e.path.slice(1).replace('*', '<class>')}`;

function readmeTable(): string {
  const rows = entries.map(
    (e) =>
      `| \`${e.path === '.' ? 'dlms-cosem' : nameOf(e).slice('dlms-cosem'.length)}\` | ${e.contents} | ${e.stability}${e.runs === 'node' ? ', Node only' : ''} |`,
  );
  return ['| entry | contents | |', '|---|---|---|', ...rows, ''].join('\n');
}
