import { readFile } from 'node:fs/promises';
import { parseProfile } from '../idis/parse-profile.js';
import type { CompanionProfile } from '../idis/profile.js';
import { carriedProfile, carriedProfiles } from '../idis/profiles.js';
import { usage } from './failure.js';

/** A companion profile by its id, or from a file. It is always named: the numbers of one profile mean something else in another. */
export async function profileArgument(text: string): Promise<CompanionProfile> {
  if (carriedProfiles().includes(text)) return carriedProfile(text);
  const json = await readFile(text, 'utf8').catch(() => {
    throw usage(
      `${JSON.stringify(text)} is no profile that comes with this program (${carriedProfiles().join(', ')}), and no readable file either`,
    );
  });
  return parseProfile(json);
}
