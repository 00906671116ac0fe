import { describe, expect, it } from 'vitest';
import { octets, unsigned8 } from '../../src/axdr/scalars.js';
import { encode, type Schema, scalar, sequence } from '../../src/axdr/schema.js';
import { concat, formatHex, parseHex, Reader, Writer } from '../../src/core/index.js';
import { outcome } from '../support/outcome.js';

describe('a length that is known behind its contents', () => {
  it.each([
    [0, '00'],
    [0x7f, '7F'],
    [0x80, '8180'],
    [0xff, '81FF'],
    [0x100, '820100'],
    [0xffff, '82FFFF'],
    [0x10000, '83010000'],
  ])('stands in front of %i octets in its shortest form, other octets around', (n, length) => {
    const contents = Uint8Array.from({ length: n }, (_, i) => i * 7);
    for (const capacity of [1, 64, n + 8]) {
      const w = new Writer(capacity);
      w.u8(0xaa);
      const from = w.openLength();
      for (const octet of contents) w.u8(octet);
      w.closeLength(from);
      w.u16(0xbbcc);
      expect(w.size).toBe(3 + length.length / 2 + n);
      expect(formatHex(w.finish())).toBe(formatHex(concat(parseHex(`AA${length}`), contents, parseHex('BBCC'))));
    }
  });
  it('moves back what has such lengths inside', () => {
    const w = new Writer(4);
    const outer = w.openLength();
    w.u8(1);
    for (const n of [200, 3]) {
      const inner = w.openLength();
      w.bytes(new Uint8Array(n).fill(n));
      w.closeLength(inner);
    }
    w.closeLength(outer);
    const r = new Reader(w.finish());
    expect([r.length(), r.u8(), r.take(r.length()).length, r.take(r.length()), r.left]).toEqual([
      1 + 202 + 4,
      1,
      200,
      Uint8Array.of(3, 3, 3),
      0,
    ]);
  });
});

describe('the buffer that encode keeps for its next call', () => {
  it('is nothing that a caller has: later values leave the octets of earlier ones alone', () => {
    const first = encode(octets, Uint8Array.of(1, 2, 3));
    const second = encode(octets, Uint8Array.of(9, 9, 9));
    expect([formatHex(first), formatHex(second)]).toEqual(['03010203', '03090909']);
    first.fill(0xee);
    expect(formatHex(encode(octets, Uint8Array.of(5)))).toBe('0105');
    expect(first.buffer).not.toBe(second.buffer);
  });
  it('is not used twice by a schema that encodes something else while it writes', () => {
    const inside: Schema<number> = scalar('inside', { of: 'integer', min: 0, max: 255 }, unsigned8.read, (w, v) =>
      octets.write(w, encode(octets, Uint8Array.of(v))),
    );
    const both = sequence('both', { a: unsigned8, b: inside, c: unsigned8 });
    for (let i = 0; i < 3; i++) expect(formatHex(encode(both, { a: 1, b: 2, c: 3 }))).toBe('0102010203');
  });
  it('has nothing in it of a value that was refused half way', () => {
    const pair = sequence('pair', { a: unsigned8, b: unsigned8 });
    expect(outcome(() => encode(pair, { a: 1, b: 256 }))).toBe('encode/invalid-value');
    expect(formatHex(encode(pair, { a: 3, b: 4 }))).toBe('0304');
  });
  it('is empty when it is taken again: a key that was encoded does not stay in memory', () => {
    const w = new Writer(16);
    let buffer: ArrayBufferLike | undefined;
    const view = DataView.prototype.setBigUint64;
    DataView.prototype.setBigUint64 = function (at, v) {
      buffer = this.buffer;
      view.call(this, at, v);
    };
    try {
      w.u64(0x0123456789abcdefn);
    } finally {
      DataView.prototype.setBigUint64 = view;
    }
    expect([...new Uint8Array(buffer as ArrayBuffer)].some((b) => b !== 0)).toBe(true);
    expect(w.clear()).toBe(true);
    expect([...new Uint8Array(buffer as ArrayBuffer)].every((b) => b === 0)).toBe(true);
    expect([w.size, w.finish().length]).toEqual([0, 0]);
    w.bytes(new Uint8Array(5000));
    expect(w.clear()).toBe(false);
  });
});
