import { unprotect } from '../../security/unprotect.js';
import { Apdu } from '../../xdlms/apdu.js';
import { type AcseForm, acseNotation } from '../acse-notation.js';
import { apduNotation } from '../apdu-notation.js';
import { decodeNoted } from '../decoding.js';
import { contextOf, securityParams, suiteOf } from '../keys.js';
import { hex } from '../notation.js';
import { octets, octetsParam } from '../values.js';
import { type Kind, Unsupported } from '../vector.js';

export const acseKinds: Readonly<Record<string, Kind>> = {
  acse: {
    input: ['hex'],
    params: securityParams,
    async run(vector, notes) {
      const apdu = decodeNoted(Apdu, octets(vector, 'hex'), notes);
      if (apdu.type !== 'aarq' && apdu.type !== 'aare' && apdu.type !== 'rlrq' && apdu.type !== 'rlre')
        throw new Unsupported(`${apdu.type} is no ACSE APDU`);
      const user = apdu.userInformation;
      const keyed = octetsParam(vector, 'encryptionKey') !== undefined && user !== undefined;
      let plain: Uint8Array | undefined;
      if (keyed) {
        const title = octetsParam(vector, 'systemTitle', 'originatorSystemTitle') ?? titleOf(apdu);
        const context = await contextOf(vector, { suite: suiteOf(vector), peer: title });
        plain = (await unprotect(user, context)).apdu;
      }
      return {
        ...acseNotation(apdu),
        decryptedUserInformation: plain === undefined ? undefined : hex(plain),
        decrypted: plain === undefined ? undefined : apduNotation(decodeNoted(Apdu, plain, notes)),
      };
    },
  },
};

const titleOf = (apdu: AcseForm): Uint8Array | undefined =>
  apdu.type === 'aarq' ? apdu.callingAPTitle : apdu.type === 'aare' ? apdu.respondingAPTitle : undefined;
