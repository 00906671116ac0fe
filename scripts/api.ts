import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { type Entry, entries } from './entries.js';

// npm run api: writes docs/api-report, the signatures of everything public, from the declarations of the built package. Fails when a
// signature names a type that no entry exports.
// npm run api -- --check: fails when the reports are not those of the built package, too.

const folder = 'docs/api-report';
const drafts = resolve('node_modules/.api-report');

const moduleOf = (e: Entry): string => e.module.replace('*', 'index');
const nameOf = (e: Entry): string =>
  e.path === '.' ? 'index' : e.path.slice(2).replaceAll('/', '-').replace('*', 'classes');
const declarations = (e: Entry): string => resolve(`dist/esm/${moduleOf(e)}.d.ts`);

function configOf(e: Entry): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: declarations(e),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            lib: ['es2022', 'dom', 'dom.asynciterable'],
            module: 'nodenext',
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          files: entries.map(declarations),
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: drafts,
        reportTempFolder: join(drafts, 'temp'),
        reportFileName: nameOf(e),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
    },
    configObjectFullPath: resolve('api-extractor.json'),
    packageJsonFullPath: resolve('package.json'),
  });
}

/** Types in the signatures of an entry that the entry does not export: they must come from another one. */
const forgotten = new Map<string, { users: string[]; hidden: boolean }>();
const types = '(?:declare )?(?:abstract )?(?:class|interface|type) ';
/** Members of a union that is exported: nobody needs them by name. */
const parts = new Set(['Attempts', 'Client', 'ClientLink', 'Server', 'ServerLink']);
/** @param file whose declaration names the type, or declares it for itself alone */
function forget(symbol: string, e: Entry, file: string | undefined): void {
  // Where the platform has the name too, the report gives it a number. Constants begin with a small letter: their types are exported.
  const name = symbol.replace(/_\d+$/, '');
  if (!/^[A-Z]/.test(name)) return;
  const { users, hidden } = forgotten.get(name) ?? { users: [], hidden: false };
  const declares = file !== undefined && new RegExp(`^${types}${name}\\b`, 'm').test(readFileSync(file, 'utf8'));
  forgotten.set(name, { users: [...users, nameOf(e)], hidden: hidden || declares });
}
/** The report of one entry. */
function reportOf(e: Entry, compilerState: CompilerState): string {
  Extractor.invoke(configOf(e), {
    compilerState,
    localBuild: true,
    // Missing release tags and the like are no fault here.
    messageCallback: (message) => {
      message.handled = true;
      const name = /^The symbol "(\w+)"/.exec(message.text)?.[1];
      if (message.messageId === 'ae-forgotten-export' && name !== undefined) forget(name, e, message.sourceFilePath);
    },
  });
  const report = readFileSync(join(drafts, `${nameOf(e)}.api.md`), 'utf8');
  const code = report.slice(report.indexOf('```ts'), report.lastIndexOf('```') + 3);
  const path = `dlms-cosem${e.path.slice(1).replace('*', '<class>')}`;
  return `# \`${path}\` (${e.stability})\n\nMade by \`npm run api\` from the built package: what is public, reviewed like code.\n\n${code}\n`;
}

rmSync(drafts, { recursive: true, force: true });
mkdirSync(drafts, { recursive: true });
// One program for all of them: most of the time goes into reading the declarations.
const state = CompilerState.create(configOf(entries[0] as Entry), { additionalEntryPoints: entries.map(declarations) });
const reports = new Map(entries.map((e) => [`${nameOf(e)}.md`, reportOf(e, state)]));
mkdirSync(folder, { recursive: true });
const present = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));

const exported = new Set(
  [...reports.values()].flatMap((text) =>
    [...text.matchAll(new RegExp(`^export (?:${types}|const |\\{ \\w+ as )(\\w+)`, 'gm'))].map((m) => m[1]),
  ),
);
const unreachable = [...forgotten]
  .filter(([name, { hidden }]) => !parts.has(name) && (hidden || !exported.has(name)))
  .map(([name, { users }]) => [name, users] as const)
  .sort();
for (const [name, users] of unreachable)
  console.error(`${name} is named by ${users.join(', ')}, and no entry exports it`);
if (unreachable.length > 0) process.exitCode = 1;

if (process.argv.includes('--check')) {
  const names = [...new Set([...reports.keys(), ...present.keys()])];
  const changed = names.filter((file) => reports.get(file) !== present.get(file));
  for (const file of changed) console.error(`${join(folder, file)} is not as the package is built: npm run api`);
  if (changed.length > 0) process.exitCode = 1;
} else {
  for (const file of present.keys()) if (!reports.has(file)) rmSync(join(folder, file));
  for (const [file, text] of reports) writeFileSync(join(folder, file), text);
}
