import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';

/** One encoded element: identifier, contents, and the whole encoding (views, not copies). */
export interface DerElement {
  /** The identifier octet: class, constructed bit and tag number (0 to 30). */
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
  /** Position of the identifier octet in the outermost octets, for error messages. */
  readonly offset: number;
}

export interface DerLimits {
  /** Largest size accepted; `decode/too-large` above it. Default: 65536. */
  readonly maxOctets?: number;
  /** Deepest nesting followed; `decode/too-deep` below it. Default: 16. */
  readonly maxDepth?: number;
}

/** Identifier octets of the universal types used in certificates. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * Reads DER (X.690): definite lengths in their shortest form, tag numbers below 31, bounded size and depth. Any
 * deviation throws a DlmsError of the group `decode/…` with the offset in the outermost octets.
 */
export class DerReader {
  #at = 0;
  readonly #bytes: Uint8Array;
  readonly #base: number;
  readonly #depth: number;
  readonly #maxDepth: number;

  constructor(bytes: Uint8Array, limits: DerLimits = {}, base = 0, depth = 0) {
    const limit = limits.maxOctets ?? 65536;
    if (bytes.length > limit) throw new DlmsError('decode/too-large', { offset: base, limit, actual: bytes.length });
    this.#bytes = bytes;
    this.#base = base;
    this.#depth = depth;
    this.#maxDepth = limits.maxDepth ?? 16;
  }
  get done(): boolean {
    return this.#at === this.#bytes.length;
  }
  /** Identifier octet of the next element, or undefined at the end. */
  get next(): number | undefined {
    return this.#bytes[this.#at];
  }
  get offset(): number {
    return this.#base + this.#at;
  }
  /** The next element, whatever it is. */
  element(): DerElement {
    const bytes = this.#bytes;
    const start = this.#at;
    const offset = this.#base + start;
    const tag = bytes[start];
    let length = bytes[start + 1];
    if (tag === undefined || length === undefined)
      throw new DlmsError('decode/unexpected-end', { offset, expected: 'a DER element' });
    if ((tag & 0x1f) === 0x1f) throw new DlmsError('decode/unsupported', { offset, what: 'a DER tag number above 30' });
    let at = start + 2;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 4)
        throw new DlmsError('decode/invalid-length', {
          offset: offset + 1,
          expected: 'a definite length of at most 4 octets',
          actual: length,
        });
      if (octets > bytes.length - at)
        throw new DlmsError('decode/unexpected-end', { offset: offset + 1, expected: 'the length of a DER element' });
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + (bytes[at++] as number);
      if (length < 0x80 || length < 256 ** (octets - 1))
        throw new DlmsError('decode/invalid-length', {
          offset: offset + 1,
          expected: 'the shortest form',
          actual: length,
        });
    }
    if (length > bytes.length - at)
      throw new DlmsError('decode/unexpected-end', { offset, expected: `${length} octets of contents` });
    this.#at = at + length;
    return { tag, content: bytes.subarray(at, this.#at), raw: bytes.subarray(start, this.#at), offset };
  }
  /** Reads the next element, which must have this identifier octet. */
  expect(tag: number, name: string): DerElement {
    const actual = this.next;
    if (actual === undefined) throw new DlmsError('decode/unexpected-end', { offset: this.offset, expected: name });
    if (actual !== tag) throw new DlmsError('decode/unexpected-tag', { offset: this.offset, expected: name, actual });
    return this.element();
  }
  /** Reads the next element if it has this identifier octet; otherwise consumes nothing. */
  optional(tag: number): DerElement | undefined {
    return this.next === tag ? this.element() : undefined;
  }
  /** A reader over the contents of an element, one level down. */
  open(element: DerElement): DerReader {
    if (this.#depth >= this.#maxDepth)
      throw new DlmsError('decode/too-deep', { offset: element.offset, limit: this.#maxDepth });
    const base = element.offset + element.raw.length - element.content.length;
    return new DerReader(
      element.content,
      { maxOctets: element.content.length, maxDepth: this.#maxDepth },
      base,
      this.#depth + 1,
    );
  }
  /** Opens the next element, which must be a SEQUENCE (or the constructed tag given). */
  sequence(name: string, tag: number = derTag.sequence): DerReader {
    return this.open(this.expect(tag, name));
  }
  /** Throws if anything is left. */
  end(): void {
    if (!this.done)
      throw new DlmsError('decode/trailing-bytes', { offset: this.offset, left: this.#bytes.length - this.#at });
  }
}

/** Encodes an element with this identifier octet around parts that are already encoded. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const n = content.length;
  if (n < 0x80) return concat(Uint8Array.of(tag, n), content);
  const length: number[] = [];
  for (let rest = n; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest & 0xff);
  return concat(Uint8Array.of(tag, 0x80 | length.length, ...length), content);
}
export const derSequence = (...parts: readonly Uint8Array[]): Uint8Array => der(derTag.sequence, ...parts);
/** SET OF: DER orders the elements by their octets. */
export const derSetOf = (...parts: readonly Uint8Array[]): Uint8Array =>
  der(derTag.set, ...[...parts].sort(compareOctets));
/** `[n]` around parts; `constructed` is false for an implicitly tagged simple type. */
export const derContext = (n: number, constructed: boolean, ...parts: readonly Uint8Array[]): Uint8Array =>
  der(0x80 | (constructed ? 0x20 : 0) | n, ...parts);

function compareOctets(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}
