import type { DlmsError } from '../../core/errors.js';
import type { Deframer, DeframerOptions, FramePart } from '../deframer.js';
import { type FrameRule, ScanningDeframer } from './scanning-deframer.js';
import {
  blocksOf,
  crcError,
  telegramOf,
  telegramSize,
  type WirelessMbusFormat,
  type WirelessMbusTelegram,
  wrongCrc,
} from './wireless-mbus.js';

/**
 * Finds telegrams in the stream that a receiver delivers. With CRCs, octets before and between telegrams are skipped;
 * without, nothing tells them from a telegram, and only silence (`flush`) marks the next start. Holds at most one
 * incomplete telegram, of up to 290 octets.
 */
export function wirelessMbusDeframer(
  format: WirelessMbusFormat,
  options: DeframerOptions<WirelessMbusTelegram> = {},
): Deframer<WirelessMbusTelegram> {
  return new ScanningDeframer(new Telegram(format), options);
}

class Telegram implements FrameRule<WirelessMbusTelegram> {
  readonly #format: WirelessMbusFormat;
  constructor(format: WirelessMbusFormat) {
    this.#format = format;
  }
  beginning(octets: Uint8Array, from: number): number {
    return from < octets.length ? from : -1;
  }
  lengthAt(octets: Uint8Array, at: number): number | undefined {
    const left = octets.length - at;
    const size = telegramSize(octets[at] as number, this.#format);
    if (size === 0) return 0;
    if (this.#format === 'without CRC') return left < size ? undefined : size;
    const blocks = blocksOf(octets[at] as number, this.#format);
    // The first CRC tells early whether the rest is worth waiting for.
    if (left < (blocks[0] as number) + 2) return undefined;
    if (wrongCrc(octets, at, blocks, 1) !== undefined) return 0;
    return left < size ? undefined : size;
  }
  damage(octets: Uint8Array, at: number, _: number, offset: number): (() => DlmsError) | undefined {
    if (this.#format === 'without CRC') return undefined;
    const wrong = wrongCrc(octets, at, blocksOf(octets[at] as number, this.#format));
    return wrong === undefined ? undefined : () => crcError(offset + wrong.at - at, wrong);
  }
  read(octets: Uint8Array, at: number, length: number): WirelessMbusTelegram {
    return telegramOf(octets.subarray(at, at + length), this.#format);
  }
  parts(octets: Uint8Array, at: number, _: number, offset: number): FramePart[] {
    const parts: FramePart[] = [];
    const length = octets[at] as number;
    let place = offset;
    for (const [i, block] of blocksOf(length, this.#format).entries()) {
      let rest = block;
      const part = (role: FramePart['role'], name: string, size: number): void => {
        if (size > 0) parts.push({ role, name, offset: place, length: size });
        place += size;
      };
      if (i === 0) {
        part('header', 'length', 1);
        part('header', 'control', 1);
        part('address', 'manufacturer', 2);
        part('address', 'address', 6);
        rest -= 10;
      }
      if (rest > 0 && !parts.some((p) => p.name === 'controlInformation')) {
        part('header', 'controlInformation', 1);
        rest -= 1;
      }
      part('payload', 'data', rest);
      if (this.#format !== 'without CRC') part('checksum', 'crc', 2);
    }
    return parts;
  }
  fault(): undefined {
    return undefined;
  }
}
