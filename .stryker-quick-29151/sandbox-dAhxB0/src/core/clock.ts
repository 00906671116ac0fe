import { DlmsError } from './errors.js';

/** Where time comes from. Machines take `now` as an argument; only the shell owns a clock, so that tests can run on virtual time. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits for work at most so long. @throws DlmsError `transport/timeout` with what was waited for */
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
