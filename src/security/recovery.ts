import { DlmsError } from '../core/errors.js';
import type { MaybePromise } from '../core/promise.js';
import type { SecurityContext } from './context.js';
import { counterLimit } from './counters.js';

/** Options of {@link recoverCounter}. */
export interface RecoveryOptions {
  /** The sequence of the global broadcast key instead of the unicast one. */
  readonly broadcast?: boolean;
  /**
   * How far all reports together may move the counter while the key is in use, over restarts too. Default 2^28, a sixteenth of all values: whoever can forge
   * an exception-response could otherwise use the key up. When the moves have reached it, a further recovery must be allowed by giving more.
   */
  readonly furthest?: number;
}

/**
 * Continues above a counter that the peer reported: in an exception-response with invocation-counter-error, or as attribute 2 of its invocation counter
 * object, read as public client. Either comes in clear, so it is taken as a hint: the own counter moves up only, and all hints together not further than
 * allowed. That the peer answers afterwards proves nothing about a hint (it accepts any value that is higher), so the account is not reset by it.
 * Some meters report the last value they accepted and some the next they expect; one above the report satisfies both.
 *
 * @returns the next value that will be used at the earliest
 * @throws DlmsError `security/policy` for reports that move it too far, `security/counter-exhausted`
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
