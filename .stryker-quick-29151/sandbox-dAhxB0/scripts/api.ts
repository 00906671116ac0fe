import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { type Entry, entries } from './entries.js';

// npm run api: writes docs/api-report, the signatures of everything public, from the declarations of the built package.
// npm run api -- --check: fails when the reports are not those of the built package.

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

/** The report of one entry. */
function reportOf(e: Entry, compilerState: CompilerState): string {
  Extractor.invoke(configOf(e), {
    compilerState,
    localBuild: true,
    // Missing release tags, names that another entry exports: nothing of it is a fault here.
    messageCallback: (message) => {
      message.handled = true;
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

if (process.argv.includes('--check')) {
  const names = [...new Set([...reports.keys(), ...present.keys()])];
  const changed = names.filter((file) => reports.get(file) !== present.get(file));
  for (const file of changed) console.error(`${join(folder, file)} is not as the package is built: npm run api`);
  process.exitCode = changed.length === 0 ? 0 : 1;
} else {
  for (const file of present.keys()) if (!reports.has(file)) rmSync(join(folder, file));
  for (const [file, text] of reports) writeFileSync(join(folder, file), text);
}
