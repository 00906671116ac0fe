import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, DlmsError, equalBytes, formatHex, isDlmsError, parseHex } from '../../../src/core/index.js';
import { crc13757 } from '../../../src/transport/framing/wireless-mbus.js';
import {
  cosemOfWirelessMbus,
  decodeMbusFrame,
  decodeWirelessMbus,
  encodeMbusApdu,
  encodeMbusFrame,
  encodeWirelessMbus,
  type MbusFrame,
  mbusAssembler,
  mbusDeframer,
  mbusSegment,
  refusedFramings,
  refuseFraming,
} from '../../../src/transport/index.js';
import captures from '../../vectors/captures.json' with { type: 'json' };
import negative from '../../vectors/negative.json' with { type: 'json' };
import others from '../../vectors/other-transports.json' with { type: 'json' };

const seen = (f: MbusFrame) => {
  const segment = mbusSegment(f);
  return {
    lengthOctet: ((f.data.length + 3) % 256).toString(16).toUpperCase().padStart(2, '0'),
    actualLength: f.data.length + 3,
    ci: f.controlInformation.toString(16).toUpperCase().padStart(2, '0'),
    stsap: segment?.stsap,
    dtsap: segment?.dtsap,
  };
};
const apdusOf = (frames: readonly MbusFrame[]): Uint8Array[] => {
  const assembler = mbusAssembler();
  return frames.map((f) => assembler.push(f)?.apdu).filter((a) => a !== undefined);
};
/** A frame whose length octet is the true length modulo 256, as some meters send it. */
const lying = (data: Uint8Array): Uint8Array => {
  const length = data.length + 3;
  const body = concat(new Uint8Array([0x53, 0xff, 0x10]), data);
  return concat(
    new Uint8Array([0x68, length, length, 0x68]),
    body,
    new Uint8Array([body.reduce((n, b) => n + b, 0), 0x16]),
  );
};

