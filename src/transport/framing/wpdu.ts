import { DlmsError } from '../../core/errors.js';
import { excerpt } from '../../core/excerpt.js';
import type { Deframer, DeframerOptions, FramePart } from '../deframer.js';
import { SpanTeller } from '../span-teller.js';

/**
 * The wrapper's protocol data unit (Green Book, COSEM transport layer for IP networks; IEC 62056-4-7): version 0001,
 * source wPort, destination wPort, length, each two octets big-endian, then the APDU. Checked against captures from
 * Gurux, gosem and u9n/dlms-cosem.
 */
export interface Wpdu {
  /** wPort of the sender, 0 to 65535: the client SAP in a request, the server SAP (logical device) in a response. */
  readonly source: number;
  /** wPort of the receiver. */
  readonly destination: number;
  /** The APDU, 0 to 65535 octets. */
  readonly payload: Uint8Array;
}

/** Octets before the APDU. */
export const wrapperHeaderLength = 8;

/**
 * Encodes a WPDU.
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
 * Decodes octets that are one WPDU (a datagram). The payload is a view.
 * @throws DlmsError `decode/framing` (version), `decode/too-large` (over `maxApduSize`), `decode/unexpected-end`,
 *   `decode/trailing-bytes`.
 */
export function unwrap(octets: Uint8Array, maxApduSize = 0xffff): Wpdu {
  const fault = headerFault(octets, 0, octets.length, maxApduSize, 0);
  if (fault !== undefined) throw fault;
  const size = octets.length < 8 ? 8 : 8 + u16(octets, 6);
  if (octets.length < size)
    throw new DlmsError('decode/unexpected-end', { offset: octets.length, expected: 'a whole WPDU' });
  if (octets.length > size) throw new DlmsError('decode/trailing-bytes', { offset: size, left: octets.length - size });
  return wpduAt(octets, 0, size);
}

/** Options of a deframer of the wrapper. */
export interface WpduDeframerOptions extends DeframerOptions<Wpdu> {
  /**
   * Longest payload accepted, in octets; a header that announces more is refused before any memory is used for it.
   * Default: 65 535.
   */
  readonly maxApduSize?: number;
}

/**
 * Finds WPDUs in a stream. After a wrong header, nothing in a TCP stream tells where the next one begins: the deframer
 * then has a `failure` (`decode/framing` for a version other than 1, `decode/too-large`) and skips everything. Holds at
 * most one incomplete WPDU and the chunk it came in.
 */
export function wpduDeframer(options: WpduDeframerOptions = {}): Deframer<Wpdu> {
  return new WpduDeframer(options);
}

class WpduDeframer implements Deframer<Wpdu> {
  readonly #limit: number;
  readonly #spans: SpanTeller<Wpdu>;
  #buffer: Uint8Array = empty;
  #start = 0;
  #end = 0;
  /** Whether octets may be appended after `#end` (in a buffer made here, not in the caller's chunk). */
  #own = false;
  /** Number of octets before `#start`. */
  #offset = 0;
  failure: DlmsError | undefined;

  constructor(options: WpduDeframerOptions) {
    this.#limit = options.maxApduSize ?? 0xffff;
    this.#spans = new SpanTeller(options);
  }

