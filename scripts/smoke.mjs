// npm run smoke: packs the built package, lints the tarball, installs it elsewhere, and uses it as its users do: on the oldest Node and the newer
// lines, as ESM and CommonJS, with the types of two TypeScript versions. What it runs with stands in test/smoke/package.json.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Octets that the tarball may have: 1.2 MB without the running meter (`dlms-cosem/meter`), and what that adds. */
const tarballLimit = 1_300_000;

const folder = mkdtempSync(join(tmpdir(), 'smoke-'));
const run = (file, args, options = {}) =>
  execFileSync(file, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options });
// npm is a script that Windows starts through a shell.
const npm = (...args) => run('npm', args, { shell: process.platform === 'win32' });
const done = (what) => console.log(`ok  ${what}`);
const failed = (what) => {
  console.error(`FAILED  ${what}`);
  process.exitCode = 1;
};

try {
  pack();
  lint();
  install();
  runEverywhere();
  checkTypes();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  // Without scripts: prepack would build again.
  npm('pack', '--ignore-scripts', '--silent', '--pack-destination', folder, resolve('.'));
  const tarball = join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.tgz')),
  );
  const { size } = statSync(tarball);
  const text = `tarball: ${size} octets of ${tarballLimit}`;
  if (size > tarballLimit) failed(text);
  else done(text);
}

/** publint: what package.json promises is there. attw: TypeScript finds the types in every way of importing. */
function lint() {
  const tarball = join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.tgz')),
  );
  for (const [name, ...args] of [
    ['publint', 'run', tarball, '--strict'],
    ['attw', tarball, '--profile', 'node16', '--format', 'ascii', '--no-emoji', '--quiet'],
  ]) {
    try {
      run(join('node_modules/.bin', name), args, { cwd: '.', shell: process.platform === 'win32' });
      done(name);
    } catch (e) {
      failed(`${name}\n${e.stdout}`);
    }
  }
}

function install() {
  for (const file of readdirSync('test/smoke'))
    if (file !== 'node_modules') cpSync(join('test/smoke', file), join(folder, file));
  cpSync('examples', join(folder, 'examples'), { recursive: true });
  npm('ci', '--no-audit', '--no-fund', '--silent');
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  npm('install', '--no-save', '--no-audit', '--no-fund', '--silent', `./${tarball}`);
}

/** Each Node, both module systems: the same names, and a meter that is read. */
function runEverywhere() {
  const installed = ['node-20', 'node-22', 'node-24']
    .map((name) => join(folder, 'node_modules', name, 'bin/node'))
    .filter((file) => existsSync(file));
  if (installed.length === 0) console.log('The other Nodes are for Linux on x64: this one alone is tried.');
  for (const node of installed.length === 0 ? [process.execPath] : installed) {
    const version = run(node, ['--version']).trim();
    const [esm, cjs] = ['esm.mjs', 'cjs.cjs'].map((file) => run(node, [file]));
    if (esm !== cjs) failed(`Node ${version}: import and require give different names`);
    else
      done(
        `Node ${version}: ${Object.keys(JSON.parse(esm)).length} entries as ESM and CommonJS, a meter read over TCP`,
      );
    const command = ['node_modules/dlms-cosem/dist/esm/cli/main.js', 'decode', 'C001C100080000010000FF0200'];
    if (!run(node, command).includes('get-request-normal')) failed(`Node ${version}: the command`);
  }
}

/** Every entry and the examples, checked with the declarations of all libraries; inferred types can be declared. */
function checkTypes() {
  const { exports } = JSON.parse(readFileSync(join(folder, 'node_modules/dlms-cosem/package.json'), 'utf8'));
  const classes = readdirSync(join(folder, 'node_modules/dlms-cosem/dist/esm/cosem/classes'))
    .filter((file) => file.endsWith('.d.ts') && file !== 'index.d.ts')
    .map((file) => file.slice(0, -5));
  const paths = Object.entries(exports)
    .filter(([, target]) => target !== null && typeof target === 'object')
    .flatMap(([path]) => (path.includes('*') ? classes.map((name) => path.replace('*', name)) : [path]));
  const lines = paths.map((path, i) => `import * as entry${i} from 'dlms-cosem${path.slice(1)}';`);
  const use = `export const all = [${paths.map((_, i) => `entry${i}`).join(', ')}].length;`;
  const cjs = lines.map((line) => line.replace(/^import \* as (\w+) from (.*);$/, 'import $1 = require($2);'));
  writeFileSync(join(folder, 'entries.ts'), `${lines.join('\n')}\n${use}\n`);
  writeFileSync(join(folder, 'entries.cts'), `${cjs.join('\n')}\n${use}\n`);
  const common = { target: 'es2022', lib: ['es2022'], types: ['node'], strict: true, skipLibCheck: false };
  const kinds = {
    nodenext: { module: 'nodenext', declaration: true, outDir: 'out' },
    bundler: { module: 'esnext', moduleResolution: 'bundler', noEmit: true },
  };
  for (const [kind, options] of Object.entries(kinds))
    writeFileSync(
      join(folder, `tsconfig.${kind}.json`),
      JSON.stringify({
        compilerOptions: { ...common, ...options },
        include: ['entries.ts', ...(kind === 'bundler' ? [] : ['entries.cts', 'declared.ts']), 'examples/*.ts'],
      }),
    );
  mkdirSync(join(folder, 'out'), { recursive: true });
  for (const version of ['5.9', '6.0']) {
    for (const kind of Object.keys(kinds)) {
      const tsc = `node_modules/typescript-${version}/bin/tsc`;
      try {
        run(process.execPath, [tsc, '-p', `tsconfig.${kind}.json`], { stdio: ['ignore', 'inherit', 'inherit'] });
        done(`TypeScript ${version}, ${kind}: ${paths.length} entries and the examples`);
      } catch {
        failed(`TypeScript ${version}, ${kind}`);
      }
    }
  }
}
