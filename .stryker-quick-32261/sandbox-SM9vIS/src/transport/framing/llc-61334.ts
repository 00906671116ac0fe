import { concat } from '../../core/bytes.js';
import { DlmsError, isDlmsError } from '../../core/errors.js';
import type { ApduChannel, ApduHandler, ReceiveOptions, Route, Transport } from '../transport.js';
import { type RawOptions, rawChannel } from './raw.js';

/**
 * How the two L-SAPs stand behind the control octet. No public source settles it, so there is no default:
 * - `destination-source`: as the data service of a power line modem lists them;
 * - `server-client`: as one implementation (Gurux) writes them, in requests and responses alike.
 *
 * Requests look the same in both; they differ in what the meter sends.
 */
export type LlcAddressOrder = 'destination-source' | 'server-client';
export interface LlcPdu extends Route {
  readonly apdu: Uint8Array;
}
/** Who sends: a client to the meter, or the meter to a client. */
export type LlcDirection = 'to-server' | 'to-client';

const dataControl = 0x90;
/** Octets in front of the APDU: control and two L-SAPs. */
export const llc61334HeaderLength = 3;

/**
 * The LLC of IEC 61334-4-32 (S-FSK and PRIME profiles): `90`, two L-SAPs of one octet, the APDU. Confirmed by a public dissector (three octets in front of the
 * APDU) and the octets of one implementation; see {@link LlcAddressOrder} for what is not. The MAC layer below it is the modem's and not part of this.
 * @throws DlmsError `encode/invalid-value` for a SAP above 255
 */
export function encodeLlc61334(
  { clientSap, serverSap, apdu }: LlcPdu,
  direction: LlcDirection,
  order: LlcAddressOrder,
): Uint8Array {
  for (const sap of [clientSap, serverSap])
    if (!Number.isInteger(sap) || sap < 0 || sap > 0xff)
      throw new DlmsError('encode/invalid-value', { expected: 'an L-SAP from 0 to 255', actual: String(sap) });
  const addresses = serverFirst(direction, order) ? [serverSap, clientSap] : [clientSap, serverSap];
  return concat(Uint8Array.of(dataControl, ...addresses), apdu);
}
/** @throws DlmsError `decode/unexpected-end`; `decode/unsupported` for another control octet than 90 (data) */
export function decodeLlc61334(octets: Uint8Array, direction: LlcDirection, order: LlcAddressOrder): LlcPdu {
  const [control, first, second] = octets;
  if (control !== undefined && control !== dataControl)
    throw new DlmsError('decode/unsupported', {
      offset: 0,
      what: `LLC control octet ${control} of IEC 61334-4-32 (90 hexadecimal is data)`,
    });
  if (first === undefined || second === undefined)
    throw new DlmsError('decode/unexpected-end', { offset: octets.length, expected: 'control and two L-SAPs' });
  const [serverSap, clientSap] = serverFirst(direction, order) ? [first, second] : [second, first];
  return { clientSap, serverSap, apdu: octets.subarray(llc61334HeaderLength) };
}
const serverFirst = (direction: LlcDirection, order: LlcAddressOrder): boolean =>
  order === 'server-client' || direction === 'to-server';

export interface LlcOptions extends RawOptions {
  readonly order: LlcAddressOrder;
}
/** PDUs for other SAPs that are passed over in one `receive`. */
const foreignLimit = 256;

/** One association over a medium that keeps the boundaries of LLC PDUs (a modem's data service, datagrams). PDUs for other SAPs are passed over. */
export function llc61334Channel(transport: Transport, options: Route & LlcOptions): ApduChannel {
  const { clientSap, serverSap, order } = options;
  const raw = rawChannel(transport, options);
  return {
    open: () => raw.open(),
    send: (apdu) => raw.send(encodeLlc61334({ clientSap, serverSap, apdu }, 'to-server', order)),
    async receive(receiveOptions?: ReceiveOptions) {
      for (let foreign = 0; foreign < foreignLimit; foreign++) {
        const pdu = decodeLlc61334(await raw.receive(receiveOptions), 'to-client', order);
        if (pdu.clientSap === clientSap && pdu.serverSap === serverSap) return pdu.apdu;
      }
      throw new DlmsError('protocol/link', {
        side: 'remote',
        state: 'receiving',
        reason: `${foreignLimit} PDUs for other SAPs: is the order of the addresses right?`,
      });
    },
    close: () => raw.close(),
  };
}

export interface ServeLlcOptions extends LlcOptions {
  readonly onError?: (error: DlmsError) => void;
}
/** Answers a medium with a handler, one PDU at a time. What is no LLC PDU is reported and passed over. */
export function serveLlc61334(
  transport: Transport,
  handler: ApduHandler,
  options: ServeLlcOptions,
): { readonly closed: Promise<void>; close(): Promise<void> } {
  const { order, onError } = options;
  const raw = rawChannel(transport, options);
  const one = async (): Promise<void> => {
    const { apdu, ...route } = decodeLlc61334(await raw.receive(), 'to-server', order);
    for (const answer of await handler.handle(apdu, route))
      await raw.send(encodeLlc61334({ ...route, apdu: answer }, 'to-client', order));
  };
  const run = async (): Promise<void> => {
    for (;;) {
      try {
        await one();
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        if (e.code === 'transport/closed') return;
        // Silence is no fault of a meter.
        if (e.code !== 'transport/timeout') onError?.(e);
      }
    }
  };
  const closed = run().finally(() => handler.released?.(undefined));
  return { closed, close: () => raw.close() };
}
