import { decode, encode } from '../src/axdr/index.js';
import { equalBytes, isDlmsError } from '../src/core/index.js';
import {
  apduFromJson,
  apduFromXml,
  apduToJson,
  apduToXml,
  type ExplainNode,
  explain,
} from '../src/translator/index.js';
import { Apdu } from '../src/xdlms/index.js';

/**
 * Any octets, by the top-level decoder in both modes. What is accepted is written again and goes through JSON and XML; what is refused is refused with an
 * error of the library. The first octet chooses the mode (bit 0), and whether the octets are explained too (bit 1). Gives what happened in short, for
 * fuzzers that are not guided by coverage.
 */
export function fuzz(data: Uint8Array): string {
  const lenient = ((data[0] ?? 0) & 1) === 1;
  const bytes = Uint8Array.from(data.subarray(1));
  if (((data[0] ?? 0) & 2) === 2) covers(explain(bytes), 0, bytes.length);
  let apdu: Apdu;
  try {
    apdu = decode(Apdu, bytes, { lenient });
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    if (e.message.length > 4000) throw new Error('an error message without end');
    return `${e.code} ${e.path.join('.').replaceAll(/\d+/g, '#').slice(0, 120)}`;
  }
  const json = JSON.stringify(apduToJson(bytes, { lenient }));
  same('JSON', apduFromJson(json), bytes);
  same('XML', apduFromXml(apduToXml(bytes, { lenient })), bytes);
  if (!lenient) same('encoding twice', encode(Apdu, decode(Apdu, encode(Apdu, apdu))), encode(Apdu, apdu));
  // Its members and types, without the values.
  return (json.match(/"[a-z][A-Za-z-]+"/g) ?? []).join('').slice(0, 160);
}

function same(what: string, a: Uint8Array, b: Uint8Array): void {
  if (!equalBytes(a, b)) throw new Error(`${what} changes the octets`);
}
function covers(node: ExplainNode, from: number, to: number): void {
  if (node.offset !== from || node.offset + node.length !== to)
    throw new Error(`${node.path} ${node.name}: a span that is not ${from} to ${to}`);
  const here = (node.children ?? []).filter((c) => c.origin === undefined);
  let at = from;
  for (const c of here) {
    covers(c, at, c.offset + c.length);
    at = c.offset + c.length;
  }
  if (here.length > 0 && at !== to) throw new Error(`${node.path} ${node.name}: the children end at ${at}`);
  for (const c of node.children ?? []) if (c.origin !== undefined) covers(c, 0, c.length);
}
