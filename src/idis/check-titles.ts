import { parseHex } from '../core/hex.js';
import { compareTitles, parseLogicalDeviceName } from '../cosem/logical-device-name.js';
import { deviceTypeName, parseSystemTitle } from '../cosem/system-title.js';
import type { AssociationView } from './association-view.js';
import { type Finding, isWeak } from './finding.js';
import type { CompanionProfile, TitleRule } from './profile.js';

/**
 * Checks system title and logical device name: their form, the device type, and whether they agree. What the profile
 * has no rule for is not judged.
 */
export function checkTitles(
  { systemTitle, logicalDeviceName }: AssociationView,
  { titles }: CompanionProfile,
): Finding[] {
  const findings: Finding[] = [];
  const add = (rule: TitleRule, name: string, expected: string, actual: string) =>
    findings.push({
      kind: 'title',
      name,
      expected,
      actual,
      estimate: isWeak(rule),
      source: rule.source,
      confidence: rule.confidence,
    });
  const types = titles.deviceTypes.map((t) => t.value);
  const expectedTypes = types.join(' or ');

  const octets = systemTitle === undefined || titles.systemTitle.layout === 'free' ? undefined : parseHex(systemTitle);
  const title = octets?.length === 8 ? parseSystemTitle(octets) : undefined;
  if (octets !== undefined && title === undefined)
    add(titles.systemTitle, 'system title', '8 octets', `${octets.length} octets`);
  if (title !== undefined) {
    const { deviceType } = title.idis;
    if (title.manufacturer === undefined)
      add(titles.systemTitle, 'system title, manufacturer', 'three capital letters', 'other octets');
    if (types.length > 0 && !types.includes(deviceType))
      add(
        titles.systemTitle,
        'system title, device type',
        expectedTypes,
        `${deviceType} ${deviceTypeName(deviceType) ?? ''}`.trim(),
      );
  }

  const name =
    logicalDeviceName === undefined || titles.logicalDeviceName.layout === 'free'
      ? undefined
      : parseLogicalDeviceName(logicalDeviceName);
  if (name === undefined) return findings;
  const form = 'three letters, device type, function type and serial number: 16 characters';
  if (name.idis === undefined)
    add(titles.logicalDeviceName, 'logical device name, form', form, JSON.stringify(name.text.slice(0, 40)));
  else if (types.length > 0 && !types.includes(name.idis.deviceType))
    add(titles.logicalDeviceName, 'logical device name, device type', expectedTypes, String(name.idis.deviceType));
  if (title !== undefined)
    for (const { part, systemTitle: a, logicalDeviceName: b } of compareTitles(title, name))
      if (part !== 'form')
        add(titles.logicalDeviceName, `logical device name, ${part}`, `${a} as in the system title`, String(b));
  return findings;
}
