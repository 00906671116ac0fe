import { describe, expect, it } from 'vitest';
import * as plain from '../../src/axdr/scalars.js';
import {
  alternative,
  choice,
  decode,
  decodeFrom,
  deviating,
  encode,
  mapped,
  nested,
  optional,
  type Schema,
  sequence,
  sequenceOf,
  withDefault,
} from '../../src/axdr/schema.js';
import { DlmsError, formatHex, parseHex, type Quirk, Reader } from '../../src/core/index.js';
import { outcome, refusal } from '../support/outcome.js';

const there = <T>(schema: Schema<T>, pairs: readonly (readonly [T, string])[]): void => {
  for (const [value, hex] of pairs) {
    expect([hex, decode(schema, parseHex(hex))]).toEqual([hex, value]);
    expect(formatHex(encode(schema, value))).toBe(hex);
  }
};
const { unsigned8, unsigned16, octets } = plain;

describe('a SEQUENCE', () => {
  const s = sequence('s', { a: unsigned8, b: optional(unsigned16), c: withDefault(unsigned8, 7) });
  it('has its fields in order, absent ones as 00', () => {
    there<any>(s, [
      [{ a: 1, b: 2, c: 3 }, '010100020103'],
      [{ a: 1, c: 7 }, '010000'],
    ]);
    expect(Object.keys(decode(s, parseHex('010000')))).toEqual(['a', 'c']);
    // The default need not be left out.
    expect(decode(s, parseHex('01000107'))).toEqual({ a: 1, c: 7 });
  });
  it('names the field that cannot be read or written', () => {
    expect(refusal(() => decode(s, parseHex('010100')))).toMatchObject({ code: 'decode/unexpected-end', path: ['b'] });
    expect(refusal(() => encode(s, { a: 1, b: 65536, c: 0 }))).toMatchObject({
      code: 'encode/invalid-value',
      path: ['b'],
    });
    for (const value of [null, undefined, 5, 'text'])
      expect(refusal(() => encode(s, value as never))).toMatchObject({
        code: 'encode/invalid-value',
        context: { expected: 'an object (s)' },
      });
    expect(outcome(() => encode(s, {} as never))).toBe('encode/invalid-value');
  });
  it('takes a presence octet that is neither 00 nor 01 for 01, under the name presence-octet', () => {
    const quirks: Quirk[] = [];
    expect(decode(s, parseHex('01FF00020203'), { lenient: true, quirks })).toEqual({ a: 1, b: 2, c: 3 });
    expect(quirks.map((q) => [q.name, q.offset])).toEqual([
      ['presence-octet', 1],
      ['presence-octet', 4],
    ]);
    expect(refusal(() => decode(s, parseHex('0102000200')))).toMatchObject({
      code: 'decode/invalid-value',
      context: { offset: 1, actual: 2 },
      path: ['b'],
    });
  });
});

describe('a SEQUENCE OF', () => {
  const list = sequenceOf(unsigned16);
  it('has a count in front, and is refused before anything is made when the octets cannot hold it', () => {
    there(list, [
      [[], '00'],
      [[1, 2], '0200010002'],
    ]);
    expect(refusal(() => decode(list, parseHex('0500010002')))).toMatchObject({
      code: 'decode/unexpected-end',
      context: { offset: 0, expected: '5 elements' },
      path: [],
    });
    expect(refusal(() => decode(list, parseHex('84FFFFFFFF'))).code).toBe('decode/unexpected-end');
    // One octet for each element is there, but they have two.
    expect(refusal(() => decode(list, parseHex('020001FF')))).toMatchObject({
      code: 'decode/unexpected-end',
      path: ['1'],
    });
  });
  it('names the element that cannot be written, and is written from arrays only', () => {
    expect(refusal(() => encode(list, [1, -1])).path).toEqual(['1']);
    for (const value of [{ length: 1, 0: 1 }, 'ab', undefined, null, Uint16Array.of(1)])
      expect(refusal(() => encode(list, value as never))).toMatchObject({
        code: 'encode/invalid-value',
        context: { expected: 'an array' },
      });
  });
});

