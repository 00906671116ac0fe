import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entries } from '../scripts/entries.js';

// docs/api-report as it stands; .ci/run compares it with the built package.
const reports = readdirSync('docs/api-report').map(
  (file) => [file, readFileSync(`docs/api-report/${file}`, 'utf8')] as const,
);

/** Names in a report, and whether a comment says what they are. A type and a value of one name need one comment between them. */
function exportsOf(report: string): Map<string, boolean> {
  const found = new Map<string, boolean>();
  const declaration =
    /^\/\/ @public( \(undocumented\))?.*\n(?:export )?(?:abstract )?(?:class|interface|type|const|function) ([\w$]+)/gm;
  for (const [, undocumented, name] of report.matchAll(declaration))
    found.set(name as string, found.get(name as string) === true || undocumented === undefined);
  return found;
}

describe('the API report', () => {
  it('has a page for each entry, which says how stable it is', () => {
    const heads = reports.map(([, text]) => text.slice(0, text.indexOf('\n'))).sort();
    const expected = entries.map((e) => `# \`dlms-cosem${e.path.slice(1).replace('*', '<class>')}\` (${e.stability})`);
    expect(heads).toEqual(expected.sort());
  });
  it.each(reports)('%s: every export has a comment that says what it is', (_, text) => {
    const found = exportsOf(text);
    expect(found.size).toBe(
      new Set(text.match(/(?<=^(?:export )?(?:abstract )?(?:class|interface|type|const|function) )[\w$]+/gm)).size,
    );
    expect([...found].filter(([, documented]) => !documented).map(([name]) => name)).toEqual([]);
  });
});
