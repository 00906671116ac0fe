import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, type DlmsError, equalBytes, formatHex, isDlmsError, parseHex } from '../../../src/core/index.js';
import { decodeHdlcFrame, encodeHdlcFrame, hdlcAddress } from '../../../src/transport/hdlc/index.js';
import {
  detectFraming,
  encodeMbusApdu,
  encodeReadout,
  type PushedApdu,
  PushReceiver,
  unwrap,
  wrap,
} from '../../../src/transport/index.js';
import captures from '../../vectors/captures.json' with { type: 'json' };

interface Expected {
  readonly frames?: readonly { readonly control?: string }[];
  readonly gbtBlocks?: readonly { readonly blockNumber: number }[];
  readonly ciphering?: { readonly systemTitle: string };
  readonly longInvokeIdAndPriority?: string;
}
/** What the first octets of the APDUs must be. */
function beginnings(expected: Expected): string[] {
  if (expected.gbtBlocks !== undefined)
    return expected.gbtBlocks.map((b) => `E0..${b.blockNumber.toString(16).padStart(4, '0')}`);
  return [
    expected.ciphering === undefined
      ? `0F${expected.longInvokeIdAndPriority}`
      : `DB08${expected.ciphering.systemTitle}`,
  ];
}
const run = (receiver: PushReceiver, octets: Uint8Array, cut: number): PushedApdu[] => {
  const found: PushedApdu[] = [];
  for (let at = 0; at < octets.length; at += cut) found.push(...receiver.push(octets.slice(at, at + cut)));
  return [...found, ...receiver.flush()];
};
const notification = parseHex('0F000000010002010203');
const uiFrame = encodeHdlcFrame({
  segmented: false,
  destination: hdlcAddress(16),
  source: hdlcAddress(1, 17),
  control: { type: 'UI', pf: true },
  information: concat(parseHex('E6E700'), notification),
});
const mbusFrames = concat(...encodeMbusApdu(new Uint8Array(400).fill(0x0f), { stsap: 1, dtsap: 103, address: 5 }));

describe('captures of meters, framing found out', () => {
  for (const capture of captures) {
    it(capture.id, () => {
      const octets = parseHex(capture.input.hex);
      const expected = capture.expected as Expected;
      const framing = capture.params.framing === 'none' ? 'apdu' : capture.params.framing;
      expect(detectFraming(octets)).toMatchObject({ framing, offset: 0 });
      for (const cut of [1, 7, 100, octets.length]) {
        const dropped: DlmsError[] = [];
        const found = run(new PushReceiver({ onDropped: (e) => dropped.push(e) }), octets, cut);
        expect(dropped).toEqual([]);
        if (capture.id === 'cap-lg-e450-restarted-gbt')
          expect(found.map((p) => formatHex(p.apdu.subarray(2, 4)))).toEqual([
            '0001',
            '0002',
            '0001',
            '0002',
            '0003',
            '0004',
          ]);
        else
          expect(found.map((p) => formatHex(p.apdu))).toEqual(
            beginnings(expected).map((b) => expect.stringMatching(new RegExp(`^${b}`))),
          );
        for (const { framing: seen } of found) expect(seen).toBe(framing);
      }
    });
  }
});

