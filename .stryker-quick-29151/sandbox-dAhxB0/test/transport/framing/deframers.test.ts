import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, parseHex } from '../../../src/core/index.js';
import { encodeHdlcFrame, hdlcDeframer } from '../../../src/transport/hdlc/index.js';
import {
  type Deframer,
  type DeframerOptions,
  encodeIdentification,
  encodeLlc61334,
  encodeMbusApdu,
  encodeReadout,
  encodeRequest,
  encodeWirelessMbus,
  type FrameSpan,
  llc61334Deframer,
  mbusDeframer,
  rawDeframer,
  textDeframer,
  toSevenE1,
  type WirelessMbusFormat,
  wirelessMbusDeframer,
  wpduDeframer,
  wrap,
} from '../../../src/transport/index.js';
import { arbitraryFrame } from '../hdlc/arbitraries.js';

interface Kind {
  readonly make: (options: DeframerOptions<any>) => Deframer<unknown>;
  /** Frames that can follow each other. */
  readonly frame: fc.Arbitrary<Uint8Array>;
  /** Octets that can begin a frame, for noise that is hard. */
  readonly hard: readonly number[];
  /** Most octets that may be pending. */
  readonly most: number;
  /** Each chunk is one frame. */
  readonly chunks?: true;
}
const octets = (maxLength: number) => fc.uint8Array({ maxLength });
const telegram = (format: WirelessMbusFormat): Kind => ({
  make: (options) => wirelessMbusDeframer(format, options),
  frame: octets(200).map((data) =>
    encodeWirelessMbus(
      { control: 0x44, manufacturer: 'KFM', address: parseHex('785634120102'), controlInformation: 0x7d, data },
      format,
    ),
  ),
  hard: [0x0a, 0x0f, 0x44],
  most: 300,
});
const printable = fc.string({ unit: fc.constantFrom(...'0123456789.()*kWh\r\n'), maxLength: 60 });
const kinds: Readonly<Record<string, Kind>> = {
  wrapper: {
    make: wpduDeframer,
    frame: octets(300).map((payload) => wrap(1, 16, payload)),
    hard: [0, 1],
    most: 65_543,
  },
  hdlc: {
    make: hdlcDeframer,
    frame: arbitraryFrame.map(encodeHdlcFrame),
    hard: [0x7e, 0xa0, 0xa7, 0x03],
    most: 2048,
  },
  mbus: {
    make: mbusDeframer,
    frame: octets(240).map((part) => encodeMbusApdu(part, { stsap: 1, dtsap: 103 })[0] as Uint8Array),
    hard: [0x68, 0x05, 0x16, 0xe5],
    most: 1030,
  },
  'wireless M-Bus, format A': telegram('A'),
  'wireless M-Bus, format B': telegram('B'),
  'wireless M-Bus without CRC': telegram('without CRC'),
  text: {
    make: (options) => textDeframer({ ...options, maxReadout: 500 }),
    frame: fc
      .oneof(
        fc.constant(encodeRequest('12345678')),
        fc.constant(encodeIdentification({ manufacturer: 'ISK', baudCharacter: '5', ident: 'MT174-0001' })),
        fc.constant(parseHex('063035300D0A')),
        printable.map((text) => encodeReadout(text)),
      )
      .chain((message) => fc.constantFrom(message, toSevenE1(message))),
    hard: [0x2f, 0xaf, 0x06, 0x02, 0x03, 0x0d, 0x0a],
    most: 500,
  },
  llc: {
    make: (options) => llc61334Deframer('to-client', 'server-client', options),
    frame: octets(100).map((apdu) =>
      encodeLlc61334({ clientSap: 16, serverSap: 1, apdu }, 'to-client', 'server-client'),
    ),
    hard: [0x90],
    most: 0,
    chunks: true,
  },
  raw: { make: rawDeframer, frame: octets(100), hard: [0xc0], most: 0, chunks: true },
};

/** Throws unless the parts follow each other from `from` to `to`. */
function follow(parts: readonly { offset: number; length: number }[], from: number, to: number): void {
  let at = from;
  for (const { offset, length } of parts) {
    if (offset !== at || length <= 0) throw new Error(`${length} octets at ${offset} instead of ${at}`);
    at += length;
  }
  if (at !== to) throw new Error(`the parts end at ${at} instead of ${to}`);
}
const cut = (stream: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const out: Uint8Array[] = [];
  for (let at = 0, i = 0; at < stream.length; i++) {
    const n = sizes[i % sizes.length] as number;
    out.push(stream.slice(at, at + n));
    at += n;
  }
  return out;
};
const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });

