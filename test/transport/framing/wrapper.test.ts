import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/core/clock.js';
import { concat, DlmsError, formatHex, parseHex } from '../../../src/core/index.js';
import {
  type ApduChannel,
  type ApduHandler,
  type Deframer,
  linkTransport,
  type OctetSink,
  serveWrapper,
  transportPair,
  unwrap,
  type Wpdu,
  wpduDeframer,
  wrap,
  wrapperChannel,
  wrapperMux,
} from '../../../src/transport/index.js';
import negative from '../../vectors/negative.json' with { type: 'json' };
import sessions from '../../vectors/sessions.json' with { type: 'json' };
import vectors from '../../vectors/wrapper.json' with { type: 'json' };
import { VirtualClock } from '../virtual-clock.js';

const inputOf = (vector: { readonly input: object } | undefined) =>
  (vector?.input ?? {}) as { readonly hex?: string; readonly cases?: readonly string[] };
const all = (deframer: Deframer<Wpdu>, ...chunks: readonly Uint8Array[]): Wpdu[] =>
  chunks.flatMap((chunk) => deframer.push(chunk));
const cut = (octets: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const out: Uint8Array[] = [];
  for (let at = 0, i = 0; at < octets.length; i++) {
    const n = sizes[i % sizes.length] ?? 1;
    out.push(octets.slice(at, at + n));
    at += n;
  }
  return out;
};
const echo: ApduHandler = { handle: (apdu) => [apdu] };
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('WPDU', () => {
  for (const vector of vectors) {
    it(vector.id, () => {
      const octets = parseHex(vector.input.hex);
      const expected = (vector.expected.pdus ?? [vector.expected]) as {
        source: number;
        destination: number;
        payload: string;
      }[];
      const found = all(wpduDeframer(), octets);
      expect(
        found.map((p) => ({ source: p.source, destination: p.destination, payload: formatHex(p.payload) })),
      ).toEqual(expected.map(({ source, destination, payload }) => ({ source, destination, payload })));
      expect(concat(...found.map((p) => wrap(p.source, p.destination, p.payload)))).toEqual(octets);
    });
  }

  it('neg-wrapper-version', () => {
    const vector = negative.find((v) => v.id === 'neg-wrapper-version');
    expect(() => unwrap(parseHex(inputOf(vector).hex ?? ''))).toThrow(
      expect.objectContaining({
        code: 'decode/framing',
        message: expect.stringMatching(/^framing at offset 0: no WPDU .wrapper version 1 expected.: 0002/),
      }),
    );
  });

  it('neg-wrapper-length', () => {
    const vector = negative.find((v) => v.id === 'neg-wrapper-length');
    for (const hex of inputOf(vector).cases ?? []) {
      expect(all(wpduDeframer(), parseHex(hex))).toEqual([]);
      expect(() => unwrap(parseHex(hex))).toThrow(expect.objectContaining({ code: 'decode/unexpected-end' }));
    }
  });

  it('finds the same WPDUs whatever the chunks, and never changes a payload handed out', () => {
    const pdu = fc.record({
      source: fc.nat(0xffff),
      destination: fc.nat(0xffff),
      payload: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(
        fc.array(pdu, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
        (pdus, sizes) => {
          const chunks = cut(concat(...pdus.map((p) => wrap(p.source, p.destination, p.payload))), sizes);
          expect(all(wpduDeframer(), ...chunks)).toEqual(pdus);
        },
      ),
    );
  });

  it('takes the WPDUs in front of a broken one, then none until a silence', () => {
    const deframer = wpduDeframer();
    expect(all(deframer, concat(wrap(1, 2, parseHex('AA')), parseHex('7EA0')))).toMatchObject([
      { payload: parseHex('AA') },
    ]);
    expect(deframer.failure).toMatchObject({ code: 'decode/framing', context: { offset: 9 } });
    expect(all(deframer, wrap(1, 2, parseHex('BB')))).toEqual([]);
    expect(deframer.flush()).toEqual([]);
    expect(deframer.failure).toBeUndefined();
    expect(all(deframer, wrap(1, 2, parseHex('CC')))).toMatchObject([{ payload: parseHex('CC') }]);
  });

  it('refuses a payload over the limit from the header alone', () => {
    const deframer = wpduDeframer({ maxApduSize: 1024 });
    expect(deframer.push(parseHex('0001001000010401'))).toEqual([]);
    expect(deframer.failure).toMatchObject({
      code: 'decode/too-large',
      context: { offset: 6, limit: 1024, actual: 1025 },
    });
    expect(deframer.pending).toBe(0);
  });

  it('refuses what does not fit the header', () => {
    expect(() => wrap(65536, 1, new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'encode/invalid-value' }));
    expect(() => wrap(1, -1, new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'encode/invalid-value' }));
    expect(() => wrap(1, 1, new Uint8Array(65536))).toThrow(expect.objectContaining({ code: 'encode/invalid-value' }));
  });
});

