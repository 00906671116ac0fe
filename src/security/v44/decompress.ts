import type { DecodeOptions } from '../../core/cursor.js';
import { DlmsError } from '../../core/errors.js';
import {
  codewordBits,
  control,
  extensionBits,
  firstCodeword,
  longestString,
  ordinalBits,
  requireWithin,
} from './v44.js';

/** Options of {@link decompress}. */
export interface DecompressOptions extends DecodeOptions {
  /** Maximum size of the output in octets. Required, because one octet can stand for 291. */
  readonly maxOutput: number;
  /** The sender's maximum length of a string in characters (N7): 32 to 255. Default: 255, as in the packet method. */
  readonly maxString?: number;
  /**
   * Upper bound on the sender's number of codewords (N2), including the four control codes: 256 to 65 535. Default:
   * 2048, which suits every known sender (1525 or fewer): a sender never sends the numbers of strings that it did not
   * create.
   */
  readonly codewords?: number;
  /** Initial number of bits of an ordinal (C5). Default: 7, as in the packet method. */
  readonly ordinalBits?: 7 | 8;
}

/** Kinds of the last code that creates strings. */
const none = 0;
const ordinal = 1;
const codeword = 2;

/**
 * Decompresses one packet of ITU-T V.44, whatever its sender does when its dictionary is full. Time and memory are
 * linear in the size of the output.
 *
 * Lenient decoding accepts a missing end (`v44-no-flush`), octets after the end (`v44-trailing`) and non-zero padding
 * (`v44-padding`).
 * @throws DlmsError `decode/unexpected-end`, `decode/invalid-value` (a code that cannot be), `decode/too-large` (more
 *   than `maxOutput`), `decode/trailing-bytes`, `decode/non-zero-padding`
 */
export function decompress(packet: Uint8Array, options: DecompressOptions): Uint8Array {
  return new Decompressor(packet, options).run();
}

class Decompressor {
  readonly #in: Uint8Array;
  readonly #options: DecompressOptions;
  readonly #longest: number;
  readonly #codewords: number;
  /** Bits of the widest codeword (N1). */
  readonly #widest: number;
  /** Position of the next bit. */
  #at = 0;
  #out = new Uint8Array(256);
  #length = 0;
  /** For each string: the position of its last character in the output, and its length. */
  readonly #ends: number[] = [];
  readonly #lengths: number[] = [];

