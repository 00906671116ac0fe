import { describe, expect, it } from 'vitest';
import { DlmsError, parseHex } from '../../../src/core/index.js';
import { hdlcAddress, hdlcChannel, hdlcDeframer, serveHdlc } from '../../../src/transport/hdlc/index.js';
import {
  type DoctorEvent,
  type DoctorOptions,
  type DoctorPlan,
  type DoctorReport,
  diagnose,
  intercept,
  type LineSettings,
  modeEPort,
  type SerialLine,
  serialPlan,
  serveWrapper,
  type Transport,
  tcpPlan,
  transportPair,
  wrap,
} from '../../../src/transport/index.js';
import { connectTcp, listenTcp } from '../../../src/transport/media/tcp.js';
import { VirtualClock } from '../virtual-clock.js';

// Any two APDUs will do: the doctor does not read them.
const request = parseHex('601DA109060760857405080101BE10040E01000000065F1F0400001E5DFFFF');
const response = parseHex('6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000001D00800007');
/** Answers the clients that it knows, and is silent to the others. */
const handler = (...clients: number[]) => ({
  handle: (apdu: Uint8Array, route: { clientSap: number }) =>
    clients.includes(route.clientSap) && apdu.length === request.length ? [response] : [],
});

/** Runs on virtual time: whenever nothing moves any more, the clock goes on to the next timer. */
async function onVirtualTime<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let done = false;
  const end = () => {
    done = true;
  };
  work.then(end, end);
  while (!done) {
    for (let i = 0; i < 30; i++) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    if (!done && clock.next !== undefined) clock.advance(clock.next - clock.now());
  }
  return work;
}
const same = (a: LineSettings | undefined, b: LineSettings): boolean =>
  a?.baudRate === b.baudRate && a.parity === b.parity && a.dataBits === b.dataBits;
const line8N1 = (baudRate: number): LineSettings => ({ baudRate, dataBits: 8, parity: 'none', stopBits: 1 });

/** A serial port with a meter that hears only what is sent with its own settings; the rest it answers with nothing, or the line with noise. */
function port(settings: LineSettings, serve: (far: Transport) => void, wrong?: (far: Transport) => void) {
  const lines: (LineSettings | undefined)[] = [];
  return {
    lines,
    open: async (line: LineSettings | undefined): Promise<SerialLine> => {
      lines.push(line);
      const [near, far] = transportPair();
      (same(line, settings) ? serve : (wrong ?? silent))(far);
      return near;
    },
  };
}
const silent = (far: Transport): void => far.direct?.start({ octets() {}, ended() {} });
async function run(
  open: (line: LineSettings | undefined) => Promise<SerialLine>,
  plan: DoctorPlan,
  clock: VirtualClock,
  options: Partial<DoctorOptions> = {},
): Promise<DoctorReport> {
  return onVirtualTime(clock, diagnose(open, plan, { request, clock, ...options }));
}
const places = (report: DoctorReport) =>
  report.findings.map((f) => `${f.client} ${f.server} ${f.answer}${f.apdu === undefined ? '' : ' apdu'}`);

