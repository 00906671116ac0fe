import { formatHex } from '../../core/hex.js';
import { unwrap, type Wpdu, wpduDeframer, wrap } from '../../transport/framing/wpdu.js';
import { Apdu } from '../../xdlms/apdu.js';
import { apduNotation } from '../apdu-notation.js';
import { later } from '../compare.js';
import { decodeNoted } from '../decoding.js';
import { hex } from '../notation.js';
import { octets } from '../values.js';
import { Difference, type Kind, type Notes } from '../vector.js';

export const wrapperKinds: Readonly<Record<string, Kind>> = {
  wrapper: {
    input: ['hex'],
    run(vector, notes) {
      const bytes = octets(vector, 'hex');
      const pdu = unwrap(bytes);
      const again = wrap(pdu.source, pdu.destination, pdu.payload);
      if (formatHex(again) !== formatHex(bytes)) throw new Difference(`written back as ${formatHex(again)}`);
      return wpduNotation(pdu, notes);
    },
  },
  'wrapper-stream': {
    input: ['hex'],
    run(vector, notes) {
      const deframer = wpduDeframer();
      // Octet by octet, which is the hardest way for a stream to come.
      const pdus = [...octets(vector, 'hex')].flatMap((octet) => deframer.push(Uint8Array.of(octet)));
      const { pending } = deframer;
      return { pdus: pdus.map((pdu) => wpduNotation(pdu, notes)), left: pending, remaining: pending };
    },
  },
};

const wpduNotation = (pdu: Wpdu, notes: Notes): Record<string, unknown> => ({
  version: 1,
  source: pdu.source,
  destination: pdu.destination,
  length: pdu.payload.length,
  payload: hex(pdu.payload),
  apdu: later(() => apduNotation(decodeNoted(Apdu, pdu.payload, notes))),
});
