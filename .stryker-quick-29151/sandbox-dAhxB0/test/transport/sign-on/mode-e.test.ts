import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { concat, equalBytes, formatHex, isDlmsError, latin1, parseHex } from '../../../src/core/index.js';
import {
  blockCheck,
  decodeIdentification,
  decodeOptionSelect,
  decodeReadout,
  encodeIdentification,
  encodeReadout,
  encodeRequest,
  fromSevenE1,
  type LineSettings,
  type ModeEClientOptions,
  type ModeEInput,
  type ModeEOutput,
  type ModeEServerOptions,
  type ModeEState,
  modeEClient,
  modeEIdle,
  modeEPort,
  modeEServer,
  type SerialLine,
  type Transport,
  toSevenE1,
  transportPair,
} from '../../../src/transport/index.js';
import others from '../../vectors/other-transports.json' with { type: 'json' };

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const find = (id: string) => others.find((v) => v.id === id) as (typeof others)[number];
const octets = (o: Uint8Array): ModeEInput => ({ type: 'octets', octets: o });
const landis = { manufacturer: 'LGZ', baudCharacter: '4', ident: 'ZMD4054407.B14' };

describe('IEC 62056-21 messages', () => {
  it('mode-e-handshake', () => {
    const vector = find('mode-e-handshake');
    const input = vector.input as { request: string; identification: string; acknowledge: string };
    const { acknowledge, ...identification } = vector.expected as unknown as { acknowledge: object };
    expect(formatHex(encodeRequest())).toBe(input.request);
    expect(decodeIdentification(parseHex(input.identification))).toEqual({ ...identification, mode: 'C' });
    expect(formatHex(encodeIdentification({ ...landis, protocolSelection: 2 }))).toBe(input.identification);
    const { protocolControl, baud, modeControl } = decodeOptionSelect(parseHex(input.acknowledge));
    expect({ protocolControl, baud, modeControl }).toEqual(acknowledge);
  });

  it('iec21-baud-characters', () => {
    const vector = find('iec21-baud-characters');
    const { baud, reserved } = vector.expected as unknown as { baud: Record<string, number>; reserved: string[] };
    const rateOf = (z: string) => decodeIdentification(text(`/ABC${z}x\r\n`)).maxBaud;
    for (const [z, rate] of Object.entries(baud)) expect(rateOf(z)).toBe(rate);
    for (const z of reserved) expect(rateOf(z)).toBeUndefined();
    expect(['A', 'F', 'G', 'x'].map(rateOf)).toEqual([600, 19200, undefined, undefined]);
    expect(['3', 'C', 'x'].map((z) => decodeIdentification(text(`/ABC${z}x\r\n`)).mode)).toEqual(['C', 'B', 'A']);
  });

  it('reads data blocks of every mode', () => {
    const block = '0.0.0(12345678)\r\n1.8.0(000123.4*kWh)(01-08-01 00:00)\r\nF.F(00)C.1()\r\n';
    const message = encodeReadout(block);
    expect(message[0]).toBe(2);
    expect(message.at(-1)).toBe(blockCheck(message.subarray(1, -1)));
    const expected = {
      text: block,
      dataSets: [
        { address: '0.0.0', values: [{ value: '12345678' }] },
        { address: '1.8.0', values: [{ value: '000123.4', unit: 'kWh' }, { value: '01-08-01 00:00' }] },
        { address: 'F.F', values: [{ value: '00' }] },
        { address: 'C.1', values: [{ value: '' }] },
      ],
    };
    expect(decodeReadout(message)).toEqual(expected);
    expect(decodeReadout(text(`${block}!\r\n`))).toEqual(expected);
    const damaged = message.slice();
    damaged[5] = 0x39;
    expect(() => decodeReadout(damaged)).toThrow(expect.objectContaining({ code: 'decode/checksum' }));
    expect(() => decodeReadout(message.subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'decode/unexpected-end' }),
    );
    expect(() => decodeReadout(concat(message, text('x')))).toThrow(
      expect.objectContaining({ code: 'decode/trailing-bytes' }),
    );
    expect(() => decodeReadout(text('1.8.0(1)'))).toThrow(expect.objectContaining({ code: 'decode/framing' }));
  });

  it('masks and puts in parity bits', () => {
    expect(formatHex(toSevenE1(text('/?!\r\n')))).toBe('AF3F218D0A');
    const wrong: number[] = [];
    expect(fromSevenE1(parseHex('AF3FA18D0A'), (i) => wrong.push(i))).toEqual(text('/?!\r\n'));
    expect(wrong).toEqual([2]);
  });

  it('ends any octets in a value or a DlmsError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (o) => {
        for (const read of [decodeIdentification, decodeOptionSelect, decodeReadout]) {
          try {
            read(o);
          } catch (error) {
            if (!isDlmsError(error)) throw error;
          }
        }
      }),
    );
  });
});

