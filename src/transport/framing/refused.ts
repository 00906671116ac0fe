import { DlmsError } from '../../core/errors.js';

/**
 * Framings of DLMS that are not supported, and why: nothing about their octets could be confirmed from a public source.
 */
export const refusedFramings: Readonly<Record<string, string>> = {
  'iec-8802-2': 'the LLC of power line profiles: no public description with octets',
  coap: 'the CoAP profile of the Green Book: resources, options and message codes are not described publicly',
  lpwan: 'IEC 62056-8-12 (SCHC over LoRaWAN): rules are set per network',
};

/**
 * Refuses such a framing by name.
 * @throws DlmsError `decode/unsupported`, always.
 */
export function refuseFraming(name: string): never {
  throw new DlmsError('decode/unsupported', { offset: 0, what: `${name}: ${refusedFramings[name] ?? 'unknown'}` });
}
