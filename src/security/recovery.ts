import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import type { SecurityContext } from './context.js';
import { counterLimit } from './counters.js';

export interface RecoveryOptions {
  /** The sequence of the global broadcast key instead of the unicast one. */
  readonly broadcast?: boolean;
  /**
   * The furthest that one report may move the counter. Default 2^28, a sixteenth of all values: whoever can forge an exception-response could
   * otherwise use the key up with one message.
   */
  readonly furthest?: number;
}

/**
 * Continues above a counter that the peer reported: in an exception-response with invocation-counter-error, or as attribute 2 of its invocation counter
 * object, read as public client. Either comes in clear, so it is taken as a hint: the own counter moves up only, and not further than allowed.
 * Some meters report the last value they accepted and some the next they expect; one above the report satisfies both.
 *
 * @returns the next value that will be used at the earliest
 * @throws DlmsError `security/policy` for a report that is too far away, `security/counter-exhausted`
 */
export function recoverCounter(context: SecurityContext, reported: number, options: RecoveryOptions = {}): MaybePromise<number> {
  const { broadcast = false, furthest = 2 ** 28 } = options;
  if (!Number.isInteger(reported) || reported < 0 || reported > counterLimit)
    throw new DlmsError('encode/invalid-value', { expected: 'an invocation counter from 0 to 2^32 - 1', actual: String(reported) });
  const name = context.sendName(broadcast ? 'global-broadcast-encryption-key' : 'global-unicast-encryption-key');
  return andThen(context.counters.next(name), (current) => {
    const next = reported + 1;
    if (next <= current) return current + 1;
    if (next - current > furthest)
      throw new DlmsError('security/policy', { required: `a reported counter at most ${furthest} above our own (${current})`, actual: String(reported) });
    if (next >= counterLimit) throw new DlmsError('security/counter-exhausted', { last: reported });
    context.counters.advance(name, next);
    return next;
  });
}
