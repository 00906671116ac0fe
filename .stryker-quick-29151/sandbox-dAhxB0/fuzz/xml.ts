import { decode } from '../src/axdr/index.js';
import { equalBytes, isDlmsError } from '../src/core/index.js';
import { apduFromXml, apduToXml } from '../src/translator/index.js';
import { Apdu } from '../src/xdlms/index.js';

/** Any text by the XML reader. What is accepted are octets that are written as XML and come back. */
export function fuzz(data: Uint8Array): string {
  const text = new TextDecoder().decode(data);
  let bytes: Uint8Array;
  try {
    bytes = apduFromXml(text);
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return `${e.code} ${e.path.join('.').slice(0, 120)} ${(e.context as { expected?: string }).expected?.slice(0, 60)}`;
  }
  try {
    decode(Apdu, bytes, { lenient: true });
  } catch (e) {
    // XML can say what no APDU may hold: deeper nesting, a date-time of 11 octets, contents that do not fit their description.
    if (!isDlmsError(e)) throw e;
    return `refused ${e.code}`;
  }
  if (!equalBytes(apduFromXml(apduToXml(bytes, { lenient: true })), bytes)) throw new Error('XML changes the octets');
  return `accepted ${bytes[0]} ${bytes[1]} ${bytes.length >> 3}`;
}
