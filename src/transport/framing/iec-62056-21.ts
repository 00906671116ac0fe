import { latin1 } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';

/**
 * The identification message of IEC 62056-21: `/ XXX Z [\W] identification CR LF`. Checked against texts from jDLMS,
 * Gurux and EPRI.
 */
export interface Identification {
  /** Three letters (FLAG identification). If the third is lower case, the meter reacts after 20 ms instead of 200. */
  readonly manufacturer: string;
  /** Z: the speed that the meter offers, and the protocol mode. */
  readonly baudCharacter: string;
  /** Speed after the sign-on; undefined if Z does not give one (mode A: the speed stays the same). */
  readonly maxBaud?: number;
  /** The mode that Z implies. `C` also covers E, which differs in `protocolSelection`. */
  readonly mode: 'A' | 'B' | 'C';
  /** W of the escape sequence `\W`: 2 is HDLC (mode E). */
  readonly protocolSelection?: number;
  /**
   * The rest: the type of the meter, and whatever its manufacturer adds. At most 16 characters according to the
   * standard, but longer ones occur.
   */
  readonly ident: string;
}

/** Speeds of modes C and E, indexed by Z. */
export const baudRates: readonly number[] = [300, 600, 1200, 2400, 4800, 9600, 19200];
/** Speeds of mode B, from `A`. */
const modeB: readonly number[] = [600, 1200, 2400, 4800, 9600, 19200];

/** An identification message without its CR LF. */
export const identificationPattern: RegExp = /^\/([A-Za-z]{3})([^/!\r\n])((?:\\[^\r\n])*)([^/!\r\n]*)$/;
/** An acknowledgement and option select message. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ACK is what the message begins with
export const optionPattern: RegExp = /^\x06([0-9])([0-9A-I])([0-9A-Z])\r\n$/;
/** Longest identification or option message followed, in octets; those of the standard need 38. */
export const longestLine = 128;

/**
 * Decodes an identification message, with or without its CR LF. Parity bits must have been removed (see `fromSevenE1`).
 * @throws DlmsError `decode/framing`.
 */
export function decodeIdentification(octets: Uint8Array): Identification {
  const text = latin1(octets).replace(/\r\n$/, '');
  const match = identificationPattern.exec(text);
  if (match === null)
    throw new DlmsError('decode/framing', { offset: 0, reason: 'no identification message of IEC 62056-21' });
  const [, manufacturer = '', baudCharacter = '', escapes = '', ident = ''] = match;
  const selection = /\\([0-9])/.exec(escapes)?.[1];
  const code = baudCharacter.charCodeAt(0);
  const mode = code >= 0x30 && code <= 0x39 ? 'C' : code >= 0x41 && code <= 0x49 ? 'B' : 'A';
  const maxBaud = mode === 'C' ? baudRates[code - 0x30] : mode === 'B' ? modeB[code - 0x41] : undefined;
  return {
    manufacturer,
    baudCharacter,
    mode,
    ident,
    ...(maxBaud === undefined ? {} : { maxBaud }),
    ...(selection === undefined ? {} : { protocolSelection: Number(selection) }),
  };
}

/** Encodes an identification message, including CR LF. @throws DlmsError `encode/invalid-value`. */
export function encodeIdentification(
  id: Pick<Identification, 'manufacturer' | 'baudCharacter' | 'protocolSelection' | 'ident'>,
): Uint8Array {
  const text = `/${id.manufacturer}${id.baudCharacter}${id.protocolSelection === undefined ? '' : `\\${id.protocolSelection}`}${id.ident}\r\n`;
  const octets = ascii(text);
  decodeIdentification(octets);
  return octets;
}

/**
 * Encodes the request message `/?address!` CR LF. The address (device number, at most 32 characters) may be empty to
 * address any device.
 */
export function encodeRequest(address = ''): Uint8Array {
  if (!/^[ -~]{0,32}$/.test(address) || /[/!]/.test(address))
    throw new DlmsError('encode/invalid-value', {
      expected: 'a device address of at most 32 printable characters',
      actual: address,
    });
  return ascii(`/?${address}!\r\n`);
}

/** Acknowledgement and option select message: `ACK V Z Y CR LF`. */
export interface OptionSelect {
  /** V: 0 normal, 1 secondary, 2 HDLC. */
  readonly protocolControl: string;
  /** Z: the speed to continue with. */
  readonly baudCharacter: string;
  readonly baud?: number;
  /** Y: 0 data readout, 1 programming, 2 binary (HDLC). */
  readonly modeControl: string;
}

/**
 * Encodes an acknowledgement and option select message of IEC 62056-21: ACK, protocol control, baud rate, mode control,
 * CR LF.
 */
export function encodeOptionSelect(protocolControl: string, baudCharacter: string, modeControl: string): Uint8Array {
  return ascii(`\x06${protocolControl}${baudCharacter}${modeControl}\r\n`);
}

/**
 * Decodes an acknowledgement and option select message of IEC 62056-21.
 * @throws DlmsError `decode/framing`.
 */
