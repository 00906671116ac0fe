import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import type { FrameSpan } from '../../../src/transport/deframer.js';
import { fcs16 } from '../../../src/transport/hdlc/fcs.js';
import {
  encodeHdlcFrame,
  type HdlcDeframerOptions,
  type HdlcFrame,
  hdlcAddress,
  hdlcDeframer,
} from '../../../src/transport/hdlc/index.js';

/** A deframer, and everything that it tells. */
function listened(options: HdlcDeframerOptions = {}) {
  const spans: FrameSpan<HdlcFrame>[] = [];
  const deframer = hdlcDeframer({ ...options, onSpan: (span) => void spans.push(span) });
  return { deframer, spans };
}
/** `place+length: name@place+length …`, and the error. */
function row({ offset, length, parts, error }: FrameSpan<HdlcFrame>): string {
  const names = parts.map((p) => `${p.name}@${p.offset}+${p.length}`);
  return [`${offset}+${length}:`, ...names, ...(error === undefined ? [] : [error.message])].join(' ');
}
const ui = (information: string): Uint8Array =>
  encodeHdlcFrame({
    segmented: false,
    destination: hdlcAddress(16),
    source: hdlcAddress(1, 17),
    control: { type: 'UI', pf: false },
    information: parseHex(information),
  });
const withFcs = (octets: Uint8Array): Uint8Array => {
  const fcs = fcs16(octets);
  return concat(octets, Uint8Array.of(fcs & 0xff, fcs >> 8));
};
const snrm = parseHex('7EA0070321930F017E');

