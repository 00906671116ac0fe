import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Exchange } from '../../src/client/exchange.js';
import type { ApduChannel } from '../../src/transport/index.js';

it('calls take turns in the order they were made, whatever becomes of each', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ ticks: fc.nat(4), late: fc.nat(4), end: fc.constantFrom('well', 'rejects', 'throws') }), {
        maxLength: 12,
      }),
      async (calls) => {
        const exchange = new Exchange({} as ApduChannel, {});
        const begun: number[] = [];
        let running = 0;
        const ticks = async (n: number): Promise<void> => {
          for (let i = 0; i < n; i++) await Promise.resolve();
        };
        const results: Promise<unknown>[] = [];
        for (const [i, { ticks: long, late, end }] of calls.entries()) {
          results.push(
            exchange
              .exclusive(() => {
                begun.push(i);
                expect(running).toBe(0);
                if (end === 'throws') throw new Error(`${i}`);
                running++;
                return ticks(long).then(() => {
                  running--;
                  if (end === 'rejects') throw new Error(`${i}`);
                  return i;
                });
              })
              .catch((e: Error) => e.message),
          );
          await ticks(late);
        }
        expect(await Promise.all(results)).toEqual(calls.map((c, i) => (c.end === 'well' ? i : `${i}`)));
        expect(begun).toEqual(calls.map((_, i) => i));
      },
    ),
  );
});
