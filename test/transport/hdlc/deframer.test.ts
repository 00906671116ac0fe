import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import type { DlmsError } from '../../../src/core/errors.js';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import {
  encodeHdlcAddress,
  encodeHdlcFrame,
  type HdlcDeframer,
  type HdlcFrame,
  hdlcAddress,
  hdlcDeframer,
  hdlcReassembler,
  stripLlc,
} from '../../../src/transport/hdlc/index.js';
import { arbitraryFrame } from './arbitraries.js';

const vectors = (file: string): any[] =>
  JSON.parse(readFileSync(new URL(`../../vectors/${file}.json`, import.meta.url), 'utf8'));

const whole = (d: HdlcDeframer, octets: Uint8Array): HdlcFrame[] => d.push(octets);
const single = (d: HdlcDeframer, octets: Uint8Array): HdlcFrame[] =>
  Array.from(octets, (_, i) => d.push(octets.subarray(i, i + 1))).flat();
const hexes = (frames: readonly HdlcFrame[]): string[] => frames.map((f) => formatHex(encodeHdlcFrame(f)));
const ui = (information: string, over: Partial<HdlcFrame> = {}): HdlcFrame => ({
  segmented: false,
  destination: hdlcAddress(32),
  source: hdlcAddress(4, 65),
  control: { type: 'UI', pf: true },
  information: parseHex(information),
  ...over,
});

describe('vectors', () => {
  for (const v of vectors('hdlc').filter((x) => x.kind === 'hdlc-stream'))
    it(v.id, () => {
      for (const feed of [whole, single]) {
        const frames = feed(hdlcDeframer(), parseHex(v.input.hex));
        expect(frames.map((f) => [f.control, formatHex(f.information)])).toEqual(
          v.expected.frames.map((f: any) => [f.control, f.information]),
        );
      }
    });
  for (const v of vectors('captures').filter((x) => x.params?.framing === 'hdlc'))
    it(v.id, () => {
      for (const feed of [whole, single]) {
        const deframer = hdlcDeframer();
        const frames = feed(deframer, parseHex(v.input.hex));
        expect(deframer.counters).toMatchObject({
          discarded: 0,
          checksumErrors: 0,
          invalid: 0,
          octets: v.input.hex.length / 2,
        });
        if (v.expected.frames !== undefined)
          expect(
            frames.map((f) => ({
              length: encodeHdlcFrame(f).length - 2,
              segmented: f.segmented,
              control: f.control.type,
              pollFinal: f.control.pf,
              destination: formatHex(encodeHdlcAddress(f.destination)),
              source: formatHex(encodeHdlcAddress(f.source)),
            })),
          ).toEqual(v.expected.frames);
        const blocks = v.expected.gbtBlocks ?? v.expected.blockNumbers?.map((blockNumber: number) => ({ blockNumber }));
        const apdus = frames.map((f) => stripLlc(f.information));
        if (blocks !== undefined)
          expect(apdus.map((a) => [a[0], (a[2] as number) * 256 + (a[3] as number)])).toEqual(
            blocks.map((b: any) => [0xe0, b.blockNumber]),
          );
        else if (v.expected.ciphering === undefined) expect(formatHex(apdus[0] as Uint8Array).slice(0, 2)).toBe('0F');
      }
    });
  it('recorded sessions, every frame of both sides', () => {
    for (const v of vectors('sessions').filter((x) => x.params.framing === 'hdlc')) {
      const octets = parseHex(v.input.frames.map((f: any) => f.hex).join(''));
      const frames = hdlcDeframer().push(octets);
      expect(hexes(frames)).toEqual(v.input.frames.map((f: any) => f.hex));
      expect(frames.map((f) => f.control)).toEqual(v.expected.steps.map((s: any) => s.control));
    }
  });
  it('neg-hdlc-zmf100-fcs gives no frame and a checksum error', () => {
    const v = vectors('negative').find((x) => x.id === 'neg-hdlc-zmf100-fcs');
    const errors: DlmsError[] = [];
    const deframer = hdlcDeframer({ onSkipped: (s) => errors.push(s.error) });
    expect(deframer.push(parseHex(v.input.hex))).toEqual([]);
    expect(errors.map((e) => e.code)).toEqual(['decode/checksum']);
    expect(deframer.counters.checksumErrors).toBe(1);
    expect(deframer.push(encodeHdlcFrame(ui('01'))).length).toBe(1);
  });
});