describe('recorded wrapper sessions', () => {
  interface Frame {
    readonly direction: string;
    readonly hex: string;
    readonly connection?: string;
  }
  for (const session of sessions.filter((s) => s.params.framing === 'wrapper')) {
    it(`${session.id}, our client against the recorded meter and our meter against the recorded client`, async () => {
      const frames = (session.input.frames as readonly Frame[]).filter((f) => f.connection === undefined);
      const requests = frames.filter((f) => f.direction === frames[0]?.direction).map((f) => parseHex(f.hex));
      const responses = frames.filter((f) => f.direction !== frames[0]?.direction).map((f) => parseHex(f.hex));
      const [left, right] = transportPair();
      const seen: Uint8Array[] = [];
      const answers = responses.map((r) => unwrap(r).payload);
      let turn = 0;
      const server = serveWrapper(right, {
        handle: (apdu, route) => {
          seen.push(wrap(route.clientSap, route.serverSap, apdu));
          const answer = answers[turn++];
          return answer === undefined ? [] : [answer];
        },
      });
      const mux = wrapperMux(left, { timeoutMs: 1000 });
      // A client may read the invocation counter under another SAP first.
      const channels = new Map<number, ApduChannel>();
      for (const [i, request] of requests.entries()) {
        const { source, destination, payload } = unwrap(request);
        const channel = channels.get(source) ?? mux.channel({ clientSap: source, serverSap: destination });
        channels.set(source, channel);
        await channel.send(payload);
        if (answers[i] !== undefined) expect(await channel.receive()).toEqual(answers[i]);
      }
      expect(seen).toEqual(requests);
      await mux.close();
      await server.closed;
    });
  }
});