/** Time, what comes in, what goes out. */
function transcript(
  step: (s: ModeEState, i: ModeEInput, now: number) => [ModeEState, readonly ModeEOutput[]],
  lines: [number, ModeEInput, readonly object[]][],
): ModeEState {
  let state = modeEIdle;
  for (const [now, input, expected] of lines) {
    const [next, outputs] = step(state, input, now);
    expect(outputs).toMatchObject(expected);
    expect(outputs).toHaveLength(expected.length);
    state = next;
  }
  return state;
}
const client =
  (options: ModeEClientOptions = {}) =>
  (s: ModeEState, i: ModeEInput, now: number) =>
    modeEClient(s, i, now, options);
const server = (options: ModeEServerOptions) => (s: ModeEState, i: ModeEInput, now: number) =>
  modeEServer(s, i, now, options);
const tick: ModeEInput = { type: 'tick' };
const slow = { type: 'line', baud: 300, parity: '7E1' };

describe('mode E, client machine', () => {
  const asked = [slow, { type: 'write', octets: text('/?!\r\n') }];
  it('signs on as in the standard, on a line with echo and parity bits', () => {
    const state = transcript(client({ maxBaud: 9600 }), [
      [0, { type: 'start' }, asked],
      [50, octets(toSevenE1(text('/?!'))), []],
      [60, octets(toSevenE1(text('\r\n'))), []],
      [300, octets(toSevenE1(text('/LGZ5\\2ZMD405'))), []],
      [350, octets(toSevenE1(text('4407.B14\r\n'))), []],
      [649, tick, []],
      [650, tick, [{ type: 'write', octets: text('\x06252\r\n') }]],
      [700, octets(text('\x06252\r\n')), []],
      [
        900,
        octets(text('\x06252\r\n')),
        [
          { type: 'line', baud: 9600, parity: '8N1' },
          { type: 'hdlc', baud: 9600, identification: { manufacturer: 'LGZ' } },
        ],
      ],
    ]);
    expect(state.name).toBe('done');
  });
  it('goes on without the confirmation that some meters do not send', () => {
    transcript(client(), [
      [0, { type: 'start' }, asked],
      [300, octets(text('/LGZ4\\2x\r\n')), []],
      [600, tick, [{ type: 'write', octets: text('\x06242\r\n') }]],
      [
        2100,
        tick,
        [
          { type: 'line', baud: 4800, parity: '8N1' },
          { type: 'hdlc', baud: 4800 },
        ],
      ],
    ]);
  });
  it('takes the confirmation for one where the line gives no echo', () => {
    transcript(client(), [
      [0, { type: 'start' }, asked],
      [300, octets(text('/LGZ4\\2x\r\n')), []],
      [600, tick, [{ type: 'write' }]],
      [
        700,
        octets(text('\x06242\r\n')),
        [
          { type: 'line', baud: 4800 },
          { type: 'hdlc', baud: 4800 },
        ],
      ],
    ]);
  });
  it('asks again, then names the time-out', () => {
    transcript(client({ attempts: 2, timeoutMs: 1500 }), [
      [0, { type: 'start' }, asked],
      [1500, tick, asked],
      [3000, tick, [{ type: 'failed', error: { code: 'transport/timeout' } }]],
    ]);
  });
  it('refuses a meter without HDLC by name, or reads it out', () => {
    transcript(client(), [
      [0, { type: 'start' }, asked],
      [300, octets(text('/ISk5MT174-0001\r\n')), [{ type: 'failed', error: { code: 'protocol/link' } }]],
    ]);
    const data = encodeReadout('1.8.0(1*kWh)\r\n');
    // Mode C: asked for, at the speed agreed.
    transcript(client({ fallback: 'readout' }), [
      [0, { type: 'start' }, asked],
      [300, octets(text('/ISk5MT174-0001\r\n')), []],
      [
        600,
        tick,
        [
          { type: 'write', octets: text('\x06050\r\n') },
          { type: 'line', baud: 9600, parity: '7E1' },
        ],
      ],
      [900, octets(toSevenE1(data.subarray(0, 9))), []],
      [1000, octets(toSevenE1(data.subarray(9))), [{ type: 'readout', octets: data }, slow]],
    ]);
    // Mode B: comes by itself at the speed of Z. Mode A: at 300 baud.
    for (const [z, lines] of [
      ['C', [{ type: 'line', baud: 2400, parity: '7E1' }]],
      ['x', []],
    ] as const)
      transcript(client({ fallback: 'readout' }), [
        [0, { type: 'start' }, asked],
        [300, octets(text(`/ABC${z}type\r\n`)), lines],
        [900, octets(data), [{ type: 'readout', octets: data }, slow]],
      ]);
    // A meter that offers HDLC and then sends its data at 300 baud.
    transcript(client({ fallback: 'readout' }), [
      [0, { type: 'start' }, asked],
      [300, octets(text('/LGZ4\\2x\r\n')), []],
      [600, tick, [{ type: 'write' }]],
      [900, octets(data), [{ type: 'readout', octets: data }, slow]],
    ]);
  });
  it('gives up a readout that stops, and one that never ends', () => {
    const start: [number, ModeEInput, object[]][] = [
      [0, { type: 'start' }, asked],
      [300, octets(text('/ABCxtype\r\n')), []],
      [400, octets(text('\x021.8.0(')), []],
    ];
    transcript(client({ fallback: 'readout' }), [
      ...start,
      [2600, tick, [{ type: 'failed', error: { code: 'transport/timeout' } }]],
    ]);
    transcript(client({ fallback: 'readout', maxReadout: 1000 }), [
      ...start,
      [500, octets(new Uint8Array(1000).fill(0x30)), [{ type: 'failed', error: { code: 'decode/too-large' } }]],
    ]);
  });
});

