import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import { compress, decompress } from '../../../src/security/v44/index.js';

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly description: string;
  readonly input: { readonly hex: string };
  readonly params: { readonly maxOutput: number; readonly note?: string };
  readonly expected: { readonly plaintext: string; readonly error?: string };
}
const vectors = JSON.parse(readFileSync('test/vectors/v44.json', 'utf8')) as Vector[];
const of = (kind: string): Vector[] => vectors.filter((v) => v.kind === kind);
const codes: Readonly<Record<string, string>> = {
  truncated: 'decode/unexpected-end',
  'invalid-code': 'decode/invalid-value',
  trailing: 'decode/trailing-bytes',
  'non-zero-padding': 'decode/non-zero-padding',
  limit: 'decode/too-large',
};
const madeWith = (v: Vector): { n2: number; n7: number; whenFull: string; initialOrdinalBits: number } =>
  JSON.parse(/\{.*\}/.exec(v.params.note ?? '')?.[0] ?? '{}');

describe('packets of other codecs', () => {
  it.each(of('v44'))('$id decompresses to what its sender had: $description', (v) => {
    const { n7, initialOrdinalBits } = madeWith(v);
    const { maxOutput } = v.params;
    const out = decompress(parseHex(v.input.hex), { maxOutput, maxString: n7, ordinalBits: initialOrdinalBits as 7 });
    expect(formatHex(out)).toBe(v.expected.plaintext);
  });
  it.each(of('reject'))('$id is refused with its reason: $description', (v) => {
    const run = () => decompress(parseHex(v.input.hex), { maxOutput: v.params.maxOutput });
    expect(run).toThrowError(expect.objectContaining({ code: codes[v.expected.error as string] ?? v.expected.error }));
  });
  it.each(of('v44').filter((v) => madeWith(v).whenFull === 'freeze' && madeWith(v).initialOrdinalBits === 7))(
    '$id is what the compressor makes, octet for octet: $description',
    (v) => {
      const { n2, n7 } = madeWith(v);
      expect(formatHex(compress(parseHex(v.expected.plaintext), { codewords: n2, maxString: n7 }))).toBe(v.input.hex);
    },
  );
});

/** Octets as meters send them: few values, runs, repeats with a change. */
const repetitive = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 600 }))
        .map(([v, n]) => new Uint8Array(n).fill(v)),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 40 }))
        .map(([a, n]) => Uint8Array.from({ length: a.length * n }, (_, i) => a[i % a.length] as number)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((p) => [...p])));
const options = fc.record(
  {
    codewords: fc.constantFrom(256, 300, 1024, 1525, 2048),
    maxString: fc.constantFrom(32, 46, 78, 142, 255),
    avoidFutureCodewords: fc.boolean(),
  },
  { requiredKeys: [] },
);
const runs = Number(process.env.V44_RUNS ?? 2000);

describe('compression', () => {
  it('comes back as it was, whatever the options, and grows by no more than an eighth and eight octets', () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 4000 })), options, (octets, o) => {
        const packet = compress(octets, o);
        expect(packet.length).toBeLessThanOrEqual(Math.ceil((octets.length * 9) / 8) + 8);
        const { avoidFutureCodewords: _, ...same } = o;
        expect(formatHex(decompress(packet, { ...same, maxOutput: octets.length }))).toBe(formatHex(octets));
      }),
      { numRuns: runs },
    );
  });
  it('makes a long run short: 60 000 zeros are 212 octets', () => {
    expect(compress(new Uint8Array(60_000))).toHaveLength(212);
  });
  it('refuses options that no receiver could have', () => {
    for (const o of [
      { codewords: 255 },
      { codewords: 65_536 },
      { maxString: 31 },
      { maxString: 256 },
      { codewords: 1024.5 },
    ])
      expect(() => compress(new Uint8Array(1), o)).toThrowError(
        expect.objectContaining({ code: 'encode/invalid-value' }),
      );
  });
});

describe('a packet that somebody else made up', () => {
  it('ends in octets within the limit or in a named error, in strict and in lenient decoding', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.boolean(),
        (packet, maxOutput, lenient) => {
          try {
            expect(decompress(packet, { maxOutput, lenient }).length).toBeLessThanOrEqual(maxOutput);
          } catch (e) {
            expect(e).toMatchObject({ name: 'DlmsError', code: expect.stringMatching(/^decode\//) });
          }
        },
      ),
      { numRuns: runs },
    );
  });
  it('is never read beyond its limit, to the octet', () => {
    const packet = compress(new Uint8Array(1000));
    expect(decompress(packet, { maxOutput: 1000 })).toHaveLength(1000);
    expect(() => decompress(packet, { maxOutput: 999 })).toThrowError(
      expect.objectContaining({ code: 'decode/too-large', context: expect.objectContaining({ limit: 999 }) }),
    );
  });
  it.each([
    ['no FLUSH', 'C2C2C2C2C2C2C2C2', 'v44-no-flush', '6161616161616161'.slice(0, 16)],
    ['octets after FLUSH', 'C2C4890100', 'v44-trailing', undefined],
    ['padding that is not zero', 'C283', 'v44-padding', '61'],
  ])('is read leniently with %s, and that is named', (_, hex, quirk, plain) => {
    const quirks: { name: string }[] = [];
    const out = decompress(parseHex(hex), { maxOutput: 100, lenient: true, quirks: quirks as never });
    expect(quirks.map((q) => q.name)).toEqual([quirk]);
    if (plain !== undefined) expect(formatHex(out)).toBe(plain);
  });
});
