import type { MaybePromise } from '../../core/promise.js';
import { linkTransport, octetLink } from '../link.js';
import type { SerialLine } from '../media/serial-line.js';

/**
 * What middleware does with the octets that pass. It calls `pass` to pass them on: unchanged or changed, now or later,
 * or not at all.
 */
export interface Interception {
  /** Octets being sent. Default: passed on. A promise holds back the writer. */
  readonly sent?: (octets: Uint8Array, pass: (octets: Uint8Array) => MaybePromise<void>) => MaybePromise<void>;
  /** Octets received. Default: passed on. */
  readonly received?: (octets: Uint8Array, pass: (octets: Uint8Array) => void) => void;
  /** Called when delivery can begin. `pass` delivers octets to the reader, even if none were received (an echo). */
  readonly started?: (pass: (octets: Uint8Array) => void) => void;
  /** Called when this side closes: the last chance to pass on what was held back. */
  readonly closing?: () => void;
  /** Called at the end; `pass` passes it on. */
  readonly ended?: (error: unknown, pass: (error?: unknown) => void) => void;
}

/**
 * Middleware: a transport around a transport (or a serial line around a serial line). All middleware of this library is
 * made with it, and yours can be too:
 *
 * ```ts
 * const upper = intercept(transport, { received: (octets, pass) => pass(octets.map((b) => b & 0x7f)) });
 * ```
 */
export function intercept(transport: SerialLine, interception: Interception): SerialLine {
  const link = octetLink(transport);
  const { sent, received, started, closing, ended } = interception;
  const send = (octets: Uint8Array) => link.write(octets);
  const { configure } = transport;
  const outer: SerialLine = linkTransport(
    {
      start(sink) {
        const deliver = (octets: Uint8Array) => sink.octets(octets);
        const end = (error?: unknown) => sink.ended(error);
        started?.(deliver);
        link.start({
          octets: received === undefined ? deliver : (octets) => received(octets, deliver),
          ended: ended === undefined ? end : (error) => ended(error, end),
        });
      },
      write: sent === undefined ? send : (octets) => sent(octets, send),
      pause: () => link.pause(),
      resume: () => link.resume(),
      close: () => {
        closing?.();
        return link.close();
      },
      abort: () => link.abort(),
    },
    transport.datagrams === true ? { datagrams: true } : {},
  );
  // The settings of a serial line can still be changed.
  return configure === undefined
    ? outer
    : Object.defineProperty(outer, 'configure', { value: configure.bind(transport) });
}