describe('mode E, meter machine', () => {
  it('answers a request to itself and to all, not to others, and confirms HDLC', () => {
    const meter = server({ identification: landis, address: '00012345' });
    const write = { type: 'write', octets: text('/LGZ4\\2ZMD4054407.B14\r\n') };
    transcript(meter, [
      [0, { type: 'start' }, [slow]],
      [10, octets(text('/?999!\r\n')), []],
      [20, tick, []],
      [30, octets(toSevenE1(text('/?12345!\r\n'))), []],
      [230, tick, [write]],
      [500, octets(text('\x06242\r\n')), []],
      [
        700,
        tick,
        [
          { type: 'write', octets: text('\x06242\r\n') },
          { type: 'line', baud: 4800, parity: '8N1' },
          { type: 'hdlc', baud: 4800 },
        ],
      ],
    ]);
    // Silence after the identification, a speed it has not offered, programming mode: back to listening.
    for (const [next, outputs] of [
      [tick, []],
      [octets(text('\x06262\r\n')), []],
      [octets(text('\x06041\r\n')), [{ type: 'option', option: { modeControl: '1' } }]],
    ] as const)
      expect(
        transcript(meter, [
          [0, { type: 'start' }, [slow]],
          [10, octets(text('noise/?!\r\n')), []],
          [210, tick, [write]],
          [2300, next, outputs],
        ]).name,
      ).toBe('request');
  });
  it('sends the data block to a client that asks for it', () => {
    transcript(server({ identification: landis, readout: '1.8.0(1)\r\n' }), [
      [0, { type: 'start' }, [slow]],
      [10, octets(text('/?!\r\n')), []],
      [210, tick, [{ type: 'write' }]],
      [400, octets(text('\x06040\r\n')), []],
      [
        600,
        tick,
        [
          { type: 'line', baud: 4800, parity: '7E1' },
          { type: 'write', octets: encodeReadout('1.8.0(1)\r\n') },
          slow,
          { type: 'option' },
        ],
      ],
    ]);
  });
});

