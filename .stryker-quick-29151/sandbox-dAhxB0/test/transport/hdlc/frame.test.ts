import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDlmsError } from '../../../src/core/errors.js';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import {
  decodeHdlcAddress,
  decodeHdlcControl,
  decodeHdlcFrame,
  decodeHdlcParameters,
  encodeHdlcAddress,
  encodeHdlcControl,
  encodeHdlcFrame,
  encodeHdlcFrames,
  encodeHdlcParameters,
  fcs16,
  formatHdlcAddress,
  hdlcAddress,
  isAllStation,
  llcCommand,
  llcOf,
  parseHdlcAddress,
  stripLlc,
} from '../../../src/transport/hdlc/index.js';
import { arbitraryFrame } from './arbitraries.js';

const vectors = (file: string): any[] =>
  JSON.parse(readFileSync(new URL(`../../vectors/${file}.json`, import.meta.url), 'utf8'));
const hdlc = vectors('hdlc');

function checkFrame(octets: Uint8Array, expected: any): void {
  const frame = decodeHdlcFrame(octets);
  expect(frame.segmented).toBe(expected.segmented);
  for (const end of ['destination', 'source'] as const) {
    expect(formatHex(encodeHdlcAddress(frame[end]))).toBe(expected[end].hex);
    expect([frame[end].upper, frame[end].lower ?? null]).toEqual([expected[end].upper, expected[end].lower]);
  }
  expect(frame.control).toEqual(expected.control);
  expect(formatHex(Uint8Array.of(encodeHdlcControl(frame.control)))).toBe(expected.controlByte);
  expect(formatHex(frame.information)).toBe(expected.information ?? '');
  if (expected.payload !== undefined) expect(formatHex(stripLlc(frame.information))).toBe(expected.payload);
  if (expected.llc !== undefined) expect(formatHex(frame.information.subarray(0, 3))).toBe(expected.llc);
  if (expected.parameters !== undefined) {
    const { maxInfoTx, maxInfoRx, windowTx, windowRx } = expected.parameters;
    expect(decodeHdlcParameters(frame.information)).toEqual({
      maxInfoTransmit: maxInfoTx,
      maxInfoReceive: maxInfoRx,
      windowTransmit: windowTx,
      windowReceive: windowRx,
    });
  }
  expect(formatHex(encodeHdlcFrame(frame))).toBe(formatHex(octets));
}

describe('HDLC frame vectors', () => {
  for (const v of hdlc.filter((x) => x.kind === 'hdlc-frame'))
    it(v.id, () => checkFrame(parseHex(v.input.hex), v.expected));
  for (const v of hdlc.filter((x) => x.kind === 'hdlc-session'))
    it(v.id, () => {
      for (const f of v.expected.frames) {
        const frame = decodeHdlcFrame(parseHex(f.hex));
        expect(frame.control).toEqual(f.control);
        expect([formatHex(encodeHdlcAddress(frame.source)), formatHex(encodeHdlcAddress(frame.destination))]).toEqual([
          f.source,
          f.destination,
        ]);
        if (f.apduHex !== undefined) expect(formatHex(stripLlc(frame.information))).toBe(f.apduHex);
        expect(formatHex(encodeHdlcFrame(frame))).toBe(f.hex);
      }
      expect(v.expected.frames.length).toBe(v.input.frames.length);
    });
  it('hdlc-address-forms', () => {
    const v = hdlc.find((x) => x.id === 'hdlc-address-forms');
    v.input.cases.forEach((hex: string, i: number) => {
      const address = decodeHdlcAddress(parseHex(hex));
      expect([address.upper, address.lower ?? null]).toEqual([v.expected.cases[i].upper, v.expected.cases[i].lower]);
      expect(formatHex(encodeHdlcAddress(address))).toBe(hex);
    });
  });
  it('hdlc-fcs16-table', () => {
    const v = hdlc.find((x) => x.id === 'hdlc-fcs16-table');
    v.input.cases.forEach((hex: string, i: number) => {
      const fcs = fcs16(parseHex(hex));
      expect(formatHex(Uint8Array.of(fcs & 0xff, fcs >>> 8))).toBe(v.expected.cases[i].fcs);
    });
  });
  for (const v of vectors('negative').filter((x) => x.params?.layer === 'hdlc-frame'))
    it(`${v.id} is refused`, () => {
      for (const hex of v.input.cases ?? [v.input.hex]) {
        const error = thrown(() => decodeHdlcFrame(parseHex(hex)));
        expect(isDlmsError(error)).toBe(true);
        const codes =
          v.expected.error === 'address-length' ? ['decode/framing'] : ['decode/checksum', 'decode/invalid-length'];
        expect(codes).toContain((error as any).code);
        if (v.expected.computedFcs !== undefined) {
          const swap = (n: number) => formatHex(Uint8Array.of(n & 0xff, n >>> 8));
          const { context } = error as any;
          expect([swap(context.expected), swap(context.actual)]).toEqual([
            v.expected.computedFcs,
            v.expected.storedFcs,
          ]);
        }
      }
    });
});

