import { apduFacts } from '../../core/apdu-facts.js';
import { Apdu } from '../../xdlms/apdu.js';
import { views } from '../compare.js';
import { decoded } from '../decoded.js';
import { apduIn, decodeNoted, writtenBack } from '../decoding.js';
import { openedBy } from '../opening.js';
import { octets, octetsParam, securityParams } from '../parameters.js';
import { type Kind, Unsupported } from '../vector.js';

/** APDUs with all their fields; ACSE APDUs also with what they carry. */
export const apduKinds: Readonly<Record<string, Kind>> = {
  apdu: {
    input: ['hex'],
    run(vector, notes) {
      const bytes = octets(vector, 'hex');
      const apdu = decodeNoted(Apdu, bytes, notes);
      return views({ roundTrip: writtenBack(Apdu, () => apdu, bytes) }, decoded(Apdu, apdu));
    },
  },
  acse: {
    input: ['hex'],
    params: securityParams,
    async run(vector, notes) {
      const bytes = octets(vector, 'hex');
      const apdu = decodeNoted(Apdu, bytes, notes);
      if (apduFacts[apdu.type].service !== 'acse') throw new Unsupported(`${apdu.type} is no ACSE APDU`);
      const user = 'userInformation' in apdu ? apdu.userInformation : undefined;
      const title =
        'callingAPTitle' in apdu
          ? apdu.callingAPTitle
          : 'respondingAPTitle' in apdu
            ? apdu.respondingAPTitle
            : undefined;
      const keyed = user !== undefined && octetsParam(vector, 'encryptionKey') !== undefined;
      const plain = keyed ? (await openedBy(vector, user, title)).apdu : undefined;
      return views({ decryptedUserInformation: plain, decrypted: apduIn(plain, notes) }, decoded(Apdu, apdu));
    },
  },
};
