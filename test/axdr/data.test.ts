import { describe, expect, it } from 'vitest';
import { Data, dataOf, decode, encode } from '../../src/axdr/index.js';
import { formatHex, parseHex, type Quirk } from '../../src/core/index.js';

describe('Data', () => {
  it('keeps the octet of a boolean that was sent as FF', () => {
    expect(decode(Data, parseHex('03FF'))).toEqual({ type: 'boolean', value: true, octet: 255 });
    expect(formatHex(encode(Data, { type: 'boolean', value: true, octet: 255 }))).toBe('03FF');
    expect(formatHex(encode(Data, { type: 'boolean', value: true }))).toBe('0301');
    expect(() => encode(Data, { type: 'boolean', value: false, octet: 255 })).toThrow('agrees');
  });
  it('keeps octets that are no UTF-8, and characters beyond ASCII', () => {
    for (const hex of ['0C02C328', '0C03E282AC', '0A02FFE4']) expect(formatHex(encode(Data, decode(Data, parseHex(hex))))).toBe(hex);
    expect(decode(Data, parseHex('0C03E282AC'))).toEqual({ type: 'utf8-string', value: '€' });
  });
  it('says where a value does not fit, and never prints octets', () => {
    const wrong = { type: 'structure', value: [{ type: 'null-data' }, { type: 'array', value: [{ type: 'unsigned', value: 256 }] }] } as Data;
    expect(() => encode(Data, wrong)).toThrow('in structure.1.array.0.unsigned: expected an integer from 0 to 255, actual 256');
    expect(() => encode(Data, { type: 'unsigned', value: parseHex('C0FFEE') } as never)).toThrow('actual 3 octets');
    expect(() => encode(Data, { type: 'no-such-type' } as never)).toThrow('expected one of null-data, boolean');
  });
  it('ends in an error at 100 000 levels of nesting, whatever the types', () => {
    for (const level of ['01', '02', '13020102']) {
      expect(() => decode(Data, parseHex(level.repeat(100_000)))).toThrow(expect.objectContaining({ name: 'DlmsError' }));
    }
    expect(() => decode(Data, parseHex('0101'.repeat(100_000)))).toThrow('too deep');
  });
});

describe('Data of certain types', () => {
  const NumberOrText = dataOf('unsigned', 'visible-string');
  it('takes the types that it names', () => expect(decode(NumberOrText, parseHex('1105'))).toEqual({ type: 'unsigned', value: 5 }));
  it('refuses others, or names the quirk unexpected-type', () => {
    expect(() => decode(NumberOrText, parseHex('120005'))).toThrow('CHOICE { unsigned | visible-string }');
    const quirks: Quirk[] = [];
    expect(decode(NumberOrText, parseHex('120005'), { lenient: true, quirks })).toEqual({ type: 'long-unsigned', value: 5 });
    expect(quirks.map((q) => q.name)).toEqual(['unexpected-type']);
  });
});
