import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runScenario } from '../../src/vectors/scenarios/run.js';
import type { Scenario } from '../../src/vectors/scenarios/scenario.js';

const read = (file: string): unknown => JSON.parse(readFileSync(`test/meter/${file}`, 'utf8'));
const { scenarios } = read('scenarios.json') as { scenarios: Scenario[] };
/** What the engine does not do yet: events and logs, images, pushes, payment, M-Bus and others. */
const open = new Set(read('open-scenarios.json') as string[]);

describe('scenarios of a running meter', () => {
  it.each(scenarios.filter((s) => !open.has(s.id)))('$id $title', async (s) => {
    expect(await runScenario(s)).toEqual({ id: s.id, family: s.family, status: 'passed' });
  });
});
describe('scenarios that the engine does not do yet', () => {
  it.each(scenarios.filter((s) => open.has(s.id)))(
    '$id is still open: when it passes, it leaves the list',
    async (s) => {
      expect((await runScenario(s)).status).not.toBe('passed');
    },
  );
});
