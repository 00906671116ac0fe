import { latin1 } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import type { Deframer, DeframerOptions, FramePart } from '../deframer.js';
import { blockCheck, fromSevenE1, identificationPattern, longestLine, optionPattern } from './iec-62056-21.js';
import { type FrameRule, ScanningDeframer } from './scanning-deframer.js';

/** A message of IEC 62056-21, for `decodeIdentification`, `decodeOptionSelect` or `decodeReadout`. */
export interface TextMessage {
  /** `/?…!` from a client, `/XXX…` from a meter, `ACK V Z Y`, `STX … ETX BCC`. */
  readonly type: 'request' | 'identification' | 'option' | 'data';
  /** All its octets, without parity bits. */
  readonly octets: Uint8Array;
}

/** Options of a deframer of IEC 62056-21 messages. */
export interface TextDeframerOptions extends DeframerOptions<TextMessage> {
  /** Longest data message, in octets. Default: 65 536. */
  readonly maxReadout?: number;
}

/**
 * Finds the messages of IEC 62056-21 in a stream, with or without parity bits. Holds at most one incomplete message.
 */
export function textDeframer(options: TextDeframerOptions = {}): Deframer<TextMessage> {
  return new ScanningDeframer(new TextRule(options.maxReadout ?? 65_536), options);
}

const stx = 0x02;
const etx = 0x03;
const ack = 0x06;
const lineFeed = 0x0a;
const slash = 0x2f;

class TextRule implements FrameRule<TextMessage> {
  readonly #maxReadout: number;
  /** Where the next end of a data message and of a line are, so that very many starts do not each search for it. */
  readonly #ends = new Map<number, number>();

  constructor(maxReadout: number) {
    this.#maxReadout = maxReadout;
  }
  prepare(): void {
    this.#ends.clear();
  }
  beginning(octets: Uint8Array, from: number): number {
    for (let i = from; i < octets.length; i++) {
      const b = (octets[i] as number) & 0x7f;
      if (b === slash || b === ack || b === stx) return i;
    }
    return -1;
  }
  lengthAt(octets: Uint8Array, at: number, seen: number): number | undefined {
    const data = isData(octets, at);
    const limit = data ? this.#maxReadout : longestLine;
    // BCC follows ETX, which may be the last octet seen.
    const end = this.#next(data ? etx : lineFeed, octets, at + Math.max(0, seen - 1));
    const length = end - at + (data ? 2 : 1);
    if (end < 0 || length > limit) return octets.length - at < limit && end < 0 ? undefined : 0;
    if (octets.length - at < length) return undefined;
    return data || isMessage(octets.subarray(at, at + length)) ? length : 0;
  }
  read(octets: Uint8Array, at: number, length: number): TextMessage {
    const message = fromSevenE1(octets.subarray(at, at + length));
    return { type: typeOf(message), octets: message };
  }
  damage(octets: Uint8Array, at: number, length: number, offset: number): (() => DlmsError) | undefined {
    if (!isData(octets, at)) return undefined;
    const end = at + length - 1;
    const expected = blockCheck(octets.subarray(at + 1, end)) & 0x7f;
    const actual = (octets[end] as number) & 0x7f;
    if (expected === actual) return undefined;
    return () => new DlmsError('decode/checksum', { offset: offset + length - 1, field: 'BCC', expected, actual });
  }
  parts(octets: Uint8Array, at: number, length: number, offset: number): FramePart[] {
    if (!isData(octets, at)) return [{ role: 'payload', name: 'line', offset, length }];
    const parts: FramePart[] = [{ role: 'flag', name: 'stx', offset, length: 1 }];
    if (length > 3) parts.push({ role: 'payload', name: 'data', offset: offset + 1, length: length - 3 });
    parts.push({ role: 'flag', name: 'etx', offset: offset + length - 2, length: 1 });
    parts.push({ role: 'checksum', name: 'bcc', offset: offset + length - 1, length: 1 });
    return parts;
  }
  fault(octets: Uint8Array, at: number, offset: number): (() => DlmsError) | undefined {
    const end = isData(octets, at) ? -1 : this.#next(lineFeed, octets, at);
    if (end < 0 || end - at >= longestLine) return undefined;
    return () => new DlmsError('decode/framing', { offset, reason: 'no message of IEC 62056-21' });
  }

  #next(wanted: number, octets: Uint8Array, from: number): number {
    const known = this.#ends.get(wanted);
    if (known !== undefined && (known < 0 || known >= from)) return known;
    let at = from;
    while (at < octets.length && ((octets[at] as number) & 0x7f) !== wanted) at++;
    const found = at < octets.length ? at : -1;
    this.#ends.set(wanted, found);
    return found;
  }
}

const isData = (octets: Uint8Array, at: number): boolean => ((octets[at] as number) & 0x7f) === stx;
function typeOf(message: Uint8Array): TextMessage['type'] {
  if (message[0] === stx) return 'data';
  if (message[0] === ack) return 'option';
  return message[1] === 0x3f ? 'request' : 'identification';
}
const requestPattern = /^\/\?[^!]*!\r\n$/;
/** Whether a line is one of the messages. */
function isMessage(line: Uint8Array): boolean {
  const text = latin1(fromSevenE1(line));
  if (text[0] !== '/') return optionPattern.test(text);
  return requestPattern.test(text) || identificationPattern.test(text.replace(/\r\n$/, ''));
}
