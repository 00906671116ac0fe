import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = (file: string): string => readFileSync(file, 'utf8');
const sources = (readdirSync('src', { recursive: true }) as string[])
  .filter((f) => f.endsWith('.ts'))
  .map((f) => text(`src/${f}`));
const named = new Set(
  sources.flatMap((s) =>
    [...s.matchAll(/(?:(?:tolerate|\bquirk)\(\s*|quirk: { name: )'([a-z-]+)'/g)].map((m) => m[1] as string),
  ),
);
const rows = [...text('docs/quirks.md').matchAll(/^\| `([a-z-]+)` \|.*\| (.+) \|$/gm)].map((m) => ({
  name: m[1] as string,
  shownBy: (m[2] as string).split(', ').map((s) => s.replaceAll('`', '')),
}));
const ids = new Set(
  readdirSync('test/vectors')
    .filter((f) => f.endsWith('.json'))
    .flatMap((f) => (JSON.parse(text(`test/vectors/${f}`)) as { id: string }[]).map((v) => v.id)),
);

describe('docs/quirks.md', () => {
  it('lists exactly the quirks of the code', () => expect(rows.map((r) => r.name)).toEqual([...named].sort()));
  it.each(rows)('$name is shown by a vector or a test that exists', ({ name, shownBy }) => {
    for (const by of shownBy) {
      if (by.startsWith('test/')) expect(text(by)).toContain(name);
      else expect(ids).toContain(by);
    }
  });
});
