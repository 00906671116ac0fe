/**
 * A small fuzzer of our own, for machines that cannot run jazzer.js: mutates inputs, keeps those whose outcome was not seen before, and watches time and memory.
 * An outcome is what the target gives back (where an error stood, what an accepted input was made of).
 */
export interface FeedbackOptions {
  readonly runs: number;
  readonly seed: number;
  readonly seeds: readonly Uint8Array[];
  readonly words: readonly string[];
  readonly maxLength?: number;
  readonly log?: (line: string) => void;
}
export interface FeedbackReport {
  readonly runs: number;
  readonly outcomes: number;
  readonly slowestMs: number;
  /** Heap after half of the runs and after all of them, MB; only with --expose-gc. */
  readonly heap: readonly [number, number];
  readonly failures: readonly { readonly input: Uint8Array; readonly error: unknown }[];
}

export function feedbackFuzz(target: (data: Uint8Array) => string, options: FeedbackOptions): FeedbackReport {
  const { runs, maxLength = 2048, log } = options;
  const random = generator(options.seed);
  const pool = [...options.seeds];
  const words = options.words.map((w) => new TextEncoder().encode(w));
  const seen = new Set<string>();
  const failures: { input: Uint8Array; error: unknown }[] = [];
  let slowestMs = 0;
  let half = 0;
  for (let i = 0; i < runs; i++) {
    const input = i < options.seeds.length ? (pool[i] as Uint8Array) : mutate(pool, words, random, maxLength);
    const start = performance.now();
    try {
      const outcome = target(input);
      if (!seen.has(outcome) && seen.size < 200_000) {
        seen.add(outcome);
        if (pool.length < 20_000) pool.push(input);
        else pool[Math.floor(random() * pool.length)] = input;
      }
    } catch (error) {
      const key = `failure ${String((error as Error).stack)
        .split('\n')
        .slice(0, 3)
        .join()}`;
      if (!seen.has(key)) {
        seen.add(key);
        failures.push({ input, error });
      }
    }
    let took = performance.now() - start;
    if (took > 1000) {
      // The machine may have had other things to do: an input is slow when it is slow again.
      const again = performance.now();
      try {
        target(input);
      } catch {
        // Noted above.
      }
      took = Math.min(took, performance.now() - again);
      if (took > 1000) failures.push({ input, error: new Error(`took ${Math.round(took)} ms`) });
    }
    slowestMs = Math.max(slowestMs, took);
    if (i === Math.floor(runs / 2)) half = heap();
    if (log !== undefined && (i + 1) % 100_000 === 0)
      log(
        `${i + 1} runs, ${seen.size} outcomes, ${pool.length} inputs kept, slowest ${slowestMs.toFixed(1)} ms, ${failures.length} failures`,
      );
  }
  return { runs, outcomes: seen.size, slowestMs, heap: [half, heap()], failures };
}

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
}
/** Numbers from 0 to 1 that are the same for the same seed (xorshift). */
function generator(seed: number): () => number {
  let s = seed | 0 || 1;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s >>> 0) / 0x100000000;
  };
}

const interesting = [0, 1, 2, 3, 4, 6, 9, 0x0f, 0x10, 0x13, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff];
function mutate(
  pool: readonly Uint8Array[],
  words: readonly Uint8Array[],
  random: () => number,
  maxLength: number,
): Uint8Array {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  let bytes = Array.from(pick(pool));
  for (let n = 1 + Math.floor(random() * 4); n > 0; n--) {
    const at = Math.floor(random() * (bytes.length + 1));
    const length = 1 + Math.floor(random() * 8);
    switch (Math.floor(random() * 9)) {
      case 0:
        bytes[at] = Math.floor(random() * 256);
        break;
      case 1:
        bytes[at] = pick(interesting);
        break;
      case 2:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        break;
      case 3:
        bytes.splice(at, length);
        break;
      case 4:
        bytes.splice(at, 0, ...bytes.slice(at, at + length));
        break;
      case 5:
        bytes.length = Math.min(bytes.length, at);
        break;
      case 6: {
        const other = pick(pool);
        const from = Math.floor(random() * other.length);
        bytes.splice(at, length, ...other.subarray(from, from + 1 + Math.floor(random() * 40)));
        break;
      }
      case 7:
        if (words.length > 0) bytes.splice(at, 0, ...pick(words));
        else bytes.splice(at, 0, pick(interesting));
        break;
      default:
        bytes[at] = ((bytes[at] ?? 0) + (random() < 0.5 ? 1 : 255)) & 0xff;
    }
  }
  if (bytes.length > maxLength) bytes = bytes.slice(0, maxLength);
  return Uint8Array.from(bytes, (b) => b ?? 0);
}