describe('the doctor on simulated lines', () => {
  it('finds HDLC at another speed by a call to all stations, with the address of the meter and its other clients', async () => {
    const clock = new VirtualClock();
    const meter = port(line8N1(2400), (far) =>
      serveHdlc(far, handler(1), { devices: [hdlcAddress(1, 55)], clients: [1, 102], answerAllStation: true, clock }),
    );
    // A one-octet address says nothing of the physical device, so this meter would answer it: here only longer ones get through.
    const open = async (line: LineSettings | undefined) =>
      intercept(await meter.open(line), {
        sent: (octets, pass) => (octets[4] === 0x21 || octets[4] === 3 ? undefined : pass(octets)),
      });
    const report = await run(open, serialPlan(), clock);
    expect(places(report)).toEqual(['1 1/127 UA apdu', '102 1/127 UA']);
    expect(report.findings[0]).toMatchObject({
      apdu: response,
      echo: false,
      step: { line: { baudRate: 2400 } },
      parameters: { windowTransmit: 1 },
    });
    expect(report).toMatchObject({ complete: true, problems: [], unexpected: [] });
    // Ended by the finding: nothing was tried after 2400 baud.
    expect(meter.lines.map((l) => l?.baudRate)).toEqual([9600, 300, 19200, 4800, 2400]);
    expect(clock.now()).toBeLessThan(120_000);
  });

  it('finds a server that ends on an SNRM without parameters (jDLMS)', async () => {
    const clock = new VirtualClock();
    const open = async (): Promise<SerialLine> => {
      const [near, far] = transportPair();
      const deframer = hdlcDeframer();
      let dead = false;
      const picky = intercept(far, {
        received(octets, pass) {
          dead ||= deframer.push(octets).some((f) => f.control.type === 'SNRM' && f.information.length === 0);
          if (!dead) pass(octets);
        },
        sent: (octets, pass) => pass(octets),
      });
      serveHdlc(picky, handler(16), { devices: [1], clients: [16], clock });
      return near;
    };
    const report = await run(open, tcpPlan(), clock);
    expect(places(report)).toEqual(['16 1 UA apdu']);
    expect(report.findings[0]?.step).toMatchObject({ framing: 'hdlc', parameters: true });
  });

  it('signs on at 300 baud, and again for each client', async () => {
    const clock = new VirtualClock();
    let signed = 0;
    const serve = (far: Transport): void => {
      const head = modeEPort(far, { clock });
      const listen = async (): Promise<void> => {
        const { transport } = await head.listen({
          identification: { manufacturer: 'LGZ', baudCharacter: '5', ident: 'ZMD405' },
        });
        signed++;
        const station = serveHdlc(transport, handler(16), { devices: [1], clients: [16, 1], clock });
        void station.closed.then(listen).catch(() => undefined);
      };
      void listen().catch(() => undefined);
    };
    const report = await run(
      port({ baudRate: 300, dataBits: 7, parity: 'even', stopBits: 1 }, serve).open,
      serialPlan(),
      clock,
    );
    expect(places(report)).toEqual(['16 1 UA apdu', '1 1 UA']);
    expect(report.findings[0]).toMatchObject({
      baud: 9600,
      identification: { manufacturer: 'LGZ' },
      step: { start: 'mode-e' },
    });
    expect(report.signOns).toHaveLength(1);
    expect(signed).toBeGreaterThan(1);
  });

  it('tells a meter without HDLC, noise at a wrong speed, an echo and a push apart', async () => {
    const clock = new VirtualClock();
    const noise = (far: Transport): void =>
      far.direct?.start({ octets: (o) => void far.direct?.write(o.map((b) => b ^ 0x5b)), ended() {} });
    const echo = (far: Transport): void => far.direct?.start({ octets: (o) => void far.direct?.write(o), ended() {} });
    const push = (far: Transport): void => {
      silent(far);
      void far.direct?.write(wrap(1, 102, parseHex('0F00000001000F')));
    };
    const text = (far: Transport): void => {
      silent(far);
      void far.direct?.write(new TextEncoder().encode('/ISk5MT174-0001\r\n'));
    };
    const by: Record<string, (far: Transport) => void> = {
      '9600 none': echo,
      '300 even': text,
      '19200 none': noise,
      '4800 none': push,
    };
    const open = async (line: LineSettings | undefined): Promise<SerialLine> => {
      const [near, far] = transportPair();
      (by[`${line?.baudRate} ${line?.parity}`] ?? silent)(far);
      return near;
    };
    const plan = serialPlan();
    const report = await run(open, { ...plan, steps: plan.steps.slice(0, 4) }, clock);
    expect(report.findings).toEqual([]);
    expect(report.echoes.map((s) => s.line?.baudRate)).toEqual([9600]);
    expect(report.signOns.map((s) => s.identification.ident)).toEqual(['MT174-0001']);
    expect(report.unexpected.map((h) => [h.step.line?.baudRate, h.framing])).toEqual([
      [19200, undefined],
      [4800, 'wrapper'],
    ]);
  });

  it('finds a meter on a line that echoes, and one that refuses the link', async () => {
    const clock = new VirtualClock();
    const plan: DoctorPlan = {
      steps: [{ framing: 'hdlc', start: 'direct', line: line8N1(9600), clients: [1], servers: ['1'] }],
      moreClients: [],
    };
    const meter = port(line8N1(9600), (far) => serveHdlc(far, handler(1), { devices: [1], clock }));
    const open = async (line: LineSettings | undefined): Promise<SerialLine> => {
      let back: (octets: Uint8Array) => void = () => {};
      return intercept(await meter.open(line), {
        started: (pass) => {
          back = pass;
        },
        sent: (octets, pass) => {
          back(octets);
          return pass(octets);
        },
      });
    };
    const report = await run(open, plan, clock);
    expect(places(report)).toEqual(['1 1 UA apdu']);
    expect(report.findings[0]?.echo).toBe(true);
    const refusing = port(line8N1(9600), (far) => serveHdlc(far, handler(1), { devices: [1], maxLinks: 0, clock }));
    expect(places(await run(refusing.open, plan, new VirtualClock()))).toEqual(['1 1 DM']);
  });

  it('waits for a meter that says RR first, and leaves no link behind', async () => {
    const clock = new VirtualClock();
    const slow = { handle: () => new Promise<Uint8Array[]>((resolve) => clock.after(1300, () => resolve([response]))) };
    const stations: ReturnType<typeof serveHdlc>[] = [];
    const meter = port(
      line8N1(9600),
      (far) => void stations.push(serveHdlc(far, slow, { devices: [1], clients: [16], holdMs: 500, clock })),
    );
    const report = await run(meter.open, serialPlan(), clock);
    expect(places(report)).toEqual(['16 1 UA apdu']);
    expect(stations.map((s) => s.links)).toEqual([[]]);
  });

  it('keeps its time, and says that it was not done', async () => {
    const clock = new VirtualClock();
    const report = await run(port(line8N1(1), silent).open, serialPlan(), clock, { limitMs: 20_000 });
    expect(report).toMatchObject({ findings: [], complete: false });
    expect(clock.now()).toBeLessThan(26_000);
    const whole = new VirtualClock();
    expect(await run(port(line8N1(1), silent).open, serialPlan(), whole)).toMatchObject({
      complete: true,
      asked: 33 + 12 * 8,
    });
    expect(whole.now()).toBeLessThan(180_000);
  });

  it('ends at once when it is told to, and closes the link and the line', async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const closed: boolean[] = [];
    const stations: ReturnType<typeof serveHdlc>[] = [];
    const meter = port(line8N1(9600), (far) => {
      const station = serveHdlc(
        far,
        { handle: () => new Promise<never>(() => undefined) },
        { devices: [1], holdMs: 60_000, clock },
      );
      stations.push(station);
      void station.closed.then(() => closed.push(true));
    });
    clock.after(300, () => abort.abort());
    await expect(run(meter.open, serialPlan(), clock, { signal: abort.signal })).rejects.toMatchObject({
      code: 'transport/aborted',
    });
    expect(clock.now()).toBeLessThan(500);
    await new Promise((resolve) => setImmediate(resolve));
    expect([closed, stations[0]?.links]).toEqual([[true], []]);
  });

  it('goes on where one speed cannot be set, and gives up a port that does not open', async () => {
    const clock = new VirtualClock();
    const meter = port(line8N1(4800), (far) => serveHdlc(far, handler(16), { devices: [1], clients: [16], clock }));
    const failing = (first: number) => async (line: LineSettings | undefined) => {
      if (line?.baudRate === first)
        throw new DlmsError('transport/connect', { target: '/dev/x', reason: 'no such speed' });
      return meter.open(line);
    };
    const report = await run(failing(19200), serialPlan(), clock);
    expect(places(report)).toEqual(['16 1 UA apdu']);
    expect(report.problems).toMatchObject([
      { step: { line: { baudRate: 19200 } }, error: { code: 'transport/connect' } },
    ]);
    await expect(run(failing(9600), serialPlan(), clock)).rejects.toMatchObject({ code: 'transport/connect' });
  });

  it('goes through everything when asked to, with or without a meter that answered before', async () => {
    const clock = new VirtualClock();
    const { steps } = serialPlan();
    const plan: DoctorPlan = {
      steps: steps.filter((s) => s.start === 'direct' && s.line?.parity === 'none'),
      moreClients: [],
    };
    const open = async (line: LineSettings | undefined): Promise<SerialLine> => {
      const [near, far] = transportPair();
      if (line?.baudRate === 9600 || line?.baudRate === 115200)
        serveHdlc(far, handler(16), { devices: [1], clients: [16], clock });
      else silent(far);
      return near;
    };
    const found = async (all: boolean) =>
      (await run(open, plan, clock, { all, limitMs: 1e6 })).findings.map((f) => f.step.line?.baudRate);
    expect(await found(false)).toEqual([9600]);
    expect(await found(true)).toEqual([9600, 115200]);
  });

  it('gives a gateway a moment before it calls again', async () => {
    const clock = new VirtualClock();
    let busyUntil = 0;
    let calls = 0;
    const open = async (): Promise<SerialLine> => {
      calls++;
      if (clock.now() < busyUntil) throw new DlmsError('transport/connect', { target: 'gateway', reason: 'busy' });
      const [near, far] = transportPair();
      serveWrapper(far, handler(1), { clock });
      // One caller at a time, and half a second after he has gone.
      return intercept(near, {
        closing() {
          busyUntil = clock.now() + 500;
        },
      });
    };
    const plan: DoctorPlan = {
      steps: [{ framing: 'wrapper', start: 'direct', clients: [16, 1], servers: ['1'] }],
      moreClients: [17],
    };
    const report = await run(open, plan, clock);
    expect(places(report)).toEqual(['1 1 apdu apdu']);
    expect([report.problems, calls]).toEqual([[], 5]);
  });

  it('tells what it does', async () => {
    const clock = new VirtualClock();
    const events: DoctorEvent[] = [];
    const meter = port(line8N1(9600), (far) => serveHdlc(far, handler(16), { devices: [1], clients: [16], clock }));
    await run(meter.open, { steps: serialPlan().steps.slice(0, 1), moreClients: [] }, clock, {
      onEvent: (e) => events.push(e),
    });
    expect(events.map((e) => e.type)).toEqual(['step', 'ask', 'found', 'ask', 'ask']);
  });
});

