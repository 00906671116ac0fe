import { describe, expect, it } from 'vitest';
import { type ExchangeCounts, type ExchangePlan, exchanges, type Injected } from './exchanges.js';

/** `HDLC_EXCHANGES=20 npx vitest run test/transport/hdlc/exchanges` for twenty times as many sessions; the counts are printed. */
const times = Number(process.env.HDLC_EXCHANGES ?? 1);
const plain: Omit<ExchangePlan, 'seed' | 'window'> = {
  requests: 100,
  maxInfo: 64,
  octets: 300,
  loss: 0,
  duplication: 0,
  lateTurns: 0,
  injection: 0,
  injected: [],
  workMs: 40,
  reopening: 0,
  delayMs: 0,
};

/** The sum over sessions with all windows, or with one. */
async function sessions(plan: Partial<ExchangePlan>, n: number): Promise<ExchangeCounts> {
  const sum: ExchangeCounts = {
    requests: 0,
    right: 0,
    wrong: 0,
    undetected: 0,
    doubled: 0,
    doubledInLink: 0,
    mangled: 0,
    failed: 0,
  };
  for (let seed = 1; seed <= n * times; seed++) {
    const counts = await exchanges({ ...plain, seed, window: 1 + (seed % 7), ...plan });
    for (const name of Object.keys(sum) as (keyof ExchangeCounts)[]) sum[name] += counts[name];
  }
  if (times > 1) console.log(JSON.stringify(plan), JSON.stringify(sum));
  expect(sum.requests).toBe((plan.requests ?? plain.requests) * n * times);
  expect(sum.right + sum.failed + sum.undetected).toBe(sum.requests);
  return sum;
}
const nothingWrong = { wrong: 0, doubled: 0, mangled: 0 };

describe('requests on a channel that is opened again after every failure', () => {
  it('on a good line all are answered', async () => {
    expect(await sessions({ reopening: 0.1 }, 7)).toMatchObject({ right: 700 * times, ...nothingWrong });
  });
  it('a reopened link never has the answer of the former one, though the meter is slow and frames are lost', async () => {
    const counts = await sessions({ loss: 0.05, workMs: 1200, reopening: 0.05 }, 14);
    expect(counts).toMatchObject(nothingWrong);
    expect(counts.failed).toBeGreaterThan(200 * times);
  });
  it('answers that come after the response time are no answers to the requests of the next link', async () => {
    for (const delayMs of [150, 250]) {
      const counts = await sessions({ loss: 0.02, workMs: 300, reopening: 0.05, delayMs }, 14);
      expect(counts).toMatchObject(nothingWrong);
      expect(counts.failed).toBeGreaterThan(100 * times);
    }
  });
  it('a frame that comes again k round trips late is known as old while (k + 1) times the window is at most 7', async () => {
    for (const window of [1, 2, 3])
      for (let k = 1; (k + 1) * window <= 7; k++)
        expect(
          await sessions({ window, duplication: 0.02, lateTurns: k, octets: 1200 }, 3),
          `window ${window}, ${k} late`,
        ).toMatchObject(nothingWrong);
  }, 60_000);
  it('injected SNRM, DISC, UA, DM and FRMR break links, and give neither wrong data nor a command done twice', async () => {
    for (const kind of ['SNRM', 'DISC', 'UA', 'DM', 'FRMR'] satisfies Injected[]) {
      const counts = await sessions({ injection: 0.02, injected: [kind], workMs: 100 }, 7);
      expect(counts, kind).toMatchObject(nothingWrong);
      expect(counts.failed, kind).toBeGreaterThan(10 * times);
      // When the UA to an injected SNRM is lost, nothing shows the client that the link is new. The association ended with the former one, so a repeated request is refused above.
      const lossy = await sessions({ injection: 0.02, injected: [kind], loss: 0.02, workMs: 100 }, 7);
      expect(lossy, kind).toMatchObject({ wrong: 0, doubledInLink: 0, mangled: 0 });
    }
  }, 60_000);
  it('of injected I frames few are taken: what a link cannot promise', async () => {
    const counts = await sessions({ injection: 0.02, injected: ['I to client', 'I to server'], workMs: 100 }, 28);
    // With random numbers one in 8 has the right N(S), and not all of these a possible N(R). Only a tag over the APDU keeps them out.
    expect(counts.wrong + counts.mangled).toBeGreaterThan(0);
    expect(counts.wrong + counts.doubled + counts.mangled).toBeLessThan(0.02 * counts.requests);
  });
});