describe('addresses', () => {
  it('have a text form that keeps the number of octets', () => {
    for (const text of ['1', '16', '1/17', '1/17:4', '145/1', '127/127', '16383/16383', '300/0', '5/0:4'])
      expect(formatHdlcAddress(parseHdlcAddress(text))).toBe(text);
    expect(parseHdlcAddress('0x10/0x11')).toEqual({ upper: 16, lower: 17, size: 2 });
    expect(parseHdlcAddress('1/17:4')).toEqual({ upper: 1, lower: 17, size: 4 });
  });
  it('refuse what does not fit', () => {
    for (const text of ['', 'x', '1/', '1/17:3', '-1'])
      expect((thrown(() => parseHdlcAddress(text)) as any).code).toBe('parse/invalid-text');
    for (const text of ['16384', '1/16384', '128:1', '128/1:2', '1/1:1'])
      expect((thrown(() => parseHdlcAddress(text)) as any).code).toBe('encode/invalid-value');
    for (const hex of ['', '02', '020202', '02020203FF', '0302'])
      expect((thrown(() => decodeHdlcAddress(parseHex(hex))) as any).code).toBe('decode/framing');
  });
  it('know broadcast by their size', () => {
    expect(isAllStation(hdlcAddress(0x7f), 'upper')).toBe(true);
    expect(isAllStation(hdlcAddress(0x7f, 0x7f), 'lower')).toBe(true);
    expect(isAllStation(hdlcAddress(0x7f, 0x3fff, 4), 'upper')).toBe(false);
    expect(isAllStation(hdlcAddress(0x7f, 0x3fff, 4), 'lower')).toBe(true);
  });
});

