import { tagged } from '../axdr/data.js';
import { bits, unsigned8 } from '../axdr/scalars.js';
import { invalid, type Schema, scalar } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';

/**
 * The bits that are set, in order: by name, or by number where the book has no name. Nothing is lost: an unknown bit
 * can be written back.
 */
export type Flags<N extends string> = (N | number)[];
/** Bit numbers by name: `{ read: 0, write: 1 }`. */
export type FlagNames = Readonly<Record<string, number>>;

/** An `enum` whose value is read as eight flags; bit 0 is the least significant. */
/* @__NO_SIDE_EFFECTS__ */
export function enumFlags<const N extends FlagNames>(names: N): Schema<Flags<keyof N & string>> {
  return tagged('enum', 22, octetFlags('enum', names));
}
/** An `unsigned` read as eight flags; bit 0 is the least significant. */
/* @__NO_SIDE_EFFECTS__ */
export function unsignedFlags<const N extends FlagNames>(names: N): Schema<Flags<keyof N & string>> {
  return tagged('unsigned', 17, octetFlags('unsigned', names));
}

/**
 * A `bit-string` of a fixed size read as flags; bit 0 is the first bit, the most significant one of the first octet.
 * Another size is refused, as it could not be written back.
 */
/* @__NO_SIDE_EFFECTS__ */
export function bitStringFlags<const N extends FlagNames>(size: number, names: N): Schema<Flags<keyof N & string>> {
  const text = sizedBits(size);
  const { toFlags, toNumbers, list } = naming(names, size);
  return tagged(
    'bit-string',
    4,
    scalar<Flags<keyof N & string>>(
      `bit-string[${size}]`,
      { of: 'flags', names: list },
      (r) => toFlags([...text.read(r)].map((digit) => digit === '1')),
      (w, v) => text.write(w, digits(size, toNumbers(v))),
    ),
  );
}
/** A `bit-string` of a fixed size as binary digits, first bit first. */
/* @__NO_SIDE_EFFECTS__ */
export function sizedBitString(size: number): Schema<string> {
  return tagged('bit-string', 4, sizedBits(size));
}

function sizedBits(size: number): Schema<string> {
  const plain = bits();
  return scalar(
    `bit-string[${size}]`,
    { of: 'bits', size },
    (r) => {
      const offset = r.offset;
      const value = plain.read(r);
      if (value.length !== size)
        throw new DlmsError('decode/invalid-length', { offset, expected: `${size} bits`, actual: value.length });
      return value;
    },
    (w, v) => {
      if (typeof v !== 'string' || v.length !== size) throw invalid(`${size} binary digits`, v);
      plain.write(w, v);
    },
  );
}

function octetFlags<N extends FlagNames>(kind: string, names: N): Schema<Flags<keyof N & string>> {
  const { toFlags, toNumbers, list } = naming(names, 8);
  return scalar(
    kind,
    { of: 'flags', names: list },
    (r) => {
      const octet = r.u8();
      return toFlags(Array.from({ length: 8 }, (_, bit) => ((octet >> bit) & 1) === 1));
    },
    (w, v) =>
      unsigned8.write(
        w,
        toNumbers(v).reduce((octet, bit) => octet | (1 << bit), 0),
      ),
  );
}

function naming<N extends string>(names: Readonly<Record<N, number>>, size: number) {
  const byBit = new Map<number, N>((Object.entries(names) as [N, number][]).map(([name, bit]) => [bit, name]));
  return {
    /** Names by bit number; empty for a bit without a name. */
    list: Array.from({ length: size }, (_, bit) => byBit.get(bit) ?? ''),
    toFlags: (set: readonly boolean[]): Flags<N> => set.flatMap((on, bit) => (on ? [byBit.get(bit) ?? bit] : [])),
    toNumbers(flags: Flags<N>): number[] {
      if (!Array.isArray(flags)) throw invalid('an array of flags', flags);
      return flags.map((flag) => {
        const bit =
          typeof flag === 'number' ? flag : typeof flag === 'string' && Object.hasOwn(names, flag) ? names[flag] : -1;
        if (!Number.isInteger(bit) || bit < 0 || bit >= size)
          throw invalid(`one of ${Object.keys(names).join(', ')} or 0 to ${size - 1}`, flag);
        return bit;
      });
    },
  };
}
const digits = (size: number, set: readonly number[]): string =>
  Array.from({ length: size }, (_, bit) => (set.includes(bit) ? '1' : '0')).join('');
