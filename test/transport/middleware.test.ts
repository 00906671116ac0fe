import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, equalBytes, formatHex, parseHex } from '../../src/core/index.js';
import {
  type FaultOptions,
  faults,
  intercept,
  PcapWriter,
  pcap,
  record,
  replay,
  type SerialLine,
  serveWrapper,
  type TraceEvent,
  type Transport,
  trace,
  transportPair,
  wrap,
  wrapperChannel,
} from '../../src/transport/index.js';
import { needs, tshark } from '../support/needs.js';
import { VirtualClock } from './virtual-clock.js';

const route = { clientSap: 16, serverSap: 1 };
const echo = { handle: (apdu: Uint8Array) => [apdu] };
const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};
const listen = (transport: Transport): { chunks: Uint8Array[]; ended: boolean; error?: unknown } => {
  const seen: { chunks: Uint8Array[]; ended: boolean; error?: unknown } = { chunks: [], ended: false };
  transport.direct?.start({
    octets: (chunk) => seen.chunks.push(chunk),
    ended: (error) => {
      seen.ended = true;
      seen.error = error;
    },
  });
  return seen;
};

describe('trace and intercept', () => {
  it('shows both directions and the end, through stacked wrappers, over streams too', async () => {
    const clock = new VirtualClock();
    const events: TraceEvent[] = [];
    const [left, right] = transportPair();
    const server = serveWrapper(right, echo);
    // The two directions are masked and unmasked: the frames pass unharmed.
    const mask = (o: Uint8Array) => o.map((b) => b ^ 0xff);
    const masked = intercept(left, { sent: (o, pass) => pass(mask(o)), received: (o, pass) => pass(mask(o)) });
    const unmasked = intercept(masked, { sent: (o, pass) => pass(mask(o)), received: (o, pass) => pass(mask(o)) });
    const { readable, writable } = trace(unmasked, (e) => events.push(e), { clock });
    const channel = wrapperChannel({ readable, writable }, route);
    await channel.send(parseHex('C001'));
    clock.advance(7);
    expect(await channel.receive()).toEqual(parseHex('C001'));
    await channel.close();
    await server.closed;
    expect(events.map((e) => e.type)).toEqual(['sent', 'received', 'ended']);
    expect(events[0]).toEqual({ type: 'sent', at: 0, octets: wrap(16, 1, parseHex('C001')) });
  });

  it('keeps what kind of transport it is', () => {
    const [datagrams] = transportPair({ datagrams: true });
    expect(trace(datagrams, () => {}).datagrams).toBe(true);
    const plain: SerialLine = trace(transportPair()[0], () => {});
    expect(plain.datagrams).toBeUndefined();
    expect(plain.configure).toBeUndefined();
    const set: number[] = [];
    const line: SerialLine = { ...transportPair()[0], configure: async ({ baudRate }) => void set.push(baudRate) };
    const outer: SerialLine = trace(faults(line, { seed: 1 }), () => {});
    void outer.configure?.({ baudRate: 300, dataBits: 7, parity: 'even', stopBits: 1 });
    expect(set).toEqual([300]);
  });
});

describe('record and replay', () => {
  it('plays either part of a recorded session', async () => {
    const [left, right] = transportPair();
    serveWrapper(right, { handle: (apdu) => [apdu, parseHex('C2')] });
    const { transport, recording } = record(left);
    const talk = async (over: Transport) => {
      const channel = wrapperChannel(over, route);
      const got: string[] = [];
      for (const apdu of ['C001', 'C002']) {
        await channel.send(parseHex(apdu));
        got.push(formatHex(await channel.receive()), formatHex(await channel.receive()));
      }
      await channel.close();
      return got;
    };
    const first = await talk(transport);
    expect(first).toEqual(['C001', 'C2', 'C002', 'C2']);
    expect(recording.map((c) => c.direction)).toEqual(['sent', 'received', 'received', 'sent', 'received', 'received']);
    const kept = JSON.parse(JSON.stringify(recording));
    expect(await talk(replay(kept))).toEqual(first);
    // The other part: the recorded client asks, our server answers as recorded.
    const served = serveWrapper(replay(kept, { play: 'sent' }), { handle: (apdu) => [apdu, parseHex('C2')] });
    await served.closed;
  });

  it('names where what is sent differs from the recording', async () => {
    const recording = [
      { at: 0, direction: 'sent' as const, hex: 'C001' },
      { at: 1, direction: 'received' as const, hex: 'C401' },
    ];
    const wrong = replay(recording);
    const seen = listen(wrong);
    await settle();
    void wrong.direct?.write(parseHex('C002'));
    await settle();
    expect(seen).toMatchObject({
      chunks: [],
      ended: true,
      error: { code: 'protocol/link', context: { reason: 'octet 1 sent differs from the recording' } },
    });
    const lax = replay(recording, { compare: false });
    const heard = listen(lax);
    void lax.direct?.write(parseHex('C0'));
    await settle();
    expect(heard.chunks).toEqual([]);
    void lax.direct?.write(parseHex('02'));
    await settle();
    expect(heard.chunks).toEqual([parseHex('C401')]);
    expect(heard.ended).toBe(true);
  });
});

