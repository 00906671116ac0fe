import { type ObisPattern, parseObisPattern } from '../cosem/obis-match.js';
import type { CompanionProfile, ProfileObject } from './profile.js';

export interface ObjectPattern {
  readonly row: ProfileObject;
  readonly pattern: ObisPattern;
}
const read: WeakMap<CompanionProfile, readonly ObjectPattern[]> = /* @__PURE__ */ new WeakMap();

/** The objects of a profile with their patterns, the most specific first. Parsed once per profile. */
export function objectPatterns(profile: CompanionProfile): readonly ObjectPattern[] {
  const known = read.get(profile);
  if (known !== undefined) return known;
  const patterns = profile.objects
    .map((row) => ({ row, pattern: parseObisPattern(row.obis) }))
    .sort((a, b) => a.pattern.size - b.pattern.size);
  read.set(profile, patterns);
  return patterns;
}