describe.each(Object.entries(kinds))('the deframer for %s', (_, { make, frame, hard, most, chunks }) => {
  it('tells of every octet once, of frames part by part, and of nothing that is pending', () => {
    const noise = fc
      .array(fc.oneof(fc.constantFrom(...hard), fc.nat(255)), { minLength: 1, maxLength: 40 })
      .map((a) => Uint8Array.from(a));
    const broken = fc.tuple(frame, fc.nat(400), fc.integer({ min: 1, max: 255 })).map(([f, at, bits]) => {
      const changed = f.slice();
      if (f.length > 0) changed[at % f.length] = (changed[at % f.length] as number) ^ bits;
      return changed;
    });
    const half = fc.tuple(frame, fc.nat(400)).map(([f, at]) => f.subarray(0, f.length === 0 ? 0 : at % f.length));
    const stream = fc.array(fc.oneof(frame, noise, broken, half), { maxLength: 8 });
    fc.assert(
      fc.property(stream, sizes, fc.boolean(), (pieces, every, whole) => {
        const spans: FrameSpan<unknown>[] = [];
        const skipped: FrameSpan<unknown>[] = [];
        let told = 0;
        const deframer = make({
          onSpan(span) {
            spans.push(span);
            if (span.offset !== told) throw new Error(`a span at ${span.offset} instead of ${told}`);
            told += span.length;
          },
          onSkipped: (span) => skipped.push(span),
        });
        const found: unknown[] = [];
        let pushed = 0;
        const parts = pieces.filter((p) => p.length > 0);
        for (const chunk of chunks || whole ? parts : cut(concat(...parts), every)) {
          found.push(...deframer.push(chunk));
          pushed += chunk.length;
          if (deframer.pending > most) throw new Error(`${deframer.pending} octets are pending`);
          if (told !== pushed - deframer.pending) throw new Error(`told of ${told} octets of ${pushed}`);
        }
        found.push(...deframer.flush());
        expect([deframer.pending, told]).toEqual([0, pushed]);
        for (const span of spans)
          if (span.parts.length > 0) follow(span.parts, span.offset, span.offset + span.length);
          else if (span.length > 0) expect([span.frame, span.error]).toEqual([undefined, expect.any(Error)]);
        expect(spans.filter((s) => s.frame !== undefined && s.error === undefined).map((s) => s.frame)).toEqual(found);
        expect(spans.filter((s) => s.error !== undefined)).toEqual(skipped);
      }),
    );
  });

  it('finds the same frames whatever the chunks, listened to or not, and never changes one that it gave', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), sizes, (frames, every) => {
        const stream = concat(...frames);
        const [quiet, heard] = [make({}), make({ onSpan: () => undefined })];
        const whole = frames.flatMap((f) => make({}).push(f));
        expect(whole.length).toBe(frames.length);
        const pieces = chunks ? frames : cut(stream, every);
        const found = [...pieces.flatMap((c) => quiet.push(c)), ...quiet.flush()];
        expect(found).toEqual(whole);
        expect([...pieces.flatMap((c) => heard.push(c)), ...heard.flush()]).toEqual(whole);
        expect(found).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('takes storms of beginnings, octet by octet and at once, in time that grows with them only', () => {
    const octetsOf = (n: number) => Uint8Array.from({ length: n }, (_, i) => hard[i % hard.length] as number);
    // Time of the processor, which other processes do not use up.
    const cost = (n: number, size: number): number => {
      const pieces = cut(octetsOf(n), [size]);
      const deframer = make({});
      const before = process.cpuUsage();
      for (const p of pieces) deframer.push(p);
      deframer.flush();
      return process.cpuUsage(before).user / 1000;
    };
    for (const size of chunks ? [100] : [1, 5000]) {
      const few = Math.min(...[1, 2, 3].map(() => cost(4000, size)));
      // 16 times the octets: a quadratic cost would be 256 times as high.
      expect(cost(64_000, size)).toBeLessThan(100 * Math.max(2, few));
    }
  });
});

describe('what a deframer says of damage', () => {
  const spansOf = (make: Kind['make'], ...stream: readonly Uint8Array[]): FrameSpan<unknown>[] => {
    const spans: FrameSpan<unknown>[] = [];
    const deframer = make({ onSpan: (s) => spans.push(s) });
    for (const chunk of stream) deframer.push(chunk);
    deframer.flush();
    return spans;
  };
  it('a frame of HDLC with a wrong check sequence, one without its last flag, and noise', () => {
    const good = parseHex('7EA00703219 30F017E'.replace(' ', ''));
    const wrong = good.slice();
    wrong[7] = 0;
    const spans = spansOf(hdlcDeframer, concat(parseHex('FFFF'), wrong, good.subarray(0, 8)));
    expect(spans.map((s) => [s.offset, s.length, s.parts.map((p) => p.name).join(' '), s.error?.code])).toEqual([
      [0, 2, '', 'decode/framing'],
      [2, 1, 'flag', undefined],
      [3, 7, 'format destination source control fcs', 'decode/checksum'],
      [10, 2, 'flag', undefined],
      [12, 7, 'format destination source control fcs', 'decode/unexpected-end'],
    ]);
    expect(spans[2]?.frame).toMatchObject({ control: { type: 'SNRM' } });
  });
  it('half a WPDU, with the parts that are there', () => {
    const [span, ...more] = spansOf(wpduDeframer, wrap(1, 16, new Uint8Array(300)).subarray(0, 20));
    expect(more).toEqual([]);
    expect(span).toMatchObject({
      offset: 0,
      length: 20,
      frame: { source: 1, destination: 16, payload: new Uint8Array(12) },
      parts: [
        { role: 'header', name: 'version', offset: 0, length: 2 },
        { role: 'address', name: 'source', offset: 2, length: 2 },
        { role: 'address', name: 'destination', offset: 4, length: 2 },
        { role: 'header', name: 'length', offset: 6, length: 2 },
        { role: 'payload', name: 'payload', offset: 8, length: 12 },
      ],
      error: { code: 'decode/unexpected-end', context: { expected: '300 octets behind the header' } },
    });
  });
  it('an M-Bus frame with a wrong checksum up to the next good one; E5 is no fault', () => {
    const [good] = encodeMbusApdu(parseHex('C001'), { stsap: 1, dtsap: 103 }) as [Uint8Array];
    const wrong = good.slice();
    wrong[9] = 0;
    const spans = spansOf(mbusDeframer, concat(parseHex('E5E5'), wrong, good));
    expect(spans.map((s) => [s.offset, s.length, s.parts.map((p) => p.name).join(' '), s.error?.code])).toEqual([
      [0, 2, 'acknowledgement', undefined],
      [2, 13, '', 'decode/checksum'],
      [15, 13, 'start control address controlInformation stsap dtsap part checksum stop', undefined],
    ]);
  });
  it('a data message with a wrong BCC is skipped whole, and a telegram with a wrong CRC behind its first block', () => {
    const data = encodeReadout('1.8.0(/?!\r\n)\r\n');
    data[data.length - 1] = (data[data.length - 1] as number) ^ 1;
    expect(spansOf(textDeframer, data)).toMatchObject([
      { length: data.length, error: { code: 'decode/checksum', context: { field: 'BCC', offset: data.length - 1 } } },
    ]);
    const telegram = encodeWirelessMbus(
      {
        control: 0x44,
        manufacturer: 'KFM',
        address: new Uint8Array(6),
        controlInformation: 0x7d,
        data: new Uint8Array(20),
      },
      'A',
    );
    telegram[15] = 1;
    expect(spansOf((o) => wirelessMbusDeframer('A', o), telegram)).toMatchObject([
      { length: telegram.length, error: { code: 'decode/checksum', context: { offset: 28 } } },
    ]);
  });
  it('counts offsets from the first octet ever pushed', () => {
    const frame = wrap(1, 16, parseHex('C001'));
    const spans = spansOf(wpduDeframer, frame.subarray(0, 4), frame.subarray(4), frame);
    expect(spans.map((s) => s.offset)).toEqual([0, 10]);
    expect(spans[1]?.parts.at(-1)).toEqual({ role: 'payload', name: 'payload', offset: 18, length: 2 });
  });
});
