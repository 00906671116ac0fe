import { DlmsError } from './errors.js';

/** A deviation that lenient decoding accepted: name, place, and what was found. */
export interface Quirk {
  readonly name: string;
  readonly offset: number;
  readonly detail: string;
}
/** How octets are decoded: strictly, or with the deviations of meters accepted by name. */
export interface DecodeOptions {
  /** Accept known deviations (named in `quirks`) instead of refusing them. Default: false. */
  readonly lenient?: boolean;
  /** Filled with the deviations that were accepted. */
  readonly quirks?: Quirk[];
  /** Nesting of arrays and structures that is followed before `decode/too-deep`. Default 64. */
  readonly maxDepth?: number;
}

/** Reads big-endian values. What runs off the end ends in a RangeError, which becomes `decode/unexpected-end` in one place. */
export class Reader {
  offset = 0;
  /** Levels of nesting still allowed. */
  depth: number;
  readonly bytes: Uint8Array;
  readonly options: DecodeOptions;
  /** Made when a value needs it: most APDUs have none, and asking a short array for its buffer moves it out of the heap. */
  #view: DataView | undefined;
  constructor(bytes: Uint8Array, options: DecodeOptions = strict) {
    this.bytes = bytes;
    this.options = options;
    this.depth = options.maxDepth ?? 64;
  }
  get left(): number {
    return this.bytes.length - this.offset;
  }
  get view(): DataView {
    this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    return this.#view;
  }
  /** Where the next n octets begin; they are taken. */
  #next(n: number): number {
    const from = this.offset;
    if (from + n > this.bytes.length) throw new RangeError('The octets end here.');
    this.offset = from + n;
    return from;
  }
  /** Reads one octet as 0 to 255. */
  u8(): number {
    return this.bytes[this.#next(1)] as number;
  }
  /** Reads one octet as -128 to 127. */
  i8(): number {
    return (this.u8() << 24) >> 24;
  }
  /** Reads two octets as 0 to 65 535. */
  u16(): number {
    const at = this.#next(2);
    const b = this.bytes;
    return ((b[at] as number) << 8) | (b[at + 1] as number);
  }
  /** Reads two octets as -32 768 to 32 767. */
  i16(): number {
    return (this.u16() << 16) >> 16;
  }
  /** Reads four octets as 0 to 2^32 - 1. */
  u32(): number {
    return this.i32() >>> 0;
  }
  /** Reads four octets as -2^31 to 2^31 - 1. */
  i32(): number {
    const at = this.#next(4);
    const b = this.bytes;
    return (
      ((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)
    );
  }
  /** Reads eight octets as 0 to 2^64 - 1. */
  u64(): bigint {
    return this.view.getBigUint64(this.#next(8));
  }
  /** Reads eight octets as -2^63 to 2^63 - 1. */
  i64(): bigint {
    return this.view.getBigInt64(this.#next(8));
  }
  /** Reads four octets as IEEE 754. */
  f32(): number {
    return this.view.getFloat32(this.#next(4));
  }
  /** Reads eight octets as IEEE 754. */
  f64(): number {
    return this.view.getFloat64(this.#next(8));
  }
  /** A view (not a copy) of the next n octets. */
  take(n: number): Uint8Array {
    if (n > this.bytes.length - this.offset)
      throw new DlmsError('decode/unexpected-end', { offset: this.offset, expected: `${n} octets` });
    const from = this.offset;
    this.offset += n;
    return this.bytes.subarray(from, this.offset);
  }
  /**
   * A-XDR (and BER definite) length: one octet below 0x80, otherwise 0x80 + n followed by n octets.
   * A form longer than needed is refused, or named `non-minimal-length` in lenient mode (some peers write 84 00 01 00 11).
   */
  length(): number {
    const offset = this.offset;
    const first = this.u8();
    if (first < 0x80) return first;
    let n = 0;
    if (first === 0x80 || first > 0x88)
      throw new DlmsError('decode/invalid-length', {
        offset,
        expected: 'a definite length of at most 8 octets',
        actual: first,
      });
    for (let i = first & 0x7f; i > 0; i--) n = n * 256 + this.u8();
    if (n > 0xffffffff)
      throw new DlmsError('decode/invalid-length', { offset, expected: 'at most 2^32 - 1', actual: n });
    if (n < 0x80 || first - 0x80 > lengthOctets(n))
      this.tolerate(
        'non-minimal-length',
        new DlmsError('decode/invalid-length', { offset, expected: 'the shortest form', actual: n }),
      );
    return n;
  }
  /** A count of elements, refused before anything is allocated when the octets left cannot hold it. */
  count(minimumElementSize: number): number {
    const offset = this.offset;
    const n = this.length();
    if (n * minimumElementSize > this.bytes.length - this.offset)
      throw new DlmsError('decode/unexpected-end', { offset, expected: `${n} elements` });
    return n;
  }
  /**
   * Reads a tag octet.
   * @throws DlmsError `decode/unexpected-tag` when it is another one.
   */
  expect(tag: number, name: string): void {
    const offset = this.offset;
    const actual = this.u8();
    if (actual !== tag) throw new DlmsError('decode/unexpected-tag', { offset, expected: name, actual });
  }
  /** One level down; {@link leave} when done. */
  enter(): void {
    if (this.depth-- <= 0)
      throw new DlmsError('decode/too-deep', { offset: this.offset, limit: this.options.maxDepth ?? 64 });
  }
  /** Comes back out of a level that was entered. */
  leave(): void {
    this.depth++;
  }
  /** Throws in strict mode; notes the deviation and goes on in lenient mode. */
  tolerate(name: string, error: DlmsError): void {
    if (this.options.lenient !== true) throw error;
    this.options.quirks?.push({
      name,
      offset: (error.context as { offset?: number }).offset ?? this.offset,
      detail: error.message,
    });
  }
}
const strict: DecodeOptions = {};
const lengthOctets = (n: number): number => (n < 0x100 ? 1 : n < 0x10000 ? 2 : n < 0x1000000 ? 3 : 4);

/** "Ran off the end" becomes an error of the library; every other error passes. */
export function asDecodeError(e: unknown, r: Reader): unknown {
  return e instanceof RangeError
    ? new DlmsError('decode/unexpected-end', { offset: Math.min(r.offset, r.bytes.length) }, { cause: e })
    : e;
}

/** Writes big-endian values into a buffer that grows. */
export class Writer {
  #buffer: Uint8Array;
  /** Made when a value needs it: most APDUs have none, and asking a short array for its buffer moves it out of the heap. */
  #view: DataView | undefined;
  #n = 0;
  constructor(capacity = 64) {
    this.#buffer = new Uint8Array(capacity);
  }
  get size(): number {
    return this.#n;
  }
  #room(k: number): number {
    const at = this.#n;
    if (at + k > this.#buffer.length) this.#grow(at + k);
    this.#n = at + k;
    return at;
  }
  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(this.#buffer.length * 4, needed));
    grown.set(this.#buffer);
    this.#buffer = grown;
    this.#view = undefined;
  }
  #wide(): DataView {
    this.#view = new DataView(this.#buffer.buffer);
    return this.#view;
  }
  /** Writes one octet; bits above the eighth are lost. */
  u8(v: number): void {
    const at = this.#room(1);
    this.#buffer[at] = v;
  }
  /** Writes two octets; bits above are lost. */
  u16(v: number): void {
    const at = this.#room(2);
    this.#buffer[at] = v >>> 8;
    this.#buffer[at + 1] = v;
  }
  /** Writes four octets; bits above are lost. */
  u32(v: number): void {
    const at = this.#room(4);
    const b = this.#buffer;
    b[at] = v >>> 24;
    b[at + 1] = v >>> 16;
    b[at + 2] = v >>> 8;
    b[at + 3] = v;
  }
  /** Writes eight octets; bits above are lost. */
  u64(v: bigint): void {
    const at = this.#room(8);
    (this.#view ?? this.#wide()).setBigUint64(at, v);
  }
  /** Writes four octets, IEEE 754. */
  f32(v: number): void {
    const at = this.#room(4);
    (this.#view ?? this.#wide()).setFloat32(at, v);
  }
  /** Writes eight octets, IEEE 754. */
  f64(v: number): void {
    const at = this.#room(8);
    (this.#view ?? this.#wide()).setFloat64(at, v);
  }
  /** Writes these octets. */
  bytes(v: Uint8Array): void {
    const at = this.#room(v.length);
    const b = this.#buffer;
    // A call into the engine costs more than a few octets.
    if (v.length > 24) b.set(v, at);
    else for (let i = 0; i < v.length; i++) b[at + i] = v[i] as number;
  }
  /** A tag octet and a value behind it, in one step: profile buffers are written with these. */
  tag8(tag: number, v: number): void {
    const at = this.#room(2);
    this.#buffer[at] = tag;
    this.#buffer[at + 1] = v;
  }
  /** Writes a tag octet and two octets. */
  tag16(tag: number, v: number): void {
    const at = this.#room(3);
    this.#buffer[at] = tag;
    (this.#view ?? this.#wide()).setUint16(at + 1, v);
  }
  /** Writes a tag octet and four octets. */
  tag32(tag: number, v: number): void {
    const at = this.#room(5);
    this.#buffer[at] = tag;
    (this.#view ?? this.#wide()).setUint32(at + 1, v);
  }
  /** Tag, length, octets. */
  tagBytes(tag: number, v: Uint8Array): void {
    if (v.length < 0x80) this.tag8(tag, v.length);
    else {
      this.u8(tag);
      this.length(v.length);
    }
    this.bytes(v);
  }
  /** The shortest length form: 1, 2, 3, 4 or 5 octets. */
  length(n: number): void {
    if (n < 0x80) return this.u8(n);
    const octets = lengthOctets(n);
    this.u8(0x80 + octets);
    for (let i = octets - 1; i >= 0; i--) this.u8(Math.floor(n / 2 ** (8 * i)) & 0xff);
  }
  /** Leaves room for the length of what is written next: {@link closeLength} writes it, given the number that this gives. */
  openLength(): number {
    return this.#room(1) + 1;
  }
  /** Writes the length of all that was written since, in the shortest form. */
  closeLength(from: number): void {
    const n = this.#n - from;
    if (n < 0x80) {
      this.#buffer[from - 1] = n;
      return;
    }
    // A longer form: the contents make room.
    const end = this.#room(lengthOctets(n)) + lengthOctets(n);
    this.#buffer.copyWithin(from + lengthOctets(n), from, from + n);
    this.#n = from - 1;
    this.length(n);
    this.#n = end;
  }
  /** What was written, in octets that nobody else has. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#n);
  }
  /** Begins anew, and leaves nothing of what was written in memory: it may have been a key. False when the buffer has grown too large to be kept. */
  clear(): boolean {
    if (this.#buffer.length > 4096) return false;
    this.#buffer.fill(0, 0, this.#n);
    this.#n = 0;
    return true;
  }
}
