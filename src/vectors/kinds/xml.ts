import { isDlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import { apduToXml } from '../../translator/xml.js';
import { apduFromXml } from '../../translator/xml-from.js';
import { parseXml, type XmlElement } from '../../translator/xml-reader.js';
import { check, type Matcher } from '../compare.js';
import { octets } from '../parameters.js';
import { type Kind, Unsupported } from '../vector.js';

export const xmlKinds: Readonly<Record<string, Kind>> = {
  xml: {
    input: ['hex'],
    run(vector) {
      const bytes = octets(vector, 'hex');
      const wanted = formatHex(bytes);
      const back = (text: unknown): string | undefined => {
        const found = readBack(text);
        return found === wanted ? undefined : `read back as ${found}`;
      };
      const written = apduToXml(bytes);
      return {
        xml: check(
          (expected) =>
            sameXml(written, expected) ?? (vector.roundTrip === false ? undefined : (back(expected) ?? back(written))),
          'the XML form',
        ),
        peerXml: check(back, 'octets'),
      } satisfies Record<string, Matcher>;
    },
  },
};

function readBack(text: unknown): string {
  if (typeof text !== 'string') throw new Unsupported('XML text expected');
  try {
    return formatHex(apduFromXml(text));
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return e.message;
  }
}
function sameXml(written: string, expected: unknown): string | undefined {
  if (typeof expected !== 'string') throw new Unsupported('XML text expected');
  const [a, b] = [canonical(parseXml(written)), canonical(parseXml(expected))];
  if (a === b) return undefined;
  let i = 0;
  while (a[i] === b[i]) i++;
  return `…${a.slice(Math.max(0, i - 30), i + 60)}`;
}
/** One line per element; what is equal in the XML format is written the same way. */
function canonical(e: XmlElement): string {
  const attributes = [...e.attributes]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, value]) => ` ${name}="${value}"`);
  const inside = e.children.length > 0 ? e.children.map(canonical).join('') : text(e);
  return `<{${e.namespace ?? ''}}${e.name}${attributes.join('')}>${inside}</>\n`;
}
function text({ name, text: raw }: XmlElement): string {
  if (texts.has(name)) return raw;
  const plain = raw.trim();
  if (name.endsWith('-conformance')) return plain.split(/\s+/).sort().join(' ');
  if (plain === 'true' || plain === 'false') return plain === 'true' ? '1' : '0';
  return /^[\da-f]+$/i.test(plain) ? plain.toUpperCase() : plain;
}
/** Elements whose text is taken literally, including case and white space. */
const texts: ReadonlySet<string> = new Set([
  'visible-string',
  'utf8-string',
  'charstring',
  'implementation-information',
]);
