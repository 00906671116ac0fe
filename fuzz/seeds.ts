import { readdirSync, readFileSync } from 'node:fs';
import { concat, parseHex } from '../src/core/index.js';
import { apduToJson, apduToXml } from '../src/translator/index.js';

type Target = 'apdu' | 'xml' | 'json' | 'v44';

/** What a fuzzer starts from: packets of V.44, or the APDUs of the test vectors, and their XML and JSON. */
export function seeds(target: Target, vectors = 'test/vectors'): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (const file of readdirSync(vectors).filter((f) => f.endsWith('.json'))) {
    for (const v of JSON.parse(readFileSync(`${vectors}/${file}`, 'utf8')) as {
      id: string;
      kind: string;
      input: { hex?: string };
    }[]) {
      if (v.input.hex === undefined || v.input.hex.length > 600) continue;
      const bytes = parseHex(v.input.hex);
      if (target === 'v44') {
        if (v.kind === 'v44' || v.id.startsWith('v44-bad'))
          for (const mode of [0, 1, 2]) out.push(concat(Uint8Array.of(mode), bytes));
      } else if (target === 'apdu') for (const mode of [0, 1, 2]) out.push(concat(Uint8Array.of(mode), bytes));
      else if (['apdu', 'acse', 'xml', 'unprotect'].includes(v.kind)) {
        const text =
          target === 'xml'
            ? apduToXml(bytes, { lenient: true, indent: 0 })
            : JSON.stringify(apduToJson(bytes, { lenient: true }));
        out.push(new TextEncoder().encode(text));
      }
    }
  }
  return out;
}
/** Pieces that belong together: a fuzzer that knows them need not find them letter by letter. */
export const dictionary: Readonly<Record<Target, readonly string[]>> = {
  apdu: [],
  v44: [],
  xml: [
    '<x:',
    '</x:',
    '/>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?dlms-octets ',
    '?>',
    '&lt;',
    '&#10;',
    '&#x0;',
    ' xmlns:x="http://www.dlms.com/COSEMpdu"',
    '<!DOCTYPE ',
    '<?xml version="1.0"?>',
  ],
  json: [
    '"type":',
    '"value":',
    '"octets":"',
    '"__proto__":',
    '{}',
    '[]',
    'null',
    '"array"',
    '"structure"',
    '"compact-array"',
    '1e999',
    '-0',
    '"NaN"',
  ],
};
