import { Apdu } from '../../xdlms/apdu.js';
import { apduNotation } from '../apdu-notation.js';
import { decodeNoted, writtenBack } from '../decoding.js';
import { octets } from '../values.js';
import type { Kind } from '../vector.js';

export const apduKinds: Readonly<Record<string, Kind>> = {
  apdu: {
    input: ['hex'],
    run(vector, notes) {
      const bytes = octets(vector, 'hex');
      const apdu = decodeNoted(Apdu, bytes, notes);
      return { ...apduNotation(apdu), roundTrip: writtenBack(Apdu, apdu, bytes) };
    },
  },
};
