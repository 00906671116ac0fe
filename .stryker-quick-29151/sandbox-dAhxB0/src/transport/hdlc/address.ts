import { DlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';

/**
 * An HDLC address as it stands in a frame. Clients have one octet; servers have one octet (upper address only), two (upper and lower, 7 bits each)
 * or four (14 bits each). The upper address names the logical device, the lower one the physical device on a multi-drop line.
 * The number of octets is kept, so that an address is always written back as it came.
 */
export interface HdlcAddress {
  /** Client address, or logical device: 0 to 127, in four octets to 16 383. */
  readonly upper: number;
  /** Physical device; absent in a one-octet address. */
  readonly lower?: number;
  readonly size: 1 | 2 | 4;
}

/** Addresses with a meaning of their own (IEC 62056-46). In four octets `callingPhysicalDevice` is 0x3FFE and `allStation` 0x3FFF. */
export const hdlcReserved = {
  noStation: 0x00,
  /** Client address. */
  clientManagementProcess: 0x01,
  /** Client address. */
  publicClient: 0x10,
  /** Upper server address. */
  managementLogicalDevice: 0x01,
  /** Lower server address that a server uses as its source when it calls by itself. */
  callingPhysicalDevice: 0x7e,
  /** Upper or lower server address: broadcast. */
  allStation: 0x7f,
} as const;

/**
 * A server address. Without a size the shortest that holds the values is taken.
 * @throws DlmsError `encode/invalid-value` for values that do not fit the size.
 */
export function hdlcAddress(upper: number, lower?: number, size?: 1 | 2 | 4): HdlcAddress {
  const octets = size ?? (lower === undefined ? (upper > 0x7f ? 4 : 1) : upper > 0x7f || lower > 0x7f ? 4 : 2);
  const limit = octets === 4 ? 0x3fff : 0x7f;
  const fits = (v: number): boolean => Number.isInteger(v) && v >= 0 && v <= limit;
  if (!fits(upper) || (octets === 1 ? lower !== undefined : !fits(lower ?? 0)))
    throw new DlmsError('encode/invalid-value', {
      expected: `HDLC address in ${octets} octet(s)`,
      actual: lower === undefined ? `${upper}` : `${upper}/${lower}`,
    });
  return octets === 1 ? { upper, size: 1 } : { upper, lower: lower ?? 0, size: octets };
}

/** True when this half of a server address means all stations. */
export function isAllStation(address: HdlcAddress, half: 'upper' | 'lower'): boolean {
  return address[half] === (address.size === 4 ? 0x3fff : 0x7f);
}

/** `16`, `1/17`; with `:2` or `:4` when more octets are used than the values need. */
export function formatHdlcAddress(address: HdlcAddress): string {
  const text = address.lower === undefined ? `${address.upper}` : `${address.upper}/${address.lower}`;
  return hdlcAddress(address.upper, address.lower).size === address.size ? text : `${text}:${address.size}`;
}

/**
 * The address in a text `UPPER`, `UPPER/LOWER` or `UPPER/LOWER:OCTETS`, numbers decimal or with 0x.
 * @throws DlmsError `parse/invalid-text`, or `encode/invalid-value` for numbers that do not fit.
 */
export function parseHdlcAddress(text: string): HdlcAddress {
  const parts = /^\s*(\d+|0x[\da-f]+)(?:\/(\d+|0x[\da-f]+))?(?::([124]))?\s*$/i.exec(text);
  if (parts === null)
    throw new DlmsError('parse/invalid-text', {
      offset: 0,
      expected: 'an HDLC address such as 1, 1/17 or 1/17:4',
      actual: JSON.stringify(text),
    });
  const number = (t: string | undefined): number | undefined => (t === undefined ? undefined : Number(t));
  return hdlcAddress(Number(parts[1]), number(parts[2]), number(parts[3]) as 1 | 2 | 4 | undefined);
}

/** The octets of an address: 7 bits each in the upper bits, the lowest bit set in the last one. */
export function encodeHdlcAddress(address: HdlcAddress): Uint8Array {
  const out = new Uint8Array(address.size);
  writeAddress(address, out, 0);
  return out;
}

/**
 * The address in exactly these octets.
 * @throws DlmsError `decode/framing` when they are not one, two or four octets ending at the first octet with its lowest bit set.
 */
export function decodeHdlcAddress(octets: Uint8Array): HdlcAddress {
  const size = addressSize(octets, 0, octets.length);
  if (size < 1 || size !== octets.length)
    throw new DlmsError('decode/framing', {
      offset: 0,
      reason: `${formatHex(octets)} is no HDLC address of 1, 2 or 4 octets`,
    });
  return readAddress(octets, 0, size as 1 | 2 | 4);
}

/** One number per distinct address (size included), for maps. */
export function addressKey(address: HdlcAddress): number {
  return (address.size * 0x4000 + address.upper) * 0x4000 + (address.lower ?? 0);
}

export const sameAddress = (a: HdlcAddress, b: HdlcAddress): boolean =>
  a.upper === b.upper && a.lower === b.lower && a.size === b.size;

/** True when a frame with this source can be an answer of the server addressed: the same station, or any where all were addressed; shorter forms fit longer ones. */
export function answersFor(addressed: HdlcAddress, source: HdlcAddress): boolean {
  const half = (part: 'upper' | 'lower'): boolean =>
    addressed[part] === undefined ||
    source[part] === undefined ||
    addressed[part] === source[part] ||
    isAllStation(addressed, part);
  return half('upper') && half('lower');
}

/** Octets of the address at `at`: 1, 2 or 4; -1 for no address; 0 when `to` comes first. */
export function addressSize(octets: Uint8Array, at: number, to: number): 1 | 2 | 4 | -1 | 0 {
  const left = to - at;
  if (left < 1) return 0;
  if ((octets[at] as number) & 1) return 1;
  if (left < 2) return 0;
  if ((octets[at + 1] as number) & 1) return 2;
  if (left < 3) return 0;
  if ((octets[at + 2] as number) & 1) return -1;
  if (left < 4) return 0;
  return (octets[at + 3] as number) & 1 ? 4 : -1;
}

/** The address of a known, valid size. */
export function readAddress(octets: Uint8Array, at: number, size: 1 | 2 | 4): HdlcAddress {
  if (size === 1) {
    const upper = (octets[at] as number) >>> 1;
    const known = short[upper];
    if (known !== undefined) return known;
    const made = Object.freeze<HdlcAddress>({ upper, size: 1 });
    short[upper] = made;
    return made;
  }
  const octet = (i: number): number => (octets[at + i] as number) >>> 1;
  return size === 2
    ? { upper: octet(0), lower: octet(1), size }
    : { upper: (octet(0) << 7) | octet(1), lower: (octet(2) << 7) | octet(3), size };
}
/** One-octet addresses are in every frame: one object each, made when first met. */
const short: HdlcAddress[] = [];

/** Writes at `at` and gives the offset behind. */
export function writeAddress(address: HdlcAddress, out: Uint8Array, at: number): number {
  const { upper, lower = 0, size } = address;
  if (size === 1) {
    out[at] = (upper << 1) | 1;
  } else if (size === 2) {
    out[at] = upper << 1;
    out[at + 1] = (lower << 1) | 1;
  } else {
    out[at] = (upper >>> 7) << 1;
    out[at + 1] = (upper & 0x7f) << 1;
    out[at + 2] = (lower >>> 7) << 1;
    out[at + 3] = ((lower & 0x7f) << 1) | 1;
  }
  return at + size;
}
