import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import type { FrameSpan } from '../../../src/transport/deframer.js';
import { type HdlcFrame, hdlcDeframer } from '../../../src/transport/hdlc/index.js';
import { described, fromMeter } from './by-hand.js';

const ui = (information: string): Uint8Array => fromMeter({ type: 'UI', pf: false }, { information });

describe('a frame that comes in pieces', () => {
  it('is shown where it stands in the stream, however it was cut', () => {
    const stream = concat(ui('01'), ui('0203'));
    for (let first = 1; first < 12; first++)
      for (let second = first + 1; second < stream.length; second++) {
        const places: string[] = [];
        const onSpan = ({ offset, length, frame }: FrameSpan<HdlcFrame>): void => {
          if (frame !== undefined) places.push(`${offset}+${length} ${described(frame)}`);
        };
        const deframer = hdlcDeframer({ onSpan });
        for (const piece of [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)])
          deframer.push(piece);
        expect(places).toEqual(['1+10 UI 01', '13+11 UI 0203']);
      }
  });
  it('is no frame after its header check sequence, when nothing more comes', () => {
    const spans: FrameSpan<HdlcFrame>[] = [];
    const deframer = hdlcDeframer({ onSpan: (span) => void spans.push(span) });
    // Flag, format, addresses and control, HCS: what a frame without information would have.
    deframer.push(ui('0102').subarray(0, 8));
    deframer.flush();
    expect(spans.at(-1)).toMatchObject({
      offset: 1,
      length: 7,
      parts: [],
      error: { code: 'decode/unexpected-end', context: { offset: 8, expected: 'a frame of 11 octets' } },
    });
    expect(spans.at(-1)?.frame).toBeUndefined();
  });
});

describe('an own echo', () => {
  it('comes back once: the same octets after it are of somebody else', () => {
    const deframer = hdlcDeframer({ echo: true });
    deframer.sent(concat(ui('01'), ui('02')));
    expect(deframer.push(ui('01'))).toEqual([]);
    expect(deframer.push(ui('01')).map(described)).toEqual(['UI 01']);
    expect(deframer.push(ui('02'))).toEqual([]);
    expect(deframer.counters).toMatchObject({ echoes: 2, frames: 1, discarded: 0 });
  });
});
