import type { ViewObject } from './association-view.js';
import { about, type Finding, isWeak } from './finding.js';
import type { ProfileClient, ProfileObject } from './profile.js';
import { parseRights } from './rights.js';

/**
 * Finds rights that differ from the row, whether too few or too many. Attributes and methods that the row does not name
 * are not judged.
 */
export function checkRights(row: ProfileObject, o: ViewObject, client: ProfileClient): Finding[] {
  const notation = row.rights[client.id];
  if (notation === undefined) return [];
  const rights = parseRights(notation);
  // Rights that no source states are engineering knowledge, however well known the object itself is.
  const common = {
    ...about(row, o),
    kind: 'right' as const,
    estimate: row.rightsBasis === undefined || client.id !== 'management' || isWeak(row),
  };
  if (rights === 'none') {
    const granted = o.attributes.some((a) => a.right !== '-' && a.index !== 1) || o.methods.some((m) => m.allowed);
    return granted ? [{ ...common, expected: `no right for the ${client.name}`, actual: 'rights' }] : [];
  }
  const findings: Finding[] = [];
  for (const [index, expected] of rights.attributes) {
    const actual = o.attributes.find((a) => a.index === index)?.right ?? '-';
    if (actual !== expected)
      findings.push({ ...common, attribute: index, expected: words[expected], actual: words[actual] });
  }
  for (const index of rights.methods) {
    if (o.methods.find((m) => m.index === index)?.allowed !== true)
      findings.push({ ...common, method: index, expected: 'action', actual: 'no right' });
  }
  return findings;
}
const words = { G: 'get', S: 'set', GS: 'get and set', '-': 'no right' } as const;
