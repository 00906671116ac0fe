import { type Clock, systemClock } from '../../core/clock.js';
import type { Transport } from '../transport.js';
import { intercept } from './intercept.js';

/** What passed a traced transport. `at`: milliseconds of the clock. */
export type TraceEvent =
  | { readonly type: 'sent' | 'received'; readonly at: number; readonly octets: Uint8Array }
  | { readonly type: 'ended'; readonly at: number; readonly error?: unknown };

/**
 * Reports what passes. These are the octets on the wire, which in an association with low level security include the
 * password, so take care where they go.
 */
export function trace(
  transport: Transport,
  show: (event: TraceEvent) => void,
  options: { readonly clock?: Clock } = {},
): Transport {
  const { clock = systemClock } = options;
  return intercept(transport, {
    sent(octets, pass) {
      show({ type: 'sent', at: clock.now(), octets });
      return pass(octets);
    },
    received(octets, pass) {
      show({ type: 'received', at: clock.now(), octets });
      pass(octets);
    },
    ended(error, pass) {
      show({ type: 'ended', at: clock.now(), ...(error === undefined ? {} : { error }) });
      pass(error);
    },
  });
}
