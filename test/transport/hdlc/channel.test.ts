import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../../src/core/bytes.js';
import { isDlmsError } from '../../../src/core/errors.js';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import {
  decodeHdlcFrame,
  encodeHdlcFrame,
  type HdlcChannelOptions,
  type HdlcControl,
  type HdlcPush,
  type HdlcServerOptions,
  hdlcAddress,
  hdlcBus,
  hdlcChannel,
  hdlcDeframer,
  serveHdlc,
} from '../../../src/transport/hdlc/index.js';
import { transportPair } from '../../../src/transport/media/pair.js';
import { intercept } from '../../../src/transport/middleware/intercept.js';
import type { ApduHandler, Route, Transport } from '../../../src/transport/transport.js';
import { VirtualClock } from '../virtual-clock.js';
import { failure, quiet, run } from './running.js';
import { random } from './simulation.js';

const noise = (n: number, seed = 1): Uint8Array => {
  const rnd = random(seed);
  return Uint8Array.from({ length: n }, () => rnd() * 256);
};
const echoing: ApduHandler = { handle: (apdu) => [apdu] };

function setup(
  client: Partial<HdlcChannelOptions> & { echo?: boolean; onPush?: (p: HdlcPush) => void } = {},
  server: Partial<HdlcServerOptions> = {},
  handler: ApduHandler = echoing,
) {
  const clock = new VirtualClock();
  const [a, b] = transportPair();
  const diagnostics: unknown[] = [];
  const onDiagnostic = (e: unknown): void => void diagnostics.push(e);
  const meter = serveHdlc(b, handler, { devices: [hdlcAddress(1, 17)], clock, onDiagnostic, ...server });
  const channel = hdlcChannel(a, {
    client: 16,
    server: hdlcAddress(1, 17),
    clock,
    onDiagnostic,
    responseTimeoutMs: 1000,
    ...client,
  });
  return { clock, meter, channel, diagnostics };
}

