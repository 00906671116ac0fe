import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classFiles } from '../../scripts/class-files.js';
import { classPages } from '../../scripts/class-pages.js';

const folder = new URL('../../docs/classes/', import.meta.url);

// Update with: npx vitest run test/cosem/class-pages.test.ts -u
describe('the pages of the classes', () => {
  it('are current', async () => {
    const pages = classPages(await classFiles());
    for (const [name, text] of pages) await expect(text).toMatchFileSnapshot(`../../docs/classes/${name}`);
    expect(pages.size).toBeGreaterThan(100);
  });
  it('are no more than the classes', async () => {
    const pages = classPages(await classFiles());
    expect(readdirSync(folder).filter((name) => !pages.has(name))).toEqual([]);
  });
});
