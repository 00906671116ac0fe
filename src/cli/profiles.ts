import { readFile } from 'node:fs/promises';
import { parseProfile } from '../idis/parse-profile.js';
import type { CompanionProfile } from '../idis/profile.js';
import { builtInProfile, builtInProfiles } from '../idis/profiles.js';
import { quoted, usage } from './failure.js';

/**
 * A companion profile, by its id or from a file. It must always be named, because the numbers of one profile mean
 * something else in another.
 */
export async function profileArgument(text: string): Promise<CompanionProfile> {
  if (builtInProfiles().includes(text)) return builtInProfile(text);
  const json = await readFile(text, 'utf8').catch(() => {
    throw usage(
      `${quoted(text)} is neither a profile that comes with this program (${builtInProfiles().join(', ')}) nor a readable file`,
    );
  });
  return parseProfile(json);
}
