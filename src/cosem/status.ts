import type { Data } from '../axdr/data.js';
import { DlmsError } from '../core/errors.js';

/**
 * The numbers of the bits that are set in a status word. Bits are counted from the least significant bit of an integer,
 * from the first bit of a bit-string, and from the least significant bit of the last octet of an octet-string (a
 * big-endian number). null-data has no bits.
 * @throws DlmsError `encode/invalid-value` for a type that is not a status word.
 */
export function statusBits(status: Data): number[] {
  switch (status.type) {
    case 'null-data':
      return [];
    case 'bit-string':
      return [...status.value].flatMap((digit, i) => (digit === '1' ? [i] : []));
    case 'octet-string':
      return [...status.value].reverse().flatMap((octet, i) => numbers(BigInt(octet)).map((bit) => bit + 8 * i));
    case 'unsigned':
    case 'long-unsigned':
    case 'double-long-unsigned':
    case 'long64-unsigned':
    case 'enum':
      return numbers(BigInt(status.value));
    default:
      throw new DlmsError('encode/invalid-value', {
        expected: 'a status word: unsigned integer, bit-string or octet-string',
        actual: status.type,
      });
  }
}
/** The {@link statusBits} by name; a bit without a name stays a number. */
export const statusNames = <N extends string>(
  status: Data,
  names: Readonly<Partial<Record<number, N>>>,
): (N | number)[] => statusBits(status).map((bit) => names[bit] ?? bit);

function numbers(word: bigint): number[] {
  const set: number[] = [];
  for (let bit = 0; word !== 0n; bit++, word >>= 1n) if ((word & 1n) === 1n) set.push(bit);
  return set;
}
