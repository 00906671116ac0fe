import { describe, expect, it } from 'vitest';
import { octetText } from '../../src/cli/values.js';
import { parseHex } from '../../src/core/hex.js';
import { formatHex } from '../../src/core/index.js';
import { looksLikeDateTime } from '../../src/cosem/date-time-guess.js';
import { reading } from '../../src/cosem/push-readings.js';
import { octetsText } from '../../src/translator/explain-meaning.js';

const good = '07E8 02 1D 04 17 3B 3B 63 FFC4 80';
/** Where, the values at the edge that are a date-time, and those beyond. */
const edges: readonly [string, number, readonly string[], readonly string[]][] = [
  ['year', 0, ['07B2', '0897', 'FFFF'], ['07B1', '0898', 'FFFE', '3031']],
  ['month', 2, ['01', '0C', 'FD', 'FE', 'FF'], ['00', '0D', 'FC']],
  ['day', 3, ['01', '1F', 'FD', 'FE', 'FF'], ['00', '20', 'FC']],
  ['day of the week', 4, ['00', '07', 'FF'], ['08', 'FE']],
  ['hour', 5, ['00', '17', 'FF'], ['18', 'FE']],
  ['minute', 6, ['00', '3B', 'FF'], ['3C', 'FE']],
  ['second', 7, ['00', '3B', 'FF'], ['3C', 'FE']],
  ['hundredths', 8, ['00', '63', 'FF'], ['64', 'FE']],
  ['deviation', 9, ['FCB8', '0348', '8000', '0000'], ['FCB7', '0349', '7FFF', '8001']],
];
const changed = (at: number, hex: string): Uint8Array => {
  const octets = parseHex(good);
  octets.set(parseHex(hex), at);
  return octets;
};

describe('octets that look like a date-time', () => {
  it.each(edges)('by their %s', (_, at, within, beyond) => {
    for (const hex of within) expect([hex, looksLikeDateTime(changed(at, hex))]).toEqual([hex, true]);
    for (const hex of beyond) expect([hex, looksLikeDateTime(changed(at, hex))]).toEqual([hex, false]);
  });
  it('are twelve', () => {
    const octets = parseHex(good);
    for (const n of [0, 5, 11]) expect(looksLikeDateTime(octets.subarray(0, n))).toBe(false);
    expect(looksLikeDateTime(parseHex(`${good}00`))).toBe(false);
    expect(looksLikeDateTime(new TextEncoder().encode('123456789012'))).toBe(false);
  });
  it('are the same ones for explain, for readings and for the tables of the command', () => {
    for (const [, at, within, beyond] of edges)
      for (const hex of [...within, ...beyond]) {
        const octets = changed(at, hex);
        const shown = [octetsText(octets), octetText(octets)].map((text) => text !== formatHex(octets));
        const read = reading('1-0:1.8.0*255', { type: 'octet-string', value: octets }, undefined).dateTime === true;
        expect([hex, ...shown, read]).toEqual([hex, ...new Array<boolean>(3).fill(within.includes(hex))]);
      }
  });
});