it('client and meter always end, and never in HDLC at different speeds, whatever the line does', () => {
  const damage = fc.array(fc.record({ at: fc.nat(120), what: fc.constantFrom('drop', 'flip', 'noise') }), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(
      damage,
      fc.boolean(),
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom(undefined, 'readout' as const, 'hdlc' as const),
      (faults, echo, cut, fallback) => {
        const ends: ModeEOutput[] = [];
        let now = 0;
        let carried = 0;
        const sides = [
          { state: modeEIdle, step: client(fallback === undefined ? {} : { fallback }), inbox: [] as Uint8Array[] },
          {
            state: modeEIdle,
            step: server({ identification: landis, readout: '1.8.0(1)\r\n' }),
            inbox: [] as Uint8Array[],
          },
        ] as const;
        const feed = (i: 0 | 1, input: ModeEInput) => {
          const side = sides[i] as { state: ModeEState; step: (typeof sides)[0]['step']; inbox: Uint8Array[] };
          const [next, outputs] = side.step(side.state, input, now);
          (side as { state: ModeEState }).state = next;
          for (const output of outputs) {
            if (output.type === 'write') {
              if (echo) side.inbox.push(output.octets);
              const damaged = [...output.octets].flatMap((b) => {
                const fault = faults.find((f) => f.at === carried);
                carried++;
                return fault === undefined
                  ? [b]
                  : fault.what === 'drop'
                    ? []
                    : fault.what === 'flip'
                      ? [b ^ 0x04]
                      : [0x2f, b];
              });
              for (let at = 0; at < damaged.length; at += cut)
                sides[i === 0 ? 1 : 0].inbox.push(new Uint8Array(damaged.slice(at, at + cut)));
            } else if (output.type === 'hdlc' || (i === 0 && (output.type === 'failed' || output.type === 'readout')))
              ends[i] = output;
          }
        };
        feed(1, { type: 'start' });
        feed(0, { type: 'start' });
        for (let turns = 0; sides[0].state.name !== 'done'; turns++) {
          expect(turns).toBeLessThan(200);
          const i = sides[0].inbox.length > 0 ? 0 : 1;
          const chunk = sides[i].inbox.shift();
          if (chunk !== undefined) feed(i, octets(chunk));
          else {
            now = Math.min(...sides.map((s) => s.state.deadline ?? Number.POSITIVE_INFINITY));
            expect(now).toBeLessThan(20_000);
            feed(0, tick);
            feed(1, tick);
          }
        }
        expect(ends[0]).toBeDefined();
        if (faults.length === 0) expect(ends.map((e) => e.type)).toEqual(['hdlc', 'hdlc']);
        // The option select message has no check of its own, but a damaged speed is confirmed or refused by the meter.
        if (ends[0]?.type === 'hdlc' && ends[1]?.type === 'hdlc' && faults.every((f) => f.what !== 'flip'))
          expect(ends[0].baud).toBe(ends[1].baud);
      },
    ),
    { numRuns: 500 },
  );
});

