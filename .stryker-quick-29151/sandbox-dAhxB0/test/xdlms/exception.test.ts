import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/index.js';
import { formatHex, parseHex, type Quirk } from '../../src/core/index.js';
import { Apdu } from '../../src/xdlms/index.js';

describe('the counter of an Exception-Response', () => {
  const read = (hex: string, lenient = false) => {
    const quirks: Quirk[] = [];
    return { value: decode(Apdu, parseHex(hex), { lenient, quirks }), quirks: quirks.map((q) => [q.name, q.offset]) };
  };
  it('belongs behind invocation-counter-error, which older servers send without it', () => {
    expect(read('D8010600000123').value).toEqual({
      type: 'exception-response',
      stateError: 'service-not-allowed',
      serviceError: 'invocation-counter-error',
      invocationCounterError: 0x123,
    });
    expect(read('D80106').value).not.toHaveProperty('invocationCounterError');
    for (const n of [1, 2, 3]) expect(() => read(`D80106${'00'.repeat(n)}`)).toThrow('unexpected end');
  });
  it.each([1, 2, 3, 4, 5, 7, 255])(
    'is refused behind error %i, and named exception-counter in lenient mode',
    (error) => {
      const hex = `D801${formatHex(Uint8Array.of(error))}00000123`;
      expect(() => read(hex)).toThrow('trailing bytes at offset 3');
      const { value, quirks } = read(hex, true);
      expect(value).toMatchObject({ invocationCounterError: 0x123 });
      expect(quirks).toEqual([['exception-counter', 3]]);
      expect(formatHex(encode(Apdu, value))).toBe(hex);
      expect(() => read(`${hex}00`)).toThrow('trailing bytes');
      expect(read(`${hex}00`, true).quirks).toEqual([['trailing-octets', 3]]);
    },
  );
});
