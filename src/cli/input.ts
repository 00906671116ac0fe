import { readFile, stat } from 'node:fs/promises';
import { isDlmsError } from '../core/errors.js';
import { parseHex } from '../core/hex.js';
import { quoted, usage } from './failure.js';
import type { Io } from './io.js';

/**
 * Octets from an argument: hexadecimal digits, the name of a file (with hexadecimal text or raw octets), or `-` or
 * nothing for standard input.
 */
export async function octetsFrom(argument: string | undefined, io: Io): Promise<Uint8Array> {
  if (argument === undefined || argument === '-') return octetsOf(await whole(io.stdin), 'standard input');
  const info = await stat(argument).catch(() => undefined);
  if (info?.isFile() === true) return octetsOf(await readFile(argument), argument);
  if (info?.isDirectory() === true)
    throw usage(`${argument} is a folder; give a file, hexadecimal digits, or - for standard input`);
  return hexArgument(argument, argumentName);
}
/** Text from an argument: the contents of a file, standard input, or the argument itself if there is no such file. */
export async function textFrom(argument: string | undefined, io: Io): Promise<string> {
  if (argument === undefined || argument === '-') return new TextDecoder().decode(await whole(io.stdin));
  const info = await stat(argument).catch(() => undefined);
  return info?.isFile() === true ? readFile(argument, 'utf8') : argument;
}
/** Hexadecimal digits of an option or argument. */
export function hexArgument(text: string, what: string, lengths?: readonly number[]): Uint8Array {
  let octets: Uint8Array;
  try {
    octets = parseHex(text);
  } catch (e) {
    if (!isDlmsError(e, 'parse/invalid-text')) throw e;
    const digits = text.replace(/[\s:-]|^\s*0x/gi, '');
    const wrong = /[^\da-f]/i.exec(digits)?.[0];
    if (wrong === undefined)
      throw usage(`${what} has an odd number of hexadecimal digits (${digits.length}): each octet needs two`);
    if (what === argumentName)
      throw usage(`${quoted(text)} is no file, and no hexadecimal digits either (${JSON.stringify(wrong)})`);
    // It may be a key, so not even the wrong character is shown.
    throw usage(`${what} must be hexadecimal digits`);
  }
  if (octets.length === 0) throw usage(`${what} is empty`);
  if (lengths !== undefined && !lengths.includes(octets.length))
    throw usage(`${what} has ${octets.length} octets; ${lengths.join(' or ')} are needed`);
  return octets;
}
const argumentName = 'the argument';

async function whole(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of stream) parts.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
  return Buffer.concat(parts);
}
/** Decodes hexadecimal text if every character fits; otherwise returns the octets themselves. */
function octetsOf(content: Uint8Array, what: string): Uint8Array {
  if (content.length === 0) throw usage(`${what} is empty`);
  // Some editors put a byte order mark in front of text.
  const text = content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf ? content.subarray(3) : content;
  const isText = text.every(
    (b) =>
      (b >= 0x30 && b <= 0x39) ||
      (b >= 0x41 && b <= 0x46) ||
      (b >= 0x61 && b <= 0x66) ||
      b === 0x20 ||
      (b >= 9 && b <= 13) ||
      b === 0x2d ||
      b === 0x3a ||
      b === 0x78 ||
      b === 0x58,
  );
  return isText ? hexArgument(new TextDecoder().decode(text), what) : content;
}
