import { describe, expect, it } from 'vitest';
import captures from '../vectors/captures.json' with { type: 'json' };
import { cli } from './support.js';

describe('one notation of OBIS codes in one report', () => {
  it.each(
    captures
      .filter((c) => (c.params as { encryptionKey?: string }).encryptionKey === undefined)
      .map((c) => [c.id, c.input.hex] as const),
  )('decode --json of %s writes no dotted code', async (_, hex) => {
    const { out } = await cli(['decode', hex, '--json']);
    const codes = [...out.matchAll(/"(?:obis|logicalName|instanceId)": "([^"]+)"/g)].map((m) => m[1]);
    for (const code of codes) expect(code).toMatch(/^\d+-\d+:\d+\.\d+\.\d+\*\d+$/);
    expect(out).not.toMatch(/"\d+(\.\d+){5}"/);
  });
});
