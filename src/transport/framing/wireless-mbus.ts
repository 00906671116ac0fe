import { DlmsError } from '../../core/errors.js';

/**
 * A wireless M-Bus telegram after the radio (EN 13757-4): L, C, manufacturer, address, CI, data. Format A: L counts
 * what follows without CRCs; there is a CRC after the first 10 octets and after each 16 that follow. Format B: L counts
 * CRCs too; there is a CRC after at most 126 octets (from L on), and one after the rest. Many receivers deliver
 * telegrams with the CRCs removed.
 */
export interface WirelessMbusTelegram {
  /** C field: 44 SND_NR, 53 or 73 SND_UD, 08 to 38 RSP_UD. */
  readonly control: number;
  /** Three letters, e.g. `KFM`. */
  readonly manufacturer: string;
  /** Identification (4 octets, BCD, low first), version, device type. A view. */
  readonly address: Uint8Array;
  readonly controlInformation: number;
  /** What follows the CI field. */
  readonly data: Uint8Array;
}

/**
 * Frame formats of wireless M-Bus: A and B have CRCs in different places; `without CRC` is what many receivers deliver.
 */
export type WirelessMbusFormat = 'A' | 'B' | 'without CRC';

/**
 * Decodes octets that are one telegram.
 * @throws DlmsError `decode/unexpected-end`, `decode/invalid-length`, `decode/checksum`.
 */
export function decodeWirelessMbus(octets: Uint8Array, format: WirelessMbusFormat): WirelessMbusTelegram {
  if (octets.length < 11)
    throw new DlmsError('decode/unexpected-end', {
      offset: octets.length,
      expected: 'a telegram of at least 11 octets',
    });
  const length = octets[0] as number;
  if (telegramSize(length, format) !== octets.length)
    throw new DlmsError('decode/invalid-length', {
      offset: 0,
      expected: `L for ${octets.length} octets`,
      actual: length,
    });
  const wrong = format === 'without CRC' ? undefined : wrongCrc(octets, 0, blocksOf(length, format));
  if (wrong !== undefined) throw crcError(wrong.at, wrong);
  return telegramOf(octets, format);
}

/** The fields of a telegram, whether or not its CRCs are correct. */
export function telegramOf(octets: Uint8Array, format: WirelessMbusFormat): WirelessMbusTelegram {
  const plain = format === 'without CRC' ? octets : withoutCrcs(octets, blocksOf(octets[0] as number, format));
  const code = (plain[2] as number) | ((plain[3] as number) << 8);
  return {
    control: plain[1] as number,
    manufacturer: String.fromCharCode(64 + ((code >> 10) & 31), 64 + ((code >> 5) & 31), 64 + (code & 31)),
    address: plain.subarray(4, 10),
    controlInformation: plain[10] as number,
    data: plain.subarray(11),
  };
}

/**
 * Encodes a telegram.
 * @throws DlmsError `encode/invalid-value` for more data than L can count, or an invalid address or manufacturer
 */
export function encodeWirelessMbus(telegram: WirelessMbusTelegram, format: WirelessMbusFormat): Uint8Array {
  const { control, manufacturer, address, controlInformation, data } = telegram;
  if (!/^[A-Z]{3}$/.test(manufacturer))
    throw new DlmsError('encode/invalid-value', {
      expected: 'a manufacturer of three capital letters',
      actual: manufacturer,
    });
  if (address.length !== 6)
    throw new DlmsError('encode/invalid-value', {
      expected: 'an address of 6 octets',
      actual: `${address.length} octets`,
    });
  const n = data.length + 11;
  const length = n - 1 + (format === 'B' ? (n > 126 ? 4 : 2) : 0);
  if (length > 255)
    throw new DlmsError('encode/invalid-value', {
      expected: 'a telegram whose L fits an octet',
      actual: `L ${length}`,
    });
  const code = [...manufacturer].reduce((v, c) => v * 32 + c.charCodeAt(0) - 64, 0);
  const plain = new Uint8Array(n);
  plain.set([length, control, code & 0xff, code >> 8]);
  plain.set(address, 4);
  plain[10] = controlInformation;
  plain.set(data, 11);
  if (format === 'without CRC') return plain;
  const blocks = blocksOf(length, format);
  const out = new Uint8Array(n + 2 * blocks.length);
  let from = 0;
  let to = 0;
  for (const size of blocks) {
    out.set(plain.subarray(from, from + size), to);
    const crc = crc13757(plain, from, from + size);
    from += size;
    to += size + 2;
    out[to - 2] = crc >> 8;
    out[to - 1] = crc & 0xff;
  }
  return out;
}