describe('a CHOICE', () => {
  const either = choice('either', {
    number: alternative(1, unsigned8),
    pair: alternative(2, sequence('pair', { a: unsigned8, b: unsigned8 })),
    nothing: alternative(255, plain.nothing),
  });
  it('has a tag in front; records get their type beside their fields, other values stand alone', () => {
    there<any>(either, [
      [{ type: 'number', value: 5 }, '0105'],
      [{ type: 'pair', a: 1, b: 2 }, '020102'],
      [{ type: 'nothing' }, 'FF'],
    ]);
  });
  it('is refused with a tag or a type that it does not have, and names the alternative that cannot be read', () => {
    expect(refusal(() => decode(either, parseHex('0305')))).toMatchObject({
      code: 'decode/unknown-choice',
      context: { offset: 0, expected: 'either', actual: 3 },
      path: [],
    });
    expect(refusal(() => decode(either, parseHex('0201'))).path).toEqual(['pair', 'b']);
    expect(refusal(() => encode(either, { type: 'pair', a: 1, b: 256 })).path).toEqual(['pair', 'b']);
    for (const type of ['toString', 'other', 1, undefined, null, ['number']])
      expect(refusal(() => encode(either, { type, value: 5 } as never))).toMatchObject({
        code: 'encode/invalid-value',
        context: { expected: 'one of number, pair, nothing' },
      });
    expect(outcome(() => encode(either, null as never))).toBe('encode/invalid-value');
  });
});

describe('a schema that contains itself', () => {
  interface Tree {
    children: Tree[];
  }
  const tree: Schema<Tree> = sequence('tree', { children: sequenceOf(nested('tree', (): Schema<Tree> => tree)) });
  const chain = (levels: number): Uint8Array => parseHex(`${'01'.repeat(levels)}00`);
  it('is followed 64 levels down, or as many as asked, and refused below', () => {
    expect(outcome(() => decode(tree, chain(64)))).toBe('accepted');
    expect(refusal(() => decode(tree, chain(65)))).toMatchObject({
      code: 'decode/too-deep',
      context: { limit: 64 },
    });
    expect(outcome(() => decode(tree, chain(3), { maxDepth: 3 }))).toBe('accepted');
    expect(outcome(() => decode(tree, chain(4), { maxDepth: 3 }))).toBe('decode/too-deep');
  });
  it('counts levels, not elements: many side by side are none too deep', () => {
    const wide = parseHex(`64${'0100'.repeat(100)}`);
    expect(decode(tree, wide, { maxDepth: 2 }).children).toHaveLength(100);
    expect(formatHex(encode(tree, decode(tree, wide)))).toBe(formatHex(wide));
  });
});

describe('decode and encode', () => {
  it('use every octet: what is left over is refused, or named trailing-octets', () => {
    const quirks: Quirk[] = [];
    expect(refusal(() => decode(unsigned8, parseHex('0102')))).toMatchObject({
      code: 'decode/trailing-bytes',
      context: { offset: 1, left: 1 },
    });
    expect(decode(unsigned8, parseHex('0102'), { lenient: true, quirks })).toBe(1);
    expect(quirks.map((q) => [q.name, q.offset])).toEqual([['trailing-octets', 1]]);
    const r = new Reader(parseHex('0102'));
    expect([decodeFrom(unsigned8, r), r.left]).toEqual([1, 1]);
  });
  it('end in an error of the library where the engine would complain, with what was wrong as its cause', () => {
    const broken: Schema<number> = { ...unsigned8, write: (_, v) => (v as any).none.none };
    expect(refusal(() => encode(broken, 1))).toMatchObject({
      code: 'encode/invalid-value',
      cause: expect.any(TypeError),
    });
    const endless: Schema<any> = { ...unsigned8, write: (w, v) => endless.write(w, v) };
    expect(refusal(() => encode(endless, 1))).toMatchObject({
      code: 'encode/invalid-value',
      cause: expect.any(RangeError),
    });
    // Anything else is a fault of the schema, and stays what it is.
    const faulty: Schema<number> = {
      ...unsigned8,
      read: () => {
        throw new SyntaxError('fault');
      },
      write: () => {
        throw new SyntaxError('fault');
      },
    };
    expect(() => encode(sequence('s', { faulty }), { faulty: 1 })).toThrow(SyntaxError);
    expect(() => decode(sequence('s', { faulty }), parseHex('01'))).toThrow(SyntaxError);
    expect(refusal(() => decode(unsigned16, parseHex('01')))).toMatchObject({
      code: 'decode/unexpected-end',
      context: { offset: 0 },
    });
  });
  it('see through a mapped value', () => {
    const hex = mapped('hex', octets, formatHex, parseHex);
    expect(decode(hex, parseHex('02AABB'))).toBe('AABB');
    expect(formatHex(encode(hex, 'AABB'))).toBe('02AABB');
  });
});

