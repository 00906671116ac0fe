import { Data } from '../../axdr/data.js';
import { encodedData } from '../../axdr/encoded-data.js';
import { decode, decodeFrom, encode, sequenceOf } from '../../axdr/schema.js';
import { type Quirk, Reader } from '../../core/cursor.js';
import { DlmsError } from '../../core/errors.js';
import { Apdu } from '../../xdlms/apdu.js';
import { EncodedApdu } from '../../xdlms/encoded-apdu.js';

// Requests may deviate in accepted ways (docs/quirks.md). Objects are strict, so they get what should have been sent.

/**
 * Decodes a request, leaving its values and parameters as octets of Data.
 * @throws DlmsError `decode/…`
 */
export function decodeRequest(octets: Uint8Array): EncodedApdu {
  const quirks: Quirk[] = [];
  const apdu = decode(EncodedApdu, octets, { lenient: true, quirks });
  return quirks.length === 0
    ? apdu
    : decode(EncodedApdu, encode(Apdu, decode(Apdu, octets, { lenient: true })), { lenient: true });
}

const values = /* @__PURE__ */ sequenceOf(encodedData);
/** Decodes the list of values or parameters that came in blocks; undefined when it cannot be decoded. */
export function decodeValues(octets: Uint8Array): Uint8Array[] | undefined {
  return ifReadable(() => {
    const quirks: Quirk[] = [];
    const list = decodeFrom(values, new Reader(octets, { lenient: true, quirks }));
    return quirks.length === 0 ? list : list.map((v) => encode(Data, decode(Data, v, { lenient: true })));
  });
}

/** The result of `read`, or undefined when it throws a DlmsError. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (e) {
    if (e instanceof DlmsError) return undefined;
    throw e;
  }
}
