import { decode } from '../src/axdr/index.js';
import { equalBytes, isDlmsError } from '../src/core/index.js';
import { apduFromJson, apduToJson } from '../src/translator/index.js';
import { Apdu } from '../src/xdlms/index.js';

/** Any text by the JSON reader. What is accepted are octets that are written as JSON and come back. */
export function fuzz(data: Uint8Array): string {
  const text = new TextDecoder().decode(data);
  let bytes: Uint8Array;
  try {
    bytes = apduFromJson(text);
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return `${e.code} ${e.path.join('.').replaceAll(/\d+/g, '#').slice(0, 120)} ${(e.context as { expected?: string }).expected?.slice(0, 60)}`;
  }
  if (Object.hasOwn(Object.prototype, 'polluted')) throw new Error('a prototype was changed');
  try {
    decode(Apdu, bytes, { lenient: true });
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return `refused ${e.code}`;
  }
  if (!equalBytes(apduFromJson(JSON.stringify(apduToJson(bytes, { lenient: true }))), bytes))
    throw new Error('JSON changes the octets');
  return `accepted ${bytes[0]} ${bytes[1]} ${bytes.length >> 3}`;
}
