/** One line of the table that `npm run bench` prints: our time and that of the reference in the same run. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly reference?: number | undefined;
  readonly ratio?: number | undefined;
  readonly target?: number | undefined;
}

const scale: Readonly<Record<string, number>> = { ms: 1, us: 1000, ns: 1_000_000 };

/** Times both in turns, so that both meet the same noise; the best of the rounds, then the mean with garbage collection. */
export function measure(
  name: string,
  unit: 'ms' | 'us' | 'ns',
  ours: () => unknown,
  reference: () => unknown,
  options: { readonly target?: number; readonly rounds?: number; readonly batch?: number } = {},
): Row[] {
  const { rounds = 200, batch = 1, target } = options;
  const times: [number[], number[]] = [[], []];
  for (let i = -10; i < rounds; i++) {
    for (const [k, f] of [ours, reference].entries()) {
      const start = performance.now();
      for (let j = 0; j < batch; j++) f();
      const took = ((performance.now() - start) / batch) * (scale[unit] ?? 1);
      if (i >= 0) (times[k] as number[]).push(took);
    }
  }
  const best = times.map((t) => Math.min(...t)) as [number, number];
  const mean = times.map((t) => t.reduce((a, b) => a + b, 0) / t.length) as [number, number];
  return [
    { name, unit, ours: best[0], reference: best[1], ratio: best[0] / best[1], target },
    { name: '  mean with collection', unit, ours: mean[0], reference: mean[1], ratio: mean[0] / mean[1] },
  ];
}