describe('wrapper connections', () => {
  it('carries several SAP pairs, each to its own channel', async () => {
    const [left, right] = transportPair();
    serveWrapper(right, {
      handle: (apdu, route) => [concat(new Uint8Array([route.clientSap, route.serverSap]), apdu)],
    });
    const mux = wrapperMux(left);
    const public_ = mux.channel({ clientSap: 16, serverSap: 1 });
    const management = mux.channel({ clientSap: 1, serverSap: 2 });
    expect(() => mux.channel({ clientSap: 1, serverSap: 2 })).toThrow(
      expect.objectContaining({ code: 'service/unsupported' }),
    );
    await public_.send(parseHex('AA'));
    await management.send(parseHex('BB'));
    expect(await management.receive()).toEqual(parseHex('0102BB'));
    expect(await public_.receive()).toEqual(parseHex('1001AA'));
    await public_.close();
    await management.send(parseHex('CC'));
    expect(await management.receive()).toEqual(parseHex('0102CC'));
    await mux.close();
    await expect(management.receive()).rejects.toMatchObject({ code: 'transport/closed', context: { by: 'local' } });
    await expect(management.send(parseHex('DD'))).rejects.toMatchObject({ code: 'transport/closed' });
  });

  it('delivers unsolicited APDUs, and tells of those for nobody', async () => {
    const [left, right] = transportPair();
    const dropped: unknown[] = [];
    const server = serveWrapper(right, echo);
    const channel = wrapperChannel(left, {
      clientSap: 16,
      serverSap: 1,
      onDropped: (error, apdu) => dropped.push([error.code, apdu]),
    });
    await server.send({ clientSap: 64, serverSap: 1 }, parseHex('0F'));
    await server.send({ clientSap: 16, serverSap: 1 }, parseHex('C2'));
    expect(await channel.receive()).toEqual(parseHex('C2'));
    expect(dropped).toEqual([['protocol/link', { clientSap: 64, serverSap: 1, apdu: parseHex('0F') }]]);
    await channel.close();
  });

  it('names an answer from another SAP in the time-out, though nobody listens to what is dropped', async () => {
    const clock = new VirtualClock();
    const [left, right] = transportPair();
    const server = serveWrapper(right, echo);
    const mux = wrapperMux(left, { clock, timeoutMs: 1000 });
    const channel = mux.channel({ clientSap: 16, serverSap: 1 });
    const answer = channel.receive();
    await server.send({ clientSap: 16, serverSap: 17 }, parseHex('C4'));
    await server.send({ clientSap: 1, serverSap: 1 }, parseHex('C4'));
    await pause();
    clock.advance(1000);
    await expect(answer).rejects.toMatchObject({
      code: 'transport/timeout',
      context: {
        waitingFor: expect.stringMatching(
          /^an APDU \(2 dropped, the last: .*server 1 for client 1: no channel is open/,
        ),
      },
    });
    expect([mux.dropped, channel.dropped]).toEqual([2, 2]);
    await mux.close();
    await expect(channel.receive()).rejects.toThrow(/receiving \(2 dropped/);
  });

  it('names half a WPDU when the connection ends in it, on both sides', async () => {
    const half = wrap(1, 16, new Uint8Array(100)).subarray(0, 50);
    const [left, right] = transportPair();
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1 });
    void right.direct?.write(half);
    void right.direct?.close();
    await expect(channel.receive()).rejects.toThrow(/closed.*1 dropped, the last: unexpected end.*100 octets behind/);

    const [near, far] = transportPair();
    const errors: DlmsError[] = [];
    const server = serveWrapper(near, echo, { onError: (e) => errors.push(e) });
    void far.direct?.write(half);
    void far.direct?.close();
    await server.closed;
    expect(errors).toMatchObject([{ code: 'decode/unexpected-end', context: { offset: 50 } }]);
  });

  it('times out on the injected clock, aborts, and goes on afterwards', async () => {
    const clock = new VirtualClock();
    const [left, right] = transportPair();
    let silent = true;
    serveWrapper(right, { handle: (apdu) => (silent ? [] : [apdu]) });
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1, timeoutMs: 5000, clock });
    await channel.send(parseHex('C0'));
    const first = channel.receive();
    await expect(channel.receive()).rejects.toMatchObject({ code: 'service/unsupported' });
    clock.advance(5000);
    await expect(first).rejects.toMatchObject({ code: 'transport/timeout', context: { waitedMs: 5000 } });
    const controller = new AbortController();
    const second = channel.receive({ signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'transport/aborted' });
    silent = false;
    await channel.send(parseHex('C1'));
    expect(await channel.receive()).toEqual(parseHex('C1'));
    // A shorter time-out than the one running counts too, a longer one is not cut short.
    const third = channel.receive({ timeoutMs: 100 });
    clock.advance(100);
    await expect(third).rejects.toMatchObject({ code: 'transport/timeout', context: { waitedMs: 100 } });
    clock.advance(4000);
    const fourth = channel.receive({ timeoutMs: 5000 });
    clock.advance(4999);
    await channel.send(parseHex('C2'));
    expect(await fourth).toEqual(parseHex('C2'));
    await channel.close();
    expect(clock.pending).toBe(0);
  });

  it('gives what arrived before the peer closed, then the reason', async () => {
    const [left, right] = transportPair();
    const server = serveWrapper(right, echo);
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1 });
    await channel.send(parseHex('C0'));
    await pause();
    await server.close();
    await pause();
    expect(await channel.receive()).toEqual(parseHex('C0'));
    await expect(channel.receive()).rejects.toMatchObject({ code: 'transport/closed', context: { by: 'remote' } });
    await expect(channel.open()).rejects.toMatchObject({ code: 'transport/closed' });
  });

  it('ends a stream that is no wrapper with decode/framing', async () => {
    const [left, right] = transportPair();
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1 });
    void right.direct?.write(parseHex('7EA0'));
    await expect(channel.receive()).rejects.toMatchObject({ code: 'decode/framing' });
    await expect(channel.send(parseHex('C0'))).rejects.toMatchObject({ code: 'decode/framing' });
  });

  it('shows what a peer that answers text said, bounded, and names doctor', async () => {
    for (const text of ['HTTP/1.1 400 Bad Request\r\n', `login: ${'x'.repeat(5000)}`, '\x00\x02\x00\x01']) {
      const [left, right] = transportPair();
      const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1 });
      const octets = new TextEncoder().encode(text);
      void right.direct?.write(octets);
      const error = (await channel.receive().catch((e) => e)) as DlmsError;
      expect(error).toMatchObject({ code: 'decode/framing' });
      expect(error.message).toContain(formatHex(octets.subarray(0, 32)));
      expect(error.message).toMatch(/doctor/);
      if (text.length > 10) expect(error.message).toContain(`"${text.slice(0, 20)}`);
      expect(error.message).not.toMatch(/version 20037/);
      expect(error.message.length).toBeLessThan(300);
    }
    // Text with the parity bits of a line at 7E1 is text too.
    expect(() => unwrap(parseHex('AFC9D3EBB5CDD431'))).toThrow(/"\/ISk5MT1"/);
  });

  it('keeps 64 APDUs for a reader that does not ask, drops datagrams beyond, and tells of each', async () => {
    const [left, right] = transportPair({ datagrams: true });
    const dropped: number[] = [];
    const channel = wrapperChannel(left, {
      clientSap: 16,
      serverSap: 1,
      onDropped: (_, pdu) => pdu && dropped.push(pdu.apdu[0] as number),
    });
    for (let i = 0; i < 66; i++) void right.direct?.write(wrap(1, 16, Uint8Array.of(i)));
    await pause();
    expect(dropped).toEqual([64, 65]);
    for (let i = 0; i < 64; i++) expect(await channel.receive()).toEqual(Uint8Array.of(i));
    void right.direct?.write(wrap(1, 16, Uint8Array.of(99)));
    expect(await channel.receive()).toEqual(Uint8Array.of(99));
  });

  it('carries lengths that need a second octet, and refuses what two cannot say', () => {
    for (const length of [0, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff]) {
      const pdu = wrap(1, 16, new Uint8Array(length).fill(7));
      expect(formatHex(pdu.subarray(6, 8))).toBe(length.toString(16).toUpperCase().padStart(4, '0'));
      expect(unwrap(pdu).payload).toHaveLength(length);
      expect(() => unwrap(pdu, length - 1)).toThrow(expect.objectContaining({ code: 'decode/too-large' }));
    }
    expect(() => wrap(1, 16, new Uint8Array(0x1_0000))).toThrow(
      expect.objectContaining({ code: 'encode/invalid-value' }),
    );
  });

  it('drops a bad datagram only, and does not join datagrams', async () => {
    const [left, right] = transportPair({ datagrams: true });
    const errors: string[] = [];
    const channel = wrapperChannel(left, {
      clientSap: 16,
      serverSap: 1,
      onDropped: (error) => errors.push(error.code),
    });
    const whole = wrap(1, 16, parseHex('C0C1'));
    for (const datagram of [parseHex('7EA0'), whole.subarray(0, 9), concat(whole, parseHex('00')), whole])
      void right.direct?.write(datagram);
    expect(await channel.receive()).toEqual(parseHex('C0C1'));
    expect(errors).toEqual(['decode/framing', 'decode/unexpected-end', 'decode/trailing-bytes']);
  });

  it('holds the peer back when nobody receives, and loses nothing', async () => {
    const [left, right] = transportPair({ capacity: 100 });
    const server = serveWrapper(right, echo);
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1 });
    let sent = 0;
    const sending = (async () => {
      for (let i = 0; i < 500; i++) {
        await server.send({ clientSap: 16, serverSap: 1 }, new Uint8Array([i >> 8, i]));
        sent++;
      }
    })();
    for (let i = 0; i < 50; i++) await pause();
    expect(sent).toBeLessThan(100);
    for (let i = 0; i < 500; i++) expect(await channel.receive()).toEqual(new Uint8Array([i >> 8, i]));
    await sending;
    await channel.close();
  });

  it('names a peer that never reads', async () => {
    const clock = new VirtualClock();
    const [left, right] = transportPair({ capacity: 10 });
    right.direct?.start({ octets() {}, ended() {} });
    right.direct?.pause();
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1, timeoutMs: 1000, clock });
    const sending = channel.send(new Uint8Array(20));
    await pause();
    clock.advance(1000);
    await expect(sending).rejects.toMatchObject({
      code: 'transport/timeout',
      context: { waitingFor: 'the peer to read' },
    });
  });

  it('drops a peer that reads none of many answers, with one error', async () => {
    const clock = new VirtualClock();
    const [left, right] = transportPair({ capacity: 10 });
    const errors: unknown[] = [];
    const answers = Array.from({ length: 1000 }, () => new Uint8Array(20));
    serveWrapper(right, { ...echo, handle: () => answers }, { clock, timeoutMs: 1000, onError: (e) => errors.push(e) });
    left.direct?.start({ octets() {}, ended() {} });
    left.direct?.pause();
    left.direct?.write(wrap(16, 1, new Uint8Array([1])));
    await pause();
    clock.advance(1000);
    // A write that nobody waits for would end the process here.
    for (let i = 0; i < 50; i++) await pause();
    expect(errors).toMatchObject([{ code: 'transport/timeout', context: { waitingFor: 'the peer to read' } }]);
  });

  it('works the same over plain Web Streams', async () => {
    const a = new TransformStream<Uint8Array, Uint8Array>();
    const b = new TransformStream<Uint8Array, Uint8Array>();
    const server = serveWrapper({ readable: a.readable, writable: b.writable }, echo);
    const channel = wrapperChannel({ readable: b.readable, writable: a.writable }, { clientSap: 16, serverSap: 1 });
    for (let i = 0; i < 20; i++) {
      await channel.send(new Uint8Array([i]));
      expect(await channel.receive()).toEqual(new Uint8Array([i]));
    }
    await channel.close();
    await server.closed;
  });
});

