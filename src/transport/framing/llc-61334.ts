import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import type { Deframer, DeframerOptions, FramePart } from '../deframer.js';
import type { Route } from '../transport.js';
import { chunkDeframer } from './chunk-deframer.js';

/**
 * The order of the two L-SAPs after the control octet. No public source settles it, so there is no default:
 * - `destination-source`: as listed by the data service of a power line modem;
 * - `server-client`: as written by one implementation (Gurux), in requests and responses alike.
 *
 * Requests look the same in both; the difference is in what the meter sends.
 */
export type LlcAddressOrder = 'destination-source' | 'server-client';
/** A PDU of the LLC sublayer of IEC 61334-4-32. */
export interface LlcPdu extends Route {
  readonly apdu: Uint8Array;
}
/** Who sends: a client to the meter, or the meter to a client. */
export type LlcDirection = 'to-server' | 'to-client';

const dataControl = 0x90;
/** Octets before the APDU: control and two L-SAPs. */
export const llc61334HeaderLength = 3;

/**
 * Encodes a PDU of the LLC sublayer of IEC 61334-4-32 (S-FSK and PRIME profiles): `90`, two L-SAPs of one octet each,
 * the APDU. Confirmed by a public dissector (three octets before the APDU) and the octets of one implementation;
 * {@link LlcAddressOrder} is not confirmed. The MAC layer below is left to the modem.
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
/**
 * Decodes a PDU of the LLC sublayer of IEC 61334-4-32: control octet, two L-SAPs, and the APDU.
 * @throws DlmsError `decode/unexpected-end`; `decode/unsupported` for a control octet other than 90 (data)
 */
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

/** Options of a deframer of IEC 61334-4-32. */
export interface LlcDeframerOptions extends DeframerOptions<LlcPdu> {
  /** Longest APDU accepted, in octets. Default: 65 535. */
  readonly maxApduSize?: number;
}

/**
 * A deframer for a medium that keeps the boundaries of LLC PDUs (a modem's data service, datagrams): each chunk is one.
 */
export function llc61334Deframer(
  direction: LlcDirection,
  order: LlcAddressOrder,
  options: LlcDeframerOptions = {},
): Deframer<LlcPdu> {
  const limit = options.maxApduSize ?? 0xffff;
  return chunkDeframer(
    {
      read(chunk) {
        const pdu = decodeLlc61334(chunk, direction, order);
        const actual = pdu.apdu.length;
        if (actual > limit) throw new DlmsError('decode/too-large', { offset: llc61334HeaderLength, limit, actual });
        return pdu;
      },
      parts: (offset, length) => llcParts(offset, length, serverFirst(direction, order)),
    },
    options,
  );
}
function llcParts(offset: number, length: number, server: boolean): FramePart[] {
  const parts: FramePart[] = [
    { role: 'header', name: 'control', offset, length: 1 },
    { role: 'address', name: server ? 'serverSap' : 'clientSap', offset: offset + 1, length: 1 },
    { role: 'address', name: server ? 'clientSap' : 'serverSap', offset: offset + 2, length: 1 },
  ];
  const rest = length - llc61334HeaderLength;
  if (rest > 0) parts.push({ role: 'payload', name: 'apdu', offset: offset + llc61334HeaderLength, length: rest });
  return parts;
}