export function decodeOptionSelect(octets: Uint8Array): OptionSelect {
  const match = optionPattern.exec(latin1(octets));
  if (match === null)
    throw new DlmsError('decode/framing', { offset: 0, reason: 'no acknowledgement message of IEC 62056-21' });
  const [, protocolControl = '', baudCharacter = '', modeControl = ''] = match;
  const baud = baudRates[Number(baudCharacter)];
  return { protocolControl, baudCharacter, modeControl, ...(baud === undefined ? {} : { baud }) };
}

/** One data set of a readout: `address(value*unit)`. Further groups in parentheses belong to the same address. */
export interface DataSet {
  /** Identification code as sent (often an OBIS code such as `1.8.0`); empty if a line begins with a value. */
  readonly address: string;
  readonly values: readonly { readonly value: string; readonly unit?: string }[];
}

/** The data block of a meter read out by IEC 62056-21. */
export interface Readout {
  readonly dataSets: readonly DataSet[];
  /** The data block as text, from after STX to before the `!`. */
  readonly text: string;
}

/**
 * Decodes the data message of modes A to C: `STX lines ! CR LF ETX BCC`. BCC is the exclusive-or of everything after
 * STX, including ETX. Parity bits must have been removed. Mode D, and meters that send no control characters, omit STX,
 * ETX and BCC.
 * @throws DlmsError `decode/checksum`, `decode/framing`, `decode/unexpected-end`.
 */
export function decodeReadout(octets: Uint8Array): Readout {
  const framed = octets[0] === 0x02;
  let end = octets.length;
  if (framed) {
    const etx = octets.indexOf(0x03);
    if (etx < 0 || etx + 1 >= octets.length)
      throw new DlmsError('decode/unexpected-end', { offset: octets.length, expected: 'ETX and BCC' });
    if (etx + 2 < octets.length)
      throw new DlmsError('decode/trailing-bytes', { offset: etx + 2, left: octets.length - etx - 2 });
    const expected = blockCheck(octets.subarray(1, etx + 1));
    const actual = octets[etx + 1] as number;
    if (expected !== actual)
      throw new DlmsError('decode/checksum', { offset: etx + 1, field: 'BCC', expected, actual });
    end = etx;
  }
  const text = latin1(octets.subarray(framed ? 1 : 0, end));
  const stop = text.lastIndexOf('!');
  if (stop < 0) throw new DlmsError('decode/framing', { offset: end, reason: 'no ! after the data block' });
  const block = text.slice(0, stop);
  return { dataSets: parseDataSets(block), text: block };
}

/** Encodes a data message with its check character from the text of the data block. */
export function encodeReadout(text: string): Uint8Array {
  const body = ascii(`${text}!\r\n\x03`);
  const out = new Uint8Array(body.length + 2);
  out[0] = 0x02;
  out.set(body, 1);
  out[out.length - 1] = blockCheck(body);
  return out;
}

/** Exclusive-or of all octets. */
export function blockCheck(octets: Uint8Array): number {
  let bcc = 0;
  for (const b of octets) bcc ^= b;
  return bcc;
}

/** Adds even parity to 7 data bits, for a line that is set to 8N1. */
export function toSevenE1(octets: Uint8Array): Uint8Array {
  return octets.map((b) => (b & 0x7f) | (oddBits(b & 0x7f) ? 0x80 : 0));
}

/**
 * Removes the parity bits from octets that a line set to 8N1 received from a 7E1 sender; harmless for octets without
 * them. `onError` is called with the index of each octet with odd parity.
 */
export function fromSevenE1(octets: Uint8Array, onError?: (index: number) => void): Uint8Array {
  return octets.map((b, i) => {
    if (onError !== undefined && oddBits(b)) onError(i);
    return b & 0x7f;
  });
}

function oddBits(b: number): boolean {
  let v = b ^ (b >> 4);
  v ^= v >> 2;
  return ((v ^ (v >> 1)) & 1) === 1;
}

function parseDataSets(block: string): DataSet[] {
  const sets: DataSet[] = [];
  for (const line of block.split(/[\r\n]+/)) {
    // One pass without backtracking: the cost is linear, even for a line of 1 MB.
    for (let at = 0; at < line.length; ) {
      const open = line.indexOf('(', at);
      const close = open < 0 ? -1 : line.indexOf(')', open);
      if (close < 0) break;
      const address = line.slice(at, open).trim();
      const content = line.slice(open + 1, close);
      const star = content.lastIndexOf('*');
      const value = star < 0 ? { value: content } : { value: content.slice(0, star), unit: content.slice(star + 1) };
      const last = sets.at(-1);
      if (address === '' && last !== undefined && at > 0)
        (last.values as { value: string; unit?: string }[]).push(value);
      else sets.push({ address, values: [value] });
      at = close + 1;
    }
  }
  return sets;
}

function ascii(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f)
      throw new DlmsError('encode/invalid-value', {
        expected: 'characters of 7 bits',
        actual: JSON.stringify(text[i]),
      });
    out[i] = code;
  }
  return out;
}
