/**
 * Guesses whether octets are a date-time: twelve of them, each field in its range or unspecified, the year between 1970
 * and 2199. Twelve digits of a serial number do not pass. For tools that show values; not needed where the type of the
 * attribute says that it is a date-time.
 */
export function looksLikeDateTime(octets: Uint8Array): boolean {
  if (octets.length !== 12) return false;
  const at = (i: number): number => octets[i] as number;
  const year = (at(0) << 8) | at(1);
  const deviation = ((at(9) << 24) >> 16) | at(10);
  return (
    (year === 0xffff || (year >= 1970 && year < 2200)) &&
    ranges.every(([i, from, to, marks]) => at(i) >= 0xff - marks || (at(i) >= from && at(i) <= to)) &&
    (deviation === -0x8000 || Math.abs(deviation) <= 840)
  );
}
/**
 * Octet, lowest and highest value, and how many special codes there are below FF ("not specified"): months and days
 * have two, for daylight saving and the end of the month. Day of week 0 is invalid, but must not rule out a clock that
 * fits otherwise.
 */
const ranges: readonly (readonly [octet: number, from: number, to: number, marks: number])[] = [
  [2, 1, 12, 2],
  [3, 1, 31, 2],
  [4, 0, 7, 0],
  [5, 0, 23, 0],
  [6, 0, 59, 0],
  [7, 0, 59, 0],
  [8, 0, 99, 0],
];
