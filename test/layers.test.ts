import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Entry, everyEntry } from '../scripts/entries.js';

/** What a layer may import; docs/design.md says why. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  axdr: ['core'],
  store: ['core'],
  cosem: ['core', 'axdr'],
  xdlms: ['core', 'axdr', 'cosem'],
  security: ['core', 'store', 'axdr', 'xdlms'],
  transport: ['core'],
  session: ['core', 'axdr', 'cosem', 'xdlms', 'security'],
  client: ['core', 'axdr', 'cosem', 'xdlms', 'store', 'security', 'session', 'transport'],
  server: ['core', 'axdr', 'cosem', 'xdlms', 'store', 'security', 'session', 'transport'],
  translator: ['core', 'axdr', 'cosem', 'xdlms', 'security', 'transport'],
  idis: ['core', 'axdr', 'cosem'],
  meter: ['core', 'axdr', 'store', 'cosem', 'xdlms', 'server'],
};

const files = (readdirSync('src', { recursive: true }) as string[])
  .filter((f) => f.endsWith('.ts'))
  .map((f) => f.replaceAll('\\', '/'));
const importsIn = (file: string): string[] =>
  [
    ...readFileSync(`src/${file}`, 'utf8').matchAll(
      /^(?:import|export)[^'"]*from ['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)|^import ['"]([^'"]+)['"]/gm,
    ),
  ].map((m) => (m[1] ?? m[2] ?? m[3]) as string);
const imports = new Map(files.map((file) => [file, importsIn(file)]));

/** Modules that these use, directly or not, with themselves. Imports of types count: a declaration file names them too. */
function reached(from: readonly string[]): Set<string> {
  const found = new Set(from);
  for (const file of found)
    for (const target of imports.get(file) ?? [])
      if (target.startsWith('.')) found.add(posix.join(posix.dirname(file), target).replace(/\.js$/, '.ts'));
  return found;
}
const modulesOf = (runs: Entry['runs']): string[] =>
  everyEntry.filter((e) => e.runs === runs).map((e) => `${e.module}.ts`);
const portable = reached(modulesOf('anywhere'));
/** Modules behind entries that say so, and the command with what it alone uses. */
const node = reached([...modulesOf('node'), ...files.filter((f) => f.startsWith('cli/'))]);

describe('layers', () => {
  it('finds the sources', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(everyEntry.filter((e) => !existsSync(`src/${e.module}.ts`))).toEqual([]);
    expect([...portable, ...node].filter((f) => !imports.has(f))).toEqual([]);
  });
  it.each(files)('%s imports only what lies below', (file) => {
    const layer = file.split('/')[0] as string;
    for (const target of imports.get(file) ?? []) {
      if (!target.startsWith('.')) continue;
      const to = posix.join(posix.dirname(file), target).split('/')[0] as string;
      const rule = allowed[layer];
      if (rule !== undefined && to !== layer) expect(rule, `${file} imports ${target}`).toContain(to);
    }
  });
  it('uses node: only behind entries that say so in scripts/entries.ts, and in the command', () => {
    const users = files.filter((f) => imports.get(f)?.some((target) => target.startsWith('node:')));
    expect(users.length).toBeGreaterThan(10);
    expect(users.filter((f) => portable.has(f) || !node.has(f))).toEqual([]);
  });
  it('names what it exports: a star would let helpers out', () => {
    // Every name of a class file is public, and the index of the class files is made from them.
    const stars = files.filter((f) => /^export \* from/m.test(readFileSync(`src/${f}`, 'utf8')));
    expect(stars).toEqual(['cosem/classes/index.ts']);
  });
  it('has no module that nothing uses', () => {
    expect(files.filter((f) => !portable.has(f) && !node.has(f))).toEqual([]);
  });
  it('takes nothing from outside but noble and the optional peers', () => {
    const outside = new Set(
      files.flatMap((f) =>
        (imports.get(f) ?? [])
          .filter((t) => !t.startsWith('.') && !t.startsWith('node:'))
          .map((t) =>
            t
              .split('/')
              .slice(0, t.startsWith('@') ? 2 : 1)
              .join('/'),
          ),
      ),
    );
    expect([...outside].sort()).toEqual(
      ['@noble/ciphers', '@noble/curves', '@noble/hashes', 'fast-check']
        .concat([...outside].filter((o) => o === 'pkcs11js' || o === 'serialport'))
        .sort(),
    );
  });
});