describe('detectFraming', () => {
  it('finds frames behind noise, text, bare APDUs; names nothing it does not know', () => {
    const noise = parseHex('FF7E7E68A0000168');
    expect(detectFraming(concat(noise, uiFrame))).toEqual({ framing: 'hdlc', offset: noise.length, sure: true });
    expect(detectFraming(concat(noise, mbusFrames))).toEqual({ framing: 'mbus', offset: noise.length, sure: true });
    expect(detectFraming(wrap(1, 16, notification))).toEqual({ framing: 'wrapper', offset: 0, sure: true });
    expect(detectFraming(wrap(1, 16, notification).subarray(0, 12))).toEqual({
      framing: 'wrapper',
      offset: 0,
      sure: false,
    });
    expect(detectFraming(notification)).toEqual({ framing: 'apdu', offset: 0, sure: false });
    expect(detectFraming(concat(parseHex('E6E700'), notification))).toEqual({ framing: 'apdu', offset: 3, sure: true });
    expect(detectFraming(new TextEncoder().encode('/LGZ4\\2ZMD4054407.B14\r\n'))).toMatchObject({
      framing: 'iec-62056-21',
    });
    expect(detectFraming(parseHex('AF3F218D0A'))).toMatchObject({ framing: 'iec-62056-21' });
    for (const hex of ['', 'FFFFFF', '000200010001', '7EA0', '6808'])
      expect(detectFraming(parseHex(hex))).toBeUndefined();
    expect(detectFraming(concat(wrap(1, 16, notification), parseHex('FFFF')))).toBeUndefined();
  });
  it('waits for more of a stream only while it may decide', () => {
    for (const hex of ['00', '0001', '7EA0', '68', '6808086853', '0F000000'])
      expect(detectFraming(parseHex(hex), { complete: false })).toBe('more');
    expect(detectFraming(parseHex('FFFFFFFFFFFFFFFFFF'), { complete: false })).toBeUndefined();
  });
});

