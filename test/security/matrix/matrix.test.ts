import { describe, expect, it } from 'vitest';
import { type Cell, parties } from './rules.js';
import { attackCell, cells, nameOf } from './run.js';

// `npm run matrix` takes all combinations (MATRIX=all), with `-- --suite 0`, 1 or 2 those of one suite; a plain run some of each.
const { MATRIX: wanted } = process.env;
const isChosen = ({ suite }: Cell, i: number): boolean =>
  wanted === undefined ? i % (suite === 0 ? 7 : 97) === 0 : wanted === 'all' || wanted === String(suite);

describe('an association under attack, in every combination of its settings', () => {
  it('is refused at construction, or gives nobody more than the rules say', { timeout: 7_200_000 }, async () => {
    const counts = { combinations: 0, refused: 0, attacks: 0 };
    const reached = new Map<string, number>();
    const faults: string[] = [];
    for (const cell of [...cells()].filter(isChosen)) {
      const outcome = await attackCell(cell);
      counts.combinations++;
      counts.attacks += outcome.attacked;
      if (outcome.refused) counts.refused++;
      if (outcome.refused !== (outcome.refusal !== undefined))
        faults.push(
          `${nameOf(cell)}: ${outcome.refused ? 'refused, but the rules know no fault' : `not refused for "${outcome.refusal}"`}`,
        );
      faults.push(...outcome.beyond);
      for (const [key, n] of outcome.reached) reached.set(key, (reached.get(key) ?? 0) + n);
    }
    console.log(
      `${counts.combinations} combinations, ${counts.refused} refused at construction, ${counts.attacks} attacks`,
    );
    for (const party of parties) {
      const goals = [...reached]
        .filter(([k]) => k.startsWith(`${party} `))
        .map(([k, n]) => `${k.slice(party.length + 1)} ${n}`);
      console.log(`  ${party}, where it is open by design: ${goals.join(', ') || 'nothing'}`);
    }
    expect(faults).toEqual([]);
    // Attacks that succeed nowhere would prove nothing: each does where the association is open by design.
    for (const goal of ['read', 'write', 'invoke', 'replay'])
      expect(reached.get(`on-path ${goal}`)).toBeGreaterThan(10);
    expect(reached.get('off-path read')).toBeGreaterThan(0);
  });
});