describe('faults', () => {
  /** What comes out on the other side for these frames, at which time. */
  async function run(options: Omit<FaultOptions, 'clock'>, frames: readonly Uint8Array[], gapMs = 10) {
    const clock = new VirtualClock();
    const [left, right] = transportPair();
    const kinds: string[] = [];
    const bad = faults(left, { ...options, clock, onFault: (f) => kinds.push(f.kind) });
    const out: { at: number; hex: string }[] = [];
    right.direct?.start({ octets: (chunk) => out.push({ at: clock.now(), hex: formatHex(chunk) }), ended() {} });
    const back = listen(bad);
    for (const frame of frames) {
      void bad.direct?.write(frame);
      await settle();
      for (let i = 0; i < gapMs; i++) {
        clock.advance(1);
        await settle();
      }
    }
    for (let i = 0; i < 600; i++) {
      clock.advance(1);
      await settle();
    }
    return { out, kinds, back, pending: clock.pending };
  }
  const frames = Array.from({ length: 40 }, (_, i) => new Uint8Array([i, i, i, i]));
  const hexes = frames.map((f) => formatHex(f));

  it('does nothing without rates', async () => {
    const { out, kinds } = await run({ seed: 1 }, frames);
    expect(out.map((o) => o.hex)).toEqual(hexes);
    expect(kinds).toEqual([]);
  });
  it('is the same for the same seed, another for another', async () => {
    const rates = { loss: 0.1, duplicate: 0.1, reorder: 0.1, flip: 0.1, delayMs: [0, 30] as const, chunk: 3 };
    const first = await run({ seed: 7, sent: rates }, frames);
    expect(await run({ seed: 7, sent: rates }, frames)).toEqual(first);
    expect((await run({ seed: 8, sent: rates }, frames)).out).not.toEqual(first.out);
    expect(new Set(first.kinds)).toEqual(new Set(['loss', 'duplicate', 'reorder', 'flip']));
    expect(first.pending).toBe(0);
  });
  it('loses, duplicates, reorders, inverts bits, each as told', async () => {
    const lossy = await run({ seed: 3, sent: { loss: 0.3 } }, frames);
    expect(lossy.out.length).toBe(40 - lossy.kinds.length);
    expect(lossy.kinds.length).toBeGreaterThan(3);
    const double = await run({ seed: 3, sent: { duplicate: 0.3 } }, frames);
    expect(double.out.length).toBe(40 + double.kinds.length);
    const mixed = await run({ seed: 3, sent: { reorder: 0.3 } }, frames);
    expect(mixed.out.map((o) => o.hex)).not.toEqual(hexes);
    expect(mixed.out.map((o) => o.hex).sort()).toEqual([...hexes].sort());
    const flipped = await run({ seed: 3, sent: { flip: 0.3 } }, frames);
    expect(flipped.out.filter((o, i) => o.hex !== hexes[i])).toHaveLength(flipped.kinds.length);
    // The caller's octets stay as they are.
    expect(frames.map((f) => formatHex(f))).toEqual(hexes);
  });
  it('delays in order, stalls, and cuts', async () => {
    const slow = await run({ seed: 5, sent: { delayMs: [5, 25] } }, frames);
    expect(slow.out.map((o) => o.hex)).toEqual(hexes);
    expect(slow.out.every((o, i) => o.at >= i * 10 + 5 && o.at <= i * 10 + 26)).toBe(true);
    const stalled = await run({ seed: 5, sent: { stall: 0.05, stallMs: 500 } }, frames);
    expect(stalled.kinds.length).toBeGreaterThan(0);
    expect(Math.max(...stalled.out.map((o, i) => o.at - i * 10))).toBeGreaterThanOrEqual(490);
    const cut = await run({ seed: 5, sent: { chunk: 2 } }, frames);
    expect(cut.out.every((o) => o.hex.length <= 4)).toBe(true);
    expect(cut.out.map((o) => o.hex).join('')).toBe(hexes.join(''));
  });
  it('gives back what is sent on a half-duplex line', async () => {
    const { out, back } = await run({ seed: 5, echo: true, received: { loss: 0.2 } }, frames);
    expect(out).toHaveLength(40);
    expect(back.chunks.length).toBeGreaterThan(25);
    expect(back.chunks.length).toBeLessThan(40);
  });
  it('carries a wrapper session whatever the pieces and delays, and sends what is held before it closes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.uint8Array({ minLength: 1, maxLength: 200 }), async (seed, apdu) => {
        const clock = new VirtualClock();
        const [left, right] = transportPair();
        const rates = { chunk: 20, delayMs: [0, 50] as const };
        const got: Uint8Array[] = [];
        const server = serveWrapper(right, { handle: (a) => [got[got.push(a) - 1] as Uint8Array] });
        const channel = wrapperChannel(faults(left, { seed, clock, sent: rates, received: rates }), {
          ...route,
          clock,
          timeoutMs: 1000,
        });
        for (let i = 0; i < 3; i++) {
          await channel.send(apdu);
          const answer = channel.receive();
          for (let k = 0; k < 12; k++) {
            clock.advance(10);
            await settle();
          }
          expect(equalBytes(await answer, apdu)).toBe(true);
        }
        await channel.send(apdu);
        await channel.close();
        await server.closed;
        expect(got).toHaveLength(4);
      }),
      { numRuns: 30 },
    );
  });
});

