import { DlmsError } from '../../core/errors.js';

/**
 * The packet method of ITU-T V.44 (LZJH), as DLMS uses it: parameters, codes, and what both directions share.
 *
 * Bits fill each octet from the least significant upwards, and so does every field. Source: five public codecs that agree on the format; the text of the
 * Recommendation was not at hand.
 */

/** Control codes, which stand where codewords do. */
export const control = {
  /** Enter transparent mode: of the stream method only. */
  etm: 0,
  /** The end of the packet; zeros fill the octet. */
  flush: 1,
  /** The next code is one bit wider. */
  stepUp: 2,
  /** The dictionary begins anew. */
  reinit: 3,
} as const;
/** The first codeword of a string (N5). */
export const firstCodeword = 4;
/** Bits of a codeword at the start (C2). */
export const codewordBits = 6;
/** Bits of an ordinal at the start (C5). */
export const ordinalBits = 7;

/** Characters of a string at most (N7), the value of the packet method. */
export const longestString = 255;
/** Bits of the longest form of an extension's length. */
export const extensionBits = (longest: number): number =>
  longest <= 46 ? 5 : longest <= 78 ? 6 : longest <= 142 ? 7 : 8;

/** @throws DlmsError `encode/invalid-value` for an option that is no integer of the range */
export function requireWithin(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new DlmsError('encode/invalid-value', {
      expected: `${name}: an integer from ${min} to ${max}`,
      actual: String(value),
    });
  return value;
}
