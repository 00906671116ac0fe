import type { DlmsError } from '../../../src/core/errors.js';
import type { VirtualClock } from '../virtual-clock.js';

/** Lets everything happen that can happen now, then moves the clock to the next timer, until the work is done. */
export async function run<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let settled = false;
  const done = (): void => {
    settled = true;
  };
  work.then(done, done);
  for (let i = 0; ; i++) {
    await quiet();
    if (settled) return work;
    if (clock.next === undefined || i > 20_000) throw new Error('a stall: nothing will ever happen');
    clock.advance(clock.next - clock.now());
  }
}
export async function quiet(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((r) => setImmediate(r));
}
/** The error that this work ends with. */
export const failure = (work: Promise<unknown>): Promise<DlmsError> =>
  work.then(
    () => {
      throw new Error('should have failed');
    },
    (e) => e as DlmsError,
  );
