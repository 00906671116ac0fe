import { formatHex } from '../../core/hex.js';
import {
  baudRates,
  decodeIdentification,
  decodeOptionSelect,
  encodeIdentification,
  encodeOptionSelect,
  encodeRequest,
} from '../../transport/framing/iec-62056-21.js';
import { asOctets, cases, octets } from '../parameters.js';
import { Difference, type Kind, Unsupported } from '../vector.js';

/** IEC 62056-21: sign-on, option select and the table of baud rates. */
export const modeEKinds: Readonly<Record<string, Kind>> = {
  'mode-e': {
    input: ['request', 'identification', 'acknowledge', 'hex'],
    run(vector) {
      const { request, identification: text, acknowledge, hex: alone } = vector.input;
      if (request !== undefined) {
        const address = String.fromCharCode(...asOctets(request, 'input.request')).replace(/^\/\?|!\r\n$/g, '');
        writtenAs(encodeRequest(address), request, 'request');
      }
      const id = decodeIdentification(asOctets(text ?? alone, 'input.identification'));
      writtenAs(encodeIdentification(id), text ?? alone, 'identification');
      return {
        manufacturer: id.manufacturer,
        baudCharacter: id.baudCharacter,
        maxBaud: id.maxBaud ?? null,
        mode: id.mode,
        protocolSelection: id.protocolSelection ?? null,
        ident: id.ident,
        acknowledge: acknowledge === undefined ? undefined : optionFields(asOctets(acknowledge, 'input.acknowledge')),
      };
    },
  },
  'mode-e-ack': {
    input: ['hex', 'acknowledge', 'cases'],
    run(vector) {
      if (vector.input.acknowledge !== undefined) return optionFields(octets(vector, 'acknowledge'));
      const list = cases(vector).map((bytes) => ({ hex: bytes, ...optionFields(bytes) }));
      return vector.input.hex === undefined ? { cases: list } : { ...list[0], cases: list };
    },
  },
  table: {
    input: ['characters', 'table'],
    run(vector) {
      const { characters } = vector.input;
      if (typeof characters !== 'string') throw new Unsupported('input.characters: text expected');
      return {
        baud: Object.fromEntries([...characters].map((c) => [c, baudRates[Number(c)]])),
        reserved: [...'0123456789'].filter((c) => baudRates[Number(c)] === undefined),
      };
    },
  },
};

function optionFields(bytes: Uint8Array): Record<string, unknown> {
  const { protocolControl, baudCharacter, baud, modeControl } = decodeOptionSelect(bytes);
  writtenAs(encodeOptionSelect(protocolControl, baudCharacter, modeControl), formatHex(bytes), 'acknowledge');
  return { protocolControl, baudCharacter, baud: baud ?? null, modeControl };
}
/** Encoding the message again must reproduce the input. */
function writtenAs(octets: Uint8Array, input: unknown, what: string): void {
  if (formatHex(octets) !== String(input).toUpperCase())
    throw new Difference(`${what}: written as ${formatHex(octets)}`);
}
