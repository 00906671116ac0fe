import { decode, encode } from '../../axdr/schema.js';
import type { Quirk } from '../../core/cursor.js';
import { Apdu } from '../../xdlms/apdu.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';

/**
 * A request, its values and parameters left as octets of Data. A request that deviates in a way that is accepted is written as it should have been, so that objects,
 * which are strict, get what it means.
 * @throws DlmsError `decode/…`
 */
export function decodeRequest(octets: Uint8Array): EncodedApdu {
  const quirks: Quirk[] = [];
  const apdu = decode(EncodedApdu, octets, { lenient: true, quirks });
  return quirks.length === 0
    ? apdu
    : decode(EncodedApdu, encode(Apdu, decode(Apdu, octets, { lenient: true })), { lenient: true });
}
