import type { MaybePromise } from '../../core/promise.js';
import { linkTransport, octetLink } from '../link.js';
import type { SerialLine } from '../media/serial-line.js';

/** What middleware does with the octets that pass. `pass` hands on: the same octets, others, later, or not at all. */
export interface Interception {
  /** Octets on their way out. Default: passed. A promise holds back the writer. */
  readonly sent?: (octets: Uint8Array, pass: (octets: Uint8Array) => MaybePromise<void>) => MaybePromise<void>;
  /** Octets that came in. Default: passed. */
  readonly received?: (octets: Uint8Array, pass: (octets: Uint8Array) => void) => void;
  /** Delivery can begin: `pass` gives octets to whoever reads, also where none came in (an echo). */
  readonly started?: (pass: (octets: Uint8Array) => void) => void;
  /** This side closes: the last chance to pass on what was held. */
  readonly closing?: () => void;
  /** The end; `pass` hands it on. */
  readonly ended?: (error: unknown, pass: (error?: unknown) => void) => void;
}

/**
 * Middleware: a transport around a transport (or a serial line around a serial line). All of ours is made with it, and so can yours be:
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
  // A serial line stays one that can be set.
  return configure === undefined
    ? outer
    : Object.defineProperty(outer, 'configure', { value: configure.bind(transport) });
}