describe('client and meter', () => {
  it('carries APDUs of any size both ways, then lets go', async () => {
    for (const [maxInfo, window] of [
      [128, 1],
      [128, 7],
      [2030, 4],
    ] as const) {
      const released: (Route | undefined)[] = [];
      const { clock, meter, channel, diagnostics } = setup(
        { maxInfoTransmit: maxInfo, maxInfoReceive: maxInfo, windowTransmit: window, windowReceive: window },
        {},
        { handle: (apdu) => [apdu], released: (route) => void released.push(route) },
      );
      await run(clock, channel.open());
      await run(clock, channel.open());
      for (const size of [1, 124, 125, 126, 5000, 65_536]) {
        const apdu = noise(size, size);
        await run(clock, channel.send(apdu));
        expect(equalBytes(await run(clock, channel.receive()), apdu)).toBe(true);
      }
      expect(meter.links).toEqual([{ clientSap: 16, serverSap: 1 }]);
      await run(clock, channel.close());
      await run(clock, meter.closed);
      expect(released).toEqual([{ clientSap: 16, serverSap: 1 }]);
      expect(meter.links).toEqual([]);
      expect(diagnostics).toEqual([]);
      expect(clock.pending).toBe(0);
      expect((await failure(channel.send(noise(1)))).code).toBe('transport/closed');
      expect((await failure(channel.open())).code).toBe('transport/closed');
      await channel.close();
    }
  });
  it('polls a meter that takes its time', async () => {
    const { clock, channel } = setup(
      {},
      { holdMs: 100 },
      { handle: (apdu) => new Promise((resolve) => void slow.after(7000, () => resolve([apdu]))) },
    );
    const slow = clock;
    await run(clock, channel.open());
    await run(clock, channel.send(parseHex('C001')));
    expect(formatHex(await run(clock, channel.receive()))).toBe('C001');
    expect(clock.now()).toBeGreaterThanOrEqual(7000);
    expect(clock.now()).toBeLessThan(7300);
  });
  it('times out, can be aborted, and goes on afterwards', async () => {
    let silent = true;
    const { clock, channel } = setup({ receiveTimeoutMs: 3000 }, {}, { handle: (apdu) => (silent ? [] : [apdu]) });
    await run(clock, channel.open());
    await run(clock, channel.send(parseHex('01')));
    const timeout = await failure(run(clock, channel.receive()));
    expect(timeout.toJSON()).toMatchObject({ code: 'transport/timeout', context: { waitedMs: 3000 } });
    expect((await failure(run(clock, channel.receive({ timeoutMs: 50 })))).context).toMatchObject({ waitedMs: 50 });
    const controller = new AbortController();
    const aborted = failure(channel.receive({ signal: controller.signal }));
    expect((await failure(channel.receive())).code).toBe('protocol/link');
    controller.abort();
    expect((await aborted).code).toBe('transport/aborted');
    expect((await failure(channel.receive({ signal: controller.signal }))).code).toBe('transport/aborted');
    silent = false;
    await run(clock, channel.send(parseHex('02')));
    expect(formatHex(await run(clock, channel.receive()))).toBe('02');
    await run(clock, channel.close());
    expect(clock.pending).toBe(0);
  });
  it('meets unknown devices and clients with silence', async () => {
    for (const [client, server] of [
      [16, hdlcAddress(2, 17)],
      [16, hdlcAddress(1, 18)],
      [17, hdlcAddress(1, 17)],
      [16, hdlcAddress(0x7f, 17)],
      [16, hdlcAddress(1, 0x7f)],
      [0, hdlcAddress(1, 17)],
    ] as const) {
      const { clock, channel } = setup({ client, server, retries: 1 }, { clients: [0, 16] });
      const error = await failure(run(clock, channel.open()));
      expect(error.toJSON()).toMatchObject({
        code: 'transport/timeout',
        context: { waitingFor: 'UA to SNRM', waitedMs: 2000 },
      });
      expect((await failure(channel.receive())).code).toBe('transport/timeout');
    }
  });
  it('knows devices by shorter and longer addresses, and all stations when told to', async () => {
    for (const server of [
      hdlcAddress(1),
      hdlcAddress(1, 17),
      hdlcAddress(1, 17, 4),
      hdlcAddress(1, 0x7f),
      hdlcAddress(1, 0x3fff, 4),
    ]) {
      const { clock, channel } = setup({ server }, { answerAllStation: true });
      await run(clock, channel.open());
      await run(clock, channel.send(parseHex('C0')));
      expect(formatHex(await run(clock, channel.receive()))).toBe('C0');
    }
  });
  it('must be open before it can be used, and opens again after a failure', async () => {
    const { clock, channel, meter } = setup({}, { inactivityTimeoutMs: 5000 });
    expect((await failure(channel.send(parseHex('01')))).code).toBe('protocol/link');
    expect((await failure(channel.receive())).code).toBe('protocol/link');
    await run(clock, channel.open());
    clock.advance(5000);
    await quiet();
    expect(meter.links).toEqual([]);
    await run(clock, channel.send(parseHex('01')));
    const error = await failure(run(clock, channel.receive()));
    expect(error.toJSON()).toMatchObject({
      code: 'protocol/link',
      context: { side: 'remote', reason: 'the server is disconnected (DM)' },
    });
    await run(clock, channel.open());
    await run(clock, channel.send(parseHex('02')));
    expect(formatHex(await run(clock, channel.receive()))).toBe('02');
  });
  it('ends with the transport', async () => {
    const released: unknown[] = [];
    const { clock, channel, meter } = setup({}, {}, { handle: () => [], released: (r) => void released.push(r) });
    await run(clock, channel.open());
    const receiving = failure(channel.receive());
    await meter.close();
    const error = await run(clock, receiving);
    expect(error.toJSON()).toMatchObject({ code: 'transport/closed', context: { by: 'remote' } });
    expect(released.length).toBe(1);
    expect((await failure(channel.open())).code).toBe('transport/closed');
    expect(clock.pending).toBe(0);
  });
  it.each(['SNRM', 'DISC', 'nothing'] as const)(
    'tells the handler once of a link that ends with FRMR, whatever follows: %s',
    async (then) => {
      const clock = new VirtualClock();
      const [a, b] = transportPair();
      const released: unknown[] = [];
      const options = { devices: [1], clock, inactivityTimeoutMs: 1000 };
      const meter = serveHdlc(b, { handle: () => [], released: (route) => void released.push(route) }, options);
      const far = a.writable.getWriter();
      const say = async (control: HdlcControl): Promise<void> => {
        const ways = { destination: hdlcAddress(1), source: hdlcAddress(16) };
        void far.write(encodeHdlcFrame({ segmented: false, ...ways, control, information: new Uint8Array(0) }));
        await quiet();
      };
      await say({ type: 'SNRM', pf: true });
      await say({ type: 'unknown', octet: 0x19, pf: true });
      expect(released).toEqual([{ clientSap: 16, serverSap: 1 }]);
      if (then === 'nothing') clock.advance(1000);
      else await say({ type: then, pf: true });
      expect(released).toHaveLength(1);
      await meter.close();
      // The link that SNRM began is one more.
      expect(released).toHaveLength(then === 'SNRM' ? 2 : 1);
    },
  );
  it('survives a handler that throws, and reports it', async () => {
    const { clock, channel, diagnostics } = setup(
      { receiveTimeoutMs: 500 },
      {},
      {
        handle: () => {
          throw new Error('handler');
        },
      },
    );
    await run(clock, channel.open());
    await run(clock, channel.send(parseHex('01')));
    expect((await failure(run(clock, channel.receive()))).code).toBe('transport/timeout');
    expect(diagnostics.map(String)).toEqual(['Error: handler']);
  });
  it('holds back a client that asks faster than the meter works, and loses nothing', async () => {
    const pending: (() => void)[] = [];
    const { clock, channel } = setup(
      {},
      { maxPendingApdus: 2, holdMs: 50 },
      { handle: (apdu) => new Promise((resolve) => void pending.push(() => resolve([apdu]))) },
    );
    await run(clock, channel.open());
    const sending = Promise.all([1, 2, 3, 4, 5, 6].map((i) => channel.send(Uint8Array.of(i))));
    const received: number[] = [];
    for (let i = 0; i < 6; i++) {
      for (let k = 0; k < 40 && pending.length === 0; k++) {
        clock.advance(50);
        await quiet();
      }
      expect(pending.length).toBe(1);
      pending.shift()?.();
      received.push((await run(clock, channel.receive()))[0] as number);
    }
    await run(clock, sending);
    expect(received).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('what is left of a former link', () => {
  it('a reopened channel has forgotten what the former link brought', async () => {
    const clock = new VirtualClock();
    const [a, b] = transportPair();
    const diagnostics: string[] = [];
    serveHdlc(b, { handle: (apdu) => [apdu, Uint8Array.of(0xff)] }, { devices: [1], clock });
    const bus = hdlcBus(a, { clock, onDiagnostic: (e) => void diagnostics.push(String(e)) });
    const channel = bus.channel({ client: 16, server: 1, maxPendingApdus: 1 });
    await run(clock, channel.open());
    await run(clock, channel.send(parseHex('01')));
    await quiet();
    await run(clock, channel.close());
    await run(clock, channel.open());
    expect(diagnostics.filter((d) => /former link/.test(d))).toHaveLength(1);
    // The full queue had stopped the server; the new link is not stopped.
    await run(clock, channel.send(parseHex('02')));
    expect(formatHex(await run(clock, channel.receive()))).toBe('02');
    await run(clock, bus.close());
  });
  it('a handler that answers after SNRM or DISC answers nobody, and what waited behind it is not carried out', async () => {
    for (const ending of ['SNRM', 'DISC'] as const) {
      const clock = new VirtualClock();
      const [a, b] = transportPair();
      const pending: (() => void)[] = [];
      const handled: string[] = [];
      const released: unknown[] = [];
      serveHdlc(
        b,
        {
          handle: (apdu) => {
            handled.push(formatHex(apdu));
            return new Promise((resolve) => void pending.push(() => resolve([apdu])));
          },
          released: (route) => void released.push(route),
        },
        { devices: [1], clock, holdMs: 50 },
      );
      const far = a.writable.getWriter();
      const heard: string[] = [];
      const deframer = hdlcDeframer();
      void (async () => {
        for await (const chunk of a.readable as unknown as AsyncIterable<Uint8Array>)
          for (const f of deframer.push(chunk)) heard.push(`${f.control.type} ${formatHex(f.information)}`);
      })();
      const say = async (control: Parameters<typeof encodeHdlcFrame>[0]['control'], hex = ''): Promise<void> => {
        void far.write(
          encodeHdlcFrame({
            segmented: false,
            destination: hdlcAddress(1),
            source: hdlcAddress(16),
            control,
            information: parseHex(hex),
          }),
        );
        await quiet();
      };
      await say({ type: 'SNRM', pf: true });
      await say({ type: 'I', ns: 0, nr: 0, pf: false }, 'E6E60001');
      await say({ type: 'I', ns: 1, nr: 0, pf: false }, 'E6E60002');
      if (ending === 'DISC') await say({ type: 'DISC', pf: true });
      await say({ type: 'SNRM', pf: true });
      expect(released).toHaveLength(1);
      await say({ type: 'I', ns: 0, nr: 0, pf: true }, 'E6E60003');
      heard.length = 0;
      for (let i = 0; i < 4; i++) {
        for (const answer of pending.splice(0)) answer();
        await quiet();
      }
      // 2 waited in the former link; 1 was answered into nothing.
      expect(handled).toEqual(['01', '03']);
      expect(heard).toEqual(['I E6E70003']);
    }
  });
  it('a channel whose open failed closes its transport at once', async () => {
    const clock = new VirtualClock();
    const [a, b] = transportPair();
    let ended = false;
    b.direct?.start({
      octets() {},
      ended() {
        ended = true;
      },
    });
    const channel = hdlcChannel(a, { client: 16, server: 1, clock, responseTimeoutMs: 100, retries: 1 });
    expect((await failure(run(clock, channel.open()))).code).toBe('transport/timeout');
    const before = clock.now();
    await channel.close();
    await quiet();
    expect({ ended, now: clock.now(), timers: clock.pending }).toEqual({ ended: true, now: before, timers: 0 });
  });
});

describe('back pressure of a channel', () => {
  it('a client that receives one by one loses nothing of what comes in windows', async () => {
    const clock = new VirtualClock();
    const [a, b] = transportPair();
    const wire: string[] = [];
    const deframer = hdlcDeframer();
    const tapped = intercept(a, {
      sent(octets, pass) {
        for (const f of deframer.push(octets)) wire.push(f.control.type);
        return pass(octets);
      },
      received: (octets, pass) => pass(octets),
    });
    serveHdlc(
      b,
      { handle: ([n]) => Array.from({ length: n as number }, (_, i) => Uint8Array.of(i)) },
      { devices: [1], clock },
    );
    const channel = hdlcChannel(tapped, { client: 16, server: 1, clock, maxPendingApdus: 3, windowReceive: 3 });
    await run(clock, channel.open());
    await run(clock, channel.send(Uint8Array.of(10)));
    await quiet();
    expect(wire).not.toContain('RNR');
    for (let i = 0; i < 10; i++) {
      // It polls only while somebody waits, and while more than three APDUs wait for him it does not take a fourth.
      expect((await run(clock, channel.receive()))[0]).toBe(i);
      await quiet();
    }
    expect((await failure(run(clock, channel.receive({ timeoutMs: 100 })))).code).toBe('transport/timeout');
    await run(clock, channel.close());
  });
  it('without reading, the APDUs kept are bounded', async () => {
    const { clock, channel, diagnostics } = setup(
      { maxPendingApdus: 2, windowReceive: 3 },
      {},
      { handle: () => Array.from({ length: 20 }, (_, i) => Uint8Array.of(i)) },
    );
    await run(clock, channel.open());
    // Each send polls, and each poll could bring a window of three.
    for (let i = 0; i < 10; i++) {
      const sending = channel.send(parseHex('01'));
      sending.catch(() => undefined);
      await quiet();
    }
    const kept: number[] = [];
    for (;;) {
      const next = await Promise.race([
        channel.receive({ timeoutMs: 0 }).catch(() => undefined),
        quiet().then(() => undefined),
      ]);
      if (next === undefined) break;
      kept.push(next[0] as number);
      if (kept.length > 5) break;
    }
    // What was refused with RNR comes again, in order.
    expect(kept.slice(0, 2)).toEqual([0, 1]);
    expect(
      diagnostics.some(
        (d) => isDlmsError(d, 'protocol/link') && /I N\(S\)=2 .*expected N\(S\)=2/.test(d.context.reason),
      ),
    ).toBe(true);
  });
});

describe('slow and silent peers of a meter', () => {
  it('octets that never become a frame do not hold a connection', async () => {
    const clock = new VirtualClock();
    const [a, b] = transportPair();
    const diagnostics: unknown[] = [];
    const meter = serveHdlc(b, echoing, {
      devices: [1],
      clock,
      silenceMs: 10_000,
      frameMs: 3000,
      onDiagnostic: (e) => void diagnostics.push(e),
    });
    let closed = false;
    void meter.closed.then(() => {
      closed = true;
    });
    const frame = encodeHdlcFrame({
      segmented: false,
      destination: hdlcAddress(1),
      source: hdlcAddress(16),
      control: { type: 'UI', pf: false },
      information: new Uint8Array(200),
    });
    let sent = 0;
    for (; sent < 100 && !closed; sent++) {
      void a.direct?.write(frame.subarray(sent, sent + 1));
      await quiet();
      clock.advance(400);
      await quiet();
    }
    expect(clock.now()).toBeLessThan(11_000);
    expect(diagnostics.at(-1)).toMatchObject({ code: 'transport/timeout', context: { waitedMs: 10_000 } });
    // Each octet came within the inter-octet time, but the frame took too long, again and again.
    expect(diagnostics.filter((d) => isDlmsError(d, 'decode/unexpected-end')).length).toBeGreaterThan(0);
    expect(meter.counters.abandoned).toBeGreaterThan(0);
    expect(clock.pending).toBe(0);
  });
});

describe('several on one line', () => {
  it('keeps clients and logical devices apart on one physical link', async () => {
    const clock = new VirtualClock();
    const [a, b] = transportPair();
    const seen: string[] = [];
    const released: string[] = [];
    serveHdlc(
      b,
      {
        handle: (apdu, route) => {
          seen.push(`${route.clientSap}>${route.serverSap} ${formatHex(apdu)}`);
          return [Uint8Array.of(route.clientSap, route.serverSap)];
        },
        released: (route) => void released.push(`${route?.clientSap}>${route?.serverSap}`),
      },
      { devices: [1, 2], clock, maxLinks: 3 },
    );
    const bus = hdlcBus(a, { clock });
    const channels = [
      [16, 1],
      [17, 1],
      [16, 2],
    ].map(([client, server]) => bus.channel({ client: client as number, server: server as number }));
    await run(clock, Promise.all(channels.map((c) => c.open())));
    const answers = await run(
      clock,
      Promise.all(
        channels.map(async (c, i) => {
          await c.send(Uint8Array.of(i));
          return formatHex(await c.receive());
        }),
      ),
    );
    expect(answers).toEqual(['1001', '1101', '1002']);
    expect(seen.sort()).toEqual(['16>1 00', '16>2 02', '17>1 01']);
    const refused = await failure(run(clock, bus.channel({ client: 18, server: 1 }).open()));
    expect(refused.toJSON()).toMatchObject({
      code: 'protocol/link',
      context: { reason: 'the server refuses the link (DM)' },
    });
    await run(clock, (channels[1] as { close(): Promise<void> }).close());
    expect(released).toEqual(['17>1']);
    await run(clock, bus.channel({ client: 18, server: 1 }).open());
    await run(clock, bus.close());
    expect(released.length).toBe(4);
  });

  /** A line on which every station hears the master; answers go to the master only. Notes when two stations speak at once. */
  function multidrop(stations: number): { master: Transport; drops: Transport[]; collisions: () => number } {
    const [master, hub] = transportPair();
    const joints = Array.from({ length: stations }, () => transportPair());
    const toMaster = hub.writable.getWriter();
    const writers = joints.map(([, inner]) => inner.writable.getWriter());
    let open = 0;
    let collisions = 0;
    void (async () => {
      const deframer = hdlcDeframer();
      for await (const chunk of hub.readable as unknown as AsyncIterable<Uint8Array>) {
        for (const f of deframer.push(chunk)) if (f.control.pf) open++;
        if (open > 1) collisions++;
        for (const w of writers) await w.write(chunk.slice());
      }
      for (const w of writers) await w.close();
    })();
    for (const [, inner] of joints)
      void (async () => {
        const deframer = hdlcDeframer();
        for await (const chunk of inner.readable as unknown as AsyncIterable<Uint8Array>) {
          for (const f of deframer.push(chunk)) if (f.control.pf) open--;
          await toMaster.write(chunk.slice()).catch(() => undefined);
        }
      })();
    return { master, drops: joints.map(([outer]) => outer), collisions: () => collisions };
  }
  it('lets channels to several meters take turns on one bus', async () => {
    const clock = new VirtualClock();
    const { master, drops, collisions } = multidrop(3);
    const heard: number[] = [];
    drops.forEach((drop, i) => {
      const handler: ApduHandler = {
        handle: (apdu, route) => {
          if (route.clientSap === 1) {
            heard.push(i);
            return [];
          }
          return [Uint8Array.from([...apdu, i])];
        },
      };
      serveHdlc(drop, handler, { devices: [hdlcAddress(1, 16 + i)], clock });
    });
    const bus = hdlcBus(master, { clock });
    const channels = drops.map((_, i) =>
      bus.channel({
        client: 16,
        server: hdlcAddress(1, 16 + i),
        windowTransmit: 3,
        windowReceive: 3,
        responseTimeoutMs: 1000,
      }),
    );
    await run(clock, Promise.all(channels.map((c) => c.open())));
    const lengths = await run(
      clock,
      Promise.all(
        channels.map(async (c, i) => {
          const out: number[][] = [];
          for (let round = 0; round < 4; round++) {
            await c.send(noise(1 + round * 900, i));
            const answer = await c.receive();
            out.push([answer.length, answer.at(-1) as number]);
          }
          return out;
        }),
      ),
    );
    expect(lengths).toEqual([0, 1, 2].map((i) => [0, 1, 2, 3].map((r) => [2 + r * 900, i])));
    expect(collisions()).toBe(0);
    bus.broadcast(parseHex('C1'), 1);
    await quiet();
    expect(heard.sort()).toEqual([0, 1, 2]);
    expect(() => bus.broadcast(new Uint8Array(2028), 1)).toThrow(/2027/);
    // One meter is gone: the others are served meanwhile.
    const gone = bus.channel({ client: 16, server: hdlcAddress(1, 99), responseTimeoutMs: 300, retries: 2 });
    const lost = failure(gone.open());
    await run(clock, (channels[0] as (typeof channels)[0]).send(parseHex('AA')));
    expect((await run(clock, lost)).code).toBe('transport/timeout');
    expect(formatHex(await run(clock, (channels[0] as (typeof channels)[0]).receive()))).toBe('AA00');
    await run(clock, bus.close());
    expect(() => bus.broadcast(parseHex('C1'), 1)).toThrow(/closed/);
  });
});

describe('pushes', () => {
  it('reach a client that is not connected, in segments when long, and one that is with its next answer', async () => {
    const pushes: HdlcPush[] = [];
    const { clock, channel, meter } = setup({ onPush: (p) => void pushes.push(p) }, { maxInfoTransmit: 128 });
    meter.push(parseHex('0F01'), { client: 16 });
    meter.push(noise(1000, 3), { client: 16, device: hdlcAddress(1, 17) });
    await quiet();
    expect(pushes.map((p) => p.apdu.length)).toEqual([2, 1000]);
    expect(pushes[1]?.apdu).toEqual(noise(1000, 3));
    expect(pushes[0]).toMatchObject({ source: { upper: 1, lower: 17 }, destination: { upper: 16 } });
    await run(clock, channel.open());
    meter.push(parseHex('0F02'), { client: 16 });
    await quiet();
    expect(pushes.length).toBe(2);
    await run(clock, channel.send(parseHex('C0')));
    expect(formatHex(await run(clock, channel.receive()))).toBe('C0');
    expect(pushes.map((p) => formatHex(p.apdu)).at(-1)).toBe('0F02');
    await run(clock, channel.close());
  });
});

describe('a bad line', () => {
  /** The far end of a client's transport, by hand. */
  function byHand(options: Partial<HdlcChannelOptions> & { echo?: boolean; interOctetTimeoutMs?: number } = {}) {
    const clock = new VirtualClock();
    const [a, b] = transportPair();
    const diagnostics: unknown[] = [];
    const channel = hdlcChannel(a, {
      client: 16,
      server: 1,
      clock,
      responseTimeoutMs: 1000,
      retries: 2,
      onDiagnostic: (e) => void diagnostics.push(e),
      ...options,
    });
    return { clock, channel, diagnostics, far: b, writer: b.writable.getWriter() };
  }
  const server = (hex: string) => {
    const f = decodeHdlcFrame(parseHex(hex));
    return encodeHdlcFrame(f);
  };
  const ua = server('7EA00721037301407E');

  it('gives up half a frame in time, and connects with what comes then', async () => {
    const { clock, channel, writer, diagnostics } = byHand({ interOctetTimeoutMs: 100 });
    const opening = run(clock, channel.open());
    void writer.write(parseHex('7EA7FF'));
    void writer.write(parseHex('21037300'));
    clock.after(150, () => void writer.write(ua));
    await opening;
    expect(clock.now()).toBeLessThan(200);
    expect(diagnostics.length).toBeGreaterThan(0);
  });
  it('answers a flag storm, noise and half frames for ever with a time-out', async () => {
    for (const pattern of ['7E', '7EA7FF2103', '00', '7EA0']) {
      const { clock, channel, writer } = byHand();
      const storm = parseHex(pattern.repeat(200));
      const blow = (): void => {
        void writer.write(storm).catch(() => undefined);
        clock.after(50, blow);
      };
      blow();
      const error = await failure(run(clock, channel.open()));
      expect(error.code).toBe('transport/timeout');
      expect(clock.now()).toBe(3000);
    }
  });
  it('drops its own echo', async () => {
    const clock = new VirtualClock();
    const [a, near] = transportPair();
    const [far, b] = transportPair();
    serveHdlc(b, echoing, { devices: [16], clock });
    const back = near.writable.getWriter();
    const on = far.writable.getWriter();
    void (async () => {
      for await (const chunk of near.readable as unknown as AsyncIterable<Uint8Array>) {
        await back.write(chunk.slice());
        await on.write(chunk.slice());
      }
    })();
    void (async () => {
      for await (const chunk of far.readable as unknown as AsyncIterable<Uint8Array>) await back.write(chunk.slice());
    })();
    // Client and server have the same address, so only the octets tell the echo.
    const bus = hdlcBus(a, { clock, echo: true });
    const channel = bus.channel({ client: 16, server: 16, windowTransmit: 3, windowReceive: 3 });
    await run(clock, channel.open());
    for (const size of [1, 3000]) {
      await run(clock, channel.send(noise(size)));
      expect(await run(clock, channel.receive())).toEqual(noise(size));
    }
    expect(bus.counters.echoes).toBeGreaterThan(20);
    expect(bus.counters.discarded).toBe(0);
  });
  it('keeps little for a client that never reads', async () => {
    const clock = new VirtualClock();
    const [a, b] = transportPair({ capacity: 1000 });
    const diagnostics: unknown[] = [];
    const meter = serveHdlc(
      b,
      { handle: () => [noise(60_000)] },
      { devices: [1], clock, onDiagnostic: (e) => void diagnostics.push(e) },
    );
    // Not read: `a.readable` is never touched.
    const writer = a.writable.getWriter();
    const frame = (type: 'SNRM' | 'RR') =>
      encodeHdlcFrame({
        segmented: false,
        destination: hdlcAddress(1),
        source: hdlcAddress(16),
        control: type === 'RR' ? { type, nr: 0, pf: true } : { type, pf: true },
        information: new Uint8Array(0),
      });
    for (let i = 0; i < 20_000; i++) {
      void writer.write(frame('SNRM'));
      if (i % 500 === 0) await quiet();
    }
    await quiet();
    expect(diagnostics.some((e) => isDlmsError(e, 'protocol/link') && e.context.reason.includes('does not read'))).toBe(
      true,
    );
    await run(clock, meter.close());
  });
});