describe('the deframer', () => {
  it('finds the same frames however the stream is cut, with shared and doubled flags', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(arbitraryFrame, fc.nat({ max: 3 })), { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (input, cuts) => {
          // No flags more: the frame's closing flag is the next one's opening flag.
          const octets = concat(
            Uint8Array.of(0x7e),
            ...input.flatMap(([f, flags]) => [encodeHdlcFrame(f).subarray(1), new Uint8Array(flags).fill(0x7e)]),
          );
          const deframer = hdlcDeframer();
          const found: HdlcFrame[] = [];
          for (let at = 0; at < octets.length; ) {
            const n = cuts.next().value as number;
            found.push(...deframer.push(octets.slice(at, at + n)));
            at += n;
          }
          expect(found).toEqual(input.map(([f]) => f));
          expect(deframer.pending).toBe(0);
          expect(deframer.counters).toMatchObject({
            frames: input.length,
            discarded: 0,
            invalid: 0,
            checksumErrors: 0,
          });
        },
      ),
    );
  });
  it('finds good frames behind any noise', () => {
    const noise = fc
      .array(fc.oneof(fc.constantFrom(0x7e, 0xa0, 0xa1, 0x07), fc.nat({ max: 255 })), { maxLength: 60 })
      .map((a) => Uint8Array.from(a));
    fc.assert(
      fc.property(noise, arbitraryFrame, fc.boolean(), (before, frame, bytewise) => {
        const octets = concat(before, encodeHdlcFrame(frame));
        const deframer = hdlcDeframer();
        const found = (bytewise ? single : whole)(deframer, octets);
        found.push(...deframer.flush());
        expect(found.at(-1)).toEqual(frame);
        expect(deframer.pending).toBe(0);
      }),
    );
  });
  it('counts every octet that belongs to no frame', () => {
    const deframer = hdlcDeframer();
    const frame = ui('0102');
    expect(
      deframer.push(concat(parseHex('000102'), encodeHdlcFrame(frame), parseHex('FFA0'), encodeHdlcFrame(frame)))
        .length,
    ).toBe(2);
    expect(deframer.counters).toMatchObject({ frames: 2, discarded: 5 });
  });
  it('gives up a wrong length after the header and reads on', () => {
    const errors: string[] = [];
    const deframer = hdlcDeframer({ onSkipped: (s) => errors.push(JSON.stringify(s.error)) });
    const frame = encodeHdlcFrame(ui('0102030405'));
    const damaged = Uint8Array.from(frame);
    damaged[1] = 0xa7;
    expect(deframer.push(concat(damaged, frame)).length).toBe(1);
    expect(errors.length).toBe(1);
    expect(errors[0]).toContain('HCS');
  });
  it('does not take a frame in the data of a damaged frame for real', () => {
    const inner = ui('AABB');
    const outer = encodeHdlcFrame(ui(`0011${formatHex(encodeHdlcFrame(inner))}2233`));
    expect(hdlcDeframer().push(outer).length).toBe(1);
    outer[outer.length - 5] = 0;
    const deframer = hdlcDeframer();
    expect(deframer.push(outer)).toEqual([]);
    expect(deframer.counters.discarded).toBe(outer.length - 2);
  });
  it('finds the frame behind one that lost octets', () => {
    const frame = encodeHdlcFrame(ui('01020304050607080910'));
    const deframer = hdlcDeframer();
    expect(deframer.push(concat(frame.slice(0, 15), frame.slice(17), frame)).length).toBe(1);
    expect(deframer.counters.invalid).toBe(1);
  });
  it('abandons half a frame and finds what lies in it', () => {
    const small = encodeHdlcFrame(ui('01'));
    const long = encodeHdlcFrame(ui('00'.repeat(500)));
    const deframer = hdlcDeframer();
    expect(deframer.push(concat(long.slice(0, 100), small, small.slice(0, 5)))).toEqual([]);
    expect(deframer.pending).toBe(99 + small.length + 5);
    expect(hexes(deframer.flush())).toEqual([formatHex(small)]);
    expect(deframer.pending).toBe(0);
    expect(deframer.flush()).toEqual([]);
    expect(deframer.push(long).length).toBe(1);
  });
  it('holds at most one frame, whatever comes', () => {
    const deframer = hdlcDeframer();
    for (const pattern of ['7E', '7EA7FF', '7EA7FF0321', '00', '7EA0', 'A7FF', '7EA7FF02']) {
      const octets = parseHex(pattern.repeat(4000));
      for (let at = 0; at < octets.length; at += 777) {
        deframer.push(octets.subarray(at, at + 777));
        expect(deframer.pending).toBeLessThanOrEqual(2048);
      }
      deframer.flush();
      expect(deframer.push(encodeHdlcFrame(ui('01'))).length).toBe(1);
    }
  });
  it('drops its own echo once, in order, also when one was damaged', () => {
    const [a, b, c] = ['01', '02', '03'].map((i) => encodeHdlcFrame(ui(i))) as [Uint8Array, Uint8Array, Uint8Array];
    const deframer = hdlcDeframer({ echo: true });
    deframer.sent(concat(a, b, c));
    expect(hexes(deframer.push(concat(a, c, a)))).toEqual([formatHex(a)]);
    expect(deframer.counters.echoes).toBe(2);
    expect(hexes(deframer.push(b))).toEqual([formatHex(b)]);
    const quiet = hdlcDeframer();
    quiet.sent(a);
    expect(quiet.push(a).length).toBe(1);
  });
  it('bounds the frames kept for echo', () => {
    const deframer = hdlcDeframer({ echo: true });
    const frame = (i: number) => encodeHdlcFrame(ui(i.toString(16).padStart(4, '0')));
    for (let i = 0; i < 200; i++) deframer.sent(frame(i));
    expect(deframer.push(frame(135)).length).toBe(1);
    expect(deframer.push(frame(136)).length).toBe(0);
    deframer.sent(frame(1));
    deframer.reset();
    expect(deframer.push(frame(1)).length).toBe(1);
  });
});

