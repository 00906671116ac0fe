import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entries } from '../scripts/entries.js';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

describe('the package', () => {
  it('depends on the three noble packages alone', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['@noble/ciphers', '@noble/curves', '@noble/hashes']);
    expect(Object.values(manifest.peerDependenciesMeta)).toEqual(
      Object.keys(manifest.peerDependencies).map(() => ({ optional: true })),
    );
  });
  it('exports every entry in both module systems, types first', () => {
    const classes = new Set(readdirSync('src/cosem/classes').map((f) => `./cosem/${f.slice(0, -3)}`));
    const listed = Object.fromEntries(Object.entries(entries).filter(([path]) => !classes.has(path)));
    expect(Object.keys(manifest.exports).sort()).toEqual(
      [...Object.keys(listed), './cosem/*', './package.json'].sort(),
    );
    for (const [path, module] of Object.entries({ ...listed, './cosem/*': 'cosem/classes/*' })) {
      for (const [condition, folder] of [
        ['import', 'esm'],
        ['require', 'cjs'],
      ] as const) {
        expect(Object.entries(manifest.exports[path][condition])).toEqual([
          ['types', `./dist/${folder}/${module}.d.ts`],
          ['default', `./dist/${folder}/${module}.js`],
        ]);
      }
    }
  });
});
