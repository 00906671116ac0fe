import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

// Which tests could notice a change of a source file: those that import it, however far away.

/** Tests that look at sources, bundles or the built package instead of running the code; they fail on instrumented sources or cannot see a mutant. */
const unfit = [
  /\besbuild\b/,
  /dist\//,
  /readFileSync\(['"`]src|readdirSync\(['"`]src|\.\.\/src['"`]/,
  /fork\(|spawn\(|execFile/,
  /class-pages|class-files|'\.\/copy\.js'/,
];

const imports = new Map();
function importsOf(file) {
  let found = imports.get(file);
  if (found === undefined) {
    const text = readFileSync(file, 'utf8');
    found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
      .map((m) => normalize(join(dirname(file), m[1].replace(/\.js$/, '.ts'))))
      .filter((f) => existsSync(f) && f.endsWith('.ts'));
    imports.set(file, found);
  }
  return found;
}
/** Every file that is reached from one, with its distance. */
export function reached(file) {
  const distances = new Map([[file, 0]]);
  for (const [at, distance] of distances)
    for (const next of importsOf(at)) if (!distances.has(next)) distances.set(next, distance + 1);
  return distances;
}

const all = readdirSync('test', { recursive: true })
  .map((f) => join('test', f))
  .filter((f) => f.endsWith('.test.ts') && !unfit.some((u) => u.test(readFileSync(f, 'utf8'))));
const distances = new Map(all.map((test) => [test, reached(test)]));

/** Files that only a token can run, in a process of its own. */
export const usesToken = (source) => /\/pkcs11[^/]*$/.test(source);

/** All tests that reach the file; the nearest first. */
export const relatedTests = (source) =>
  all
    .filter((test) => distances.get(test).has(source))
    .sort((a, b) => distances.get(a).get(source) - distances.get(b).get(source) || (a < b ? -1 : 1));
/**
 * They take seconds each (the matrix of attacks: minutes), mostly for many random cases, and almost every mutant of their folder would meet them: only what
 * survives the others does.
 */
const slow =
  /^test\/(server\/(configuration|crash|hostile|profile-meter|security-setup)|security\/matrix\/matrix|transport\/hdlc\/(exchanges|exploration|hdlc-link-page|simulation))\./;
/** Tests that are named after an attack or a feature and not after the files they are for, and slow ones: these files meet them at once. */
const elsewhere = [
  [/^src\/security\/unprotect/, 'test/security/layer-attacks.test.ts'],
  [/^src\/security\/(un)?protect/, 'test/security/v44/protection.test.ts'],
  [/^src\/server\/check-config\./, 'test/server/configuration.test.ts'],
  [/^src\/server\/objects\/security-state\./, 'test/server/security-setup.test.ts'],
];
const alsoFor = (source) => elsewhere.filter(([files]) => files.test(source)).map(([, test]) => test);
/**
 * Those in the folder of the same name, or in the nearest one above it that has any (`server/services` and `server/objects` are tested in `test/server`), with
 * those that import the file or one beside it themselves; else all that reach it.
 */
export function folderTests(source) {
  const related = relatedTests(source);
  const folder = dirname(source).replace(/^src/, 'test');
  const also = alsoFor(source);
  for (let at = folder; at !== 'test' && at !== '.'; at = dirname(at)) {
    if (!related.some((test) => test.startsWith(`${at}/`))) continue;
    const beside = (file) => file === source || (at !== folder && dirname(file) === dirname(source));
    const imports = (test) => [...distances.get(test)].some(([file, distance]) => distance === 1 && beside(file));
    return related.filter(
      (test) => (test.startsWith(`${at}/`) && !slow.test(test)) || imports(test) || also.includes(test),
    );
  }
  return related;
}
/**
 * Of these the ones that are named after the first word of the file (`hls.test.ts` and `hls-challenge.test.ts` of `hls-challenge.ts`), or after its folder
 * (`providers.test.ts` of `providers/noble.ts`, which half of all tests import); else all of them.
 */
export function nearTests(source) {
  if (usesToken(source)) return relatedTests(source).filter(usesToken);
  const folder = dirname(source).replace(/^src/, 'test');
  const name = basename(source, '.ts');
  for (const prefix of [`${folder}/${name.split('-')[0]}`, `${dirname(folder)}/${name}`, folder]) {
    const named = relatedTests(source).filter((test) => test.startsWith(`${prefix}.`) || test.startsWith(`${prefix}-`));
    if (named.length > 0) return [...new Set([...named, ...alsoFor(source)])];
  }
  return folderTests(source);
}
/** The tests with everything below test/ that they use: when it changes, what was measured with them is old. */
export const testSources = (tests) =>
  [...new Set(tests.flatMap((t) => [...distances.get(t).keys()]))].filter((f) => f.startsWith('test/')).sort();
