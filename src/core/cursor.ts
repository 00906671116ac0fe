import { DlmsError } from './errors.js';

/** A deviation that lenient decoding accepted: its name, where it is, and what was found. */
export interface Quirk {
  readonly name: string;
  readonly offset: number;
  readonly detail: string;
}
/** How octets are decoded: strictly, or accepting known deviations of meters by name. */
export interface DecodeOptions {
  /** Accept known deviations (named in `quirks`) instead of refusing them. Default: false. */
  readonly lenient?: boolean;
  /** Filled with the deviations that were accepted. */
  readonly quirks?: Quirk[];
  /** How deeply arrays and structures may nest before `decode/too-deep`. Default: 64. */
  readonly maxDepth?: number;
}

/**
 * Reads big-endian values. Reading past the end throws a RangeError, which becomes `decode/unexpected-end` in one
 * place.
 */
export class Reader {
  offset = 0;
  /** Levels of nesting still allowed. */
  depth: number;
  readonly bytes: Uint8Array;
  readonly options: DecodeOptions;
  /**
   * Made on demand: most APDUs have no value that needs it, and accessing a short array's buffer moves it off the heap.
   */
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
  /** Consumes the next n octets and returns where they begin. */
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
  /** Reads the next n octets as a view (not a copy). */
  take(n: number): Uint8Array {
    if (n > this.bytes.length - this.offset)
      throw new DlmsError('decode/unexpected-end', { offset: this.offset, expected: `${n} octets` });
    const from = this.offset;
    this.offset += n;
    return this.bytes.subarray(from, this.offset);
  }
  /**
   * Reads an A-XDR (or definite BER) length: one octet below 0x80, otherwise 0x80 + n followed by n octets. A form
   * longer than necessary is refused, or reported as `non-minimal-length` in lenient mode (some peers write 84 00 01 00
   * 11).
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
  /**
   * Reads a count of elements; refuses it, before anything is allocated, when the remaining octets cannot hold them.
   */
  count(minimumElementSize: number): number {
    const offset = this.offset;
    const n = this.length();
    if (n * minimumElementSize > this.bytes.length - this.offset)
      throw new DlmsError('decode/unexpected-end', { offset, expected: `${n} elements` });
    return n;
  }
  /**
   * Reads a tag octet and requires it to be this one.
   * @throws DlmsError `decode/unexpected-tag` when it is another.
   */
  expect(tag: number, name: string): void {
    const offset = this.offset;
    const actual = this.u8();
    if (actual !== tag) throw new DlmsError('decode/unexpected-tag', { offset, expected: name, actual });
  }
  /** Goes one level deeper; call {@link leave} when done. */
  enter(): void {
    if (this.depth-- <= 0)
      throw new DlmsError('decode/too-deep', { offset: this.offset, limit: this.options.maxDepth ?? 64 });
  }
  /** Leaves a level that was entered. */
  leave(): void {
    this.depth++;
  }
  /** Throws in strict mode; records the deviation and continues in lenient mode. */
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

/** Turns reading past the end into an error of the library; passes any other error through. */
export function asDecodeError(e: unknown, r: Reader): unknown {
  return e instanceof RangeError
    ? new DlmsError('decode/unexpected-end', { offset: Math.min(r.offset, r.bytes.length) }, { cause: e })
    : e;
}

/** Writes big-endian values into a growing buffer. */
export class Writer {
  #buffer: Uint8Array;
  /**
   * Made on demand: most APDUs have no value that needs it, and asking a short array for its buffer moves it off the
   * heap.
   */
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
    // Calling `set` costs more than copying a few octets by hand.
    if (v.length > 24) b.set(v, at);
    else for (let i = 0; i < v.length; i++) b[at + i] = v[i] as number;
  }
  /** Writes a tag octet and an octet in one step; profile buffers are written with this and the two below. */
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
  /** Writes a tag octet, the length and the octets. */
  tagBytes(tag: number, v: Uint8Array): void {
    if (v.length < 0x80) this.tag8(tag, v.length);
    else {
      this.u8(tag);
      this.length(v.length);
    }
    this.bytes(v);
  }
  /** Writes a length in its shortest form: 1 to 5 octets. */
  length(n: number): void {
    if (n < 0x80) return this.u8(n);
    const octets = lengthOctets(n);
    this.u8(0x80 + octets);
    for (let i = octets - 1; i >= 0; i--) this.u8(Math.floor(n / 2 ** (8 * i)) & 0xff);
  }
  /**
   * Leaves room for the length of what is written next; {@link closeLength} fills it in, given the value returned here.
   */
  openLength(): number {
    return this.#room(1) + 1;
  }
  /** Writes the length of everything written since {@link openLength}, in its shortest form. */
  closeLength(from: number): void {
    const n = this.#n - from;
    if (n < 0x80) {
      this.#buffer[from - 1] = n;
      return;
    }
    // A longer form: move the contents to make room.
    const end = this.#room(lengthOctets(n)) + lengthOctets(n);
    this.#buffer.copyWithin(from + lengthOctets(n), from, from + n);
    this.#n = from - 1;
    this.length(n);
    this.#n = end;
  }
  /** A copy of the octets written so far. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#n);
  }
  /**
   * Starts again, and erases what was written from memory: it may have been a key. False if the buffer has grown too
   * large to keep.
   */
  clear(): boolean {
    if (this.#buffer.length > 4096) return false;
    this.#buffer.fill(0, 0, this.#n);
    this.#n = 0;
    return true;
  }
}