describe('what a monitor of a line is shown', () => {
  it('is every octet once and in order: noise, flags, and each frame with its parts', () => {
    const { deframer, spans } = listened();
    deframer.push(concat(parseHex('FFFE'), snrm, parseHex('7E7E'), ui('010203'), parseHex('00')));
    deframer.flush();
    expect(spans.map(row)).toEqual([
      '0+2: framing at offset 0: 2 octets belong to no frame',
      '2+1: flag@2+1',
      '3+7: format@3+2 destination@5+1 source@6+1 control@7+1 fcs@8+2',
      '10+4: flag@10+4',
      '14+13: format@14+2 destination@16+1 source@17+2 control@19+1 hcs@20+2 information@22+3 fcs@25+2',
      '27+1: flag@27+1',
      '28+1: framing at offset 28: frame format type 3 (Axxx) expected, not 0x0',
    ]);
    expect(spans[2]?.frame?.control).toEqual({ type: 'SNRM', pf: true });
  });
  it('is an own echo too, which is a frame on the line, though no frame for the reader', () => {
    const { deframer, spans } = listened({ echo: true });
    deframer.sent(ui('01'));
    expect(deframer.push(ui('01'))).toEqual([]);
    expect(spans.map(row)).toEqual([
      '0+1: flag@0+1',
      '1+11: format@1+2 destination@3+1 source@4+2 control@6+1 hcs@7+2 information@9+1 fcs@10+2',
      '12+1: flag@12+1',
    ]);
    expect(formatHex(spans[1]?.frame?.information as Uint8Array)).toBe('01');
    expect(deframer.counters).toMatchObject({ echoes: 1, frames: 0, discarded: 0 });
  });
  it('is the header check sequence where a frame without information has one', () => {
    const { deframer, spans } = listened();
    const header = parseHex('A009032193');
    const withHcs = withFcs(header);
    deframer.push(concat(parseHex('7E'), withFcs(withHcs), parseHex('7E')));
    expect(spans.map(row)).toEqual([
      '0+1: flag@0+1',
      '1+9: format@1+2 destination@3+1 source@4+1 control@5+1 hcs@6+2 fcs@8+2',
      '10+1: flag@10+1',
    ]);
  });
  it('is the damaged frame with its parts when only its FCS is wrong', () => {
    const { deframer, spans } = listened();
    const damaged = ui('0102');
    damaged[damaged.length - 3] = (damaged.at(-3) as number) ^ 1;
    expect(deframer.push(damaged)).toEqual([]);
    const [, frame] = spans;
    expect(frame?.parts.map((p) => p.name).join(' ')).toBe('format destination source control hcs information fcs');
    expect(frame?.frame?.source).toMatchObject({ upper: 1, lower: 17 });
    expect(frame?.error?.toJSON()).toMatchObject({ code: 'decode/checksum', context: { offset: 11, field: 'FCS' } });
    expect(spans).toHaveLength(3);
    expect(deframer.counters).toMatchObject({ checksumErrors: 1, discarded: 12, invalid: 0 });
  });
  it('is a whole frame without its closing flag, followed by something else or by nothing', () => {
    for (const [behind, told, rest] of [
      ['55', 'framing at offset 13: no flag after the length that the frame states', 1],
      ['', 'unexpected end at offset 13: the closing flag expected', 0],
    ] as const) {
      const { deframer, spans } = listened();
      expect(deframer.push(concat(ui('0102').slice(0, -1), parseHex(behind)))).toEqual([]);
      expect(deframer.flush()).toEqual([]);
      const parts = 'format@1+2 destination@3+1 source@4+2 control@6+1 hcs@7+2 information@9+2 fcs@11+2';
      expect(spans.map(row).slice(0, 2)).toEqual(['0+1: flag@0+1', `1+12: ${parts} ${told}`]);
      expect(spans.slice(2).map((s) => [s.offset, s.length])).toEqual(rest === 0 ? [] : [[13, 1]]);
      expect(deframer.counters).toMatchObject({ frames: 0, discarded: 12 + rest, abandoned: 1 - rest, invalid: rest });
    }
  });
  it('is what was pending when the deframer is told to forget it', () => {
    const { deframer, spans } = listened();
    deframer.push(parseHex('7EA0'));
    deframer.reset();
    expect(deframer.pending).toBe(0);
    // What follows is no rest of it, and is no frame for want of a flag.
    deframer.push(snrm.subarray(2));
    expect(spans.map(row)).toEqual([
      '0+1: flag@0+1',
      '1+1: framing at offset 1: 1 octet belongs to no frame',
      '2+6: framing at offset 2: 6 octets belong to no frame',
      '8+1: flag@8+1',
    ]);
    expect(deframer.counters).toMatchObject({ discarded: 7, frames: 0, abandoned: 0 });
  });
  it('says how long the frame would have been that was given up', () => {
    for (const [begun, expected] of [
      ['7EA0', 'a frame'],
      ['7EA01E', 'a frame of 30 octets'],
      ['7EA7FF0321', 'a frame of 2047 octets'],
    ] as const) {
      const { deframer, spans } = listened();
      deframer.push(parseHex(begun));
      expect(deframer.flush()).toEqual([]);
      const end = begun.length / 2;
      expect(spans.map(row)).toEqual([
        '0+1: flag@0+1',
        `1+${end - 1}: unexpected end at offset ${end}: ${expected} expected`,
      ]);
      expect(deframer.counters).toMatchObject({ abandoned: 1, discarded: end - 1, invalid: 0 });
    }
  });
});

describe('the counters of a line', () => {
  it('tell beginnings with a wrong check sequence from impossible ones', () => {
    const of = (hex: string) => {
      const deframer = hdlcDeframer();
      deframer.push(concat(parseHex(hex), snrm));
      const { checksumErrors, invalid, frames, discarded } = deframer.counters;
      return { checksumErrors, invalid, frames, discarded };
    };
    expect(of('7E50')).toEqual({ checksumErrors: 0, invalid: 1, frames: 1, discarded: 1 });
    expect(of('7EA006')).toEqual({ checksumErrors: 0, invalid: 1, frames: 1, discarded: 2 });
    expect(of('7EA00D02020202')).toEqual({ checksumErrors: 0, invalid: 1, frames: 1, discarded: 6 });
    expect(of('7EA00D0321130000')).toEqual({ checksumErrors: 1, invalid: 0, frames: 1, discarded: 7 });
  });
});
