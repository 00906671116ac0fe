import {
  encodeLlc61334,
  type LlcAddressOrder,
  type LlcDirection,
  type LlcPdu,
  llc61334Deframer,
} from '../framing/llc-61334.js';
import type { ApduChannel, ApduHandler, Route, Transport } from '../transport.js';
import type { ApduFraming } from './apdu-framing.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { ConnectionServer, type ServedConnection, type ServeOptions } from './server.js';

/** Options of {@link llc61334Channel}. */
export interface LlcOptions extends ConnectionOptions {
  /** The order of the L-SAPs, which has no default. */
  readonly order: LlcAddressOrder;
}

/**
 * One association over a medium that keeps the boundaries of LLC PDUs (a modem's data service, datagrams). PDUs for
 * other SAPs are dropped and reported: if nothing else arrives, the addresses may be in the other order.
 */
export function llc61334Channel(transport: Transport, options: Route & LlcOptions): ApduChannel {
  return new Connection(transport, pdus('to-client', options), options).channel(options, true);
}

/** Options of {@link serveLlc61334}. */
export interface ServeLlcOptions extends ServeOptions, Pick<LlcOptions, 'order'> {}

/**
 * Serves a medium with a handler, one PDU at a time, like `serveWrapper`. Anything but an LLC PDU is reported and
 * skipped.
 */
export function serveLlc61334(transport: Transport, handler: ApduHandler, options: ServeLlcOptions): ServedConnection {
  return new ConnectionServer(transport, handler, pdus('to-server', options), options);
}

/** The LLC, as seen by the receiving side. */
function pdus(
  coming: LlcDirection,
  { order, maxApduSize = 0xffff }: Pick<LlcOptions, 'order'> & { readonly maxApduSize?: number },
): ApduFraming<LlcPdu> {
  const going = coming === 'to-client' ? 'to-server' : 'to-client';
  return {
    deframer: (options) => llc61334Deframer(coming, order, { ...options, maxApduSize }),
    read: (pdu) => pdu,
    write: (route, apdu) => encodeLlc61334({ ...route, apdu }, going, order),
  };
}
