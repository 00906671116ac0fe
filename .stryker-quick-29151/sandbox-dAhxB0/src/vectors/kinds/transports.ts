import { formatHex, parseHex } from '../../core/hex.js';
import {
  baudRates,
  decodeIdentification,
  decodeOptionSelect,
  encodeIdentification,
  encodeOptionSelect,
  encodeRequest,
} from '../../transport/framing/iec-62056-21.js';
import { type MbusFrame, mbusSegment } from '../../transport/framing/mbus.js';
import { mbusAssembler } from '../../transport/framing/mbus-assembler.js';
import { mbusDeframer } from '../../transport/framing/mbus-deframer.js';
import { Apdu } from '../../xdlms/apdu.js';
import { apduNotation } from '../apdu-notation.js';
import { hexText, later } from '../compare.js';
import { decodeNoted } from '../decoding.js';
import { hex } from '../notation.js';
import { asOctets, cases, octets } from '../values.js';
import { Difference, type Kind, Unsupported } from '../vector.js';

const octetText = (n: number): ReturnType<typeof hexText> => hexText((n & 0xff).toString(16).padStart(2, '0'));

export const transportKinds: Readonly<Record<string, Kind>> = {
  'mbus-stream': {
    input: ['hex'],
    run(vector, notes) {
      const deframer = mbusDeframer();
      const bytes = octets(vector, 'hex');
      const frames = [...deframer.push(bytes), ...deframer.flush()];
      const assembler = mbusAssembler();
      const apdus = frames.map((f) => assembler.push(f)?.apdu).filter((a) => a !== undefined);
      const apdu = apdus.at(-1);
      return {
        frames: frames.map(mbusNotation),
        reassembledApdu: apdu === undefined ? undefined : hex(apdu),
        apdu: apdu === undefined ? undefined : later(() => apduNotation(decodeNoted(Apdu, apdu, notes))),
        apdus: apdus.map(hex),
      };
    },
  },
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
        acknowledge: acknowledge === undefined ? undefined : optionNotation(asOctets(acknowledge, 'input.acknowledge')),
      };
    },
  },
  'mode-e-ack': {
    input: ['hex', 'acknowledge', 'cases'],
    run(vector) {
      if (vector.input.acknowledge !== undefined) return optionNotation(octets(vector, 'acknowledge'));
      const list = cases(vector).map((text) => ({ hex: hexText(text), ...optionNotation(parseHex(text)) }));
      return vector.input.hex === undefined ? { cases: list } : { ...list[0], cases: list };
    },
  },
  table: {
    input: ['characters', 'table'],
    run(vector) {
      const { characters } = vector.input;
      if (typeof characters !== 'string') throw new Unsupported('input.characters: text expected');
      const digits = [...'0123456789'];
      return {
        baud: Object.fromEntries([...characters].map((c) => [c, baudRates[Number(c)]])),
        reserved: digits.filter((c) => baudRates[Number(c)] === undefined),
      };
    },
  },
};

export function mbusNotation(frame: MbusFrame): Record<string, unknown> {
  const { control, address, controlInformation, data } = frame;
  const segment = mbusSegment(frame);
  const length = data.length + 3;
  let sum = control + address + controlInformation;
  for (const octet of data) sum += octet;
  return {
    lengthOctet: octetText(length),
    actualLength: length,
    c: octetText(control),
    a: octetText(address),
    ci: octetText(controlInformation),
    stsap: segment?.stsap,
    dtsap: segment?.dtsap,
    segment: segment?.number,
    final: segment?.final,
    apduPart: segment === undefined ? undefined : hex(segment.part),
    checksum: octetText(sum),
  };
}
function optionNotation(bytes: Uint8Array): Record<string, unknown> {
  const option = decodeOptionSelect(bytes);
  writtenAs(
    encodeOptionSelect(option.protocolControl, option.baudCharacter, option.modeControl),
    formatHex(bytes),
    'acknowledge',
  );
  return {
    protocolControl: option.protocolControl,
    baudCharacter: option.baudCharacter,
    baud: option.baud ?? null,
    modeControl: option.modeControl,
  };
}
/** The message is also written as it was read. */
function writtenAs(octets: Uint8Array, input: unknown, what: string): void {
  if (formatHex(octets) !== String(input).toUpperCase())
    throw new Difference(`${what}: written as ${formatHex(octets)}`);
}
