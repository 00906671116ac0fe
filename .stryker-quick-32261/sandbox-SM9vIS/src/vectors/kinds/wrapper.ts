import { formatHex } from '../../core/hex.js';
import { Unwrapper, unwrap, type Wpdu, wrap } from '../../transport/framing/wpdu.js';
import { Apdu } from '../../xdlms/apdu.js';
import { apduNotation } from '../apdu-notation.js';
import { later } from '../compare.js';
import { decodeNoting } from '../decoding.js';
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
      const unwrapper = new Unwrapper();
      // Octet by octet, which is the hardest way for a stream to come.
      const pdus: Wpdu[] = [];
      for (const octet of octets(vector, 'hex')) {
        unwrapper.feed(Uint8Array.of(octet));
        for (let pdu = unwrapper.next(); pdu !== undefined; pdu = unwrapper.next()) pdus.push(pdu);
      }
      return { pdus: pdus.map((pdu) => wpduNotation(pdu, notes)), left: unwrapper.held, remaining: unwrapper.held };
    },
  },
};

const wpduNotation = (pdu: Wpdu, notes: Notes): Record<string, unknown> => ({
  version: 1,
  source: pdu.source,
  destination: pdu.destination,
  length: pdu.payload.length,
  payload: hex(pdu.payload),
  apdu: later(() => apduNotation(decodeNoting(Apdu, pdu.payload, notes))),
});
