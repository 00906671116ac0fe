import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/core/bytes.js';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import {
  decodeHdlcFrame,
  encodeHdlcFrame,
  type HdlcFrame,
  type HdlcLinkInput,
  type HdlcLinkOutput,
  type HdlcLinkState,
  hdlcClientLink,
  hdlcLinkStep,
  hdlcServerLink,
  stripLlc,
} from '../../../src/transport/hdlc/index.js';

interface Recorded {
  direction: 'client' | 'server';
  hex: string;
  frame: HdlcFrame;
}
const read = (file: string): any[] =>
  JSON.parse(readFileSync(new URL(`../../vectors/${file}.json`, import.meta.url), 'utf8'));
const recorded = (frames: any[]): Recorded[] =>
  frames.map((f) => ({ direction: f.direction, hex: f.hex, frame: decodeHdlcFrame(parseHex(f.hex)) }));
const sessions = [
  ...read('sessions')
    .filter((v) => v.params.framing === 'hdlc')
    .map((v) => ({ id: v.id as string, frames: recorded(v.input.frames) })),
  // In hdlc-session-clock somebody else's link is heard from its middle, so only the opening dialogue can be played.
  ...read('hdlc')
    .filter((v) => v.id === 'hdlc-session-open')
    .map((v) => ({ id: v.id as string, frames: recorded(v.expected.frames) })),
];

/** The APDU that begins at this frame, put together from its segments. */
function apduAt(frames: readonly Recorded[], at: number): Uint8Array {
  const { direction } = frames[at] as Recorded;
  const parts: Uint8Array[] = [];
  for (const f of frames.slice(at)) {
    if (f.direction !== direction || f.frame.control.type !== 'I') continue;
    parts.push(f.frame.information);
    if (!f.frame.segmented) break;
  }
  return stripLlc(concat(...parts));
}

/** Our machine in one role against the recording of the other. */
function machine(
  role: 'client' | 'server',
  frames: readonly Recorded[],
): { step(input: HdlcLinkInput): readonly HdlcLinkOutput[]; written: string[]; phase(): string } {
  const snrm = (frames[0] as Recorded).frame;
  // These servers put 125 octets into a field of 128.
  const options = {
    client: snrm.source,
    server: snrm.destination,
    segmentOctets: 125,
    maxInfoTransmit: 128,
    maxInfoReceive: 128,
    windowTransmit: 1,
    windowReceive: 1,
  };
  let state: HdlcLinkState = role === 'client' ? hdlcClientLink(options) : hdlcServerLink(options);
  const written: string[] = [];
  return {
    written,
    phase: () => state.phase,
    step(input) {
      const [next, outputs] = hdlcLinkStep(state, input, 0);
      state = next;
      for (const o of outputs) {
        if (o.type === 'write') written.push(formatHex(encodeHdlcFrame(o.frame)));
        if (o.type === 'failed' || o.type === 'ignored' || o.type === 'refused') throw o.error;
      }
      return outputs;
    },
  };
}

describe('recordings of other stacks', () => {
  for (const { id, frames } of sessions) {
    it(`${id}, our client in the place of theirs`, () => {
      const ours = machine('client', frames);
      let apdus = 0;
      frames.forEach((f, i) => {
        if (f.direction === 'client') {
          if (ours.written.length === 0) {
            const { type } = f.frame.control;
            ours.step(
              type === 'SNRM'
                ? { type: 'connect' }
                : type === 'DISC'
                  ? { type: 'disconnect' }
                  : { type: 'send', apdu: apduAt(frames, i) },
            );
          }
          expect(ours.written.shift(), `frame ${i}`).toBe(f.hex);
          return;
        }
        for (const o of ours.step({ type: 'frame', frame: f.frame })) {
          if (o.type !== 'apdu') continue;
          apdus++;
          const first =
            frames.length -
            1 -
            [...frames]
              .reverse()
              .findIndex(
                (g, r) => frames.length - 1 - r <= i && g.direction === 'server' && g.frame.information[0] === 0xe6,
              );
          expect(formatHex(o.apdu)).toBe(formatHex(apduAt(frames, first)));
        }
      });
      expect(apdus).toBe(
        frames.filter((f) => f.direction === 'server' && f.frame.control.type === 'I' && !f.frame.segmented).length,
      );
      expect(ours.written).toEqual([]);
      expect(ours.phase()).toBe(frames.at(-2)?.frame.control.type === 'DISC' ? 'disconnected' : 'idle');
    });
    it(`${id}, our server in the place of theirs`, () => {
      const ours = machine('server', frames);
      frames.forEach((f, i) => {
        if (f.direction === 'client') {
          expect(ours.written, `before frame ${i}`).toEqual([]);
          for (const o of ours.step({ type: 'frame', frame: f.frame })) {
            if (o.type !== 'apdu') continue;
            const next = frames.findIndex((g, k) => k > i && g.direction === 'server');
            const silent = next < 0 || frames[next]?.frame.control.type !== 'I';
            ours.step({ type: 'reply', apdus: silent ? [] : [apduAt(frames, next)] });
          }
          return;
        }
        const mine = ours.written.shift();
        // They repeat the parameters in the UA to DISC; we leave it empty. Everything else is the same to the octet.
        if (frames[i - 1]?.frame.control.type === 'DISC')
          expect(decodeHdlcFrame(parseHex(mine as string)).control).toEqual(f.frame.control);
        else if (id !== 'hdlc-session-open' || f.frame.control.type !== 'UA') expect(mine, `frame ${i}`).toBe(f.hex);
      });
      expect(ours.written).toEqual([]);
    });
  }
  it('there are some', () => {
    expect(sessions.length).toBeGreaterThanOrEqual(7);
  });
});