describe('serveWrapper', () => {
  it('keeps the order of requests while a handler takes its time', async () => {
    const [left, right] = transportPair();
    serveWrapper(right, { handle: (apdu) => pause().then(() => [apdu, apdu]) });
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1 });
    for (let i = 0; i < 10; i++) await channel.send(new Uint8Array([i]));
    for (let i = 0; i < 10; i++)
      for (let k = 0; k < 2; k++) expect(await channel.receive()).toEqual(new Uint8Array([i]));
    await channel.close();
  });

  it.each([
    [
      'synchronous',
      () => {
        throw new DlmsError('encode/invalid-value', { expected: 'a', actual: 'b' });
      },
    ],
    ['asynchronous', () => Promise.reject(new Error('x'))],
  ] as const)('ends the connection when the handler fails (%s), and releases it once', async (_, handle) => {
    const [left, right] = transportPair();
    const errors: DlmsError[] = [];
    let released = 0;
    const server = serveWrapper(right, { handle, released: () => void released++ }, { onError: (e) => errors.push(e) });
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1 });
    await channel.send(parseHex('C0'));
    await server.closed;
    expect(errors).toHaveLength(1);
    expect(released).toBe(1);
    await expect(channel.receive()).rejects.toMatchObject({ code: 'transport/closed' });
    await expect(server.send({ clientSap: 16, serverSap: 1 }, parseHex('C0'))).rejects.toMatchObject({
      code: 'transport/closed',
    });
  });

  it('closes an idle connection after the inactivity time-out, counted from the last APDU', async () => {
    const clock: VirtualClock & Clock = new VirtualClock();
    const [left, right] = transportPair();
    const errors: DlmsError[] = [];
    const server = serveWrapper(right, echo, { clock, inactivityMs: 1000, onError: (e) => errors.push(e) });
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1 });
    clock.advance(900);
    await channel.send(parseHex('C0'));
    await channel.receive();
    clock.advance(900);
    await channel.send(parseHex('C0'));
    await channel.receive();
    clock.advance(1000);
    await server.closed;
    expect(errors.map((e) => e.code)).toEqual(['transport/timeout']);
  });

  it('a sender of an octet each 500 ms does not outlive the time for one message, nor the inactivity time', async () => {
    for (const [options, waitedMs] of [
      [{ messageMs: 5000, inactivityMs: 60_000 }, 5000],
      [{ messageMs: Number.POSITIVE_INFINITY, inactivityMs: 8000 }, 8000],
      [{}, 120_000],
    ] as const) {
      const clock = new VirtualClock();
      const [left, right] = transportPair();
      const errors: DlmsError[] = [];
      const server = serveWrapper(right, echo, { clock, ...options, onError: (e) => errors.push(e) });
      const octets = wrap(16, 1, new Uint8Array(1000));
      let closed = false;
      void server.closed.then(() => {
        closed = true;
      });
      for (let i = 0; i < 1000 && !closed; i++) {
        void left.direct?.write(octets.subarray(i, i + 1));
        await pause();
        clock.advance(500);
        await pause();
      }
      expect(errors).toMatchObject([{ code: 'transport/timeout', context: { waitedMs } }]);
      expect(clock.now()).toBeLessThan(waitedMs + 1500);
      expect(clock.pending).toBe(0);
    }
  });

  it('a slow handler is not the fault of the peer, and a message in time stops the clock', async () => {
    const clock = new VirtualClock();
    const [left, right] = transportPair();
    const errors: DlmsError[] = [];
    const handle = (apdu: Uint8Array) =>
      new Promise<Uint8Array[]>((resolve) => void clock.after(20_000, () => resolve([apdu])));
    serveWrapper(right, { handle }, { clock, messageMs: 5000, inactivityMs: 10_000, onError: (e) => errors.push(e) });
    const channel = wrapperChannel(left, { clientSap: 16, serverSap: 1, clock, timeoutMs: 100_000 });
    const octets = wrap(16, 1, parseHex('C0'));
    void left.direct?.write(octets.subarray(0, 3));
    await pause();
    clock.advance(4000);
    // The whole of one, and the half of another, which waits while the handler works.
    void left.direct?.write(concat(octets.subarray(3), octets.subarray(0, 5)));
    await pause();
    const answer = channel.receive();
    clock.advance(20_000);
    expect(await answer).toEqual(parseHex('C0'));
    await pause();
    expect(errors).toEqual([]);
    clock.advance(4999);
    expect(errors).toEqual([]);
    clock.advance(1);
    expect(errors).toMatchObject([{ context: { waitingFor: 'the rest of an APDU' } }]);
  });

  it('requests in datagrams beyond those that wait are reported, each', async () => {
    const errors: string[] = [];
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    let sink: OctetSink | undefined;
    const deaf = linkTransport(
      {
        start(s) {
          sink = s;
        },
        write: () => undefined,
        pause() {},
        resume() {},
        close: () => undefined,
        abort() {},
      },
      { datagrams: true },
    );
    let handled = 0;
    serveWrapper(
      deaf,
      {
        handle: async () => {
          await held;
          handled++;
          return [];
        },
      },
      { onError: (e) => errors.push(e.code) },
    );
    for (let i = 0; i < 67; i++) sink?.octets(wrap(16, 1, Uint8Array.of(i)));
    expect(errors).toEqual(['protocol/link', 'protocol/link']);
    go();
    for (let i = 0; i < 80; i++) await pause();
    expect(handled).toBe(65);
  });
});
