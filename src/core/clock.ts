import { DlmsError } from './errors.js';

/**
 * A source of time. Machines take `now` as an argument; only the shell owns a clock, so tests can run on virtual time.
 */
export interface Clock {
  /** Milliseconds since some fixed moment; never decreases. */
  now(): number;
  /** Calls back once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits for work for at most `ms` milliseconds. @throws DlmsError `transport/timeout` naming what was waited for */
export function within(clock: Clock, ms: number, waitingFor: string, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(ms, () => reject(new DlmsError('transport/timeout', { waitedMs: ms, waitingFor })));
    work.then(
      () => {
        stop();
        resolve();
      },
      (error) => {
        stop();
        reject(error);
      },
    );
  });
}
