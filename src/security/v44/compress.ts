import {
  codewordBits,
  control,
  extensionBits,
  firstCodeword,
  longestString,
  ordinalBits,
  requireWithin,
} from './v44.js';

/** Options of {@link compress}. */
export interface CompressOptions {
  /**
   * Number of codewords (N2), including the four control codes: 256 to 65 535. Default: 1024, because public decoders
   * know at most 1525, some only 1024.
   */
  readonly codewords?: number;
  /**
   * Maximum length of a string in characters (N7): 32 to 255. Default: 255, as in the packet method. The receiver must
   * use the same.
   */
  readonly maxString?: number;
  /**
   * After a codeword, never sends a codeword that the receiver only creates from that very code: one public decoder
   * misreads what follows it. Costs 0.01 %. Default: false.
   */
  readonly avoidFutureCodewords?: boolean;
}

/**
 * Compresses octets into one packet of ITU-T V.44. Input without repetitions grows: at most to nine eighths of its
 * size, plus two octets. Once full, the dictionary stays as it is.
 * @throws DlmsError `encode/invalid-value` for options out of range
 */
export function compress(octets: Uint8Array, options: CompressOptions = {}): Uint8Array {
  return new Compressor(octets, options).run();
}

const nothing = -1;

/**
 * The dictionary is a tree of segments of the input, one root for each first character. A string is the path to a
 * segment, and its codeword is the number of that segment.
 */
class Compressor {
  readonly #in: Uint8Array;
  readonly #codewords: number;
  readonly #longest: number;
  readonly #avoid: boolean;
  readonly #bits = new BitWriter();
  /** For each segment: where it begins in the input, how long it is, and the length of the string that ends with it. */
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];
  readonly #lengths: number[] = [];
  /** By root or segment, and first character: the segments below it, oldest first. */
  readonly #children = new Map<number, number[]>();
  #width = codewordBits;
  #charBits: number = ordinalBits;

  constructor(octets: Uint8Array, options: CompressOptions) {
    this.#in = octets;
    this.#codewords = requireWithin('codewords', options.codewords ?? 1024, 256, 0xffff);
    this.#longest = requireWithin('maxString', options.maxString ?? longestString, 32, longestString);
    this.#avoid = options.avoidFutureCodewords ?? false;
  }

  run(): Uint8Array {
    const octets = this.#in;
    const sizes = this.#sizes;
    const starts = this.#starts;
    const lengths = this.#lengths;
    let afterCodeword = false;
    /** The segment that the receiver only creates when it reads the next code. */
    let future = nothing;
    for (let at = 0; at < octets.length; ) {
      const first = octets[at] as number;
      const match = this.#longestMatch(at, afterCodeword && this.#avoid ? future : nothing);
      if (match === nothing) {
        this.#ordinal(first, afterCodeword);
        afterCodeword = false;
        at++;
        future = this.#make(root(first), at, 1, 2);
        continue;
      }
      this.#codeword(match + firstCodeword);
      const length = lengths[match] as number;
      at += length;
      const source = (starts[match] as number) + (sizes[match] as number);
      const limit = Math.min(this.#longest - length, octets.length - at);
      let n = 0;
      while (n < limit && octets[at + n] === octets[source + n]) n++;
      if (n > 0) {
        this.#extension(n);
        this.#make(match, at, n, length + n);
        at += n;
        future = nothing;
      } else future = this.#make(match, at, 1, length + 1);
      afterCodeword = n === 0;
    }
    this.#bits.put(1, 1);
    this.#bits.put(control.flush, this.#width);
    return this.#bits.finish();
  }

  /** Walks down the tree: on each level, takes the first segment that matches in full. */
  #longestMatch(from: number, except: number): number {
    const octets = this.#in;
    let found = nothing;
    let parent = root(octets[from] as number);
    let at = from + 1;
    while (at < octets.length) {
      const next = this.#children
        .get(below(parent, octets[at] as number))
        ?.find((c) => c !== except && this.#matches(c, at));
      if (next === undefined) break;
      found = next;
      parent = next;
      at += this.#sizes[next] as number;
    }
    return found;
  }
  #matches(segment: number, at: number): boolean {
    const octets = this.#in;
    const size = this.#sizes[segment] as number;
    if (at + size > octets.length) return false;
    const start = this.#starts[segment] as number;
    for (let i = 1; i < size; i++) if (octets[start + i] !== octets[at + i]) return false;
    return true;
  }
  /** Creates a string exactly when the receiver does. */
  #make(parent: number, start: number, size: number, length: number): number {
    const made = this.#starts.length;
    if (start >= this.#in.length || length > this.#longest || made + firstCodeword >= this.#codewords) return nothing;
    this.#starts.push(start);
    this.#sizes.push(size);
    this.#lengths.push(length);
    const key = below(parent, this.#in[start] as number);
    const siblings = this.#children.get(key);
    if (siblings === undefined) this.#children.set(key, [made]);
    else siblings.push(made);
    return made;
  }

  // ── codes ────────────────────────────────────────────────────────────────────────────────────────────

  #stepUp(): void {
    this.#bits.put(1, 1);
    this.#bits.put(control.stepUp, this.#width);
  }
  #ordinal(character: number, afterCodeword: boolean): void {
    if (character >= 1 << this.#charBits) {
      this.#stepUp();
      this.#charBits++;
      this.#bits.put(0, 1);
    } else this.#bits.put(0, afterCodeword ? 2 : 1);
    this.#bits.put(character, this.#charBits);
  }
  #codeword(value: number): void {
    while (value >= 1 << this.#width) {
      this.#stepUp();
      this.#width++;
    }
    this.#bits.put(1, 1);
    this.#bits.put(value, this.#width);
  }
  #extension(n: number): void {
    const bits = this.#bits;
    // 0 1: an extension. Fields follow least significant bit first.
    bits.put(0b10, 2);
    if (n === 1) bits.put(1, 1);
    else if (n <= 4) bits.put((n - 1) << 1, 3);
    else if (n <= 12) bits.put((n - 5) << 4, 7);
    else {
      bits.put(0b1000, 4);
      bits.put(n - 13, extensionBits(this.#longest));
    }
  }
}
const root = (character: number): number => 0x10000 + character;
const below = (parent: number, character: number): number => parent * 256 + character;

/** Bits fill octets from the least significant upwards. */
class BitWriter {
  #octets = new Uint8Array(256);
  #length = 0;
  #held = 0;
  #count = 0;
  put(value: number, bits: number): void {
    this.#held |= value << this.#count;
    this.#count += bits;
    while (this.#count >= 8) {
      this.#octet();
      this.#held >>>= 8;
      this.#count -= 8;
    }
  }
  finish(): Uint8Array {
    if (this.#count > 0) this.#octet();
    return this.#octets.slice(0, this.#length);
  }
  #octet(): void {
    if (this.#length === this.#octets.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#octets);
      this.#octets = grown;
    }
    this.#octets[this.#length++] = this.#held & 0xff;
  }
}