  constructor(packet: Uint8Array, options: DecompressOptions) {
    this.#in = packet;
    this.#options = options;
    this.#longest = requireWithin('maxString', options.maxString ?? longestString, 32, longestString);
    this.#codewords = requireWithin('codewords', options.codewords ?? 2048, 256, 0xffff);
    requireWithin('maxOutput', options.maxOutput, 0, Number.MAX_SAFE_INTEGER);
    this.#widest = 32 - Math.clz32(this.#codewords - 1);
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a hot loop with its state in variables
  run(): Uint8Array {
    const ends = this.#ends;
    const lengths = this.#lengths;
    let width = codewordBits;
    const charBitsAtStart = this.#options.ordinalBits ?? ordinalBits;
    let charBits: number = charBitsAtStart;
    let previous = none;
    let last = 0;
    // Whether the very last code was a codeword, whatever it created.
    let extensible = false;
    let stepUp = false;
    for (;;) {
      if (this.#endsWithoutFlush(stepUp)) return this.#finish();
      if (this.#bits(1) === 1) {
        extensible = false;
        if (stepUp && ++width > this.#widest) throw this.#invalid('a codeword of at most N1 bits');
        const value = this.#bits(width);
        if (value < firstCodeword) {
          if (stepUp && value !== control.stepUp) throw this.#invalid('a codeword or an ordinal after STEPUP');
          if (value === control.etm) throw this.#invalid('a code of the packet method, not ETM');
          if (value === control.flush) return this.#flushed();
          stepUp = value === control.stepUp;
          if (value === control.reinit) {
            ends.length = 0;
            lengths.length = 0;
            width = codewordBits;
            charBits = charBitsAtStart;
            previous = none;
          }
          continue;
        }
        stepUp = false;
        const made = ends.length;
        const index = value - firstCodeword;
        const begin = this.#length;
        if (index < made)
          this.#copy((ends[index] as number) - (lengths[index] as number) + 1, lengths[index] as number);
        else if (index > made || previous === none) throw this.#invalid('a codeword of a known string');
        else this.#future(previous, last);
        if (previous === ordinal) this.#make(begin, 2);
        else if (previous === codeword) this.#make(begin, (lengths[last] as number) + 1);
        previous = codeword;
        last = index;
        extensible = true;
        continue;
      }
      if (stepUp) {
        if (++charBits > 8) throw this.#invalid('an ordinal of at most 8 bits');
        stepUp = false;
        extensible = false;
      }
      if (extensible && this.#bits(1) === 1) {
        const n = this.#extension();
        const length = lengths[last] as number;
        if (length + n > this.#longest) throw this.#invalid(`a string of at most ${this.#longest} characters`);
        this.#copy((ends[last] as number) + 1, n);
        this.#make(this.#length - 1, length + n);
        previous = none;
        extensible = false;
        continue;
      }
      extensible = false;
      const character = this.#bits(charBits);
      this.#append(character);
      if (previous === ordinal) this.#make(this.#length - 1, 2);
      else if (previous === codeword) this.#make(this.#length - 1, (lengths[last] as number) + 1);
      previous = ordinal;
      last = character;
    }
  }

  /** The string that this very codeword creates: the previous string, then its first character again. */
  #future(previous: number, last: number): void {
    if (previous === ordinal) {
      this.#append(last);
      this.#append(last);
      return;
    }
    const length = this.#lengths[last] as number;
    if (length + 1 > this.#longest) throw this.#invalid(`a string of at most ${this.#longest} characters`);
    const start = (this.#ends[last] as number) - length + 1;
    this.#copy(start, length);
    this.#copy(start, 1);
  }
  #make(end: number, length: number): void {
    if (length > this.#longest || this.#ends.length + firstCodeword >= this.#codewords) return;
    this.#ends.push(end);
    this.#lengths.push(length);
  }
  #extension(): number {
    if (this.#bits(1) === 1) return 1;
    const few = this.#bits(2);
    if (few > 0) return few + 1;
    if (this.#bits(1) === 0) return 5 + this.#bits(3);
    return 13 + this.#bits(extensionBits(this.#longest));
  }

  // ── output: also the history ─────────────────────────────────────────────────────────────────────────

  #room(more: number): void {
    const { maxOutput } = this.#options;
    const length = this.#length + more;
    if (length > maxOutput)
      throw new DlmsError('decode/too-large', { offset: this.#at >> 3, limit: maxOutput, actual: length });
    if (length <= this.#out.length) return;
    const grown = new Uint8Array(Math.min(maxOutput, Math.max(length, 2 * this.#out.length)));
    grown.set(this.#out.subarray(0, this.#length));
    this.#out = grown;
  }
  #append(character: number): void {
    this.#room(1);
    this.#out[this.#length++] = character;
  }
  /** Copies one octet at a time where source and destination overlap: that is how runs are written. */
  #copy(from: number, n: number): void {
    this.#room(n);
    const out = this.#out;
    if (from + n <= this.#length) out.copyWithin(this.#length, from, from + n);
    else for (let i = 0; i < n; i++) out[this.#length + i] = out[from + i] as number;
    this.#length += n;
  }

  // ── input ────────────────────────────────────────────────────────────────────────────────────────────

  #bits(n: number): number {
    let value = 0;
    for (let got = 0; got < n; ) {
      const octet = this.#in[this.#at >> 3];
      if (octet === undefined)
        throw new DlmsError('decode/unexpected-end', { offset: this.#in.length, expected: 'a V.44 code' });
      const from = this.#at & 7;
      const take = Math.min(8 - from, n - got);
      value |= ((octet >> from) & ((1 << take) - 1)) << got;
      got += take;
      this.#at += take;
    }
    return value;
  }
  #invalid(expected: string): DlmsError {
    return new DlmsError('decode/invalid-value', { offset: this.#at >> 3, expected, actual: `bit ${this.#at}` });
  }
  /** Whether only padding is left where FLUSH should be: the shortest code that begins with a zero has eight bits. */
  #endsWithoutFlush(stepUp: boolean): boolean {
    const left = 8 * this.#in.length - this.#at;
    if (left >= 8 || stepUp || this.#options.lenient !== true) return false;
    if (left > 0 && (this.#in[this.#at >> 3] as number) >> (this.#at & 7) !== 0) return false;
    this.#quirk('v44-no-flush', 'the packet ends without FLUSH');
    return true;
  }
  /** After FLUSH there are zeros to the end of the octet, and nothing else. */
  #flushed(): Uint8Array {
    const { lenient } = this.#options;
    const offset = this.#at >> 3;
    const padding = (this.#at & 7) === 0 ? 0 : (this.#in[offset] as number) >> (this.#at & 7);
    if (padding !== 0) {
      if (lenient !== true) throw new DlmsError('decode/non-zero-padding', { offset, actual: padding });
      this.#quirk('v44-padding', `padding ${padding}`);
    }
    const end = (this.#at + 7) >> 3;
    if (end < this.#in.length) {
      const left = this.#in.length - end;
      if (lenient !== true) throw new DlmsError('decode/trailing-bytes', { offset: end, left });
      this.#quirk('v44-trailing', `${left} octets after FLUSH`);
    }
    return this.#finish();
  }
  #quirk(name: string, detail: string): void {
    this.#options.quirks?.push({ name, offset: this.#at >> 3, detail });
  }
  #finish(): Uint8Array {
    return this.#out.subarray(0, this.#length);
  }
}
