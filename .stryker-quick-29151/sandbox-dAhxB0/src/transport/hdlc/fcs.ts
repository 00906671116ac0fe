/**
 * Check sequence of HDLC frames: CRC-16 of ISO/IEC 13239 (reflected polynomial 0x8408, initial value 0xFFFF, complemented, low octet first).
 * Finds every error of up to 3 bits in a frame and every burst of up to 16 bits; of other damage one frame in 65 536 passes.
 */
export function fcs16(octets: Uint8Array, from = 0, to: number = octets.length): number {
  return ~fcsRegister(octets, from, to, 0xffff) & 0xffff;
}

/** Register after octets that end in their own (right) check sequence. */
export const fcsGood = 0xf0b8;

/** The running register, so that a check over a header can go on over the rest of the frame. Sixteen octets a turn, then four: the chain of dependent look-ups is what costs. */
export function fcsRegister(octets: Uint8Array, from: number, to: number, register: number): number {
  tables ??= makeTables();
  const t = tables;
  let crc = register;
  let i = from;
  for (const last = to - 15; i < last; i += 16) {
    const low = crc ^ ((octets[i] as number) | ((octets[i + 1] as number) << 8));
    crc =
      (t[0xf00 + (low & 0xff)] as number) ^
      (t[0xe00 + (low >>> 8)] as number) ^
      (t[0xd00 + (octets[i + 2] as number)] as number) ^
      (t[0xc00 + (octets[i + 3] as number)] as number) ^
      (t[0xb00 + (octets[i + 4] as number)] as number) ^
      (t[0xa00 + (octets[i + 5] as number)] as number) ^
      (t[0x900 + (octets[i + 6] as number)] as number) ^
      (t[0x800 + (octets[i + 7] as number)] as number) ^
      (t[0x700 + (octets[i + 8] as number)] as number) ^
      (t[0x600 + (octets[i + 9] as number)] as number) ^
      (t[0x500 + (octets[i + 10] as number)] as number) ^
      (t[0x400 + (octets[i + 11] as number)] as number) ^
      (t[0x300 + (octets[i + 12] as number)] as number) ^
      (t[0x200 + (octets[i + 13] as number)] as number) ^
      (t[0x100 + (octets[i + 14] as number)] as number) ^
      (t[octets[i + 15] as number] as number);
  }
  for (const last = to - 3; i < last; i += 4) {
    const low = crc ^ ((octets[i] as number) | ((octets[i + 1] as number) << 8));
    crc =
      (t[0x300 + (low & 0xff)] as number) ^
      (t[0x200 + (low >>> 8)] as number) ^
      (t[0x100 + (octets[i + 2] as number)] as number) ^
      (t[octets[i + 3] as number] as number);
  }
  for (; i < to; i++) crc = (crc >>> 8) ^ (t[(crc ^ (octets[i] as number)) & 0xff] as number);
  return crc;
}

/** Table k (256 entries each) advances the register over an octet that k more octets follow. Made when first needed. */
let tables: Uint16Array | undefined;
function makeTables(): Uint16Array {
  const t = new Uint16Array(16 * 256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
    t[n] = crc;
  }
  for (let i = 256; i < t.length; i++) {
    const before = t[i - 256] as number;
    t[i] = (before >>> 8) ^ (t[before & 0xff] as number);
  }
  return t;
}
