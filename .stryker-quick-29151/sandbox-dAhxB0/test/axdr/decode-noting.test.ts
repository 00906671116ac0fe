import { describe, expect, it } from 'vitest';
import { Data, decodeNoting } from '../../src/axdr/index.js';
import type { Quirk } from '../../src/core/cursor.js';
import { parseHex } from '../../src/core/hex.js';

const read = (hex: string) => {
  const quirks: Quirk[] = [];
  let value: unknown;
  let error: string | undefined;
  try {
    value = decodeNoting(Data, parseHex(hex), quirks);
  } catch (e) {
    error = (e as Error).message;
  }
  return { value, error, quirks: quirks.map((q) => q.name) };
};

describe('decoding strictly, then leniently', () => {
  it('notes nothing where nothing deviates', () => {
    expect(read('1107')).toEqual({ value: { type: 'unsigned', value: 7 }, error: undefined, quirks: [] });
  });
  it('notes what it accepted', () => {
    expect(read('110799')).toMatchObject({ value: { type: 'unsigned', value: 7 }, quirks: ['trailing-octets'] });
  });
  it('refuses with the strict error, and notes nothing of a value that it does not give', () => {
    const { error, quirks } = read('0202110712');
    expect(error).toContain('unexpected end');
    expect(quirks).toEqual([]);
  });
});