/**
 * The APDU in a telegram with CI 7C or 7D (COSEM data from the meter) or 60 or 61 (to the meter), with a long (7C, 60)
 * or short transport layer header. The header fields are as in public M-Bus decoders. (Doubtful: that the APDU follows
 * them directly is concluded only from the name of the CI field; no telegram from a meter was available.) CI 00 to 1F
 * carry segments as on wired M-Bus, see `mbusSegment`.
 * @throws DlmsError `decode/unsupported` for another CI, and for M-Bus encryption (a security mode other than 0);
 *   `decode/unexpected-end`.
 */
export function cosemOfWirelessMbus(telegram: Pick<WirelessMbusTelegram, 'controlInformation' | 'data'>): {
  readonly accessNumber: number;
  readonly status: number;
  readonly apdu: Uint8Array;
} {
  const { controlInformation: ci, data } = telegram;
  const header = ci === 0x60 || ci === 0x7c ? 12 : ci === 0x61 || ci === 0x7d ? 4 : 0;
  if (header === 0)
    throw new DlmsError('decode/unsupported', {
      offset: 0,
      what: `M-Bus CI field ${ci.toString(16).padStart(2, '0')} (not COSEM data)`,
    });
  if (data.length < header)
    throw new DlmsError('decode/unexpected-end', {
      offset: data.length,
      expected: `a transport layer header of ${header} octets`,
    });
  const mode = (data[header - 1] as number) & 0x1f;
  if (mode !== 0)
    throw new DlmsError('decode/unsupported', {
      offset: header - 1,
      what: `M-Bus security mode ${mode} (encryption below DLMS)`,
    });
  return { accessNumber: data[header - 4] as number, status: data[header - 3] as number, apdu: data.subarray(header) };
}

/** CRC of EN 13757: polynomial 3D65, initial value 0, complemented, high octet first. */
export function crc13757(octets: Uint8Array, from = 0, to: number = octets.length): number {
  let crc = 0;
  for (let i = from; i < to; i++) {
    crc ^= (octets[i] as number) << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x3d65) & 0xffff : crc << 1;
  }
  return ~crc & 0xffff;
}

/** Length of a telegram with this L; 0 if no telegram can have it. */
export function telegramSize(length: number, format: WirelessMbusFormat): number {
  const blocks = blocksOf(length, format);
  if (length < 10 || blocks.some((b) => b < 1)) return 0;
  return blocks.reduce((n, b) => n + b + (format === 'without CRC' ? 0 : 2), 0);
}

/** Sizes of the blocks without their CRCs; the first block starts with L. */
export function blocksOf(length: number, format: WirelessMbusFormat): number[] {
  if (format === 'without CRC') return [length + 1];
  if (format === 'B') return length + 1 > 128 ? [126, length + 1 - 130] : [length - 1];
  const blocks = [10];
  for (let left = length - 9; left > 0; left -= 16) blocks.push(Math.min(16, left));
  return blocks;
}

/**
 * The position of the first wrong CRC of a telegram at `at`, among those of its first `count` blocks; undefined if they
 * are correct.
 */
export function wrongCrc(
  octets: Uint8Array,
  at: number,
  blocks: readonly number[],
  count: number = blocks.length,
): { readonly at: number; readonly expected: number; readonly actual: number } | undefined {
  let from = at;
  for (const size of blocks.slice(0, count)) {
    const end = from + size;
    const expected = crc13757(octets, from, end);
    const actual = ((octets[end] as number) << 8) | (octets[end + 1] as number);
    if (expected !== actual) return { at: end, expected, actual };
    from = end + 2;
  }
  return undefined;
}
/** The error for a wrong CRC; `offset` is its position in the stream. */
export const crcError = (offset: number, wrong: { readonly expected: number; readonly actual: number }): DlmsError =>
  new DlmsError('decode/checksum', {
    offset,
    field: 'CRC of a wireless M-Bus block',
    expected: wrong.expected,
    actual: wrong.actual,
  });

function withoutCrcs(octets: Uint8Array, blocks: readonly number[]): Uint8Array {
  const plain = new Uint8Array(octets.length - 2 * blocks.length);
  let from = 0;
  let to = 0;
  for (const size of blocks) {
    plain.set(octets.subarray(from, from + size), to);
    from += size + 2;
    to += size;
  }
  return plain;
}