describe('pcap', () => {
  const payloads = [parseHex('C001C1'), new Uint8Array(5000).map((_, i) => i), parseHex('FF')];
  function capture(datagrams: boolean): Uint8Array {
    const parts: Uint8Array[] = [];
    const writer = new PcapWriter((part) => parts.push(part), { datagrams, now: () => 1_700_000_000_123 });
    for (const [i, p] of payloads.entries())
      writer.payload(i % 2 === 0 ? 'client' : 'server', datagrams ? p.subarray(0, 1400) : p);
    writer.end();
    writer.end();
    return concat(...parts);
  }

  it('writes the header, one record per packet and the time', () => {
    const file = capture(false);
    expect(formatHex(file.subarray(0, 24))).toBe('A1B2C3D4000200040000000000000000' + '0000FFFF00000001');
    const view = new DataView(file.buffer, file.byteOffset);
    let packets = 0;
    for (let at = 24; at < file.length; packets++) {
      expect(view.getUint32(at)).toBe(1_700_000_000);
      expect(view.getUint32(at + 4)).toBe(123_000);
      at += 16 + view.getUint32(at + 8);
    }
    expect(packets).toBe(3 + 6 + 3);
  });

  it('stands in a transport like any other', async () => {
    const parts: Uint8Array[] = [];
    const [left, right] = transportPair();
    const server = serveWrapper(
      pcap(right, (part) => parts.push(part), { side: 'server' }),
      echo,
    );
    const channel = wrapperChannel(left, route);
    await channel.send(parseHex('C001C1'));
    await channel.receive();
    await channel.close();
    await server.closed;
    expect(parts).toHaveLength(1 + 3 + 2 + 3);
    expect(formatHex(parts[5] as Uint8Array).endsWith(formatHex(wrap(1, 16, parseHex('C001C1'))))).toBe(true);
  });

  it('opens in tshark with equal payloads and right checksums', needs(tshark), () => {
    const folder = mkdtempSync(join(tmpdir(), 'pcap-test-'));
    try {
      for (const datagrams of [false, true]) {
        const file = join(folder, 'capture.pcap');
        writeFileSync(file, capture(datagrams));
        const protocol = datagrams ? 'udp' : 'tcp';
        const options = [
          '-o',
          'ip.check_checksum:TRUE',
          '-o',
          'tcp.check_checksum:TRUE',
          '-o',
          'udp.check_checksum:TRUE',
        ];
        const fields = [
          `${protocol}.srcport`,
          `${protocol}.payload`,
          'ip.checksum.status',
          `${protocol}.checksum.status`,
          '_ws.expert.message',
        ];
        const table = execFileSync(
          'tshark',
          ['-r', file, ...options, '-T', 'fields', ...fields.flatMap((f) => ['-e', f])],
          {
            stdio: ['ignore', 'pipe', 'ignore'],
          },
        ).toString();
        const rows = table
          .trimEnd()
          .split('\n')
          .map((line) => line.split('\t'));
        const payloadOf = (port: string) =>
          rows
            .filter((r) => r[0] === port)
            .map((r) => r[1] ?? '')
            .join('');
        const wanted = (datagrams ? payloads.map((p) => p.subarray(0, 1400)) : payloads).map((p) =>
          formatHex(p).toLowerCase(),
        );
        expect(payloadOf('50000')).toBe(`${wanted[0]}${wanted[2]}`);
        expect(payloadOf('4059')).toBe(wanted[1]);
        for (const [, , ip, transport] of rows) expect([ip, transport]).toEqual(['1', '1']);
        expect(table).not.toMatch(/retransmission|out-of-order|unseen|malformed/i);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
