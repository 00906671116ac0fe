import { concat } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import type { Assembler } from '../deframer.js';
import { type MbusApdu, type MbusFrame, type MbusSegment, mbusSegment } from './mbus.js';

/** Options of {@link mbusAssembler}. */
export interface MbusAssemblerOptions {
  /**
   * Longest APDU, in octets. Default: 4096, slightly more than the sixteen segments of 250 octets that can be numbered.
   */
  readonly maxApduSize?: number;
  /** Number of senders (address and SAPs) with incomplete APDUs; the oldest gives way. Default: 16. */
  readonly maxSenders?: number;
  /** Called with the reason why segments were dropped. */
  readonly onDropped?: (error: DlmsError) => void;
}

/**
 * Assembles the segments of APDUs for each sender. Segment 0 always starts anew; an unexpected number drops what was
 * collected.
 */
export function mbusAssembler(options: MbusAssemblerOptions = {}): Assembler<MbusFrame, MbusApdu> {
  return new SegmentAssembler(options);
}

class SegmentAssembler implements Assembler<MbusFrame, MbusApdu> {
  readonly #options: MbusAssemblerOptions;
  readonly #open = new Map<number, { parts: Uint8Array[]; size: number }>();

  constructor(options: MbusAssemblerOptions) {
    this.#options = options;
  }
  get pending(): number {
    let octets = 0;
    for (const { size } of this.#open.values()) octets += size;
    return octets;
  }
  reset(): void {
    this.#open.clear();
  }
  /** Ignores frames of other applications (CI above 1F). */
  push(frame: MbusFrame): MbusApdu | undefined {
    if (frame.controlInformation > 0x1f) return undefined;
    if (frame.data.length < 2)
      return this.#drop(
        new DlmsError('decode/unexpected-end', { offset: frame.data.length, expected: 'STSAP and DTSAP' }),
      );
    const { number, final, stsap, dtsap, part } = mbusSegment(frame) as MbusSegment;
    const { address } = frame;
    const key = (address << 16) | (stsap << 8) | dtsap;
    const known = this.#open.get(key);
    this.#open.delete(key);
    if (number !== 0 && known?.parts.length !== number)
      return this.#drop(
        new DlmsError('protocol/block-number', {
          side: 'remote',
          expected: known?.parts.length ?? 0,
          received: number,
        }),
      );
    if (number === 0 && known !== undefined)
      this.#drop(new DlmsError('protocol/block-number', { side: 'remote', expected: known.parts.length, received: 0 }));
    if (number === 0 && final) return { address, stsap, dtsap, apdu: part };
    const message = number === 0 || known === undefined ? { parts: [], size: 0 } : known;
    // Copied, because the segment is a view into a chunk that may be far longer, and must not keep it alive.
    message.parts.push(part.slice());
    message.size += part.length;
    const limit = this.#options.maxApduSize ?? 4096;
    if (message.size > limit)
      return this.#drop(new DlmsError('decode/too-large', { offset: 0, limit, actual: message.size }));
    if (final) return { address, stsap, dtsap, apdu: concat(...message.parts) };
    if (number === 15)
      return this.#drop(
        new DlmsError('decode/unsupported', { offset: 0, what: 'an M-Bus message of more than 16 segments' }),
      );
    this.#open.set(key, message);
    if (this.#open.size > (this.#options.maxSenders ?? 16)) {
      const oldest = this.#open.keys().next().value as number;
      this.#open.delete(oldest);
      this.#drop(
        new DlmsError('decode/too-large', {
          offset: 0,
          limit: this.#options.maxSenders ?? 16,
          actual: this.#open.size + 1,
        }),
      );
    }
    return undefined;
  }

  #drop(error: DlmsError): undefined {
    this.#options.onDropped?.(error);
    return undefined;
  }
}
