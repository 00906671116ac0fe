import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entries, everyEntry } from '../scripts/entries.js';
import { entryFiles } from '../scripts/entry-files.js';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

describe('the package', () => {
  it('depends on the three noble packages alone', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['@noble/ciphers', '@noble/curves', '@noble/hashes']);
    expect(Object.values(manifest.peerDependenciesMeta)).toEqual(
      Object.keys(manifest.peerDependencies).map(() => ({ optional: true })),
    );
  });
  it.each(Object.entries(entryFiles()))('has in %s what scripts/entries.ts says (npm run entries)', (file, text) =>
    expect(readFileSync(file, 'utf8')).toBe(text),
  );
  it.each(entries.map((e) => [e.path, e] as const))('says in the first comment of %s how stable it is', (_, entry) => {
    const text = readFileSync(`src/${entry.module.replace('*', 'index')}.ts`, 'utf8');
    const comment = /^\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? '';
    expect(comment).toContain('@module');
    expect(comment).toContain(
      entry.stability === 'stable'
        ? ' * Stability: stable.\n'
        : ' * Stability: preview, may change in a minor version.\n',
    );
  });
  it('exports every entry in both module systems, types first', () => {
    for (const path of ['.', './cosem/*', './transport/tcp'])
      for (const condition of ['import', 'require'])
        expect(Object.keys(manifest.exports[path][condition])).toEqual(['types', 'default']);
    expect(Object.keys(manifest.exports)).toContain('./package.json');
    expect(everyEntry.map((e) => e.path)).toContain('./cosem/register');
  });
  it('has changesets that name it, and the kind of change, and say something for the changelog', () => {
    for (const file of readdirSync('.changeset').filter((f) => f.endsWith('.md')))
      expect(readFileSync(`.changeset/${file}`, 'utf8'), file).toMatch(
        /^---\n'dlms-cosem': (patch|minor|major)\n---\n\n[A-Z`][\s\S]*\.\n$/,
      );
  });
});
