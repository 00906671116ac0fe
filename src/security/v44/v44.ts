import { DlmsError } from '../../core/errors.js';

/**
 * The packet method of ITU-T V.44 (LZJH), as DLMS uses it: parameters, codes, and what both directions share.
 *
 * Bits fill each octet from the least significant upwards, and each field is written in the same order. Source: five
 * public codecs that agree on the format; the text of the Recommendation was not available.
 */

/** Control codes, which take the place of codewords. */
export const control = {
  /** Enter transparent mode; only in the stream method. */
  etm: 0,
  /** End of the packet; the rest of the octet is zeros. */
  flush: 1,
  /** The next code is one bit wider. */
  stepUp: 2,
  /** Start again with an empty dictionary. */
  reinit: 3,
} as const;
/** The first codeword for strings (N5). */
export const firstCodeword = 4;
/** Initial number of bits of a codeword (C2). */
export const codewordBits = 6;
/** Initial number of bits of an ordinal (C5). */
export const ordinalBits = 7;

/** Maximum length of a string in characters (N7), in the packet method. */
export const longestString = 255;
/** Bits in the longest form of the length of an extension. */
export const extensionBits = (longest: number): number =>
  longest <= 46 ? 5 : longest <= 78 ? 6 : longest <= 142 ? 7 : 8;

/** @throws DlmsError `encode/invalid-value` for an option that is not an integer in the range */
export function requireWithin(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new DlmsError('encode/invalid-value', {
      expected: `${name}: an integer from ${min} to ${max}`,
      actual: String(value),
    });
  return value;
}