describe('the codec', () => {
  it('gives every control octet a meaning and writes it back', () => {
    for (let octet = 0; octet < 256; octet++) expect(encodeHdlcControl(decodeHdlcControl(octet))).toBe(octet);
    expect(decodeHdlcControl(0x19)).toEqual({ type: 'unknown', octet: 0x19, pf: true });
  });
  it('computes the FCS like the bit-by-bit definition', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        let crc = 0xffff;
        for (const octet of octets) {
          crc ^= octet;
          for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
        }
        expect(fcs16(octets)).toBe(crc ^ 0xffff);
      }),
    );
  });
  it('reads back every frame', () => {
    fc.assert(
      fc.property(arbitraryFrame, (frame) => {
        const octets = encodeHdlcFrame(frame);
        expect(decodeHdlcFrame(octets)).toEqual(frame);
        expect(decodeHdlcFrame(octets.subarray(1, -1))).toEqual(frame);
      }),
    );
  });
  it('finds every single changed bit', () => {
    fc.assert(
      fc.property(arbitraryFrame, fc.nat(), (frame, place) => {
        const octets = encodeHdlcFrame(frame).subarray(1, -1);
        const bit = place % (octets.length * 8);
        octets[bit >> 3] = (octets[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(isDlmsError(thrown(() => decodeHdlcFrame(octets)))).toBe(true);
      }),
    );
  });
  it('ends on any octets in a frame or a DlmsError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (octets, head) => {
        const input = head ? Uint8Array.of(0x7e, 0xa0, octets.length, ...octets) : octets;
        const error = thrown(() => decodeHdlcFrame(input));
        expect(error === undefined || isDlmsError(error)).toBe(true);
      }),
    );
  });
  it('names what is wrong, and where', () => {
    const good = parseHex('7EA01C0002604D21BA6EACE6E600C001C100070700636300FF04000E777E');
    const at = (hex: string) => (thrown(() => decodeHdlcFrame(parseHex(hex))) as any).toJSON();
    const wrong = Uint8Array.from(good);
    wrong[11] = 0;
    expect((thrown(() => decodeHdlcFrame(wrong)) as any).code).toBe('decode/checksum');
    expect(at('7EA00721037301417E')).toMatchObject({ code: 'decode/checksum', context: { field: 'FCS', offset: 6 } });
    expect(at('7EB00721037301407E')).toMatchObject({ code: 'decode/framing', context: { offset: 1 } });
    expect(at('7EA00821037301407E')).toMatchObject({ code: 'decode/invalid-length' });
    expect(at('7EA007210373017E')).toMatchObject({ code: 'decode/checksum' });
    expect(at('7EA0072103')).toMatchObject({ code: 'decode/unexpected-end' });
    expect(at('')).toMatchObject({ code: 'decode/unexpected-end' });
    expect(at('7EA00721037301407E00')).toMatchObject({
      code: 'decode/trailing-bytes',
      context: { offset: 9, left: 1 },
    });
    expect(at('7EA007210373014000')).toMatchObject({ code: 'decode/framing', context: { offset: 8 } });
  });
  it('refuses more information than a frame holds', () => {
    const frame = {
      segmented: false,
      destination: hdlcAddress(1),
      source: hdlcAddress(16),
      control: { type: 'UI', pf: false } as const,
      information: new Uint8Array(2031),
    };
    expect((thrown(() => encodeHdlcFrame(frame)) as any).code).toBe('encode/invalid-value');
    expect(
      decodeHdlcFrame(
        encodeHdlcFrame({ ...frame, destination: hdlcAddress(1, 1, 4), information: new Uint8Array(2030) }),
      ).information.length,
    ).toBe(2030);
  });
  it('writes several frames into one buffer', () => {
    fc.assert(
      fc.property(fc.array(arbitraryFrame, { maxLength: 4 }), (frames) => {
        const expected = frames.map((f) => formatHex(encodeHdlcFrame(f))).join('');
        expect(formatHex(encodeHdlcFrames(frames))).toBe(expected);
        const buffer = new Uint8Array(expected.length / 2 + 3).fill(0x55);
        expect(formatHex(encodeHdlcFrames(frames, buffer))).toBe(expected);
        expect(formatHex(buffer.subarray(-3))).toBe('555555');
        if (frames.length > 0)
          expect(() => encodeHdlcFrames(frames, new Uint8Array(expected.length / 2 - 1))).toThrow(/buffer/);
      }),
    );
  });
  it('knows the LLC headers', () => {
    expect(llcOf(Uint8Array.from(llcCommand))).toBe('command');
    expect(llcOf(parseHex('E6E7000F'))).toBe('response');
    expect(llcOf(parseHex('E6E701'))).toBeUndefined();
    expect(formatHex(stripLlc(parseHex('E0400002')))).toBe('E0400002');
  });
});

describe('SNRM and UA parameters', () => {
  it('round trip', () => {
    const size = fc.integer({ min: 32, max: 2030 });
    const window = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(
        fc.record(
          { maxInfoTransmit: size, maxInfoReceive: size, windowTransmit: window, windowReceive: window },
          { requiredKeys: [] },
        ),
        (p) => {
          expect(decodeHdlcParameters(encodeHdlcParameters(p))).toEqual(p);
        },
      ),
    );
  });
  it('pass over what they do not know, and refuse what cannot be', () => {
    expect(decodeHdlcParameters(parseHex('8180030901FF8102AABB'))).toEqual({});
    expect(decodeHdlcParameters(parseHex('818006 0901FF 050180'))).toEqual({ maxInfoTransmit: 128 });
    expect(decodeHdlcParameters(parseHex('818006 070103 080102 F002AABB'))).toEqual({
      windowTransmit: 3,
      windowReceive: 2,
    });
    const code = (hex: string) => (thrown(() => decodeHdlcParameters(parseHex(hex))) as any)?.code;
    expect(code('82')).toBe('decode/unexpected-tag');
    expect(code('81')).toBeUndefined();
    expect(code('8180')).toBe('decode/unexpected-end');
    expect(code('81800405018')).toBe('parse/invalid-text');
    expect(code('818004050180')).toBe('decode/invalid-length');
    expect(code('818003050280')).toBe('decode/invalid-length');
    expect(code('81800505038080')).toBe('decode/invalid-length');
    expect(code('818003070108')).toBe('decode/invalid-value');
    expect(code('818003070100')).toBe('decode/invalid-value');
    expect(code('818004050207EF')).toBe('decode/invalid-value');
    expect((thrown(() => encodeHdlcParameters({ windowTransmit: 8 })) as any).code).toBe('encode/invalid-value');
  });
});

function thrown(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (e) {
    return e;
  }
}
