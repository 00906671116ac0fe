import { describe, expect, it } from 'vitest';
import * as apdu from '../../fuzz/apdu.js';
import { feedbackFuzz } from '../../fuzz/feedback.js';
import * as json from '../../fuzz/json.js';
import { dictionary, seeds } from '../../fuzz/seeds.js';
import * as xml from '../../fuzz/xml.js';

// A few thousand of the inputs that `npm run fuzz` tries by the million: the targets stay in order, and what is broken at once shows here.
describe('the fuzz targets', () => {
  it.each([
    ['apdu', apdu.fuzz],
    ['xml', xml.fuzz],
    ['json', json.fuzz],
  ] as const)('%s', (name, target) => {
    const report = feedbackFuzz(target, { runs: 5000, seed: 1, seeds: seeds(name), words: dictionary[name] });
    expect(report.failures.map((f) => String(f.error))).toEqual([]);
    expect(report.outcomes).toBeGreaterThan(300);
  });
  it('would notice', () => {
    const broken = (data: Uint8Array): string => {
      if (data.includes(7)) throw new Error('seven');
      return String(data.length);
    };
    const { failures } = feedbackFuzz(broken, { runs: 5000, seed: 1, seeds: [Uint8Array.of(0, 0)], words: [] });
    expect(new Set(failures.map((f) => String(f.error)))).toEqual(new Set(['Error: seven']));
  });
  it('keeps its promise about seeds', () => {
    const inputs = (seed: number): string[] => {
      const seen: string[] = [];
      feedbackFuzz((d) => String(seen.push(d.join())), {
        runs: 200,
        seed,
        seeds: [Uint8Array.of(1, 2, 3)],
        words: ['x'],
      });
      return seen;
    };
    expect(inputs(5)).toEqual(inputs(5));
    expect(inputs(5)).not.toEqual(inputs(6));
  });
});
