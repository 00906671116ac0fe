import { DlmsError } from '../../core/errors.js';
import { excerpt } from './excerpt.js';

/**
 * The wrapper's protocol data unit (Green Book, COSEM transport layer for IP networks; IEC 62056-4-7): version 0001, source wPort, destination wPort,
 * length, each two octets big-endian, then the APDU. Checked with captures of Gurux, gosem and u9n/dlms-cosem.
 */
export interface Wpdu {
  /** wPort of the sender, 0 to 65535: the client SAP in a request, the server SAP (logical device) in a response. */
  readonly source: number;
  /** wPort of the receiver. */
  readonly destination: number;
  /** The APDU, 0 to 65535 octets. */
  readonly payload: Uint8Array;
}

/** Octets in front of the APDU. */
export const wrapperHeaderLength = 8;

/**
 * Octets of a WPDU.
 * @throws DlmsError `encode/invalid-value` for a port or a payload that does not fit 16 bits.
 */
export function wrap(source: number, destination: number, payload: Uint8Array): Uint8Array {
  const n = payload.length;
  if (n > 0xffff)
    throw new DlmsError('encode/invalid-value', { expected: 'an APDU of at most 65535 octets', actual: `${n} octets` });
  const out = new Uint8Array(8 + n);
  out[1] = 1;
  port(out, 2, source);
  port(out, 4, destination);
  out[6] = n >> 8;
  out[7] = n;
  out.set(payload, 8);
  return out;
}

/**
 * The one WPDU that these octets are (a datagram). The payload is a view.
 * @throws DlmsError `decode/framing` (version), `decode/too-large` (over `maxApduSize`), `decode/unexpected-end`, `decode/trailing-bytes`.
 */
export function unwrap(octets: Uint8Array, maxApduSize?: number): Wpdu {
  const unwrapper = new Unwrapper(maxApduSize);
  unwrapper.feed(octets);
  const pdu = unwrapper.next();
  if (pdu === undefined)
    throw new DlmsError('decode/unexpected-end', { offset: octets.length, expected: 'a whole WPDU' });
  if (unwrapper.held > 0)
    throw new DlmsError('decode/trailing-bytes', { offset: octets.length - unwrapper.held, left: unwrapper.held });
  return pdu;
}

/**
 * Finds WPDUs in a stream that comes in chunks of any size: `feed` a chunk, then take `next()` until it is undefined.
 * Holds at most one unfinished WPDU (and the chunk it came in). Payloads are views that stay valid.
 */
export class Unwrapper {
  readonly #limit: number;
  #buffer: Uint8Array = empty;
  #start = 0;
  #end = 0;
  /** Whether octets may be appended behind `#end` (a buffer made here, not the caller's chunk). */
  #own = false;
  #consumed = 0;

  /** Longest payload accepted, in octets; a header that announces more is refused before anything is kept for it. */
  constructor(maxApduSize = 0xffff) {
    this.#limit = maxApduSize;
  }

  /** Octets that wait for the rest of their WPDU. */
  get held(): number {
    return this.#end - this.#start;
  }

  feed(chunk: Uint8Array): void {
    const held = this.#end - this.#start;
    if (held === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#own = false;
      return;
    }
    if (!this.#own || this.#end + chunk.length > this.#buffer.length) {
      // A fresh buffer, never the old one moved up: payloads handed out are views of it. Doubling keeps octet-wise arrival linear.
      const grown = new Uint8Array(Math.max(2 * held, held + chunk.length));
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = grown;
      this.#start = 0;
      this.#end = held;
      this.#own = true;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next whole WPDU, or undefined until more octets come.
   * @throws DlmsError `decode/framing` for a version other than 1, `decode/too-large` for a payload over the limit. TCP offers no way to find the
   * next header after that: the stream is lost, and every later call throws the same.
   */
  next(): Wpdu | undefined {
    const b = this.#buffer;
    const at = this.#start;
    const held = this.#end - at;
    if (held === 0) return undefined;
    if (b[at] !== 0 || (held > 1 && b[at + 1] !== 1)) {
      const reason = `no WPDU (wrapper version 1 expected): ${excerpt(b.subarray(at, this.#end))}; the command doctor finds out what the peer speaks`;
      throw new DlmsError('decode/framing', { offset: this.#consumed, reason });
    }
    if (held < 8) return undefined;
    const length = u16(b, at + 6);
    if (length > this.#limit)
      throw new DlmsError('decode/too-large', { offset: this.#consumed + 6, limit: this.#limit, actual: length });
    if (held < 8 + length) return undefined;
    const end = at + 8 + length;
    this.#start = end;
    this.#consumed += 8 + length;
    if (end === this.#end) {
      this.#buffer = empty;
      this.#start = 0;
      this.#end = 0;
    }
    return { source: u16(b, at + 2), destination: u16(b, at + 4), payload: b.subarray(at + 8, end) };
  }
}

function port(out: Uint8Array, at: number, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff)
    throw new DlmsError('encode/invalid-value', { expected: 'a wPort of 0 to 65535', actual: String(value) });
  out[at] = value >> 8;
  out[at + 1] = value;
}
const u16 = (b: Uint8Array, at: number): number => ((b[at] as number) << 8) | (b[at + 1] as number);
const empty: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
