import { DlmsError, quoted, shown } from './errors.js';

const digits: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0').toUpperCase());

/** Octets as upper-case hexadecimal digits, with an optional separator between octets. */
export function formatHex(bytes: Uint8Array, separator = ''): string {
  let out = '';
  if (separator === '') for (let i = 0; i < bytes.length; i++) out += digits[bytes[i] as number];
  else for (let i = 0; i < bytes.length; i++) out += (i === 0 ? '' : separator) + digits[bytes[i] as number];
  return out;
}

/**
 * Octets from hexadecimal text. White space, `:` and `-` between digits and a leading `0x` are skipped.
 * @throws DlmsError `parse/invalid-text` for another character or an odd number of digits.
 */
export function parseHex(text: string): Uint8Array {
  if (typeof text !== 'string')
    throw new DlmsError('parse/invalid-text', {
      offset: 0,
      expected: 'a text of hexadecimal digits',
      actual: shown(text),
    });
  const out = new Uint8Array(text.length >> 1);
  let n = 0;
  let high = -1;
  for (let i = prefixOf(text); i < text.length; i++) {
    const d = digit(text.charCodeAt(i));
    if (d === -2) continue;
    if (d === -1)
      throw new DlmsError('parse/invalid-text', {
        offset: i,
        expected: 'a hexadecimal digit',
        actual: quoted(text[i] as string),
      });
    if (high < 0) high = d;
    else {
      out[n++] = (high << 4) | d;
      high = -1;
    }
  }
  if (high >= 0)
    throw new DlmsError('parse/invalid-text', {
      offset: text.length,
      expected: 'two hexadecimal digits per octet',
      actual: 'an odd number of digits',
    });
  return n === out.length ? out : out.slice(0, n);
}
/** The length of a leading `0x`, including blanks before it. */
const prefixOf = (text: string): number =>
  digit(text.charCodeAt(0)) >= 0 && digit(text.charCodeAt(1)) >= 0 ? 0 : (/^\s*0x/i.exec(text)?.[0].length ?? 0);

/** The value of a digit, -2 for a separator, -1 for anything else. */
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  if (code >= 97 && code <= 102) return code - 87;
  return code === 32 || (code >= 9 && code <= 13) || code === 58 || code === 45 ? -2 : -1;
}