describe('mode E on a line', () => {
  const quick = { reactionMs: 1, acknowledgeMs: 50, timeoutMs: 200 };
  /** A line whose settings are noted, and that garbles everything while the two ends are set differently. */
  function lines(): [SerialLine, SerialLine, LineSettings[][]] {
    const pair = transportPair();
    const settings: LineSettings[][] = [[], []];
    const lineOf = (i: 0 | 1): SerialLine => {
      const direct = pair[i].direct as NonNullable<Transport['direct']>;
      const line: SerialLine = {
        get readable() {
          return pair[i].readable;
        },
        get writable() {
          return pair[i].writable;
        },
        direct: {
          start: (sink) =>
            direct.start({
              octets: (chunk) => {
                const [mine, other] = [settings[i]?.at(-1), settings[1 - i]?.at(-1)];
                sink.octets(JSON.stringify(mine) === JSON.stringify(other) ? chunk : chunk.map((b) => b ^ 0x55));
              },
              ended: (error) => sink.ended(error),
            }),
          write: (o) => direct.write(o),
          pause: () => direct.pause(),
          resume: () => direct.resume(),
          close: () => direct.close(),
          abort: () => direct.abort(),
        },
        configure: async (s) => {
          await new Promise((resolve) => setTimeout(resolve, 2));
          settings[i]?.push(s);
        },
      };
      return line;
    };
    return [lineOf(0), lineOf(1), settings];
  }

  it('signs on, carries HDLC, and does it again', async () => {
    const [a, b, settings] = lines();
    const [head, meter] = [modeEPort(a), modeEPort(b)];
    for (let round = 0; round < 2; round++) {
      const listening = meter.listen({ identification: landis, reactionMs: 2 });
      await new Promise((resolve) => setTimeout(resolve, 10));
      const signed = await head.signOn(quick);
      const served = await listening;
      expect(signed).toMatchObject({ type: 'hdlc', baud: 4800, identification: { manufacturer: 'LGZ' } });
      expect(settings.map((s) => s.at(-1))).toEqual([
        expect.objectContaining({ baudRate: 4800, dataBits: 8, parity: 'none' }),
        expect.objectContaining({ baudRate: 4800 }),
      ]);
      if (signed.type !== 'hdlc') throw new Error('unreachable');
      const got = new Promise<Uint8Array>((resolve) =>
        served.transport.direct?.start({ octets: resolve, ended: () => {} }),
      );
      signed.transport.direct?.start({ octets() {}, ended() {} });
      await signed.transport.direct?.write(parseHex('7EA0FF80'));
      expect(equalBytes(await got, parseHex('7EA0FF80'))).toBe(true);
    }
    await head.close();
    await meter.close();
  });

  it('reads a meter out that knows no HDLC, over an 8-bit line with the parity put in by software', async () => {
    const [a, b] = transportPair();
    const head = modeEPort(a, { emulateSevenE1: true });
    const seen: number[] = [];
    b.direct?.start({
      octets: (chunk) => {
        seen.push(...chunk);
        const line = latin1(fromSevenE1(chunk));
        if (line === '/?!\r\n') void b.direct?.write(toSevenE1(text('/ISk5MT174-0001\r\n')));
        if (line === '\x06050\r\n') void b.direct?.write(toSevenE1(encodeReadout('1.8.0(000123.4*kWh)\r\n')));
      },
      ended() {},
    });
    const result = await head.signOn({ ...quick, fallback: 'readout' });
    if (result.type !== 'readout') throw new Error('expected a readout');
    expect(decodeReadout(result.octets).dataSets).toEqual([
      { address: '1.8.0', values: [{ value: '000123.4', unit: 'kWh' }] },
    ]);
    expect(seen.some((o) => o > 127)).toBe(true);
    await head.close();
  });

  it('names silence, an abort and the end of the line', async () => {
    const [a, b] = transportPair();
    const head = modeEPort(a);
    await expect(head.signOn({ ...quick, timeoutMs: 20, attempts: 2 })).rejects.toMatchObject({
      code: 'transport/timeout',
    });
    const controller = new AbortController();
    const waiting = head.signOn({ signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'transport/aborted' });
    const ended = head.signOn();
    b.direct?.start({ octets() {}, ended() {} });
    void b.direct?.close();
    await expect(ended).rejects.toMatchObject({ code: 'transport/closed' });
    await expect(head.signOn()).rejects.toMatchObject({ code: 'transport/closed' });
  });
});

