import { describe, expect, it } from 'vitest';
import { planOf, simulate } from './simulation.js';

/** `HDLC_SESSIONS=20000 HDLC_SEED=5 npx vitest run test/transport/hdlc/simulation` for more of them. */
const sessions = Number(process.env.HDLC_SESSIONS ?? 2000);
const first = Number(process.env.HDLC_SEED ?? 1) * 1_000_000;
const clean = { loss: 0, corruption: 0, duplication: 0, reordering: 0, chunking: true };

describe('client and server on virtual time', () => {
  it('every 64 kB transfer arrives intact or ends in a named error, with up to 5 % of the frames lost, damaged, doubled or moved', () => {
    const ends: Record<string, number> = {};
    let harmed = 0;
    for (let seed = first; seed < first + sessions; seed++) {
      // A failure throws with its plan; `simulate(planOf(seed))` repeats it.
      const outcome = simulate(planOf(seed));
      ends[outcome.end] = (ends[outcome.end] ?? 0) + 1;
      harmed += outcome.harmed;
    }
    expect(Object.keys(ends).every((e) => ['done', 'transport/timeout', 'protocol/link'].includes(e))).toBe(true);
    expect(ends.done).toBeGreaterThan(sessions * 0.9);
    expect(harmed).toBeGreaterThan(sessions);
  }, 600_000);
  it('the same seed gives the same session', () => {
    for (const seed of [first, first + 7, first + 99]) expect(simulate(planOf(seed))).toEqual(simulate(planOf(seed)));
  });
  it('uses the whole window and no frame too many on a good line', () => {
    for (let window = 1; window <= 7; window++) {
      const outcome = simulate({
        seed: window,
        requestOctets: 65_536,
        responseOctets: 10,
        maxInfo: 500,
        window,
        retries: 0,
        faults: clean,
      });
      expect(outcome).toMatchObject({ end: 'done', largestWindow: window });
      const segments = Math.ceil((65_536 + 3) / 500);
      // SNRM, UA, DISC, UA, the answer; an RR per window, a few more where a window of 4 is shortened.
      expect(outcome.frames - 5 - segments).toBeLessThanOrEqual(
        Math.ceil(segments / (window === 4 ? 3.5 : window)) + 1,
      );
    }
  });
  it('gives up in time on a line that carries nothing', () => {
    const outcome = simulate({
      seed: 1,
      requestOctets: 10,
      responseOctets: 10,
      maxInfo: 128,
      window: 1,
      retries: 3,
      faults: { ...clean, loss: 1 },
    });
    expect(outcome).toMatchObject({ end: 'transport/timeout', virtualMs: 2000 });
  });
  it('never gives wrong octets on a line that is far worse', () => {
    for (let seed = 0; seed < 60; seed++)
      simulate({
        ...planOf(seed),
        requestOctets: 9000,
        responseOctets: 9000,
        maxInfo: 128,
        retries: 10,
        faults: { loss: 0.15, corruption: 0.15, duplication: 0.1, reordering: 0.05, chunking: true },
      });
  });
});
