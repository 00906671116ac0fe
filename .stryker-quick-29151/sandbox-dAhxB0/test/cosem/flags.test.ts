import { describe, expect, it } from 'vitest';
import { array, Data, integer, nullData, octetString, structure, unsigned } from '../../src/axdr/data.js';
import { decode, encode, type Schema } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/errors.js';
import { formatHex, parseHex } from '../../src/core/hex.js';
import { bitStringFlags, enumFlags, sizedBitString, unsignedFlags } from '../../src/cosem/flags.js';
import { oneOf } from '../../src/cosem/one-of.js';

const both = <T>(schema: Schema<T>, hex: string, value: T) => {
  expect(decode(schema, parseHex(hex))).toEqual(value);
  expect(formatHex(encode(schema, value))).toBe(hex);
};
const failure = (f: () => unknown): string => {
  try {
    f();
  } catch (e) {
    if (isDlmsError(e)) return `${e.code} ${e.message}`;
    throw e;
  }
  return 'no error';
};

describe('flags', () => {
  const names = { read: 0, write: 1, signed: 7 } as const;
  it('count from the least significant bit of an octet', () => {
    both(enumFlags(names), '1681', ['read', 'signed']);
    both(enumFlags(names), '1600', []);
    both(unsignedFlags(names), '1106', ['write', 2]);
    expect(formatHex(encode(enumFlags(names), [7, 'read']))).toBe('1681');
  });
  it('count from the first bit of a bit-string', () => {
    both(bitStringFlags(7, { monday: 0, sunday: 6 }), '040782', ['monday', 'sunday']);
    both(bitStringFlags(10, { last: 9 }), '040A4040', [1, 'last']);
    both(sizedBitString(3), '0403A0', '101');
  });
  it('refuse what has no place', () => {
    expect(failure(() => encode(enumFlags(names), ['execute' as never]))).toMatch(/encode\/invalid-value.*execute/);
    expect(failure(() => encode(enumFlags(names), [8]))).toMatch('encode/invalid-value');
    expect(failure(() => encode(enumFlags(names), 'read' as never))).toMatch('encode/invalid-value');
    expect(failure(() => decode(bitStringFlags(7, {}), parseHex('040882')))).toMatch(/decode\/invalid-length.*7 bits/);
    expect(failure(() => decode(enumFlags(names), parseHex('1181')))).toMatch('decode/unexpected-tag');
  });
});

describe('one of several typed forms', () => {
  const choice = oneOf('key-info-options', {
    identified: structure('identified', { keyId: unsigned }),
    wrapped: structure('wrapped', { kekId: unsigned, key: octetString }),
    agreed: structure('agreed', { parameters: octetString, key: octetString }),
    list: array(integer),
    'null-data': nullData,
  });
  it('tells structures apart by what they hold', () => {
    both(choice, '02011105', { type: 'identified', value: { keyId: 5 } });
    both(choice, '020211050901AA', { type: 'wrapped', value: { kekId: 5, key: Uint8Array.of(0xaa) } });
    both(choice, '02020901BB0901AA', {
      type: 'agreed',
      value: { parameters: Uint8Array.of(0xbb), key: Uint8Array.of(0xaa) },
    });
    both(choice, '01020F010FFF', { type: 'list', value: [1, -1] });
    both(choice, '00', { type: 'null-data' });
  });
  it('names what would have been right, at the place that went wrong', () => {
    expect(failure(() => decode(choice, parseHex('1205')))).toMatch(
      /decode\/unexpected-tag.*offset 0.*key-info-options/,
    );
    expect(failure(() => decode(choice, parseHex('020211051101')))).toMatch(/offset 4.*in key.*octet-string/);
    expect(failure(() => decode(choice, parseHex('02')))).toMatch('decode/unexpected-end');
    expect(failure(() => encode(choice, { type: 'other' } as never))).toMatch(/encode\/invalid-value.*identified/);
    expect(failure(() => encode(choice, { type: 'identified', value: { keyId: 300 } }))).toMatch(
      /in identified\.keyId/,
    );
  });
  it('does not lose the level of nesting when an option fails deep inside', () => {
    const deep = oneOf('deep', { few: structure('few', { a: Data, b: unsigned }), any: Data });
    const bytes = parseHex('0202 0101 0101 0100 1200FF'.replaceAll(' ', ''));
    for (let n = 0; n < 3; n++) expect(decode(deep, bytes, { maxDepth: 4 }).type).toBe('any');
  });
  it('is rebuilt around decorated parts, which see only the option that fits', () => {
    const shape = choice.shape;
    if (shape.of !== 'alternatives') throw new Error(shape.of);
    const seen: string[] = [];
    const decorated = shape.with((schema, key) => ({
      ...schema,
      read(r) {
        seen.push(key);
        return schema.read(r);
      },
    }));
    expect(decode(decorated, parseHex('020211050901AA'))).toEqual(decode(choice, parseHex('020211050901AA')));
    expect(seen).toEqual(['wrapped']);
  });
});