describe('hostile lines', () => {
  /** Octets that are copied or looked through while the work is done. */
  function cost(work: () => void): number {
    let octets = 0;
    const { set, indexOf, slice } = Uint8Array.prototype;
    const spies = [
      vi.spyOn(Uint8Array.prototype, 'set').mockImplementation(function (this: Uint8Array, from, at) {
        octets += from.length;
        set.call(this, from, at);
      }),
      vi.spyOn(Uint8Array.prototype, 'indexOf').mockImplementation(function (this: Uint8Array, octet, from) {
        const at = indexOf.call(this, octet, from);
        octets += (at < 0 ? this.length : at) - (from ?? 0);
        return at;
      }),
      vi.spyOn(Uint8Array.prototype, 'slice').mockImplementation(function (this: Uint8Array, from, to) {
        const piece = slice.call(this, from, to);
        octets += piece.length;
        return piece;
      }),
    ];
    work();
    for (const spy of spies) spy.mockRestore();
    return octets;
  }
  /** Signs on with a meter of mode C that has no HDLC, up to its readout. */
  function readingOut(options: ModeEClientOptions): ModeEState {
    let [state] = modeEClient(modeEIdle, { type: 'start' }, 0, options);
    [state] = modeEClient(state, octets(text('/ABC5x\r\n')), 10, options);
    [state] = modeEClient(state, { type: 'tick' }, 400, options);
    expect(state.name).toBe('readout');
    return state;
  }
  it.each([
    ['data', (i: number) => (i === 0 ? 0x02 : 0x31)],
    ['noise without STX', () => 0x31],
    ['nothing but STX', () => 0x02],
  ])('a readout in single octets costs what it is long: %s', (_, octetAt) => {
    const options = { fallback: 'readout', maxReadout: 20_000 } as const;
    let state = readingOut(options);
    const spent = cost(() => {
      for (let i = 0; i < 20_000; i++)
        [state] = modeEClient(state, octets(Uint8Array.of(octetAt(i))), 500 + i, options);
    });
    expect(state.held).toHaveLength(20_000);
    expect(spent).toBeLessThan(20 * 20_000);
    const [, [end]] = modeEClient(state, octets(Uint8Array.of(0x31)), 30_000, options);
    expect(end).toMatchObject({ type: 'failed', error: { code: 'decode/too-large' } });
  });
  it('a chunk of many lines that are no identification neither costs more nor ends the process', () => {
    const [state] = modeEClient(modeEIdle, { type: 'start' }, 0);
    const lines = concat(...new Array(40_000).fill(text('/\n')), text('/LGZ4\\2x\r\n'));
    let next = state;
    const spent = cost(() => {
      [next] = modeEClient(state, octets(lines), 10);
    });
    expect(next.name).toBe('pause');
    expect(spent).toBeLessThan(20 * lines.length);
  });
  it('a line that is never silent does not hold up the sign-on for ever', () => {
    let [state, outputs] = modeEClient(modeEIdle, { type: 'start' }, 0);
    let now = 0;
    for (; now < 200_000 && outputs[0]?.type !== 'failed'; now += 100) {
      [state, outputs] = modeEClient(state, octets(text('/AB')), now);
      if (state.deadline !== undefined && now >= state.deadline)
        [state, outputs] = modeEClient(state, { type: 'tick' }, now);
    }
    expect(outputs[0]).toMatchObject({ type: 'failed', error: { code: 'transport/timeout' } });
    expect(now).toBeLessThan(30_000);
  });
  it('states stay values: two ends of one beginning do not disturb each other', () => {
    const options = { fallback: 'readout' } as const;
    const [begun] = modeEClient(readingOut(options), octets(concat(Uint8Array.of(2), text('1.8.0('))), 500, options);
    const [one] = modeEClient(begun, octets(text('1')), 501, options);
    const [two] = modeEClient(begun, octets(text('2')), 501, options);
    const [more] = modeEClient(one, octets(text('3')), 502, options);
    expect([begun, one, two, more].map((s) => latin1(s.held.subarray(1)))).toEqual([
      '1.8.0(',
      '1.8.0(1',
      '1.8.0(2',
      '1.8.0(13',
    ]);
  });
});
