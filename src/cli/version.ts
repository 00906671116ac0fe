import { readFileSync } from 'node:fs';

/** The version of the package that this file belongs to: of the nearest package.json with a name above it. */
export function version(): string {
  for (const up of ['../../package.json', '../../../package.json', '../../../../package.json']) {
    try {
      const { name, version: v } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'dlms-cosem' && v !== undefined) return v;
    } catch {
      // Not here, so look one folder up.
    }
  }
  return 'unknown';
}