describe('a type with a deviation', () => {
  /** Two octets where one is due: their sum. */
  const sum = deviating(unsigned8, (r) => {
    if (r.left !== 2) return undefined;
    r.tolerate('sum', new DlmsError('decode/trailing-bytes', { offset: r.offset, left: r.left }));
    return r.u8() + r.u8();
  });
  it('is read as it should be where nothing speaks against it, and strictly always', () => {
    expect(decode(sum, parseHex('05'), { lenient: true })).toBe(5);
    expect(refusal(() => decode(sum, parseHex('0102')))).toMatchObject({ code: 'decode/trailing-bytes' });
    expect(formatHex(encode(sum, 7))).toBe('07');
  });
  it('is read the other way in lenient mode, with its name', () => {
    const quirks: Quirk[] = [];
    expect(decode(sum, parseHex('0102'), { lenient: true, quirks })).toBe(3);
    expect(quirks.map((q) => q.name)).toEqual(['sum']);
  });
});

describe('the same schema around other parts', () => {
  it('of a type that contains itself, without end', () => {
    interface Tree {
      children: Tree[];
    }
    const tree: Schema<Tree> = sequence('tree', { children: sequenceOf(nested('tree', (): Schema<Tree> => tree)) });
    let read = 0;
    const counting = (schema: Schema<any>): Schema<any> => {
      const { shape } = schema;
      const inner = 'with' in shape ? shape.with(counting) : schema;
      return {
        ...inner,
        read(r) {
          if (shape.of === 'fields') read++;
          return inner.read(r);
        },
      };
    };
    expect(decode(counting(tree), parseHex('02 01 00 00'))).toEqual({
      children: [{ children: [{ children: [] }] }, { children: [] }],
    });
    expect(read).toBe(4);
  });
  /** As a tool does it: a part that notes that it was read. */
  const noting = (schema: Schema<any>, seen: string[]): Schema<any> => {
    const { shape } = schema;
    if ('with' in shape)
      return shape.with((part, key) => {
        const inner = noting(part, seen);
        return {
          ...inner,
          read(r) {
            const value = inner.read(r);
            seen.push(key);
            return value;
          },
        };
      });
    return schema;
  };
  it.each<[string, Schema<any>, string, readonly string[]]>([
    ['SEQUENCE', sequence('s', { a: unsigned8, b: unsigned8 }), '0102', ['a', 'b']],
    ['SEQUENCE OF', sequenceOf(unsigned8), '020102', ['', '']],
    ['OPTIONAL', optional(unsigned8), '0105', ['']],
    ['DEFAULT', withDefault(unsigned8, 7), '0105', ['']],
    ['CHOICE', choice('c', { n: alternative(1, unsigned8) }), '0105', ['n']],
    [
      'a mapped value',
      mapped(
        'm',
        unsigned8,
        (n) => n + 1,
        (n: number) => n - 1,
      ),
      '05',
      [''],
    ],
    ['a type that contains itself', nested('n', () => unsigned8), '05', ['']],
    ['a type with a deviation', deviating(unsigned8, () => undefined), '05', ['']],
  ])('reads and writes the same: %s', (_, schema, hex, keys) => {
    const seen: string[] = [];
    const other = noting(schema, seen);
    const value = decode(schema, parseHex(hex));
    expect(decode(other, parseHex(hex))).toEqual(value);
    expect(seen).toEqual(keys);
    expect(formatHex(encode(other, value))).toBe(hex);
    expect([other.kind, other.shape.of]).toEqual([schema.kind, schema.shape.of]);
  });
});
