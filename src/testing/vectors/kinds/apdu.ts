import { Apdu } from '../../../xdlms/apdu.js';
import { apduNotation } from '../apdu-notation.js';
import { decodeNoting } from '../decoding.js';
import { octets } from '../values.js';
import type { Kind } from '../vector.js';

export const apduKinds: Readonly<Record<string, Kind>> = {
  apdu: {
    input: ['hex'],
    run: (vector, notes) => apduNotation(decodeNoting(Apdu, octets(vector, 'hex'), notes)),
  },
};