describe('wired M-Bus', () => {
  it('mbus-segmented-kaifa', () => {
    const vector = others.find((v) => v.id === 'mbus-segmented-kaifa');
    const octets = parseHex(vector?.input.hex ?? '');
    const expected = vector?.expected as unknown as { frames: Record<string, unknown>[]; reassembledApdu: string };
    const frames = mbusDeframer().push(octets);
    expect(
      frames.map((f) => ({
        ...seen(f),
        c: f.control.toString(16),
        a: f.address.toString(16).toUpperCase(),
        apduPart: formatHex(f.data.subarray(2)),
      })),
    ).toEqual(expected.frames.map(({ checksum: _, ...rest }) => rest));
    expect(apdusOf(frames).map((a) => formatHex(a))).toEqual([expected.reassembledApdu]);
    const built = encodeMbusApdu(parseHex(expected.reassembledApdu), { stsap: 1, dtsap: 103 });
    expect(formatHex(concat(...built))).toBe(formatHex(octets));
  });

  for (const vector of captures.filter((v) => v.params.framing === 'mbus')) {
    it(vector.id, () => {
      const expected = vector.expected as { frames?: object[]; ciphering?: { systemTitle: string } };
      const frames = mbusDeframer().push(parseHex(vector.input.hex));
      expect(frames.map(seen)).toEqual(expected.frames);
      const [apdu, ...more] = apdusOf(frames);
      expect(more).toEqual([]);
      expect(formatHex(apdu?.subarray(0, 10) ?? new Uint8Array(0))).toBe(`DB08${expected.ciphering?.systemTitle}`);
    });
  }

  it('neg-mbus', () => {
    const vector = negative.find((v) => v.id === 'neg-mbus');
    const cases = (vector?.input as { cases: string[] } | undefined)?.cases ?? [];
    expect(cases).toHaveLength(4);
    for (const hex of cases) {
      expect(() => decodeMbusFrame(parseHex(hex))).toThrow(expect.objectContaining({ name: 'DlmsError' }));
      const errors: DlmsError[] = [];
      const deframer = mbusDeframer({ onSkipped: (s) => errors.push(s.error) });
      expect([...deframer.push(parseHex(hex)), ...deframer.flush()]).toEqual([]);
    }
  });

  it('finds its own frames in noise, however they are cut, and puts the APDUs together', () => {
    const apdu = fc.uint8Array({ maxLength: 600 });
    const noise = fc.uint8Array({ maxLength: 20 }).map((n) => n.map((b) => (b === 0x68 ? 0 : b)));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(noise, apdu), { maxLength: 4 }),
        fc.integer({ min: 1, max: 250 }),
        fc.integer({ min: 1, max: 70 }),
        (items, partSize, cut) => {
          const wanted = items.map(([, a]) => a).filter((a) => a.length <= 16 * partSize);
          const stream = concat(
            ...items.flatMap(([n, a]) =>
              a.length > 16 * partSize ? [n] : [n, ...encodeMbusApdu(a, { stsap: 1, dtsap: 2, partSize })],
            ),
          );
          const deframer = mbusDeframer();
          const frames: MbusFrame[] = [];
          for (let at = 0; at < stream.length; at += cut) frames.push(...deframer.push(stream.slice(at, at + cut)));
          frames.push(...deframer.flush());
          const found = apdusOf(frames);
          expect(found.length).toBe(wanted.length);
          for (const [i, a] of found.entries()) expect(equalBytes(a, wanted[i] as Uint8Array)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('follows a length octet that is only the true length modulo 256', () => {
    const data = new Uint8Array(700).map((_, i) => i * 5);
    const frame = lying(data);
    expect(decodeMbusFrame(frame)).toMatchObject({ lengthModulo256: true, data });
    const deframer = mbusDeframer();
    const frames = [
      ...deframer.push(frame.subarray(0, 300)),
      ...deframer.push(
        concat(frame.subarray(300), encodeMbusApdu(parseHex('C0'), { stsap: 1, dtsap: 2 })[0] as Uint8Array),
      ),
    ];
    expect(frames.map((f) => [f.data.length, f.lengthModulo256])).toEqual([
      [700, true],
      [3, false],
    ]);
    const strict = mbusDeframer({ maxLength: 255 });
    expect(strict.push(frame)).toEqual([]);
  });

  it('does not let a false beginning hide the frames behind it', () => {
    const good = encodeMbusApdu(parseHex('C001'), { stsap: 1, dtsap: 2 })[0] as Uint8Array;
    const deframer = mbusDeframer();
    expect(deframer.push(concat(parseHex('68F0F068AA'), good, good))).toHaveLength(2);
    expect(deframer.pending).toBe(0);
  });

  it('names a damaged frame and goes on with the next', () => {
    const [one, two] = encodeMbusApdu(new Uint8Array(300), { stsap: 1, dtsap: 2 }) as [Uint8Array, Uint8Array];
    const damaged = one.slice();
    damaged[20] = 1;
    const errors: DlmsError[] = [];
    const frames = mbusDeframer({ onSkipped: (s) => errors.push(s.error) }).push(concat(damaged, two));
    expect(frames).toHaveLength(1);
    expect(errors.map((e) => e.code)).toEqual(['decode/checksum']);
  });

  it('drops messages with a missing, repeated or endless segment, bounded in size and number', () => {
    const frame = (ci: number, address = 1): MbusFrame => ({
      control: 0x53,
      address,
      controlInformation: ci,
      data: new Uint8Array(102),
      lengthModulo256: false,
    });
    const errors: string[] = [];
    const assembler = mbusAssembler({ maxApduSize: 250, maxSenders: 2, onDropped: (e) => errors.push(e.code) });
    const run = (...frames: MbusFrame[]) => frames.map((f) => assembler.push(f)?.apdu.length);
    expect(run(frame(0), frame(0x12))).toEqual([undefined, undefined]);
    expect(run(frame(0x11))).toEqual([undefined]);
    expect(run(frame(0), frame(0), frame(0x11))).toEqual([undefined, undefined, 200]);
    expect(run(frame(0), frame(1), frame(2))).toEqual([undefined, undefined, undefined]);
    expect(run(frame(0, 1), frame(0, 2), frame(0, 3), frame(0x11, 2), frame(0x11, 1))).toEqual([
      undefined,
      undefined,
      undefined,
      200,
      undefined,
    ]);
    expect(run(frame(0x72))).toEqual([undefined]);
    expect(errors).toEqual([
      'protocol/block-number',
      'protocol/block-number',
      'protocol/block-number',
      'decode/too-large',
      'decode/too-large',
      'protocol/block-number',
    ]);
    const long = mbusAssembler({ onDropped: (e) => errors.push(e.code) });
    for (let i = 0; i < 16; i++) expect(long.push(frame(i))).toBeUndefined();
    expect(errors.at(-1)).toBe('decode/unsupported');
    expect(() => encodeMbusApdu(new Uint8Array(4001), { stsap: 1, dtsap: 2, partSize: 250 })).toThrow(
      expect.objectContaining({ code: 'encode/invalid-value' }),
    );
    expect(() =>
      encodeMbusFrame({ control: 0x153, address: 1, controlInformation: 0, data: new Uint8Array(0) }),
    ).toThrow(DlmsError);
  });

  it('holds a bounded number of octets of anything', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.uint8Array({ maxLength: 500 }).map((o) => o.map((b) => (b < 100 ? 0x68 : b))),
          { maxLength: 20 },
        ),
        (chunks) => {
          const deframer = mbusDeframer();
          for (const chunk of chunks) {
            deframer.push(chunk);
            expect(deframer.pending).toBeLessThanOrEqual(1030);
          }
          deframer.flush();
          expect(deframer.pending).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('wireless M-Bus', () => {
  it('computes the CRC of EN 13757 (catalogue check value)', () => {
    expect(crc13757(new TextEncoder().encode('123456789'))).toBe(0xc2b7);
  });

  it('writes what it reads in every format, and refuses any changed octet', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 240 }),
        fc.constantFrom('A', 'B', 'without CRC'),
        fc.nat(300),
        (data, format, where) => {
          const telegram = {
            control: 0x44,
            manufacturer: 'KFM',
            address: parseHex('785634120102'),
            controlInformation: 0x7d,
            data,
          };
          const octets = encodeWirelessMbus(telegram, format);
          expect(octets.length - 1).toBe(
            format === 'B' || format === 'without CRC'
              ? octets[0]
              : (octets[0] as number) + 2 * (1 + Math.ceil(((octets[0] as number) - 9) / 16)),
          );
          expect(decodeWirelessMbus(octets, format)).toEqual(telegram);
          const damaged = octets.slice();
          damaged[where % octets.length] = (damaged[where % octets.length] as number) ^ 0x10;
          if (format !== 'without CRC') expect(() => decodeWirelessMbus(damaged, format)).toThrow(DlmsError);
        },
      ),
    );
  });

  it('finds COSEM data behind the transport layer header, and refuses encryption below DLMS by name', () => {
    const short = { controlInformation: 0x7d, data: parseHex('2A000000 0F00000001') };
    expect(cosemOfWirelessMbus(short)).toEqual({ accessNumber: 0x2a, status: 0, apdu: parseHex('0F00000001') });
    const long = { controlInformation: 0x7c, data: parseHex('78563412 2D2C 01 02 2B 04 0000 C001') };
    expect(cosemOfWirelessMbus(long)).toEqual({ accessNumber: 0x2b, status: 4, apdu: parseHex('C001') });
    expect(() => cosemOfWirelessMbus({ controlInformation: 0x7d, data: parseHex('2A000005 00') })).toThrow(
      expect.objectContaining({ code: 'decode/unsupported', message: expect.stringContaining('security mode 5') }),
    );
    expect(() => cosemOfWirelessMbus({ controlInformation: 0x72, data: new Uint8Array(20) })).toThrow(
      expect.objectContaining({ code: 'decode/unsupported' }),
    );
    expect(() => cosemOfWirelessMbus({ controlInformation: 0x7c, data: new Uint8Array(11) })).toThrow(
      expect.objectContaining({ code: 'decode/unexpected-end' }),
    );
  });

  it('ends any octets in a telegram or a DlmsError', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        fc.constantFrom('A', 'B', 'without CRC'),
        (octets, right, format) => {
          if (right && octets.length > 0) octets[0] = octets.length - 1;
          try {
            cosemOfWirelessMbus(decodeWirelessMbus(octets, format));
          } catch (error) {
            if (!isDlmsError(error)) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it('refuses by name what is not supported', () => {
  for (const name of Object.keys(refusedFramings))
    expect(() => refuseFraming(name)).toThrow(expect.objectContaining({ code: 'decode/unsupported' }));
  expect(refusedFramings).toHaveProperty('coap');
});
