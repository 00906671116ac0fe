import { DlmsError } from '../../core/errors.js';

/**
 * A long frame of wired M-Bus (EN 13757-2): `68 L L 68 C A CI data checksum 16`. L counts C to the end of the data; the
 * checksum is their sum modulo 256.
 */
export interface MbusFrame {
  /** C field: 53 or 73 SND_UD, 08 to 38 RSP_UD. */
  readonly control: number;
  /** A field: primary address; FF broadcast without answer, FE broadcast with answer, FD secondary addressing. */
  readonly address: number;
  /** CI field; 00 to 1F carry DLMS (EN 13757-1). */
  readonly controlInformation: number;
  /** What follows the CI field. A view. */
  readonly data: Uint8Array;
  /** Whether the length octet was only the true length modulo 256. */
  readonly lengthModulo256: boolean;
}

/**
 * A segment of an APDU: CI 00 to 1F, which is a number (low four bits) and the final bit (10), then STSAP and DTSAP
 * (IEC 62056-7-3, checked against Kaifa meters).
 */
export interface MbusSegment {
  readonly number: number;
  readonly final: boolean;
  /** Source transport SAP; in a push, that of the server. */
  readonly stsap: number;
  /** Destination transport SAP; in a push, that of the client (67 hex in Austrian meters). */
  readonly dtsap: number;
  /** Part of the APDU. A view. */
  readonly part: Uint8Array;
}

/** A whole APDU that came in M-Bus segments. */
export interface MbusApdu {
  readonly address: number;
  readonly stsap: number;
  readonly dtsap: number;
  readonly apdu: Uint8Array;
}

/**
 * Decodes octets that are one long frame.
 * @throws DlmsError `decode/framing` (start octets, lengths that differ, stop octet), `decode/invalid-length`,
 *   `decode/checksum`, `decode/unexpected-end`.
 */
export function decodeMbusFrame(octets: Uint8Array): MbusFrame {
  const n = octets.length;
  if (n < 9) throw new DlmsError('decode/unexpected-end', { offset: n, expected: 'a long frame of at least 9 octets' });
  const fault = headFault(octets, 0);
  if (fault !== undefined) throw new DlmsError('decode/framing', { offset: 0, reason: fault });
  const length = n - 6;
  if (length % 256 !== octets[1])
    throw new DlmsError('decode/invalid-length', {
      offset: 1,
      expected: `${length % 256} (modulo 256)`,
      actual: octets[1] as number,
    });
  if (octets[n - 1] !== 0x16)
    throw new DlmsError('decode/framing', { offset: n - 1, reason: 'the stop octet 16 is missing' });
  const expected = sum(octets, 4, n - 2);
  const actual = octets[n - 2] as number;
  if (expected !== actual)
    throw new DlmsError('decode/checksum', { offset: n - 2, field: 'M-Bus checksum', expected, actual });
  return frameAt(octets, 0, length);
}

/**
 * Encodes a long frame.
 * @throws DlmsError `encode/invalid-value` for more than 252 octets of data, or a field that is not an octet
 */
export function encodeMbusFrame(
  frame: Pick<MbusFrame, 'control' | 'address' | 'controlInformation' | 'data'>,
): Uint8Array {
  const { control, address, controlInformation, data } = frame;
  if (data.length > 252)
    throw new DlmsError('encode/invalid-value', {
      expected: 'at most 252 octets in a long frame',
      actual: `${data.length} octets`,
    });
  for (const field of [control, address, controlInformation]) octet(field);
  const out = new Uint8Array(data.length + 9);
  const length = data.length + 3;
  out.set([0x68, length, length, 0x68, control, address, controlInformation]);
  out.set(data, 7);
  out[out.length - 2] = sum(out, 4, out.length - 2);
  out[out.length - 1] = 0x16;
  return out;
}

/**
 * The DLMS segment in a frame (or in the TPL of a wireless telegram); undefined if its CI field is not 00 to 1F.
 * @throws DlmsError `decode/unexpected-end`
 */
export function mbusSegment(frame: Pick<MbusFrame, 'controlInformation' | 'data'>): MbusSegment | undefined {
  const { controlInformation, data } = frame;
  if (controlInformation > 0x1f) return undefined;
  if (data.length < 2)
    throw new DlmsError('decode/unexpected-end', { offset: data.length, expected: 'STSAP and DTSAP' });
  return {
    number: controlInformation & 0x0f,
    final: (controlInformation & 0x10) !== 0,
    stsap: data[0] as number,
    dtsap: data[1] as number,
    part: data.subarray(2),
  };
}

/** Addresses and sizes of the frames that carry an APDU. */
export interface MbusEncodeOptions {
  readonly stsap: number;
  readonly dtsap: number;
  /** C field. Default: 53 (SND_UD), as meters push. */
  readonly control?: number;
  /** A field. Default: FF (broadcast). */
  readonly address?: number;
  /** Octets of the APDU in one frame, 1 to 250. Default: 245 (length octet FA), as in meters. */
  readonly partSize?: number;
}

/**
 * Encodes the frames that carry an APDU.
 * @throws DlmsError `encode/invalid-value` for an APDU that needs more than 16 segments, because it is unknown whether
 *   the four-bit number may wrap around
 */
export function encodeMbusApdu(apdu: Uint8Array, options: MbusEncodeOptions): Uint8Array[] {
  const { stsap, dtsap, control = 0x53, address = 0xff, partSize = 245 } = options;
  if (!(partSize >= 1 && partSize <= 250))
    throw new DlmsError('encode/invalid-value', { expected: 'partSize of 1 to 250', actual: String(partSize) });
  for (const field of [stsap, dtsap]) octet(field);
  const count = Math.max(1, Math.ceil(apdu.length / partSize));
  if (count > 16)
    throw new DlmsError('encode/invalid-value', {
      expected: `at most 16 segments of ${partSize} octets`,
      actual: `an APDU of ${apdu.length} octets`,
    });
  return Array.from({ length: count }, (_, i) => {
    const part = apdu.subarray(i * partSize, (i + 1) * partSize);
    const data = new Uint8Array(part.length + 2);
    data.set([stsap, dtsap]);
    data.set(part, 2);
    return encodeMbusFrame({ control, address, controlInformation: i | (i === count - 1 ? 0x10 : 0), data });
  });
}

/** What is wrong with the first four octets of a frame at `at`. */
export function headFault(b: Uint8Array, at: number): string | undefined {
  if (b[at] !== 0x68 || b[at + 3] !== 0x68) return 'a long frame has 68 before and after its length octets';
  return b[at + 1] === b[at + 2] ? undefined : 'the two length octets differ';
}
/** The frame with a true length of `length` at `at`. */
export function frameAt(b: Uint8Array, at: number, length: number): MbusFrame {
  return {
    control: b[at + 4] as number,
    address: b[at + 5] as number,
    controlInformation: b[at + 6] as number,
    data: b.subarray(at + 7, at + 4 + length),
    lengthModulo256: length > 255,
  };
}
/** Sum of octets modulo 256. */
export function sum(b: Uint8Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += b[i] as number;
  return total & 0xff;
}
function octet(value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 255)
    throw new DlmsError('encode/invalid-value', { expected: 'an octet', actual: String(value) });
}
