// After tsc: leaves the declarations that the public entries need, and gives the CommonJS build the same (with "type": "commonjs"
// beside them they describe CommonJS modules).
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { posix } from 'node:path';

const folder = 'dist/esm';
const all = readdirSync(folder, { recursive: true })
  .filter((file) => file.endsWith('.d.ts'))
  .map((file) => posix.join(folder, file.replaceAll('\\', '/')));

/** The declarations of the entries; a star in a path stands for the files of a folder. */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports).flatMap((entry) => {
  const types = entry?.import?.types?.slice(2);
  if (types === undefined) return [];
  const [before, after] = types.split('*');
  return after === undefined ? [types] : all.filter((f) => f.startsWith(before) && f.endsWith(after));
});
const needed = new Set(entries);
for (const file of needed) {
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g)) {
    const declarations = posix.join(posix.dirname(file), `${target}.d.ts`);
    if (!existsSync(declarations)) throw new Error(`${file} refers to ${declarations}, which does not exist`);
    needed.add(declarations);
  }
}
for (const file of all) if (!needed.has(file)) rmSync(file);
cpSync(folder, 'dist/cjs', { recursive: true, filter: (source) => !source.endsWith('.js') });
