import { DlmsError } from '../../core/errors.js';
import type { Deframer, DeframerOptions } from '../deframer.js';
import { chunkDeframer } from './chunk-deframer.js';

/** Options of a deframer of APDUs without framing. */
export interface RawDeframerOptions extends DeframerOptions<Uint8Array> {
  /** Longest APDU accepted, in octets. Default: 65 535. */
  readonly maxApduSize?: number;
}

/** No framing: each chunk is one APDU. For media that keep boundaries themselves. */
export function rawDeframer(options: RawDeframerOptions = {}): Deframer<Uint8Array> {
  const limit = options.maxApduSize ?? 0xffff;
  return chunkDeframer(
    {
      read(apdu) {
        if (apdu.length > limit) throw new DlmsError('decode/too-large', { offset: 0, limit, actual: apdu.length });
        return apdu;
      },
      parts: (offset, length) => [{ role: 'payload', name: 'apdu', offset, length }],
    },
    options,
  );
}
