import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.js';
import { formatHex, parseHex } from '../../src/core/hex.js';
import { apduFromJson, apduFromXml, apduToXml, type JsonObject } from '../../src/translator/index.js';
import { cli } from './support.js';

const page = readFileSync('docs/interop.md', 'utf8');

it('the figures of docs/interop.md about our own generator come out as written', async () => {
  const [, line, count, types] = /`dlms-cosem (samples [^`]+)` prints ([\d ]+) APDUs of (\d+) types/.exec(
    page,
  ) as unknown as string[];
  const { out } = await cli((line as string).split(' '));
  const samples = out
    .trimEnd()
    .split('\n')
    .map((l) => JSON.parse(l) as { hex: string; json: JsonObject & { type: string } });
  expect(samples.length).toBe(Number((count as string).replaceAll(' ', '')));
  expect(new Set(samples.map((s) => s.json.type)).size).toBe(Number(types));
  expect(page).toContain(`All ${count} come back as the same octets`);
  for (const { hex, json } of samples) {
    expect(formatHex(apduFromXml(apduToXml(parseHex(hex))))).toBe(hex);
    expect(formatHex(apduFromJson(json))).toBe(hex);
  }
}, 60_000);
it('its commands have options that exist', () => {
  // The shell function `everything` hands its arguments to `read`.
  const lines = [...page.matchAll(/`(?:dlms-cosem ([a-z]+)|everything) ([^`]*)`/g)];
  expect(lines.length).toBeGreaterThan(10);
  for (const [, name = 'read', rest] of lines) {
    const found = commands.find((c) => c.name === name);
    for (const [, option] of (rest as string).matchAll(/--([a-z-]+)/g))
      expect(Object.keys(found?.options ?? {}), `${name} --${option}`).toContain(option);
  }
});
