import { formatHex } from './hex.js';

/** Most octets that an error shows of what was received. */
export const excerptLength = 32;

/** The first octets in hexadecimal and, when they look like text, as such: for errors, bounded however much came. */
export function excerpt(octets: Uint8Array): string {
  const shown = octets.subarray(0, excerptLength);
  const more = octets.length > shown.length ? ` … (${octets.length} octets)` : '';
  // Parity bits of a line at 7E1 do not hide the text.
  const text = String.fromCharCode(...shown.map((b) => b & 0x7f));
  const printable = [...text].filter((c) => c >= ' ' && c <= '~').length;
  return `${formatHex(shown)}${more}${shown.length > 3 && printable * 4 >= shown.length * 3 ? ` "${text.replace(/[^ -~]/g, '.')}"` : ''}`;
}