describe('the reassembler', () => {
  it('joins segments per address pair', () => {
    const r = hdlcReassembler();
    const other = { source: hdlcAddress(5) };
    expect(r.push(ui('E6E7000F01', { segmented: true }))).toBeUndefined();
    expect(r.push(ui('AA', { ...other, segmented: true }))).toBeUndefined();
    expect(r.push(ui('02', { segmented: true }))).toBeUndefined();
    expect(r.pending).toBe(7);
    expect(formatHex(r.push(ui('03'))?.information as Uint8Array)).toBe('E6E7000F010203');
    expect(formatHex(r.push(ui('BB', other))?.information as Uint8Array)).toBe('AABB');
    expect(r.pending).toBe(0);
    expect(r.push(ui('0405'))).toMatchObject({ frames: 1 });
  });
  it('drops repeated I segments, and messages with a gap', () => {
    const i = (ns: number, information: string, segmented = true) =>
      ui(information, { segmented, control: { type: 'I', ns, nr: 0, pf: true } });
    const r = hdlcReassembler();
    for (const frame of [i(7, '01'), i(7, '01'), i(0, '02'), i(0, '02')]) expect(r.push(frame)).toBeUndefined();
    expect(formatHex(r.push(i(1, '03', false))?.information as Uint8Array)).toBe('010203');
    r.push(i(0, '01'));
    expect(formatHex(r.push(i(2, '03', false))?.information as Uint8Array)).toBe('03');
    r.push(i(0, '01'));
    expect(r.push(ui('05'))?.frames).toBe(1);
    expect(r.push(ui('', { control: { type: 'RR', nr: 0, pf: true } }))).toBeUndefined();
  });
  it('does not take a repeated last segment for a message of its own', () => {
    const i = (ns: number, information: string, segmented = true, source = hdlcAddress(1)) =>
      ui(information, { segmented, source, control: { type: 'I', ns, nr: 0, pf: true } });
    const r = hdlcReassembler({ maxPairs: 2 });
    r.push(i(0, '01'));
    expect(r.push(i(1, '02', false))?.frames).toBe(2);
    expect(r.push(i(1, '02', false))).toBeUndefined();
    expect(r.push(i(1, '02', false))).toBeUndefined();
    expect(r.push(i(2, '02', false))?.frames).toBe(1);
    // The same number with other octets is another message, of another link perhaps; and after something else it is news.
    r.push(i(0, '01'));
    r.push(i(1, '02', false));
    expect(r.push(i(1, '03', false))?.frames).toBe(1);
    expect(r.push(i(1, '02', false))?.frames).toBe(1);
    // As many pairs are remembered as may have messages under way.
    for (const n of [1, 2, 3]) {
      r.push(i(0, '01', true, hdlcAddress(n)));
      r.push(i(1, '02', false, hdlcAddress(n)));
    }
    expect([1, 2, 3].map((n) => r.push(i(1, '02', false, hdlcAddress(n)))?.frames)).toEqual([1, undefined, undefined]);
    r.reset();
    expect(r.push(i(1, '02', false, hdlcAddress(3)))?.frames).toBe(1);
  });
  it('has bounds', () => {
    const r = hdlcReassembler({ maxOctets: 10, maxPairs: 2 });
    r.push(ui('0102030405', { segmented: true }));
    expect(() => r.push(ui('010203040506', { segmented: true }))).toThrow(/too large/);
    expect(r.pending).toBe(0);
    for (let n = 1; n < 10; n++) r.push(ui('01', { segmented: true, source: hdlcAddress(n) }));
    expect(r.pending).toBe(2);
  });
});
