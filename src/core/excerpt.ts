import { formatHex } from './hex.js';

/** The most received octets that an error shows. */
export const excerptLength = 32;

/**
 * The first octets in hexadecimal, and also as text when they look like it: for errors, of bounded length however many
 * came.
 */
export function excerpt(octets: Uint8Array): string {
  const shown = octets.subarray(0, excerptLength);
  const more = octets.length > shown.length ? ` … (${octets.length} octets)` : '';
  // Drop bit 7: on a line at 7E1 it is parity, and must not hide the text.
  const text = String.fromCharCode(...shown.map((b) => b & 0x7f));
  const printable = [...text].filter((c) => c >= ' ' && c <= '~').length;
  return `${formatHex(shown)}${more}${shown.length > 3 && printable * 4 >= shown.length * 3 ? ` "${text.replace(/[^ -~]/g, '.')}"` : ''}`;
}