describe('PushReceiver', () => {
  it('answers the way it came, addresses changed round', () => {
    const answer = parseHex('10C0000000');
    const [viaHdlc] = new PushReceiver().push(uiFrame);
    expect(viaHdlc).toMatchObject({ route: { clientSap: 16, serverSap: 1 }, physicalAddress: 17, apdu: notification });
    const back = decodeHdlcFrame(viaHdlc?.frameAnswer(answer) ?? new Uint8Array(0));
    expect(back).toMatchObject({
      destination: hdlcAddress(1, 17),
      source: hdlcAddress(16),
      control: { type: 'UI' },
      information: concat(parseHex('E6E600'), answer),
    });
    const [viaWrapper] = new PushReceiver().push(wrap(1, 64, notification));
    expect(viaWrapper).toMatchObject({ route: { clientSap: 64, serverSap: 1 }, apdu: notification });
    expect(unwrap(viaWrapper?.frameAnswer(answer) ?? new Uint8Array(0))).toEqual({
      source: 64,
      destination: 1,
      payload: answer,
    });
    const [viaMbus] = new PushReceiver().push(mbusFrames);
    expect(viaMbus).toMatchObject({ route: { clientSap: 103, serverSap: 1 }, physicalAddress: 5 });
    expect(() => viaMbus?.frameAnswer(answer)).toThrow(expect.objectContaining({ code: 'service/unsupported' }));
    const bare = new PushReceiver();
    expect(bare.push(notification)).toEqual([]);
    expect(bare.flush()[0]?.frameAnswer(answer)).toBe(answer);
  });

  it('begins anew after half a frame and after a stream that was none', () => {
    const dropped: string[] = [];
    const receiver = new PushReceiver({ onDropped: (e) => dropped.push(e.code) });
    expect(receiver.push(wrap(1, 64, notification).subarray(0, 10))).toEqual([]);
    expect(receiver.flush()).toEqual([]);
    expect(receiver.push(wrap(1, 64, notification))).toHaveLength(1);
    expect(receiver.push(parseHex('7E7E7E7E'))).toEqual([]);
    expect(receiver.push(uiFrame)).toHaveLength(1);
    expect(receiver.push(uiFrame.subarray(0, 9))).toEqual([]);
    expect(receiver.flush()).toEqual([]);
    expect(receiver.push(uiFrame)).toHaveLength(1);
    expect(dropped).toEqual(['decode/unexpected-end', 'decode/framing', 'decode/unexpected-end']);
    const text = new PushReceiver({ onDropped: (e) => dropped.push(e.code) });
    expect(run(text, concat(new TextEncoder().encode('/LGZ4x\r\n\r\n'), encodeReadout('1.8.0(1)\r\n')), 100)).toEqual(
      [],
    );
    expect(dropped.at(-1)).toBe('decode/unsupported');
  });

  it('octets that may still become a frame are kept up to a number, and dropped with a word beyond', () => {
    for (const maxUndecided of [undefined, 100]) {
      const dropped: DlmsError[] = [];
      const receiver = new PushReceiver({
        ...(maxUndecided === undefined ? {} : { maxUndecided }),
        onDropped: (e) => dropped.push(e),
      });
      const limit = maxUndecided ?? 4096;
      // The beginning of a bare APDU: only silence can tell its end.
      expect(receiver.push(new Uint8Array(limit).fill(0x0f))).toEqual([]);
      expect(receiver.pending).toBe(limit);
      expect(dropped).toEqual([]);
      expect(receiver.push(parseHex('0F'))).toEqual([]);
      expect(receiver.pending).toBe(0);
      expect(dropped.map((e) => e.message)).toEqual([
        expect.stringMatching(new RegExp(`no frame was completed: (0F){32} … \\(${limit + 1} octets\\)`)),
      ]);
      expect(receiver.push(uiFrame)).toHaveLength(1);
    }
  });

  it('keeps datagrams apart', () => {
    const dropped: string[] = [];
    const receiver = new PushReceiver({ datagrams: true, onDropped: (e) => dropped.push(e.code) });
    expect(receiver.push(wrap(1, 64, notification).subarray(0, 12))).toEqual([]);
    expect(receiver.push(notification).map((p) => p.framing)).toEqual(['apdu']);
    expect(receiver.push(uiFrame).map((p) => p.framing)).toEqual(['hdlc']);
    expect(receiver.push(wrap(1, 64, notification)).map((p) => p.framing)).toEqual(['wrapper']);
    expect(receiver.push(parseHex('FFFFFFFF'))).toEqual([]);
    expect(receiver.pending).toBe(0);
    expect(dropped).toEqual(['decode/unexpected-end', 'decode/framing']);
  });

  it('finds every push of a stream in one framing, however it is cut', () => {
    const apdu = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((o) => concat(parseHex('0F'), o));
    fc.assert(
      fc.property(
        fc.array(apdu, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('wrapper', 'hdlc', 'mbus'),
        fc.integer({ min: 1, max: 400 }),
        (apdus, framing, cut) => {
          const frame = (a: Uint8Array): Uint8Array => {
            if (framing === 'wrapper') return wrap(1, 64, a);
            if (framing === 'mbus') return concat(...encodeMbusApdu(a, { stsap: 1, dtsap: 64 }));
            const halves = [a.subarray(0, a.length >> 1), a.subarray(a.length >> 1)] as const;
            const part = (segmented: boolean, information: Uint8Array) =>
              encodeHdlcFrame({
                segmented,
                destination: hdlcAddress(64),
                source: hdlcAddress(1),
                control: { type: 'UI', pf: false },
                information,
              });
            return concat(part(true, concat(parseHex('E6E700'), halves[0])), part(false, halves[1]));
          };
          const found = run(new PushReceiver(), concat(...apdus.map(frame)), cut);
          expect(found.map((p) => p.framing)).toEqual(apdus.map(() => framing));
          for (const [i, p] of found.entries()) expect(equalBytes(p.apdu, apdus[i] as Uint8Array)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('takes any octets within bounded memory', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(parseHex('0001000100400FFF0F'), parseHex('7EA7FF'), parseHex('68FFFF68'), uiFrame, mbusFrames),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (chunks, datagrams) => {
        const receiver = new PushReceiver({ datagrams, maxApduSize: 4096 });
        for (const chunk of chunks) {
          try {
            receiver.push(chunk);
          } catch (error) {
            if (!isDlmsError(error)) throw error;
            throw new Error('errors go to onDropped');
          }
          expect(receiver.pending).toBeLessThan(10_000);
        }
        receiver.flush();
        receiver.flush();
        expect(receiver.pending).toBe(0);
      }),
    );
  });
});