  get pending(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): Wpdu[] {
    if (this.failure !== undefined) {
      this.#spans.skip(this.#offset, chunk.length);
      this.#spans.endRun();
      this.#offset += chunk.length;
      return [];
    }
    this.#take(chunk);
    const found: Wpdu[] = [];
    for (let pdu = this.#next(); pdu !== undefined; pdu = this.#next()) found.push(pdu);
    return found;
  }

  flush(): Wpdu[] {
    const { pending } = this;
    const b = this.#buffer;
    const at = this.#start;
    const offset = this.#offset;
    if (pending >= 8)
      this.#spans.tell({
        offset,
        length: pending,
        frame: wpduAt(b, at, pending),
        parts: wpduParts(offset, pending),
        error: new DlmsError('decode/unexpected-end', {
          offset: offset + pending,
          expected: `${u16(b, at + 6)} octets behind the header`,
        }),
      });
    else
      this.#spans.skip(
        offset,
        pending,
        () =>
          new DlmsError('decode/unexpected-end', {
            offset: offset + pending,
            expected: 'a wrapper header of 8 octets',
          }),
      );
    this.#spans.endRun();
    this.#drop(pending);
    this.failure = undefined;
    return [];
  }

  #take(chunk: Uint8Array): void {
    const held = this.#end - this.#start;
    if (held === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#own = false;
      return;
    }
    if (!this.#own || this.#end + chunk.length > this.#buffer.length) {
      // A fresh buffer rather than moving the old contents, because payloads already returned are views of it. Doubling
      // keeps the cost linear even if octets arrive one by one.
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

  #next(): Wpdu | undefined {
    const b = this.#buffer;
    const at = this.#start;
    const held = this.#end - at;
    if (held === 0) return undefined;
    const size = 8 + u16(b, at + 6);
    if (held < 8 || b[at] !== 0 || b[at + 1] !== 1 || size - 8 > this.#limit) return this.#fail(held);
    if (held < size) return undefined;
    const pdu = wpduAt(b, at, size);
    const offset = this.#offset;
    this.#drop(size);
    if (this.#spans.all) this.#spans.tell({ offset, length: size, frame: pdu, parts: wpduParts(offset, size) });
    return pdu;
  }
  /** Stops finding frames once the octets are not a header, nor the start of one. */
  #fail(held: number): undefined {
    const fault = headerFault(this.#buffer, this.#start, this.#end, this.#limit, this.#offset);
    if (fault === undefined) return;
    this.failure = fault;
    this.#spans.skip(this.#offset, held, () => fault);
    this.#spans.endRun();
    this.#drop(held);
  }

  /** Removes octets that have been processed. */
  #drop(octets: number): void {
    this.#offset += octets;
    this.#start += octets;
    if (this.#start !== this.#end) return;
    this.#buffer = empty;
    this.#start = 0;
    this.#end = 0;
  }
}

/** What is wrong with the header at `at`, as far as it has arrived. `offset` is its position in the stream. */
function headerFault(b: Uint8Array, at: number, end: number, limit: number, offset: number): DlmsError | undefined {
  const left = end - at;
  if (left > 0 && (b[at] !== 0 || (left > 1 && b[at + 1] !== 1))) {
    const reason = `no WPDU (wrapper version 1 expected): ${excerpt(b.subarray(at, end))}; the command doctor finds out what the peer speaks`;
    return new DlmsError('decode/framing', { offset, reason });
  }
  if (left < 8) return undefined;
  const length = u16(b, at + 6);
  return length > limit ? new DlmsError('decode/too-large', { offset: offset + 6, limit, actual: length }) : undefined;
}
/** The WPDU of `size` octets at `at`. */
const wpduAt = (b: Uint8Array, at: number, size: number): Wpdu => ({
  source: u16(b, at + 2),
  destination: u16(b, at + 4),
  payload: b.subarray(at + 8, at + size),
});
/** The positions of the parts of a WPDU of `size` octets. */
export function wpduParts(offset: number, size: number): FramePart[] {
  const parts: FramePart[] = [
    { role: 'header', name: 'version', offset, length: 2 },
    { role: 'address', name: 'source', offset: offset + 2, length: 2 },
    { role: 'address', name: 'destination', offset: offset + 4, length: 2 },
    { role: 'header', name: 'length', offset: offset + 6, length: 2 },
  ];
  if (size > 8) parts.push({ role: 'payload', name: 'payload', offset: offset + 8, length: size - 8 });
  return parts;
}

function port(out: Uint8Array, at: number, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff)
    throw new DlmsError('encode/invalid-value', { expected: 'a wPort of 0 to 65535', actual: String(value) });
  out[at] = value >> 8;
  out[at + 1] = value;
}
const u16 = (b: Uint8Array, at: number): number => ((b[at] as number) << 8) | (b[at + 1] as number);
const empty: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
