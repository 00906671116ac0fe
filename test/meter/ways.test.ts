import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MeterEngine, SavedEngine } from '../../src/meter/index.js';
import { runScenario, type Ways } from '../../src/vectors/scenarios/run.js';
import type { Scenario } from '../../src/vectors/scenarios/scenario.js';

const read = (file: string): unknown => JSON.parse(readFileSync(`test/meter/${file}`, 'utf8'));
const { scenarios } = read('scenarios.json') as { scenarios: Scenario[] };
const open = new Set(read('open-scenarios.json') as string[]);
const done = scenarios.filter((s) => !open.has(s.id) && s.steps.length > 0);

/** All that the meters of a scenario hold at its end. */
async function endOf(scenario: Scenario, ways: Ways): Promise<readonly SavedEngine[]> {
  const ends: SavedEngine[] = [];
  const atEnd = (engine: MeterEngine): void => void ends.push(engine.save());
  const { id, family } = scenario;
  expect(await runScenario(scenario, { ...ways, atEnd })).toEqual({ id, family, status: 'passed' });
  return ends;
}

describe('the way does not matter', () => {
  it.each(done)('$id ends the same in small steps, and in another meter that took over in the middle', async (s) => {
    const whole = await endOf(s, {});
    // A prime, so that steps end where nothing does.
    expect(await endOf(s, { parts: 97 })).toEqual(whole);
    const savedBefore = Number(s.id.replace(/\D/g, '')) % s.steps.length;
    expect(await endOf(s, { savedBefore })).toEqual(whole);
  });
});