describe('the doctor over TCP', () => {
  const diagnosed = (port: number, options: Partial<DoctorOptions> = {}) =>
    diagnose(() => connectTcp({ host: '127.0.0.1', port }), tcpPlan(), { request, answerMs: 40, ...options });

  it('finds the wrapper, and the clients that a meter answers', async () => {
    const listener = await listenTcp({ port: 0 }, (transport) => void serveWrapper(transport, handler(17, 102)));
    const report = await diagnosed(listener.port);
    expect(places(report)).toEqual(['17 1 apdu apdu', '102 1 apdu apdu']);
    await listener.close();
  });

  it('finds HDLC behind a port that closes on anything else, and the link is free afterwards', async () => {
    const listener = await listenTcp({ port: 0 }, (transport) => {
      const guarded = intercept(transport, {
        received: (octets, pass) => (octets[0] === 0x7e ? pass(octets) : void transport.direct?.abort()),
      });
      serveHdlc(guarded, handler(16), { devices: [hdlcAddress(1, 17)], clients: [16] });
    });
    const report = await diagnosed(listener.port);
    expect(places(report)).toEqual(['16 1 UA apdu']);
    const channel = hdlcChannel(await connectTcp({ host: '127.0.0.1', port: listener.port }), {
      client: 16,
      server: hdlcAddress(1, 17),
    });
    await channel.open();
    await channel.close();
    await listener.close();
  });

  it('says that nothing listens', async () => {
    const listener = await listenTcp({ port: 0 }, () => undefined);
    await listener.close();
    await expect(diagnosed(listener.port)).rejects.toMatchObject({ code: 'transport/connect' });
  });
});
