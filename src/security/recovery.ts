import { DlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';
import type { SecurityContext } from './context.js';
import { counterLimit } from './counters.js';

/** Options of {@link recoverCounter}. */
export interface RecoveryOptions {
  /** Recovers the sequence of the global broadcast key instead of the unicast key. Default: false. */
  readonly broadcast?: boolean;
  /**
   * How far all reports together may move the counter while the key is in use, even across restarts. Default: 2^28, a
   * sixteenth of all values; without a limit, anyone who can forge an exception-response could use up the key. Once the
   * limit is reached, pass a higher one to allow further recovery.
   */
  readonly furthest?: number;
}

/**
 * Continues above a counter that the peer reported: in an exception-response with invocation-counter-error, or as
 * attribute 2 of its invocation counter object, read as public client. Both come in clear, so the report is only a
 * hint: our counter only moves up, and all hints together move it no further than allowed. An answer from the peer
 * afterwards proves nothing about the hint (the peer accepts any higher value), so it does not reset the total. Some
 * meters report the last value they accepted, others the next they expect; one above the report satisfies both.
 *
 * @returns the lowest value that may be used next
 * @throws DlmsError `security/policy` for reports that move the counter too far, `security/counter-exhausted`
 */
export function recoverCounter(
  context: SecurityContext,
  reported: number,
  options: RecoveryOptions = {},
): MaybePromise<number> {
  const { broadcast = false, furthest = 2 ** 28 } = options;
  if (!Number.isInteger(reported) || reported < 0 || reported > counterLimit)
    throw new DlmsError('encode/invalid-value', {
      expected: 'an invocation counter from 0 to 2^32 - 1',
      actual: String(reported),
    });
  const name = context.sendName(broadcast ? 'global-broadcast-encryption-key' : 'global-unicast-encryption-key');
  return context.counters.raise(name, reported, furthest);
}
